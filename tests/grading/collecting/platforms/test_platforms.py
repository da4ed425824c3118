"""Every platform's download ends with whom the platform says: nobody mixed up, nobody lost, nothing guessed."""

from pathlib import PurePosixPath

import pytest

from dt_helpers.grading.collecting import platforms
from dt_helpers.grading.collecting import roster as students_file
from dt_helpers.grading.collecting.collect import collect
from dt_helpers.grading.collecting.sources import Found
from tests.grading.collecting import downloads
from tests.grading.submissions import zipped


def markers(places) -> dict[str, str]:
    """Student's folder -> whose 01_returns lies there."""
    found = places.submissions.glob(f"*/decision_transformer/{downloads.FIRST}.ipynb")
    return {path.parent.parent.name: downloads.marker(path) for path in found}


def collect_and_keep(places, source) -> None:
    """As the command does: who was collected is known the next time."""
    students_file.add(places, collect(places, [source]).students.values())


@pytest.mark.parametrize("make", downloads.ALL, ids=lambda make: make.__name__)
@pytest.mark.parametrize("unpacked", [False, True], ids=["archive", "folder"])
def test_each_has_their_own(make, unpacked, places, work, tmp_path):
    download = make(work)
    found = collect(places, [download.write(tmp_path, unpacked)], roster=download.write_roster(tmp_path))
    assert found.platforms == [download.platform or "no platform's"]
    assert markers(places) == download.students
    assert {row.student.id for row in found.rows if row.late} == download.late
    assert {one.lms for one in found.students.values()} == {download.platform}
    assert tuple(found.absent) == download.absent
    if download.group:
        folder, members = download.group
        assert found.students[folder].members == members


@pytest.mark.parametrize("make", downloads.ALL, ids=lambda make: make.__name__)
def test_what_is_not_used_is_listed_with_its_reason(make, places, work, tmp_path):
    download = make(work)
    found = collect(places, [download.write(tmp_path)], roster=download.write_roster(tmp_path))
    used = {row.file for row in found.rows}
    left = {file for file, reason in found.left if reason}
    notebooks = [name for name in download.files if ".ipynb" in name]
    assert all(any(file.endswith(name) for file in used | left) for name in notebooks)
    assert len(used) + sum(".ipynb" in file for file in left) == len(notebooks)


PACKED = [make for make in downloads.ALL if make is not downloads.github]  # repositories are cloned


@pytest.mark.parametrize("make", PACKED, ids=lambda make: make.__name__)
def test_packed_again_by_hand_and_on_a_mac(make, places, work, tmp_path):
    download = make(work)
    files = {f"my download/{name}": content for name, content in download.files.items()}
    files |= {f"__MACOSX/my download/._{name}": b"Mac OS X" for name in download.files} | {
        "my download/.DS_Store": b"x"
    }
    collect(places, [zipped(tmp_path / "again.zip", files)], roster=download.write_roster(tmp_path))
    assert markers(places) == download.students


@pytest.mark.parametrize("make", [downloads.canvas, downloads.d2l, downloads.blackboard, downloads.schoology])
def test_an_older_download_does_not_replace_a_newer_one(make, places, work, tmp_path):
    """The platform's own order tells, whichever was collected first."""
    download = make(work)
    newest = next(name for name, content in download.files.items() if b"byron 2" in content)
    oldest = next(name for name, content in download.files.items() if b"byron 1" in content)
    others = {name: content for name, content in download.files.items() if name not in (newest, oldest)}
    late = zipped(tmp_path / "late.zip", others | {newest: download.files[newest]})
    early = zipped(tmp_path / "early.zip", others | {oldest: download.files[oldest]})
    collect(places, [late])
    found = collect(places, [early])
    assert markers(places) == download.students
    assert [reason.split(";")[0] for file, reason in found.left if file.endswith(oldest)] == [
        "older than the one collected before"
    ]
    assert "byron 2" in markers(places).values()


def test_two_names_with_one_number_are_asked_about(places, work, tmp_path):
    """Moodle numbers groups and participants apart; without the worksheet nothing says which is which."""
    download = downloads.moodle(work)
    found = collect(places, [download.write(tmp_path)])
    assert markers(places) == {who: mark for who, mark in download.students.items() if mark != "ada"}
    asked = "Ada Lovelace and Team 1 have the same number: say whose it is with --student"
    assert [reason for _, reason in found.left].count(asked) == 2


def test_a_number_that_was_somebody_elses_is_asked_about(places, work, tmp_path):
    file = "assignsubmission_file_01_returns.ipynb"
    collect_and_keep(places, zipped(tmp_path / "1.zip", {f"Ada Lovelace_101_{file}": work("ada")}))
    found = collect(places, [zipped(tmp_path / "2.zip", {f"Team 1_101_{file}": work("team")})])
    assert "Moodle's number 101 was Ada Lovelace's before, but is Team 1's here" in found.left[0][1]
    found = collect(places, [zipped(tmp_path / "3.zip", {f"Ada King Lovelace_101_{file}": work("married")})])
    assert markers(places) == {"Ada-Lovelace-101": "married"}


def test_two_platforms_students_of_one_folder_name_are_two(places, work, tmp_path):
    collect_and_keep(
        places, zipped(tmp_path / "1.zip", {"Ada L_101_assignsubmission_file_01_returns.ipynb": work("a")})
    )
    found = collect(
        places, [zipped(tmp_path / "2.zip", {"L, Ada - 101/Revision 1 - Late/01_returns.ipynb": work("b")})]
    )
    assert sorted(markers(places).values()) == ["a", "b"]
    assert found.rows[0].student.id.startswith("Ada-L-101-")
    guess = collect(places, [zipped(tmp_path / "3.zip", {"Ada-L-101/01_returns.ipynb": work("c"), "b/x.zip": b""})])
    assert any("there is already another Ada-L-101, from Moodle" in reason for _, reason in guess.left)


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        ("ada.zip", ["01_returns.ipynb"], "ada"),
        ("ada.zip", ["final/01_returns.ipynb"], "ada"),
        ("ada.zip", ["ps1/01_returns.ipynb"], None),  # the archive says ada, the folder says ps1
        ("ada.zip", ["ada/01_returns.ipynb"], "ada"),
        ("ada.zip", ["notebooks/decision_transformer/01_returns.ipynb"], "ada"),
        ("submissions.zip", ["ada/01_returns.ipynb"], "ada"),
        ("submissions.zip", ["01_returns.ipynb"], None),
        ("ada.zip", ["01_returns.ipynb", "01_returns (1).ipynb"], None),
    ],
)
def test_an_archive_of_one_student(name, files, expected, places, work, tmp_path):
    collect(places, [zipped(tmp_path / name, {file: work(file) for file in files})])
    assert list(markers(places)) == ([expected] if expected else [])


def test_a_folder_of_downloads_says_that_they_are_to_be_given_by_themselves(places, work, tmp_path):
    downloads.moodle(work).write(tmp_path / "all")
    found = collect(places, [tmp_path / "all"])
    assert markers(places) == {}
    assert "pass a platform's download by itself" in found.left[0][1]


def test_a_class_of_teams_in_canvas(places, work, tmp_path):
    """Each name reads in three ways: all in all the attachments' numbers are much alike."""
    files = {f"team_{i}_432{i}_9876{i}_01_returns.ipynb": work(str(i)) for i in range(1, 5)}
    files["zed_4329_98770_4321_98765_01_returns.ipynb"] = work("mallory")
    collect(places, [zipped(tmp_path / "canvas.zip", files)])
    assert markers(places) == {f"team_{i}-432{i}": str(i) for i in range(1, 5)} | {"zed-4329": "mallory"}


def test_a_students_own_archive_is_theirs_whatever_is_in_it(places, work, tmp_path):
    inner = zipped(tmp_path / "x.zip", {"Ada_1_assignsubmission_file/01_returns.ipynb": work("bob"), "a/b.txt": b""})
    files = {
        "Ada_1_assignsubmission_file_/01_returns.ipynb": work("ada"),
        "Bob_2_assignsubmission_file_/Ada_1_assignsubmission_file.zip": inner.read_bytes(),
    }
    collect(places, [zipped(tmp_path / "moodle.zip", files)])
    assert markers(places) == {"Ada-1": "ada", "Bob-2": "bob"}


def test_two_in_one_attempt_are_asked_about_unless_they_are_the_same(places, work, tmp_path):
    alan = work("alan")
    files = {
        "lovelaceada_11_501_01_returns.ipynb": work("one"),
        "lovelaceada_11_502_01_returns (1).ipynb": work("two"),
        "turingalan_12_503_01_returns.ipynb": alan,
        "turingalan_12_504_01_returns (1).ipynb": alan,
    }
    found = collect(places, [zipped(tmp_path / "canvas.zip", files)])
    assert markers(places) == {"turingalan-12": "alan"}
    reasons = [reason for _, reason in found.left]
    assert sum(reason.startswith("2 files may be 01_returns of lovelaceada-11") for reason in reasons) == 2
    assert "it is there twice" in reasons


def found(path: str) -> Found:
    return Found(PurePosixPath(path), 0, None, None)


@pytest.mark.parametrize(
    ("paths", "name"),
    [
        (["ada_2026_11_23_01_returns.ipynb", "bob_01_returns.ipynb"], ""),  # a date is no number of Canvas'
        (["ada/01_returns.ipynb", "bob/x_1_assignsubmission_file_01_returns.ipynb", "c/01_returns.ipynb"], ""),
        (["a b/Submission attachment(s)/01_returns.ipynb"], ""),
        (["x/ada/decision_transformer/01_returns.ipynb"], "nbgrader"),
        (["ada/final/01_returns.ipynb", "bob/final/01_returns.ipynb"], ""),
        (["a_1_2_x.ipynb", "b_3_4_y.ipynb", "notes.txt"], "Canvas"),
        ([], ""),
    ],
)
def test_the_shape_of_the_whole_tells_the_platform(paths, name):
    download = platforms.Download([found(path) for path in paths], stems=("01_returns",))
    assert platforms.recognise(download).name == name
