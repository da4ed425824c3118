"""The inputs that a check draws: fresh each time, in shapes at their edges, the most telling case first.

Everything is drawn from one numpy `Generator`, so that a seed brings a failure back. numpy exercises get arrays,
the model's exercises get tensors; torch is imported only for the latter.
"""

import numpy as np

from dt_helpers.check.engine.exercise import Case


def numbers(rng, *shape, dtype="float32"):
    """Numbers of either sign whose size is between 0.2 and 2, so that none can be mistaken for zero or for another."""
    return (rng.uniform(0.2, 2.0, shape) * rng.choice([-1.0, 1.0], shape)).astype(dtype)


def tensor(rng, *shape, dtype="float32"):
    import torch

    return torch.from_numpy(numbers(rng, *shape, dtype=dtype))


def padding_mask(rng, batch, steps, dtype="float32", empty_row=False):
    """(batch, steps): ones on the right, zeros on the left: the first row half padded, the last one not at all."""
    import torch

    real = rng.integers(1, steps + 1, batch)
    real[0] = (steps + 1) // 2
    if batch > 1:
        real[-1] = steps
    if empty_row:
        real[batch // 2] = 0
    mask = np.arange(steps) >= steps - real[:, None]
    return torch.from_numpy(mask.astype(dtype))


_SHAPES = (  # batch, K, hidden, dtype, strided
    (2, 3, 4, "float32", False),
    (1, 4, 7, "float64", False),
    (3, 2, 8, "float32", True),
    (3, 3, 5, "float32", False),
    (4, 1, 2, "float64", True),
    (1, 1, 5, "float32", False),
    (2, 2, 1, "float32", False),
)


def embeddings(rng, count):
    for batch, steps, hidden, dtype, strided in _SHAPES:
        args = tuple(tensor(rng, batch, steps, hidden, dtype=dtype) for _ in range(count))
        label = f"batch {batch}, K {steps}, hidden {hidden}, {dtype}"
        yield Case(label, args, strided=strided, grad=tuple(range(count)), core=steps > 1 and hidden > 1)
