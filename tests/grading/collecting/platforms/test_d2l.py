"""D2L's dates in several shapes: the numbers tell whose it is."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import zipped

SHAPES = {
    "no space before the dash": "{number}-500 - {name}- Nov {day}, 2026 1015 AM",
    "as it is now": "{number}-500 - {name} - Nov {day}, 2026 1015 AM",
    "day first": "{number}-500 - {name} - {day} November, 2026 11-59 PM",
    "French, 24 hours": "{number}-500 - {name} - {day} nov. 2026 2359",
    "German": "{number}-500 - {name} - {day}. November 2026 23.59",
}
UNREAD = "{number}-500 - {name} - {day} listopada 2026 2359"


def markers(places):
    found = places.submissions.glob("*/decision_transformer/01_returns.ipynb")
    return {path.parent.parent.name: downloads.marker(path) for path in found}


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_last_attempt_counts(shape, flat, places, work, tmp_path):
    """Of names with dashes too; what a student wrote behind the date is the file's name."""
    forged = shape.format(number=10011, name="Ada Lovelace", day=23)
    files = {
        (shape.format(number=number, name=name, day=day), file): work(f"{name} {day}")
        for number, name, day, file in (
            (10011, "Ada Lovelace", 18, "01_returns.ipynb"),
            (10011, "Ada Lovelace", 19, "01_returns.ipynb"),
            (10012, "Max - Moritz", 19, "01_returns.ipynb"),
            (10013, "Mal O'Neil-Shaw", 19, f"{forged} - 01_returns.ipynb"),
        )
    }
    between = " - " if flat else "/"
    found = collect(places, [zipped(tmp_path / "d.zip", {between.join(key): file for key, file in files.items()})])
    assert found.platforms == ["D2L"] and not found.unread
    assert markers(places) == {
        "Ada-Lovelace-10011": "Ada Lovelace 19",
        "Max-Moritz-10012": "Max - Moritz 19",
        "Mal-O-Neil-Shaw-10013": "Mal O'Neil-Shaw 19",
    }
    assert all(row.when for row in found.rows)


@pytest.mark.parametrize("flat", [" - ", "/"])
@pytest.mark.parametrize("others", [0, 1, 3])
def test_dates_that_are_not_understood_are_said_and_leave_the_student(others, flat, places, work, tmp_path):
    names = [(SHAPES["as it is now"], 10020 + i, "Bob") for i in range(others)] + [(UNREAD, 10011, "Ada Lovelace")]
    files = {
        f"{shape.format(number=n, name=name, day=18)}{flat}01_returns.ipynb": work(name) for shape, n, name in names
    }
    found = collect(places, [zipped(tmp_path / "d.zip", files)])
    assert found.platforms == ["D2L"] and found.unread == ["18 listopada 2026 2359"]
    assert markers(places)["Ada-Lovelace-10011"] == "Ada Lovelace" and len(found.rows) == others + 1


@pytest.mark.parametrize("shapes", [(UNREAD, UNREAD), (UNREAD, SHAPES["as it is now"]), (SHAPES["German"], UNREAD)])
def test_of_two_attempts_one_of_which_has_no_known_time_the_table_asks(shapes, places, work, tmp_path):
    names = [shape.format(number=10011, name="Ada", day=18 + i) for i, shape in enumerate(shapes)]
    files = {f"{name}/01_returns.ipynb": work(name) for name in names}
    found = collect(places, [zipped(tmp_path / "d.zip", files)])
    assert not found.rows
    assert [reason.startswith("2 files may be 01_returns of Ada-10011") for _, reason in found.left] == [True, True]
