"""The Decision Transformer: returns-to-go, states and actions as one sequence of tokens, read by a GPT-2.

Numerically the same as transformers' own model, and with its parameter names, so that published weights load.
K, the context length, is the course's own setting and lives in `config.context_length`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn
from transformers import DecisionTransformerConfig
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from transformers.utils import ModelOutput


def make_config(state_dim: int = 17, act_dim: int = 6, context_length: int = 20, **settings):
    """A `DecisionTransformerConfig` for the course: the tutorial's sizes (hidden 128, 3 layers, 1 head), K in
    ``context_length``, room for 1000 timesteps, and no text tokens. `settings` go to transformers' class."""
    defaults = {"max_ep_len": 1000, "hidden_size": 128, "n_layer": 3, "n_head": 1}
    no_text = {"bos_token_id": None, "eos_token_id": None, "use_cache": False}
    settings = {**defaults, **no_text, **settings}
    config = DecisionTransformerConfig(state_dim=state_dim, act_dim=act_dim, **settings)
    config.context_length = context_length
    return config


class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    """Predicts at every step the action from the returns-to-go, states and actions so far (Chen et al. 2021,
    https://arxiv.org/abs/2106.01345)."""

    config_class = DecisionTransformerConfig

    def __init__(self, config: DecisionTransformerConfig):
        super().__init__(config)
        hidden = self.hidden_size = config.hidden_size
        self.encoder = DecisionTransformerGPT2Model(config)  # position ids are all 0: time is embedded here
        self.embed_timestep = nn.Embedding(config.max_ep_len, hidden)
        # other tasks replace these with modules of their own
        self.embed_return: nn.Module = nn.Linear(1, hidden)
        self.embed_state: nn.Module = nn.Linear(config.state_dim, hidden)
        self.embed_action: nn.Module = nn.Linear(config.act_dim, hidden)
        self.embed_ln = nn.LayerNorm(hidden)
        self.predict_state: nn.Module = nn.Linear(hidden, config.state_dim)
        squash = [nn.Tanh()] if config.action_tanh else []
        self.predict_action: nn.Module = nn.Sequential(nn.Linear(hidden, config.act_dim), *squash)
        self.predict_return = nn.Linear(hidden, 1)
        self.post_init()

    def forward(
        self,
        states: torch.Tensor,  # (batch, K, state_dim), normalised
        actions: torch.Tensor,  # (batch, K, act_dim)
        rewards: torch.Tensor | None = None,  # ignored; part of the batch
        returns_to_go: torch.Tensor | None = None,  # (batch, K, 1), scaled
        timesteps: torch.Tensor | None = None,  # (batch, K) int64
        attention_mask: torch.Tensor | None = None,  # (batch, K), 0 at padding
        output_hidden_states: bool | None = None,
        output_attentions: bool | None = None,
        return_dict: bool | None = None,
        **kwargs,
    ) -> tuple[torch.Tensor, ...] | DecisionTransformerOutput:
        """Predictions for every step: ``state_preds`` (batch, K, state_dim), ``action_preds`` (batch, K, act_dim),
        ``return_preds`` (batch, K, 1), in this order if ``return_dict`` is false."""
        config = self.config
        return_dict = config.return_dict if return_dict is None else return_dict
        batch, K = states.shape[:2]
        if attention_mask is None:
            attention_mask = torch.ones((batch, K), dtype=torch.long, device=states.device)

        # four embeddings, (batch, K, hidden) each
        time = self.embed_timestep(timesteps)
        tokens = (
            self.embed_return(returns_to_go) + time,
            self.embed_state(states) + time,
            self.embed_action(actions) + time,
        )

        x = torch.stack(tokens, dim=2).reshape(batch, 3 * K, self.hidden_size)  # R_1, s_1, a_1, R_2, s_2, a_2, ...
        mask = attention_mask.repeat_interleave(3, dim=1)  # (batch, 3K)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(x),
            attention_mask=mask,
            position_ids=torch.zeros(mask.shape, dtype=torch.long, device=x.device),
            output_hidden_states=config.output_hidden_states if output_hidden_states is None else output_hidden_states,
            output_attentions=config.output_attentions if output_attentions is None else output_attentions,
            return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        _, after_state, after_action = x.unbind(dim=2)  # (batch, K, hidden) each

        return_preds = self.predict_return(after_action)
        state_preds = self.predict_state(after_action)
        action_preds = self.predict_action(after_state)  # may not have seen the action that it predicts
        if not return_dict:
            return state_preds, action_preds, return_preds
        return DecisionTransformerOutput(
            state_preds=state_preds,
            action_preds=action_preds,
            return_preds=return_preds,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
            last_hidden_state=encoded.last_hidden_state,
        )


def action_loss(action_preds: torch.Tensor, action_targets: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
    """Mean squared error of the actions, both (batch, K, act_dim), over the steps whose mask (batch, K) is not 0."""
    real = attention_mask > 0
    return (action_preds[real] - action_targets[real]).square().mean()


def choice_loss(
    action_preds: torch.Tensor, action_targets: torch.Tensor, attention_mask: torch.Tensor, sizes: Sequence[int]
) -> torch.Tensor:
    """Mean cross-entropy of choices: logits and one-hot rows, both (batch, K, act_dim), whose parts are `sizes` wide,
    over the steps whose mask (batch, K) is not 0."""
    real = attention_mask > 0
    parts = zip(*(x[real].float().split(list(sizes), dim=-1) for x in (action_preds, action_targets)), strict=True)
    return torch.stack([nn.functional.cross_entropy(logits, wanted) for logits, wanted in parts]).mean()


COLUMNS = ("states", "actions", "rewards", "returns_to_go", "timesteps", "attention_mask")  # as a forward pass has them


@dataclass
class LossOutput(ModelOutput):
    """What a model with a loss gives: each part by attribute or by name; those that are None are left out."""

    loss: torch.Tensor | None = None
    state_preds: torch.Tensor | None = None  # (batch, K, state_dim)
    action_preds: torch.Tensor | None = None  # (batch, K, act_dim)
    return_preds: torch.Tensor | None = None  # (batch, K, 1)


class WithLoss:
    """A mixin, the first base of a model's class: it gives the forward pass that the Trainer needs, one with a loss.

    `criterion` may be replaced with another of the signature of `action_loss` (a student's own, for one); where the
    config says that actions are choices, it is `choice_loss`.
    `shortcut`, if set, predicts the actions while the model trains, without the rest of the forward pass; it is called
    with the model and the batch.
    `hidden_actions` is the share of the windows, drawn for each batch, whose past actions the model does not see while
    it trains (they are 0, and have to be predicted all the same). An agent that has always seen its last action copies
    it instead of looking at the state (de Haan et al. 2019, https://arxiv.org/abs/1905.11979).
    """

    criterion = staticmethod(action_loss)
    shortcut: Callable[..., torch.Tensor] | None = None
    hidden_actions = 0.0

    def __init__(self, config: DecisionTransformerConfig):
        super().__init__(config)  # type: ignore[call-arg]  # of the model beside it
        choices = (getattr(config, "action_space", None) or {}).get("sizes")
        if choices:
            self.criterion = partial(choice_loss, sizes=choices)

    def forward(self, *columns, return_dict: bool | None = None, **batch) -> LossOutput | tuple[torch.Tensor, ...]:
        """The batch of the collator, by name or in the order of `COLUMNS` -> ``loss``, and the predictions
        ``state_preds``, ``action_preds``, ``return_preds`` (by a `shortcut`: ``action_preds`` only). If `return_dict`
        is false, the predictions alone, in this order, as the model beside it gives them."""
        batch |= {name: value for name, value in zip(COLUMNS, columns, strict=False) if value is not None}
        wanted = batch["actions"]  # (batch, K, act_dim)
        training = self.training  # type: ignore[attr-defined]
        if training and self.hidden_actions:
            shown = torch.rand(len(wanted), 1, 1, device=wanted.device) >= self.hidden_actions
            batch["actions"] = wanted * shown
        if training and self.shortcut is not None:
            output = DecisionTransformerOutput(action_preds=self.shortcut(self, **batch))
        else:
            output = self.original_forward(**batch, return_dict=True)
        actions, mask = output["action_preds"], batch.get("attention_mask")
        if mask is None:
            mask = torch.ones(actions.shape[:2], device=actions.device)
        predictions = {key: output[key] for key in ("state_preds", "action_preds", "return_preds") if key in output}
        if return_dict is False:
            return tuple(predictions.values())
        return LossOutput(loss=self.criterion(actions, wanted, mask), **predictions)

    def original_forward(self, **batch):
        """The forward pass without the loss, that of the model itself."""
        return super().forward(**batch)  # type: ignore[misc]


class TrainableDT(WithLoss, DecisionTransformerModel):  # type: ignore[misc]  # forward: named columns, as the collator's
    """The course's model with a loss."""


def trainable(architecture: type[DecisionTransformerPreTrainedModel] | None = None) -> type[TrainableDT]:
    """A class with a loss for a model of another class, such as a student's, which takes the same config and has the
    layers of `DecisionTransformerModel`; without one, `TrainableDT`.

    Its forward pass is never replaced by a shortcut: it runs for each batch in training and each step of a replay.
    Raises ValueError if it is not a class that transformers can save and load.
    """
    if architecture is None or architecture is DecisionTransformerModel:
        return TrainableDT
    if not (isinstance(architecture, type) and issubclass(architecture, DecisionTransformerPreTrainedModel)):
        raise ValueError(
            "A model's class has to have DecisionTransformerPreTrainedModel as its base, as in notebook 4, so that it "
            f"can be saved and loaded; it was given {architecture!r}."
        )
    made: Any = type(f"Trainable{architecture.__name__}", (WithLoss, architecture), {"__module__": __name__})
    return made
