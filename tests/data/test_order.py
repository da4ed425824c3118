"""Columns that say which episode a row belongs to, and which of its steps it is, are looked at by every door."""

import datasets
import h5py
import numpy as np
import pandas
import pytest

from dt_helpers.data import formats

LENGTHS = [6, 9, 4, 7]
N = sum(LENGTHS)
OWNER = np.repeat(np.arange(4), LENGTHS)
STEP = np.concatenate([np.arange(n) for n in LENGTHS])


def steps(**other):
    """Four episodes, two of which end by the clock, without a column that says so."""
    columns = {"observations": np.arange(N)[:, None] * np.ones((1, 3)), "actions": np.full((N, 1), 0.5)}
    columns |= {"rewards": np.arange(N) * 1.0, "terminals": np.isin(np.arange(N), [5, 18]), "episode_index": OWNER}
    return {name: values for name, values in (columns | other).items() if values is not None}


def as_frame(columns, path):
    return pandas.DataFrame({name: list(values) for name, values in columns.items()})


def as_npz(columns, path):
    np.savez(path / "a.npz", **columns)
    return path / "a.npz"


def as_hdf5(columns, path):
    with h5py.File(path / "a.hdf5", "w") as file:
        for name, values in columns.items():
            file[name] = values.astype("S") if values.dtype.kind == "U" else values
    return path / "a.hdf5"


def as_dataset(columns, path):
    return datasets.Dataset.from_dict({name: values.tolist() for name, values in columns.items()})


FLAT = {"dict": lambda columns, path: columns, "npz": as_npz, "hdf5": as_hdf5}
DOORS = FLAT | {"frame": as_frame, "dataset": as_dataset}
IDS = {
    "numbers": OWNER,
    "numbers in any order": np.array([7, 3, 10**15, 0])[OWNER],
    "text": np.array(["b-7", "a-1", "c", "a-0"])[OWNER],
    "a column of its own": OWNER[:, None],
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", IDS)
def test_whatever_names_an_episode_says_where_it_ends(door, name, tmp_path):
    ids = IDS[name] if door in FLAT else IDS[name].reshape(N)
    data = formats.open(DOORS[door](steps(episode_index=ids), tmp_path))
    assert data.lengths.tolist() == LENGTHS and data.rewards.tolist() == list(range(N))
    assert np.flatnonzero(data.dones).tolist() == [5, 18]


@pytest.mark.parametrize("door", DOORS)
def test_shuffled_steps_are_put_in_their_order(door, tmp_path):
    mixed = np.random.default_rng(0).permutation(N)
    columns = {name: values[mixed] for name, values in steps(frame_index=STEP).items()}
    with pytest.raises(ValueError, match=r"not next to each other \(episode_index returns.* add a column frame_index"):
        formats.open(DOORS[door]({c: v for c, v in columns.items() if c != "frame_index"}, tmp_path))
    data = formats.open(DOORS[door](columns, tmp_path))
    assert data.lengths.tolist() == LENGTHS and data.rewards.tolist() == list(range(N))
    assert "rows are sorted by episode_index and frame_index" in data.notes


REPEATED = {"halved": STEP // 2, "all the same": STEP * 0, "one of them twice": np.where(STEP == 3, 2, STEP)}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", REPEATED)
def test_a_step_that_comes_twice_is_refused(door, name, tmp_path):
    with pytest.raises(ValueError, match=r"`frame_index` must have another number in each step.* of episode 0: the"):
        formats.open(DOORS[door](steps(frame_index=REPEATED[name]), tmp_path))


GAPS = {  # the numbers of the steps, and the note
    "one step is missing": (STEP + (STEP > 3), "has gaps, 3 of them, first after 3 of episode 0"),
    "in seconds, a tenth is missing": ((STEP + (OWNER == 1) * (STEP > 5)) * 0.1 + 1.7e9, "1 of them, first after"),
    "every fourth frame, and one is missing": (4 * (STEP + (STEP > 4)), "has gaps, 3 of them, first after 16"),
    "none": (STEP, None),
    "none, every fourth frame": (4 * STEP, None),
    "none, counted over all episodes": (np.arange(N), None),
    "none, without a sign": (STEP.astype(np.uint8), None),
}


@pytest.mark.parametrize("door", ["frame", "dict"])
@pytest.mark.parametrize("name", GAPS)
def test_missing_steps_are_noted(door, name, tmp_path, capsys):
    step, said = GAPS[name]
    data = formats.open(DOORS[door](steps(frame_index=step), tmp_path))
    assert data.lengths.tolist() == LENGTHS
    assert (said or "") in capsys.readouterr().out and any("has gaps" in note for note in data.notes) == bool(said)


@pytest.mark.parametrize("column", ["timeouts", "truncated", "episode_terminals"])
@pytest.mark.parametrize("ends", ["episode_index", "offsets"])
def test_flags_that_contradict_what_says_where_episodes_end_are_noted(column, ends):
    flags = np.isin(np.arange(N), [9, 14])
    told = {"episode_index": OWNER, "offsets": np.cumsum([0, *LENGTHS])}[ends]
    data = formats.open(steps(**{"episode_index": None, ends: told, column: flags}))
    assert data.lengths.tolist() == LENGTHS
    (note,) = [note for note in data.notes if column in note]
    assert note.startswith(f"`{column}` are true within episodes, once, first in episode 1 at step 3")


def test_what_follows_a_step_is_checked_within_episodes():
    seen = steps()["observations"]
    data = formats.open(steps(next_observations=seen + 1))
    assert data.lengths.tolist() == LENGTHS
    wrong = np.where(np.arange(N)[:, None] == 9, 0, seen + 1)
    with pytest.raises(ValueError, match=r"no episode ends by `run`, first at row 9.*what follows another `run`"):
        columns = steps(next_observations=wrong, episode_index=None, run=OWNER)
        formats.open(columns, rename={"run": "episode_index"})


@pytest.mark.parametrize("name", ["episode_id", "eps_id", "traj_ids", "episode"])
def test_a_column_that_seems_to_name_episodes_is_not_passed_over_in_silence(name, capsys):
    columns = steps(episode_index=None, **{name: OWNER})
    formats.open(columns)
    assert f"`{name}` is not read; if it holds the episode of each step: rename=" in capsys.readouterr().out
    assert formats.open(columns, rename={name: "episode_index"}).lengths.tolist() == LENGTHS
    del columns["rewards"]
    with pytest.raises(ValueError, match=f"rename={{'your name': 'rewards', '{name}': 'episode_index'}}"):
        formats.open(columns)


@pytest.mark.parametrize(("value", "words"), [(np.nan, "is missing .* in 1 rows"), (None, "is missing .* in 1 rows")])
@pytest.mark.parametrize("door", ["dict", "frame"])
def test_a_row_without_an_episode_is_refused(value, words, door, tmp_path):
    owner = OWNER.astype(object)
    owner[3] = value
    with pytest.raises(ValueError, match=f"`episode_index` {words}"):
        formats.open(DOORS[door](steps(episode_index=owner), tmp_path))


def fragments(cuts, **other):
    """Rows of several steps each, cut at these places."""
    columns = steps(**other)
    columns["dones"] = columns.pop("terminals")
    bounds = zip([0, *cuts], [*cuts, N], strict=True)
    return [{name: np.asarray(values)[a:b] for name, values in columns.items()} for a, b in bounds]


def as_table(rows):
    return datasets.Dataset.from_list([{name: values.tolist() for name, values in row.items()} for row in rows])


CUTS = {"tens": [10, 20], "short ones": list(range(3, N, 3)), "whole episodes": [6, 15, 19], "one row": []}
ROWS = {"list": list, "table": as_table, "frame": lambda rows: pandas.DataFrame(as_table(rows).to_pandas())}


@pytest.mark.parametrize("door", ROWS)
@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("other", [{}, {"frame_index": STEP}, {"episode_index": IDS["text"]}], ids=["ids", "t", "text"])
def test_fragments_are_put_together_by_the_episodes_of_their_steps(door, name, other):
    data = formats.open(ROWS[door](fragments(CUTS[name], **other)))
    assert data.lengths.tolist() == LENGTHS and data.rewards.tolist() == list(range(N))
    assert any("put together into 4 episodes by episode_index" in n for n in data.notes) == (name != "whole episodes")


@pytest.mark.parametrize("door", ROWS)
def test_fragments_in_any_order_need_the_numbers_of_their_steps(door):
    rows = fragments([3, 10, 20], frame_index=STEP)[::-1]
    data = formats.open(ROWS[door](rows))
    assert data.lengths.tolist() == LENGTHS and data.rewards.tolist() == list(range(N))
    with pytest.raises(ValueError, match="not next to each other"):
        formats.open(ROWS[door]([{c: v for c, v in row.items() if c != "frame_index"} for row in rows]))


@pytest.mark.parametrize("door", ROWS)
@pytest.mark.parametrize("name", ["tens", "short ones", "one row"])
def test_fragments_that_only_count_their_steps_are_refused(door, name):
    with pytest.raises(ValueError, match=r"rows are fragments of episodes .* add a column episode_index"):
        formats.open(ROWS[door](fragments(CUTS[name], episode_index=None, frame_index=STEP)))
    whole = formats.open(ROWS[door](fragments(CUTS["whole episodes"], episode_index=None, frame_index=STEP)))
    assert whole.lengths.tolist() == LENGTHS


@pytest.mark.parametrize("door", ROWS)
@pytest.mark.parametrize("name", ["eps_id", "episode_id", "traj_id"])
def test_lists_of_ids_under_another_name_are_noted(door, name, capsys):
    formats.open(ROWS[door](fragments([10, 20], episode_index=None, **{name: OWNER})))
    assert f"`{name}` is not read; if it holds the episode of each step: rename=" in capsys.readouterr().out
