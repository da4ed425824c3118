"""The right answer, and what students get wrong when they choose the next node."""

from functools import cache

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(logits, neighbours):
    """(nodes,) and (m,) -> one of the neighbours"""
    return (max(neighbours.tolist(), key=lambda node: float(logits[node])),)


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue(_FAMILIES)


def _kept(logits, neighbours, otherwise):
    """The logits of the neighbours, and `otherwise` for all other nodes."""
    result = logits * 0 + otherwise
    result[neighbours] = logits[neighbours]
    return result


def _others(logits, neighbours):
    result = logits.clone()
    result[neighbours] = -float("inf")
    return result


def _among_likeliest(logits, neighbours, count, none):
    """The first of the `count` likeliest nodes that is a neighbour, or else `none(logits, neighbours)`."""
    likeliest = logits.topk(min(count, len(logits))).indices.tolist()
    found = [node for node in likeliest if node in neighbours.tolist()]
    return found[0] if found else none(logits, neighbours)


def _zero_lost(logits, neighbours):
    best = 0
    for node in neighbours.tolist():
        best = node if not best or logits[node] > logits[best] else best
    return best


_FAMILIES = (
    (
        "no-edge",
        "The likeliest of all nodes came back; it may be one that no edge leads to, and then the walk would stay.",
        ("What is the second argument for?",),
        (lambda z, n: z.argmax(),),
    ),
    (
        "position",
        "You return the place of the neighbour in the list; return the neighbour itself.",
        ("What does `neighbours` hold at that index?",),
        (lambda z, n: z[n].argmax(), lambda z, n: z[n].argmax() + 1),
    ),
    (
        "place-off-by-one",
        "The neighbour beside the likeliest one in the list came back: its place is off by one.",
        ("From which number does `argmax` count, and from which does an index?",),
        (lambda z, n: n[z[n].argmax() - 1], lambda z, n: n[(z[n].argmax() + 1) % len(n)]),
    ),
    (
        "least-likely",
        "That is the neighbour that the model finds the least likely.",
        ("Does a likely node have a large or a small logit?",),
        (lambda z, n: n[z[n].argmin()],),
    ),
    (
        "zeroed",
        "Nodes without an edge count as if their logit were 0. A neighbour's may be lower, and then one of them wins.",
        ("Which number is smaller than any logit?", "Or look at the neighbours' logits only."),
        (
            lambda z, n: _kept(z, n, 0.0).argmax(),
            lambda z, n: n.new_tensor(len(z) - 1 - int(_kept(z, n, 0.0).flip(0).argmax())),
        ),
    ),
    (
        "zeroed",
        "Nodes without an edge count as if their logit were -1. A neighbour's may be lower, and then one of them wins.",
        ("Which number is smaller than any logit?", "Or look at the neighbours' logits only."),
        (lambda z, n: _kept(z, n, -1.0).argmax(),),
    ),
    (
        "largest-size",
        "You take the largest absolute value: a logit far below 0 means an unlikely node.",
        ("Is -9 a likely node?",),
        (lambda z, n: n[z[n].abs().argmax()], lambda z, n: z.abs().argmax()),
    ),
    (
        "logit-returned",
        "A logit came back; return the node that it belongs to.",
        ("`max` gives the value, `argmax` the index.",),
        (lambda z, n: z[n].max(), lambda z, n: z.max()),
    ),
    (
        "logit-returned",
        "A probability came back; return the node that it belongs to.",
        ("`max` gives the value, `argmax` the index.",),
        (lambda z, n: z[n].softmax(0).max(), lambda z, n: z.softmax(0).max(), lambda z, n: z.softmax(0)[n].max()),
    ),
    (
        "logits-ignored",
        "Your choice does not depend on the logits, so the model has no say in it.",
        ("What is the first argument for?",),
        (lambda z, n: n[0], lambda z, n: n[-1], lambda z, n: n[len(n) // 2], lambda z, n: n[0] * 0),
    ),
    (
        "first-logits",
        "You look at the first logits, as many as there are neighbours; the logit of node i is `logits[i]`.",
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
        ),
    ),
    (
        "all-neighbours",
        "The right node came back, but as an array of one; return the node itself.",
        ("A slice, `topk(1)` or `multinomial` keeps the axis, and an index takes the node out of it.",),
        (lambda z, n: n[z[n].argmax()][None],),
    ),
    (
        "probabilities",
        "Probabilities or logits came back; return a node.",
        ("The likeliest node is the index of the largest of them.",),
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
        "That is not the likeliest neighbour, but the second likeliest.",
        ("Sorted in descending order, where is the largest?",),
        (lambda z, n: n[z[n].argsort(descending=True)[1 if len(n) > 1 else 0]],),
    ),
    (
        "not-all-searched",
        "You don't look at every neighbour: the first or the last one is left out.",
        ("Where does your loop begin, and where does it end?",),
        (
            lambda z, n: n[z[n[:-1]].argmax()] if len(n) > 1 else n[0],
            lambda z, n: n[1:][z[n[1:]].argmax()] if len(n) > 1 else n[0],
        ),
    ),
    (
        "search-from-zero",
        "Where all neighbours' logits are below 0 nothing is found, as by a search that begins with a logit of 0.",
        ("With which logit does the search begin? That of the first neighbour is a good one.",),
        tuple(
            (lambda z, n, none=none: n[z[n].argmax()] if (z[n] > 0).any() else none(n))
            for none in (lambda n: n[0] * 0, lambda n: n[0], lambda n: n[0] * 0 - 1, lambda n: n[-1])
        ),
    ),
    (
        "search-from-node-zero",
        "Neighbours less likely than node 0 are never taken, as by a search that begins with its logit. Node 0 may not "
        "be a neighbour.",
        ("With which logit does the search begin? That of the first neighbour is a good one.",),
        tuple(
            (lambda z, n, none=none: n[z[n].argmax()] if z[n].max() > z[0] else none(n))
            for none in (lambda n: n[0], lambda n: n[0] * 0, lambda n: n[-1])
        ),
    ),
    (
        "cut-to-whole-numbers",
        "The logits are compared without their fractional parts.",
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
        "You take the first neighbour with a logit above 0; take the one with the largest.",
        ("Do you look at all of them before you choose?",),
        (
            lambda z, n: n[(z[n] > 0).long().argmax()],
            lambda z, n: n[z[n].argmax()] if not (z[n] > 0).any() else n[z[n] > 0][0],
        ),
    ),
    (
        "some-likeliest-only",
        "Only some of the likeliest nodes are searched for a neighbour; there may be none among them.",
        ("Look at the neighbours' logits only: how likely other nodes are doesn't matter.",),
        tuple(
            (lambda z, n, count=count, none=none: _among_likeliest(z, n, count, none))
            for count in (5, 3, 10)
            for none in (lambda z, n: n[0], lambda z, n: z.argmax(), lambda z, n: n[-1])
        ),
    ),
    (
        "place-zero-lost",
        "Node 0 counts as none found so far; it is a node like any other.",
        ("0 counts as false: is there an `if` or an `or` about the node?",),
        (_zero_lost,),
    ),
    (
        "between",
        "Nodes between the smallest and the largest neighbour are allowed, too; not all of them are neighbours.",
        ("Which nodes are in `neighbours`, and which are only between them?",),
        (lambda z, n: z[n.min() : n.max() + 1].argmax() + n.min(),),
    ),
    (
        "out-of-place",
        "The number of the likeliest of all nodes is used as an index into the neighbours.",
        ("argmax over all logits gives a node; argmax over the neighbours' logits gives an index into `neighbours`.",),
        (lambda z, n: n[z.argmax()],),
    ),
    (
        "favourite-or-first",
        "Where the likeliest of all nodes can't be reached, you take the first neighbour or the last one.",
        ("Among which nodes do you have to look for the largest logit?",),
        (
            lambda z, n: z.argmax() if z.argmax() in n else n[0],
            lambda z, n: z.argmax() if z.argmax() in n else n[-1],
        ),
    ),
)
