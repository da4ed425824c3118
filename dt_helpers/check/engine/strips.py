"""The strip of tokens, rows or numbers that was expected, over the one that came: what is where, in names.

Each function takes the case, the right arrays and the given ones, and answers with a `Strip`, or None where a picture
would say nothing.
"""

from itertools import pairwise

import numpy as np

from dt_helpers.check.engine.answers import is_tensor
from dt_helpers.check.engine.comparing import close
from dt_helpers.check.engine.exercise import Case, Strip

_LIMIT = 12  # boxes in a row


def returns_to_go(case: Case, expected, given) -> Strip | None:
    rewards = _figures(case.args[0])
    return _strip(("rewards", rewards), _figures(expected[0]), _figures(given[0]))


def pad_left(case: Case, expected, given) -> Strip | None:
    sequence, value = case.args[0], case.args[2]
    known = {f"x{i}": row for i, row in enumerate(sequence)} | {"pad": np.full(sequence.shape[1], value)}

    def row(arrays):
        padded, mask = arrays
        names = [_name(known, part) for part in padded] if padded.ndim == 2 else _figures(padded)
        bits = _figures(mask) if mask.ndim == 1 else ()
        return tuple(f"{name}·{bits[i]}" if i < len(bits) else name for i, name in enumerate(names))

    return _strip(None, row(expected), row(given))


def time_embeddings(case: Case, expected, given) -> Strip | None:
    tokens = [_array(arg) for arg in case.args]
    time = tokens[3]
    known = {
        f"{name}{times}": token + count * time
        for name, token in zip("Rsa", tokens[:3], strict=True)
        for times, count in (("+t", 1), ("", 0), ("+2t", 2), ("-t", -1))
    }
    known |= {f"{name}·t": token * time for name, token in zip("Rsa", tokens[:3], strict=True)} | {"t": time}
    return _strip(None, [_name(known, x) for x in expected], [_name(known, x) for x in given])


def stacked_inputs(case: Case, expected, given) -> Strip | None:
    known = {
        f"{name}{step + 1}": _array(arg)[0, step]
        for name, arg in zip("Rsa", case.args, strict=True)
        for step in range(arg.shape[1])
    }
    if given[0].ndim != 3 or not len(given[0]):
        return None
    return _strip(None, [_name(known, x) for x in expected[0][0]], [_name(known, x) for x in given[0][0]])


def stacked_attention_mask(case: Case, expected, given) -> Strip | None:
    if given[0].ndim != 2 or not len(given[0]):
        return None
    return _strip(("mask", _figures(_array(case.args[0])[0])), _figures(expected[0][0]), _figures(given[0][0]))


def action_loss(case: Case, expected, given) -> Strip | None:
    return _strip(None, _figures(expected[0].reshape(-1)), _figures(given[0].reshape(-1)))


def context_window(case: Case, expected, given) -> Strip | None:
    sequence = _array(case.args[0])
    known = {f"x{i}": row for i, row in enumerate(sequence)} | {"0": np.zeros(sequence.shape[1])}
    if given[0].ndim != 2:
        return None
    every = ("sequence", [f"x{i}" for i in range(len(sequence))])
    return _strip(every, [_name(known, row) for row in expected[0]], [_name(known, row) for row in given[0]])


def next_target_return(case: Case, expected, given) -> Strip | None:
    return _strip(None, _figures(expected[0].reshape(-1)), _figures(given[0].reshape(-1)))


def walk_rewards(case: Case, expected, given) -> Strip | None:
    walk, goal = case.args[0], case.args[1]
    nodes = ["goal" if node == goal else str(node) for node in walk]
    steps = [f"{here}→{there}" for here, there in pairwise(nodes)]
    return _strip(("steps", steps), _figures(expected[0]), _figures(given[0]))


def choose_target(case: Case, expected, given) -> Strip | None:
    pairs = zip(_figures(case.args[0]), _figures(case.args[1]), strict=True)
    return _strip(("asked: came", [": ".join(pair) for pair in pairs]), _figures(expected[0]), _figures(given[0]))


def next_node(case: Case, expected, given) -> Strip | None:
    logits, neighbours = _array(case.args[0]), set(case.args[1].tolist())
    labels = [f"{node}: {x:.2g}" if node in neighbours else "no edge" for node, x in enumerate(logits)]
    return _strip(("logits", labels), _figures(expected[0]), _figures(given[0]))


def _strip(context, expected, given) -> Strip:
    return Strip(_short(expected), _short(given), (context[0], _short(context[1])) if context else None)


def _short(labels) -> tuple[str, ...]:
    labels = tuple(labels)
    return labels if len(labels) <= _LIMIT else (*labels[: _LIMIT - 1], "…")


def _array(value) -> np.ndarray:
    return value.detach().numpy() if is_tensor(value) else np.asarray(value)


def _name(known: dict[str, np.ndarray], part: np.ndarray) -> str:
    """The name of the known array that `part` equals, or "?"."""
    for name, array in known.items():
        if array.shape == part.shape and close(part, array, 1e-4).all():
            return name
    return "?"


def _figures(array: np.ndarray) -> tuple[str, ...]:
    return tuple(f"{float(x):.3g}" for x in np.asarray(array).reshape(-1))
