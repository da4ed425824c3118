"""Most wrong ways to read the predictions: at each of the three places, one of the heads reads one of the tokens."""

from itertools import product

from dt_helpers.check.engine.exercise import Mistake

_KINDS = ("return", "state", "action")
TOKENS = (2, 2, 1)  # of x[:, i]: what each head has to read
HEADS = (0, 1, 2)


def assignments():
    """Wrong tokens first, then wrong heads; those with the fewest things wrong first."""
    ways = [(heads, tokens) for heads in product(range(3), repeat=3) for tokens in product(range(3), repeat=3)]
    ways.remove((HEADS, TOKENS))
    for heads, tokens in sorted(ways, key=lambda way: way[0] != HEADS):
        slug, sentence, hints = _words(heads, tokens)
        yield Mistake(slug, lambda x, *given, h=heads, t=tokens: assigned(x, given, h, t), sentence, hints)


def assigned(x, given, heads, tokens):
    return tuple(given[head](x[:, token]) for head, token in zip(heads, tokens, strict=True))


def _words(heads, tokens):
    if heads != HEADS:
        if len(set(heads)) < 3:
            return (
                "head-repeated",
                "One head was used for more than one prediction, another for none.",
                ("Use each of the three heads once: compare the names in your lines.",),
            )
        if all(TOKENS[head] == token for head, token in zip(heads, tokens, strict=True)):
            came = ", ".join(f"{_KINDS[head]}_preds" for head in heads)
            return (
                "outputs-swapped",
                f"The predictions are right, but their order is {came}, not return_preds, state_preds, action_preds.",
                ("Look at the `return` line.",),
            )
        return (
            "heads-swapped",
            "The heads are mixed up: what comes back as one prediction was made by the head of another.",
            ("Does each line have the same word on both sides of the = ?",),
        )
    if tokens == (0, 1, 2):
        return (
            "own-token",
            "Each head reads the token of its own kind. But what a token holds need not be predicted any more: the "
            "action token has seen the action, so it would leak.",
            (
                "The action has to be predicted before it is known: which token is the last one before it?",
                "The next state and return depend on the action, so their token has to have seen it.",
            ),
        )
    if tokens == (1, 1, 2):
        return (
            "tokens-swapped",
            "The tokens are swapped: the action is read from its own token, which has seen it (a leak), the next state "
            "and return from the state token, which has not seen the action that they depend on.",
            ("Which of x[:, 1] and x[:, 2] has seen the action?",),
        )
    return _wrong_token(tokens)


def _wrong_token(tokens):
    returns, states, actions = tokens
    if actions == 2:
        return (
            "action-sees-itself",
            "The action is predicted from its own token, which has seen that very action: the answer leaks. The model "
            "learns to copy, and has nothing to copy when it acts.",
            ("Which token is the last one that doesn't know the action yet?",),
        )
    if actions == 0:
        return (
            "action-without-state",
            "The action is predicted from the return token, which comes before the state: it would be chosen "
            "without looking at the state.",
            ("Which token has seen the state, but not yet the action?",),
        )
    if states != 2 and returns == states:
        which = "state's" if states == 1 else "return's"
        return (
            "state-without-action",
            f"The next state and the next return are predicted from the {which} token, which has not seen the action "
            "that both depend on.",
            ("Where a step leads, and what it earns, depends on what is done in it: which token has seen that?",),
        )
    if states != 2:
        which = "state's own" if states == 1 else "return's"
        return (
            "state-without-action",
            f"The next state is predicted from the {which} token, which has not seen the action that leads there.",
            ("Where a step leads depends on what is done in it: which token has seen that?",),
        )
    which = "state's" if returns == 1 else "return's own"
    return (
        "return-without-action",
        f"The next return is predicted from the {which} token, which has not seen the action that earns it.",
        ("What is still to be earned depends on what is done: which token has seen that?",),
    )
