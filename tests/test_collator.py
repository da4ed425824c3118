import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows

from .conftest import make_trajectories
from .sizes import examples

DTYPES = {
    "states": torch.float32,
    "actions": torch.float32,
    "rewards": torch.float32,
    "returns_to_go": torch.float32,
    "timesteps": torch.int64,
    "attention_mask": torch.float32,
}


def plain_window(dataset, collator, episode, begin, end):
    """One window, step by step, from rows of lists: what the tutorial's collator does for a drawn episode and start."""
    K, row = collator.max_len, dataset[int(episode)]
    pads = K - (end - begin)
    window = {key: [] for key in DTYPES}
    for _ in range(pads):
        window["states"].append(np.zeros(collator.state_dim))
        window["actions"].append(np.full(collator.act_dim, -10.0))
        window["rewards"].append([0.0])
        window["returns_to_go"].append([0.0])
        window["timesteps"].append(0)
        window["attention_mask"].append(0)
    for t in range(begin, end):
        window["states"].append(np.array(row["observations"][t]))
        window["actions"].append(np.array(row["actions"][t]))
        window["rewards"].append([row["rewards"][t]])
        window["returns_to_go"].append([sum(row["rewards"][t:]) / collator.scale])
        window["timesteps"].append(min(t, collator.max_ep_len - 1))
        window["attention_mask"].append(1)
    window["states"] = [(state - collator.state_mean) / collator.state_std for state in window["states"]]
    return {key: np.array(value) for key, value in window.items()}


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    K=st.integers(1, 25),
    max_ep_len=st.integers(1, 40),
    scale=st.sampled_from([1.0, 1000.0]),
    sampling=st.sampled_from(["start", "end"]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=examples("properties", 150))
def test_batch_is_the_plain_one(lengths, K, max_ep_len, scale, sampling, seed):
    data = make_trajectories(lengths, seed=seed)
    dataset = data.to_dataset()
    collator = DecisionTransformerGymDataCollator(dataset, K, scale, max_ep_len, sampling, seed)
    anchors = np.random.default_rng(seed).integers(data.n_steps, size=7)
    batch = collator(anchors)
    assert list(batch) == list(DTYPES)
    assert {key: value.dtype for key, value in batch.items()} == DTYPES
    shapes = {"states": (7, K, 3), "actions": (7, K, 2), "rewards": (7, K, 1), "returns_to_go": (7, K, 1)}
    assert all(batch[key].shape == shapes.get(key, (7, K)) for key in batch)
    for i, anchor in enumerate(anchors):
        episode = data.episode_of[anchor]
        at = int(anchor - data.offsets[episode])
        bounds = (at, min(at + K, lengths[episode])) if sampling == "start" else (max(0, at + 1 - K), at + 1)
        for key, expected in plain_window(dataset, collator, episode, *bounds).items():
            np.testing.assert_allclose(batch[key][i].numpy(), expected, rtol=1e-4, atol=1e-5, err_msg=key)


def test_draws_are_length_weighted_episodes_and_uniform_starts(trajectories):
    collator = DecisionTransformerGymDataCollator(trajectories, seed=0)
    anchors = collator.draw(200_000)
    counts = np.bincount(trajectories.episode_of[anchors], minlength=5) / len(anchors)
    np.testing.assert_allclose(counts, collator.p_sample, atol=0.005)
    starts = np.bincount(anchors, minlength=trajectories.n_steps) / len(anchors)
    np.testing.assert_allclose(starts, 1 / trajectories.n_steps, rtol=0.15)


def test_rows_only_count_and_draws_are_seeded(trajectories):
    dataset = trajectories.to_dataset()
    rows = [dataset[0], dataset[0], dataset[1]]
    first, second = (DecisionTransformerGymDataCollator(dataset, seed=3)(rows) for _ in range(2))
    assert first["states"].shape == (3, 20, 3)
    assert all(torch.equal(first[key], second[key]) for key in first)
    other = DecisionTransformerGymDataCollator(dataset, seed=4)(rows)
    assert not torch.equal(first["timesteps"], other["timesteps"])


def test_an_epoch_is_every_step_once(trajectories):
    windows = Windows(trajectories)
    collator = DecisionTransformerGymDataCollator(trajectories, max_len=4, sampling="end")
    loader = torch.utils.data.DataLoader(windows, batch_size=16, shuffle=True, collate_fn=collator)
    last_steps = torch.cat([batch["timesteps"][:, -1] for batch in loader])
    expected = np.concatenate([np.arange(n) for n in trajectories.lengths])
    assert sorted(last_steps.tolist()) == sorted(expected.tolist())


def test_windows_of_some_episodes(trajectories):
    windows = Windows(trajectories, episodes=np.array([1, 3]))
    assert set(trajectories.episode_of[windows.anchors]) == {1, 3}
    assert len(windows) == 51 and len(Windows(trajectories, every=10)) == 11


def test_normalisation_is_the_datas_own(trajectories):
    collator = DecisionTransformerGymDataCollator(trajectories)
    np.testing.assert_allclose(collator.state_mean, trajectories.observations.mean(0), rtol=1e-5)
    np.testing.assert_allclose(collator.state_std, trajectories.observations.std(0) + 1e-6, rtol=1e-5)


def test_bad_settings_are_refused(trajectories):
    with pytest.raises(ValueError, match="'start' or 'end'"):
        DecisionTransformerGymDataCollator(trajectories, sampling="middle")
    with pytest.raises(ValueError, match="positive"):
        DecisionTransformerGymDataCollator(trajectories, max_len=0)


def test_the_first_steps_may_be_repeated(trajectories):
    """Episodes of 30, 1, 7, 50 and 20 steps: 68 of 108 are among the first twenty of theirs."""
    plain = Windows(trajectories)
    assert len(Windows(trajectories, early=0.2)) == 108  # a fifth more would be less than half a repetition
    often = Windows(trajectories, early=0.75)
    anchors, counts = np.unique(often.anchors, return_counts=True)
    np.testing.assert_array_equal(anchors, plain.anchors)
    first = anchors - trajectories.offsets[trajectories.episode_of[anchors]] < 20
    assert set(counts[first]) == {6} and set(counts[~first]) == {1}  # 3 * 108 / 68, rounded, on top of the one
    with pytest.raises(ValueError, match="below 1, not 1"):
        Windows(trajectories, early=1.0)


def drawn(rows, collator, workers, epochs=2, **options):
    """What an epoch's windows are, by their last state: one list per epoch."""
    torch.manual_seed(0)
    loader = torch.utils.data.DataLoader(rows, 10, num_workers=workers, collate_fn=collator, **options)
    return [[tuple(state) for batch in loader for state in batch["states"][:, -1].tolist()] for _ in range(epochs)]


ROWS = {  # what is iterated over, and the loader's options
    "rows of a dataset": (lambda data: data.to_dataset().select([0, 1, 2, 3] * 60), {}),
    "dicts in a list": (lambda data: [{"observations": 0}] * 240, {}),
    "workers that stay": (lambda data: [{"observations": 0}] * 240, {"persistent_workers": True}),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("kind", ROWS)
def test_workers_draw_windows_of_their_own_in_each_epoch(kind, workers):
    rows, options = ROWS[kind]
    data = make_trajectories([500] * 4)
    made = rows(data)
    first, second = drawn(made, DecisionTransformerGymDataCollator(data, seed=3), workers, **options)
    assert len(first) == 240 and len(set(first)) > 215, "240 of 2,000 are hardly ever the same"
    assert len(set(first) & set(second)) < 60
    again = drawn(made, DecisionTransformerGymDataCollator(data, seed=3), workers, **options)
    assert again == [first, second]
    assert drawn(made, DecisionTransformerGymDataCollator(data, seed=4), workers, **options) != [first, second]
