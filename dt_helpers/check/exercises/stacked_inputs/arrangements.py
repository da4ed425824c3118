"""Most wrong ways are one family: the three tokens in some order, then the four axes (batch, K, 3, hidden) in some
order, then one reshape. `torch.stack` and `torch.cat` along any axis, with any `permute`, end up there."""

from itertools import permutations

from dt_helpers.check.engine.exercise import Mistake

from .formulas import stacked

NAMES = "Rsa"


def orders():
    for order in permutations(range(3)):
        if order == (0, 1, 2):
            continue
        came = ", ".join(NAMES[i] for i in order)
        yield Mistake(
            "wrong-order",
            stacked(order, (0, 1, 2, 3)),
            f"Your sequence is {came}: {_why(order)}.",
            (
                "A token sees only itself and what comes before it. Which of the three has to be known first?",
                "The action is chosen in the state, with the return in mind.",
            ),
        )


def _why(order) -> str:
    place = {NAMES[kind]: position for position, kind in enumerate(order)}
    if place["a"] < place["s"]:
        return "the action has to come after the state, or the state token has seen the action that it should predict"
    return "the return has to come first, since the state token needs it to predict the action"


def arrangements():
    """Every order of the tokens with every order of the axes but the right one."""
    for axes in list(permutations(range(4)))[1:]:
        for order in permutations(range(3)):
            slug, sentence, hints = _words(order, axes)
            yield Mistake(slug, stacked(order, axes), sentence, hints)


def _words(order, axes):
    if axes == (0, 2, 1, 3):
        names = [NAMES[i] for i in order]
        return (
            "blocks",
            f"Your sequence is in blocks: all {names[0]}, then all {names[1]}, then all {names[2]}. The three tokens "
            "of a step have to be side by side.",
            (
                "`cat` joins whole blocks end to end, and a reshape only regroups the numbers, in the order in "
                "which they are in memory. Which axis has to come right after time?",
                "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
            ),
        )
    if axes[0] != 0:
        torn = "" if axes[-1] == 3 else " And the numbers of a token got torn apart: hidden has to stay the last axis."
        return (
            "batch-mixed",
            f"Rows of the batch got mixed: the batch has to stay the first axis before the reshape.{torn}",
            (
                "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
                "Along which axis are the three joined?",
            ),
        )
    return (
        "features-mixed",
        "The numbers of a token got torn apart: hidden has to stay the last axis before the reshape.",
        (
            "Print the shape before the reshape: is it (batch, K, 3, hidden)?",
            "Along which axis are the three joined?",
        ),
    )
