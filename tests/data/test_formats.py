"""Other people's formats, written by their own libraries and read back."""

import pickle

import datasets
import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt_helpers.data import formats
from dt_helpers.data.trajectories import COLUMNS
from tests.conftest import make_trajectories


def same(a, b) -> bool:
    return all(np.array_equal(getattr(a, column), getattr(b, column)) for column in (*COLUMNS, "offsets"))


def write_d4rl(path, data, timeouts=True, unfinished=0):
    """As D4RL writes it: flat, a fall in `terminals`, the clock in `timeouts`, the last episode perhaps cut off."""
    ends = np.zeros(data.n_steps, bool)
    ends[data.offsets[1:] - 1] = True
    with h5py.File(path, "w") as file:
        for column in ("observations", "actions", "rewards"):
            values = getattr(data, column)
            file[column] = np.concatenate([values, values[:unfinished]])
        more = np.zeros(unfinished, bool)
        file["terminals"] = np.concatenate([data.dones, more])
        if timeouts:
            file["timeouts"] = np.concatenate([ends & ~data.dones, more])
        file["infos/qpos"] = np.zeros((3, 9))
    return path


@pytest.fixture
def fallen(trajectories):
    """Two of five episodes end in a fall."""
    trajectories.dones[trajectories.offsets[[1, 4]] - 1] = True
    return trajectories


@pytest.mark.parametrize("unfinished", [0, 5])
def test_a_d4rl_file(tmp_path, fallen, unfinished):
    data = formats.open(write_d4rl(tmp_path / "hopper-medium-v2.hdf5", fallen, unfinished=unfinished))
    assert same(data, fallen) and data.name == "hopper-medium-v2"


@given(st.lists(st.tuples(st.integers(1, 2500), st.booleans()), min_size=1, max_size=5))
def test_without_timeouts_the_clock_is_counted(tmp_path_factory, episodes):
    """Against a plain loop over the steps, as in the Decision Transformer's own script."""
    data = make_trajectories([length for length, _ in episodes], 1, 1)
    for end, (_, fell) in zip(data.offsets[1:], episodes, strict=True):
        data.dones[end - 1] = fell
    lengths, steps = [], 0
    for done in data.dones:
        steps += 1
        if done or steps == 1000:
            lengths.append(steps)
            steps = 0
    path = write_d4rl(tmp_path_factory.mktemp("d4rl") / "file.hdf5", data, timeouts=False)
    if lengths:
        assert formats.open(path).lengths.tolist() == lengths
    else:
        with pytest.raises(ValueError, match="No episode ends"):
            formats.open(path)


def test_not_a_d4rl_file(tmp_path):
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["images"] = np.zeros(3)
    with pytest.raises(ValueError, match=r"lacks \['observations'.*has \['images'\]"):
        formats.open(tmp_path / "other.hdf5")
    (tmp_path / "broken.h5").write_bytes(b"no HDF5 at all")
    with pytest.raises(ValueError, match="cannot be read as HDF5"):
        formats.open(tmp_path / "broken.h5")
    with pytest.raises(FileNotFoundError, match="There is no"):
        formats.open(tmp_path / "missing.hdf5")


@pytest.mark.parametrize("name", ["a.HDF5", "a.H5", "a.NPZ", "a.Pkl", "a.PARQUET"])
def test_a_file_may_be_called_in_capitals(name, tmp_path, trajectories):
    columns = {column: getattr(trajectories, column) for column in ("observations", "actions", "rewards")}
    ends = np.isin(np.arange(trajectories.n_steps), trajectories.offsets[1:] - 1)
    path = tmp_path / name
    if name.endswith("PARQUET"):
        formats.to_parquet(trajectories, tmp_path).replace(path)
    elif name.endswith(("HDF5", "H5")):
        write_d4rl(path, trajectories)
    elif name.endswith("Pkl"):
        path.write_bytes(pickle.dumps([trajectories.episode(i) for i in range(len(trajectories))]))
    else:
        np.savez(tmp_path / "small.npz", **columns, terminals=trajectories.dones, timeouts=ends & ~trajectories.dones)
        (tmp_path / "small.npz").replace(path)
    assert formats.is_file(name)
    data = formats.open(path)
    assert np.array_equal(data.actions, trajectories.actions) and data.name == "a"


@pytest.mark.parametrize("content", [b"hello", b"", pickle.dumps([1.0])])
def test_what_is_no_zip_is_no_npz(content, tmp_path):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.npz is no \.npz: .*numpy\.savez"):
        formats.open(tmp_path / "a.npz")


@pytest.fixture
def minari_home(tmp_path, monkeypatch):
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))


def make_minari(id, data, observation_shape=None):
    import gymnasium
    import minari
    from minari.data_collector import EpisodeBuffer

    shape = observation_shape or (data.state_dim,)
    buffers = []
    for i in range(len(data)):
        episode = data.episode(i)
        states = episode["observations"]
        fell = bool(episode["dones"][-1])
        truncations = np.zeros(len(states), bool)
        truncations[-1] = not fell
        buffers.append(
            EpisodeBuffer(
                observations=np.concatenate([states, states[-1:] + 1]).reshape(-1, *shape),
                actions=episode["actions"],
                rewards=episode["rewards"],
                terminations=episode["dones"],
                truncations=truncations,
            )
        )
    return minari.create_dataset_from_buffers(
        id,
        buffers,
        observation_space=gymnasium.spaces.Box(-np.inf, np.inf, shape, np.float32),
        action_space=gymnasium.spaces.Box(-1, 1, (data.act_dim,), np.float32),
        data_format="arrow",
    )


@pytest.mark.filterwarnings("ignore")
def test_a_minari_dataset(minari_home, fallen):
    dataset = make_minari("course/made-up-v0", fallen)
    assert same(formats.from_minari(dataset), fallen)
    data = formats.open("course/made-up-v0")
    assert same(data, fallen) and data.name == "course/made-up-v0"


@pytest.mark.filterwarnings("ignore")
def test_a_minari_dataset_that_does_not_fit(minari_home, trajectories):
    with pytest.raises(FileNotFoundError, match="minari download mujoco/hopper/expert-v0"):
        formats.open("mujoco/hopper/expert-v0")
    make_minari("course/pictures-v0", make_trajectories([3], state_dim=4), observation_shape=(2, 2))
    with pytest.raises(ValueError, match="observations must be vectors"):
        formats.open("course/pictures-v0")


def test_parquet_in_the_hubs_layout(tmp_path, trajectories):
    path = formats.to_parquet(trajectories, tmp_path)
    assert path == tmp_path / "made up" / "train" / "0000.parquet"
    for source in (path, path.parent, tmp_path / "made up"):
        data = formats.open(source)
        assert same(data, trajectories) and data.name == "made up"


def test_parquet_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError, match="no parquet file in"):
        formats.open(tmp_path)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match="cannot be read as parquet"):
        formats.open(tmp_path / "broken.parquet")


FOLDERS = {
    "a dataset": lambda rows: rows,
    "splits": lambda rows: datasets.DatasetDict(train=rows, test=rows.select([0])),
    "shards": lambda rows: rows,
    "one split": lambda rows: datasets.DatasetDict(train=rows),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_that_datasets_saved(name, tmp_path, trajectories):
    shards = {"num_shards": 2} if name == "shards" else {}
    FOLDERS[name](trajectories.to_dataset()).save_to_disk(tmp_path / "mine", **shards)
    data = formats.open(tmp_path / "mine")
    assert same(data, trajectories) and data.name == "mine"


def test_a_saved_folder_without_a_train_split_is_told_which_there_are(tmp_path, trajectories):
    datasets.DatasetDict(test=trajectories.to_dataset()).save_to_disk(tmp_path / "mine")
    with pytest.raises(ValueError, match=r"Pass one split, such as dataset\['test'\]"):
        formats.open(tmp_path / "mine")


def parquet(path, rows):
    import pandas as pd

    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_parquet(path)


def steps(*episodes):
    return [
        {"observations": [float(i), t], "actions": 0.5, "rewards": float(i), "dones": False, "episode_index": i}
        for i in episodes
        for t in range(3)
    ]


LEROBOT = {  # file, and the episodes in it: of version 3 of the format, of version 2, and with more than one chunk
    "v3": {"data/chunk-000/file-000.parquet": [0, 1], "data/chunk-000/file-001.parquet": [2, 3]},
    "v2": {f"data/chunk-000/episode_{i:06d}.parquet": [i] for i in range(4)},
    "chunks": {"data/chunk-000/file-000.parquet": [0, 1], "data/chunk-001/file-000.parquet": [2, 3]},
}


@pytest.mark.parametrize("layout", LEROBOT)
@pytest.mark.parametrize("inner", [".", "data"])
def test_lerobot_s_folder_is_its_data(layout, inner, tmp_path):
    root = tmp_path / "pusht"
    for file, episodes in LEROBOT[layout].items():
        parquet(root / file, steps(*episodes))
    parquet(root / "meta/episodes/chunk-000/file-000.parquet", {"episode_index": range(4), "length": [3] * 4})
    parquet(root / "meta/tasks.parquet", {"task_index": [0]})
    (root / "meta/info.json").write_text("{}")
    data = formats.open(root / inner)
    assert data.rewards.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3 and len(data) == 4
    assert data.name == ("pusht" if inner == "." else "data")


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (["a/data/part.parquet", "a/other/part.parquet"], ["a/data", "a/other"]),
        (["test/0.parquet", "validation/0.parquet"], ["test", "validation"]),
        (["hopper/train/0.parquet", "walker/train/0.parquet"], ["hopper/train", "walker/train"]),
        (["hopper/v1/chunk-000/0.parquet", "meta/0.parquet"], ["hopper/v1/chunk-000", "meta"]),
    ],
)
def test_several_folders_are_named_as_they_can_be_passed(files, named, tmp_path):
    for file in files:
        parquet(tmp_path / file, steps(0))
    with pytest.raises(ValueError, match="several datasets or splits") as error:
        formats.open(tmp_path)
    assert f"{named}: pass the folder of one of them" in str(error.value)
    assert all(len(formats.open(tmp_path / folder)) == 1 for folder in named)
