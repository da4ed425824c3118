"""The exercise `stack_inputs`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .formulas import right
from .mistakes import mistakes


def _cases(rng):
    return list(drawing_inputs.embeddings(rng, 3))


def _picture(case: Case, expected, given) -> Strip | None:
    known = {
        f"{name}{step + 1}": strips.array(arg)[0, step]
        for name, arg in zip("Rsa", case.args, strict=True)
        for step in range(arg.shape[1])
    }
    if given[0].ndim != 3 or not len(given[0]):
        return None
    return strips.strip(
        None, [strips.name(known, x) for x in expected[0][0]], [strips.name(known, x) for x in given[0][0]]
    )


_DOMAIN = (Says("All three are (batch, K, hidden) tensors", drawing_inputs.same_shapes, drawing_inputs.BOUNDARIES),)


EXERCISE = Exercise(
    name="stacked_inputs",
    signature="stack_inputs(returns_embeddings, state_embeddings, action_embeddings)",
    kind="tensor",
    results=("stacked_inputs",),
    about="three tensors (batch, K, hidden) -> (batch, 3K, hidden), R_1, s_1, a_1, R_2, ...",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "Fill the three inputs with 1s, 2s and 3s, and read the result along its second axis: 1, 2, 3, 1, ...?",
        "A reshape keeps the order of the numbers in memory: which two axes must be adjacent before it?",
    ),
    edges=drawing_inputs.EDGES,
    strip=_picture,
)
