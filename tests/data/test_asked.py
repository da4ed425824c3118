"""One door for data: each function and command takes what `data.formats.open` reads, and says what it can't use."""

import json
import os
import re

import gymnasium
import h5py
import numpy as np
import pytest

from dt_helpers import cli, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import asked, formats
from dt_helpers.data.push import push
from dt_helpers.rollout import sweep
from dt_helpers.training import published
from tests.conftest import make_trajectories


class Line(gymnasium.Env):
    """Three numbers to see, two to set, a reward of 1 in each of seven steps."""

    observation_space = gymnasium.spaces.Box(-99, 99, (3,))
    action_space = gymnasium.spaces.Box(-1, 1, (2,))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 7
        return np.zeros(3, np.float32), {}

    def step(self, action):
        self.left -= 1
        return np.zeros(3, np.float32), 1.0, self.left == 0, False, {}


@pytest.fixture
def line():
    gymnasium.register("Line-v0", Line)
    yield "Line-v0"
    del gymnasium.registry["Line-v0"]


DATA = make_trajectories([20, 30, 25], name="mine")


def hdf5(folder):
    with h5py.File(folder / "mine.hdf5", "w") as file:
        for name in ("observations", "actions", "rewards"):
            file[name] = getattr(DATA, name)
        file["terminals"] = np.isin(np.arange(75), DATA.offsets[1:] - 1)
    return folder / "mine.hdf5"


SOURCES = {
    "Trajectories": lambda folder: DATA,
    "a dataset": lambda folder: DATA.to_dataset(),
    "a list of episodes": lambda folder: [DATA.episode(i) for i in range(3)],
    "flat columns": lambda folder: (
        {c: getattr(DATA, c) for c in ("observations", "actions", "rewards", "dones")} | {"offsets": DATA.offsets}
    ),
    "a parquet file": lambda folder: formats.to_parquet(DATA, folder),
    "the text of a path": lambda folder: str(formats.to_parquet(DATA, folder)),
    "an HDF5 file": hdf5,
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """One for `Line`, hardly trained."""
    folder = tmp_path_factory.mktemp("model")
    return training.train(DATA, training.preset("ci", steps=2), folder), folder


@pytest.mark.parametrize("name", SOURCES)
def test_each_function_takes_whatever_is_read(name, model, tmp_path):
    source = SOURCES[name](tmp_path)
    agent, folder = model
    assert DecisionTransformerGymDataCollator(source).n_traj == 3
    assert training.clone(source, steps=2, progress=False).config.state_dim == 3
    assert sweep.sweep(agent, source, Line, episodes=1, max_steps=2, progress=False).best == DATA.returns.max()
    further = training.train(source, training.preset("ci", steps=2), tmp_path / "m", model=folder)
    assert further.config.target_return == pytest.approx(np.quantile(DATA.returns, 0.9))
    with pytest.raises(ValueError, match="The dataset's name becomes a folder"):
        push(formats.open(source, name="a/b") if name != "Trajectories" else make_trajectories([3], name="a/b"), "a/b")


@pytest.mark.parametrize("name", SOURCES)
def test_a_published_models_statistics_may_be_those_of_own_data(name, model, tmp_path):
    _, folder = model
    config = json.loads((folder / "config.json").read_text())
    bare = tmp_path / "bare"
    bare.mkdir()
    kept = {key: value for key, value in config.items() if key not in ("state_mean", "state_std", "return_scale")}
    (bare / "config.json").write_text(json.dumps(kept))
    (bare / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
    said = []
    found = published.load(str(bare), SOURCES[name](tmp_path), say=said.append)
    np.testing.assert_allclose(found.config.state_mean, DATA.state_mean, rtol=1e-6)
    assert "the mean and standard deviation of" in said[0]


def run(capsys, *arguments):
    capsys.readouterr()
    code = cli.main(list(arguments))
    return code, "".join(capsys.readouterr())


@pytest.mark.parametrize("source", ["a parquet file", "an HDF5 file", "a saved folder"])
def test_each_command_takes_own_data(source, line, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "w"))
    if source == "a saved folder":
        DATA.to_dataset().save_to_disk(tmp_path / "mine")
        monkeypatch.chdir(tmp_path)
        path = "mine"  # a name without a slash
    else:
        path = str(SOURCES[source](tmp_path))
    assert run(capsys, "data", path)[0] == 0
    monkeypatch.setitem(training.PRESETS, "ci", training.preset("ci", steps=2))
    code, said = run(capsys, "train", "--data", path, "--preset", "ci")
    assert code == 0 and "returns are divided by" in said
    code, said = run(capsys, "replay", "--env", line, "--episodes", "1", "--steps", "3")
    assert code == 0 and "No video" in said, said
    for data, code in ((["--data", path], 0), ([], 1)):
        found, said = run(
            capsys,
            *("sweep", "--model", str(tmp_path / "w/model"), "--env", line, "--episodes", "1", "--steps", "3"),
            *data,
        )
        assert found == code and ("name its file with --data" in said) == (code == 1)


def test_a_sweep_reads_columns_as_training_did(line, model, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "w"))
    with h5py.File(tmp_path / "old.hdf5", "w") as file:
        for theirs, ours in (("obs", "observations"), ("actions", "actions"), ("rewards", "rewards")):
            file[theirs] = getattr(DATA, ours)
        file["terminals"] = np.zeros(75, bool)
    how = ("--data", str(tmp_path / "old.hdf5"), "--rename", "obs=observations", "--horizon", "25")
    code, said = run(capsys, "sweep", "--model", str(model[1]), "--env", line, *how, "--episodes", "1", "--steps", "3")
    assert code == 0 and "cut after 25 steps" in said


OPTIONS = {
    "a horizon for rows": (["--horizon", "5"], "Leave horizon= out"),
    "a number of episodes": (["--episodes", "2"], "Leave --episodes out: it is for the course's and the published"),
    "a part of observations without parts": (["--key", "goal"], "they have no named parts"),
    "a column that isn't there": (["--rename", "obs=observations"], r"rename= names \['obs'\]"),
    "half a pair": (["--rename", "obs"], "--rename takes pairs"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_that_means_nothing_for_a_file_is_refused(name, tmp_path, capsys):
    options, words = OPTIONS[name]
    code, said = run(capsys, "data", str(formats.to_parquet(DATA, tmp_path)), *options)
    assert code == 1 and re.search(words, said), said


@pytest.mark.parametrize("options", [["--horizon", "5"], ["--key", "goal"], ["--rename", "a=b"]])
def test_or_for_a_dataset_with_a_name(options, capsys):
    code, said = run(capsys, "data", "halfcheetah-expert", *options)
    assert code == 1 and f"Leave {options[0]} out: halfcheetah-expert needs no reading" in said


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ("CartPole-v1", "CartPole-v1 has 4 state and 2 action dimensions"),
        ("Nope-v1", "'Nope-v1' could not be made"),
        ("Pendulum-v1", "Pendulum-v1 has 3 state and 1 action dimensions"),
    ],
)
def test_an_environment_that_does_not_fit_is_told_before_the_training(env, words, tmp_path, monkeypatch, capsys):
    def train(*_, **__):
        raise AssertionError("it has begun")

    monkeypatch.setattr(training, "train", train)
    path = str(formats.to_parquet(DATA, tmp_path))
    code, said = run(capsys, "train", "--data", path, "--preset", "ci", "--env", env, "--output", str(tmp_path / "m"))
    assert code == 1 and words in said


@pytest.mark.parametrize("name", ["halfcheetah-expert", "hopper-medium-replay-v2", "walker2d-mixed"])
def test_the_courses_names_are_its_own_whatever_lies_in_the_folder(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkdir(name)
    assert not asked.is_file(name)
