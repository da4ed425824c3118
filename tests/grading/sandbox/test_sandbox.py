"""What a process in the sandbox can see and do, and how the grader learns that it is gone. It is the real one."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dt_helpers.authoring import CourseError
from dt_helpers.authoring.setting import Setting
from dt_helpers.grading import sandbox
from dt_helpers.grading.sandbox import Sandbox, SandboxUnavailable, masks
from dt_helpers.grading.sandbox.limits import ControlGroup, stale
from dt_helpers.grading.sandbox.session import Disturbed, Stopped
from tests.authoring import test_setup_cell as setup_cell
from tests.grading import conversation
from tests.grading.conftest import LIMITS
from tests.grading.course import needs
from tests.hostile.harming import DAEMON

linux = pytest.mark.skipif(sys.platform != "linux", reason="what is tested is Linux' own")


def load(box, text, target="f"):
    with box.session() as session:
        return conversation.load(session, "import os, sys", text, target=target)


def says(box, expression):
    """What the expression is in there, as text."""
    return load(box, f"raise ValueError({expression})")["failed"]["text"]


def test_cells_run_and_the_function_is_found(each):
    assert load(each, "def f(x):\n    return x\n")["kind"] == "callable"
    assert load(each, "class f: pass")["kind"] == "class"
    assert load(each, "f = 3")["kind"] == "value"
    assert load(each, "g = 3")["undefined"]


def test_an_error_in_the_cell_is_told_with_its_line(each):
    failed = load(each, "x = 1\ny = x / 0\n")["failed"]
    assert failed["name"] == "ZeroDivisionError"
    assert failed["frames"] == [["<cell>", 2, "<module>"]]


def test_errors_in_other_cells_cost_nothing(each):
    cells = ["import nowhere", "1 / 0", "import sys; sys.exit()", "exit()", "def broken(:", "def f(): pass"]
    with each.session() as session:
        assert conversation.load(session, *cells)["kind"] == "callable"


def test_every_session_is_a_process_of_its_own(each):
    first, second = (load(each, "import torch\ntorch.mine = 1\ndef f(): pass") for _ in range(2))
    assert first == second
    assert says(each, "hasattr(__import__('torch'), 'mine')") == "False"


REHEARSED = """
import gc, random, threading
import numpy as np, torch
left = [name for name in {**globals(), **vars(__builtins__)} if "ehears" in name]
left += [one.__name__ for one in gc.get_objects() if getattr(one, "__name__", "") == "rehearsed"]
of_torch = torch.get_rng_state().equal(torch.Generator().get_state())
settings = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads(), gc.isenabled()
"""


def test_what_the_server_rehearsed_is_not_seen_by_a_notebook(each):
    with each.session() as session:
        session.ask({"do": "cell", "name": "cell", "text": REHEARSED})
        seen = "(left, In[2:], len(Out), _ii, settings, threading.active_count())"
        answer, _ = session.ask({"do": "cell", "name": "cell", "text": f"raise ValueError({seen})"})
    assert answer["failed"]["text"].endswith("(True, torch.float32, 1, True), 1)")
    assert answer["failed"]["text"].startswith(f"([], ['raise ValueError({seen})'], 0, '', ")


def test_memory_is_limited(each):
    assert load(each, "x = bytearray(1 << 30)")["failed"]["name"] == "MemoryError"


def test_the_file_system_is_read_only_but_for_scratch(wrapped):
    places = ["/", "/usr", "/dev", "/etc", "/course", "/tmp", "/dev/shm", "/scratch"]
    text = f"""
def writable(place):
    try: open(place + '/x', 'w').close()
    except OSError: return False
    return True
raise ValueError([place for place in {places} if writable(place)])
"""
    assert load(wrapped, text)["failed"]["text"] == "['/tmp', '/dev/shm', '/scratch']"
    assert says(wrapped, "os.listdir('/tmp') + os.listdir('/dev/shm') + os.listdir('/scratch')") == "[]"


def test_nothing_of_the_course_is_in_view(wrapped):
    package = Path(sandbox.PACKAGE)
    assert says(wrapped, f"os.path.exists({str(package / 'check')!r})") == "False"
    seen = says(wrapped, "sorted(name for _, _, names in os.walk('/course') for name in names)")
    assert "exercises" not in seen and "mistakes" not in seen and "model.py" not in seen
    places = ["/home", "/root", "/opt", "/var", "/etc/passwd", "/proc/1", "/sys"]
    assert says(wrapped, f"[place for place in {places} if os.path.exists(place)]") == "[]"


def test_there_are_no_other_processes_no_network_no_privileges_and_no_secrets(wrapped):
    assert says(wrapped, "os.getpid()") == "1"
    assert says(wrapped, "__import__('socket').if_nameindex()") == "[(1, 'lo')]"
    capabilities = "__import__('ctypes').CDLL(None).prctl(23, 21, 0, 0, 0)"  # PR_CAPBSET_READ, CAP_SYS_ADMIN
    assert says(wrapped, capabilities) == "0"
    os.environ["SECRET_OF_THE_GRADER"] = "x"
    try:
        assert "SECRET" not in says(wrapped, "dict(os.environ)")
    finally:
        del os.environ["SECRET_OF_THE_GRADER"]


def test_the_librarys_own_model_is_not_there(each):
    text = "from transformers import DecisionTransformerConfig, DecisionTransformerModel\n"
    failed = load(each, text + "DecisionTransformerModel(DecisionTransformerConfig())")
    assert failed["failed"]["name"] == "LibraryModel"


def test_its_file_has_no_trace_of_the_forward_pass(wrapped):
    module = "__import__('transformers.models.decision_transformer', fromlist=['x'])"
    text = f"""
import os
folder = os.path.dirname({module}.__file__)
text = b''.join(open(os.path.join(top, n), 'rb').read() for top, _, names in os.walk(folder) for n in names)
raise ValueError((b'stacked_inputs' in text,))
"""
    assert load(wrapped, text)["failed"]["text"] == "(False,)"
    assert "stacked_inputs" not in masks.without_the_model()


def test_what_a_process_started_dies_with_it(each):
    daemon = DAEMON.replace("outlives", "left-over")  # the hostile suite looks for its own at the same time
    assert load(each, daemon + "def f(): pass\n")["kind"] == "callable"
    assert not [path for path in Path("/proc").glob("[0-9]*/comm") if _read(path) == "left-over\n"]


def _read(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def test_the_course_s_helpers_are_stand_ins(each):
    imports = "from dt_helpers import check, plots\nfrom dt_helpers.model import make_config\n"
    text = imports + "check.forward(plots.tokens({}))\ndef f(): return plots.tokens({})\n"
    assert load(each, text)["kind"] == "callable"


def test_a_setup_cell_comes_to_its_end_whatever_release_it_is_of(each):
    """What a student wrote below its lines counts."""
    for version in ("0.0.1", "0.1.0", "99.0.0"):
        text = setup_cell.cell(Setting("ada/course", version)) + "\ndef f(): return 1\n"
        assert load(each, text)["kind"] == "callable", version


def test_a_server_that_died_is_started_again(boxes):
    needs()
    with Sandbox(limits=LIMITS) as box:
        box.process.kill()
        assert box.control.recv(1) == b""  # bubblewrap is dead; the server in it ends a little later
        assert load(box, "def f(): pass")["kind"] == "callable"


def test_the_sandbox_dies_with_the_grader():
    needs()
    program = (
        "import os, time\nfrom dt_helpers.grading.sandbox import Sandbox\nbox = Sandbox()\n"
        "print(box.process.pid, flush=True)\ntime.sleep(300)\n"
    )
    grader = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.1)


@pytest.mark.parametrize("asked", ["fork", "look", "kill"])
@pytest.mark.parametrize("times", [1, 5])
def test_an_answer_that_nobody_read_is_taken_for_no_other(each, monkeypatch, asked, times):
    """Whoever asked was interrupted before the answer came."""
    real = each._answer

    def interrupted(*number):
        raise KeyboardInterrupt

    with pytest.warns(RuntimeWarning, match="dropped an answer"):
        for _ in range(times):
            with each.session() as session, monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
                conversation.load(session, "def f(): pass")
                patched.setattr(each, "_answer", interrupted)
                {"fork": each._fork, "look": each.look, "kill": each.kill}[asked]()
        assert each._answer == real
        assert load(each, "def f(): pass")["kind"] == "callable"
    with each.session() as session:
        assert min(each.look()) >= 0
        assert session.end()["signal"] == 9


def test_a_copy_of_the_grader_can_ask_nothing(each):
    """Its answers would be the grader's."""
    pid = os.fork()
    if not pid:
        try:
            each.look()
        except Disturbed:
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
    assert load(each, "def f(): pass")["kind"] == "callable"


@linux
def test_without_bubblewrap_it_refuses_and_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="sudo apt install bubblewrap") as refusal:
        Sandbox()
    assert "--sandbox limits" in str(refusal.value)
    assert isinstance(refusal.value, CourseError)


@linux
def test_a_bubblewrap_that_does_not_work_is_no_sandbox(monkeypatch, tmp_path):
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions to create a new namespace' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SandboxUnavailable, match="No permissions to create a new namespace"):
        Sandbox()


def test_on_another_system_it_says_where_grading_works(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    for kind in ("bubblewrap", "limits"):
        with pytest.raises(SandboxUnavailable, match="grade on a Linux machine"):
            Sandbox(kind)


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="bubblewrap or limits"):
        Sandbox("docker")


def test_what_is_in_force_is_told(each):
    told = each.in_force
    assert told["sandbox"] == each.kind
    assert "512 MiB" in told["memory"]
    assert {"torch", "transformers", "numpy", "processes"} <= told.keys()


@linux
def test_memory_is_as_it_was_in_large_pages():
    program = (
        "from dt_helpers.grading.sandbox.inside.isolation import use_large_pages\n"
        "x = bytearray(range(256)) * (1 << 16)\n"
        "before = bytes(x)\nuse_large_pages()\nprint(bytes(x) == before)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "True\n"


@linux
def test_control_groups_are_made_where_that_is_allowed_and_done_without_elsewhere(tmp_path):
    assert ControlGroup.make(LIMITS, tmp_path / "none").in_force == []
    (tmp_path / "cgroup.controllers").touch()
    group = ControlGroup.make(LIMITS, tmp_path)  # a folder that is no control group has none of its files
    assert group.in_force == [] and not list(tmp_path.glob("dt-grading-*"))


@pytest.mark.parametrize("name", ["memory.events", "memory.oom_control"])
def test_the_kernel_s_count_of_what_it_killed_for_memory_is_read(tmp_path, name):
    group = ControlGroup([tmp_path, tmp_path / "gone"])
    assert group.killed() == 0
    (tmp_path / name).write_text("low 0\noom_kill_disable 7\noom 9\noom_kill 2\n")
    assert group.killed() == 2


def test_what_killed_graders_left_is_found(tmp_path):
    for name in ("dt-grading-999999999-abc", f"dt-grading-{os.getpid()}-abc", "dt-grading-x-abc", "other"):
        (tmp_path / name).mkdir()
    assert [path.name for path in stale(tmp_path)] == ["dt-grading-999999999-abc"]


SYSTEMD = """#!/bin/sh
echo "$@" >> {log}
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""


@linux
def test_the_user_s_systemd_is_asked_where_control_groups_can_t_be_made(monkeypatch, tmp_path):
    fake = tmp_path / "systemd-run"
    fake.write_text(SYSTEMD.format(log=tmp_path / "log"))
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    group = ControlGroup.make(LIMITS, tmp_path / "none")
    assert group.limits_memory and group.limits_processes
    assert subprocess.run(group.around(["echo", "ran"]), capture_output=True, text=True).stdout == "ran\n"
    asked = (tmp_path / "log").read_text()
    assert f"--user --scope --quiet --collect -p MemoryMax={(512 << 20) + (1 << 30)} -p MemorySwapMax=0" in asked
    fake.write_text("#!/bin/sh\nexit 1\n")
    assert ControlGroup.make(LIMITS, tmp_path / "none").in_force == []


HIDE = "__import__('ctypes').CDLL(None).prctl(4, 0, 0, 0, 0)"
MUCH = """
import mmap, os, time
for _ in range(6):
    if os.fork() == 0:
        area = mmap.mmap(-1, 200 << 20{flags})
        for start in range(0, len(area), 1 << 20): area[start : start + (1 << 20)] = bytes(range(256)) * 4096
        {then}
        time.sleep(60)
time.sleep(60)
def f(): pass
"""


@linux
@pytest.mark.parametrize("kind", ["bubblewrap", "limits"])
@pytest.mark.parametrize(
    "flags, then",
    [
        ("", ""),
        (", mmap.MAP_PRIVATE", ""),
        ("", "__import__('ctypes').CDLL(None).prctl(4, 0, 0, 0, 0)"),
        ("", "os.fork()"),
    ],
    ids=["shared", "private", "hidden", "of two"],
)
def test_many_processes_together_have_no_more_memory_than_one(monkeypatch, kind, flags, then):
    """Without control groups, as for an ordinary account in most places."""
    needs(kind)
    monkeypatch.setattr(ControlGroup, "make", classmethod(lambda cls, limits: cls()))
    with Sandbox(kind, LIMITS) as box, pytest.raises(Stopped, match="wanted more than 512 MiB of memory"):
        load(box, MUCH.format(flags=flags, then=then))
        assert "the sum is watched" in box.in_force["memory"]
