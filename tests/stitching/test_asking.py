from types import SimpleNamespace

import numpy as np
import torch

from dt_helpers import check, stitching


class Signpost:
    """In place of a model: at node 2 it takes the detour if it is asked for little. It keeps what it was given."""

    def __init__(self):
        self.calls = []

    def __call__(self, states, actions, returns_to_go, timesteps):
        self.calls.append((states.tolist(), returns_to_go.tolist(), timesteps.tolist()))
        logits = torch.zeros(*states.shape, 5)
        logits[..., 0] = 1.0  # the goal, from wherever an edge leads there
        logits[..., 4] = (returns_to_go > 5).float()
        return SimpleNamespace(action_preds=logits)


def test_following_asks_for_what_is_left_and_stops_at_the_goal(line):
    model = Signpost()
    paths = stitching.follow(model, line, [3, 3, 1], [-9.0, -4.0, -1.0])
    assert paths == [[3, 2, 4, 1, 0], [3, 2, 1, 0], [1, 0]]
    asked = [returns for _, returns, _ in model.calls]
    assert asked[0] == [[9], [4], [1]]
    assert asked[-1] == [[9, 8, 6, 3]]
    assert model.calls[1][2] == [[0, 1], [0, 1]]


def test_no_less_than_one_step_is_asked_for_and_a_walk_ends_in_time(line):
    model = Signpost()
    (path,) = stitching.follow(model, line, [3], [-1.0], decode=lambda logits, neighbours: neighbours[-1])
    assert path == [3, 2, 4, 1, 3]
    assert model.calls[-1][1] == [[1, 1, 1, 1]]


def test_where_no_edge_leads_the_walk_stays_and_pays(line):
    model = Signpost()
    (path,) = stitching.follow(model, line, [3], [-9.0], decode=lambda logits, neighbours: logits.argmax())
    assert path == [3, 3, 3, 3, 3]  # the goal is likeliest, and no edge leads there from 3
    assert model.calls[-1][1] == [[9, 8, 7, 6]]


def test_cloning_is_not_asked(line):
    model = Signpost()
    stitching.follow(model, line, [3], None)
    assert model.calls[-1][1] == [[0, 0, 0]]


def test_asking_for_everything_and_choosing(line):
    asked = stitching.ask(Signpost(), line, starts=[3, 2])
    assert asked.targets.tolist() == [-float(n) for n in range(1, 13)]
    assert asked.achieved[0].tolist() == [-4] * 6 + [-7] * 6
    assert asked.achieved[1].tolist() == [-3] * 5 + [-6] * 7
    assert asked.chosen() == {3: -4.0, 2: -3.0}
    assert asked.best() == {3: [3, 2, 1, 0], 2: [2, 1, 0]}
    assert asked.best(lambda targets, achieved: targets.min())[3] == [3, 2, 4, 1, 0]


def test_the_helpers_own_functions_pass_the_checks():
    for name in ("walk_rewards", "choose_target", "next_node"):
        assert getattr(check, name)(getattr(stitching, name)).passed


def test_a_row_without_a_promise_kept_gets_the_smallest_target():
    assert stitching.choose_target(np.array([-1.0, -2.0]), np.array([-2.0, -np.inf])) == -2.0
