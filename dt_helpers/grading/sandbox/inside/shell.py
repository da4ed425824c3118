"""The shell that a notebook runs in: a kernel's own, without a kernel, a screen, a history file or an installer.

Magics and shell lines work as in Jupyter, as far as the sandbox allows. Their output is dropped before it is rendered,
and a line that installs packages does nothing.
"""

import os
import re
import subprocess
import sys
from types import CodeType

from ipykernel import zmqshell
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.magic import line_cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magics.execution import ExecutionMagics
from traitlets import Type
from traitlets.config import Config

from . import lacking

INSTALLERS = re.compile(r"\s*(sudo\s+)?(\S*python[\d.]*\s+-m\s+)?(pip3?|uv|conda|mamba|apt|apt-get|dpkg)\b")
RECURSION = 3000  # as in a kernel, where completion sets it
ENVIRONMENT = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "MPLBACKEND": "agg", "USER": "student"}


class _Names(CachingCompiler):
    """Names a cell's code by the cell's number in the notebook."""

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
class _Own(ExecutionMagics):
    """%timeit runs the code once, unless a number is given; what installs packages by conda does nothing."""

    @line_magic
    def conda(self, line):
        pass

    @line_magic
    def mamba(self, line):
        pass

    @line_magic
    def micromamba(self, line):
        pass

    @no_var_expand
    @line_cell_magic
    @needs_local_scope
    def timeit(self, line="", cell=None, local_ns=None):
        told = re.search(r"(^|\s)-[nr]", line)
        return super().timeit(line if told else f"-n1 -r1 {line}", cell, local_ns)


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """Named as students expect it when they check whether they are in a notebook."""

    compile: _Names
    # these show nothing, so they need not be a kernel's
    displayhook_class = Type(_Hook)  # type: ignore[assignment]
    display_pub_class = Type(_Publisher)  # type: ignore[assignment]
    compiler_class = Type(_Names)

    def __init__(self, **options):
        super().__init__(**options)
        self.ran: list[CodeType] = []
        self.passed_over = 0  # statements that failed on what the sandbox lacks

    async def run_code(self, code_obj, result=None, *, async_=False):
        """Run a statement of a cell; whether it ends the cell."""
        stopped = await super().run_code(code_obj, result, async_=async_)
        if stopped and result and lacking.is_why(result.error_in_exec, code_obj, self.ran, self.user_ns):
            lacking.fill_in(code_obj, self.user_ns)
            stopped = False
            self.passed_over += 1
        self.ran.append(code_obj)
        return stopped

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
    """The single shell of this process, with the module `__main__` as namespace. Forked processes inherit it."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell = ZMQInteractiveShell.instance(config=config)
    shell.register_magics(_Own)
    assert shell.extension_manager is not None
    shell.extension_manager.load_extension("storemagic")  # as a kernel does
    return shell


def enter(shell: ZMQInteractiveShell) -> None:
    """Put this process into a kernel's state when the first cell runs."""
    os.environ |= ENVIRONMENT | {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ.get('PATH', '')}"}
    sys.path.insert(0, "")
    sys.setrecursionlimit(RECURSION)
    shell.user_ns.setdefault("_dh", [])[:] = [os.getcwd()]  # for `%cd -`: the shell was made in another folder
    shell.builtin_trap.__enter__()  # get_ipython and display exist outside cells too


def outcome(result) -> BaseException | None:
    """The exception that a cell raised, or None."""
    return result.error_before_exec or result.error_in_exec
