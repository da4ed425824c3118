"""What a replay needs besides a model's weights. It is kept in the model's config, and so saved with the model.

The config of transformers, and so of a model published on the Hub, holds only the sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dt_helpers.data import spaces

NEEDED = ("context_length", "state_mean", "state_std", "return_scale")
_TOLD = ("env", "dataset", "target_return", "observation_key", "observation_shape")  # copied as they are, if known


@dataclass(frozen=True, eq=False)
class ReplayFacts:
    """How a model's inputs were made in training, and what its actions mean."""

    context_length: int  # K
    state_mean: np.ndarray  # (state_dim,), float64
    state_std: np.ndarray  # (state_dim,), float64
    return_scale: float  # returns-to-go are divided by it
    action_space: spaces.Actions
    observation_space: spaces.Choices | None = None  # where observations are choices
    env: str | None = None  # the environment of the data
    dataset: str | None = None  # the data's name
    target_return: float | None = None  # a tenth of the data's episodes exceed it
    observation_key: str | tuple[str, ...] | None = None  # of dict observations: the parts to read
    observation_shape: tuple[int, ...] | None = None  # of observations that are matrices, before they are flattened

    @classmethod
    def of(cls, config) -> ReplayFacts:
        """The facts in a model's config. Raises ValueError if it lacks one of NEEDED."""
        if missing := lacking(config):
            raise ValueError(f"model.config lacks {missing}: set them to the values that the model was trained with.")
        cells = spaces.from_json(getattr(config, "observation_space", None))
        return cls(
            context_length=config.context_length,
            state_mean=np.array(config.state_mean),
            state_std=np.array(config.state_std),
            return_scale=config.return_scale,
            action_space=spaces.of_model(config),
            observation_space=cells if isinstance(cells, spaces.Choices) else None,
            **{name: getattr(config, name, None) for name in _TOLD},
        )

    def put(self, config) -> None:
        """Write the facts to a model's config, as values for JSON; unknown ones stay as they are there."""
        config.context_length, config.return_scale = self.context_length, self.return_scale
        config.state_mean, config.state_std = self.state_mean.tolist(), self.state_std.tolist()
        told = {name: getattr(self, name) for name in _TOLD if getattr(self, name) is not None}
        for name, value in (spaces.about(self.action_space, self.observation_space) | told).items():
            setattr(config, name, value)


def lacking(config) -> list[str]:
    """The names in NEEDED that a config lacks."""
    return [name for name in NEEDED if not hasattr(config, name)]
