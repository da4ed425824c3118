"""Pushing models to a server that answers as the Hub does, and loading them from there in another process."""

import json
import shutil

import numpy as np
import pytest
from huggingface_hub import ModelCard

import dt_helpers
from dt_helpers import cli, rollout, training
from dt_helpers.data import recording
from dt_helpers.training import card, push, saved
from tests import warm
from tests.conftest import make_trajectories
from tests.hub_server import TOKEN, HubServer, child_environment

PLACE = "ada/my-cheetah"
TINY = {"steps": 6, "batch_size": 8, "eval_steps": 6, "save_steps": 6, "context_length": 5}
CHILD = """
import json, sys
from dt_helpers import rollout, training
from dt_helpers.training.push import push

for verb, *arguments in json.loads(sys.argv[1]):
    try:
        if verb == "push":
            folder, options = arguments
            said = push(folder, "ada/my-cheetah", **options)
        else:
            model = training.load("ada/my-cheetah")
            said = [type(model).__name__, model.config.dataset, model.config.return_scale]
            if arguments:
                evaluation = rollout.evaluate(model, **arguments[0], progress=False)
                said = evaluation.returns.tolist()
    except (OSError, RuntimeError, ValueError) as error:
        said = [type(error).__name__, str(error)]
    print("answer " + json.dumps(said), flush=True)
"""


@pytest.fixture(scope="module")
def cheetah(tmp_path_factory, cheetah_data):
    """A trained model's folder, with what the model earns."""
    folder = tmp_path_factory.mktemp("cheetah") / "model"
    model = training.train(cheetah_data, training.preset("ci", **TINY), output=folder)
    evaluation = rollout.evaluate(model, target_return=300, episodes=3, seed=7, max_steps=25, progress=False)
    card.note_return(folder, evaluation)
    return folder


@pytest.fixture
def folder(cheetah, tmp_path):
    return shutil.copytree(cheetah, tmp_path / "model")


@pytest.fixture
def hub():
    with HubServer({}, PLACE, "main", kind="model") as server:
        yield server


def child(hub, tmp_path, *steps, home="hf", **env):
    given = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / home), "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1"}
    environment = {name: value for name, value in child_environment(**given | env).items() if value}
    done = warm.python("-c", CHILD, json.dumps(steps), env=environment, timeout=170, anew="huggingface_hub")
    assert done.returncode == 0, done.stderr
    return [json.loads(line.removeprefix("answer ")) for line in done.stdout.splitlines() if line.startswith("answer ")]


def pushed_card(hub):
    return ModelCard(hub.files["README.md"].decode())


def arguments_of(hub):
    """What the card says about its measurement, and the returns."""
    (result,) = pushed_card(hub).data.eval_results
    said = result.metric_args
    again = {name: said[name] for name in ("target_return", "episodes", "seed", "max_steps")}
    return result, {"env_name": result.dataset_name, **again}, said["returns"]


def test_what_was_pushed_is_loaded_elsewhere_and_earns_what_its_card_says(hub, folder, tmp_path):
    (address,) = child(hub, tmp_path, ("push", str(folder), {}))
    assert address == f"{hub.url}/{PLACE}"
    assert set(hub.files) == {*saved.FILES, "replay.mp4"} - {saved.CLASS}
    assert b"ftyp" in hub.files["replay.mp4"][:12] and b"[One of its episodes](replay.mp4)" in hub.files["README.md"]
    assert len(hub.messages) == 1 and "mean return" in hub.messages[0]
    assert sum(request.startswith("PUT /lfs/") for request in hub.requests) == 2, "the weights and the film"
    result, again, returns = arguments_of(hub)
    assert again == {"env_name": "HalfCheetah-v5", "target_return": 300.0, "episodes": 3, "seed": 7, "max_steps": 25}
    loaded, measured = child(hub, tmp_path, ("load",), ("load", again), home="another")
    assert loaded == ["TrainableDT", "halfcheetah-expert", 1000.0]
    assert measured == returns
    mean, spread = map(float, result.metric_value.split("+/-"))
    np.testing.assert_allclose([mean, spread], [np.mean(measured), np.std(measured)], rtol=1e-5)


def test_the_card_has_what_the_hub_reads_and_what_a_reader_needs(hub, folder, tmp_path):
    child(hub, tmp_path, ("push", str(folder), {"film": False}))
    found = pushed_card(hub)
    assert "replay.mp4" not in hub.files and "replay.mp4" not in found.text
    assert (found.data.pipeline_tag, found.data.library_name) == ("reinforcement-learning", "transformers")
    assert {"decision-transformer", "HalfCheetah-v5", card.COURSE} <= set(found.data.tags)
    expected = {
        "version": dt_helpers.__version__,
        "dataset": "halfcheetah-expert",
        "preset": "ci",
        "steps": 6,
        "seed": 0,
    }
    assert found.data[card.COURSE] == expected
    assert found.data.eval_results[0].task_type == "reinforcement-learning"
    assert card.measurement(folder)["text"] in found.text
    assert f'training.load("{PLACE}")' in found.text and "episodes=3, seed=7, max_steps=25)" in found.text
    assert "| learning_rate | 0.002 |" in found.text and "| run |" not in found.text


def test_a_model_that_is_pushed_again_is_what_is_loaded_and_the_licence_stays(hub, folder, tmp_path, cheetah_data):
    child(hub, tmp_path, ("push", str(folder), {"film": False}), ("load",))
    before = hub.files[saved.WEIGHTS]
    hub.files["README.md"] = hub.files["README.md"].replace(b"---\n", b"---\nlicense: mit\n", 1)
    other = tmp_path / "other"
    model = training.train(cheetah_data, training.preset("ci", **TINY), output=other, seed=1)
    card.note_return(other, rollout.evaluate(model, target_return=9, episodes=2, max_steps=5, progress=False))
    _, measured = child(
        hub,
        tmp_path,
        ("push", str(other), {"film": False}),
        ("load", {"target_return": 9, "episodes": 2, "max_steps": 5}),
    )
    assert hub.files[saved.WEIGHTS] != before
    assert pushed_card(hub).data.license == "mit"
    assert measured == arguments_of(hub)[2], "the newer one, though the older one is in the cache"
    (offline,) = child(hub, tmp_path, ("load",), HF_HUB_OFFLINE="1")
    assert offline[0] == "TrainableDT"


def test_a_model_that_was_not_measured_is_measured_in_its_own_environment(hub, tmp_path):
    data = recording.record(
        lambda x: (x[:, 2] > 0).astype(int), "CartPole-v1", 6, steps=30, progress=False, name="mine"
    )
    training.train(data, training.preset("ci", **TINY), output=tmp_path / "model")
    film = tmp_path / "pole.mp4"
    film.write_bytes(b"a film")
    (address,) = child(hub, tmp_path, ("push", str(tmp_path / "model"), {"film": str(film)}))
    assert address == f"{hub.url}/{PLACE}" and hub.files["replay.mp4"] == b"a film"
    _, again, returns = arguments_of(hub)
    assert (again["env_name"], again["episodes"], again["seed"], len(returns)) == ("CartPole-v1", 16, 0, 16)
    assert card.measurement(tmp_path / "model")["returns"] == returns, "it is noted in the folder too"
    (measured,) = child(hub, tmp_path, ("load", again), home="another")
    assert measured == returns


def test_a_model_of_a_students_own_class_is_measured_as_others_run_it_and_its_source_stays(hub, folder, tmp_path):
    (folder / saved.CLASS).write_text("# The model's class: Mine\n")
    noted = json.loads((folder / saved.EVALUATION).read_text())
    true = noted["returns"]
    (folder / saved.EVALUATION).write_text(json.dumps({**noted, "returns": [1.0, 2.0, 3.0]}))
    child(hub, tmp_path, ("push", str(folder), {"film": False}))
    assert saved.CLASS not in hub.files and arguments_of(hub)[2] == true


@pytest.mark.parametrize(
    ("env", "kind", "words"),
    [
        ({"HF_TOKEN": ""}, "PermissionError", "run `hf auth login`, or pass it: token=..."),
        (
            {"HF_TOKEN": "hf_of_somebody_else"},
            "PermissionError",
            "You may not write to ada/my-cheetah on the Hub (HTTP 401)",
        ),
        ({"HF_HUB_OFFLINE": "1"}, "HubUnavailable", "HF_HUB_OFFLINE is set"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "HubUnavailable", "there is no connection to 127.0.0.1:9"),
    ],
)
def test_who_can_not_push_is_told_what_to_do(hub, folder, tmp_path, env, kind, words):
    ((raised, said),) = child(hub, tmp_path, ("push", str(folder), {"film": False}), **env)
    assert raised == kind and words in said
    assert hub.files == {}


@pytest.mark.parametrize("name", ["my-cheetah", "ada/my/cheetah", "ada/my cheetah", "ada/my--cheetah", "", "datasets/"])
def test_a_name_that_no_repository_has(name, folder):
    with pytest.raises(ValueError, match="has its owner's name and its own, such as 'ada/my-cheetah'"):
        push.push(folder, name)


def test_folders_that_can_not_be_pushed(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with pytest.raises(FileNotFoundError, match=r"There is no trained model in .*empty"):
        push.push(tmp_path / "empty", PLACE)
    with pytest.raises(FileNotFoundError, match="There is no film at"):
        push.push(folder, PLACE, film=tmp_path / "none.mp4")
    with pytest.raises(ValueError, match="must be an MP4"):
        push.push(folder, PLACE, film=tmp_path / "film.gif")
    (folder / saved.FACTS).unlink()
    with pytest.raises(FileNotFoundError, match="which says how it was trained"):
        push.push(folder, PLACE)
    training.train(make_trajectories([30] * 3), training.preset("ci", **TINY), output=tmp_path / "unknown")
    with pytest.raises(ValueError, match=r"no measured return.*Measure it first: `dt-course replay"):
        push.push(tmp_path / "unknown", PLACE)


def test_the_command_says_where_the_model_is(folder, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(push, "push", lambda *given, **options: asked.append((given, options)) or "https://its.page")
    assert cli.main(["push", str(folder), PLACE, "--no-film", "--private"]) == 0
    assert asked == [((folder, PLACE), {"film": False, "private": True})]
    assert "The model is at https://its.page" in capsys.readouterr().out
    assert cli.main(["push", str(folder), PLACE, "--no-film", "--film", "x.mp4"]) == 2
    monkeypatch.undo()
    assert cli.main(["push", str(folder), "my-cheetah"]) == 1
    assert (
        capsys.readouterr().err.splitlines()[-1].startswith("dt-course: A repository on the Hub has its owner's name")
    )
