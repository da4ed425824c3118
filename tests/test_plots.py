import numpy as np
import torch

from dt_helpers import plots
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.rollout import Evaluation
from dt_helpers.rollout.sweep import Sweep
from tests.shown import assert_shown


def test_every_picture_shows_itself(trajectories):
    rewards = np.random.default_rng(0).random((3, 9))
    evaluations = [Evaluation("HalfCheetah-v5", target, rewards, np.full(3, 9)) for target in (1.0, 5.0)]
    batch = DecisionTransformerGymDataCollator(trajectories, max_len=5)(np.arange(40))
    pictures = [
        plots.learning_curve([{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}, {"step": 2, "eval_loss": 1.5}]),
        plots.learning_curve([]),
        plots.singular_values({"gradient": torch.randn(4, 6, requires_grad=True), "its sign": torch.ones(4, 6)}),
        plots.returns_histogram(trajectories, {"mean": trajectories.returns.mean()}),
        plots.episode(trajectories, 3, steps=20),
        plots.reward_and_return_to_go(trajectories.rewards[:30], trajectories.returns_to_go[:30]),
        plots.windows(batch),
        plots.tokens({"expected": ["R1", "s1", "a1"]}),
        plots.architecture(),
        plots.return_so_far(evaluations[0]),
        plots.target_against_achieved(Sweep(evaluations, trajectories.returns)),
    ]
    for picture in pictures:
        assert_shown(picture)


def test_padding_has_no_timestep(trajectories):
    batch = DecisionTransformerGymDataCollator(trajectories, max_len=5, sampling="end")(
        np.array([30])
    )  # an episode of one step
    texts = [text.get_text() for text in plots.windows(batch).axes[0].texts]
    assert texts == ["·"] * 4 + ["0"]


def test_slips_show_what_was_left_beside_the_guess():
    figure = plots.slips({"one": 0.1, "other": 1.02}, {"other": 0.5, "one": 0.3})
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [0.1, 1.02]
    assert list(axes.lines[0].get_xdata()) == [0.3, 0.5]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "other"]
    assert_shown(figure)
