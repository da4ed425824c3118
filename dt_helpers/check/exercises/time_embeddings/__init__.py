"""The exercise `add_time_embeddings`."""

from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Case, Exercise, Says, Strip

from .formulas import right
from .mistakes import mistakes


def _cases(rng):
    return list(drawing_inputs.embeddings(rng, 4))


def _picture(case: Case, expected, given) -> Strip | None:
    tokens = [strips.array(arg) for arg in case.args]
    time = tokens[3]
    known = {
        f"{name}{times}": token + count * time
        for name, token in zip("Rsa", tokens[:3], strict=True)
        for times, count in (("+t", 1), ("", 0), ("+2t", 2), ("-t", -1))
    }
    known |= {f"{name}·t": token * time for name, token in zip("Rsa", tokens[:3], strict=True)} | {"t": time}
    return strips.strip(None, [strips.name(known, x) for x in expected], [strips.name(known, x) for x in given])


_DOMAIN = (Says("All four are (batch, K, hidden) tensors", drawing_inputs.same_shapes, drawing_inputs.BOUNDARIES),)


EXERCISE = Exercise(
    name="time_embeddings",
    signature="add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings)",
    kind="tensor",
    results=("returns_embeddings", "state_embeddings", "action_embeddings"),
    about="four tensors (batch, K, hidden) -> the first three with time added.",
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    hints=(
        "The three tokens of a step happen at the same time, and each has to carry that time once.",
        "Give the function zeros for the three embeddings: what should come back?",
    ),
    edges=drawing_inputs.EDGES,
    strip=_picture,
)
