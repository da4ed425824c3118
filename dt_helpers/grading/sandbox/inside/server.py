"""Import torch and transformers once, then fork a process for each exercise at the grader's request.

The server itself never runs or reads anything that a student wrote. Requests on its control socket, one at a time, each
with a number that its answer repeats: "fork", with one end of a new socket, on which the child says when it is ready;
"look", for the child's clocks; "kill", which ends the child and everything that it started; "wait", the same, after
giving it time to end by itself.
"""

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import time

from . import isolation, seccomp, wire
from . import shell as shells
from .cells import Notebook
from .child import Child
from .rehearsal import rehearse

# Packages that students import, if installed
OFTEN = ("matplotlib.pyplot", "matplotlib_inline.backend_inline", "pandas", "einops", "ipywidgets", "tqdm.auto")
WATCH = 0.1  # seconds between checks of a child's memory, if no control group limits it
ENDING = 60.0  # seconds: another thread may delay a process whose main thread is ending


class Server:
    """`options` come from the grader: isolated (in bubblewrap or not), scratch, account, imports, the names that star
    imports of the helpers bring, the limits of a child."""

    def __init__(self, control: socket.socket, options: dict, shell: shells.ZMQInteractiveShell):
        self.control, self.options, self.shell = control, options, shell
        self.pid, self.overdrawn = 0, False

    def serve(self) -> None:
        """Serve requests until the grader hangs up."""
        while True:
            self._watch()
            packet, descriptors, _, _ = socket.recv_fds(self.control, 100, 1)
            if not packet:
                self._kill()
                return
            number, request = packet.decode().split()
            answer: dict
            try:
                if request == "fork":
                    self._fork(descriptors[0])
                    answer = {}
                elif request == "look":
                    answer = {"clocks": isolation.clocks()}
                elif request in ("kill", "wait"):
                    answer = self._kill(waiting=request == "wait")
                else:
                    answer = {"problem": f"no request: {request}"}
            except OSError as problem:
                answer = {"problem": str(problem)}
            finally:
                for descriptor in descriptors:
                    os.close(descriptor)
            self.control.sendall(json.dumps(answer | {"number": int(number)}).encode())

    def _watch(self) -> None:
        """Until the next request, end a child that takes too much memory, with everything that it started."""
        while self.pid and self.options["watch"] and not select.select([self.control], [], [], WATCH)[0]:
            if not self.overdrawn and isolation.memory() > self.options["limits"]["memory"] + isolation.own_memory():
                self.overdrawn = True
                for pid in isolation.descendants():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def _fork(self, descriptor: int) -> None:
        self.overdrawn = False
        isolated = self.options["isolated"]
        self.pid = isolation.fork_first_of_its_own() if isolated else os.fork()
        if self.pid:
            return
        status = 1
        try:
            self.control.close()
            self._become_a_child()
            with socket.socket(fileno=os.dup(descriptor)) as connection:
                os.close(descriptor)
                wire.send(connection, {"ready": True})
                Child(connection, Notebook(self.shell)).serve()
            status = 0
        except BaseException as problem:
            with contextlib.suppress(BaseException):
                os.write(2, f"{type(problem).__name__}: {problem}\n".encode()[:1000])
        finally:
            os._exit(status)

    def _become_a_child(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.setsid()  # a signal to its own process group reaches nobody else
        if not self.options["isolated"]:
            isolation.die_with_parent()
        isolation.limit(**self.options["limits"])
        scratch = self.options["scratch"]
        if self.options["isolated"]:
            isolation.own_files(scratch, self.options["limits"]["file_size"])
        else:
            shutil.rmtree(scratch, ignore_errors=True)
            os.makedirs(scratch, exist_ok=True)
        isolation.give_up_privileges()
        isolation.show_memory()
        seccomp.install()
        os.chdir(scratch)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)

    def _kill(self, waiting: bool = False) -> dict:
        """How the child ended, and the CPU seconds that it took."""
        pid, self.pid = self.pid, 0
        if not pid:
            return {}
        until = time.monotonic() + ENDING
        ended, status, used = os.wait4(pid, os.WNOHANG)
        while not ended and waiting and isolation.is_ending(pid) and time.monotonic() < until:
            time.sleep(0.01)
            ended, status, used = os.wait4(pid, os.WNOHANG)
        if not self.options["isolated"]:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status, used = os.wait4(pid, 0)
        if not self.options["isolated"]:
            _kill_orphans()
        return {
            "by itself": bool(ended) or not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            "memory": self.overdrawn,
            "seconds": used.ru_utime + used.ru_stime,
        }


def _kill_orphans(patience: float = 60.0) -> None:
    """End what a child left running: without a namespace, it has become a child of the server."""
    until = time.monotonic() + patience
    while (left := isolation.children()) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def warm_up(imports: list[str]) -> dict:
    """Run the notebooks' `imports` and a small model once; returns the versions."""
    import numpy
    import torch
    import transformers
    from transformers import DecisionTransformerConfig
    from transformers.models.decision_transformer.modeling_decision_transformer import DecisionTransformerGPT2Model

    torch.set_num_threads(1)
    for line in [*imports, *(f"import {name}" for name in OFTEN)]:
        with contextlib.suppress(ImportError):  # the notebook will raise it again if it matters
            exec(line, {})
    config = DecisionTransformerConfig(hidden_size=8, n_layer=1, n_head=1, bos_token_id=None, eos_token_id=None)
    with torch.no_grad():
        DecisionTransformerGPT2Model(config)(inputs_embeds=torch.zeros(1, 3, 8))
    with contextlib.suppress(Exception):  # the meta device may fail, but makes torch import a lot
        torch.ones(2, device="meta")[torch.ones(2, device="meta") > 0]
    return {module.__name__: module.__version__ for module in (torch, transformers, numpy)}


def main(control: int, options: dict) -> None:
    from . import arrays, standins

    seccomp.own_keyring()
    bundle = sys.path.pop(0)  # this package's own place, which a student's code must not see
    for name in [name for name in sys.modules if name.partition(".")[0] == standins.HELPERS]:
        del sys.modules[name]
    standins.install(os.path.join(bundle, "library.py"), options["exported"])
    gc.disable()  # imports leave no garbage, and collecting takes a quarter of their time
    versions = warm_up(options["imports"])
    arrays.install()
    shell = shells.make()
    rehearse(shell)
    if options["isolated"]:
        isolation.hide_memory()
        isolation.no_user_namespaces()
    else:
        isolation.keep_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then hangs up
    gc.collect()
    gc.enable()
    gc.freeze()  # pages that the collector doesn't touch stay shared with the children
    isolation.use_large_pages()
    if options["account"]:  # before anything of a student's runs; what the imports left in its folder is root's
        shutil.rmtree(options["scratch"], ignore_errors=True)
        isolation.become(*options["account"])
    with socket.socket(fileno=control) as connection:
        filtered = seccomp.machine() is not None
        connection.sendall(json.dumps({"versions": versions, "filtered": filtered, "number": 0}).encode())
        Server(connection, options, shell).serve()
