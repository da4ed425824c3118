"""Models in the layout that the Hub has them in: from a folder, and from a server that answers as the Hub does."""

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import torch
from safetensors.torch import save
from transformers import DecisionTransformerConfig
from transformers import DecisionTransformerModel as Upstream

from dt_helpers import rollout
from dt_helpers.data import hub
from dt_helpers.training import published
from tests import warm
from tests.conftest import make_trajectories
from tests.hub_server import HubServer, _Handler, child_environment
from tests.model.test_model import redraw

NAME = "edbeeching/decision-transformer-gym-halfcheetah-expert"
# What is in a published config.json, as transformers 4.17 wrote it, in a smaller size: hidden_size 128 there.
CONFIG = {
    "act_dim": 6, "action_tanh": True, "activation_function": "relu", "architectures": ["DecisionTransformerModel"],
    "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "hidden_size": 32,
    "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "max_ep_len": 1000, "model_type": "decision_transformer",
    "n_embd": 768, "n_head": 1, "n_inner": None, "n_layer": 3, "n_positions": 1024, "reorder_and_upcast_attn": False,
    "resid_pdrop": 0.1, "scale_attn_by_inverse_layer_idx": False, "scale_attn_weights": True, "state_dim": 17,
    "summary_activation": None, "summary_first_dropout": 0.1, "summary_proj_to_labels": True,
    "summary_type": "cls_index", "summary_use_proj": True, "torch_dtype": "float32",
    "transformers_version": "4.17.0.dev0", "use_cache": True, "vocab_size": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def upstream():
    """transformers' own model with that config."""
    no_text = {"bos_token_id": None, "eos_token_id": None, "use_cache": False}
    return redraw(Upstream(DecisionTransformerConfig(**{**CONFIG, **no_text}))).eval()


@pytest.fixture
def folder(upstream, tmp_path):
    """A copy of a published model's repository, with the weights as transformers saves them today."""
    folder = tmp_path / Path(NAME).name
    upstream.save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return folder


def as_it_was_saved_then(folder, upstream):
    """Weights in a pickle, among them the causal masks, as transformers 4.17 saved them."""
    weights = dict(upstream.state_dict())
    for layer in range(CONFIG["n_layer"]):
        size = CONFIG["n_positions"]
        mask = torch.tril(torch.ones(size, size, dtype=torch.uint8)).view(1, 1, size, size)
        weights |= {f"encoder.h.{layer}.attn.bias": mask, f"encoder.h.{layer}.attn.masked_bias": torch.tensor(-1e4)}
    torch.save(weights, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def assert_predicts_alike(model, upstream):
    generator = torch.Generator().manual_seed(0)
    batch = {
        "states": torch.randn(2, 7, 17, generator=generator),
        "actions": torch.randn(2, 7, 6, generator=generator),
        "returns_to_go": torch.randn(2, 7, 1, generator=generator),
        "timesteps": torch.arange(7).expand(2, -1),
        "attention_mask": torch.ones(2, 7),
    }
    with torch.inference_mode():
        ours = model.original_forward(**batch, return_dict=False)
        theirs = upstream(**batch, rewards=None, return_dict=False)
    for our, their in zip(ours, theirs[:3], strict=True):
        torch.testing.assert_close(our, their, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("layout", ["safetensors", "pickle"])
def test_a_folder_gives_the_model_that_was_saved_and_says_nothing_but_what_it_used(layout, folder, upstream, capfd):
    if layout == "pickle":
        as_it_was_saved_then(folder, upstream)
    said = []
    model = published.load(str(folder), say=said.append)
    assert not model.training
    assert_predicts_alike(model, upstream)
    config = model.config
    assert (config.context_length, config.return_scale, config.max_ep_len) == (20, 1000.0, 1000)
    assert config.state_mean[8] == 11.047426 and config.state_std[-1] == 5.0264325
    assert len(said) == 1 and "card" in said[0]
    assert capfd.readouterr() == ("", "")


def test_it_runs_in_the_old_physics(folder):
    model = published.load(str(folder), say=lambda _: None)
    evaluation = rollout.evaluate(model, "HalfCheetah-v3", 11_000, episodes=2, max_steps=5, progress=False)
    assert evaluation.lengths.tolist() == [5, 5]
    assert evaluation.normalized_score is not None


def test_every_card_has_as_many_numbers_as_its_robot_has_coordinates():
    for name, card in published.STATISTICS.items():
        expected = 11 if "hopper" in name else 17
        assert (len(card["state_mean"]), len(card["state_std"])) == (expected, expected), name
        assert min(card["state_std"]) > 0


def test_without_a_card_the_dataset_is_asked_for_and_its_statistics_are_taken(folder, monkeypatch):
    unknown = str(folder.rename(folder.parent / "my-own-copy"))
    with pytest.raises(ValueError, match="dataset="):
        published.load(unknown)
    given = {name: make_trajectories([20, 30], 17, 6, name=name) for name in ("halfcheetah-expert-v2", "other")}
    monkeypatch.setattr(published.data, "load", lambda name, **options: given.get(name, given["other"]))
    model = published.load(unknown, dataset="halfcheetah-expert-v2")
    assert model.config.state_mean == given["halfcheetah-expert-v2"].state_mean.tolist()
    with pytest.raises(hub.HubUnavailable, match="another robot's"):  # the course's own set has taken its place
        published.load(unknown, dataset="halfcheetah-medium-v2")


def test_a_dataset_of_another_robot_is_refused(folder, monkeypatch):
    hopper = make_trajectories([20, 30], 11, 3, name="hopper-expert-v2")
    monkeypatch.setattr(published.data, "load", lambda name, **options: hopper)
    with pytest.raises(ValueError, match="takes states of 17 numbers, but hopper-expert-v2 11"):
        published.load(str(folder), dataset="hopper-expert-v2")


def test_a_model_that_this_course_has_saved_keeps_its_own_statistics():
    from dt_helpers import training

    model = published.load(str(training.PROVIDED))
    assert model.config.state_mean == training.load(training.PROVIDED).config.state_mean


def test_weights_of_another_model_are_refused(folder, upstream):
    weights = upstream.state_dict()
    odd = {
        "missing: embed_return": {key: value for key, value in weights.items() if "embed_return" not in key},
        "unknown: extra": {**weights, "extra": torch.zeros(1)},
        "of a different shape: .*embed_state": {**weights, "embed_state.weight": torch.zeros(32, 5)},
    }
    for expected, changed in odd.items():
        (folder / "model.safetensors").write_bytes(save(changed, {"format": "pt"}))
        with pytest.raises(ValueError, match=expected):
            published.load(str(folder))


@pytest.mark.parametrize("layout", ["safetensors", "pickle"])
def test_damaged_weights_are_told(layout, folder, upstream):
    if layout == "pickle":
        as_it_was_saved_then(folder, upstream)
    [weights] = [folder / file for file in published.WEIGHTS if (folder / file).exists()]
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ValueError, match="cannot be read"):
        published.load(str(folder))


@pytest.mark.parametrize("name", ["halfcheetah", "a/b/c", "."])
def test_a_name_that_is_no_repositorys(name):
    with pytest.raises(ValueError, match="is neither a folder with"):
        published.load(name)


CHILD = """
import json, os, sys, urllib.parse, urllib.request
from dt_helpers import hub, published
from dt_helpers.data import downloading

name, *steps = sys.argv[1:]
downloading.PROBE_SECONDS, downloading.PATIENCE_SECONDS = 1, 2
for fault in steps:
    url = f"{os.environ['HF_ENDPOINT']}/fault/{urllib.parse.quote(fault)}"
    urllib.request.urlopen(urllib.request.Request(url, method="POST"))
    try:
        model = published.load(name, progress=False, say=lambda _: None)
        print(json.dumps([fault, "model", model.embed_return.bias.tolist()]), flush=True)
    except hub.HubUnavailable as error:
        print(json.dumps([fault, "reason", str(error)]), flush=True)
"""


class Models(_Handler):
    """Answers for the model NAME."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        ours = path == f"/api/models/{NAME}" or path.startswith(f"/{NAME}/resolve/main/")
        if not ours or self.hub.fault in ("error", "portal", "no dataset"):
            super().do_GET()
            return
        self.hub.requests.append(f"{self.command} {path}")
        if path.startswith("/api"):
            self._json({"id": NAME, "siblings": [{"rfilename": file} for file in self.hub.files]})
        else:
            self._resolve(path.removeprefix(f"/{NAME}/resolve/main/"))


@pytest.fixture
def server(folder):
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    with HubServer(files) as server:
        server._server.RequestHandlerClass = type("Handler", (Models,), {"hub": server})
        yield server


def child(server, tmp_path, *steps, name=NAME, **env):
    env = child_environment(HF_ENDPOINT=server.url, HF_HOME=str(tmp_path / "hf"), HF_HUB_DISABLE_XET="1", **env)
    done = warm.python("-c", CHILD, name, *steps, env=env, timeout=120, anew="huggingface_hub")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_name_is_looked_up_on_the_hub_whatever_happened_before_and_then_needs_it_no_more(server, upstream, tmp_path):
    expected = {
        "no dataset": "no such model",
        "error": "HTTP error 500",
        "portal": "login page",
        "hung head": "sent nothing for 2 seconds",
    }
    answers = child(server, tmp_path, *expected, "", "error")
    for (fault, kind, reason), (asked, words) in zip(answers, expected.items(), strict=False):
        assert (fault, kind) == (asked, "reason")
        assert words in reason and NAME in reason and "give the folder" in reason
    bias = upstream.embed_return.bias.tolist()
    assert answers[len(expected) :] == [["", "model", bias], ["error", "model", bias]]
    asked = len(server.requests)
    [[_, kind, _]] = child(server, tmp_path, "", HF_HUB_OFFLINE="1")
    assert kind == "model"
    assert len(server.requests) == asked


def test_gives_up_on_a_transfer_that_stands_still(server, tmp_path):
    [[_, kind, reason]] = child(server, tmp_path, "hung body")
    assert kind == "reason" and "sent nothing for 2 seconds" in reason


def test_offline_is_said_without_trying(server, tmp_path):
    [[_, kind, reason]] = child(server, tmp_path, "", HF_HUB_OFFLINE="1")
    assert kind == "reason" and "HF_HUB_OFFLINE is set" in reason
    assert server.requests == []


def test_a_repository_without_a_model(server, tmp_path):
    del server.files["model.safetensors"]
    [[_, kind, reason]] = child(server, tmp_path, "")
    assert kind == "reason" and "the repository has no config.json with" in reason


class Changing(Models):
    """Answers for a model whose newest commit is made between its two files."""

    def _resolve(self, path: str) -> None:
        if path == "config.json":
            self.hub.commit = "f" * 40
        super()._resolve(path)


def test_a_repository_that_changes_while_it_is_read(server, tmp_path):
    server._server.RequestHandlerClass = type("Handler", (Changing,), {"hub": server})
    [[_, kind, reason], [_, then, _]] = child(server, tmp_path, "", "")
    assert kind == "reason" and "its files changed while they were read. Try again" in reason
    assert then == "model"  # the next try has both files of the newer commit
