"""Wherever Python, its packages and the course lie, the sandbox shows the first two and nothing of the third."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dt_helpers.grading.sandbox import masks, view
from tests.grading.course import REPOSITORY, needs

ASK = """
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.sandbox import Sandbox

text = "import os, torch\\nfound = [place for place in %r if os.path.exists(place)]\\n"
text += "found += [top for top, _, names in os.walk('/') if {'choose_target.py', 'of_the_course.ipynb'} & {*names}]\\n"
text += "raise ValueError(sorted(set(found)))"
with Sandbox(limits=Limits(cpu_seconds=60)) as box, box.session() as session:
    print(session.ask({"do": "cell", "name": "cell", "text": text})[0]["failed"]["text"])
"""


def test_a_virtual_environment_in_the_course_in_tmp_behind_a_link_and_named_by_a_relative_path(tmp_path):
    """All at once, since each start of a sandbox takes seconds."""
    needs()
    course = tmp_path / "course"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course / ".venv"], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(course / ".venv")}))
    packages.rmdir()
    packages.symlink_to(sysconfig.get_path("purelib"))
    (course / "of_the_course.ipynb").touch()
    (tmp_path / "link").symlink_to(course)
    ran = subprocess.run(
        ["link/.venv/bin/python", "-c", ASK % [str(tmp_path), str(REPOSITORY), "/home", "/root"]],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert ran.stdout == "[]\n", ran.stderr


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A Python below `base` with a checkout and another environment in it, and packages with a copy of the course."""
    base, packages = tmp_path / "base", tmp_path / "venv/lib/python3.11/site-packages"
    for folder in (base / "lib/python3.11/site-packages", base / "envs/other/lib/python3.11/site-packages", packages):
        for file in ("dt_helpers/check/exercises/choose_target.py", masks.FILE):
            (folder / file).parent.mkdir(parents=True)
            (folder / file).touch()
        (folder / masks.FILE).with_name("__pycache__").mkdir()
    (base / "src/course/dt_helpers").mkdir(parents=True)
    monkeypatch.setattr(view, "PACKAGE", base / "src/course/dt_helpers")
    monkeypatch.setattr(
        view, "shown", lambda: {"/python": str(base), "/venv/lib/python3.11/site-packages": str(packages)}
    )
    monkeypatch.setattr(view.site, "getsitepackages", lambda: [str(packages)])
    return base, packages


def test_every_copy_of_the_course_and_of_the_model_is_hidden(made_up):
    base, packages = made_up
    model = (packages / masks.FILE).parent
    assert dict(view.hidden()) == {
        str(base / "src/course"): None,
        str(base / "lib/python3.11/site-packages"): None,
        str(base / "envs/other/lib/python3.11/site-packages"): None,
        str(packages / "dt_helpers"): None,
        str(packages / masks.FILE): masks.CUT,
        str(model / "__pycache__"): None,
    }


def test_a_course_in_python_s_own_folder_is_found_unless_it_is_hidden(made_up):
    base, packages = made_up
    assert view.holding(base / "another") == str(base)
    assert view.holding(packages / "another") == str(packages)
    assert view.holding(base / "src/course") is None
    assert view.holding(base.parent) is None


def test_python_is_seen_where_the_sandbox_has_it():
    places = {place.split("/")[1] for place in view.shown()}
    assert places <= {"usr", "python", "venv"}
    assert view.executable().split("/")[1] in places


def _touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("class DecisionTransformerModel: ...")


def test_copies_are_hidden_wherever_they_lie_and_whatever_they_are_called(made_up):
    base, packages = made_up
    model = Path(masks.FILE)
    checkout = base / "share/old course"
    _touch(checkout / "dt_helpers/check/oracles.py", checkout / "solutions/decision_transformer/04_model.ipynb")
    _touch(packages / "~ransformers" / model.relative_to("transformers"))  # what an interrupted pip leaves
    _touch(base / "local/venvs/x/lib/python3.9/site-packages" / model, base / "src/transformers-5.0" / model)
    _touch(base / "share/solutions/decision_transformer/06.py", base / "tmp/modeling_decision_transformer.py.bak")
    _touch(base / "lib/__pycache__/modeling_decision_transformer.cpython-311.pyc")
    _touch(base / "wheels/transformers-5.4.0-py3-none-any.whl", base / "wheels/dt_helpers-0.1.tar.gz")
    hidden = dict(view.hidden())

    def is_hidden(path):
        return any(path == place or str(path).startswith(f"{place}/") for place in map(str, hidden))

    left = [path for top in (base, packages) for path in top.rglob("*") if path.is_file() and not is_hidden(str(path))]
    assert left == []
    assert hidden[str(packages / masks.FILE)] == masks.CUT  # the one that is used is there, but for the model
    assert str((packages / masks.FILE).parent) not in hidden
    assert hidden[str(checkout)] is None


def test_a_copy_behind_a_link_is_hidden_where_it_really_is(made_up):
    base, packages = made_up
    _touch(base / "store/abc/transformers/models/decision_transformer/modeling_decision_transformer.py")
    (packages / "linked").symlink_to(base / "store/abc/transformers")
    (base / "venv").symlink_to(base / "store")
    hidden = dict(view.hidden())
    assert str(base / "store/abc/transformers/models/decision_transformer") in hidden
    assert not any(str(base / "venv") in path or "linked" in path for path in hidden)


def test_the_real_sandbox_holds_one_file_of_the_model_and_in_it_no_model(wrapped):
    from tests.grading.sandbox.test_sandbox import load

    text = """
import os
found = [os.path.join(top, name) for top, _, names in os.walk("/") if not top.startswith(("/proc", "/course"))
         for name in names if "modeling_decision_transformer" in name or name == "oracles.py"]
raise ValueError([path.split("-packages")[-1] for path in found if b"stacked" in open(path, "rb").read()] + found)
"""
    (only,) = eval(load(wrapped, text)["failed"]["text"])
    assert only.endswith(masks.FILE)
