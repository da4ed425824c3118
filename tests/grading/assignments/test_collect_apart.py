"""Collecting when each notebook is an assignment: each goes into its own folder, with its own time."""

import pytest

from dt_helpers.grading.collecting import roster
from dt_helpers.grading.collecting.collect import collect, survey
from tests.grading.submissions import save, saved_by_colab, solved, zipped

from .conftest import FIRST, SECOND


@pytest.fixture
def notebook(apart):
    return lambda stem=FIRST: solved(apart.tree, stem)


def collected(apart) -> list[str]:
    return sorted(path.relative_to(apart.submissions).as_posix() for path in apart.submissions.rglob("*.ipynb"))


def moodle(path, notebook, **stems):
    files = {
        f"{who} Turing_{number}_assignsubmission_file_/{stem}.ipynb": notebook(stem)
        for number, (who, stem) in enumerate(stems.items(), 101)
    }
    return zipped(path, files)


def test_one_download_with_notebooks_of_several(apart, notebook, tmp_path):
    files = {f"Ada Lovelace_101_assignsubmission_file_/{stem}.ipynb": notebook(stem) for stem in (FIRST, SECOND)}
    found = collect(apart, [zipped(tmp_path / "all.zip", files)])
    assert not found.left
    assert collected(apart) == [f"Ada-Lovelace-101/{stem}/{stem}.ipynb" for stem in (FIRST, SECOND)]
    assert [own.assignment for own, _ in found.by_assignment(apart)] == [FIRST, SECOND]
    assert [row.notebook for row in survey(apart).rows] == [FIRST, SECOND]
    assert [row.notebook for row in survey(apart, wanted=[SECOND]).rows] == [SECOND]


def test_only_the_assignment_that_is_meant(apart, notebook, tmp_path):
    found = collect(apart, [moodle(tmp_path / "m.zip", notebook, Ada=FIRST, Bob=SECOND)], wanted=[SECOND])
    assert collected(apart) == [f"Bob-Turing-102/{SECOND}/{SECOND}.ipynb"]
    assert [reason for _, reason in found.left] == ["01_returns belongs to another assignment"]
    with pytest.raises(ValueError, match="no assignment 04_model"):
        collect(apart, [tmp_path / "m.zip"], wanted=["04_model"])


def test_a_notebook_without_points_belongs_to_none(apart, notebook, tmp_path):
    found = collect(apart, [moodle(tmp_path / "m.zip", notebook, Ada="03_reading", Bob=FIRST)])
    assert collected(apart) == [f"Bob-Turing-102/{FIRST}/{FIRST}.ipynb"]
    assert [reason for _, reason in found.left] == ["03_reading has no points to give"]


def test_a_notebook_found_by_its_functions(apart, notebook, tmp_path):
    path = save(saved_by_colab(notebook(SECOND)), tmp_path / "Untitled.ipynb")
    collect(apart, [path], "ada")
    assert collected(apart) == [f"ada/{SECOND}/{SECOND}.ipynb"]


def test_each_has_the_time_of_its_own(apart, notebook, tmp_path):
    times = {FIRST: "2026-11-20 10:00:00.000000 UTC", SECOND: "2026-12-04 11:30:00.000000 UTC"}
    for stem, when in times.items():
        save(notebook(stem), tmp_path / "inbound" / f"ada+{stem}+{when}" / f"{stem}.ipynb")
    found = collect(apart, [tmp_path / "inbound"])
    assert found.platforms == ["nbgrader"] and not found.left
    stamps = {stem: (apart.of(stem).submitted("ada") / "timestamp.txt").read_text() for stem in times}
    assert stamps == {FIRST: "2026-11-20 10:00:00 UTC\n", SECOND: "2026-12-04 11:30:00 UTC\n"}


def test_in_nbgraders_folders_a_notebook_counts_in_its_own_assignment_alone(apart, notebook, tmp_path):
    """A copy of the first that lies beside the second, and came later."""
    inbound, wrong = tmp_path / "inbound", solved(apart.tree, FIRST)
    wrong.cells[-1].source += "\n# a copy"
    save(notebook(FIRST), inbound / f"ada+{FIRST}+2026-11-20 10:00:00.000000 UTC" / f"{FIRST}.ipynb")
    for stem, content in ((FIRST, wrong), (SECOND, notebook(SECOND))):
        save(content, inbound / f"ada+{SECOND}+2026-12-04 10:00:00.000000 UTC" / f"{stem}.ipynb")
    found = collect(apart, [inbound])
    assert [reason for _, reason in found.left] == ["it is 01_returns, but was handed in for the assignment 02_window"]
    assert "a copy" not in (apart.of(FIRST).submitted("ada") / f"{FIRST}.ipynb").read_text()


def test_another_courses_assignments_in_nbgraders_folders_are_left(apart, notebook, tmp_path):
    for stem in (FIRST, SECOND, "ps7"):
        folder = tmp_path / "submitted" / "ada" / stem
        save(notebook(FIRST if stem == "ps7" else stem), folder / f"{stem}.ipynb")
        save("2026-11-20 10:00:00 UTC\n", folder / "timestamp.txt")
    found = collect(apart, [tmp_path / "submitted"])
    assert collected(apart) == [f"ada/{stem}/{stem}.ipynb" for stem in (FIRST, SECOND)]
    assert [reason for _, reason in found.left] == ["it was handed in for another assignment, ps7"]


def test_a_folder_called_as_an_assignment_is_nobody(apart, notebook, tmp_path):
    for who in ("ada", "bob"):
        save(notebook(SECOND), tmp_path / SECOND / f"{who}_{SECOND}.ipynb")
    assert sorted(collect(apart, [tmp_path / SECOND]).students) == ["ada", "bob"]


def test_an_older_download_replaces_nothing_and_the_other_assignment_stays(apart, notebook, tmp_path):
    collect(apart, [moodle(tmp_path / "m.zip", notebook, Ada=FIRST)])
    before = {path: path.read_bytes() for path in apart.submissions.rglob("*") if path.is_file()}
    collect(apart, [moodle(tmp_path / "n.zip", notebook, Ada=SECOND)])
    assert {path: path.read_bytes() for path in before} == before


def test_numbers_are_those_of_the_assignment(apart, notebook, tmp_path, monkeypatch):
    from dt_helpers import cli

    monkeypatch.chdir(apart.root)
    for number, stem in (("11", FIRST), ("12", SECOND)):
        path = zipped(tmp_path / f"{stem}.zip", {f"Ada_{number}_assignsubmission_file_/{stem}.ipynb": notebook(stem)})
        assert cli.main(["collect", str(path), "--assignment", stem]) == 0
    assert [one.lms_id for one in roster.read(apart.of(FIRST)).values()] == ["11"]
    assert [one.lms_id for one in roster.read(apart.of(SECOND)).values()] == ["12"]
    assert len(roster.read(apart)) == 2
