"""Where a model first differs from transformers' own, from the embeddings to the order of its outputs."""

import torch

from dt_helpers.check.engine.comparing import close, tolerance
from dt_helpers.check.exercises import stacked_attention_mask, stacked_inputs, time_embeddings
from dt_helpers.check.whole_model.watching import EMBEDDINGS, HEADS

STAGES = ("embeddings", "order", "norm", "mask", "positions", "encoder", "heads", "outputs")

HINTS = {
    "embeddings": (
        "Four things are embedded: states, actions, returns_to_go and timesteps, each by its own layer.",
        "Time is added once to each of the other three before they are put in order.",
    ),
    "order": (
        "Look at what goes into embed_ln: token 0 has to be the first return, token 1 the first state, token 2 the "
        "first action.",
    ),
    "norm": ("The order is: add the time, stack, embed_ln once, then the encoder.",),
    "mask": (
        "Is it the stacked mask, with 3K columns, that the encoder gets as attention_mask?",
        "Does stack_attention_mask pass its own check? Then look at the mask that it is given.",
    ),
    "positions": (
        "The tokens already hold the time: the encoder should not add positions of its own, so all position_ids are 0.",
    ),
    "encoder": ("How often is it called, and which of its outputs is used? The first is the last hidden state.",),
    "heads": (
        "Does predict pass its own check? If so, look at what it is given: reshape to (batch, K, 3, hidden) first, "
        "then make the axis of 3 the second one.",
        "Which token has seen what its head needs, and not what it should predict?",
        "Between the encoder and `predict` only the axes change, not the numbers.",
    ),
    "outputs": (
        "`predict` gives return_preds, state_preds, action_preds; forward's tuple is state_preds, action_preds, "
        "return_preds. What comes from the heads goes out unchanged.",
        "Does `predict` get the heads in the order of its arguments: predict_return, predict_state, predict_action?",
    ),
    "two-readings": (
        "With dropout each call of the encoder gives different numbers. Call it once: the heads, last_hidden_state and "
        "hidden_states all take what that one call gave.",
    ),
    "dropout": (
        "The encoder's own configuration says how much it drops. Leave out the dropout in forward: with both, more is "
        "dropped than was asked for.",
    ),
    "mode": ("`train()` and `eval()` are for the code that uses the model; forward calls neither.",),
}


TOKENS = {"predict_return": 2, "predict_state": 2, "predict_action": 1}  # of each step's three, which the head reads
_FAULTS = {  # (token, whether it is read for the action): what is wrong with it
    ("a", True): "has seen the action already",
    ("R", True): "has not seen the state yet",
    ("R", False): "has seen neither the state nor the action yet",
    ("s", False): "has not seen the action yet",
}


def first_departure(oracle, batch: dict, given: dict, expected: dict) -> tuple[str, str]:
    """The stage's name and a sentence; `given` and `expected` come from `watching.watch`."""
    for stage in (_embeddings, _sequence, _norm, _mask, _positions, _encoder, _heads):
        if found := stage(oracle, batch, given, expected):
            return found
    return "outputs", "All parts of the model do the right thing, but what forward returns is not what its heads gave."


def exchanged(given: tuple, expected: tuple, names: tuple[str, ...]) -> str | None:
    """A sentence if a prediction was returned under another one's name."""
    for name, theirs, ours in zip(names, given, expected, strict=True):
        held = next((other for other, part in zip(names, expected, strict=True) if _equal(theirs, part)), name)
        if held != name and not _equal(theirs, ours):
            return f"{name} holds what should be {held}: the predictions have changed places."
    return None


def _embeddings(oracle, batch, given, expected):
    names = dict(zip(EMBEDDINGS, ("returns_to_go", "states", "actions", "timesteps"), strict=True))
    for part, wanted in names.items():
        came = given.get(f"{part}.in")
        if came and not _equal(came[-1], batch[wanted]):
            instead = next((name for name, value in batch.items() if _equal(came[-1], value)), "something else")
            return "embeddings", f"{part} has to embed {wanted}; it was given {instead}."
    return None


def _sequence(oracle, batch, given, expected):
    """What goes into embed_ln, or where that can't be seen, into the encoder."""
    key, after = "embed_ln.in", torch.nn.Identity()
    right = expected[key][0]
    came = given.get(key, [])
    if came and _equal(came[0], right):
        return None
    if came and "encoder.out" in given and _equal(came[-1], given["encoder.out"][-1]):
        return "norm", "embed_ln was applied to what the encoder gave; it belongs before the encoder."
    if len(came) != 1 or came[0].shape != right.shape:
        key, after = "encoder.inputs_embeds", oracle.embed_ln
        right, came = expected[key][0], given.get(key, [])
        if not came:
            return None
    if _equal(came[-1], right) or _equal(_white(came[-1]), _white(expected["embed_ln.in"][0]), 1e-2):
        return None  # the right tokens; whether they were normalised in the right way is the next question
    tokens = [expected[f"{part}.out"][0] for part in EMBEDDINGS]
    reached = given.get("encoder.inputs_embeds", came)[-1]
    with torch.no_grad():
        reached = reached if reached.shape == right.shape else torch.zeros_like(right)
        if _equal(reached, oracle.embed_ln(_stacked(tokens[:3])) + tokens[3].repeat_interleave(3, dim=1)):
            return "norm", "The time was added after embed_ln; it has to be added to the embeddings, before the norm."
        if _equal(reached, oracle.embed_ln(oracle.embed_ln(expected["embed_ln.in"][0]))):
            return "norm", "The sequence went through embed_ln twice."
        plain = (reached - oracle.embed_ln.bias) / oracle.embed_ln.weight
        if _equal(_white(plain), _white(expected["embed_ln.in"][0]), 1e-2):
            return None
    timed = [token + tokens[3] for token in tokens[:3]]
    with torch.no_grad():
        for mistake in stacked_inputs.mistakes():
            if _equal(came[-1], _tried(lambda mistake=mistake: after(mistake.reproduce(*timed)))):
                return "order", f"The order of the tokens: {mistake.sentence}"
        for mistake in time_embeddings.mistakes():
            if _equal(came[-1], _tried(lambda mistake=mistake: after(_stacked(mistake.reproduce(*tokens))))):
                return "embeddings", f"The embeddings: {mistake.sentence}"
    if came[-1].shape != right.shape:
        sentence = f"The encoder's sequence has shape {tuple(came[-1].shape)}; {tuple(right.shape)} was expected."
        return "order", sentence
    ours = sorted(right.flatten(0, 1).sum(-1).tolist())
    theirs = sorted(came[-1].flatten(0, 1).sum(-1).tolist())
    if _equal(torch.tensor(theirs), torch.tensor(ours)):
        return "order", "The sequence holds the right tokens, but not in the order R_1, s_1, a_1, R_2, ..."
    apart = (came[-1] - right).abs().amax(-1)  # (batch, 3K)
    row, place = (int(i) for i in (apart > 0.01 * apart.max()).nonzero()[0])
    where = f"first in {'Rsa'[place % 3]}_{place // 3 + 1} of row {row}"
    return (
        "embeddings",
        f"The tokens that go into the sequence are not the embeddings with time added to each, {where}.",
    )


def _norm(oracle, batch, given, expected):
    came, right = given.get("encoder.inputs_embeds"), expected["encoder.inputs_embeds"][0]
    if not came:
        if "encoder" in given:
            return "encoder", "The encoder did not get the sequence as inputs_embeds."
        return "encoder", "The encoder was not called: call self.encoder(...) with the sequence as inputs_embeds."
    if _equal(came[-1], right):
        return None
    if any(_equal(came[-1], out) for out in given.get("encoder.out", [])[:-1]):
        return "encoder", "The encoder read what it gave itself: it was called again with its own output."
    if _equal(came[-1], expected["embed_ln.in"][0]):
        return "norm", "The sequence reached the encoder without going through embed_ln."
    return "norm", "The sequence was stacked correctly, but what reached the encoder is not embed_ln of it."


def _mask(oracle, batch, given, expected):
    right = expected["encoder.attention_mask"][0]
    came = given.get("encoder.attention_mask")
    if not came:
        if "attention_mask" not in batch:
            return None
        return "mask", "The encoder got no attention_mask, so it attends to the padding."
    if came[-1].is_floating_point() and (came[-1] < 0).any():
        return "mask", "The mask holds numbers below 0; the encoder expects 1 for real tokens and 0 for padding."
    if came[-1].ndim != 2:
        return None
    if _equal(came[-1] > 0, right > 0):
        if _equal(came[-1], right):
            return None
        return _unless_right(
            given, expected, "The mask holds other numbers than 0 and 1; the encoder expects 1 for real tokens."
        )
    if "attention_mask" not in batch:
        return "mask", "No attention_mask was given, so every step is real, but the encoder's mask hides some of them."
    mask = batch["attention_mask"]
    for mistake in stacked_attention_mask.mistakes():
        wrong = _tried(lambda mistake=mistake: mistake.reproduce(mask))
        if wrong is not None and _equal(came[-1] > 0, wrong > 0):
            return "mask", f"The mask: {mistake.sentence}"
    return "mask", "The mask that the encoder got does not belong to the sequence of 3K tokens."


def _unless_right(given, expected, sentence):
    """The mask is at fault if the encoder gave something wrong: some of its versions read any number but 0 as 1."""
    out = given.get("encoder.out")
    return None if out and _equal(out[-1], expected["encoder.out"][0]) else ("mask", sentence)


def _positions(oracle, batch, given, expected):
    came = given.get("encoder.position_ids")
    if not came:
        return "positions", "The encoder got no position_ids, so it counted 0, 1, 2, ... itself and added positions."
    if came[-1].any():
        return "positions", "position_ids have to be all 0; those that the encoder got are not."
    return None


def _encoder(oracle, batch, given, expected):
    came = given.get("encoder.out")
    if came and _equal(came[-1], expected["encoder.out"][0]):
        return None
    return "encoder", "The encoder got the right inputs and gave a wrong result: is it transformers' own, in eval mode?"


def _heads(oracle, batch, given, expected):
    hidden = expected["encoder.out"][0]
    tokens = hidden.reshape(len(hidden), -1, 3, hidden.shape[-1]).unbind(dim=2)
    read = {part: _token(given.get(f"{part}.in"), tokens) for part in HEADS}
    if sorted(map(str, read.values())) == ["a", "a", "s"] and read["predict_action"] == "a":
        (instead,) = (part for part in HEADS if read[part] == "s")
        return "heads", (
            f"{instead} reads the token s, from which the action is predicted, and predict_action the token a: "
            "`predict` got the heads in a different order than that of its arguments, or mixes them up."
        )
    for part in HEADS:
        came, right = given.get(f"{part}.in"), expected[f"{part}.in"][0]
        if not came:
            return "heads", f"{part} was not called."
        if _equal(came[-1], right):
            continue
        if came[-1].numel() == right.numel() and _equal(came[-1].reshape(right.shape), right):
            shapes = f"{tuple(came[-1].shape)}, not {tuple(right.shape)}"
            if came[-1].ndim == right.ndim:
                return "heads", f"{part} reads the right numbers in the shape {shapes}."
            why = (
                "does a `squeeze` drop an axis"
                if came[-1].ndim < right.ndim
                else "where does the further axis come from"
            )
            return "heads", f"{part} reads the right numbers in the shape {shapes}: {why}?"
        if (token := read[part]) is not None:
            return "heads", f"{part} reads the token {token}, which {_FAULTS[token, part == 'predict_action']}."
        if _equal(came[-1], oracle.embed_ln(hidden).reshape(len(hidden), -1, 3, hidden.shape[-1])[:, :, TOKENS[part]]):
            return "heads", "What the encoder gave went through embed_ln before the heads read it; it should not."
        entered = [
            token
            for where in ("encoder.inputs_embeds", "embed_ln.in")
            for token in expected[where][0].reshape(len(hidden), -1, 3, hidden.shape[-1]).unbind(dim=2)
        ]
        if any(_equal(came[-1], token) for token in entered):
            return "heads", f"{part} reads the sequence that went into the encoder, not what came out of it."
        if len(came[-1]) == len(hidden) and not all(map(_made_of, came[-1], hidden)) and _made_of(came[-1], hidden):
            return "heads", f"{part} reads tokens of other rows: the batch has to stay the first axis all the way."
        if not _made_of(came[-1], hidden):
            return "heads", f"{part} reads numbers that the encoder did not give: what happens to them in between?"
        if any(_equal(came[-1], step) for step in hidden.reshape(len(hidden), -1, 3, hidden.shape[-1]).unbind(dim=1)):
            return (
                "heads",
                f"{part} reads the three tokens of one step; it has to read one kind of token, at all steps.",
            )
        if came[-1].numel() == hidden.numel():
            return (
                "heads",
                f"{part} reads all tokens, which can do, but the results are wrong: from which token is each "
                "prediction taken afterwards, and in which order do they come back?",
            )
        if (seen := came[-1].shape) != right.shape and came[-1].numel() != right.numel():
            return "heads", f"{part} reads a tensor of shape {tuple(seen)}; {tuple(right.shape)} was expected."
        return "heads", f"{part} does not read the tokens of one kind: are steps and kinds of token mixed up?"
    return None


def _token(came, tokens) -> str | None:
    """Which kind of token a head was given."""
    return next((name for name, token in zip("Rsa", tokens, strict=True) if came and _equal(came[-1], token)), None)


def _made_of(given, whole) -> bool:
    """Whether each of the given numbers is one of those in the whole."""
    apart = (given.reshape(-1, 1) - whole.reshape(1, -1)).abs().amin(dim=1)
    return bool((apart <= tolerance("float32") * whole.abs().max()).all())


def _white(x):
    return torch.nn.functional.layer_norm(x, x.shape[-1:])


def _stacked(parts) -> torch.Tensor:
    return torch.stack(tuple(parts), dim=2).flatten(1, 2)


def _tried(compute):
    try:
        return compute()
    except (RuntimeError, IndexError, ValueError, TypeError):
        return None


def _equal(given, expected, limit: float | None = None) -> bool:
    if given is None or expected is None or given.shape != expected.shape:
        return False
    return bool(
        close(given.detach().float().numpy(), expected.detach().float().numpy(), limit or tolerance("float32")).all()
    )
