"""The exercise `next_node`."""

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .mistakes import mistakes, right

_ALIKE = (  # edge, neighbours' logits that may look the same, the largest of the others', what these are around
    ("far-below", [-30, -41, -28], 3, 0.0),
    ("far-below", [-200, -230, -210], 3, 0.0),
    ("far-below", [-1e6, -1e6 + 12, -1e6 - 9], -1e6 + 30, -1e6),
    ("far-above", [200, 230, 210], 260, 0.0),
    ("close", [0.01, 0.03, 0.02], 2, 0.0),
)


def _cases(rng):
    import torch

    def case(nodes, count, shift=0.0, outsider=True, sunk=False, dtype="float32", **options):
        """`outsider`: the largest logit is of a node without an edge; `sunk`: one below 0 is largest in size."""
        logits = drawing_inputs.numbers(rng, nodes, dtype=dtype) + shift
        order = rng.permutation(nodes)
        neighbours = np.sort(order[:count])
        logits[max(neighbours, key=lambda node: logits[node])] += 0.1  # the "close" ones are below
        logits[order[-1 if outsider else 0]] = np.abs(logits).max() + 0.5
        if sunk:
            logits[order[-2]] = -np.abs(logits).max() - 0.5
        elif nodes > count + 1:
            logits[order[-2]] = logits.min() - 0.1  # where a neighbour has the smallest one is "lowest", below
        label = f"{nodes} nodes, {count} neighbour{'s' * (count > 1)}, {dtype}"
        return Case(label, (torch.from_numpy(logits), torch.from_numpy(neighbours)), **options)

    def special(edge, values, outside, nodes=None, others=0.0, at=None, likeliest=None):
        """Neighbours with these logits, those of other nodes around `others`, and `outside` for one of these, `at`.

        `likeliest`: the place of the largest among the neighbours, so that an answer that takes the first, or the last,
        where all look the same is not right by chance.
        """
        logits = rng.uniform(-0.4, 0.4, 20).astype("float32") + np.float32(others)
        order = rng.permutation([node for node in range(1, 19) if node not in (nodes or ())])
        chosen = np.sort(order[: len(values)]) if nodes is None else np.array(nodes)
        if nodes is None:
            values = rng.permutation(values)
        if likeliest is not None:
            values = np.roll(values, likeliest - int(np.argmax(values)))
        logits[chosen] = values
        logits[order[-1] if at is None else at] = outside
        args = (torch.from_numpy(logits), torch.from_numpy(chosen))
        count = f"{len(values)} neighbour{'s' * (len(values) > 1)}"
        return Case(f"20 nodes, {count}, {edge.replace('-', ' ')}", args, core=False, edge=edge)

    drawn = [int(n) for n in rng.integers(3, 7, 6)]
    return [
        case(6, 3),
        case(8, 3, shift=-3.5),  # all logits of neighbours are below -1, so below whatever else may mean "no edge"
        case(20, 4, sunk=True, dtype="float64"),
        case(12, 5, sunk=True, strided=True),
        case(7, 4, shift=-4.0, dtype="float64", strided=True),
        case(9, 4, outsider=False),
        *(case(20, count) for count in drawn),
        case(10, 2, shift=3.0),
        case(5, 1, core=False, edge="single-neighbour"),
        case(5, 5, outsider=False, core=False, edge="all-neighbours-kept"),
        *(
            special(edge, values, outside, others=others, likeliest=place)
            for edge, values, outside, others in _ALIKE
            for place in (1, 2)
        ),
        special("close", [9.001, 9.002, 9.003], 10, nodes=(4, 9, 12)),
        special("close", [9.003, 9.002, 9.001], 10, nodes=(4, 9, 12)),
        special("first-node", [1.0, 0.2, -0.5], 2, nodes=(0, 3, 7)),
        special("first-node", [-0.2, -0.9, -0.5], 2, nodes=(0, 3, 7)),
        special("last-node", [-0.4, 0.2, 1.0], 2, nodes=(2, 3, 19)),
        special("unsorted", [1.0, 0.2, -0.5, 2.0], 3, nodes=(11, 3, 7, 5)),
        special("same-logit", [1.0, 0.2, -0.5], 1.0, nodes=(4, 9, 12), at=2),
        special("same-logit", [0.2, 1.0], 1.0, nodes=(9, 12), at=15),
        special("lowest", [-1.0], 2),
        special("lowest", [-3.0, -3.0 + 1e-3], 2, others=2.0),
        special("crowded", [-1.0, -0.5, -1.5], 4, others=1.0),
        special("crowded", [-2.0, -2.5, -1.5], 4, others=1.0),
        case(45, 12, core=False, edge="larger"),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    logits, neighbours = strips.array(case.args[0]), set(case.args[1].tolist())
    labels = [f"{node}: {x:.2g}" if node in neighbours else "no edge" for node, x in enumerate(logits)]
    return strips.strip(("logits", labels), *strips.beside(expected[0], given[0]))


_DOMAIN = (
    Says("logits : (nodes,) float tensor, one for each node", lambda logits, neighbours: logits.ndim == 1),
    Says("Logits may be below 0", reached=(lambda logits, neighbours: (logits[neighbours] < 0).all(),)),
    Says(
        "neighbours : (m,) integer tensor, the nodes that an edge leads to, at least one",
        lambda logits, neighbours: 1 <= len(neighbours) == len(set(neighbours.tolist()) & set(range(len(logits)))),
        (
            lambda logits, neighbours: len(neighbours) == 1,
            lambda logits, neighbours: len(neighbours) == len(logits),
            lambda logits, neighbours: 0 in neighbours.tolist(),
            lambda logits, neighbours: len(logits) - 1 in neighbours.tolist(),
        ),
    ),
)


EXERCISE = Exercise(
    name="next_node",
    signature="next_node(logits, neighbours)",
    kind="any",
    results=("node",),
    about="tensors (nodes,) and (m,) -> one of the neighbours.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Which logits belong to nodes that can be reached? Which of those is the largest?",
        "A node has to come back: one of the numbers in `neighbours`.",
    ),
    edges={
        "larger": drawing_inputs.LARGER,
        "single-neighbour": ("The result is wrong for a single neighbour.", "It is that one, whatever its logit."),
        "all-neighbours-kept": ("The result is wrong where every node is a neighbour.", "Then none is left out."),
        "far-below": (
            "The result is wrong where the neighbours' logits are far below the others'.",
            'Is there a number in your code that means "no edge"? A logit may be smaller than any number but one.',
            "Compare the neighbours' logits themselves: probabilities this small are 0.",
        ),
        "far-above": (
            "The result is wrong for large logits: exp(200) is infinite in float32.",
            "Compare the logits themselves; no exponential is needed.",
        ),
        "close": (
            "The result is wrong where the neighbours' logits are close to one another.",
            "Is something rounded, or is a large number added?",
        ),
        "first-node": (
            "The result is wrong where the likeliest neighbour is node 0: 0 is a node like any other.",
            "0 counts as false: is there an `if` or an `or` about the node?",
        ),
        "last-node": (
            "The result is wrong where the likeliest neighbour is the last node.",
            "Does a loop end too early?",
        ),
        "unsorted": (
            "The result is wrong where the neighbours are not in ascending order.",
            "Which logit belongs to which neighbour?",
        ),
        "same-logit": (
            "The result is wrong where a node that can't be reached has the same logit as the likeliest neighbour.",
            "Do you look up a logit among all nodes? Look for the place of the largest among the neighbours.",
        ),
        "lowest": (
            "The result is wrong where no node is less likely than the neighbours.",
            'Do you use the smallest logit for "no edge"? A neighbour may have it, too.',
        ),
        "crowded": (
            "The result is wrong where many other nodes are likelier than every neighbour.",
            "Do you look at some of the likeliest nodes only, or compare with a fixed number?",
        ),
    },
    strip=_picture,
)
