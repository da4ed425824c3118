import subprocess

import pytest

from . import affected

FILES = {
    "dt_helpers/data/__init__.py": "import numpy\n",
    "dt_helpers/grading/sandbox/limits.py": "from dt_helpers import data\n",
    "tests/helper.py": "from dt_helpers.grading.sandbox.limits import Limits\n",
    "tests/data/test_data.py": "",
    "tests/test_helped.py": "from . import helper\n",
    "tests/test_lazy.py": "def test_it():\n    from dt_helpers import data\n",
    "tests/test_packaging.py": "FILE = 'pyproject.toml'\n",
    "tests/grading/sandbox/test_limits.py": "def test_it():\n    assert '02_dataset'\n",
    "tests/check/test_catalogue.py": "from dt_helpers.check import exercises\n",
    "tests/check/test_questions.py": "from dt_helpers.check import questions\n",
    "tests/grading/platforms/test_platforms.py": "",
    "tests/test_class.py": "from . import class_helper\n",
    "tests/class_helper.py": "FILES = '*.ipynb'\n",
    "tests/test_pages.py": "PAGES = 'docs/*.md'\n",
    "tests/test_release.py": "FILES = '*.ipynb'\n",
    "dt_helpers/check/__init__.py": "",
    "dt_helpers/check/exercises/__init__.py": "def get(name):\n    return import_module(f'{__name__}.{name}')\n",
    "dt_helpers/check/exercises/doubled.py": "",
    "dt_helpers/check/exercises/halved/mistakes.py": "",
    "dt_helpers/check/questions.py": "FILE = 'questions.toml'\n",
    "dt_helpers/data/experts.py": "FILES = 'experts', '*.safetensors'\n",
    "dt_helpers/grading/platforms/__init__.py": "",
    "dt_helpers/grading/platforms/flat.py": "",
    "tests/data/test_experts.py": "",
    "notebooks/course/03_new.ipynb": "",
    "solutions/course/02_dataset.py": "",
    "pyproject.toml": "",
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("dt_helpers/data/__init__.py", ["tests/data/test_data.py", "tests/test_lazy.py"]),
        ("dt_helpers/grading/sandbox/limits.py", ["tests/grading/sandbox/test_limits.py", "tests/test_helped.py"]),
        ("tests/helper.py", ["tests/test_helped.py"]),
        ("tests/test_lazy.py", ["tests/test_lazy.py"]),
        ("pyproject.toml", ["tests/test_packaging.py"]),
        ("solutions/course/02_dataset.py", ["tests/grading/sandbox/test_limits.py"]),
        ("README.md", []),
        ("docs/new.md", ["tests/test_pages.py"]),
        ("notebooks/course/03_new.ipynb", ["tests/test_release.py"]),
        ("dt_helpers/check/exercises/doubled.py", ["tests/check/test_catalogue.py", "tests/check/test_questions.py"]),
        (
            "dt_helpers/check/exercises/halved/mistakes.py",
            ["tests/check/test_catalogue.py", "tests/check/test_questions.py"],
        ),
        ("dt_helpers/assets/course/questions.toml", ["tests/check/test_questions.py"]),
        ("dt_helpers/assets/experts/swimmer.safetensors", ["tests/data/test_experts.py"]),
        ("dt_helpers/assets/other/swimmer.safetensors", []),
        ("dt_helpers/grading/platforms/flat.py", ["tests/grading/platforms/test_platforms.py"]),
    ],
)
def test_mirrors_importers_and_those_that_name_it(root, changed, tests):
    assert affected.affected({changed}, root) == tests


def test_what_differs_from_the_branchs_start_is_changed_whether_committed_or_not(root):
    def git(*command):
        who = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
        subprocess.run(["git", "-C", root, *who, *command], check=True, capture_output=True)

    git("init", "--initial-branch=main")
    git("add", ".")
    git("commit", "--message=start")
    git("checkout", "-b", "branch")
    (root / "pyproject.toml").write_text("[project]\n")
    git("commit", "--all", "--message=committed")
    (root / "dt_helpers" / "data" / "__init__.py").write_text("import torch\n")
    (root / "tests" / "test_new.py").touch()
    (root / "tests" / "helper.py").unlink()
    assert affected.changed("main", root) == {"pyproject.toml", "dt_helpers/data/__init__.py", "tests/test_new.py"}
    with pytest.raises(SystemExit, match="BASE=HEAD"):
        affected.changed("no-such-branch", root)
