"""The forward check: on a class or a model, right where transformers' is, and exact about the stage that departs."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import DecisionTransformerModel as Original

from dt_helpers import check
from dt_helpers.check import whole_model
from dt_helpers.check.engine.calling import quietly
from dt_helpers.check.whole_model import inputs, stages
from dt_helpers.check.whole_model.watching import watch
from tests.mutation.models import Parts, variant
from tests.sizes import examples


@pytest.fixture(autouse=True)
def no_tries_yet():
    check.reset()


def judged(cls, seed=4):
    with quietly():
        return whole_model.judge(cls, seed)


def test_a_class_and_a_model_of_it_pass():
    assert judged(Original).cases == 14
    model = Original(inputs.config(hidden_size=12, n_layer=1, action_tanh=False))
    assert judged(model).passed


def test_a_model_loaded_with_published_weights_is_checked_with_them_and_left_alone(tmp_path):
    Original(inputs.config()).save_pretrained(tmp_path)
    model = Parts.from_pretrained(tmp_path).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert judged(model).passed
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_wrong_model_with_published_weights_fails(tmp_path):
    Original(inputs.config()).save_pretrained(tmp_path)
    model = variant(mask=lambda self, mask: mask.repeat(1, 3)).from_pretrained(tmp_path)
    assert judged(model).mistake == "mask"


def test_dropout_of_its_own_is_noticed_in_training():
    def dropping(self, x):
        return torch.nn.functional.dropout(self.embed_ln(x), self.config.embd_pdrop, self.training)

    assert judged(variant(normed=dropping)).mistake == "dropout"


@settings(max_examples=examples("properties", 15))
@given(st.integers(0, 2**32 - 1))
def test_any_weights_and_inputs_tell_right_from_wrong(seed):
    assert judged(Parts, seed).passed
    wrong = {
        "embeddings": variant(timed=lambda self, tokens, time: (tokens[0], tokens[1] + time, tokens[2] + time)),
        "order": variant(stacked=lambda self, r, s, a: torch.cat((r, s, a), dim=1)),
        "norm": variant(normed=lambda self, x: x),
        "mask": variant(mask=lambda self, mask: mask.repeat(1, 3)),
        "positions": variant(positions=lambda self, mask: torch.arange(mask.shape[1])[None]),
        "encoder": variant(encoded=lambda self, x, mask: x),
        "heads": variant(split=lambda self, x, batch, steps: x.reshape(batch, 3, steps, -1)),
        "outputs": variant(output=lambda self, r, s, a, d: Parts.output(self, r, s, a, d) if d else (a, s, r)),
    }
    assert tuple(wrong) == stages.STAGES
    assert {stage: judged(cls, seed).mistake for stage, cls in wrong.items()} == {stage: stage for stage in wrong}


def embed_rewards(self, states, actions, rewards, returns_to_go, timesteps):
    return self.embed_return(rewards), self.embed_state(states), self.embed_action(actions)


def all_from_actions(self, x):
    return self.predict_return(x[:, 2]), self.predict_state(x[:, 2]), self.predict_action(x[:, 2])


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ({"stacked": lambda self, r, s, a: torch.stack((s, r, a), 2).flatten(1, 2)}, "s, R, a"),
        ({"timed": lambda self, tokens, time: tokens}, "without their time"),
        ({"mask": lambda self, mask: mask.repeat(1, 3)}, "repeated as a whole"),
        ({"embed": embed_rewards}, "rewards"),
        ({"predictions": all_from_actions}, "reads the token a"),
    ],
)
def test_the_sentence_says_what_the_stage_did_wrong(methods, words):
    assert words in judged(variant(**methods)).sentence


def test_a_mistake_that_shows_only_without_a_mask_or_with_one_step_is_found():
    def last_step_only(self, states, *rest, attention_mask=None, **named):
        if attention_mask is None:
            attention_mask = torch.zeros(states.shape[:2])
            attention_mask[:, -1] = 1
        return Parts.forward(self, states, *rest, attention_mask=attention_mask, **named)

    def squeezed(self, x):
        return [part.squeeze(1) for part in Parts.predictions(self, x)]

    assert "no mask" in judged(variant(forward=last_step_only)).case
    assert "K 1" in judged(variant(predictions=squeezed)).case


@pytest.mark.parametrize("seed", range(4))
def test_timesteps_are_not_counted_from_the_lowest_in_the_batch(seed):
    """A batch that has no step at time 0 tells."""
    wrong = judged(variant(time=lambda self, timesteps: self.embed_timestep(timesteps - timesteps.min())), seed)
    assert (wrong.passed, wrong.mistake) == (False, "embeddings")


def test_heads_that_read_all_tokens_are_not_judged_by_that():
    def leaking(self, x):
        return self.predict_return(x)[:, 2], self.predict_state(x)[:, 2], self.predict_action(x)[:, 2]

    def apart(self, x):
        return self.predict_return(x)[:, 2], self.predict_state(x)[:, 2], self.predict_action(x)[:, 1]

    assert judged(variant(predictions=apart)).passed
    assert "predict_return reads all tokens, which can do" in judged(variant(predictions=leaking)).sentence


def test_an_axis_that_is_dropped_before_the_heads_is_told_by_its_shape():
    def squeezed(self, x):
        s, a = (token.squeeze() for token in x.unbind(dim=1)[1:])
        return self.predict_return(a), self.predict_state(a), self.predict_action(s)

    found = judged(variant(predictions=squeezed))
    assert "reads the right numbers in the shape" in found.sentence and "squeeze" in found.sentence


@pytest.mark.parametrize(
    ("methods", "words"),
    [
        ({"split": lambda self, x, batch, steps: x.reshape(batch, steps, 3, -1)}, "the three tokens of one step"),
        ({"split": lambda self, x, batch, steps: x[:, -3:].reshape(batch, 3, 1, -1)}, "shape (3, 1, 8); (3, 4, 8)"),
        (
            {"predictions": lambda self, x: Parts.predictions(self, x[:, :, None])},
            "(3, 1, 4, 8), not (3, 4, 8): where does the further axis come from",
        ),
        (
            {"predictions": lambda self, x: Parts.predictions(self, self.embed_ln(x))},
            "What the encoder gave went through embed_ln",
        ),
        ({"predictions": lambda self, x: Parts.predictions(self, x[:, [0, 1, 1]])}, "has not seen the action yet"),
        ({"predictions": lambda self, x: Parts.predictions(self, x[:, [0, 0, 2]])}, "has not seen the state yet"),
        (
            {"encoded": lambda self, x, mask: Parts.encoded(self, Parts.encoded(self, x, mask), mask)},
            "The encoder read what it gave itself",
        ),
        (
            {"stacked": lambda self, *parts: torch.dropout(Parts.stacked(self, *parts), 0.1, self.training)},
            "in evaluation the model was right",
        ),
    ],
)
def test_what_is_said_of_a_stage_is_so(methods, words):
    assert words in judged(variant(**methods)).sentence


def test_numbers_that_are_dropped_after_the_encoder_are_not_called_a_second_call():
    class Dropping(Original):
        def __init__(self, config):
            super().__init__(config)
            for head in (self.predict_state, self.predict_action, self.predict_return):
                head.register_forward_pre_hook(
                    lambda module, args: torch.dropout(args[0], self.config.resid_pdrop, module.training)
                )

    found = judged(Dropping)
    assert found.mistake == "two-readings" and "or numbers are dropped after it" in found.sentence


@pytest.mark.parametrize(
    "methods",
    [
        {"mask": lambda self, mask: mask},
        {"mask": lambda self, mask: mask.bool()},
        {"timed": lambda self, tokens, time: [t.repeat_interleave(3, 1) + time for t in tokens]},
    ],
    ids=["the mask of the steps", "the same, of booleans", "tokens added to steps"],
)
def test_tokens_and_steps_that_meet_are_told_apart(methods):
    found = judged(variant(**methods))
    assert found.mistake == "exception" and "12 is 3 times 4" in found.sentence
    assert "3K" in found.hints[0] and not any("unsqueeze" in hint for hint in found.hints)


@pytest.mark.parametrize("normed", [True, False], ids=["normalised", "as it was stacked"])
def test_heads_that_read_what_went_into_the_encoder_are_told_so(normed):
    class Kept(Parts):
        def normed(self, x):
            self.kept = self.embed_ln(x) if normed else x
            return self.embed_ln(x)

        def predictions(self, x):
            batch, steps = len(self.kept), self.kept.shape[1] // 3
            return Parts.predictions(self, Parts.split(self, self.kept, batch, steps))

    assert "the sequence that went into the encoder" in judged(Kept).sentence


@pytest.mark.parametrize(
    "order",
    [
        ("state", "action", "return"),
        ("action", "return", "state"),
        ("action", "state", "return"),
        ("return", "action", "state"),
    ],
    ids="-".join,
)
def test_heads_that_change_places_are_told_so(order):
    """As in `predict(x, self.predict_state, self.predict_action, self.predict_return)`."""

    def predictions(self, x):
        returns, states, actions = (getattr(self, f"predict_{name}") for name in order)
        return returns(x[:, 2]), states(x[:, 2]), actions(x[:, 1])

    found = judged(variant(predictions=predictions))
    assert found.mistake == "heads" and "in a different order" in found.sentence


def test_other_settings_than_the_courses_are_tried():
    def cut(self, return_preds, state_preds, action_preds, return_dict):
        return Parts.output(self, return_preds, state_preds, action_preds.clamp(-1, 1), return_dict)

    found = judged(variant(output=cut))
    assert found.mistake == "outputs" and "action_tanh=False" in found.case


def test_a_stub_in_a_helper_is_named():
    def stack_inputs(*embeddings):
        raise NotImplementedError()

    found = judged(variant(stacked=lambda self, r, s, a: stack_inputs(r, s, a)))
    assert found.mistake == "unfilled" and "stack_inputs is not filled in yet" in found.sentence


def test_the_global_random_numbers_are_left_alone():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    judged(Parts)
    assert torch.equal(torch.rand(3), expected)


def test_hooks_are_gone_after_watching_even_if_the_model_fails():
    model = Original(inputs.config()).eval()
    with pytest.raises(ZeroDivisionError):
        watch(model, lambda: 1 / 0)
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
