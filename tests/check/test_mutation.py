"""The bar for the checks: nothing wrong passes, nothing right is refused, and mistakes are called by their names."""

import pytest

from dt_helpers.check.exercises import NAMES
from tests import sizes
from tests.mutation import suite
from tests.mutation.kept import answers

# Of eight mutants, how many are tried: the first eighth is always the same, the others are drawn anew in each run.
WHOLE_MODEL = sizes.size("mutants", small=2, whole=8)
LAYERS = min(2 * WHOLE_MODEL, 8)
EIGHTHS = {"forward": WHOLE_MODEL, "run_episode": max(WHOLE_MODEL // 2, 1)} | dict.fromkeys(
    ("time_embeddings", "stacked_inputs", "prediction_heads", "action_loss"), LAYERS
)


KEPT = sizes.size("answers", small=8, whole=10**6)  # answers by others, of each check


def kept(name: str) -> list[int]:
    """Places of answers by others."""
    return sizes.some(f"answers to {name}", KEPT, len(answers(name)))


def eighths(name: str) -> list[int]:
    return [0, *sizes.fresh(f"mutants of {name}").sample(range(1, 8), EIGHTHS.get(name, 8) - 1)]


@pytest.fixture(scope="module")
def results():
    return {name: suite.run(name, sizes.SEED, eighths(name), kept(name)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_no_wrong_answer_passes(results, name):
    assert results[name].passed == []


@pytest.mark.parametrize("name", NAMES)
def test_no_mutant_passes(results, name):
    assert results[name].survived == []
    assert results[name].generated >= 20


@pytest.mark.parametrize("name", NAMES)
def test_no_right_answer_is_refused(results, name):
    assert results[name].refused == []


@pytest.mark.parametrize("name", NAMES)
def test_the_written_mistakes_are_called_by_their_names(results, name):
    counts = results[name]
    assert counts.named >= suite.BAR.named * counts.wrong, counts.misnamed


def test_there_are_enough_of_them(results):
    assert suite.BAR.met(results), suite.table(results)


def test_the_table_shows_what_went_wrong():
    counts = suite.Counts(wrong=2, passed=["here:1 (blocks)"], misnamed=["here:1 blocks: passed"], right=1)
    table = suite.table({"stacked_inputs": counts})
    assert "passed: stacked_inputs: here:1 (blocks)" in table and "50.0%" in table
    assert not suite.BAR.met({"stacked_inputs": counts})
