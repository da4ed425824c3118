"""Flat columns: where episodes end, and that nothing is cut to fit."""

import ast
import re

import h5py
import numpy as np
import pytest

from dt_helpers.data import formats

N = 900
RNG = np.random.default_rng(0)


def flat(**other):
    """Columns as in D4RL's older files, without timeouts."""
    found = {"observations": RNG.normal(size=(N, 3)), "actions": RNG.uniform(-1, 1, (N, 2)), "rewards": np.ones(N)}
    return found | {"terminals": np.zeros(N, bool)} | other


def write(path, columns):
    with h5py.File(path, "w") as file:
        for name, values in columns.items():
            file[name] = values
    return path


def as_npz(path, columns):
    np.savez(path.with_suffix(".npz"), **columns)
    return path.with_suffix(".npz")


DOORS = {"hdf5": write, "npz": as_npz, "dict": lambda path, columns: columns}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("options", "steps", "said"),
    [
        ({"horizon": 300}, 300, "after 300 steps."),
        ({"horizon": np.int64(50)}, 50, "after 50 steps."),
        ({"env": "Pendulum-v1"}, 200, "after 200 steps, Pendulum-v1's limit (there are no timeouts; set another"),
        ({"env": "Pusher-v5"}, 100, "after 100 steps, Pusher-v5's limit"),
        ({"env": "Pendulum-v1", "horizon": 90}, 90, "after 90 steps."),
    ],
)
def test_without_timeouts_the_horizon_or_the_environment_s_limit_ends_episodes(
    door, options, steps, said, tmp_path, capsys
):
    data = formats.open(DOORS[door](tmp_path / "a.hdf5", flat()), **options)
    assert (data.lengths == steps).all() and len(data) == N // steps
    assert f"episodes are cut {said}" in capsys.readouterr().out


@pytest.mark.parametrize("env", ["Kitchen-v9", "dt_helpers/Unknown", "Hopper-v3"])
def test_where_no_limit_is_known_it_is_the_robots(env, tmp_path, capsys):
    """Also for an environment of somebody else's, which gymnasium doesn't know."""
    with pytest.raises(ValueError, match=r"No episode ends.* Say with `horizon=`"):
        formats.open(flat(), env=env)


@pytest.mark.parametrize("horizon", [0, -5, 2.5, True, "300"])
def test_a_horizon_is_a_number_of_steps(horizon):
    with pytest.raises(ValueError, match="horizon must be a whole number of steps"):
        formats.open(flat(), horizon=horizon)


ENDS = np.arange(N) % 300 == 299
UNEVEN = {  # what has other lengths, and what the error names
    "final observations": ({"observations": RNG.normal(size=(N + 3, 3))}, "'observations': 903, 'actions': 900"),
    "no last actions": ({"actions": RNG.normal(size=(N - 3, 2))}, "'actions': 897"),
    "a reward more": ({"rewards": np.ones(N + 1)}, "'rewards': 901"),
    "one number": ({"rewards": 1.0}, "'rewards': 0"),
    "a terminal more": ({"terminals": np.zeros(N + 1, bool)}, "'terminals': 901"),
    "a timeout less": ({"timeouts": ENDS[:-1]}, "`timeouts` must hold one flag per step.* 899 entries for 900 steps"),
    "next observations of other steps": (
        {"next_observations": RNG.normal(size=(N - 1, 3))},
        r"`next_observations` must have the shape of `observations`, \(900, 3\), not \(899, 3\)",
    ),
    "columns on their side": (
        {"next_observations": RNG.normal(size=(3, N))},
        r"must have the shape of `observations`, \(900, 3\), not \(3, 900\)",
    ),
    "parts of observations": (
        {"observations": {"at": np.ones((N, 2)), "goal": np.ones((N - 3, 1))}},
        "parts of `observations` must have the same length",
    ),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_columns_are_not_cut_to_fit(name):
    other, words = UNEVEN[name]
    with pytest.raises(ValueError, match=words):
        formats.open(flat(timeouts=ENDS) | other)


@pytest.mark.parametrize("name", list(UNEVEN)[:5])
def test_nor_where_offsets_say_where_episodes_end(name):
    other, words = UNEVEN[name]
    with pytest.raises(ValueError, match=words):
        formats.open(flat(offsets=np.arange(0, N + 1, 300)) | other)


def several(names, ends=(5, 11, 25, 33), cut=19):
    """Tianshou's buffer of two environments: the first is cut off within an episode, and the second one follows."""
    seen = np.arange(40.0)[:, None] * np.ones((1, 3))
    fell = np.isin(np.arange(40), ends)
    columns = {"obs": seen, "act": np.full((40, 1), 0.5), "rew": np.ones(40), "terminated": fell}
    columns["truncated"] = np.zeros(40, bool)
    following = np.where(np.arange(40)[:, None] == cut, 99.0, seen + 1)
    return {names.get(name, name): values for name, values in (columns | {"obs_next": following}).items()}


ASKED = {  # names that are there, and the rename that is suggested
    "dones": {"dones": "terminals"},
    "done": {"done": "terminals"},
    "is_terminal episode_id": {"is_terminal": "terminals", "episode_id": "episode_index"},
    "done dones": {"done": "terminals"},
    "o_t episode_id": {"your name": "terminals", "episode_id": "episode_index"},
}


@pytest.mark.parametrize("names", ASKED)
def test_terminals_under_another_name_are_one_column(names):
    columns = {name: values for name, values in flat().items() if name != "terminals"}
    with pytest.raises(ValueError, match=re.escape(f"rename={ASKED[names]}.")) as caught:
        formats.open(columns | {name: np.zeros(N) for name in names.split()})
    assert f"`{names.split()[0]}` are true where the robot fell" in str(caught.value) or "your name" in str(
        caught.value
    )


SUCCESSORS = ["obs_next", "next_obs", "next_state", "next_observation", "new_obs"]


@pytest.mark.parametrize("name", SUCCESSORS)
@pytest.mark.parametrize(("door", "clock"), [("hdf5", "truncated"), ("npz", "timeouts"), ("dict", "limit")])
def test_what_the_errors_suggest_leads_to_the_episodes_of_each_environment(name, clock, door, tmp_path, capsys):
    made = DOORS[door](tmp_path / "a.hdf5", several({"obs_next": name, "truncated": clock}))
    rename = {"limit": "timeouts"} if clock == "limit" else {}
    for words in ("If they have other names", "differ from the next row's observation at 1 steps.* first at row 19"):
        with pytest.raises(ValueError, match=words) as caught:
            formats.open(made, rename=rename)
        rename = rename | ast.literal_eval(re.search(r"rename=({.*?})", str(caught.value))[1])
    assert rename[name] == "next_observations" and rename[clock] == "unused"
    data = formats.open(made, rename=rename)
    assert data.lengths.tolist() == [6, 6, 8, 6, 8, 6]
    del rename[name], rename[clock]
    formats.open(made, rename=rename)
    assert f"`{name}` is not read; if it holds the observation after each step" in capsys.readouterr().out


def test_the_final_observation_of_each_block_is_left_out_and_that_is_said(tmp_path, capsys):
    blocks = {"observations": RNG.normal(size=(3, 11, 2)), "actions": RNG.uniform(-1, 1, (3, 10, 1))}
    blocks |= {"rewards": np.ones((3, 10)), "dones": np.zeros((3, 10))}
    data = formats.open(as_npz(tmp_path / "blocks", blocks))
    np.testing.assert_allclose(data.observations.reshape(3, 10, 2), blocks["observations"][:, :-1], rtol=1e-5)
    assert "the observation after each episode's end is left out" in capsys.readouterr().out


def groups(path, final=(0, 0, 0), parts=True, flag="dones"):
    """As robomimic writes it: one group per episode, in an order that isn't that of their names as text."""
    with h5py.File(path, "w") as file:
        for number, more in zip((10, 2, 1), final, strict=True):
            group = file.create_group(f"data/demo_{number}" if parts else f"episode_{number}")
            seen = np.full((3 + more, 2), float(number))
            group["obs/object" if parts else "observations"] = seen
            group["actions"], group["rewards"] = np.zeros((3, 1)), np.full(3, float(number))
            group[flag] = [0, 0, 1]
    return path


@pytest.mark.parametrize("parts", [True, False])
@pytest.mark.parametrize("flag", ["dones", "terminals", "terminated"])
def test_groups_are_episodes_in_the_order_of_their_numbers(parts, flag, tmp_path):
    data = formats.open(groups(tmp_path / "demo.hdf5", parts=parts, flag=flag))
    assert data.rewards.tolist() == [1] * 3 + [2] * 3 + [10] * 3
    assert data.observations[:, 0].tolist() == data.rewards.tolist() and data.dones.sum() == 3


def test_groups_that_do_not_fit_are_refused_with_the_way_out(tmp_path):
    with pytest.raises(ValueError, match="episode 2 has 4 steps there and 3 in 'rewards'"):
        formats.open(groups(tmp_path / "some.hdf5", final=(1, 0, 0)))
    with pytest.raises(ValueError, match=r"rename={'done': 'dones'}"):
        formats.open(groups(tmp_path / "done.hdf5", flag="done"))
    with pytest.raises(ValueError, match="Leave horizon= out: each group of the file is an episode"):
        formats.open(groups(tmp_path / "horizon.hdf5"), horizon=3)
