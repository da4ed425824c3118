"""The exercise `next_node`: what students get wrong when they choose the next node."""

from functools import cache

import numpy as np

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Mistake, Strip, catalogue


def right(logits, neighbours):
    """(nodes,) and (m,) -> one of the neighbours"""
    return (max(neighbours.tolist(), key=lambda node: float(logits[node])),)


def _cases(rng):
    import torch

    def case(nodes, count, shift=0.0, outsider=True, sunk=False, dtype="float32", **options):
        """`outsider`: the largest logit is of a node without an edge; `sunk`: one below 0 is the largest in size."""
        logits = drawing_inputs.numbers(rng, nodes, dtype=dtype) + shift
        order = rng.permutation(nodes)
        neighbours = np.sort(order[:count])
        logits[order[-1 if outsider else 0]] = np.abs(logits).max() + 0.5
        if sunk:
            logits[order[-2]] = -np.abs(logits).max() - 0.5
        label = f"{nodes} nodes, {count} neighbour{'s' * (count > 1)}, {dtype}"
        return Case(label, (torch.from_numpy(logits), torch.from_numpy(neighbours)), **options)

    def special(edge, values, outside, nodes=None, others=0.0):
        """Neighbours with these logits, the others' around `others`, and one outside that is larger than all."""
        logits = rng.uniform(-0.4, 0.4, 20).astype("float32") + np.float32(others)
        order = rng.permutation([node for node in range(1, 19) if node not in (nodes or ())])
        chosen = np.sort(order[: len(values)]) if nodes is None else np.array(nodes)
        logits[chosen] = values if nodes else rng.permutation(values)
        logits[order[-1]] = outside
        args = (torch.from_numpy(logits), torch.from_numpy(chosen))
        count = f"{len(values)} neighbour{'s' * (len(values) > 1)}"
        return Case(f"20 nodes, {count}, {edge.replace('-', ' ')}", args, core=False, edge=edge)

    drawn = [int(n) for n in rng.integers(3, 7, 6)]
    return [
        case(6, 3),
        case(8, 3, shift=-3.5),  # all logits of neighbours are below -1, so below whatever else stands for "no edge"
        case(20, 4, sunk=True, dtype="float64"),
        case(12, 5, sunk=True, strided=True),
        case(7, 4, shift=-4.0, dtype="float64", strided=True),
        case(9, 4, outsider=False),
        *(case(20, count) for count in drawn),
        case(10, 2, shift=3.0),
        case(5, 1, core=False, edge="single-neighbour"),
        case(5, 5, outsider=False, core=False, edge="all-neighbours-kept"),
        *(special("far-below", [-30, -41, -28], 3) for _ in range(2)),
        *(special("far-below", [-1e6, -1e6 + 12, -1e6 - 9], -1e6 + 30, others=-1e6) for _ in range(2)),
        *(special("far-above", [200, 230, 210], 260) for _ in range(2)),
        *(special("close", [0.01, 0.03, 0.02], 2) for _ in range(2)),
        special("first-node", [1.0, 0.2, -0.5], 2, nodes=(0, 3, 7)),
        special("first-node", [-0.2, -0.9, -0.5], 2, nodes=(0, 3, 7)),
        special("last-node", [-0.4, 0.2, 1.0], 2, nodes=(2, 3, 19)),
        special("unsorted", [1.0, 0.2, -0.5, 2.0], 3, nodes=(11, 3, 7, 5)),
        special("lowest", [-1.0], 2),
        special("lowest", [-3.0, -3.0 + 1e-3], 2, others=2.0),
        special("crowded", [-1.0, -0.5, -1.5], 4, others=1.0),
        special("crowded", [-2.0, -2.5, -1.5], 4, others=1.0),
    ]


def _picture(case: Case, expected, given) -> Strip | None:
    logits, neighbours = strips.array(case.args[0]), set(case.args[1].tolist())
    labels = [f"{node}: {x:.2g}" if node in neighbours else "no edge" for node, x in enumerate(logits)]
    return strips.strip(("logits", labels), strips.figures(expected[0]), strips.figures(given[0]))


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


def _kept(logits, neighbours, otherwise):
    """The logits with `otherwise` for all but the neighbours'."""
    result = logits * 0 + otherwise
    result[neighbours] = logits[neighbours]
    return result


def _others(logits, neighbours):
    result = logits.clone()
    result[neighbours] = -float("inf")
    return result


_FAMILIES = (
    (
        "no-edge",
        "The likeliest of all nodes came back; it may be one that no edge leads to, and then the walk would stay.",
        ("What is the second argument for?",),
        (lambda z, n: z.argmax(),),
    ),
    (
        "position",
        "You return the place of the neighbour in the list; the neighbour itself is wanted.",
        ("What does `neighbours` hold at that place?",),
        (lambda z, n: z[n].argmax(), lambda z, n: z[n].argmax() + 1),
    ),
    (
        "least-likely",
        "That is the neighbour that the model finds the least likely.",
        ("Does a likely node have a large or a small logit?",),
        (lambda z, n: n[z[n].argmin()],),
    ),
    (
        "zeroed",
        "You set the other nodes to 0. A logit may be below 0, and then a node without an edge wins.",
        ("Which number is smaller than any logit?", "Or look at the neighbours' logits only."),
        (
            lambda z, n: _kept(z, n, 0.0).argmax(),
            lambda z, n: n.new_tensor(len(z) - 1 - int(_kept(z, n, 0.0).flip(0).argmax())),
            lambda z, n: _kept(z, n, -1.0).argmax(),
        ),
    ),
    (
        "largest-size",
        "You take the largest size without the sign: a logit far below 0 is an unlikely node.",
        ("Is -9 a likely node?",),
        (lambda z, n: n[z[n].abs().argmax()], lambda z, n: z.abs().argmax()),
    ),
    (
        "logit-returned",
        "A logit came back; the node that it belongs to is wanted.",
        ("`max` gives the value, `argmax` the place.",),
        (lambda z, n: z[n].max(), lambda z, n: z.max(), lambda z, n: z[n].softmax(0).max()),
    ),
    (
        "logits-ignored",
        "Your choice does not depend on the logits, so the model has no say in it.",
        ("What is the first argument for?",),
        (lambda z, n: n[0], lambda z, n: n[-1], lambda z, n: n[len(n) // 2], lambda z, n: n[0] * 0),
    ),
    (
        "first-logits",
        "You look at the first logits, as many as there are neighbours; a neighbour's logit stands at its own number.",
        ("Where in `logits` is the one of node 7?",),
        (lambda z, n: n[z[: len(n)].argmax()], lambda z, n: z[: len(n)].argmax()),
    ),
    (
        "others",
        "The likeliest of the nodes that no edge leads to came back.",
        ("Which nodes have to be kept, and which left out?",),
        (lambda z, n: _others(z, n).argmax(),),
    ),
    (
        "all-neighbours",
        "Several nodes came back; the walk goes to one of them.",
        ("Which of them is the likeliest?",),
        (
            lambda z, n: n * 1,
            lambda z, n: n[z[n].argsort(descending=True)],
            lambda z, n: n[z[n].argsort()],
            lambda z, n: n[z[n].argmax()][None],
        ),
    ),
    (
        "probabilities",
        "Probabilities or logits came back; a node is wanted.",
        ("The likeliest node is where the largest of them stands.",),
        (
            lambda z, n: z.softmax(0),
            lambda z, n: z[n].softmax(0),
            lambda z, n: z[n],
            lambda z, n: _kept(z, n, -float("inf")),
            lambda z, n: _kept(z, n, -float("inf")).softmax(0),
        ),
    ),
    (
        "second",
        "That is not the likeliest neighbour, but the next to it.",
        ("Sorted in descending order, where is the largest?",),
        (lambda z, n: n[z[n].argsort(descending=True)[1 if len(n) > 1 else 0]],),
    ),
    (
        "not-all-searched",
        "Not every neighbour is looked at: the first or the last one is left out.",
        ("Where does your loop begin, and where does it end?",),
        (
            lambda z, n: n[z[n[:-1]].argmax()] if len(n) > 1 else n[0],
            lambda z, n: n[1:][z[n[1:]].argmax()] if len(n) > 1 else n[0],
        ),
    ),
    (
        "search-from-zero",
        "Your search begins with a logit of 0, so that it finds nothing where all logits are below 0.",
        ("With which logit does the search begin? That of the first neighbour is a good one.",),
        tuple(
            (lambda z, n, none=none: n[z[n].argmax()] if (z[n] > 0).any() else none(n))
            for none in (lambda n: n[0] * 0, lambda n: n[0], lambda n: n[0] * 0 - 1, lambda n: n[-1])
        ),
    ),
    (
        "cut-to-whole-numbers",
        "The logits are compared without what follows the point.",
        ("Is there an `int`, a `round`, or a tensor of integers?",),
        (
            lambda z, n: n[z[n].long().argmax()],
            lambda z, n: n[z[n].round().argmax()],
            lambda z, n: n[len(n) - 1 - z[n].long().flip(0).argmax()],
            lambda z, n: max(n.tolist(), key=lambda node: int(z[node])),
        ),
    ),
    (
        "first-positive",
        "The first neighbour with a logit above 0 is taken; the largest logit is wanted.",
        ("Have you looked at all of them before you choose?",),
        (lambda z, n: n[(z[n] > 0).long().argmax()], lambda z, n: n[0] if not (z[n] > 0).any() else n[z[n] > 0][0]),
    ),
    (
        "between",
        "Nodes between the smallest and the largest neighbour are allowed, too; not all of them are neighbours.",
        ("Which nodes are in `neighbours`, and which are only between them?",),
        (lambda z, n: z[n.min() : n.max() + 1].argmax() + n.min(),),
    ),
    (
        "out-of-place",
        "The place of the likeliest of all nodes is used as a place among the neighbours.",
        ("argmax over all logits gives a node already; argmax over the neighbours' gives a place among them.",),
        (lambda z, n: n[z.argmax()],),
    ),
)


EXERCISE = Exercise(
    name="next_node",
    signature="next_node(logits, neighbours)",
    about="tensors (nodes,) and (m,) -> one of the neighbours.",
    results=("node",),
    kind="any",
    cases=_cases,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Which logits belong to nodes that can be reached? Which of those is the largest?",
        "A node has to come back: one of the numbers in `neighbours`.",
    ),
    edges={
        "single-neighbour": ("With a single neighbour the result is wrong.", "It is that one, whatever its logit."),
        "all-neighbours-kept": ("Where every node is a neighbour the result is wrong.", "Then none is left out."),
        "far-below": (
            "Neighbours whose logits lie far below the others' go wrong.",
            'Is there a number in your code that stands for "no edge"? A logit may be smaller than any number but one.',
            "Compare the neighbours' logits themselves: probabilities this small are 0.",
        ),
        "far-above": (
            "Large logits go wrong: exp(200) is infinite in float32.",
            "Compare the logits themselves; no exponential is needed.",
        ),
        "close": (
            "Neighbours whose logits are close to one another go wrong.",
            "Is something rounded, or is a large number added?",
        ),
        "first-node": (
            "Where the likeliest neighbour is node 0 the result is wrong: 0 is a node like any other.",
            "0 counts as false: is there an `if` or an `or` about the node?",
        ),
        "last-node": (
            "Where the likeliest neighbour is the last node the result is wrong.",
            "Does a loop end too early?",
        ),
        "unsorted": (
            "Where the neighbours are not in ascending order the result is wrong.",
            "Which logit belongs to which neighbour?",
        ),
        "lowest": (
            "Where no node is less likely than the neighbours the result is wrong.",
            'Is it the smallest logit that stands for "no edge"? A neighbour may have it, too.',
        ),
        "crowded": (
            "Where many other nodes are likelier than every neighbour the result is wrong.",
            "Do you look at some of the likeliest nodes only, or compare with a fixed number?",
        ),
    },
    strip=_picture,
)
