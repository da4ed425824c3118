"""Pushing sets to a server that answers as the Hub does, and loading them from there."""

import json
import subprocess
import sys

import numpy as np
import pytest
import yaml

from dt_helpers.data.push import push
from tests.conftest import make_trajectories
from tests.hub_server import TOKEN, HubServer, child_environment

PLACE = "ada/robots"
CHILD = """
import json, sys
from dt_helpers import data, formats
from dt_helpers.data.push import push

for verb, name in json.loads(sys.argv[1]):
    try:
        if verb == "push file":
            print(json.dumps(push(f"{sys.argv[2]}/{name}", "ada/robots")))
        elif verb == "push":
            print(json.dumps(push(formats.open(f"{sys.argv[2]}/{name}"), "ada/robots")))
        else:
            loaded = data.load(name, repository="ada/robots", progress=False, say=lambda text: None)
            print(json.dumps([loaded.name, loaded.lengths.tolist(), float(loaded.rewards.sum())]))
    except (PermissionError, RuntimeError) as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


@pytest.fixture
def hub():
    with HubServer({}, PLACE, "main") as server:
        yield server


def child(hub, tmp_path, *steps, token=TOKEN):
    env = child_environment(
        HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "hf"), HF_TOKEN=token, DT_CACHE=str(tmp_path / "cache")
    )
    command = [sys.executable, "-c", CHILD, json.dumps(steps), str(tmp_path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def write(tmp_path, name, lengths, seed=0):
    from dt_helpers.data.formats import to_parquet

    data = make_trajectories(lengths, seed=seed, name=name)
    to_parquet(data, tmp_path)
    return data


def test_what_was_pushed_is_loaded(hub, tmp_path):
    first, second = write(tmp_path, "hopper-mine", [5, 9]), write(tmp_path, "walker2d-mine", [7], seed=1)
    address, loaded, _, missing = child(
        hub, tmp_path, ("push", "hopper-mine"), ("load", "hopper-mine"), ("push", "walker2d-mine"), ("load", "ant-mine")
    )
    assert address.startswith(f"{hub.url}/datasets/{PLACE}/commit/")
    assert loaded[:2] == ["hopper-mine", [5, 9]]
    np.testing.assert_allclose(loaded[2], first.rewards.sum(), rtol=1e-6)
    assert missing[0] == "HubUnavailable" and "has no dataset of that name" in missing[1]
    assert set(hub.files) == {"README.md", "hopper-mine/train/0000.parquet", "walker2d-mine/train/0000.parquet"}
    assert hub.messages == ["hopper-mine: 2 episodes, 14 steps", f"walker2d-mine: 1 episodes, {second.n_steps} steps"]


@pytest.mark.parametrize("kind", ["file", "folder", "npz"])
def test_a_file_is_pushed_as_what_it_holds(hub, tmp_path, kind):
    data = write(tmp_path, "mine", [5, 9])
    columns = {name: getattr(data, name) for name in ("observations", "actions", "rewards", "dones", "offsets")}
    np.savez(tmp_path / "mine.npz", **columns)
    path = {"file": "mine/train/0000.parquet", "folder": "mine", "npz": "mine.npz"}[kind]
    _, loaded = child(hub, tmp_path, ("push file", path), ("load", "mine"))
    assert loaded[:2] == ["mine", [5, 9]] and hub.messages == ["mine: 2 episodes, 14 steps"]
    assert set(hub.files) == {"README.md", "mine/train/0000.parquet"}, "with slashes on every system"


def test_the_card_names_each_set_once_and_keeps_what_else_it_says(hub, tmp_path):
    write(tmp_path, "b", [3])
    child(hub, tmp_path, ("push", "b"))
    hub.files["README.md"] = hub.files["README.md"].replace(b"# Recordings", b"Ada's own words. # Recordings")
    write(tmp_path, "a", [4])
    child(hub, tmp_path, ("push", "a"), ("push", "b"))
    card = hub.files["README.md"].decode()
    assert "Ada's own words." in card
    configs = yaml.safe_load(card.split("---")[1])["configs"]
    assert [config["config_name"] for config in configs] == ["a", "b"]
    assert configs[0]["data_files"] == [{"split": "train", "path": "a/train/*.parquet"}]


def test_who_is_not_let_in_is_told_so(hub, tmp_path):
    write(tmp_path, "mine", [3])
    ((kind, words),) = child(hub, tmp_path, ("push", "mine"), token="hf_of_somebody_else")
    assert kind == "PermissionError" and "may not write to ada/robots on the Hub (HTTP 401)" in words
    assert hub.files == {}


def test_a_name_that_is_no_folder():
    with pytest.raises(ValueError, match="'made/up' cannot be one"):
        push(make_trajectories([3], name="made/up"), PLACE)
