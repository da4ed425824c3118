import pytest
import torch
from transformers import DecisionTransformerModel as Published

from dt_helpers.model import DecisionTransformerModel, TrainableDT, action_loss, make_config


def redraw(model, seed=0):
    """Weights large enough that every mistake shows (the default 0.02 hides a wrong mask)."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.3, generator=generator)
    return model.eval()


def batch_of(config, batch=4, K=6, padding=(0, 2, 5, 3), seed=0):
    generator = torch.Generator().manual_seed(seed)
    mask = (torch.arange(K) >= torch.tensor(padding[:batch])[:, None]).float()
    return {
        "states": torch.randn(batch, K, config.state_dim, generator=generator),
        "actions": torch.randn(batch, K, config.act_dim, generator=generator),
        "rewards": torch.randn(batch, K, 1, generator=generator),
        "returns_to_go": torch.randn(batch, K, 1, generator=generator),
        "timesteps": torch.randint(0, config.max_ep_len, (batch, K), generator=generator),
        "attention_mask": mask,
    }


@pytest.fixture
def config():
    return make_config(state_dim=5, act_dim=2, context_length=6, hidden_size=32, n_layer=2, max_ep_len=40)


@pytest.mark.parametrize("cls", [DecisionTransformerModel, TrainableDT])
@pytest.mark.parametrize("tanh", [True, False])
def test_equals_transformers_and_shares_its_state_dict(config, cls, tanh):
    config.action_tanh = tanh
    published = redraw(Published(config))
    model = cls(config).eval()
    model.load_state_dict(published.state_dict())  # strict: the same names and shapes
    forward = getattr(model, "original_forward", model)
    for batch in (batch_of(config), batch_of(config, batch=1, K=1, padding=(0,))):
        for given in (batch, {**batch, "attention_mask": None}):
            expected = published(**given, output_hidden_states=True)
            output = forward(**given, output_hidden_states=True)
            real = batch["attention_mask"] > 0  # what stands at padding differs between versions of transformers
            real = real if given["attention_mask"] is not None else torch.ones_like(real)
            for key in ("state_preds", "action_preds", "return_preds"):
                torch.testing.assert_close(output[key][real], expected[key][real])
            tokens = real.repeat_interleave(3, dim=1)  # (batch, 3K)
            torch.testing.assert_close(output.last_hidden_state[tokens], expected.last_hidden_state[tokens])
            assert len(output.hidden_states) == len(expected.hidden_states)
            for ours, theirs in zip(
                forward(**given, return_dict=False), published(**given, return_dict=False), strict=True
            ):
                rows = real if ours.shape[1] == real.shape[1] else tokens
                torch.testing.assert_close(ours[rows], theirs[rows])


def test_padding_does_not_matter(config):
    model = redraw(DecisionTransformerModel(config))
    batch = batch_of(config)
    changed = {**batch, "states": batch["states"].clone(), "actions": batch["actions"].clone()}
    padding = batch["attention_mask"] == 0
    changed["states"][padding] = 7.0
    changed["actions"][padding] = -10.0
    real = ~padding
    torch.testing.assert_close(model(**batch).action_preds[real], model(**changed).action_preds[real])


def test_an_action_is_not_seen_by_its_own_prediction(config):
    model = redraw(DecisionTransformerModel(config))
    batch = batch_of(config)
    changed = {**batch, "actions": batch["actions"].clone()}
    changed["actions"][:, -1] += 1
    real = batch["attention_mask"] > 0  # rows of nothing but padding may attend to all, depending on transformers
    torch.testing.assert_close(model(**batch).action_preds[real], model(**changed).action_preds[real])
    assert not torch.allclose(model(**batch).state_preds[:, -1], model(**changed).state_preds[:, -1])


def test_trainable_returns_loss_and_predictions(config):
    model = redraw(TrainableDT(config))
    batch = batch_of(config)
    output = model(**batch)
    predictions = model.original_forward(**batch, return_dict=False)
    assert list(output) == ["loss", "state_preds", "action_preds", "return_preds"]
    torch.testing.assert_close(output["action_preds"], predictions[1])
    real = batch["attention_mask"].bool()
    errors = [(p - a) ** 2 for p, a in zip(predictions[1][real], batch["actions"][real], strict=True)]
    torch.testing.assert_close(output["loss"], torch.stack(errors).mean())
    output["loss"].backward()
    assert model.predict_action[0].weight.grad.abs().sum() > 0


def test_a_students_own_loss_is_used(config):
    model = TrainableDT(config)
    model.criterion = lambda predictions, targets, mask: predictions.sum() * 0 + 42
    assert model(**batch_of(config))["loss"].item() == 42


def test_loss_over_real_steps_only():
    predictions, targets = torch.zeros(2, 3, 2), torch.ones(2, 3, 2)
    targets[0, 0] = 100
    mask = torch.tensor([[0, 1, 1], [1, 1, 1]])
    assert action_loss(predictions, targets, mask).item() == 1


def test_K_is_saved_and_loaded(config, tmp_path):
    DecisionTransformerModel(config).save_pretrained(tmp_path)
    assert DecisionTransformerModel.from_pretrained(tmp_path).config.context_length == 6


def test_building_a_model_prints_nothing(capfd):
    DecisionTransformerModel(make_config())
    assert capfd.readouterr().err == ""
