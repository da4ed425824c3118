"""The one check for all columns: what isn't finite, and what has another rank, is named with the way out."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from dt_helpers.data import formats
from dt_helpers.data.trajectories import Trajectories

N = 60


def columns(**other):
    """Three episodes of twenty steps as flat columns."""
    rng = np.random.default_rng(0)
    found = {"observations": rng.normal(size=(N, 3)), "actions": rng.uniform(-1, 1, (N, 2)), "rewards": np.ones(N)}
    return found | {"dones": np.zeros(N, bool), "offsets": np.arange(0, N + 1, 20)} | other


def table(**other):
    """The same with one row per step."""
    found = columns()
    rows = {name: list(found[name]) for name in ("observations", "actions", "rewards", "dones")}
    return pd.DataFrame(rows | {"episode_index": np.repeat(np.arange(3), 20)} | other)


def spoilt(values, row, value, kind=None):
    values = np.array(values, kind)
    values[row] = value
    return values


NOT_FINITE = {  # what is opened, the column, the row and how many there are
    "one NaN": (lambda c: c | {"observations": spoilt(c["observations"], (7, 1), np.nan)}, "observations", 7, 1),
    "half precision": (
        lambda c: c | {"observations": spoilt(c["observations"], (7, 1), np.inf, "f2")},
        "observations",
        7,
        1,
    ),
    "an infinite reward": (lambda c: c | {"rewards": spoilt(c["rewards"], 50, -np.inf)}, "rewards", 50, 1),
    "the last action": (lambda c: c | {"actions": spoilt(c["actions"], (59, 0), np.nan)}, "actions", 59, 1),
    "bfloat16": (lambda c: c | {"rewards": torch.full((N,), torch.nan, dtype=torch.bfloat16)}, "rewards", 0, N),
    "a mask": (lambda c: c | {"rewards": np.ma.array(np.ones(N), mask=np.arange(N) == 7)}, "rewards", 7, 1),
    "pandas' NA": (lambda c: table(rewards=pd.array([1.0, None] + [1.0] * 58, "Float64")), "rewards", 1, 1),
    "NA among choices": (lambda c: table(actions=pd.array([1, 0, None] + [1] * 57, "Int64")), "actions", 2, 1),
    "None in a vector": (lambda c: table(observations=[[1.0, None]] * N), "observations", 0, N),
}


def opened(source, **options):
    if isinstance(source, dict) and not options:
        return Trajectories(**source)
    return formats.open(source, **options)


@pytest.mark.parametrize("name", NOT_FINITE)
def test_what_is_not_finite_is_named_with_column_row_and_count(name):
    spoil, column, row, count = NOT_FINITE[name]
    words = f"The {column} of .* not finite .*in {count} of 60 steps, first .* in row {row}, episode {row // 20}, step"
    with pytest.raises(ValueError, match=words):
        opened(spoil(columns()))


@pytest.mark.parametrize("name", [name for name, (_, _, _, count) in NOT_FINITE.items() if count == 1])
def test_its_episode_can_be_left_out_whichever_way_it_comes(name, capsys):
    spoil, _, row, _ = NOT_FINITE[name]
    data = opened(spoil(columns()), on_nan="drop episodes")
    assert len(data) == 2 and data.notes[-1].startswith("1 of 3 episodes are left out")
    kept = np.delete(np.arange(N), np.arange(row // 20 * 20, row // 20 * 20 + 20))
    if data.state_dim == 3 and name != "half precision":
        np.testing.assert_allclose(data.observations, columns()["observations"][kept], rtol=1e-5)


@pytest.mark.parametrize(("column", "value"), [("rewards", 1e300), ("observations", 1e39), ("actions", -1e39)], ids=str)
def test_what_would_become_infinite_is_told(column, value):
    with pytest.raises(ValueError, match=f"`{column}` holds 1e.*too large for float32: rescale it"):
        Trajectories(**columns(**{column: spoilt(columns()[column], 3, value)}))


@pytest.mark.parametrize("column", ["observations", "actions", "rewards"])
def test_numbers_that_were_changed_later_are_found_before_a_run(column, tmp_path):
    from dt_helpers import training

    data = Trajectories(**columns())
    getattr(data, column)[13] = np.nan
    for run in (lambda: training.train(data, "ci", tmp_path), lambda: training.clone(data, steps=2, best=0.5)):
        with pytest.raises(ValueError, match=f"The {column} of .* in row 13, episode 0, step 13"):
            run()


RANKS = {  # a column of another rank or kind, and what the error says
    "rewards (E, T, 1)": ("rewards", np.ones((3, 20, 1)), r"`rewards` must be flat, one number per step"),
    "rewards (N, 2)": ("rewards", np.ones((N, 2)), r"`rewards` must be flat, one number per step.* \(60, 2\)"),
    "one number": ("rewards", 1.0, r"`rewards` must be flat, one number per step.* \(\)"),
    "images (E, T, H, W)": ("observations", np.zeros((3, 20, 84, 84), "u1"), r"'observations': 3, 'actions': 60"),
    "images (N, H, W, 3)": ("observations", np.zeros((N, 64, 64, 3), "u1"), r"there is an encoder: see .*pixels"),
    "actions (E, T, 2)": ("actions", np.zeros((3, 20, 2)), r"'actions': 3"),
    "a record": ("observations", np.zeros(N, [("x", "f4"), ("v", "f4")]), "`observations` must hold numbers"),
    "dates": ("rewards", np.arange(N).astype("M8[s]"), r"`rewards` must hold numbers.*to_datetime\(values\).astype"),
    "text": ("actions", np.array(["left", "right"] * 30), "`actions` must hold numbers"),
    "complex": ("rewards", np.ones(N) + 1j, "`rewards` must hold numbers, but its dtype is complex128"),
    "a sparse tensor": ("observations", torch.eye(N).to_sparse(), "`observations` must hold numbers.*to_dense"),
    "uneven steps": ("observations", [[1, 2], [3]] * 30, "`observations` must hold numbers, the same number of them"),
    "lengths as offsets": ("offsets", [20, 20, 20], r"They look like lengths: np.concatenate"),
    "offsets without an end": ("offsets", [0, 20], r"offsets must rise from 0 to the number of steps \(60\)"),
    "NaN among flags": ("dones", spoilt(np.zeros(N), 3, np.nan), "`dones` must hold one flag per step.*nan"),
}


@pytest.mark.parametrize("name", RANKS)
def test_another_rank_or_kind_is_named_at_the_door(name):
    column, values, words = RANKS[name]
    with pytest.raises(ValueError, match=re.compile(words, re.DOTALL)):
        Trajectories(**columns(**{column: values}))


FITS = {
    "actions (N,)": ("actions", np.linspace(-1, 1, N), (N, 1)),
    "rewards (N, 1)": ("rewards", np.ones((N, 1)), (N,)),
    "dones (N, 1)": ("dones", np.zeros((N, 1), int), (N,)),
    "observations (N,)": ("observations", np.linspace(-1, 1, N), (N, 1)),
    "matrices": ("observations", np.ones((N, 4, 2)), (N, 8)),
    "offsets in a list": ("offsets", [0, 20, 60], (3,)),
    "a Series with its own index": ("rewards", pd.Series(np.ones(N), index=range(100, 160)), (N,)),
    "an array of arrays": ("observations", np.array([np.ones(3) for _ in range(N)] + [None], object)[:-1], (N, 3)),
}


@pytest.mark.parametrize("name", FITS)
def test_what_can_mean_one_thing_only_is_read(name):
    column, values, shape = FITS[name]
    assert getattr(Trajectories(**columns(**{column: values})), column).shape == shape


def blocks(fill, lengths=(5, 9, 7), longest=9, value=0.0):
    """Episodes in blocks as long as the longest; after the end, `fill` makes the observations."""
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(len(lengths), longest, 3))
    rewards, dones = rng.normal(size=(2, len(lengths), longest))
    for i, n in enumerate(lengths):
        seen[i, n:], rewards[i, n:] = fill(seen[i, n - 1], longest - n), value
        dones[i] = np.arange(longest) == n - 1
    actions = rng.uniform(-1, 1, (len(lengths), longest, 2))
    return {"observations": seen, "actions": actions, "rewards": rewards, "dones": dones}


@pytest.mark.parametrize("way", ["Trajectories", "a list", "columns"])
def test_a_note_that_asks_ends_in_one_mark(way, capsys):
    given = columns(dones=np.arange(N) % 10 == 9)
    if way == "Trajectories":
        data = Trajectories(**given)
    elif way == "a list":
        data = formats.open([{c: v for c, v in given.items() if c != "offsets"}])
    else:
        data = formats.open({"terminals" if c == "dones" else c: v for c, v in given.items()})
    assert any(note.endswith("?") for note in data.notes)
    said = capsys.readouterr().out
    assert "?\n" in said and "?." not in said and "..\n" not in said


PADDING = {
    "zeros": lambda last, n: 0,
    "a number of its own": lambda last, n: -99,
    "the last step again": lambda last, n: last,
}


@pytest.mark.parametrize("fill", PADDING)
def test_steps_after_the_end_that_are_all_the_same_are_called_padding(fill, tmp_path):
    padded = blocks(PADDING[fill])
    data = formats.open([{column: values[i] for column, values in padded.items()} for i in range(3)])
    words = "within 2 episodes, first in episode 0 at step 4, and the observations after it are all the same: they look"
    assert any(words in note for note in data.notes)
    assert not any("several episodes" in note for note in data.notes)
    np.savez(tmp_path / "a.npz", **padded)
    with pytest.raises(ValueError, match="If shorter episodes were filled up, pass a list"):
        formats.open(tmp_path / "a.npz")


@pytest.mark.parametrize("lengths", [(5, 9, 7), (3, 4, 9), (1, 2, 3)])
def test_steps_that_go_on_are_not(lengths):
    going_on = blocks(lambda last, n: np.random.default_rng(1).normal(size=(n, 3)), lengths)
    data = formats.open([{column: values[i] for column, values in going_on.items()} for i in range(3)])
    assert any("Are these several episodes?" in note for note in data.notes)
    assert not any("padding" in note for note in data.notes)


def test_the_padding_is_left_out_as_the_note_says():
    padded = blocks(PADDING["zeros"])
    (note,) = formats.open([{c: values[i] for c, values in padded.items()} for i in range(3)]).notes
    code = note.split("`")[-2]
    each = [({c: values[i] for c, values in padded.items()}, n) for i, n in enumerate([5, 9, 7])]
    data = formats.open([eval(code, {"episode": episode, "length": length}) for episode, length in each])
    assert data.lengths.tolist() == [5, 9, 7] and data.notes == ()


@pytest.mark.parametrize("lengths", [[4, 6, 3], [7, 8, 8], [1, 8, 2]])
@pytest.mark.parametrize("columns", [("observations",), ("actions", "rewards"), ("observations", "actions", "rewards")])
@pytest.mark.parametrize("on_nan", [None, "drop episodes"])
def test_nan_that_fills_up_the_ends_is_called_padding(lengths, columns, on_nan):
    rng = np.random.default_rng(0)
    whole = {"observations": (8, 3), "actions": (8, 2), "rewards": (8,)}
    episodes = [{c: rng.uniform(-1, 1, shape) for c, shape in whole.items()} for _ in lengths]
    for episode, length in zip(episodes, lengths, strict=True):
        episode["dones"] = np.arange(8) == length - 1
        for column in columns:
            episode[column][length:] = np.nan
    lasting = [episode for episode, length in zip(episodes, lengths, strict=True) if length == 8]
    if on_nan and lasting:
        assert formats.open(episodes, on_nan=on_nan).lengths.tolist() == [8] * len(lasting)
        return
    if max(8 - length for length in lengths) > 1:
        with pytest.raises(ValueError, match=r"look like padding.*values\[:length\]"):
            formats.open(episodes, on_nan=on_nan)
    cut = [{c: v[:n] for c, v in episode.items()} for episode, n in zip(episodes, lengths, strict=True)]
    assert formats.open(cut).lengths.tolist() == lengths


@pytest.mark.parametrize("row", [3, 7])
def test_nan_elsewhere_is_not(row):
    episode = {"observations": np.zeros((8, 3)), "actions": np.zeros((8, 2)), "rewards": np.ones(8)}
    episode["rewards"][row] = np.nan
    with pytest.raises(ValueError, match="leave such episodes out"):
        formats.open([episode | {"dones": np.arange(8) == 7}])


@pytest.mark.parametrize("agents", [2, 5])
def test_several_rewards_in_a_step_are_told_how_to_become_one(agents):
    rewards = np.arange(4.0 * agents).reshape(4, agents)
    episode = {"observations": np.zeros((4, 3)), "actions": np.zeros((4, 2)), "dones": np.zeros(4, bool)}
    with pytest.raises(ValueError, match=r"several agents or aims.*\(rewards \* weights\).sum\(axis=1\)"):
        formats.open([episode | {"rewards": rewards}])
    weights = np.linspace(0, 1, agents)
    assert formats.open([episode | {"rewards": (rewards * weights).sum(axis=1)}]).lengths.tolist() == [4]


@pytest.mark.parametrize("agents", [2, 3, 5])
@pytest.mark.parametrize("way", ["all", "any"])
def test_several_flags_in_a_step_are_told_how_to_become_one(agents, way):
    flags = np.arange(12)[:, None] >= 11 - np.arange(agents) * (way == "all")
    episode = {"observations": np.zeros((12, 3)), "actions": np.zeros((12, 2)), "rewards": np.zeros(12)}
    with pytest.raises(ValueError, match=rf"of several agents, make one of them.*`values\.{way}\(axis=1\)`"):
        formats.open([episode | {"terminals": flags}])
    assert formats.open([episode | {"terminals": getattr(flags, way)(axis=1)}]).lengths.tolist() == [12]


@pytest.mark.parametrize("rows", [("rewards",), ("rewards", "terminals"), ("terminals",)])
def test_lists_that_matlab_wrote_as_rows_are_told(rows):
    given = {
        "observations": np.random.default_rng(0).normal(size=(32, 6)),
        "actions": np.zeros((32, 2)),
        "rewards": np.arange(32.0),
        "terminals": np.arange(32) % 8 == 7,
    }
    written = given | {name: given[name][None] for name in rows}
    with pytest.raises(ValueError, match=rf"`{rows[-1]}` (is a row|are rows) of shape \(1, 32\).*`values.ravel\(\)`"):
        formats.open(written)
    mended = written | {name: written[name].ravel() for name in rows}
    assert formats.open(mended).lengths.tolist() == [8] * 4


@pytest.mark.parametrize(("size", "told"), [(1e8, True), (1e9, True), (1e5, False), (0.0, False)])
def test_rewards_that_float32_rounds_are_told(size, told):
    given = {
        "observations": np.ones((20, 2)),
        "actions": np.linspace(-1, 1, 20),
        "rewards": size + 51.0 * np.arange(20),
    }
    data = formats.open(given | {"terminals": np.arange(20) == 19})
    assert any("are rounded to multiples" in note for note in data.notes) == told
