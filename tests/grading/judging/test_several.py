"""Several results in something that is no list."""

import pytest

from dt_helpers.check.engine.calling import quietly
from dt_helpers.grading.judging.remote import RemoteFunction
from tests.grading.judging.test_remote import asked_elsewhere, fields, here, there

GIVEN = {
    "the values of a dictionary": lambda r, s, a, t: dict(zip("rsa", (r + t, s + t, a + t), strict=True)).values(),
    "its keys": lambda r, s, a, t: dict.fromkeys((r + t, s + t, a + t)).keys(),
    "values in another order": lambda r, s, a, t: dict(zip("ars", (a + t, r + t, s + t), strict=True)).values(),
    "two values": lambda r, s, a, t: dict(zip("rs", (r + t, s + t), strict=True)).values(),
    "its items": lambda r, s, a, t: {1: r + t, 2: s + t, 3: a + t}.items(),
}


@pytest.mark.parametrize("answer", GIVEN.values(), ids=GIVEN)
def test_results_in_it_are_read_as_in_a_notebook(answer):
    found = there("time_embeddings", answer)
    assert fields(found) == fields(here("time_embeddings", answer))


def test_right_ones_pass():
    assert all(there("time_embeddings", GIVEN[name]).passed for name in ("the values of a dictionary", "its keys"))


def test_where_one_result_is_asked_for_it_is_none():
    def answer(rewards, gamma=1.0):
        return dict(enumerate(rewards[::-1].cumsum()[::-1])).values()

    assert fields(there("returns_to_go", answer)) == fields(here("returns_to_go", answer))
    with asked_elsewhere(lambda: frozenset([1])) as session, quietly():
        assert [*RemoteFunction(session)()] == [1]
