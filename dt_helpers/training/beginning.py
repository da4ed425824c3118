"""How a fresh model begins: its sizes from the data, its return and time embeddings as the settings ask for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import home, spaces
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.trajectories import Trajectories
from dt_helpers.machine.hardware import device
from dt_helpers.model import TrainableDT, fast_cpu, make_config, trainable
from dt_helpers.training.settings import Settings

LEAST_DEVIATION = 0.5  # of scaled returns; those of a single expert differ less, and need not be told apart


def make_model(
    collator: DecisionTransformerGymDataCollator, settings: Settings, architecture: type | None = None, **about
) -> TrainableDT:
    """A fresh model for the collator's data, of the class `architecture` (`dt_helpers.model.trainable`) or the course's
    own. Its config states the `ReplayFacts`, and what is given as `about`, such as the dataset's name.

    With `settings.return_spread`, the return embedding begins as a point for the data's mean return; each standard
    deviation of the returns moves it by `return_spread` times the point's norm. A layer norm follows, which keeps only
    directions: a multiple of one vector, as the embedding is otherwise, says nothing about the return.

    With `settings.time_slope`, the time embeddings are on a straight line and stay there: from the first step to the
    last, each component changes by a normal draw of that deviation. A learned embedding is seen in one window of fifty,
    and adds its noise to all of a step's tokens.
    """
    sizes = ("context_length", "hidden_size", "n_layer", "n_head")
    own: dict[str, Any] = {name: getattr(settings, name) for name in sizes}
    own |= dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), settings.dropout)
    config = make_config(
        state_dim=collator.state_dim,
        act_dim=collator.act_dim,
        max_ep_len=collator.max_ep_len,
        action_tanh=isinstance(collator.action_space, spaces.Continuous),
        **own,
    )
    data = collator.trajectories
    facts = ReplayFacts(
        context_length=settings.context_length,
        state_mean=collator.state_mean,
        state_std=collator.state_std,
        return_scale=collator.scale,
        action_space=collator.action_space,
        observation_space=data.observation_space,
        env=data.env,
        observation_key=data.observation_key,
        observation_shape=data.observation_shape,
        target_return=high_return(data),
    )
    facts.put(config)
    for key, value in about.items():
        setattr(config, key, value)
    model = with_quickest_attention(trainable(architecture)(config))
    with torch.no_grad():
        if settings.return_spread is not None:
            assert isinstance(model.embed_return, nn.Linear)  # the model is a fresh one
            _spread_returns(model.embed_return, collator.trajectories.returns / collator.scale, settings.return_spread)
        if settings.time_slope is not None:
            _straighten_time(model.embed_timestep, settings.time_slope)
    return prepare(model, settings)


def tell_data(config, data: Trajectories) -> None:
    """Write to a model's config what it learned from, where it acts, and which return is a high one there."""
    config.env = data.env or home(ReplayFacts.of(config))
    config.dataset, config.target_return = data.name, high_return(data)


def high_return(data: Trajectories) -> float:
    """A return that a tenth of the episodes exceed."""
    return float(np.quantile(data.returns, 0.9))


def prepare(model: TrainableDT, settings: Settings) -> TrainableDT:
    """Give a model what only its training needs."""
    model.hidden_actions = settings.hidden_actions
    if device().type == "cpu" and fast_cpu.is_known(model):
        model.shortcut = fast_cpu.action_preds
    return model


def _spread_returns(embedding: nn.Linear, returns: np.ndarray, spread: float) -> None:
    """As `make_model` says; the returns are scaled."""
    nn.init.normal_(embedding.bias, std=float(embedding.weight.std()))
    embedding.weight.mul_(spread / max(float(returns.std()), LEAST_DEVIATION))
    embedding.bias.sub_(embedding.weight[:, 0] * float(returns.mean()))


def _straighten_time(embedding: nn.Embedding, slope: float) -> None:
    """As `make_model` says."""
    share = torch.linspace(-0.5, 0.5, embedding.num_embeddings)[:, None]  # (max_ep_len, 1)
    embedding.weight.copy_(share * torch.randn(1, embedding.embedding_dim) * slope)
    embedding.weight.requires_grad_(False)


def with_quickest_attention(model: TrainableDT) -> TrainableDT:
    """For sequences of 60 tokens a CPU is quicker without the fused attention kernel."""
    if not torch.cuda.is_available():
        model.set_attn_implementation("eager")
    return model
