"""What students get wrong when they choose the next node."""

from functools import cache

from dt_helpers.check.engine.exercise import Mistake

from . import catalogue


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
)
