"""Times as platforms write them."""

from datetime import UTC, datetime

import pytest

from dt_helpers.grading.collecting.times import moment


@pytest.mark.parametrize(
    "text",
    [
        "Friday, 20 November 2026, 1:30 PM",
        "Freitag, 20. November 2026, 13:30",
        "viernes, 20 de noviembre de 2026, 13:30",
        "vendredi 20 novembre 2026, 13:30",
        "venerdì, 20 novembre 2026, 13:30",
        "vrijdag, 20 november 2026, 13:30",
        "sexta-feira, 20 de novembro de 2026, 13:30",
        "20.11.2026 13:30",
        "20 nov. 2026 13:30",
        "Nov 20, 2026 1:30 p. m.",
    ],
)
def test_the_languages(text):
    assert moment(text) == datetime(2026, 11, 20, 13, 30)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Friday, November 20, 2026 1:30:00 PM EST", 18),
        ("20. März 2026 13:30 MEZ", 12),
        ("2026-11-20 13:30:00 +0100", 12),
        ("2026-11-20T13:30:00Z", 13),
        ("20261120133000000", 13),
    ],
)
def test_the_zones(text, hour):
    found = moment(text)
    assert found is not None and found.astimezone(UTC).strftime("%H:%M") == f"{hour}:30"


@pytest.mark.parametrize("text", ["", "-", "20 listopada 2026, 13:30", "2026-11-20 13:30 XYZ", "32.13.2026", "late"])
def test_what_is_not_understood_is_no_time(text):
    assert moment(text) is None
