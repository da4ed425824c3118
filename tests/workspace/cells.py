"""Cells that are run as a kernel runs them, without a kernel."""

import itertools
import linecache

from IPython.core.inputtransformer2 import TransformerManager

_numbers = itertools.count()


class Notebook:
    """`run` gives the names that the cells have left."""

    def __init__(self):
        self.names = {"__name__": "__main__", "get_ipython": lambda: self}

    def run(self, *cells: str) -> dict:
        for cell in cells:
            text = TransformerManager().transform_cell(cell)
            file = f"/tmp/ipykernel_1/{next(_numbers)}.py"
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)  # as ipykernel does
            exec(compile(text, file, "exec"), self.names)
        return self.names

    def run_line_magic(self, *_) -> None:
        """Of a line of IPython's own nothing is seen."""

    system = run_line_magic
