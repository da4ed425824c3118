"""Columns that are there but not read: which are named in a note, and that what the note says works."""

import ast
import itertools
import re
from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pytest

from dt_helpers.data import formats

LENGTHS = [7, 6, 5, 4]
T, N = max(LENGTHS), sum(LENGTHS)
RNG = np.random.default_rng(0)
IDS = np.repeat(np.arange(4), LENGTHS)
FIRST = np.isin(np.arange(N), np.cumsum([0, *LENGTHS[:-1]]))
LAST = np.append(FIRST[1:], True)


def flat(**other):
    found = {"observations": RNG.normal(size=(N, 3)), "actions": RNG.uniform(-1, 1, (N, 2)), "rewards": np.ones(N)}
    return found | {"terminals": LAST} | other


def padded():
    """Blocks filled up with zeros, in which no flag is set; and which steps are real."""
    real = np.arange(T) < np.array(LENGTHS)[:, None]
    seen, actions = RNG.normal(size=(4, T, 3)), RNG.uniform(-1, 1, (4, T, 2))
    found = {"observations": seen * real[..., None], "actions": actions * real[..., None], "rewards": 1.0 * real}
    return found | {"dones": np.zeros((4, T), bool)}, real


def listed(columns):
    return [{column: values[i] for column, values in columns.items()} for i in range(4)]


def as_npz(path, columns):
    np.savez(path, **columns)
    return path


DOORS = {
    "a list": lambda folder, columns: listed(columns),
    "npz": lambda folder, columns: as_npz(folder / "k.npz", columns),
    "a table": lambda folder, columns: datasets.Dataset.from_list(
        [{column: values.tolist() for column, values in episode.items()} for episode in listed(columns)]
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_zeros_at_the_ends_are_called_padding_though_no_flag_is_set(door, tmp_path):
    columns, _ = padded()
    data = formats.open(DOORS[door](tmp_path, columns))
    words = "in the last steps of 3 episodes, up to 3 of them, all numbers are 0: they look like padding"
    assert any(words in note for note in data.notes)


@pytest.mark.parametrize("spoil", ["observations", "actions", "rewards"])
def test_an_end_at_which_something_is_not_zero_is_no_padding(spoil):
    columns, _ = padded()
    columns[spoil] = np.where(columns[spoil] == 0, 0.5, columns[spoil])
    assert not any("padding" in note for note in formats.open(listed(columns)).notes)


@pytest.mark.parametrize("name", ["mask", "filled", "valid"])
@pytest.mark.parametrize("door", DOORS)
def test_a_mask_is_named_with_the_code_that_leaves_the_padding_out(name, door, tmp_path):
    columns, real = padded()
    data = formats.open(DOORS[door](tmp_path, columns | {name: real}))
    (note,) = [note for note in data.notes if f"`{name}` is not read" in note]
    code = note.split("`")[-2]
    each = [eval(code, {"numpy": np, "episode": episode}) for episode in listed(columns | {name: real})]
    assert formats.open([{c: v for c, v in one.items() if c != name} for one in each]).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("values", [np.ones((4, T, 2)), np.ones((4, T, 5))])
def test_a_mask_of_actions_is_none_of_steps(values, tmp_path):
    for door in DOORS.values():
        data = formats.open(door(tmp_path, padded()[0] | {"mask": values}))
        assert not any("`mask`" in note for note in data.notes)


def test_a_mask_in_flat_columns_and_in_a_table_of_steps_is_named_too():
    real = np.arange(N) % 7 != 6
    assert any("`filled` is not read" in note for note in formats.open(flat(filled=real[:, None])).notes)
    table = pd.DataFrame({"observations": 0.5, "actions": 0.5, "rewards": 1.0, "dones": False, "episode_index": IDS})
    table["mask"] = real
    (note,) = [note for note in formats.open(table).notes if "`mask`" in note]
    assert len(eval(note.split("`")[-2], {"table": table})) == real.sum()


@pytest.mark.parametrize("name", ["episode_starts", "is_first", "episode_start"])
def test_starts_are_named_with_the_offsets_they_make(name):
    late = np.append(False, LAST[:-1])
    found = flat(terminals=late, **{name: FIRST})
    data = formats.open(found)
    (note,) = [note for note in data.notes if f"`{name}` is not read; if it is true where an episode begins" in note]
    offsets = eval(note.split("`")[-2].removeprefix("offsets = "), {"numpy": np, name: FIRST})
    assert formats.open(found | {"offsets": offsets}).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["is_first", "is_last", "episode_starts"])
@pytest.mark.parametrize("way", ["list", "table", "episode_index"])
def test_where_the_episodes_are_known_they_are_named_with_what_to_compare(name, way):
    found = {"observations": RNG.normal(size=(N, 3)), "actions": RNG.uniform(-1, 1, (N, 2)), "rewards": np.ones(N)}
    found |= {"dones": LAST, name: LAST if name == "is_last" else FIRST}
    if way == "list":
        source = [{column: values[i == IDS] for column, values in found.items()} for i in range(4)]
    else:
        found["episode_index"] = IDS
        source = pd.DataFrame({c: list(v) for c, v in found.items()}) if way == "table" else found
    data = formats.open(source)
    assert data.lengths.tolist() == LENGTHS
    assert sum(f"`{name}` is not read" in note and "What is beside what" in note for note in data.notes) == 1


@pytest.mark.parametrize("names", [("env_id", "elapsed_step"), ("env_index", "elapsed_steps")])
def test_environments_that_take_turns_are_told_apart_as_the_note_says(names):
    env, elapsed = names
    turns = {"observations": np.arange(30.0).reshape(15, 2), "actions": np.linspace(-1, 1, 15)[:, None]}
    turns |= {"rewards": np.ones(15), "terminals": np.zeros(15, bool), "timeouts": np.arange(15) >= 12}
    turns |= {env: np.arange(15) % 3, elapsed: np.arange(15) // 3}
    data = formats.open(turns)
    (note,) = [note for note in data.notes if f"`{env}` and `{elapsed}` are not read" in note]
    assert (
        formats.open(turns, rename=ast.literal_eval(re.search(r"rename=({.*})", note)[1])).lengths.tolist() == [5] * 3
    )


def test_a_buffer_is_refused_by_its_starts(tmp_path):
    starts = np.zeros((12, 3), bool)
    starts[[0, 5]] = True
    columns = {"observations": np.ones((12, 3, 2)), "actions": np.ones((12, 3, 1)), "rewards": np.ones((12, 3))}
    with pytest.raises(ValueError, match=r"\(12, 3, ...\) are not .*: `episode_starts` are true within rows"):
        formats.open(as_npz(tmp_path / "rb.npz", columns | {"episode_starts": starts}))


LATE = {"Dreamer": {"actions", "rewards", "dones"}, "a reward a row late": {"rewards"}, "RLDS": {"dones"}}


@pytest.mark.parametrize("kind", LATE)
@pytest.mark.parametrize("table", [False, True])
def test_columns_that_are_late_are_shifted_as_the_docs_say(kind, table):
    """One row more than steps: what is late begins with a row that means nothing, the rest ends with one."""
    text = (Path(__file__).parents[2] / "docs" / "your_data.md").read_text(encoding="utf-8")
    _, asked, after = text.partition("**What is beside what.**")
    assert asked
    code = re.search(r"```python\n(.*?)```", after, re.DOTALL)[1]
    right = {
        "observations": RNG.normal(size=(N, 3)),
        "actions": RNG.uniform(-1, 1, (N, 2)),
        "rewards": RNG.normal(size=N),
    }
    right["dones"] = LAST
    episodes = [{column: values[i == IDS] for column, values in right.items()} for i in range(4)]

    def moved(values, name):
        none = np.zeros_like(values[:1])
        return np.concatenate([none, values] if name in LATE[kind] else [values, none])

    given = [{name: moved(values, name) for name, values in episode.items()} for episode in episodes]
    if table:
        rows = [
            pd.DataFrame({c: list(v) for c, v in one.items()}).assign(episode_index=i) for i, one in enumerate(given)
        ]
        given = eval(re.search(r"`(\[dict\(part\).*?)`", after)[1], {"table": pd.concat(rows)})
    names = {"episodes": given}
    exec(code.replace('{"rewards", "actions", "dones"}', repr(LATE[kind])), names)
    data = formats.open(names["episodes"])
    assert data.lengths.tolist() == LENGTHS
    for column, values in right.items():
        np.testing.assert_allclose(getattr(data, column), values, rtol=1e-5)


@pytest.mark.parametrize("name", ["t", "step", "timestep", "time_step", "elapsed_steps", "info.step_id", "Steps"])
def test_a_count_that_begins_anew_within_an_episode_is_asked_about(name):
    count = np.concatenate([np.arange(n) for n in LENGTHS])
    table = pd.DataFrame({c: list(v) for c, v in flat().items() if c != "terminals"})
    table = table.assign(dones=False, env=IDS // 2, own=IDS, **{name: count})
    data = formats.open(table, rename={"env": "episode_index"})
    assert f"`{name}` starts again within episodes, 2 times, first in episode 0 at step 7" in data.notes[0]
    assert formats.open(table, rename={"own": "episode_index"}).notes == ()


def test_what_falls_and_is_no_count_is_not():
    table = pd.DataFrame({c: list(v) for c, v in flat().items() if c != "terminals"})
    table = table.assign(dones=False, episode_index=IDS, height=-np.arange(N), t=[None] + [0.0] * (N - 1))
    assert formats.open(table).notes == ()


@pytest.mark.parametrize("name", ["timestamp", "time", "step", "t", "date", "log.time_stamp"])
@pytest.mark.parametrize("order", ["newest first", "shuffled"])
def test_rows_that_are_not_in_the_order_of_a_count_are_told(name, order):
    table = pd.DataFrame({c: list(v) for c, v in flat().items() if c != "terminals"}).assign(dones=False)
    count = pd.date_range("2024-01-01", periods=N, freq="min") if name in ("timestamp", "date") else np.arange(N) * 0.1
    table = table.assign(episode_index=IDS, **{name: count})
    mixed = table[::-1] if order == "newest first" else table.sample(frac=1, random_state=0)
    mixed = mixed.sort_values("episode_index", kind="stable").reset_index(drop=True)
    notes = " ".join(formats.open(mixed).notes)
    assert f"the rows are not in the order of `{name}`" in notes
    rename = ast.literal_eval(re.search(r"rename=(\{.*?\})", notes)[1])
    right = formats.open(table.drop(columns=name))
    np.testing.assert_array_equal(formats.open(mixed, rename=rename).observations, right.observations)


@pytest.mark.parametrize("fell", ["next.terminated", "is_terminal", "info.terminals"])
def test_flags_that_are_never_true_beside_others_that_are(fell):
    given = flat(terminals=np.zeros(N, bool), offsets=np.cumsum([0, *LENGTHS]), **{fell: LAST})
    data = formats.open(given)
    assert f"the flags that are read are never true, and `{fell}` is" in data.notes[-1]
    rename = ast.literal_eval(re.search(r"rename=(\{.*?\})", data.notes[-1])[1])
    given.pop("terminals")
    assert formats.open(given, rename=rename).dones.sum() == 4
    assert formats.open(flat(offsets=np.cumsum([0, *LENGTHS]), **{fell: LAST})).notes == ()


def test_what_is_said_of_a_mask_holds_beside_offsets():
    offsets = np.cumsum([0, *LENGTHS])
    real = np.concatenate([np.arange(length) < length - 2 for length in LENGTHS])
    data = flat(offsets=offsets, mask=real)
    note = next(note for note in formats.open(data).notes if "`mask`" in note)
    cut = eval(
        re.search(r"`(\[.*\])`", note)[1], {"data": data, "formats": formats, "numpy": np, "itertools": itertools}
    )
    assert (
        formats.open(cut, rename={"terminals": "dones"}).lengths.tolist()
        == np.add.reduceat(real, offsets[:-1]).tolist()
    )


@pytest.mark.parametrize("name", ["nonterminals", "non_terminal", "infos.nonterminal"])
def test_flags_of_steps_that_go_on_are_no_flags_of_ends(name):
    """Without a terminal they are always true."""
    data = formats.open(flat(terminals=np.zeros(N, bool), offsets=np.cumsum([0, *LENGTHS]), **{name: np.ones(N, bool)}))
    assert data.notes == ()


def boundaries(ends_by_time):
    """TF-Agents' rows: after each episode one that leads from its last observation to the next one's first."""
    kinds = {"step_type": [0, 1, 1, 2], "next_step_type": [1, 1, 2, 0]}
    columns = {name: np.tile(values, 5) for name, values in kinds.items()}
    columns["discount"] = np.ones(20)
    if not ends_by_time:
        columns["discount"][2::4] = 0
    columns |= {"observations": np.arange(20.0)[:, None], "actions": np.full((20, 1), 0.5)}
    return columns | {"rewards": (columns["step_type"] != 2) * np.arange(20.0), "terminals": columns["discount"] == 0}


@pytest.mark.parametrize("ends_by_time", [False, True])
@pytest.mark.parametrize("door", ["dict", "table", "list"])
@pytest.mark.parametrize("name", ["step_type", "stepType", "policy.step_type"])
def test_rows_between_episodes_are_named_with_the_code_that_leaves_them_out(ends_by_time, door, name):
    columns = boundaries(ends_by_time)
    columns[name] = columns.pop("step_type")
    ids = np.repeat(np.arange(5), 4)
    if door == "list":
        data = [{c: values[ids == i] for c, values in columns.items()} for i in range(5)]
    else:
        data = columns | {"episode_index": ids}
    holder = {"dict": "data", "table": "table", "list": "episode"}[door]
    if door == "table":
        data = pd.DataFrame({c: list(v) if np.ndim(v) > 1 else v for c, v in data.items()}).rename(
            columns={"terminals": "dones"}
        )
    note = next(note for note in formats.open(data).notes if name in note and "is 2 is no step" in note)
    code = re.search(r"leave it out: `(.*?)`", note)[1]
    if door == "list":
        data = [eval(code, {"numpy": np, "episode": episode}) for episode in data]
    else:
        data = eval(code, {"numpy": np, holder: data})
    found = formats.open(data)
    assert found.lengths.tolist() == [3] * 5
    assert found.rewards.tolist() == [number for number in range(20) if number % 4 != 3]


def test_a_discount_that_was_read_already_is_not_named():
    assert not any("discount" in note for note in formats.open(boundaries(False)).notes)


@pytest.mark.parametrize("name", ["new_obs", "next_obs", "obs_next", "next_state"])
def test_what_follows_each_step_is_named_in_a_table_too(name):
    table = pd.DataFrame({"observations": np.arange(8.0), "actions": 0.5, "rewards": 1.0, "dones": False})
    table["episode_index"] = np.repeat([0, 1], 4)
    table[name] = table["observations"] + 1
    assert any(f"`{name}` is not read" in note for note in formats.open(table).notes)
    table[name] = [np.array([value]) for value in table[name]]
    assert any(f"`{name}` is not read" in note for note in formats.open(table).notes)


def test_rows_that_are_sorted_as_the_error_says_keep_their_order():
    table = pd.DataFrame({"observations": np.repeat(np.arange(300.0), 7), "actions": 0.5, "rewards": 1.0})
    table["dones"], table["episode_index"] = False, np.tile(np.arange(7), 300)
    with pytest.raises(ValueError, match="not next to each other") as told:
        formats.open(table)
    how = re.search(r"table\.sort_values\(\.\.\., (.*?)\)", str(told.value))[1]
    found = formats.open(eval(f"table.sort_values('episode_index', {how})", {"table": table}))
    assert (found.observations.reshape(7, 300) == np.arange(300)).all()


@pytest.mark.parametrize("name", ["last", "Last", "info.end_of_episode"])
def test_what_is_true_in_each_last_step_is_named_where_the_ends_are_not_known(name):
    columns = {"observations": np.arange(12.0), "actions": np.full(12, 0.5), "rewards": np.ones(12)}
    columns |= {"terminals": np.arange(12) == 11, name: np.arange(12) % 4 == 3}
    note = next(note for note in formats.open(columns).notes if f"`{name}` is not read" in note)
    found = formats.open(columns, rename=ast.literal_eval(note.partition("rename=")[2]))
    assert found.lengths.tolist() == [4, 4, 4] and found.dones.tolist() == columns["terminals"].tolist()
    assert not any(name in note for note in formats.open(columns | {"offsets": [0, 4, 8, 12]}).notes)


@pytest.mark.parametrize("name", ["step_types", "StepTypes", "batch.step_types"])
def test_garages_kinds_of_steps_are_told_with_what_they_mean(name):
    columns = {"observations": np.arange(12.0), "actions": np.full(12, 0.5), "rewards": np.ones(12)}
    columns |= {"terminals": np.zeros(12, bool), name: np.tile([0, 1, 2, 0, 1, 3], 2), "offsets": [0, 3, 6, 9, 12]}
    note = next(note for note in formats.open(columns).notes if f"`{name}` is not read" in note)
    assert f"`terminals = {name} == 2`" in note and f"`timeouts = {name} == 3`" in note


@pytest.mark.parametrize("odd", [[None, np.ones(3)], [[1], [1, 2]], [{"a": 1}, None], ["x", [2]]])
def test_a_column_that_is_not_read_may_hold_anything(odd):
    columns = {"observations": np.arange(12.0), "actions": np.full(12, 0.5), "rewards": np.ones(12)}
    columns |= {"terminals": np.arange(12) % 4 == 3, "beside": odd * 6, "next_state": odd * 6}
    assert formats.open(columns).lengths.tolist() == [4, 4, 4]
    episodes = [{name: values[i : i + 4] for name, values in columns.items()} for i in (0, 4, 8)]
    assert formats.open(episodes).lengths.tolist() == [4, 4, 4]


def test_steps_of_several_environments_in_a_dict_are_made_flat_as_the_error_says():
    rewards = np.arange(30.0)[:, None] + 100 * np.arange(3)  # (steps, environments)
    ends = np.zeros((30, 3), bool)
    ends[[9, 14, 19], [0, 1, 2]] = True
    columns = {"observations": rewards[..., None] * np.ones(2), "actions": np.full((30, 3, 1), 0.5), "rewards": rewards}
    columns["terminals"] = ends
    with pytest.raises(ValueError, match="as in a buffer") as told:
        formats.open(columns)
    flat, clock = re.search(
        r"another, `(.*?)`, with `timeouts` true in the last step of each, `(.*?)`", str(told.value)
    ).groups()
    columns = {name: eval(flat, {"values": values}) for name, values in columns.items()}
    data = formats.open(columns | {"timeouts": eval(clock, {"numpy": np})})
    assert data.lengths.tolist() == [10, 20, 15, 15, 20, 10]
    assert data.rewards.tolist() == [*range(30), *range(100, 130), *range(200, 230)]


FLAT = {"observations": np.arange(1.0, 25), "actions": np.full(24, 0.5), "rewards": np.ones(24)}


def noted(words, columns, **options):
    return [note for note in formats.open(columns, **options).notes if words in note]


@pytest.mark.parametrize("lengths", [[5, 7], [3, 3, 3], [8, 9]])
def test_padding_that_became_the_beginning_of_the_next_episode_is_told(lengths):
    """Blocks that were made flat, with flags at the true ends."""
    steps = 12
    columns = {name: np.tile(values[:steps], len(lengths)) for name, values in FLAT.items()}
    real = np.concatenate([np.arange(steps) < length for length in lengths])
    columns = {name: values * real for name, values in columns.items()}
    columns["terminals"] = np.concatenate([np.arange(steps) == length - 1 for length in lengths])
    assert noted("in which all numbers are 0", columns)
    assert not noted("in which all numbers are 0", {name: values[real] for name, values in columns.items()})


@pytest.mark.parametrize("name", ["traj_lengths", "lengths", "episode_lens"])
def test_lengths_that_do_not_add_up_are_told(name):
    columns = FLAT | {"terminals": np.arange(24) % 6 == 5}
    assert noted(
        f"`{name}` is not read: it adds up to 22, and there are 24 steps", columns | {name: np.array([12, 10])}
    )
    assert not noted("adds up", columns | {name: np.array([12, 12])})


@pytest.mark.parametrize(
    ("name", "filled"), [("is_pad", 1), ("padded", 1), ("padding", 1), ("pad_mask", 0), ("obs.pad_mask", 0)]
)
@pytest.mark.parametrize("door", ["list", "dict"])
def test_what_marks_filling_by_other_names_is_told_with_code_that_leaves_it_out(name, filled, door):
    full = np.arange(24) % 6 >= 4
    columns = FLAT | {name: (full == filled).astype(int), "dones": np.zeros(24, bool)}
    data = [{c: values[i : i + 6] for c, values in columns.items()} for i in range(0, 24, 6)]
    data = data if door == "list" else columns | {"terminals": columns["dones"], "episode_index": np.arange(24) // 6}
    code = re.search(r"them out: `(.*)`", noted(f"`{name}` is not read", data)[0])[1]
    made = {"numpy": np, "data": data}
    data = [eval(code, made | {"episode": one}) for one in data] if door == "list" else eval(code, made)
    assert formats.open(data).lengths.tolist() == [4] * 4


@pytest.mark.parametrize("ends", [[6, 7, 8, 15, 16, 17], [3, 9, 10, 15, 16, 21, 22], [1, 3, 4, 8, 9, 14, 15]])
def test_many_episodes_of_one_step_beside_long_ones_are_asked_about(ends):
    columns = FLAT | {"terminals": np.isin(np.arange(24), [*ends, 23])}
    assert noted("episodes have a single step", columns)
    assert not noted("single step", FLAT | {"terminals": np.ones(24, bool)})  # a bandit
    assert not noted("single step", FLAT | {"terminals": np.arange(24) % 6 == 5})


@pytest.mark.parametrize("never", [[6, 7], [0], [2, 5]])
@pytest.mark.parametrize("number", [np.nan, -np.inf])
def test_columns_that_are_never_finite_are_named_and_left_out_as_the_error_says(never, number):
    seen = np.random.default_rng(0).normal(size=(24, 8))
    seen[:, never] = number
    columns = FLAT | {"observations": seen, "terminals": np.arange(24) % 6 == 5}
    with pytest.raises(ValueError, match="never finite") as told:
        formats.open(columns)
    code = re.search(r"`(numpy\.delete.*?)`", str(told.value))[1]
    data = formats.open(columns | {"observations": eval(code, {"numpy": np, "values": seen})})
    assert data.state_dim == 8 - len(never)


@pytest.mark.parametrize("sizes", [(4, 2, 3), (8, 6, 8)])
def test_blocks_that_do_not_fit_each_other_are_refused(sizes, tmp_path):
    first, second, third = sizes
    columns = {"observations": np.zeros((first, 3, 20)), "actions": np.zeros((second, 3, 20))}
    np.savez(tmp_path / "a.npz", **columns, rewards=np.ones((third, 20)), dones=np.zeros((third, 20)))
    with pytest.raises(ValueError, match="one row per step, but their lengths are"):
        formats.open(tmp_path / "a.npz")


@pytest.mark.parametrize("dim", [1, 4])
@pytest.mark.parametrize("kind", [np.complex64, np.complex128])
def test_complex_numbers_in_a_table_become_two_numbers_each_as_the_error_says(dim, kind):
    values = (np.arange(24 * dim).reshape(24, dim) * (1 + 2j)).astype(kind)
    table = pd.DataFrame(FLAT | {"dones": False, "episode_index": np.arange(24) // 6})
    table["observations"] = list(values) if dim > 1 else values[:, 0]
    with pytest.raises(ValueError, match=r"numpy\.real") as told:
        formats.open(table)
    code = re.search(r"`(.*?)`\.", str(told.value).partition("each: ")[2])[1]
    table["observations"] = eval(code, {"numpy": np, "values": table["observations"]})
    found = formats.open(table).observations
    assert found.shape == (24, 2 * dim) and found[1].tolist() == [*values[1].real, *values[1].imag]


@pytest.mark.parametrize("column", ["observations", "rewards"])
def test_uneven_lists_in_a_column_that_is_read_are_named_in_a_list_of_episodes(column):
    episode = {"observations": [[1.0], [2.0]], "actions": [0.5, 0.5], "rewards": [1.0, 1.0], "dones": [False, True]}
    with pytest.raises(ValueError, match=f"`{column}` must hold numbers"):
        formats.open([episode, episode | {column: [[1.0], [2.0, 3.0]]}])


def test_a_count_that_is_uneven_in_a_later_episode_is_none():
    episode = {"observations": [[1.0], [2.0]], "actions": [0.5, 0.5], "rewards": [1.0, 1.0], "dones": [False, True]}
    data = formats.open([episode | {"step": [0, 1]}, episode | {"step": [[0], [1, 2]]}])
    assert data.lengths.tolist() == [2, 2] and not noted("step", [episode | {"step": [0, 1]}] * 2)


@pytest.mark.parametrize("name", ["mask", "existence_mask", "traj_valids", "is_padded"])
@pytest.mark.parametrize("way", ["timeouts", "terminals", "horizon"])
def test_the_ends_of_blocks_that_are_filled_up_are_kept(name, way):
    """They lie in the rows that only fill up, so that leaving those out alone would join the episodes."""
    real = np.arange(24) % 6 < np.repeat([6, 2, 5, 3], 6)
    end = np.arange(24) % 6 == 5
    columns = FLAT | {"terminals": end & (way == "terminals"), name: real != ("pad" in name)}
    columns |= {"timeouts": end} if way == "timeouts" else {}
    options = {"horizon": 6} if way == "horizon" else {}
    data = formats.open(columns, **options)
    code = re.search(r"them out: `(.*)`", next(note for note in data.notes if f"`{name}`" in note))[1]
    mended = formats.open(eval(code, {"numpy": np, "itertools": itertools, "formats": formats, "data": columns}))
    assert mended.lengths.tolist() == [6, 2, 5, 3]
    np.testing.assert_array_equal(mended.observations[:, 0], FLAT["observations"][real])


@pytest.mark.parametrize("inside", [[2, 3], [0, 2], [1, 4]])
@pytest.mark.parametrize("name", ["masks", "discounts", "valids"])
def test_a_mask_that_is_0_within_episodes_fills_nothing_up(inside, name):
    """As OGBench's, which is 0 at each success."""
    mask = 1.0 - np.isin(np.arange(24) % 6, inside)
    columns = FLAT | {"terminals": np.arange(24) % 6 == 5, name: mask}
    assert noted(f"`{name}` is not read; it is 0 within episodes", columns)
    assert not noted("Leave them out", columns)


def test_a_mask_of_last_steps_keeps_the_ends_that_are_flagged():
    columns = FLAT | {"terminals": np.arange(24) % 6 == 5, "masks": 1.0 - np.isin(np.arange(24), [5, 17])}
    assert noted("`terminals = masks == 0`, with all ends that are flagged now as `timeouts`", columns)
    mended = columns | {"terminals": columns["masks"] == 0, "timeouts": columns["terminals"]}
    assert formats.open(mended).lengths.tolist() == [6] * 4 and formats.open(mended).dones.sum() == 2


@pytest.mark.parametrize("lengths", [[11, 11, 11], [5, 8, 6, 5], [2, 2, 2]])
@pytest.mark.parametrize("kind", ["zero", "numbers", "choices"])
def test_first_steps_without_a_reward_are_asked_about(lengths, kind):
    """TD-MPC2's rows hold the action and the reward that led to their observation: the first has none."""
    first, n = np.cumsum([0, *lengths[:-1]]), sum(lengths)
    columns = {"observations": RNG.normal(size=(n, 3)), "actions": RNG.uniform(-1, 1, (n, 2)), "rewards": np.ones(n)}
    columns |= {"terminals": np.zeros(n, bool), "offsets": np.append(first, n)}
    if kind == "zero":
        columns["actions"][first] = 0
    if kind == "choices":
        columns["actions"] = np.arange(n) % 2
    assert not noted("a row late", columns)
    columns["rewards"][first] = 0
    assert noted("in the first step of each episode the reward is 0", columns)
    columns["rewards"][:] = np.arange(n) % 4 == 3  # a sparse task
    assert not noted("a row late", columns)


@pytest.mark.parametrize(
    "names", [("not_dones", "not_dones_no_max"), ("discount", "not_done"), ("not_dones", "continues")]
)
def test_a_column_that_says_no_less_than_the_flags_is_no_riddle(names):
    """BPref's: one is 0 at every end, the other where the robot fell."""
    any_end, fell = np.arange(24) % 6 == 5, np.isin(np.arange(24), [5, 17])
    columns = FLAT | {names[0]: 1.0 - any_end, names[1]: 1.0 - fell}
    with pytest.raises(ValueError, match=r"take the one with the fewest zeros; where another is 0 too, time ran out"):
        formats.open(columns)
    right = columns | {"terminals": fell, "timeouts": any_end & ~fell}
    assert not noted("is not read", right) and formats.open(right).dones.sum() == 2
    assert noted(f"`{names[1]}` is not read; it is 0 in last steps only", columns | {"terminals": any_end})


@pytest.mark.parametrize("name", ["truncated", "timeouts", "truncations"])
@pytest.mark.parametrize("door", ["table", "list", "table of episodes"])
def test_time_that_ran_out_within_an_episode_is_asked_about(name, door):
    ends = np.arange(24) % 6 == 5
    columns = {c: values.tolist() for c, values in FLAT.items()} | {"dones": [False] * 24, name: ends.tolist()}
    halves = [{c: values[i : i + 12] for c, values in columns.items()} for i in (0, 12)]
    data = {"table": pd.DataFrame(columns | {"episode_index": np.arange(24) // 12}), "list": halves}
    data["table of episodes"] = datasets.Dataset.from_list(halves)
    assert noted(f"`{name}` are true within episodes, 2 times, first in episode 0 at step 5", data[door])
    fine = pd.DataFrame(columns | {"episode_index": np.arange(24) // 6})
    assert not noted("within episodes", fine)


@pytest.mark.parametrize("door", ["flat", "list", "table", "npz"])
@pytest.mark.parametrize("name", ["lengths", "traj_lens"])
def test_lengths_that_are_flags_of_what_lasts_are_masks(door, name, tmp_path):
    real = np.arange(24) % 6 < np.repeat([6, 2, 5, 3], 6)
    columns = FLAT | {"dones": np.zeros(24), name: real.astype(int)}
    data = [{c: values[i : i + 6] for c, values in columns.items()} for i in range(0, 24, 6)]
    if door == "flat":
        data = columns | {"terminals": columns["dones"], "timeouts": np.arange(24) % 6 == 5}
    if door == "table":
        data = pd.DataFrame(columns | {"episode_index": np.arange(24) // 6})
    if door == "npz":
        np.savez(tmp_path / "a.npz", **{c: np.stack([one[c] for one in data]) for c in columns})
        data = tmp_path / "a.npz"
    assert noted(f"`{name}` is not read; if it is false in steps that only fill up an episode", data)
    constant = pd.DataFrame(columns | {"episode_index": np.arange(24) // 6, name: 6})
    assert not noted("fill up", constant)


@pytest.mark.parametrize("stay", [[7], [7, 8], [3, 15, 16]])
def test_flags_that_stay_true_after_an_end_are_asked_about(stay):
    """SCOPE-RL's loop goes on after an end: each row of the rest would be an episode of one step."""
    columns = FLAT | {"terminals": np.isin(np.arange(24), [2, 6, 11, 14, 19, 23, *stay])}
    assert noted("Do flags stay true after an end", columns)
    assert not noted("single step", FLAT | {"terminals": np.isin(np.arange(24), [2, 6, 11, 14, 19, 23])})


@pytest.mark.parametrize(
    ("none", "words"), [([5], "The last is None"), ([2], "None in 1 steps"), ([0, 5], "in 2 steps")]
)
def test_none_among_vectors_is_told(none, words):
    actions = [None if i in none else [0.5, 0.1] for i in range(6)]
    with pytest.raises(ValueError, match=words):
        formats.open(
            {c: values[:6] for c, values in FLAT.items()} | {"actions": actions, "terminals": np.arange(6) == 5}
        )


@pytest.mark.parametrize("kind", ["numbers", "ISO", "with an offset", "words"])
@pytest.mark.parametrize("name", ["timestamp", "t", "date_time"])
def test_an_order_that_is_written_as_text_is_looked_at(name, kind):
    texts = {
        "numbers": [str(10 - i) for i in range(5)],
        "ISO": [f"2024-03-0{9 - i}T10:00:00" for i in range(5)],
        "with an offset": [f"2024-03-0{9 - i} 10:00:00+02:00" for i in range(5)],
        "words": list("edcba"),
    }[kind]
    table = pd.DataFrame({"observations": [[float(i)] for i in range(10)], "actions": 0.5, "rewards": 1.0})
    table = table.assign(dones=False, episode_index=np.repeat([0, 1], 5), **{name: texts * 2})
    told = [note for note in formats.open(table).notes if "not in the order" in note]
    assert bool(told) == (kind != "words")
    if told:
        data = formats.open(table.assign(**{name: [5, 4, 3, 2, 1] * 2}), rename={name: "frame_index"})
        assert data.observations[:5, 0].tolist() == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("name", ["filled", "mask", "is_pad"])
def test_the_code_that_leaves_filling_out_takes_masks_in_an_axis_of_their_own(name):
    episodes = []
    for length in (3, 5, 4):
        real = (np.arange(6) < length)[:, None]
        episodes.append({"observations": np.arange(12.0).reshape(6, 2), "actions": np.full((6, 1), 0.5), "length": 6})
        episodes[-1] |= {"rewards": np.ones((6, 1)), "dones": np.zeros((6, 1)), name: real != (name == "is_pad")}
    note = next(note for note in formats.open(episodes).notes if f"`{name}` is not read" in note)
    code = next(one for one in note.split("`") if one.startswith("{"))
    mended = [eval(code, {"numpy": np, "episode": episode}) for episode in episodes]
    assert formats.open(mended).lengths.tolist() == [3, 5, 4]


@pytest.mark.parametrize("column", ["info", "infos"])
@pytest.mark.parametrize("way", ["a list", "flat"])
def test_time_that_ran_out_by_the_old_wrapper_is_told(way, column):
    dones = np.arange(8) % 4 == 3
    infos = [{"TimeLimit.truncated": i == 3} if done else {} for i, done in enumerate(dones)]
    given = {"observations": np.arange(16.0).reshape(8, 2), "actions": np.full(8, 0.5), "rewards": np.ones(8)}
    given |= {"dones": dones, column: infos}
    if way == "a list":
        source = [{name: values[i : i + 4] for name, values in given.items()} for i in (0, 4)]
    else:
        source = given | {"terminals": dones}
    note = next(note for note in formats.open(source).notes if "TimeLimit" in note)
    assert "in 1 of the steps" in note
    code = note.split("`")[5]
    assert eval(code, {"dones": dones, "infos": infos}) == [False] * 7 + [True]


@pytest.mark.parametrize("steps", [[4, 6, 5], [6, 1, 6]])
@pytest.mark.parametrize("name", ["steps", "ep_steps", "valid_len"])
def test_steps_in_an_episode_that_are_fewer_than_its_rows_are_told(name, steps):
    rng = np.random.default_rng(0)
    episodes = [{"observations": rng.normal(size=(6, 2)), "actions": rng.uniform(-1, 1, 6), name: n} for n in steps]
    episodes = [one | {"rewards": np.ones(6), "dones": np.zeros(6, bool)} for one in episodes]
    assert any(f"`{name}` is not read, and smaller" in note for note in formats.open(episodes).notes)


@pytest.mark.parametrize("ours", ["timeouts", "truncated", "terminals"])
@pytest.mark.parametrize("way", ["flat", "a list", "steps"])
def test_last_steps_are_asked_about_whatever_they_are_renamed_to(way, ours):
    given = {"observations": np.arange(16.0).reshape(8, 2), "actions": np.full(8, 0.5), "rewards": np.ones(8)}
    given |= {"dones": np.zeros(8, bool), "is_last": np.arange(8) % 4 == 3}
    given |= {} if ours == "terminals" else {"terminals": np.zeros(8, bool)}
    if way == "a list":
        source = [{name: values[i : i + 4] for name, values in given.items()} for i in (0, 4)]
    elif way == "steps":
        source = pd.DataFrame(
            {name: list(values) for name, values in given.items()} | {"episode_index": [0] * 4 + [1] * 4}
        )
    else:
        source = given
    notes = formats.open(source, rename={"is_last": ours}).notes
    assert any("'is_last' is read as an end; if" in note for note in notes)


@pytest.mark.parametrize("stem", ["state_", "obs_", "s"])
def test_one_number_of_several_is_no_observation_after_the_step(stem):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({f"{stem}{i}": rng.normal(size=10) for i in range(4)})
    table = table.assign(**{f"next_{stem}{i}": rng.normal(size=10) for i in range(4)}, actions=0.5, rewards=1.0)
    table = table.assign(dones=False, episode_index=np.repeat([0, 1], 5))
    table["observations"] = table[[f"{stem}{i}" for i in range(4)]].to_numpy().tolist()
    notes = formats.open(table).notes
    assert not any(f"`{stem}2` is not read" in note for note in notes)
    note = next(note for note in notes if "together they are the observation after" in note)
    code = note.split("`")[-2].partition(" = ")[2]
    mended = eval(code, {"numpy": np, "table": table})
    np.testing.assert_allclose(np.stack(mended), table[[f"next_{stem}{i}" for i in range(4)]].to_numpy())
