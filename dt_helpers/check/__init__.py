"""Checks of the course's exercises: each takes the student's function and says what is right or what the mistake is.

    from dt_helpers import check
    check.stacked_inputs(stack_inputs)

Where things are: `cases` draws the inputs, `calling` calls the student's function, `comparing` finds the first
difference from `oracles` (or from the frozen tensors of `reference`), `recognising` looks for it in the catalogue
`mistakes`, `generic` names what any function can do wrong, `pictures`, `html` and `report` show it. `whole_model` and
`stages` do the same for the model. `python -m tests.mutation` measures how often all this errs.

A check returns a `CheckResult` or raises `CheckFailed`. `seed=` brings the inputs of an earlier failure back.
Importing this module costs nothing; a check imports torch only where the exercise is written in it.
"""

from dt_helpers.check.engine.result import CheckFailed, CheckResult

from .tries import reset

__all__ = [
    "CheckFailed",
    "CheckResult",
    "action_loss",
    "choose_target",
    "context_window",
    "forward",
    "next_node",
    "next_target_return",
    "pad_left",
    "prediction_heads",
    "reset",
    "returns_to_go",
    "stacked_attention_mask",
    "stacked_inputs",
    "time_embeddings",
    "walk_rewards",
]


def returns_to_go(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `returns_to_go(rewards, gamma=1.0)`: (T,) -> (T,), numpy."""
    return _passed("returns_to_go", fn, seed)


def pad_left(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `pad_left(sequence, length, value)`: (t, d) -> (length, d) and a mask (length,), numpy."""
    return _passed("pad_left", fn, seed)


def time_embeddings(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `add_time_embeddings`: four tensors (batch, K, hidden) -> the first three with time added."""
    return _passed("time_embeddings", fn, seed)


def stacked_inputs(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `stack_inputs`: three tensors (batch, K, hidden) -> (batch, 3K, hidden), R_1, s_1, a_1, R_2, ..."""
    return _passed("stacked_inputs", fn, seed)


def stacked_attention_mask(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `stack_attention_mask`: (batch, K) -> (batch, 3K)."""
    return _passed("stacked_attention_mask", fn, seed)


def prediction_heads(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `predict(x, predict_return, predict_state, predict_action)`: x is (batch, 3, K, hidden)."""
    return _passed("prediction_heads", fn, seed)


def action_loss(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `action_loss(action_preds, action_targets, attention_mask)`: mean squared error over real steps."""
    return _passed("action_loss", fn, seed)


def context_window(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `context_window(sequence, length)`: a tensor (t, d) -> its last `length` rows."""
    return _passed("context_window", fn, seed)


def next_target_return(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `next_target_return(target_return, reward, scale)`: numbers, numpy arrays or tensors."""
    return _passed("next_target_return", fn, seed)


def walk_rewards(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `walk_rewards(walk, goal, lengths)`: (steps + 1,) nodes, a node, (nodes, nodes) -> (steps,), numpy."""
    return _passed("walk_rewards", fn, seed)


def choose_target(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `choose_target(targets, achieved)`: (n,), the largest first, and (n,) -> one of the targets, numpy."""
    return _passed("choose_target", fn, seed)


def next_node(fn, *, seed: int | None = None) -> CheckResult:
    """Checks `next_node(logits, neighbours)`: tensors (nodes,) and (m,) -> one of the neighbours."""
    return _passed("next_node", fn, seed)


def forward(cls, *, seed: int | None = None) -> CheckResult:
    """Checks a whole `DecisionTransformerModel`: the class, or a model of it (then with its own weights too)."""
    return _passed("forward", cls, seed)


def _passed(name: str, fn, seed: int | None) -> CheckResult:
    """The result of a check that passed; raises the failure of one that didn't, without a trace of our own frames."""
    __tracebackhide__ = True
    if name == "forward":
        from dt_helpers.check.whole_model import check
    else:
        from functools import partial

        from dt_helpers.check.one_function import check as run

        check = partial(run, name)
    verdict = check(fn, seed)
    if verdict.passed:
        return verdict
    from dt_helpers.check.engine.result import show

    show(verdict)
    raise verdict from verdict.__cause__
