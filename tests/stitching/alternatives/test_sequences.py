import numpy as np
import torch

from dt_helpers import stitching
from dt_helpers.stitching.alternatives import Episodes, gamble, sequences, train


def episodes() -> Episodes:
    return Episodes(
        states=np.array([[0, 1, 2], [0, 1, 0]]),
        actions=np.array([[1, 0, 1], [0, 1, 0]]),
        rewards=np.array([[0.0, 2.0, 1.0], [0.0, 1.0, 0.0]]),
        lengths=np.array([3, 2]),
    )


def test_returns_and_batches():
    some = episodes()
    assert some.returns_to_go.tolist() == [[3, 3, 1], [1, 1, 0]] and some.returns.tolist() == [3, 1]
    assert len(some) == 2 and len(some[some.returns == 1]) == 1
    assert some.without_returns().returns.tolist() == [0, 0]
    batch = some.draw(50, np.random.default_rng(0))
    assert {len(value) for value in batch.values()} == {50}
    short = batch["states"][:, 2] == 0
    assert batch["attention_mask"][short].sum(dim=1).unique().tolist() == [2]
    assert batch["attention_mask"][~short].sum(dim=1).unique().tolist() == [3]


def test_each_whole_return_has_a_row_and_what_is_beyond_the_nearest():
    table = sequences.WholeReturns(-2, 3, hidden=4)
    found = table(torch.tensor([[-7.0, -2.0, 3.0, 9.0, 0.2]]))[0]
    assert found.shape == (5, 4)
    assert torch.equal(found[0], found[1]) and torch.equal(found[2], found[3])
    assert torch.equal(found[4], table.table.weight[2])


def test_a_model_learns_what_the_returns_tell():
    """Whoever gets 1 has chosen 1 at each step."""
    actions = np.repeat(np.arange(2)[:, None], gamble.STEPS, axis=1)
    rewards = np.zeros(actions.shape)
    rewards[1, -1] = 1.0
    some = Episodes(np.tile(np.arange(gamble.STEPS), (2, 1)), actions, rewards, np.full(2, gamble.STEPS))
    settings = stitching.preset("ci", hidden=16, learning_rate=1e-2)
    model, losses = train(some, gamble.StepEncoder, 2, settings, progress=False)
    assert losses[-1] < losses[0] / 2
    act = gamble.asked(model, 1.0)
    assert act(np.zeros((3, 0), dtype=np.int64), np.zeros((3, 0))).tolist() == [1, 1, 1]
    assert gamble.asked(model, 0.0)(np.zeros((1, 0), dtype=np.int64), np.zeros((1, 0))).tolist() == [0]
