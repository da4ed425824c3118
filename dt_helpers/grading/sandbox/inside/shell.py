"""The shell that a notebook runs in: a kernel's own, without a kernel, a screen, a history file or an installer.

Magics and shell lines do what they do in Jupyter, as far as the sandbox lets them. What they would show is dropped
before it is drawn, and a line that installs packages does nothing: what is there is there.
"""

import os
import re
import subprocess
import sys

from ipykernel import zmqshell
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.magic import line_cell_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magics.execution import ExecutionMagics
from traitlets import Type
from traitlets.config import Config

INSTALLERS = re.compile(r"\s*(sudo\s+)?(\S*python[\d.]*\s+-m\s+)?(pip3?|uv|conda|mamba|apt|apt-get|dpkg)\b")
RECURSION = 3000  # as in a kernel, where completion sets it
ENVIRONMENT = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "MPLBACKEND": "agg"}


class _Names(CachingCompiler):
    """Calls the code of a cell by the cell's number in the notebook."""

    cell = "cell"

    def get_code_name(self, raw_code, transformed_code, number):
        return f"<{self.cell}>"


class _Hook(DisplayHook):
    """Keeps a cell's last value (`_`, `Out`) and shows nothing."""

    def write_output_prompt(self):
        pass

    def compute_format_data(self, result):
        return {}, {}

    def write_format_data(self, format_dict, md_dict=None):
        pass


class _Publisher(DisplayPublisher):
    def publish(self, data, metadata=None, *source, **more):
        pass

    def clear_output(self, wait=False):
        pass


class _Formatter(DisplayFormatter):
    def format(self, obj, include=None, exclude=None):
        return {}, {}


@magics_class
class _Once(ExecutionMagics):
    """%timeit runs what it measures once, unless it is told how often."""

    @no_var_expand
    @line_cell_magic
    @needs_local_scope
    def timeit(self, line="", cell=None, local_ns=None):
        told = re.search(r"(^|\s)-[nr]", line)
        return super().timeit(line if told else f"-n1 -r1 {line}", cell, local_ns)


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """By the name that students ask for, to learn whether they are in a notebook."""

    compile: _Names
    # what shows nothing need not be a kernel's
    displayhook_class = Type(_Hook)  # type: ignore[assignment]
    display_pub_class = Type(_Publisher)  # type: ignore[assignment]
    compiler_class = Type(_Names)

    def init_display_formatter(self):
        self.display_formatter = _Formatter(parent=self)

    def showtraceback(self, *args, **kwargs):
        pass

    showsyntaxerror = showindentationerror = _showtraceback = showtraceback

    def _format_exception_for_storage(self, *args, **kwargs):
        return {}

    def enable_gui(self, gui=None):
        self.active_eventloop = gui

    def ask_exit(self):
        raise SystemExit

    def system(self, cmd):
        cmd = self.var_expand(cmd, depth=1)
        installs = INSTALLERS.match(cmd)
        self.user_ns["_exit_code"] = 0 if installs else subprocess.call(cmd, shell=True, stdin=subprocess.DEVNULL)

    system_piped = system_raw = system


def make() -> ZMQInteractiveShell:
    """The one shell of this process, its namespace the module `__main__`. Processes that are forked each have it."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell = ZMQInteractiveShell.instance(config=config)
    shell.register_magics(_Once)
    assert shell.extension_manager is not None
    shell.extension_manager.load_extension("storemagic")  # as a kernel does
    return shell


def enter(shell: ZMQInteractiveShell) -> None:
    """Makes this process as a kernel is when the first cell runs."""
    os.environ |= ENVIRONMENT | {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ.get('PATH', '')}"}
    sys.path.insert(0, "")
    sys.setrecursionlimit(RECURSION)
    shell.builtin_trap.__enter__()  # get_ipython and display are there outside of cells as well


def outcome(result) -> BaseException | None:
    """What a cell that has run raised."""
    return result.error_before_exec or result.error_in_exec
