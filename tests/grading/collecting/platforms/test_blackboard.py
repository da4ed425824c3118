"""Blackboard's receipts name the zone; what a student writes below does not."""

import pytest

from dt_helpers.grading.collecting.collect import collect
from tests.grading.collecting import downloads
from tests.grading.submissions import solved, zipped


@pytest.mark.parametrize(
    ("date", "comment", "utc"),
    [
        ("Friday, November 20, 2026 9:15:00 AM EST", "", "14:15"),
        ("Friday, November 20, 2026 9:15:00 AM PST", "", "17:15"),
        ("Freitag, 20. November 2026 09:15:00 MEZ", "", "08:15"),
        ("Friday, November 20, 2026 9:15:00 AM", "Date Submitted: November 20, 2026 9:15:00 AM EST", None),
        ("Friday, November 20, 2026 8:15:00 AM EST", "", None),  # another attempt's
        ("Friday, November 20, 2026 9:15:00 AM XYZ", "", None),
    ],
)
def test_the_zone(date, comment, utc, places, tmp_path):
    work = downloads.Work(lambda stem: solved(places.tree, stem))
    base = "PS_ada_attempt_2026-11-20-09-15-00"
    receipt = f"Name: Ada L (ada)\nAssignment: PS\nDate Submitted: {date}\nCurrent Grade: -\n\nComments:\n{comment}\n"
    files = {f"{base}_01_returns.ipynb": work("ada"), f"{base}.txt": receipt.encode()}
    (row,) = collect(places, [zipped(tmp_path / "b.zip", files)]).rows
    if utc:
        assert (row.when - row.when.utcoffset()).strftime("%H:%M") == utc
    else:
        assert row.when.tzinfo is None and row.when.hour == 9
