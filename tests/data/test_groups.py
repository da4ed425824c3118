"""Groups within groups of HDF5 files: parts of observations, by the names that lead to them."""

import h5py
import numpy as np
import pytest

from dt_helpers.data import formats

LENGTHS = (3, 4, 5)
AGENT, EXTRA = "agent/qpos", "extra/tcp/pose"


def as_mani_skill(path, obs="obs", within="traj_{}", flag="terminated"):
    with h5py.File(path, "w") as file:
        for number, steps in enumerate(LENGTHS):
            group = file.create_group(within.format(number))
            group[f"{obs}/{AGENT}"] = np.full((steps + 1, 2), 1.0 + number)
            group[f"{obs}/{EXTRA}"] = np.full((steps + 1, 3), 10.0 + number)
            group["actions"], group["rewards"] = np.linspace(-1, 1, steps)[:, None], np.ones(steps)
            group[flag] = np.arange(steps) == steps - 1
            group["env_states/actors/cube"] = np.ones((steps + 1, 13))
    return path


def as_one(path, obs="observations", **names):
    """Flat columns, whose observations are a group."""
    with h5py.File(path, "w") as file:
        file[f"{obs}/{AGENT}"], file[f"{obs}/{EXTRA}"] = np.ones((12, 2)), np.full((12, 3), 10.0)
        file["actions"], file["rewards"] = np.linspace(-1, 1, 12)[:, None], np.ones(12)
        file["terminals"] = np.isin(np.arange(12), np.cumsum(LENGTHS) - 1)
    return path


FILES = {
    "ManiSkill": as_mani_skill,
    "robomimic": lambda path: as_mani_skill(path, within="data/demo_{}", flag="dones"),
    "observations": lambda path: as_mani_skill(path, obs="observations"),
    "flat": as_one,
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize(("key", "width"), [(None, 5), (AGENT, 2), ([EXTRA, AGENT], 5)])
def test_groups_two_deep_are_parts_named_by_their_way(kind, key, width, tmp_path):
    data = formats.open(FILES[kind](tmp_path / "tr.h5"), key=key)
    assert data.lengths.tolist() == list(LENGTHS) and data.state_dim == width
    assert data.observations[0, 0] == (10 if isinstance(key, list) else 1)
    assert data.observation_key == ((AGENT, EXTRA) if key is None else key if key == AGENT else tuple(key))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("key", ["agent", "qpos", ("agent", "qpos")])
def test_a_part_that_is_not_there_is_told_those_that_are(kind, key, tmp_path):
    with pytest.raises(ValueError, match=f"have no part '(agent|qpos)': choose key= from '{AGENT}', '{EXTRA}'"):
        formats.open(FILES[kind](tmp_path / "tr.h5"), key=key)


@pytest.mark.parametrize("key", [0, [0], [["agent"]]])
def test_a_key_that_is_no_name_is_refused(key, tmp_path):
    with pytest.raises(ValueError, match=r"key= takes the name of a part of the observations, or a list of names"):
        formats.open(as_mani_skill(tmp_path / "tr.h5"), key=key)


@pytest.mark.parametrize(("made", "name"), [(as_mani_skill, "obs"), (as_mani_skill, "state"), (as_one, "state")])
def test_a_group_of_another_name_is_renamed_like_a_column(made, name, tmp_path):
    data = formats.open(made(tmp_path / "tr.h5", obs=name), rename={name: "observations"}, key=AGENT)
    assert data.state_dim == 2 and data.n_steps == sum(LENGTHS)


@pytest.mark.parametrize("layout", ["episode_{}/timestep_{}", "episode_{}/steps/{}", "{}/{}"])
def test_a_file_of_a_group_for_each_step_is_told_how_to_be_read(layout, tmp_path):
    with h5py.File(tmp_path / "steps.h5", "w") as file:
        for episode in range(2):
            for step in range(12):
                file[layout.format(episode, step) + "/action"] = [0.0, float(step)]
    with pytest.raises(ValueError, match=r"holds groups alone.*If each step is a group"):
        formats.open(tmp_path / "steps.h5")
