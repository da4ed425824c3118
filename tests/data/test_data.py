"""Datasets by name: the cache, the Hub over a real HTTP server, and the course's own rollouts in its place."""

import json
import subprocess
import sys

import numpy as np
import pytest

from dt_helpers import data
from dt_helpers.data import cache as dataset_cache
from dt_helpers.data import experts, hub, simulate
from dt_helpers.data.lists import features
from dt_helpers.data.trajectories import COLUMNS, Trajectories
from tests.conftest import make_trajectories
from tests.hub_server import HubServer, child_environment, parquet

CHILD = """
import json, os, sys, urllib.parse, urllib.request
from dt_helpers import data

for fault, name, episodes in json.loads(sys.argv[1]):
    if os.environ.get("HF_ENDPOINT"):
        url = f"{os.environ['HF_ENDPOINT']}/fault/{urllib.parse.quote(fault)}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST"))
    said = []
    try:
        t = data.load(name, episodes, progress=False, say=said.append)
        print(json.dumps([t.name, len(t), float(t.returns.sum()), said]), flush=True)
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error), 0, said]), flush=True)
"""


def start(loads, **env) -> subprocess.Popen:
    command = [sys.executable, "-c", CHILD, json.dumps(loads)]
    return subprocess.Popen(command, env=child_environment(**env), stdout=-1, stderr=-1, text=True)


def answers(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


@pytest.fixture
def few(monkeypatch):
    """The default set, as it is but for three episodes of 40 steps."""
    recipe = data.Recipe("HalfCheetah-v5", "halfcheetah", ("1000k",), episodes=3, steps=40)
    monkeypatch.setitem(data.SETS, "halfcheetah-expert", recipe)
    return recipe


def load(*args, **kwargs) -> tuple[Trajectories, list[str]]:
    said = []
    return data.load(*args, progress=False, say=said.append, **kwargs), said


def same(a: Trajectories, b: Trajectories) -> bool:
    return all(np.array_equal(getattr(a, column), getattr(b, column)) for column in (*COLUMNS, "offsets"))


def test_the_second_load_is_from_the_cache_and_the_same(few, cache):
    made, said = load()
    assert len(said) == 1
    assert "halfcheetah-expert: 3 episodes, 120 steps, mean return " in said[0]
    assert f"{made.returns.mean():,.0f}; rolled out with the course's own expert" in said[0]
    again, said = load()
    assert len(said) == 1 and f"from the cache, {cache / 'halfcheetah-expert'}" in said[0]
    assert same(made, again)
    assert made.name == again.name == "halfcheetah-expert"
    assert (made.state_dim, made.act_dim, made.n_steps) == (17, 6, 120)


def test_is_viewed_in_the_memory_mapped_file(few, cache):
    load()
    again, _ = load()
    with open("/proc/self/maps") as maps:
        lines = [line.split()[0] for line in maps if str(cache) in line]
    mapped = [tuple(int(end, 16) for end in line.split("-")) for line in lines]
    for column in ("observations", "actions", "rewards"):
        address = getattr(again, column).__array_interface__["data"][0]
        assert any(begin <= address < end for begin, end in mapped), column


def test_episodes_and_seed_are_data_of_their_own(few, cache):
    default, _ = load()
    same_by_name, said = load(episodes=3, seed=0)
    assert "from the cache" in said[0] and same(default, same_by_name)
    other_seed, said = load(seed=5)
    assert "rolled out" in said[0] and not same(default, other_seed)
    fewer, said = load(episodes=2)
    assert "rolled out" in said[0] and len(fewer) == 2
    assert {folder.name for folder in cache.iterdir()} == {
        "halfcheetah-expert",
        "halfcheetah-expert-3-episodes-seed-5",
        "halfcheetah-expert-2-episodes-seed-0",
    }


def test_a_mixed_set_has_episodes_of_every_stage(cache, monkeypatch):
    recipe = data.Recipe("HalfCheetah-v5", "halfcheetah", ("50k", "400k", "1000k"), episodes=7, steps=40)
    monkeypatch.setitem(data.SETS, "halfcheetah-mixed", recipe)
    mixed, said = load("halfcheetah-mixed")
    assert "rolled out with the course's own experts" in said[0]
    assert mixed.lengths.tolist() == [40] * 7 and mixed.name == "halfcheetah-mixed"
    first, last = (
        simulate.roll_out(experts.load("halfcheetah", stage), episodes=count, steps=40, seed=seed, progress=False)
        for stage, count, seed in (("50k", 3, 0), ("1000k", 2, 5))
    )
    np.testing.assert_array_equal(mixed.actions[:120], first.actions)  # 3, 2 and 2 episodes
    np.testing.assert_array_equal(mixed.actions[-80:], last.actions)
    assert len({tuple(state) for state in mixed.observations[::40]}) == 7  # no two begin alike
    again, said = load("halfcheetah-mixed")
    assert "from the cache" in said[0] and same(mixed, again)


def test_where_a_set_comes_from():
    assert data.environment("halfcheetah-mixed") == "HalfCheetah-v5"
    assert data.environment("hopper-medium-replay-v2") == "Hopper-v3"
    with pytest.raises(ValueError, match="no dataset 'ant'"):
        data.environment("ant")


def put(file, damaged):
    file.unlink()  # what is mapped into memory stays as it was
    file.write_bytes(damaged)


def flip_a_byte(content):
    damaged = bytearray((content / "data.arrow").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    put(content / "data.arrow", damaged)


def halve(content):
    whole = (content / "data.arrow").read_bytes()
    put(content / "data.arrow", whole[: len(whole) // 2])


def edit(**changes):
    def change(content):
        manifest = json.loads((content / "manifest.json").read_text())
        (content / "manifest.json").write_text(json.dumps({**manifest, **changes}))

    return change


@pytest.mark.parametrize(
    ("damage", "said_of_it"),
    [
        (flip_a_byte, "is damaged: its checksum"),
        (halve, "is damaged: its checksum"),
        (lambda content: (content / "data.arrow").unlink(), "cannot be read (FileNotFoundError"),
        (lambda content: (content / "manifest.json").unlink(), "cannot be read (FileNotFoundError"),
        (lambda content: (content / "manifest.json").write_text("{"), "cannot be read (JSONDecodeError"),
        (lambda content: (content / "manifest.json").write_text("[]"), "cannot be read (TypeError"),
        (edit(format=0), "was written by another version of the course"),
        (edit(origin={"source": "rollouts", "expert_sha256": "another"}), "was made with other settings"),
        (edit(episodes=4), "does not have the expected columns or number of episodes"),
    ],
)
def test_a_damaged_or_outdated_cache_is_said_and_made_again(few, cache, damage, said_of_it):
    made, _ = load()
    damage(cache / "halfcheetah-expert" / "content")
    again, said = load()
    assert len(said) == 2
    assert said_of_it in said[0] and "It is rebuilt." in said[0]
    assert "rolled out" in said[1]
    assert same(made, again)
    assert "from the cache" in load()[1][0]


def test_other_columns_in_the_cache_are_made_again(few, cache):
    made, _ = load()
    content = cache / "halfcheetah-expert"
    origin = json.loads((content / "content" / "manifest.json").read_text())["origin"]
    dataset_cache.keep(content, made.to_dataset().remove_columns("dones"), origin)
    again, said = load()
    assert "does not have the expected columns" in said[0] and same(made, again)


def test_the_manifest_tells_what_it_is(few, cache):
    load(seed=3)
    manifest = json.loads(next(cache.glob("*/content/manifest.json")).read_text())
    assert manifest["origin"]["seed"] == 3 and manifest["origin"]["episodes"] == 3
    assert manifest["columns"] == {column: str(kind) for column, kind in features().items()}
    assert "mujoco" in manifest["versions"]


def test_what_a_killed_process_left_is_removed(few, cache):
    abandoned = cache / "halfcheetah-expert" / ".content-abc" / "content"
    abandoned.mkdir(parents=True)
    load()
    assert {path.name for path in (cache / "halfcheetah-expert").iterdir()} == {".lock", "content"}


def test_works_where_the_cache_cannot_be_written(few, cache):
    cache.parent.mkdir()
    cache.write_text("a file where the folder should be")
    trajectories, said = load()
    assert len(trajectories) == 3
    assert len(said) == 1 and "rolled out" in said[0] and "not cached" in said[0]


def test_several_processes_at_once_make_it_once(cache):
    processes = [start([["", "halfcheetah-expert", 2]]) for _ in range(3)]
    found = [answers(process)[0] for process in processes]
    assert len({(name, episodes, total) for name, episodes, total, _ in found}) == 1
    last = [said[-1] for *_, said in found]
    assert sum("rolled out" in line for line in last) == 1
    assert sum("from the cache" in line for line in last) == 2


def test_published_sets_and_what_takes_their_place(few, tmp_path):
    published = make_trajectories([80, 60, 90], 17, 6)
    walker = make_trajectories([80], 17, 6).to_dataset().remove_columns("rewards").data.table
    with HubServer({"halfcheetah-expert-v2/train/0000.parquet": parquet(published)}) as server:
        server.files["walker2d-expert-v2/train/0000.parquet"] = parquet(walker)
        loads = [
            ["no branch", "halfcheetah-expert-v2", 2],
            ["no branch", "hopper-medium-replay-v2", 2],
            ["", "walker2d-expert-v2", 2],
            ["", "halfcheetah-expert-v2", None],
            ["error", "halfcheetah-expert-v2", None],
            ["error", "halfcheetah-expert-v2", 1],
        ]
        process = start(loads, HF_ENDPOINT=server.url, HF_HOME=str(tmp_path / "hf"))
        instead, mixed, wrong, good, kept, first = answers(process)
        asked_at_the_end = [request for request in server.requests if "halfcheetah" in request][-1]

    assert instead[:2] == ["halfcheetah-expert", 2]
    assert "halfcheetah-expert-v2 could not be read from the Hub: " in instead[3][0]
    assert "no branch refs/convert/parquet" in instead[3][0] and "do not compare" in instead[3][0]
    assert instead[3][1].startswith("halfcheetah-expert: 2 episodes, 2,000 steps")

    assert mixed[:2] == ["hopper-mixed", 2]
    assert "The course's own hopper-mixed takes its place" in mixed[3][0]

    assert wrong[:2] == ["walker2d-expert", 2] and "lacks the columns ['rewards']" in wrong[3][0]

    total = pytest.approx(published.returns.sum())
    assert good[:3] == ["halfcheetah-expert-v2", 3, total]
    assert len(good[3]) == 1 and f"from the Hub ({hub.PUBLISHED.repository})" in good[3][0]
    assert kept[:3] == ["halfcheetah-expert-v2", 3, total]
    assert "from the cache" in kept[3][0] and len(kept[3]) == 1
    assert first[:3] == ["halfcheetah-expert-v2", 1, pytest.approx(published.returns[0])]
    assert asked_at_the_end.startswith("GET /store/")  # the two loads after the good one asked nothing


@pytest.mark.parametrize("name", ["halfcheta-expert", "HalfCheetah-Expert"])
def test_an_unknown_name_is_met_with_a_guess_and_the_list(name):
    with pytest.raises(ValueError, match=r"Did you mean 'halfcheetah-expert'\?") as caught:
        load(name)
    for known in (*data.SETS, *data.PUBLISHED):
        assert known in str(caught.value)


def test_a_name_like_no_other_gets_no_guess():
    with pytest.raises(ValueError, match=r"There is no dataset 'zzz'\. Rolled out"):
        load("zzz")


@pytest.mark.parametrize("episodes", [0, -1, 2.5, "3", True])
def test_episodes_must_be_a_count(episodes):
    with pytest.raises(ValueError, match="episodes must be a whole number"):
        load(episodes=episodes)


def test_a_robot_without_an_expert_has_no_recipes_but_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match=r"'snail' has no shipped expert.*hopper.*make experts ROBOTS=snail"):
        data._recipes("snail", "Snail-v5", medium="100k")


@pytest.mark.parametrize("named", [{"medium": "100k"}, {"medium": "200k", "unmixed": ("100k",)}])
def test_a_stage_that_is_not_shipped_is_refused_with_those_that_are(named):
    with pytest.raises(ValueError, match=r"'hopper' has no shipped expert at 100k.*75k, 125k, 200k, 300k"):
        data._recipes("hopper", "Hopper-v5", **named)


def test_the_published_names_are_those_of_the_hub():
    assert len(data.PUBLISHED) == 9 and "halfcheetah-expert-v2" in data.PUBLISHED
    assert not set(data.PUBLISHED) & set(data.SETS)
