import json

from dt_helpers.authoring import build
from tests.course_tree import make_tree


def known(tree):
    return json.loads(build.plan(tree).wanted[tree.exercises_file])


def test_the_release_tells_the_checks_what_there_is(tmp_path):
    tree = make_tree(tmp_path / "course", checked=True)
    tree.exercises_file.parent.mkdir(parents=True)
    first, second = known(tree)
    solution = first.pop("solution")
    assert first == {
        "check": "returns_to_go", "target": "returns_to_go", "notebook": "01_returns", "title": "The check",
        "points": 2.0,
    }  # fmt: skip
    assert solution.startswith("def returns_to_go") and "###" not in solution and second["check"] == "context_window"
    build.write(build.plan(tree))
    assert build.plan(tree).up_to_date

    (tree.root / "pyproject.toml").write_text("[tool.dt-course]\nsolutions = false\n")
    assert [facts["solution"] for facts in known(tree)] == [None, None]
    assert build.plan(tree).drifted == [tree.exercises_file]
