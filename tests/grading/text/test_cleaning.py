"""Text of a student's process does no harm to whatever takes it in."""

import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.grading.text.cleaning import DEEPEST, LONGEST, TooDeep, cleaned, plain

UNFIT = ["\ud800", "\udfff", "\0", "\x1b", "\x9b", "\x07", "\x08", "\x7f", "\u202e", "\u2066", "\u2028", "\ufffe"]


@pytest.mark.parametrize("character", UNFIT, ids=ascii)
def test_what_is_not_for_reading_is_replaced(character):
    assert plain(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize("text", ["x = 1\n\ty", "Größe, 大きさ, حجم", "λ → ∞ 🙂", "", "a" * LONGEST])
def test_what_people_write_stays_as_it_is(text):
    assert plain(text) == text


def test_ends_of_lines_are_one_kind_and_long_texts_are_cut():
    assert plain("a\r\nb\rc") == "a\nb\nc"
    assert len(plain("x" * 1_900_000)) == LONGEST and plain("x" * 1_900_000).endswith("x…")
    assert plain("abcdef", 3) == "ab…"


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_is_taken_by_files_and_databases(text):
    clean = plain(text)
    assert clean.encode() and "\0" not in clean if clean else True
    with sqlite3.connect(":memory:") as book:
        assert book.execute("select ?", (clean,)).fetchone() == (clean,)
    assert plain(clean) == clean


def test_all_texts_of_a_message_are_cleaned_its_names_too():
    message = {"a\x1b": [{"b": "\ud800"}, 3, None, True, 2.5], "c": "x" * 5000}
    found = cleaned(message)
    assert found == {"a\ufffd": [{"b": "\ufffd"}, 3, None, True, 2.5], "c": "x" * (LONGEST - 1) + "…"}
    with pytest.raises(TooDeep):
        cleaned(json.loads("[" * 100 + "]" * 100))


@pytest.mark.parametrize("leaf", [1, 2.5, True, None])
def test_a_number_is_as_deep_as_a_list_in_its_place(leaf):
    assert cleaned(json.loads("[" * DEEPEST + json.dumps(leaf) + "]" * DEEPEST))
    with pytest.raises(TooDeep):
        cleaned(json.loads("[" * (DEEPEST + 1) + json.dumps(leaf) + "]" * (DEEPEST + 1)))
