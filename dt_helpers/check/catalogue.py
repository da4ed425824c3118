"""The twelve exercises that are functions, put together; the whole model has a module of its own, `whole_model`."""

from functools import cache
from importlib import import_module

from dt_helpers.check import oracles
from dt_helpers.check.engine import drawing_inputs, strips
from dt_helpers.check.engine.exercise import Exercise

_EMBEDDINGS = ("returns_embeddings", "state_embeddings", "action_embeddings")

# name: signature, results, kind, oracle, module of mistakes, hints for a mistake that the catalogue doesn't know
_EXERCISES = {
    "returns_to_go": (
        "returns_to_go(rewards, gamma=1.0)",
        ("returns",),
        "array",
        oracles.returns_to_go,
        "returns",
        (
            "Work it out by hand for rewards 1, 2, 3: what is still to come at the first step, at the second, at the "
            "third?",
            "The last return is the last reward. Each earlier one follows from its own reward and the return after it.",
        ),
    ),
    "pad_left": (
        "pad_left(sequence, length, value)",
        ("padded", "mask"),
        "array",
        oracles.pad_left,
        "padding",
        (
            "Try it on two rows and length 4, print both results, and compare them with the strip above.",
            "How many rows are missing? They come first. The mask says 0 for each of them and 1 for each real row.",
        ),
    ),
    "time_embeddings": (
        f"add_time_embeddings({', '.join(_EMBEDDINGS)}, time_embeddings)",
        _EMBEDDINGS,
        "tensor",
        oracles.add_time_embeddings,
        "time",
        (
            "The three tokens of a step happen at the same time, and each has to carry that time once.",
            "Give the model zeros for the three embeddings: what should come back?",
        ),
    ),
    "stacked_inputs": (
        f"stack_inputs({', '.join(_EMBEDDINGS)})",
        ("stacked_inputs",),
        "tensor",
        oracles.stack_inputs,
        "stacking",
        (
            "Fill the three inputs with 1s, 2s and 3s, and read the result along its second axis: 1, 2, 3, 1, ...?",
            "A reshape keeps the order of the numbers in memory: which two axes must be neighbours before it?",
        ),
    ),
    "stacked_attention_mask": (
        "stack_attention_mask(attention_mask)",
        ("stacked_attention_mask",),
        "tensor",
        oracles.stack_attention_mask,
        "mask",
        (
            "Each step became three tokens that stand side by side: what holds for the step holds for all three.",
            "Try it on the mask 0, 1: the result has six numbers.",
        ),
    ),
    "prediction_heads": (
        "predict(x, predict_return, predict_state, predict_action)",
        ("return_preds", "state_preds", "action_preds"),
        "tensor",
        oracles.predict,
        "heads",
        (
            "x[:, 0] are the return tokens, x[:, 1] the states', x[:, 2] the actions'. A token has seen itself and all "
            "before it.",
            "Ask for each head: what must its token have seen, and what must it not have seen yet?",
        ),
    ),
    "action_loss": (
        "action_loss(action_preds, action_targets, attention_mask)",
        ("loss",),
        "tensor",
        oracles.action_loss,
        "loss",
        (
            "Take one row of two steps, the first of them padding, and work the mean out by hand.",
            "Which numbers enter the sum, and how many are they?",
        ),
    ),
    "context_window": (
        "context_window(sequence, length)",
        ("window",),
        "any",
        oracles.context_window,
        "window",
        (
            "Try it on five rows and length 2: rows 3 and 4 have to come back, counted from zero.",
            "And when the episode has just begun, and there are fewer rows than that?",
        ),
    ),
    "next_target_return": (
        "next_target_return(target_return, reward, scale)",
        ("next_target",),
        "any",
        oracles.next_target_return,
        "target",
        (
            "The target is what is still to be earned. A reward has just been earned.",
            "In which units is each of the two? 12 and 1000 can't be compared if scale is 1000.",
        ),
    ),
    "walk_rewards": (
        "walk_rewards(walk, goal, lengths)",
        ("rewards",),
        "array",
        oracles.walk_rewards,
        "walking",
        (
            "Step t goes from walk[t] to walk[t + 1]. What does it cost, and when is it free?",
            "Work it out by hand for the walk 3, 1, 0, 0 with goal 0, if every step has length 1.",
        ),
    ),
    "choose_target": (
        "choose_target(targets, achieved)",
        ("target",),
        "array",
        oracles.choose_target,
        "asking",
        (
            "Mark the targets for which at least as much was achieved. Which of them is the largest?",
            "Returns are negative here: -2 is more than -5.",
        ),
    ),
    "next_node": (
        "next_node(logits, neighbours)",
        ("node",),
        "any",
        oracles.next_node,
        "decoding",
        (
            "Which logits belong to nodes that can be reached? Which of those is the largest?",
            "A node has to come back: one of the numbers in `neighbours`.",
        ),
    ),
}

NAMES = (*_EXERCISES, "forward")


@cache
def exercise(name: str) -> Exercise:
    """The exercise behind `check.<name>`."""
    signature, results, kind, oracle, module, hints = _EXERCISES[name]
    parameters = signature.partition("(")[2].rstrip(")").replace("=1.0", "").split(", ")
    return Exercise(
        name=name,
        signature=signature,
        results=results,
        kind=kind,
        parameters=tuple(parameters),
        cases=getattr(drawing_inputs, name),
        oracle=oracle,
        mistakes=import_module(f"{__package__}.mistakes.{module}").mistakes,
        hints=hints,
        strip=getattr(strips, name, None),  # the picture of the heads would be the answer
    )
