"""What Windows lacks or does otherwise, as far as it shows elsewhere: encodings, calls of the system, line ends."""

import ast
import json
import os
import subprocess
import sys

import nbformat
import pytest

from dt_helpers.authoring import build
from tests.course_tree import REPOSITORY, make_tree

MODULES = sorted((REPOSITORY / "dt_helpers").rglob("*.py"))
TEXT = {"open", "read_text", "write_text", "fdopen", "NamedTemporaryFile", "TemporaryFile"}
WITHOUT_MODE = {"Image", "os", "zipfile", "tarfile", "webbrowser", "found", "formats", "urllib", "renderer"}
# What is in `os` and `signal` on Linux and macOS alone, and modules that Windows does not have.
CALLS = (
    "fork", "getuid", "geteuid", "getgid", "getpgid", "killpg", "setsid", "mkfifo", "uname", "statvfs", "sysconf",
    "getloadavg", "sched_getaffinity", "chroot", "nice", "O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_DIRECTORY",
)  # fmt: skip
SIGNALS = ("SIGKILL", "SIGXCPU", "SIGALRM", "SIGHUP", "SIGCHLD", "SIGUSR1", "setitimer", "alarm", "pthread_sigmask")
LACKING = ("fcntl", "resource", "pwd", "grp", "termios", "syslog")
POOR = f"""
import os, signal, sys
for module, names in ((os, {CALLS}), (signal, {SIGNALS})):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in {LACKING}:
    sys.modules[name] = None
"""


def poor(code: str, before: str = "") -> str:
    """What the code prints in a Python without what Windows lacks; `before` that, libraries are imported."""
    run = subprocess.run([sys.executable, "-c", before + POOR + code], capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return run.stdout


def names_no_encoding(call: ast.Call) -> bool:
    """Whether the call opens text in whatever encoding the system has."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in ("run", "Popen", "check_output"):
        return "text" in given and "encoding" not in given
    if name not in TEXT or "encoding" in given or None in given:
        return False
    if name in ("read_text", "write_text"):
        return True
    if (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in WITHOUT_MODE
    ):
        return False
    constants = [node.value for node in [*call.args, given.get("mode")] if isinstance(node, ast.Constant)]
    if name.endswith("TemporaryFile"):
        return any("b" not in str(mode) for mode in constants)
    return not any(isinstance(mode, str) and "b" in mode and set(mode) <= set("rwabx+") for mode in constants)


def test_text_is_opened_with_an_encoding():
    found = []
    for module in MODULES:
        calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        found += [f"{module}:{call.lineno} {ast.unparse(call)[:80]}" for call in calls if names_no_encoding(call)]
    assert found == []


@pytest.mark.parametrize(
    "code", ["open(p)", "p.open('w')", "p.read_text()", "subprocess.run(c, text=True)", "open(p, 'r')"]
)
def test_a_missing_encoding_is_found(code):
    assert names_no_encoding(ast.parse(code).body[0].value)


@pytest.mark.parametrize("code", ["open(p, 'rb')", "p.read_text(encoding='utf-8')", "Image.open(p)", "p.open('ab')"])
def test_a_present_one_is_not(code):
    assert not names_no_encoding(ast.parse(code).body[0].value)


def keeps_backslashes(node: ast.AST) -> bool:
    """Whether a path within a folder becomes text with the system's own separator."""
    if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str" and len(node.args) == 1):
        return False
    within = node.args[0]
    return isinstance(within, ast.Call) and getattr(within.func, "attr", "") == "relative_to"


def test_paths_that_are_kept_have_slashes():
    """Such as those on the Hub and in a record: made on Windows, they would be other paths elsewhere."""
    found = [
        module
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if keeps_backslashes(node)
    ]
    assert found == []
    assert keeps_backslashes(ast.parse("str(p.relative_to(f))").body[0].value)
    assert not keeps_backslashes(ast.parse("p.relative_to(f).as_posix()").body[0].value)


SAYS = """
import json, locale, sys
from pathlib import Path
from dt_helpers.training import card
assert locale.getpreferredencoding(False) != "UTF-8"
for number, name in enumerate(json.loads(sys.argv[2])):
    folder = Path(sys.argv[1], str(number))
    folder.mkdir()
    facts = {"dataset": name, "context_length": 20}
    (folder / "training.json").write_text(json.dumps(facts))
    (folder / "evaluation.json").write_text(json.dumps({"text": "mean return 3 \\u00b1 1"}))
    card.write_card(folder)
    card.write_card(folder)
"""


def test_a_card_is_utf_8_whatever_the_systems_encoding(tmp_path):
    names = ["mine", "café-±2", "机器人", "robot🤖"]
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", SAYS, str(tmp_path), json.dumps(names)]
    run = subprocess.run(command, env=os.environ | plain, capture_output=True, text=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    for number, name in enumerate(names):
        card = (tmp_path / str(number) / "README.md").read_text(encoding="utf-8")
        assert f"trained on `{name}`" in card and "mean return 3 ± 1" in card


@pytest.mark.parametrize("command", [["check-env"], ["--help"], ["doctor", "error.txt"], ["release", "--check"]])
def test_commands_where_text_is_ascii_and_the_terminal_has_code_page_1252(command, tmp_path):
    make_tree(tmp_path / "course", released=True)
    (tmp_path / "course/error.txt").write_bytes("é→ No space left on device".encode())
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252"}
    run = subprocess.run(
        [sys.executable, "-m", "dt_helpers", *command],
        cwd=tmp_path / "course",
        env=os.environ | plain | {"MUJOCO_GL": "none"},
        capture_output=True,
    )
    assert b"Error" not in run.stderr, run.stderr
    assert run.stdout.decode("cp1252")
    assert b"Traceback" not in run.stderr


def test_all_modules_but_the_sandboxs_inside_are_imported_without_what_windows_lacks():
    names = [
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts) for path in MODULES if "inside" not in path.parts
    ]
    names = [name.removesuffix(".__init__") for name in names if not name.endswith(("__main__", "make_reference"))]
    bring = f"import importlib\nfor name in {names}: importlib.import_module(name)\n"
    forget = "import sys\nfor name in [n for n in sys.modules if n.startswith('dt_helpers')]: del sys.modules[name]\n"
    assert poor(f"{bring}print('all')", before=bring + forget).endswith("all\n")


def test_a_notebook_is_read_without_what_windows_lacks(tmp_path):
    cell = nbformat.v4.new_code_cell("x = 'é→'")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "small.ipynb")
    large = nbformat.v4.new_notebook(cells=[cell], metadata={"padding": "x" * (9 << 20)})
    nbformat.write(large, tmp_path / "large.ipynb")
    code = (
        "from pathlib import Path\nfrom dt_helpers.grading.text import reading\n"
        "from dt_helpers.grading.judging import fingerprints\n"
        f"for name in ('small', 'large'):\n    path = Path({str(tmp_path)!r}, name + '.ipynb')\n"
        "    print(ascii(reading.read(path)[0][0].source), len(fingerprints.of_files([path])))"
    )
    assert poor(code).splitlines()[-2:] == [f"{cell.source!a} 64"] * 2


def test_scripts_with_windows_line_ends_give_the_same_notebooks(tmp_path):
    plain, windows = make_tree(tmp_path / "plain", released=True), make_tree(tmp_path / "windows")
    for path in [*windows.scripts(), windows.config]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    build.write(build.plan(windows))
    for path in windows.root.rglob("*.ipynb"):
        assert path.read_bytes() == (plain.root / path.relative_to(windows.root)).read_bytes()


def test_a_checkout_keeps_the_line_ends_of_the_repository():
    """Since a release is compared byte by byte, and Git for Windows offers to change them."""
    if not (REPOSITORY / ".git").exists():
        return
    asked = ["README.md", "notebooks/decision_transformer/01_setup.ipynb", ".ci/run", "Makefile"]
    said = subprocess.run(["git", "check-attr", "eol", "--", *asked], cwd=REPOSITORY, capture_output=True, text=True)
    assert [line.rpartition(": ")[2] for line in said.stdout.splitlines()] == ["lf"] * len(asked)
