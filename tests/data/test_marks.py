"""Numbers of rows, masks and inverted flags as marks of where episodes end."""

import re

import gymnasium
import numpy as np
import pandas as pd
import pytest

from dt_helpers.data import formats

LENGTHS = [7, 12, 5, 9]
N, ENDS = sum(LENGTHS), np.cumsum(LENGTHS)
LAST = np.isin(np.arange(N), ENDS - 1)
FELL = np.isin(np.arange(N), ENDS[::2] - 1)
SEEN = np.random.default_rng(0).normal(size=(N, 2))


def flat(**other):
    return {"observations": SEEN, "actions": SEEN.clip(-1, 1), "rewards": np.ones(N), "terminals": FELL} | other


@pytest.mark.parametrize("name", ["episode_ends", "meta.episode_ends", "episode_end", "Episode_Ends"])
@pytest.mark.parametrize("fell", [FELL, np.zeros(N, bool)])
def test_rows_after_episodes_are_read(name, fell):
    data = formats.open(flat(terminals=fell, **{name: ENDS}))
    assert data.lengths.tolist() == LENGTHS
    assert data.dones.sum() == fell.sum()
    assert data.notes == (f"episodes end where `{name}` says",)


@pytest.mark.parametrize("wrong", [ENDS[:-1], ENDS[::-1], ENDS + 1, ENDS + 0.5, np.append(0, ENDS)])
def test_what_is_called_so_and_does_not_count_rows_is_not_read(wrong):
    data = formats.open(flat(terminals=LAST, episode_ends=wrong))
    assert data.lengths.tolist() == LENGTHS
    assert not any("says" in note for note in data.notes)


@pytest.mark.parametrize(
    "name, values, code",
    [
        ("stops", ENDS, "[0, *stops]"),
        ("ep_start_end_ids", np.stack([ENDS - LENGTHS, ENDS - 1], axis=1), f"[*ep_start_end_ids[:, 0], {N}]"),
        ("ranges", np.stack([ENDS - LENGTHS, ENDS], axis=1), f"[*ranges[:, 0], {N}]"),
    ],
)
def test_other_numbers_of_rows_are_told(name, values, code):
    given = flat(terminals=FELL, **{name: values})
    note = next(note for note in formats.open(given).notes if name in note)
    assert f"offsets = {code}" in note
    assert formats.open(given | {"offsets": eval(code, {name: values})}).lengths.tolist() == LENGTHS


def test_ends_given_as_offsets_are_told():
    with pytest.raises(ValueError, match="They look like ends"):
        formats.open(flat(stops=ENDS), rename={"stops": "offsets"})
    assert formats.open(flat(offsets=[0, *ENDS])).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["masks", "mask", "infos.valid", "discount", "not_done", "continues"])
def test_a_mask_that_is_0_in_last_steps_only_says_where_the_robot_did_not_fall(name):
    given = flat(terminals=LAST, **{name: 1.0 - FELL})
    (note,) = formats.open(given).notes
    assert f"`terminals = {name} == 0`" in note
    assert "Leave them out" not in note


@pytest.mark.parametrize("share", [0.6, 0.94])
def test_flags_that_are_true_in_most_steps_are_asked_about(share):
    terminals = np.arange(N) % 20 < 20 * share
    assert any("Are they turned round" in note for note in formats.open(flat(terminals=terminals)).notes)
    assert formats.open(flat(terminals=np.ones(N, bool))).notes == (), "episodes of one step"


def test_ends_that_the_observation_after_each_step_does_not_show_are_noted():
    after = np.roll(SEEN, -1, axis=0)
    data = formats.open(flat(terminals=LAST, next_observations=after))
    assert data.lengths.tolist() == LENGTHS
    assert "after 3 of 3 ends `next_observations` go on in the next row" in data.notes[0]
    broken = np.where(LAST[:, None], 9, after)
    assert formats.open(flat(terminals=LAST, next_observations=broken)).notes == ()


class Own(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-9, 9, (2,))
    action_space = gymnasium.spaces.Box(-3, 5, (2,))


@pytest.mark.parametrize("env", [Own, Own(), lambda: Own()], ids=["class", "instance", "function"])
def test_an_environment_gives_its_name_and_its_bounds(env):
    data = formats.open(flat(terminals=LAST), env=env)
    assert data.env == "Own"
    assert data.space.high == (5.0, 5.0)


@pytest.mark.parametrize("shape", [(5, 5), (2, 3), (1, 2, 2)])
def test_matrices_in_a_table_are_flattened(shape):
    rng = np.random.default_rng(0)
    seen = list(rng.normal(size=(N, *shape)))
    table = pd.DataFrame({"observations": seen, "actions": 0.5, "rewards": 1.0, "dones": LAST})
    data = formats.open(table.assign(episode_index=np.repeat(range(4), LENGTHS)))
    np.testing.assert_allclose(data.observations, np.reshape(seen, (N, -1)), rtol=1e-6)


@pytest.mark.parametrize("left", ["actions", "rewards"])
def test_text_that_is_left_in_a_table_is_told_by_its_column(left):
    row = {
        "observations": [[1.0, 2.0], [3.0, 4.0]],
        "actions": [0.5, 1.5],
        "rewards": [1.0, 2.0],
        "dones": [False, True],
    }
    table = pd.DataFrame([{c: str(v) if c == left else v for c, v in row.items()}] * 3)
    with pytest.raises(ValueError, match=f"`{left}` must hold numbers"):
        formats.open(table)


@pytest.mark.parametrize("deviation", [1e-4, 3e-5])
def test_small_changes_far_from_0_are_scaled_and_rounding_is_not(deviation):
    rng = np.random.default_rng(0)
    place = 36.669894 + deviation * rng.normal(size=N)
    rounded = 9.81 + 1e-7 * rng.integers(0, 3, N)
    data = formats.open(flat(terminals=LAST, observations=np.stack([place, rounded, SEEN[:, 0]], axis=1)))
    assert data.dead.tolist() == [False, True, False]


def test_a_folder_of_other_files_is_told_by_what_is_in_it(tmp_path):
    (tmp_path / "ep_start_end_ids.npy").touch()
    with pytest.raises(FileNotFoundError, match=r"there are ep_start_end_ids\.npy\. Read other files one by one"):
        formats.open(tmp_path)


@pytest.mark.parametrize("name", ["traj_lengths", "path_lengths", "lengths", "meta.episode_lens", "length"])
@pytest.mark.parametrize("fell", [FELL, np.zeros(N, bool)])
def test_steps_of_each_episode_are_read(name, fell):
    data = formats.open(flat(terminals=fell, **{name: np.array(LENGTHS)}))
    assert data.lengths.tolist() == LENGTHS
    assert data.notes == (f"episodes are as long as `{name}` says",)


@pytest.mark.parametrize("wrong", [np.array(LENGTHS) + 1, np.array(LENGTHS) * 1.0, np.ones((2, 2), int)])
def test_lengths_that_do_not_add_up_are_not_read(wrong):
    assert formats.open(flat(terminals=LAST, lengths=wrong)).lengths.tolist() == LENGTHS


def test_other_counts_that_add_up_are_told():
    given = flat(terminals=FELL, sizes=np.array(LENGTHS))
    note = next(note for note in formats.open(given).notes if "`sizes`" in note)
    offsets = eval("numpy.append(0, numpy.cumsum(sizes))", {"numpy": np, "sizes": np.array(LENGTHS)})
    assert "offsets = numpy.append(0, numpy.cumsum(sizes))" in note
    assert formats.open(given | {"offsets": offsets}).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("fill", ["zeros", "last row"])
def test_blocks_are_cut_to_the_lengths_beside_them(fill, tmp_path):
    rng = np.random.default_rng(0)
    blocks = {"observations": rng.normal(size=(4, 12, 2)), "actions": rng.uniform(-1, 1, (4, 12, 1))}
    blocks |= {"rewards": rng.normal(size=(4, 12)), "dones": np.zeros((4, 12), bool)}
    for values in blocks.values():
        for i, length in enumerate(LENGTHS):
            values[i, length:] = 0 if fill == "zeros" else values[i, length - 1]
    np.savez(tmp_path / "b.npz", path_lengths=np.array(LENGTHS), **blocks)
    data = formats.open(tmp_path / "b.npz")
    assert data.lengths.tolist() == LENGTHS
    np.testing.assert_allclose(data.episode(2)["observations"], blocks["observations"][2, :5], rtol=1e-6)


@pytest.mark.parametrize("name", ["discount", "not_done", "nonterminal"])
def test_what_is_0_at_an_end_is_named_where_flags_are_missing(name):
    given = flat(**{name: 1.0 - LAST})
    given.pop("terminals")
    with pytest.raises(ValueError, match=f"Is '{name}' 0 there. Then `terminals = {name} == 0`"):
        formats.open(given)
    assert formats.open(given | {"terminals": given[name] == 0}).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["episode_ends", "meta.episode_ends", "episode_end"])
@pytest.mark.parametrize("ends", [[7, 11, 21], [4, 21], [21]])
def test_last_rows_in_place_of_the_rows_after_them_are_told_with_code(name, ends):
    data = {"observations": np.arange(22.0), "actions": np.full(22, 0.5), "rewards": np.ones(22)}
    data |= {"terminals": np.zeros(22, bool), name: np.array(ends)}
    with pytest.raises(ValueError, match=r"ends with 21\. If it holds each episode's last row") as told:
        formats.open(data)
    code = re.search(r"`[\w.]+ = (numpy.*?)`", str(told.value))[1].replace(name, "ends")
    data[name] = eval(code, {"numpy": np, "ends": data[name]})
    assert formats.open(data).lengths.tolist() == np.diff([0, *(np.array(ends) + 1)]).tolist()


@pytest.mark.parametrize("name", ["seq_lens", "num_steps", "n_steps", "T", "valid_lengths", "sequence_length"])
def test_lengths_by_other_names_are_read(name):
    assert formats.open(flat(terminals=FELL, **{name: np.array(LENGTHS)})).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["traj_lengths", "episode_ends", "offsets", "lengths"])
@pytest.mark.parametrize("terminals", [[], [2], [2, 11]])
def test_numbers_of_rows_may_have_an_axis_of_their_own(name, terminals):
    lengths = [3, 5, 4, 2]
    ends = np.cumsum(lengths)
    values = {"episode_ends": ends, "offsets": np.append(0, ends)}.get(name, np.array(lengths))[:, None]
    n = sum(lengths)
    given = {"observations": np.arange(2.0 * n).reshape(n, 2), "actions": np.linspace(-1, 1, n), "rewards": np.ones(n)}
    data = formats.open(given | {"terminals": np.isin(np.arange(n), terminals), name: values})
    assert data.lengths.tolist() == lengths


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(
    ("name", "read"), [("traj_lengths", True), ("iter_lengths", False), ("valid_steps", False), ("sizes", False)]
)
def test_lengths_of_blocks_are_read_or_told(name, read, single, tmp_path):
    lengths = np.array([2, 4, 3])
    rng = np.random.default_rng(0)
    blocks = {"observations": rng.normal(size=(3, 5, 2)), "actions": rng.uniform(-1, 1, (3, 5, 1))}
    blocks |= {"rewards": rng.normal(size=(3, 5)), "terminals": np.zeros((3, 5), bool)}
    np.savez(tmp_path / "mine.npz", **blocks, **{name: lengths[:, None] if single else lengths})
    data = formats.open(tmp_path / "mine.npz")
    if not read:
        assert any(f"`{name}` is not read; if it holds the steps of each" in note for note in data.notes)
        data = formats.open(tmp_path / "mine.npz", rename={name: "traj_lengths"})
    assert data.lengths.tolist() == lengths.tolist()


@pytest.mark.parametrize("name", ["offsets", "episode_ends"])
def test_ends_in_flat_arrays_are_told_beside_blocks(name, tmp_path):
    blocks = {"observations": np.ones((3, 5, 2)), "actions": np.zeros((3, 5, 1)), "rewards": np.ones((3, 5))}
    np.savez(tmp_path / "mine.npz", **blocks, terminals=np.zeros((3, 5)), **{name: np.array([5, 10, 15])})
    assert any(f"`{name}` is not read, since" in note for note in formats.open(tmp_path / "mine.npz").notes)


@pytest.mark.parametrize("name", ["length", "traj_lengths", "n_steps"])
@pytest.mark.parametrize("kind", [int, lambda n: np.array([n]), np.int64])
def test_a_length_in_an_episode_that_is_smaller_than_it_is_told(name, kind):
    rng = np.random.default_rng(0)
    episodes = [
        {"observations": rng.normal(size=(6, 2)), "actions": rng.uniform(-1, 1, (6, 1)), "rewards": np.ones(6),
         "dones": np.zeros(6), name: kind(n)} for n in (4, 6, 5)
    ]  # fmt: skip
    assert any(
        f"`{name}` is not read, and smaller" in note and "in 2 of 3" in note for note in formats.open(episodes).notes
    )
    whole = [one | {name: kind(6)} for one in episodes]
    assert not any(name in note for note in formats.open(whole).notes)


ROWS = 14
FLAT = {
    "observations": np.arange(2.0 * ROWS).reshape(ROWS, 2),
    "actions": np.linspace(-1, 1, ROWS),
    "rewards": np.ones(ROWS),
}


@pytest.mark.parametrize("kind", [float, np.float32, np.int32])
@pytest.mark.parametrize(("name", "values"), [("episode_ends", [3, 8, 14]), ("traj_lengths", [3, 5, 6])])
def test_numbers_of_rows_may_be_saved_as_floats(name, values, kind):
    data = formats.open(FLAT | {"terminals": np.zeros(ROWS), name: np.array(values, kind)})
    assert data.lengths.tolist() == [3, 5, 6]


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ([3, 8, 12], "leave them out of all columns, `values[:12]`"),
        ([0, 3, 8], "`offsets = [*episode_ends, 14]`"),
        ([3, 8, 20], "it must rise up to that"),
        ([8, 3, 14], "it must rise up to that"),
    ],
)
@pytest.mark.parametrize("ended", [False, True])
def test_ends_that_are_not_read_are_told_with_what_to_do(ends, words, ended, capsys):
    given = FLAT | {"terminals": (np.arange(ROWS) == 7) & ended, "episode_ends": np.array(ends)}
    if ended:
        assert any(words in note for note in formats.open(given).notes)
    else:
        with pytest.raises(ValueError, match="No episode ends"):
            formats.open(given | {"timeouts": np.zeros(ROWS)})
        assert words in capsys.readouterr().out
    if "offsets" in words:
        assert formats.open(given | {"offsets": [*ends, ROWS]}).lengths.tolist() == [3, 5, 6]
    if "values[" in words:
        cut = {name: values if name == "episode_ends" else values[:12] for name, values in given.items()}
        assert formats.open(cut).lengths.tolist() == [3, 5, 4]


@pytest.mark.parametrize("ended", [2, 7])
def test_flags_by_the_name_of_ends_are_no_numbers_of_rows(ended):
    given = FLAT | {"terminals": np.arange(ROWS) == ended, "episode_ends": np.arange(ROWS) == ended}
    assert not any("rise" in note for note in formats.open(given).notes)


@pytest.mark.parametrize("name", ["episode_ends", "episode_end", "traj_lengths"])
@pytest.mark.parametrize("odd", [3, "", None, [], {}])
def test_what_is_called_so_may_hold_anything(name, odd):
    given = FLAT | {"terminals": np.arange(ROWS) % 7 == 6}
    assert formats.open(given | {name: odd}).lengths.tolist() == [7, 7]
