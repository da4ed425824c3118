"""The cards of all exercises in a wide and a narrow window: part of ``make test-browser``."""

from tests.browser.answers import WRONG
from tests.browser.cards import NARROW, SHOWN, STICKS_OUT, WIDE, area, shown
from tests.browser.lab import MINUTE


def test_each_card_says_what_is_wrong_and_nothing_reaches_out_of_it(page, server, screenshots):
    page.set_viewport_size(WIDE)
    page.set_default_timeout(2 * MINUTE)
    notebook = shown(page, server, screenshots)
    for window in (WIDE, NARROW):
        page.set_viewport_size(window)
        for name in SHOWN:
            card = area(notebook, name)
            card.scroll_into_view_if_needed()
            said = WRONG[name].said if name in WRONG else "without going through embed_ln"
            assert said in card.inner_text(), name
            assert card.evaluate(STICKS_OUT) == [], (name, window)
    notebook.look("narrow", SHOWN.index("forward") + 1)
    assert not page.complaints
    notebook.shut_down()
