import pytest
import torch

from dt_helpers import training
from dt_helpers.model import DecisionTransformerModel, TrainableDT, fast_cpu, make_config, trainable
from dt_helpers.training import beginning
from tests.model.test_model import batch_of, redraw


def make(cls=TrainableDT, **changes):
    settings = {"state_dim": 5, "act_dim": 2, "context_length": 6, "hidden_size": 32, "n_layer": 2, "max_ep_len": 40}
    return redraw(cls(make_config(**{**settings, **changes})))


@pytest.mark.parametrize("n_layer", [1, 3])
@pytest.mark.parametrize("n_head", [1, 4])
def test_actions_and_gradients_are_the_forward_passes(n_layer, n_head):
    model = make(n_layer=n_layer, n_head=n_head)
    for batch in (batch_of(model.config), batch_of(model.config, batch=1, K=1, padding=(0,))):
        for given in (batch, {**batch, "attention_mask": None}):
            real = batch["attention_mask"] > 0
            gradients = []
            for predicted in (model.original_forward(**given).action_preds, fast_cpu.action_preds(model, **given)):
                model.zero_grad()
                predicted[real].square().sum().backward()
                gradients.append({name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None})
                gradients[-1]["itself"] = predicted.detach()[real]
            whole, short = gradients
            for name, gradient in short.items():
                torch.testing.assert_close(gradient, whole[name], rtol=1e-3, atol=1e-4, msg=name)
            missing = whole.keys() - short.keys()
            assert not any(whole[name].any() for name in missing), missing


def test_in_bfloat16_actions_stay_near_and_padding_unseen():
    model = make(n_layer=3)
    batch = batch_of(model.config)
    real = batch["attention_mask"] > 0
    assert not real.all()
    padded = {key: batch[key].clone() for key in ("states", "actions", "returns_to_go")}
    for value in padded.values():
        value[~real] = 50.0
    with torch.autocast("cpu", torch.bfloat16):
        short = fast_cpu.action_preds(model, **batch)
        other = fast_cpu.action_preds(model, **{**batch, **padded})
    assert short.dtype == torch.bfloat16
    torch.testing.assert_close(
        short[real].float(), model.original_forward(**batch).action_preds[real], rtol=0, atol=0.03
    )
    assert torch.equal(short[real], other[real])


def test_training_drops_as_often_as_it_should():
    layer = torch.nn.Dropout(0.1).train()
    x = torch.ones(1000, 101)
    dropped = fast_cpu._dropout(layer, x)
    share = (dropped == 0).float().mean()
    assert abs(share - 26 / 256) < 0.005
    torch.testing.assert_close(dropped.max(), torch.tensor(256 / 230))
    assert abs(dropped.mean() - 1) < 0.01
    half = torch.linspace(1, 2, 2_000_000).bfloat16()
    assert abs(fast_cpu._dropout(layer, half).float().mean() / half.float().mean() - 1) < 0.0015
    assert (fast_cpu._dropout(layer, x) != dropped).any()
    torch.manual_seed(3)
    first = fast_cpu._dropout(layer, x)
    torch.manual_seed(3)
    assert torch.equal(first, fast_cpu._dropout(layer, x))
    assert fast_cpu._dropout(layer.eval(), x) is x


def test_each_dropout_of_the_model_is_there():
    """With one of them at a time, two passes differ."""
    for name in ("resid_pdrop", "embd_pdrop", "attn_pdrop"):
        off = dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), 0.0)
        model = make(**{**off, name: 0.5}).train()
        batch = batch_of(model.config)
        assert not torch.equal(fast_cpu.action_preds(model, **batch), fast_cpu.action_preds(model, **batch)), name


class Backwards(torch.nn.Module):
    """Embeds a state together with the two before it."""

    looks_back = 2

    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(15, 32)

    def forward(self, states):
        before = [torch.nn.functional.pad(states, (0, 0, n, 0))[:, : states.shape[1]] for n in range(3)]
        return self.linear(torch.cat(before, dim=-1))


class Unsaid(Backwards):
    """One that may look at more, and does not say so."""


@pytest.mark.parametrize("n_layer", [1, 2, 3])
@pytest.mark.parametrize(("embedding", "context_length"), [(None, 6), (None, 1), (Backwards, 6), (Backwards, 1)])
def test_an_actor_chooses_what_the_window_says(n_layer, embedding, context_length, monkeypatch):
    """Through several windows, so that the memory is moved; some robots leave on the way."""
    monkeypatch.setattr(fast_cpu, "ROOM", 2)
    model = make(n_layer=n_layer, context_length=context_length)
    if embedding is not None:
        model.embed_state = embedding()
    K, steps, robots = model.config.context_length, 50, torch.arange(4)
    generator = torch.Generator().manual_seed(0)
    states, to_go = torch.randn(4, steps, 5, generator=generator), torch.rand(4, steps, 1, generator=generator)
    actions = torch.zeros(4, steps, 2)
    with torch.inference_mode():
        actor = fast_cpu.Actor(model, len(robots))
        for t in range(steps):
            window = slice(max(0, t + 1 - K), t + 1)
            timesteps = torch.arange(window.start, t + 1).clamp(max=model.config.max_ep_len - 1)
            seen = {
                "states": states[robots, window],
                "actions": actions[robots, window],
                "returns_to_go": to_go[robots, window],
                "timesteps": timesteps.expand(len(robots), -1),
            }
            expected = model.original_forward(**seen).action_preds[:, -1]
            actions[robots, t] = actor.act(states[robots, t], to_go[robots, t], t)
            torch.testing.assert_close(actions[robots, t], expected, rtol=1e-4, atol=1e-5)
            if t in (3, 20):
                stay = torch.arange(len(robots)) != 1
                actor.keep(stay)
                robots = robots[stay]
    assert robots.tolist() == [0, 3]


class Rewritten(DecisionTransformerModel):
    def forward(self, **batch):
        return super().forward(**batch)


class Further(Rewritten):
    """Inherits a forward pass that is somebody's own."""


class Mixin:
    def forward(self, **batch):
        return super().forward(**batch)


class Mixed(Mixin, DecisionTransformerModel):
    """Has it from a class beside the model's."""


class OtherEncoder(DecisionTransformerModel):
    def __init__(self, config):
        super().__init__(config)
        self.encoder = torch.nn.Sequential(self.encoder)


@pytest.mark.parametrize("own", [Rewritten, Further, Mixed, OtherEncoder])
@pytest.mark.parametrize("with_loss", [False, True])
def test_a_forward_pass_of_ones_own_is_never_replaced(own, with_loss):
    model = make(trainable(own) if with_loss else own)
    assert not fast_cpu.is_known(model) and not fast_cpu.fits(model)
    assert getattr(beginning.prepare(model, training.preset("quick")), "shortcut", None) is None


def test_nor_one_that_a_single_object_has():
    model = make()
    model.forward = lambda **batch: None
    assert not fast_cpu.is_known(model)
    model._original_forward = model.forward  # as accelerate does it for numbers of half the size
    assert fast_cpu.is_known(model)


def test_what_fits():
    assert fast_cpu.fits(make(DecisionTransformerModel)) and fast_cpu.fits(make(TrainableDT))
    assert not fast_cpu.fits(make(n_head=4))
    assert not fast_cpu.fits(make().double())
    assert not fast_cpu.fits(torch.nn.Linear(2, 3))
    model = make()
    hook = model.encoder.register_forward_hook(lambda *_: None)
    assert not fast_cpu.fits(model)
    hook.remove()
    assert fast_cpu.fits(model)
    model.embed_timestep, table = torch.nn.Sequential(model.embed_timestep), model.embed_timestep
    assert not fast_cpu.fits(model) and fast_cpu.is_known(model)
    model.embed_timestep = table
    model.embed_state = torch.nn.Sequential(model.embed_state)
    assert not fast_cpu.fits(model)
    model.embed_state = Backwards()
    assert fast_cpu.fits(model)
    model.embed_state = Unsaid()
    assert not fast_cpu.fits(model)


def test_a_training_step_takes_the_shortcut_and_nothing_else_does():
    model = make(resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    model.shortcut = fast_cpu.action_preds
    batch = batch_of(model.config)
    whole = model(**batch)
    short = model.train()(**batch)
    assert list(short) == ["loss", "action_preds"] and "state_preds" in whole
    torch.testing.assert_close(short["loss"], whole["loss"])
