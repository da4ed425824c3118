"""What is known of the published data without having it: how much there is, of which dtype, how long each episode is.

A stand-in for the data says these, so that an answer which asks for no more of it gets what it would get in a kernel.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

Facts = dict[str, Any]  # an attribute, or "len()" -> what it is, or the facts of what it is

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
NODES = 20  # of the roads that are drawn where no other number is asked for


def of_array(dtype, shape: tuple[int, ...] | None = None) -> Facts:
    """Of an array whose numbers are unknown; `shape` may be too."""
    kind: Facts = {"dtype": np.dtype(dtype), "itemsize": np.dtype(dtype).itemsize}
    if shape is None:
        return kind
    size = int(np.prod(shape))
    rest = {"shape": shape, "ndim": len(shape), "size": size, "nbytes": size * kind["itemsize"], "len()": shape[0]}
    return kind | rest


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
    }


def _of_roads(seed: int = 0, nodes: int = NODES, *args, **kwargs) -> Facts:
    return {"lengths": of_array(np.float64, (nodes, nodes)), "nodes": nodes}


def _of_walks(*args, **kwargs) -> Facts:
    return of_array(np.int64)


CALLS: dict[str, Callable[..., Facts]] = {
    "dt_helpers.data.load": _of_data,
    "dt_helpers.stitching.draw_roads": _of_roads,
    "dt_helpers.stitching.random_walks": _of_walks,
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
