"""Google Classroom's names, without a class list: nobody is invented."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.submissions import save, zipped


@pytest.mark.parametrize(
    ("file", "student"),
    [
        ("Bob Byte - Ada Lovelace - 01_returns", None),
        ("Ana - Sofia Lopez - 01_returns", None),
        ("Bob Byte - Ada Lovelace - final - 01_returns", None),
        ("Mary-Jane Watson - 01_returns", "Mary-Jane Watson"),
        ("Mary-Jane Watson - final - 01_returns", "Mary-Jane Watson"),
        ("Jean-Luc O'Neill-Shaw - v2 - Copy of 01_returns", "Jean-Luc O'Neill-Shaw"),
    ],
)
def test_two_names_in_one_are_asked_about(file, student, places, work, tmp_path):
    files = {f"PS/{file}.ipynb": work("a"), "PS/Cy Young - 01_returns.ipynb": work("c")}
    found = collect(places, [zipped(tmp_path / "g.zip", files)])
    assert {one.name for one in found.students.values()} == {"Cy Young", student} - {None}
    assert ["Say so with --student" in reason for _, reason in found.left] == ([] if student else [True])


@pytest.mark.parametrize("name", ["Bob Byte", "Ana - Sofia Lopez", "Mary-Jane Watson"])
def test_with_a_class_list_the_name_in_front_counts(name, places, work, tmp_path):
    roster = save(f"Name,Email\n{name},b@x.org\nAda Lovelace,a@x.org\n", tmp_path / "roster.csv")
    source = zipped(tmp_path / "g.zip", {f"PS/{name} - Ada Lovelace - 01_returns.ipynb": work("b")})
    assert [row.student.name for row in collect(places, [source], roster=roster).rows] == [name]


@pytest.mark.parametrize("second", ["01_returns(1)", "01_returns (2)", "Copy of 01_returns"])
def test_two_of_one_name_may_be_two_people(second, places, work, tmp_path):
    files = {"PS/Sam Lee - 01_returns.ipynb": work("1"), f"PS/Sam Lee - {second}.ipynb": work("2")}
    found = collect(places, [zipped(tmp_path / "g.zip", files)])
    assert not found.rows
    assert all("if they are two people's of one name" in reason for _, reason in found.left)
