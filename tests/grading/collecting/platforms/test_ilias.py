"""Teams in ILIAS: the folders of those who uploaded, and the class list for the rest."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import save, zipped

TEAM = "PS1/Submissions/Team 8"
PEOPLE = {"as": "Anna Schmidt", "kk": "Kim Klein", "lw": "Wei Li"}
FOLDERS = {"as": "Schmidt_Anna_as_13", "kk": "Klein_Kim_kk_14", "lw": "Li_Wei_lw_15"}


@pytest.mark.parametrize("uploaders", [("as", "lw"), ("lw", "kk"), ("as", "kk", "lw")])
def test_all_who_uploaded_are_members(uploaders, places, work, tmp_path):
    stems = [downloads.FIRST, downloads.SECOND, "notes"]
    files = {
        f"{TEAM}/{FOLDERS[one]}/{stem}.{'txt' if stem == 'notes' else 'ipynb'}": b"x"
        if stem == "notes"
        else work(one, stem)
        for one, stem in zip(uploaders, stems, strict=False)
    }
    found = collect(places, [zipped(tmp_path / "ilias.zip", files)])
    assert found.students["Team-8"].members == tuple((PEOPLE[one], one) for one in sorted(uploaders))
    assert len(found.rows) == 2


@pytest.mark.parametrize("uploader", FOLDERS)
@pytest.mark.parametrize("group", ["Team 8", "8", "team 8"])
def test_the_class_list_adds_members(uploader, group, places, work, tmp_path):
    rows = "".join(f"{PEOPLE[one]};{one};{group}\n" for one in PEOPLE)
    roster = save(f"Name;Benutzername;Gruppe\n{rows}Fritz Fehlt;ff;\n", tmp_path / "roster.csv")
    source = zipped(tmp_path / "ilias.zip", {f"{TEAM}/{FOLDERS[uploader]}/01_returns.ipynb": work(uploader)})
    found = collect(places, [source], roster=roster)
    assert set(found.students["Team-8"].members) == {(name, login) for login, name in PEOPLE.items()}
    assert (found.absent, found.students["Team-8"].name) == (["Fritz Fehlt"], "Team 8")


@pytest.mark.parametrize("uploader", FOLDERS)
def test_who_uploaded_is_a_member_whatever_the_class_list_says(uploader, places, work, tmp_path):
    roster = save("Name;Benutzername;Gruppe\nIda Rhodes;ir;Team 8\n", tmp_path / "roster.csv")
    source = zipped(tmp_path / "ilias.zip", {f"{TEAM}/{FOLDERS[uploader]}/01_returns.ipynb": work(uploader)})
    members = collect(places, [source], roster=roster).students["Team-8"].members
    assert members == (("Ida Rhodes", "ir"), (PEOPLE[uploader], uploader))


@pytest.mark.parametrize("names", [("01_returns", "01_returns"), ("01_returns (2)", "01_returns"), ("a", "01_returns")])
def test_two_members_files_are_asked_about_unless_they_are_the_same(names, places, work, tmp_path):
    paths = [f"{TEAM}/{FOLDERS[one]}/{name}.ipynb" for one, name in zip(("as", "lw"), names, strict=True)]
    found = collect(places, [zipped(tmp_path / "1.zip", {path: work(path) for path in paths})])
    assert not found.rows
    assert [reason.startswith("2 files may be 01_returns of Team-8") for _, reason in found.left] == [True, True]
    found = collect(places, [zipped(tmp_path / "2.zip", dict.fromkeys(paths, work("same")))])
    assert len(found.rows) == 1
