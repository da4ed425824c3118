"""One place for colours: what the pages' sheets name is there, in light and in dark."""

import re

from dt_helpers.authoring.styles import COLORS, styles

ASSETS = COLORS.parent


def test_every_colour_that_a_sheet_names_is_there_in_light_and_dark():
    light, dark = (set(re.findall(r"(--[\w-]+):", part)) for part in COLORS.read_text().split("@media"))
    sheets = sorted(ASSETS.glob("*/page.css"))
    assert len(sheets) == 2 and light == dark
    for sheet in sheets:
        assert set(re.findall(r"var\((--[\w-]+)\)", sheet.read_text())) <= light
        assert not re.search(r"prefers-color-scheme", sheet.read_text())
        assert COLORS.read_text() in styles(sheet)
