"""Copies in subfolders: "there is a newer one" is said only where a time says so."""

import io
import zipfile

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import zipped

FOLDER = "Ada Lovelace_101_assignsubmission_file"


def kept(places):
    found = places.submissions.glob("*/decision_transformer/01_returns.ipynb")
    return [downloads.marker(path) for path in found]


def packed(files) -> bytes:
    """A student's own archive: name -> content and time."""
    answer = io.BytesIO()
    with zipfile.ZipFile(answer, "w") as archive:
        for name, (content, time) in files.items():
            archive.writestr(zipfile.ZipInfo(name, time), content)
    return answer.getvalue()


@pytest.mark.parametrize("folder", ["final", "submission", "work/week 2", "Abgabe"])
def test_a_copy_in_a_folder_is_asked_about(folder, places, work, tmp_path):
    files = {f"{FOLDER}/01_returns.ipynb": work("top"), f"{FOLDER}/{folder}/01_returns.ipynb": work("below")}
    found = collect(places, [zipped(tmp_path / "m.zip", files)])
    assert kept(places) == []
    assert [reason.startswith("2 files may be 01_returns of Ada-Lovelace-101") for _, reason in found.left] == [
        True
    ] * 2


@pytest.mark.parametrize("folder", ["old", "Backup", "previous/mine"])
def test_a_folder_of_old_ones_is_believed(folder, places, work, tmp_path):
    files = {f"{FOLDER}/01_returns.ipynb": work("top"), f"{FOLDER}/{folder}/01_returns.ipynb": work("below")}
    found = collect(places, [zipped(tmp_path / "m.zip", files)])
    assert kept(places) == ["top"]
    assert found.left[0][1].startswith("its folder's name says that it is old: ")


@pytest.mark.parametrize(
    ("top", "below", "expected"),
    [
        ((2026, 11, 19, 10, 0, 0), (2026, 11, 18, 10, 0, 0), "top"),
        ((2026, 11, 18, 10, 0, 0), (2026, 11, 19, 10, 0, 0), "below"),
        ((2026, 11, 18, 10, 0, 0), (2026, 11, 18, 10, 5, 0), "below"),
        ((2026, 11, 18, 10, 0, 0), (2026, 11, 18, 10, 0, 2), None),  # unpacked together
        ((1980, 1, 1, 0, 0, 0), (1980, 1, 1, 0, 0, 0), None),
    ],
)
def test_in_a_students_own_archive_the_times_tell(top, below, expected, places, work, tmp_path):
    inner = packed({"01_returns.ipynb": (work("top"), top), "final/01_returns.ipynb": (work("below"), below)})
    found = collect(places, [zipped(tmp_path / "m.zip", {f"{FOLDER}/work.zip": inner})])
    assert kept(places) == ([expected] if expected else [])
    reasons = [reason.partition(":")[0] for _, reason in found.left]
    assert ("there is a newer one" in reasons) == bool(expected)


@pytest.mark.parametrize("place", ["", "notebooks/", "ps1/"])
def test_in_repositories_the_place_of_the_class_counts_and_is_named(place, places, work, tmp_path):
    files = {f"ps1-submissions/ps1-{one}/{place}01_returns.ipynb": work(one) for one in ("ada", "bob", "cy")}
    files["ps1-submissions/ps1-ada/final/01_returns.ipynb"] = work("elsewhere")
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(files[name])
        (tmp_path / "/".join(name.split("/")[:2]) / ".git").mkdir(exist_ok=True)
    found = collect(places, [tmp_path / "ps1-submissions"])
    assert sorted(kept(places)) == ["ada", "bob", "cy"]
    assert found.left[0][1].startswith("the class has its notebooks in another folder: ")
