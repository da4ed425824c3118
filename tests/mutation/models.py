"""Whole models for the forward check: right ones in several styles, and wrong ones with the stage that departs."""

import torch
from torch import nn
from transformers import DecisionTransformerModel as Original
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerOutput,
)

from dt_helpers.model import DecisionTransformerModel as Ours

from .register import right, wrong

add, bad = right("forward"), wrong("forward")
add(Original)
add(Ours)


class Parts(Ours):
    """The steps of forward one by one, so that a wrong model changes one of them."""

    def embed(self, states, actions, rewards, returns_to_go, timesteps):
        return self.embed_return(returns_to_go), self.embed_state(states), self.embed_action(actions)

    def time(self, timesteps):
        return self.embed_timestep(timesteps)

    def timed(self, tokens, time):
        return [token + time for token in tokens]

    def stacked(self, r, s, a):
        return torch.stack((r, s, a), dim=2).flatten(1, 2)

    def normed(self, x):
        return self.embed_ln(x)

    def mask(self, mask):
        return mask.repeat_interleave(3, dim=1)

    def positions(self, mask):
        return torch.zeros(mask.shape, dtype=torch.long)

    def encoded(self, x, mask):
        return self.encoder(inputs_embeds=x, attention_mask=mask, position_ids=self.positions(mask), return_dict=True)[
            0
        ]

    def split(self, x, batch, steps):
        return x.reshape(batch, steps, 3, self.hidden_size).permute(0, 2, 1, 3)

    def predictions(self, x):
        return self.predict_return(x[:, 2]), self.predict_state(x[:, 2]), self.predict_action(x[:, 1])

    def output(self, return_preds, state_preds, action_preds, return_dict):
        if not return_dict:
            return state_preds, action_preds, return_preds
        return DecisionTransformerOutput(state_preds=state_preds, action_preds=action_preds, return_preds=return_preds)

    def forward(
        self, states, actions, rewards=None, returns_to_go=None, timesteps=None, attention_mask=None, return_dict=None
    ):
        batch, steps = states.shape[:2]
        if attention_mask is None:
            attention_mask = torch.ones((batch, steps), dtype=torch.long)
        return_dict = self.config.return_dict if return_dict is None else return_dict
        tokens = self.embed(states, actions, rewards, returns_to_go, timesteps)
        x = self.normed(self.stacked(*self.timed(tokens, self.time(timesteps))))
        x = self.split(self.encoded(x, self.mask(attention_mask)), batch, steps)
        return self.output(*self.predictions(x), return_dict)


add(Parts)


def variant(**methods):
    """`Parts` with some of its steps done another way."""
    methods = {"__init__": Parts.__init__, "forward": Parts.forward} | methods
    return type(
        "DecisionTransformerModel", (Parts,), methods | {"__init__": lambda self, config: Parts.__init__(self, config)}
    )


def _normed_before_stacking(self, tokens, time):
    return [self.embed_ln(token + time) for token in tokens]


def _mask_as_float(self, mask):
    return mask.float().repeat_interleave(3, dim=1)


def _as_mapping(self, return_preds, state_preds, action_preds, return_dict):
    if return_dict:
        return {"state_preds": state_preds, "action_preds": action_preds, "return_preds": return_preds}
    return [state_preds, action_preds, return_preds]


add(variant(timed=_normed_before_stacking, normed=lambda self, x: x))
add(variant(mask=_mask_as_float))
add(variant(mask=lambda self, mask: mask.bool().repeat_interleave(3, dim=1)))
add(variant(positions=lambda self, mask: torch.zeros(1, mask.shape[1], dtype=torch.long)))
add(variant(output=_as_mapping))
add(
    variant(stacked=lambda self, r, s, a: torch.cat([x[:, k : k + 1] for k in range(r.shape[1]) for x in (r, s, a)], 1))
)
add(variant(split=lambda self, x, batch, steps: torch.stack([x[:, i::3] for i in range(3)], dim=1)))
add(variant(split=lambda self, x, batch, steps: x.view(batch, steps, 3, -1).transpose(1, 2)))
add(variant(predictions=lambda self, x: [head(x)[:, i] for head, i in (
    (self.predict_return, 2), (self.predict_state, 2), (self.predict_action, 1))]))  # fmt: skip

bad("embeddings")(
    variant(timed=lambda self, tokens, time: tokens),
    variant(timed=lambda self, tokens, time: (tokens[0], tokens[1] + time, tokens[2] + time)),
    variant(timed=lambda self, tokens, time: (tokens[0] + time, tokens[1] + time, tokens[2])),
    variant(timed=lambda self, tokens, time: [token + 2 * time for token in tokens]),
    variant(timed=lambda self, tokens, time: [token * time for token in tokens]),
    variant(embed=lambda self, s, a, r, R, t: (self.embed_return(r), self.embed_state(s), self.embed_action(a))),
    variant(embed=lambda self, s, a, r, R, t: (self.embed_return(-R), self.embed_state(s), self.embed_action(a))),
    variant(embed=lambda self, s, a, r, R, t: (
        self.embed_return(R), self.embed_state(s), self.embed_action(a.roll(1, 1)))),
    variant(embed=lambda self, s, a, r, R, t: [x.relu() for x in (
        self.embed_return(R), self.embed_state(s), self.embed_action(a))]),
    variant(time=lambda self, timesteps: self.embed_timestep(torch.arange(timesteps.shape[1]).expand_as(timesteps))),
    variant(time=lambda self, timesteps: self.embed_timestep(torch.zeros_like(timesteps))),
)  # fmt: skip
bad("order")(
    variant(stacked=lambda self, r, s, a: torch.stack((s, r, a), dim=2).flatten(1, 2)),
    variant(stacked=lambda self, r, s, a: torch.stack((s, a, r), dim=2).flatten(1, 2)),
    variant(stacked=lambda self, r, s, a: torch.stack((a, s, r), dim=2).flatten(1, 2)),
    variant(stacked=lambda self, r, s, a: torch.cat((r, s, a), dim=1)),
    variant(stacked=lambda self, r, s, a: torch.stack((r, s, a), dim=1).reshape(len(r), -1, self.hidden_size)),
    variant(stacked=lambda self, r, s, a: torch.stack((r, s, a), dim=2).flip(1).flatten(1, 2)),
    variant(stacked=lambda self, r, s, a: torch.stack((r, s, a), dim=0).reshape(len(r), -1, self.hidden_size)),
    variant(stacked=lambda self, r, s, a: torch.stack((r, s, s), dim=2).flatten(1, 2)),
)
bad("norm")(
    variant(normed=lambda self, x: x),
    variant(normed=lambda self, x: self.embed_ln(self.embed_ln(x))),
    variant(normed=lambda self, x: nn.functional.layer_norm(x, x.shape[-1:])),
    variant(normed=lambda self, x: x + self.embed_ln(x)),
)
bad("mask")(
    variant(mask=lambda self, mask: torch.ones(mask.shape[0], 3 * mask.shape[1])),
    variant(mask=lambda self, mask: mask.repeat(1, 3)),
    variant(mask=lambda self, mask: torch.stack((mask, mask, mask), dim=1).reshape(len(mask), -1)),
    variant(mask=lambda self, mask: 1 - mask.repeat_interleave(3, dim=1)),
    variant(mask=lambda self, mask: mask.repeat_interleave(3, dim=1).flip(1)),
    variant(encoded=lambda self, x, mask: self.encoder(inputs_embeds=x, position_ids=self.positions(mask))[0]),
    variant(encoded=lambda self, x, mask: self.encoder(
        inputs_embeds=x, attention_mask=torch.ones_like(mask), position_ids=self.positions(mask))[0]),
)  # fmt: skip
bad("positions")(
    variant(positions=lambda self, mask: torch.arange(mask.shape[1])[None]),
    variant(positions=lambda self, mask: torch.arange(mask.shape[1])[None] // 3),
    variant(positions=lambda self, mask: torch.ones(mask.shape, dtype=torch.long)),
    variant(encoded=lambda self, x, mask: self.encoder(inputs_embeds=x, attention_mask=mask)[0]),
)
bad("encoder")(
    variant(encoded=lambda self, x, mask: x),
    variant(encoded=lambda self, x, mask: self.encoder.ln_f(x)),
    variant(encoded=lambda self, x, mask: x.cumsum(1)),
)
bad("mode")(
    variant(encoded=lambda self, x, mask: self.encoder.train()(
        inputs_embeds=x, attention_mask=mask, position_ids=self.positions(mask))[0]),
)  # fmt: skip


def _read_at(for_return, for_state, for_action):
    """Each head reads the tokens of one kind: 0 the returns', 1 the states', 2 the actions'."""
    return lambda self, x: (
        self.predict_return(x[:, for_return]),
        self.predict_state(x[:, for_state]),
        self.predict_action(x[:, for_action]),
    )


bad("heads")(
    variant(split=lambda self, x, batch, steps: x.reshape(batch, 3, steps, self.hidden_size)),
    variant(split=lambda self, x, batch, steps: x.reshape(batch, 3, steps, -1).flip(1)),
    variant(predictions=_read_at(1, 1, 2)),
    variant(predictions=_read_at(2, 2, 2)),
    variant(predictions=_read_at(0, 1, 2)),
    variant(predictions=_read_at(2, 1, 1)),
    variant(predictions=_read_at(2, 2, 0)),
    variant(
        predictions=lambda self, x: (
            self.predict_return(x[:, 2].flip(1)),
            self.predict_state(x[:, 2]),
            self.predict_action(x[:, 1]),
        )
    ),
)


def _tuple(order):
    def output(self, return_preds, state_preds, action_preds, return_dict):
        named = {"R": return_preds, "s": state_preds, "a": action_preds}
        if not return_dict:
            return tuple(named[name] for name in order)
        return DecisionTransformerOutput(state_preds=state_preds, action_preds=action_preds, return_preds=return_preds)

    return output


def _fields_swapped(self, return_preds, state_preds, action_preds, return_dict):
    if not return_dict:
        return state_preds, action_preds, return_preds
    return DecisionTransformerOutput(state_preds=action_preds, action_preds=state_preds, return_preds=return_preds)


def _always_a_tuple(self, return_preds, state_preds, action_preds, return_dict):
    return state_preds, action_preds, return_preds


def _never_a_tuple(self, return_preds, state_preds, action_preds, return_dict):
    return DecisionTransformerOutput(state_preds=state_preds, action_preds=action_preds, return_preds=return_preds)


def _tanh_again(self, return_preds, state_preds, action_preds, return_dict):
    return Parts.output(self, return_preds, state_preds, action_preds.tanh(), return_dict)


bad("outputs")(
    variant(output=_tuple("Rsa")),
    variant(output=_tuple("asR")),
    variant(output=_tuple("sRa")),
    variant(output=_fields_swapped),
    variant(output=_always_a_tuple),
    variant(output=_never_a_tuple),
    variant(output=_tanh_again),
)
bad("wrong-count")(variant(output=lambda self, r, s, a, d: Parts.output(self, r, s, a, True) if d else (s, a)))


def _without_grad(self, x, mask):
    with torch.no_grad():
        return Parts.encoded(self, x, mask)


def _narrower(self, config):
    Parts.__init__(self, config)
    self.predict_return = nn.Linear(config.hidden_size, 2)


def _renamed(self, config):
    Parts.__init__(self, config)
    self.predict_returns = self.predict_return
    del self.predict_return


def _untouched(self, *args, **kwargs):
    raise NotImplementedError()


def _helper_unfilled(self, r, s, a):
    raise NotImplementedError()


def _writes_to_actions(self, states, actions, rewards=None, returns_to_go=None, timesteps=None, **rest):
    output = Parts.forward(self, states, actions, rewards, returns_to_go, timesteps, **rest)
    actions.zero_()
    return output


def _made(init):
    return type("DecisionTransformerModel", (Parts,), {"__init__": init, "forward": Parts.forward})


bad("lost-gradient")(
    variant(encoded=_without_grad),
    variant(timed=lambda self, tokens, time: [token + time.detach() for token in tokens]),
    variant(
        embed=lambda self, s, a, r, R, t: (self.embed_return(R).detach(), self.embed_state(s), self.embed_action(a))
    ),
)
bad("state-dict")(_made(_renamed), _made(_narrower))
bad("unfilled")(
    variant(forward=_untouched), variant(stacked=_helper_unfilled), variant(forward=lambda self, **batch: None)
)
bad("exception")(
    variant(stacked=lambda self, r, s, a: torch.stack((r, s, a), dim=2)),
    variant(time=lambda self, timesteps: self.embed_timesteps(timesteps)),
    variant(split=lambda self, x, batch, steps: x.reshape(batch, 3, self.hidden_size)),
)
bad("input-changed")(variant(forward=_writes_to_actions))
