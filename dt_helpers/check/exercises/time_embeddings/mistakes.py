"""The right answer, and what students get wrong when adding the time embeddings."""

from functools import cache
from itertools import permutations, product

from dt_helpers.check.engine.exercise import Mistake, catalogue

_NAMES = ("returns", "states", "actions")


def right(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    """Four (batch, K, hidden) -> three of them."""
    return tuple(x + time_embeddings for x in (returns_embeddings, state_embeddings, action_embeddings))


@cache
def mistakes() -> tuple[Mistake, ...]:
    return (*catalogue(_FAMILIES), *_combinations())


def _each(change):
    """The same change to all three: `change(embeddings, time)`."""

    def add(returns, states, actions, time):
        return tuple(change(x, time) for x in (returns, states, actions))

    return add


def _joined(returns, states, actions, time):
    import torch

    return tuple(torch.cat([x, time], dim=-1) for x in (returns, states, actions))


def _normalised(x, time):
    import torch

    return torch.nn.functional.layer_norm(x + time, x.shape[-1:])


def _with_steps(x, time):
    import torch

    return x + torch.arange(x.shape[1], dtype=x.dtype)[:, None]


def _masked_time(parts, kept):
    """The time added to some steps only: `kept(their numbers)`."""
    import torch

    steps = torch.arange(parts[0].shape[1])
    time = parts[3] * kept(steps)[:, None]
    return tuple(x + time for x in parts[:3])


def _one_shifted(parts, kind, by, roll):
    """The time shifted by a step for one kind of token; the free end gets the other end's, or repeats its own."""
    time, steps = parts[3], parts[3].shape[1]
    other = time.roll(by, dims=1) if roll else time[:, [min(max(i - by, 0), steps - 1) for i in range(steps)]]
    return tuple(x + (other if i == kind else time) for i, x in enumerate(parts[:3]))


def _shifted(by):
    return _each(lambda x, time: x + time.roll(by, dims=1))


_FAMILIES = (
    (
        "time-not-added",
        "The embeddings came back without their time: the model is not told at which step of the episode it is.",
        ("What is the fourth argument for?",),
        (_each(lambda x, time: x),),
    ),
    (
        "time-multiplied",
        "The embeddings are multiplied by the time; it has to be added.",
        ("Think of position embeddings in a language model.",),
        (_each(lambda x, time: x * time), _each(lambda x, time: x * (1 + time))),
    ),
    (
        "time-concatenated",
        "The time was appended, so the embeddings became twice as wide; add it, and the width stays.",
        ("The shape that goes in is the shape that has to come out.",),
        (_joined,),
    ),
    (
        "time-subtracted",
        "The time is subtracted; it has to be added.",
        ("Look at each minus.",),
        (_each(lambda x, time: x - time), _each(lambda x, time: time - x)),
    ),
    (
        "averaged",
        "You take the mean of embedding and time; take their sum.",
        ("No division is needed.",),
        (_each(lambda x, time: (x + time) / 2),),
    ),
    (
        "time-only",
        "Only the time came back: it has to be added to each embedding, not replace it.",
        ("Each result holds its own embedding and the time.",),
        (_each(lambda x, time: time), _each(lambda x, time: 2 * time), _each(lambda x, time: 3 * time)),
    ),
    (
        "time-of-one-step",
        "All steps got the time of a single step; each has its own.",
        ("Time has the shape (batch, K, hidden): nothing needs to be picked out of it.",),
        (
            _each(lambda x, time: x + time[:, :1]),
            _each(lambda x, time: x + time[:, -1:]),
            _each(lambda x, time: x + time.mean(dim=1, keepdim=True)),
            _each(lambda x, time: x + time.sum(dim=1, keepdim=True)),
        ),
    ),
    (
        "time-of-one-episode",
        "All rows of the batch got the time of one row; each has its own.",
        ("Time has the shape (batch, K, hidden): nothing needs to be picked out of it.",),
        (_each(lambda x, time: x + time[:1]), _each(lambda x, time: x + time.mean(dim=0, keepdim=True))),
    ),
    (
        "time-shifted",
        "Each step got the time of another step.",
        ("Step k of the embeddings belongs to step k of the time.",),
        (_shifted(1), _shifted(-1), _each(lambda x, time: x + time.flip(1)), _each(lambda x, time: x + time.cumsum(1))),
    ),
    (
        "time-of-another-step",
        "One kind of token got the time of the step before, or of the step after.",
        ("The three tokens of a step happen at the same time: the same time goes to all three.",),
        tuple(
            (lambda *parts, kind=kind, by=by, roll=roll: _one_shifted(parts, kind, by, roll))
            for kind in (2, 0, 1)
            for by in (-1, 1)
            for roll in (False, True)
        ),
    ),
    (
        "time-summed-over-hidden",
        "The time was reduced to one number per step before it was added.",
        ("Time has the shape (batch, K, hidden): it can be added as it is.",),
        (
            _each(lambda x, time: x + time.mean(dim=-1, keepdim=True)),
            _each(lambda x, time: x + time.sum(dim=-1, keepdim=True)),
        ),
    ),
    (
        "index-added",
        "The index of the step in the window was added, not the time embeddings.",
        ("What is the fourth argument for?",),
        (_each(_with_steps), _each(lambda x, time: _with_steps(x, time) + time)),
    ),
    (
        "normalised",
        "The results were normalised; embed_ln does that later, on the whole sequence.",
        ("The exercise ends with the sum.",),
        (_each(_normalised),),
    ),
    (
        "tokens-added",
        "Embeddings were added to one another: each result holds its own embedding and the time, nothing else.",
        ("A state should not carry the return inside it: attention will bring the two together.",),
        (
            lambda r, s, a, t: (r + t, r + s + t, r + s + a + t),
            lambda r, s, a, t: (r + t, r + t + s + t, r + t + s + t + a + t),
            lambda r, s, a, t: (r + t, s + r + t, a + s + t),
            lambda r, s, a, t: (r + t, s + r + t, a + r + t),
            lambda r, s, a, t: (r + t, s + t, a + s + t),
            lambda r, s, a, t: (r + s + a + t,) * 3,
            lambda r, s, a, t: (r + s, s + a, a + t),
        ),
    ),
    (
        "time-changed-between",
        "The time changes from one result to the next: the same time goes to all three.",
        ("Did you add to the time itself, and use it again?",),
        (lambda r, s, a, t: (r + t, s + t + 1, a + t + 2),),
    ),
    (
        "token-repeated",
        "One embedding came back more than once, another not at all.",
        ("Compare the name on the left of each line with the name on its right.",),
        tuple(
            (lambda r, s, a, t, picks=picks: tuple((r, s, a)[i] + t for i in picks))
            for picks in product(range(3), repeat=3)
            if len(set(picks)) < 3
        ),
    ),
    (
        "steps-left-out",
        "Not every step got its time.",
        ("Does a loop or a slice end one step too early, or begin too late?",),
        (
            lambda *parts: _masked_time(parts, lambda steps: steps < len(steps) - 1),
            lambda *parts: _masked_time(parts, lambda steps: steps > 0),
        ),
    ),
    (
        "time-changed",
        "The time was changed before it was added: add it as it is.",
        ("Nothing needs to be done to the fourth argument.",),
        (
            _each(lambda x, time: x + time.trunc()),
            _each(lambda x, time: x + time.round()),
            _each(lambda x, time: x + time - time[:, :1]),
            _each(lambda x, time: x + time.abs()),
            _each(lambda x, time: x + time.tanh()),
        ),
    ),
    (
        "embeddings-scaled",
        "The embeddings were scaled before the time was added.",
        ("Return the plain sum.",),
        (_each(lambda x, time: x * x.shape[-1] ** 0.5 + time), _each(lambda x, time: (x + time) * x.shape[-1] ** 0.5)),
    ),
    (
        "time-piled-up",
        "The time grows from one result to the next: the same time goes to all three.",
        ("Did you add to the time itself, and use it again?",),
        (
            lambda r, s, a, t: (r + t, s + 2 * t, a + 3 * t),
            lambda r, s, a, t: (r + 3 * t, s + 2 * t, a + t),
        ),
    ),
    (
        "half-precision",
        "The numbers are right to about three digits only.",
        ("Which dtype do they pass through?",),
        (
            _each(lambda x, time: (x.bfloat16() + time.bfloat16()).to(x.dtype)),
            _each(lambda x, time: (x.half() + time.half()).to(x.dtype)),
        ),
    ),
)


def _combinations():
    """Time added to some tokens only, or twice, or the results in a different order, or both."""
    for order in permutations(range(3)):
        for times in product((1, 0, 2), repeat=3):
            if (order, times) == ((0, 1, 2), (1, 1, 1)) or not any(times):
                continue
            slug, sentence, hints = _words(order, times)
            yield Mistake(slug, lambda *parts, o=order, n=times: _combined(parts, o, n), sentence, hints)
    for order in list(permutations(range(3)))[1:]:
        slug, sentence, hints = _words(order, (1, 1, 1))
        yield Mistake(slug, lambda *parts, o=order: _combined(parts, o, (0, 0, 0)), sentence, hints)


def _combined(parts, order, times):
    return tuple(parts[i] + times[i] * parts[3] for i in order)


def _words(order, times):
    if order != (0, 1, 2):
        came = ", ".join(_NAMES[i] for i in order)
        return (
            "results-swapped",
            f"The results are in the wrong order: {came}. They have to come back as they went in: {', '.join(_NAMES)}.",
            ("Compare the `return` line with the arguments.",),
        )
    without = [name for name, count in zip(_NAMES, times, strict=True) if count == 0]
    twice = [name for name, count in zip(_NAMES, times, strict=True) if count == 2]
    if without:
        return (
            "time-missing",
            f"The time is missing in the {' and the '.join(without)}.",
            ("The three tokens of a step happen at the same time: each of them has to say when.",),
        )
    return (
        "time-twice",
        f"The {' and the '.join(twice)} carry the time twice.",
        ("Did you add the time to something that already held it, or run the line twice?",),
    )
