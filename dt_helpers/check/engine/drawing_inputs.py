"""The inputs that a check draws: new ones each time, also of the smallest shapes, the most telling case first.

Everything is drawn from one numpy `Generator`, so that a seed reproduces a failure. numpy exercises get arrays,
the model's exercises get tensors; torch is imported only for the latter.
"""

import numpy as np

from dt_helpers.check.engine.exercise import Case


def numbers(rng, *shape, dtype="float32"):
    """Numbers of either sign, between 0.2 and 2 in absolute value, so that none is mistaken for zero or for another."""
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


_SHAPES = (  # batch, K, hidden, dtype, strided, edge
    (2, 3, 4, "float32", False, ""),
    (1, 4, 7, "float64", False, ""),
    (3, 2, 8, "float32", True, ""),
    (3, 3, 5, "float32", False, ""),
    (4, 1, 2, "float64", True, "single-step"),
    (1, 1, 5, "float32", False, "single-step"),
    (2, 2, 1, "float32", False, "single-number"),
    (2, 34, 3, "float32", False, "long-window"),
    (66, 3, 4, "float32", False, "larger"),
    (2, 23, 130, "float32", False, "larger"),
)

# of inputs with more of something than the course's: 20 steps, 64 windows a batch, 17 numbers a state, 20 nodes, ...
LARGER = (
    "The result is wrong for inputs larger than those of this notebook.",
    "Is a number of this notebook written into your code, or one of its variables? Sizes come from the arguments.",
)
EDGES = {  # of the exercises whose inputs are embeddings
    "single-step": (
        "The result is wrong for a window of a single step (K = 1); it is right for ordinary longer ones.",
        "Does a `squeeze` drop an axis that has length 1, or does the loop skip a step?",
    ),
    "single-number": (
        "The result is wrong for embeddings of a single number (hidden = 1); it is right for ordinary wider ones.",
        "Does a `squeeze` drop an axis that has length 1?",
    ),
    "long-window": (
        "The result is wrong for a long window; it is right for ordinary short ones.",
        "Is a number of steps hard-coded? K comes from the shape of the inputs.",
    ),
    "zeros": (
        "The result is wrong where a step's numbers are all 0: it is a step like any other.",
        "Does a condition look at the numbers?",
    ),
    "larger": LARGER,
}


BOUNDARIES = (  # of embeddings (batch, K, hidden)
    lambda *tensors: tensors[0].shape[0] == 1,
    lambda *tensors: tensors[0].shape[1] == 1,
    lambda *tensors: tensors[0].shape[2] == 1,
    lambda *tensors: tensors[0].shape[1] > 20,
    lambda *tensors: tensors[0].shape[0] == tensors[0].shape[1] == 3,  # whose axes can't be told apart by size
)


def same_shapes(*tensors) -> bool:
    """Whether all are tensors with three axes and of the same shape."""
    return tensors[0].ndim == 3 and len({tensor.shape for tensor in tensors}) == 1


def embeddings(rng, count):
    """Cases with `count` tensors (batch, K, hidden)."""
    every = tuple(range(count))
    for batch, steps, hidden, dtype, strided, edge in _SHAPES:
        args = tuple(tensor(rng, batch, steps, hidden, dtype=dtype) for _ in every)
        label = f"batch {batch}, K {steps}, hidden {hidden}, {dtype}"
        yield Case(label, args, strided=strided, grad=every, core=not edge, edge=edge)
    args = tuple(tensor(rng, 2, 3, 4) for _ in every)
    for position, arg in enumerate(args):
        arg[0, position % 3] = 0.0
    yield Case("batch 2, K 3, hidden 4, some steps 0", args, grad=every, core=False, edge="zeros")
