"""What is known of the published data without having it: how much there is, of which dtype, how long each episode is.

A stand-in for the data says these, so that an answer which asks for no more of it gets what it would get in a kernel.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

# An attribute, a key, "len()", or "()" for what it returns -> what that is, or the facts of what it is
Facts = dict[str, Any]

PUBLISHED = {  # name -> episodes, steps of each, observed numbers, numbers of an action, environment
    "halfcheetah-expert": (200, 1000, 17, 6, "HalfCheetah-v5"),
}
DTYPES = {  # of what `data.load` returns
    "observations": np.float32,
    "actions": np.float32,
    "rewards": np.float32,
    "returns_to_go": np.float32,
    "dones": np.bool_,
    "offsets": np.int64,
    "lengths": np.int64,
    "returns": np.float64,
    "state_mean": np.float64,
    "state_std": np.float64,
}
COLUMNS = ("observations", "actions", "rewards")  # of an episode
BATCH = ("states", "actions", "rewards", "returns_to_go", "attention_mask")  # float32; the rest of a batch is int64
NODES, STEPS, WALKS = 20, 10, 1000  # of roads and walks that are drawn where no other number is asked for


def of_array(dtype, shape: tuple[int, ...] | None = None) -> Facts:
    """Of an array whose numbers are unknown; `shape` may be too."""
    kind: Facts = {"dtype": np.dtype(dtype), "itemsize": np.dtype(dtype).itemsize}
    if shape is None:
        return kind
    size = int(np.prod(shape))
    return kind | _of_shape(shape) | {"size": size, "nbytes": size * kind["itemsize"]}


def of_tensor(dtype, shape: tuple[int, ...] | None = None) -> Facts:
    """Of a tensor whose numbers are unknown; `shape` may be too. `dtype` is torch's."""
    kind: Facts = {"dtype": dtype, "itemsize": dtype.itemsize}
    return kind if shape is None else kind | _of_shape(sys.modules["torch"].Size(shape))


def _of_shape(shape: tuple[int, ...]) -> Facts:
    return {"shape": shape, "ndim": len(shape)} | ({"len()": shape[0]} if shape else {})


def _of_data(name: str = "", episodes: int | None = None, *args, **kwargs) -> Facts:
    if name not in PUBLISHED or episodes is not None or args or kwargs:
        return {column: of_array(dtype) for column, dtype in DTYPES.items()}
    count, steps, state_dim, act_dim, env = PUBLISHED[name]
    n = count * steps
    shapes: dict[str, tuple[int, ...]] = {
        **dict.fromkeys(("rewards", "returns_to_go"), (n,)),
        **dict.fromkeys(("state_mean", "state_std"), (state_dim,)),
        "observations": (n, state_dim),
        "actions": (n, act_dim),
        "returns": (count,),
    }
    return {
        **{column: of_array(DTYPES[column], shape) for column, shape in shapes.items()},
        "lengths": np.full(count, steps),
        "offsets": np.arange(0, n + 1, steps),
        "dones": np.zeros(n, bool),
        "len()": count,
        "n_steps": n,
        "state_dim": state_dim,
        "act_dim": act_dim,
        "name": name,
        "env": env,
        "episode": {"()": {column: of_array(DTYPES[column], (steps, *shapes[column][1:])) for column in COLUMNS}},
    }


def _of_roads(seed=0, nodes=NODES, edge_probability=0.1, weights=(1,), steps=STEPS, goal=0) -> Facts:
    return {"lengths": of_array(np.float64, (nodes, nodes)), "nodes": nodes, "steps": steps, "goal": goal}


def _of_walks(roads: Any, count: int = WALKS, seed: int = 0) -> Facts:
    return of_array(np.int64, (count, roads.steps + 1) if isinstance(roads.steps, int) else None)


def _of_collator(*args, **kwargs) -> Facts:
    torch = sys.modules["torch"]
    batch = dict.fromkeys(BATCH, of_tensor(torch.float32)) | {"timesteps": of_tensor(torch.int64)}
    return {"()": batch, "draw": {"()": of_array(np.int64)}, "gather": {"()": batch}}


CALLS: dict[str, Callable[..., Facts]] = {
    "dt_helpers.data.load": _of_data,
    "dt_helpers.stitching.draw_roads": _of_roads,
    "dt_helpers.stitching.random_walks": _of_walks,
    "dt_helpers.collator.DecisionTransformerGymDataCollator": _of_collator,
}
MODELS = ("dt_helpers.training.", "next(dt_helpers.training.")  # the course's models and their weights


def of_call(name: str, args: tuple, kwargs: dict) -> Facts:
    """What is known of what a helper returns; nothing for a helper that is not known, or called in another way."""
    try:
        return CALLS[name](*args, **kwargs) if name in CALLS else {}
    except (TypeError, ValueError):
        return {}


def of_torch(name: str, attribute: str) -> Any:
    """What is the same for everything in torch that the course gives: the CPU; a model's float32. Else None."""
    torch = sys.modules.get("torch")
    if torch is None or attribute not in ("device", "dtype"):
        return None
    if attribute == "device":
        return torch.device("cpu")  # answers put tensors there
    return torch.float32 if name.startswith(MODELS) else None
