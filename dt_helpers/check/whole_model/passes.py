"""The calls that a model is tried with, one of each kind."""

from dataclasses import dataclass, replace

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
    dropout: bool = False  # with dropout on: all numbers are random, but those of one call belong together

    @property
    def real(self) -> torch.Tensor:
        """(batch, K, 1): which steps count. What is predicted for padding depends on transformers' version."""
        mask = self.batch.get("attention_mask")
        return torch.ones_like(self.batch["returns_to_go"]) > 0 if mask is None else mask[..., None] > 0

    @property
    def call(self) -> dict:
        asked = {} if self.return_dict is None else {"return_dict": self.return_dict}
        asked |= {"output_hidden_states": True} if self.whole else {}
        return {name: value.clone() for name, value in self.batch.items()} | asked


def passes(settings, rng) -> list[Pass]:
    """Each kind of call once. A call that leaves something out comes after calls of the same shape that had it."""
    padded = inputs.inputs(settings, rng, 3, 4)
    single = inputs.inputs(settings, rng, 1, 1)
    single["attention_mask"] = single["attention_mask"].long()
    other = inputs.inputs(settings, rng, 3, 4)
    other["attention_mask"] = other["attention_mask"].flip(0)
    del other["rewards"]  # the model has no use for them, and not every caller has any
    long = inputs.inputs(settings, rng, 1, 34, mask=False)
    return [
        Pass("batch 3, K 4, padded rows", padded),
        Pass("batch 3, K 4, padded rows, return_dict=False", padded, False),
        Pass("batch 3, K 4, other rows padded, no rewards", other),
        Pass("batch 3, K 4, padded rows, in training", padded, train=True),
        Pass("batch 3, K 3, zeros, the last timesteps, with hidden states", inputs.extremes(settings, rng), whole=True),
        Pass("batch 3, K 3, no mask, steps that look like padding", inputs.unmasked(settings, rng)),
        Pass("batch 1, K 1, return_dict=False", single, False),
        Pass(f"batch 1, K {long['timesteps'].shape[1]}, no mask, return_dict not given", long, None),
    ]


def other_passes(settings, rng) -> list[Pass]:
    """Those that are tried with other settings as well, and one in training with dropout."""
    every = passes(settings, rng)
    dropout = replace(every[4], label="batch 3, K 3, in training with dropout", train=True, dropout=True)
    return [replace(one, label=f"{one.label}, {inputs.OTHER_WORDS}") for one in (*every[:5:2], every[7], dropout)]
