"""Two of one name in the class list: said as that, with what decides."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.submissions import save, zipped

FORMS = {
    "D2L": "{number}-500 - Joe Smith - Nov 18, 2026 1015 AM/01_returns.ipynb",
    "Schoology": "Smith, Joe - {number}/Revision 1 - On time/01_returns.ipynb",
    "Moodle": "Joe Smith_{number}_assignsubmission_file/01_returns.ipynb",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("strangers", [0, 1])
def test_a_list_without_the_numbers_is_said_to_lack_them(strangers, form, places, work, tmp_path):
    names = ["Joe Smith", "Joe Smith", "Ada Lovelace"]
    roster = save("Name,Email\n" + "".join(f"{name},{i}@x.org\n" for i, name in enumerate(names)), tmp_path / "r.csv")
    files = {form.format(number=number): work(str(number)) for number in (119, 134)}
    files |= {form.format(number=150 + i).replace("Joe", "Bob"): work("bob") for i in range(strangers)}
    found = collect(places, [zipped(tmp_path / "x.zip", files)], roster=roster)
    assert found.alike == ["Joe-Smith-119", "Joe-Smith-134"]
    assert found.strangers == (["Bob-Smith-150"] if strangers else [])
    assert found.absent == ["Ada Lovelace"]


@pytest.mark.parametrize("title", ["Unique ID", "School UID", "unique id"])
def test_schoologys_numbers_tell_them_apart(title, places, work, tmp_path):
    text = f"First Name,Last Name,{title}\nJoe,Smith,119\nJoe,Smith,134\n"
    files = {FORMS["Schoology"].format(number=number): work(str(number)) for number in (119, 134)}
    roster = save(text, tmp_path / "roster.csv")
    found = collect(places, [zipped(tmp_path / "x.zip", files)], roster=roster)
    assert (len(found.students), found.alike, found.strangers) == (2, [], [])


@pytest.mark.parametrize(
    ("name", "whose"),
    [("sam.lee", "sam.lee@x.org"), ("sam.lee2", "sam.lee2@x.org"), ("Sam Lee", None), ("Lee, Sam", None)],
)
def test_without_a_platform_a_login_decides(name, whose, places, work, tmp_path):
    text = "Name,Email\nSam Lee,sam.lee@x.org\nSam Lee,sam.lee2@x.org\nAda L,a@x.org\n"
    roster = save(text, tmp_path / "roster.csv")
    files = {f"{name}_01_returns.ipynb": work("sam"), "Ada L_01_returns.ipynb": work("ada")}
    found = collect(places, [zipped(tmp_path / "x.zip", files)], roster=roster)
    if whose:
        assert {one.id for one in found.students.values()} == {f"Sam-Lee-{whose.partition('@')[0]}", "Ada-L"}
    else:
        assert f"2 in the class list are called {name!r}: a login or number" in found.left[0][1]
