import numpy as np
import pytest

from dt_helpers.check.engine.patterns import pattern


@pytest.fixture
def right():
    return np.random.default_rng(0).normal(size=(3, 5, 2))


def slug(*pairs):
    found = pattern([[pair] for pair in pairs])
    return found and found[0]


def test_each_pattern_is_told(right):
    assert slug((np.round(right, 2) + 1e-3, right)) == "rounded"
    late, early = np.roll(right, 1, axis=1), np.roll(right, -1, axis=1)
    assert slug((late, right)) == "one-step-late" and slug((early, right)) == "one-step-early"
    first = right.copy()
    first[1:] += 1.0
    assert slug((first, right)) == "first-row-only"
    assert slug((right[:, ::-1], right)) == "other-order"


def test_it_has_to_hold_in_each_wrong_case_and_result(right):
    late = np.roll(right, 1, axis=1)
    assert slug((late, right), (late, right)) == "one-step-late"
    assert slug((late, right), (right + 1, right)) is None
    assert pattern([[(late, right), (right, right)]])[0] == "one-step-late", "a result that is right says nothing"
    assert pattern([[(late, right), (right + 1, right)]]) is None


def test_what_follows_no_pattern_is_not_named(right):
    assert slug((right + 1, right)) is None and slug((0 * right, right)) is None
    single = right.copy()
    single[1, 2, 0] = 100
    assert slug((single, right)) is None
    assert pattern([]) is None and pattern([[]]) is None
    assert slug((np.full_like(right, np.nan), right)) is None
