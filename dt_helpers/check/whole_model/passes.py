"""The calls that a model is tried with, one of each kind."""

from dataclasses import dataclass

import torch

from dt_helpers.check.whole_model import inputs


@dataclass(frozen=True)
class Pass:
    """One forward pass: its inputs, how its output is asked for, and what it has to give if that is frozen."""

    label: str
    batch: dict
    return_dict: bool | None = True
    expected: tuple | None = None
    train: bool = False  # in training, with dropout off
    whole: bool = False  # ask for the hidden states, too

    @property
    def real(self) -> torch.Tensor:
        """(batch, K, 1): which steps count. What is predicted for padding is up to transformers' version."""
        mask = self.batch.get("attention_mask")
        return torch.ones_like(self.batch["returns_to_go"]) > 0 if mask is None else mask[..., None] > 0

    @property
    def call(self) -> dict:
        asked = {} if self.return_dict is None else {"return_dict": self.return_dict}
        asked |= {"output_hidden_states": True} if self.whole else {}
        return {name: value.clone() for name, value in self.batch.items()} | asked


def passes(settings, rng) -> list[Pass]:
    padded = inputs.inputs(settings, rng, 3, 4)
    single = inputs.inputs(settings, rng, 1, 1)
    single["attention_mask"] = single["attention_mask"].long()
    other = inputs.inputs(settings, rng, 3, 4)
    other["attention_mask"] = other["attention_mask"].flip(0)
    del other["rewards"]  # the model has no use for them, and not everybody has any
    return [
        Pass("batch 3, K 4, padded rows", padded),
        Pass("batch 3, K 4, padded rows, return_dict=False", padded, False),
        Pass("batch 3, K 4, other rows padded, no rewards", other),
        Pass("batch 3, K 4, padded rows, in training", padded, train=True),
        Pass("batch 3, K 4, zeros, the last timesteps, with hidden states", inputs.extremes(settings, rng), whole=True),
        Pass("batch 2, K 3, no mask", inputs.inputs(settings, rng, 2, 3, mask=False)),
        Pass("batch 1, K 1, return_dict=False", single, False),
        Pass("batch 1, K 5, no mask, return_dict not given", inputs.inputs(settings, rng, 1, 5, mask=False), None),
    ]
