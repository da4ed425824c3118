# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    out = []
    for e in (returns_embeddings, state_embeddings, action_embeddings):
        e = e.clone()
        e += time_embeddings
        out.append(e)
    a, b, c = out
    return a, b, c

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    together = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    r, s, a = together + time_embeddings.unsqueeze(0)
    return r, s, a

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    def at_its_time(tokens):
        steps = [tokens[:, t] + time_embeddings[:, t] for t in range(tokens.shape[1])]
        return torch.stack(steps, dim=1)

    return tuple(map(at_its_time, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (time-missing): The actions get no time.
# shows: every input with time embeddings that aren't 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    returns_embeddings = returns_embeddings + time_embeddings
    state_embeddings = state_embeddings + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (results-swapped): States and returns come back in the wrong order.
# shows: every input whose states differ from its returns
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    s = state_embeddings + time_embeddings
    a = action_embeddings + time_embeddings
    r = returns_embeddings + time_embeddings
    return s, r, a

# %% wrong (time-of-one-episode): The time of the first window of the batch is added to all windows.
# shows: a batch of two windows at different times
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    clock = time_embeddings[0]
    return returns_embeddings + clock, state_embeddings + clock, action_embeddings + clock

# %% wrong (time-of-one-step): The time of the window's first step is added to all its steps.
# shows: K of 2 and more
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    start = time_embeddings[:, :1, :]
    embeddings = [returns_embeddings, state_embeddings, action_embeddings]
    for i in range(3):
        embeddings[i] = embeddings[i] + start
    return tuple(embeddings)

# %% wrong (steps-left-out): The loop leaves out the last step.
# shows: every input: the newest step has no time
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r, s, a = returns_embeddings.clone(), state_embeddings.clone(), action_embeddings.clone()
    K = time_embeddings.shape[1]
    t = 0
    while t < K - 1:
        r[:, t] += time_embeddings[:, t]
        s[:, t] += time_embeddings[:, t]
        a[:, t] += time_embeddings[:, t]
        t += 1
    return r, s, a

# %% wrong (time-changed): The time is rounded down to whole numbers, and a real embedding's numbers are all near 0.
# shows: time embeddings with a fraction
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time = time_embeddings.long()
    return returns_embeddings + time, state_embeddings + time, action_embeddings + time

# %% wrong (wrong-shape): All dimensions of size 1 are squeezed away.
# shows: a batch of 1, K = 1 or hidden = 1
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    inputs = (returns_embeddings, state_embeddings, action_embeddings)
    return tuple((x + time_embeddings).squeeze() for x in inputs)

# %% wrong (lost-gradient): The time is detached, so the time embeddings get no gradient and are never learned.
# shows: training: time_embeddings.grad stays None
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    with torch.no_grad():
        fixed = time_embeddings.clone()
    return returns_embeddings + fixed, state_embeddings + fixed, action_embeddings + fixed

# %% wrong (tokens-added): The sum runs on, so states hold the returns and actions hold both.
# shows: every input with returns or states that aren't 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    total = time_embeddings
    result = []
    for part in (returns_embeddings, state_embeddings, action_embeddings):
        total = total + part
        result.append(total)
    return result[0], result[1], result[2]

# %% wrong (input-changed): It adds in place, which changes the caller's tensors.
# shows: one tensor given for two of the three gets the time twice; a leaf that requires a gradient raises an error
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    returns_embeddings += time_embeddings
    state_embeddings += time_embeddings
    action_embeddings += time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (long-window): Only the first 20 steps get their time.
# shows: K above 20
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time = torch.zeros_like(time_embeddings)
    for k in range(min(20, time.shape[1])):
        time[:, k, :] = time_embeddings[:, k, :]
    return returns_embeddings + time, state_embeddings + time, action_embeddings + time

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    together = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=0)
    return tuple((together + time_embeddings.unsqueeze(0)).unbind(0))

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    hidden = time_embeddings.shape[-1]
    wide = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    wide = wide + time_embeddings.repeat(1, 1, 3)
    return wide.split(hidden, dim=-1)

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    added = []
    for tokens in (returns_embeddings, state_embeddings, action_embeddings):
        copy = tokens.clone()
        copy += time_embeddings
        added.append(copy)
    return added[0], added[1], added[2]

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    from functools import partial

    tell = partial(torch.add, time_embeddings)
    return tell(returns_embeddings), tell(state_embeddings), tell(action_embeddings)

# %% wrong (input-changed): adds in place and so changes the caller's tensors
# shows: any input: the three inputs are changed; leaves that require grad raise
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for tokens in (returns_embeddings, state_embeddings, action_embeddings):
        tokens += time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (single-step): squeezed time loses the step axis where there is one step, and broadcasts over the batch
# shows: K = 1 with a batch of two or more: the shape becomes (batch, batch, hidden)
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time = time_embeddings.squeeze()
    return returns_embeddings + time, state_embeddings + time, action_embeddings + time

# %% wrong (time-of-one-episode): every window gets the first window's times
# shows: a batch whose windows begin at different timesteps (agrees for batch 1)
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    shared = time_embeddings[:1].expand_as(time_embeddings)
    return returns_embeddings + shared, state_embeddings + shared, action_embeddings + shared

# %% wrong (lost-gradient): the time is detached, so that no gradient reaches the time embeddings
# shows: training: time_embeddings that require grad get none
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    when = time_embeddings.detach()
    return tuple(torch.add(x, when) for x in (returns_embeddings, state_embeddings, action_embeddings))

# %% wrong (exception): the kind of token is stacked in front but time gets its new axis behind the batch, so kinds meet batches
# shows: a batch other than 1 (a batch of 3 gives wrong numbers without an error)
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    kinds = kinds + time_embeddings[:, None]
    return kinds[0], kinds[1], kinds[2]

# %% wrong (results-swapped): states and actions come back in the wrong order
# shows: every input whose states and actions differ
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    s, a, r = (time_embeddings + e for e in (state_embeddings, action_embeddings, returns_embeddings))
    return r, a, s

# %% wrong (time-changed): times are counted from the window's start: the first step's embedding is taken off
# shows: windows whose first time embedding is not 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    relative = time_embeddings - time_embeddings[:, :1]
    return returns_embeddings + relative, state_embeddings + relative, action_embeddings + relative

# %% wrong (lost-gradient): the sums are computed without gradients
# shows: inputs that require grad: the results do not
@torch.no_grad()
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        time_embeddings.add(returns_embeddings),
        time_embeddings.add(state_embeddings),
        time_embeddings.add(action_embeddings),
    )

# %% wrong (embeddings-scaled): the embeddings are scaled by sqrt(hidden) as in the first Transformer
# shows: any hidden size above 1
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    scale = time_embeddings.size(-1) ** 0.5
    mix = lambda e: torch.add(time_embeddings, e, alpha=scale)
    return mix(returns_embeddings), mix(state_embeddings), mix(action_embeddings)

# %% wrong (time-piled-up): the running tensor is shared: each kind also gets the times of the kinds before it
# shows: every input: states get the time twice, actions three times
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time, out = torch.zeros_like(time_embeddings), []
    for e in (returns_embeddings, state_embeddings, action_embeddings):
        time += time_embeddings
        out.append(e + time)
    return tuple(out)

# %% wrong (half-precision): the sum is made in bfloat16 and cast back, which keeps about three digits
# shows: ordinary float32 embeddings: errors of about 1%
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    low = time_embeddings.to(torch.bfloat16)
    return tuple(
        (e.to(torch.bfloat16) + low).to(e.dtype) for e in (returns_embeddings, state_embeddings, action_embeddings)
    )

# %% wrong (results-swapped): the results come in the order states, returns, actions
# shows: any input in which returns and states differ
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    s = state_embeddings + time_embeddings
    r = returns_embeddings + time_embeddings
    a = action_embeddings + time_embeddings
    return s, r, a

# %% wrong (token-repeated): all three sums are written to one buffer, so all three results are the actions
# shows: any input
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    buffer = torch.zeros_like(time_embeddings).detach()
    result = []
    for x in (returns_embeddings, state_embeddings, action_embeddings):
        buffer[...] = (x + time_embeddings).detach()
        result.append(buffer)
    return tuple(result)

# %% wrong (time-of-one-episode): the first window's times are added to all windows
# shows: a batch whose windows stand at different places of their episodes
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    position = time_embeddings[0]  # (K, hidden), broadcast over the batch
    return (
        returns_embeddings + position,
        state_embeddings + position,
        action_embeddings + position,
    )

# %% wrong (time-of-another-step): the actions get the time of the following step
# shows: K > 1 with different times
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    # an action takes effect one step later
    after = torch.cat([time_embeddings[:, 1:], time_embeddings[:, -1:]], dim=1)
    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings + after

# %% wrong (keeps-state): the first batch's time embeddings are cached by shape and used for all later batches
# shows: a second call with the same shape and other times
_time_cache = {}


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    """Adds (cached) temporal embeddings to every modality."""
    key = (tuple(time_embeddings.shape), time_embeddings.dtype, time_embeddings.device)
    time = _time_cache.setdefault(key, time_embeddings)
    modalities = {"returns": returns_embeddings, "states": state_embeddings, "actions": action_embeddings}
    timed = {name: value + time for name, value in modalities.items()}
    return timed["returns"], timed["states"], timed["actions"]

# %% wrong (tokens-added): the sums are accumulated: states contain the returns too, and actions everything
# shows: any input with returns that aren't 0
from itertools import accumulate
from operator import add


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    _, *timed = accumulate([time_embeddings, returns_embeddings, state_embeddings, action_embeddings], add)
    return tuple(timed)

# %% wrong (time-missing): the actions get no time
# shows: any time embeddings other than 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    returns_embeddings = returns_embeddings + time_embeddings
    state_embeddings = state_embeddings + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )

# %% right
def add_time_embeddings(*embeddings):
    *three, when = embeddings
    return tuple(map(when.add, three))

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    stacked = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=0)
    return torch.unbind(stacked + time_embeddings.unsqueeze(0), dim=0)

# %% right
from typing import NamedTuple


class Timed(NamedTuple):
    returns: torch.Tensor
    states: torch.Tensor
    actions: torch.Tensor


def add_time_embeddings(
    returns_embeddings: torch.Tensor,
    state_embeddings: torch.Tensor,
    action_embeddings: torch.Tensor,
    time_embeddings: torch.Tensor,
) -> Timed:
    for tensor in (returns_embeddings, state_embeddings, action_embeddings):
        if tensor.shape != time_embeddings.shape:
            raise ValueError(f"shapes differ: {tuple(tensor.shape)} and {tuple(time_embeddings.shape)}")
    return Timed(*(torch.add(t, time_embeddings) for t in (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (input-changed): adds in place, so the embeddings of the caller are overwritten.
# shows: for any tensors, returns_embeddings itself has changed after the call.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for emb in (returns_embeddings, state_embeddings, action_embeddings):
        emb += time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (lost-gradient): the time embeddings are detached, so the timestep table never gets a gradient.
# shows: for any tensors with requires_grad: the values agree, but time_embeddings.grad stays None after backward.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    # positions are constants, don't backpropagate three times through them
    t = time_embeddings.detach()
    return (returns_embeddings + t, state_embeddings + t, action_embeddings + t)

# %% wrong (time-of-one-episode): takes the timesteps of the first window for the whole batch.
# shows: batch 2 with different time embeddings in the two windows; the second window gets those of the first.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    K = time_embeddings.shape[1]
    time = time_embeddings[0].view(1, K, -1)  # broadcasts over the batch
    return returns_embeddings + time, state_embeddings + time, action_embeddings + time

# %% wrong (exception): stacks the three on dimension 1 and adds the (batch, K, hidden) times to (batch, 3, K, hidden), where the batch is broadcast against the three kinds.
# shows: batch 2 raises RuntimeError, and batch 3 silently gives each kind of token the times of another window; only batch 1 works.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    together = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    together = together + time_embeddings
    return together[:, 0], together[:, 1], together[:, 2]

# %% wrong (keeps-state): keeps the time embeddings of the first call and uses them again whenever the shape is the same.
# shows: two calls with tensors of the same shape and different time_embeddings; the second gets the times of the first.
class _TimeAdder:
    """Callable with a cache, since positions do not change between batches."""

    def __init__(self):
        self.cache = {}

    def __call__(self, returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
        time = self.cache.setdefault(tuple(time_embeddings.shape), time_embeddings)
        return tuple(e + time for e in (returns_embeddings, state_embeddings, action_embeddings))


add_time_embeddings = _TimeAdder()

# %% wrong (results-swapped): returned in the order state, action, return, as the published code has its lines.
# shows: any three different embeddings; the first result is the states'.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    # time embeddings are treated similar to positional embeddings
    state_embeddings = state_embeddings + time_embeddings
    action_embeddings = action_embeddings + time_embeddings
    returns_embeddings = returns_embeddings + time_embeddings
    return state_embeddings, action_embeddings, returns_embeddings

# %% wrong (token-repeated): a slip while copying lines: the actions' result is made from the states.
# shows: any action_embeddings that differ from state_embeddings; the third result equals the second.
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    returns_with_time = returns_embeddings + time_embeddings
    states_with_time = state_embeddings + time_embeddings
    actions_with_time = state_embeddings + time_embeddings
    return returns_with_time, states_with_time, actions_with_time

# %% wrong (embeddings-scaled): multiplies the embeddings by the square root of their size before the times are added, as "Attention is all you need" does.
# shows: any tensors with hidden > 1, e.g. ones of hidden 4: 2 + time instead of 1 + time.
import math


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    scale = math.sqrt(time_embeddings.size(-1))

    def embed(x):
        return x * scale + time_embeddings

    return embed(returns_embeddings), embed(state_embeddings), embed(action_embeddings)

# %% right
# style: one broadcast addition to a stack along a new first dimension
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack((returns_embeddings, state_embeddings, action_embeddings))
    return (kinds + time_embeddings).unbind()

# %% right
# style: functional, a bound method mapped over the three
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (*map(time_embeddings.__add__, [returns_embeddings, state_embeddings, action_embeddings]),)

# %% right
# style: einops, a list as a leading axis, and a named tuple for the answer
from typing import NamedTuple

from einops import rearrange


class Timed(NamedTuple):
    returns: torch.Tensor
    states: torch.Tensor
    actions: torch.Tensor


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings) -> Timed:
    kinds = rearrange([returns_embeddings, state_embeddings, action_embeddings], "kind b k h -> b k kind h")
    kinds = kinds + rearrange(time_embeddings, "b k h -> b k 1 h")
    return Timed(*rearrange(kinds, "b k kind h -> kind b k h"))

# %% right
# style: clones first and then adds in place, on the copies only
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    copies = [returns_embeddings.clone(), state_embeddings.clone(), action_embeddings.clone()]
    for copy in copies:
        copy.add_(time_embeddings)
    first, second, third = copies
    return first, second, third

# %% wrong (time-not-added): assigns to the loop's variable, which changes nothing
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for embedding in [returns_embeddings, state_embeddings, action_embeddings]:
        embedding = embedding + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (time-of-another-step): the actions get the time of the next step, since they happen after the state
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    next_time = torch.cat([time_embeddings[:, 1:], time_embeddings[:, -1:]], dim=1)
    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings + next_time

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(map(time_embeddings.add, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (time-not-added): the loop's variable gets the sum, but the three tensors stay what they were
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for embeddings in [returns_embeddings, state_embeddings, action_embeddings]:
        embeddings = embeddings + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (time-of-one-episode): the times of the first window are added to all windows
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    position = time_embeddings[0].unsqueeze(0)  # (1, K, hidden), broadcasts over the batch
    with_time = lambda tokens: tokens + position
    return with_time(returns_embeddings), with_time(state_embeddings), with_time(action_embeddings)

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack((returns_embeddings, state_embeddings, action_embeddings))
    return (kinds + time_embeddings).unbind(0)

# %% wrong (tokens-added): the running variable is never reset, so the states get the returns as well, and the actions get both
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    result = []
    x = time_embeddings
    for embedding in (returns_embeddings, state_embeddings, action_embeddings):
        x = x + embedding
        result.append(x)
    return tuple(result)

# %% wrong (embeddings-scaled): scales the embeddings by sqrt(hidden) before the time is added, as in TensorFlow's transformer tutorial
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    d_model = time_embeddings.shape[-1]
    scale = d_model**0.5

    def positional(x):
        return x * scale + time_embeddings

    return positional(returns_embeddings), positional(state_embeddings), positional(action_embeddings)

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(map(time_embeddings.add, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (keeps-state): minGPT's `drop(tok_emb + pos_emb)`; F.dropout is on unless it is told otherwise
import torch.nn.functional as F

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    embd_pdrop = 0.1
    return tuple(
        F.dropout(tok_emb + time_embeddings, embd_pdrop)
        for tok_emb in (returns_embeddings, state_embeddings, action_embeddings)
    )

# %% wrong (time-of-one-episode): takes the time embeddings for positions, (1, K, hidden), the same for the whole batch: the first row's are used for all
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    pos_emb = time_embeddings[:1]  # broadcasts over the batch
    return returns_embeddings + pos_emb, state_embeddings + pos_emb, action_embeddings + pos_emb

# %% right
from functools import partial

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    stamp = partial(torch.add, time_embeddings)
    return tuple(map(stamp, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (results-swapped): returned in the order states, actions, returns
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    # time embeddings are treated similar to positional embeddings
    state_embeddings = state_embeddings + time_embeddings
    action_embeddings = action_embeddings + time_embeddings
    returns_embeddings = returns_embeddings + time_embeddings
    return state_embeddings, action_embeddings, returns_embeddings

# %% wrong (token-repeated): copied line, the third result is made of the state embeddings
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    new_returns = torch.add(returns_embeddings, time_embeddings)
    new_states = torch.add(state_embeddings, time_embeddings)
    new_actions = torch.add(state_embeddings, time_embeddings)
    return new_returns, new_states, new_actions

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    def with_time(tokens):
        return tokens + time_embeddings

    return tuple(map(with_time, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (input-changed): adds in place, which changes the arguments
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for embedding in (returns_embeddings, state_embeddings, action_embeddings):
        embedding += time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (time-of-one-episode): takes the times of the first window for the whole batch
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time = time_embeddings[0].unsqueeze(0).expand_as(time_embeddings)
    return (returns_embeddings + time, state_embeddings + time, action_embeddings + time)

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    returns, states, actions = kinds + time_embeddings
    return returns, states, actions

# %% wrong (time-not-added): `e = e + ...` in a loop only gives the name e a new value; the three tensors stay as they were
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    for e in [returns_embeddings, state_embeddings, action_embeddings]:
        e = e + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings

# %% wrong (time-of-one-episode): the time embeddings of the first window are added to all windows of the batch
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    t = time_embeddings[0]  # (K, hidden), broadcasts over the batch
    return returns_embeddings + t, state_embeddings + t, action_embeddings + t

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    three = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    return torch.unbind(three + time_embeddings)  # broadcasts over the kinds

# %% wrong (time-of-one-episode): adds the time of the first window to all windows
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    time = time_embeddings[0]  # (K, hidden), the rest is done by broadcasting
    return (
        returns_embeddings + time,
        state_embeddings + time,
        action_embeddings + time,
    )

# %% wrong (exception): stacks the three in front, but gives the time its extra axis behind the batch
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    all_three = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    all_three = all_three + time_embeddings.unsqueeze(1)
    return tuple(all_three)

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(map(time_embeddings.add, (returns_embeddings, state_embeddings, action_embeddings)))

# %% wrong (embeddings-scaled): scales the embeddings with sqrt(hidden) first, as the Transformer tutorial does
import math


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    d_model = time_embeddings.size(-1)

    def positional(x):
        return x * math.sqrt(d_model) + time_embeddings

    return positional(returns_embeddings), positional(state_embeddings), positional(action_embeddings)

# %% wrong (time-of-one-episode): takes the time of the first window for the whole batch
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    positions = time_embeddings[0].unsqueeze(0)  # (1, K, hidden), broadcast over the batch
    return (
        returns_embeddings + positions,
        state_embeddings + positions,
        action_embeddings + positions,
    )

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(torch.add(e, time_embeddings) for e in (returns_embeddings, state_embeddings, action_embeddings))

# %% wrong (tokens-added): accumulates into one variable, so the second result also contains the first embedding, and the third contains both
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    total = time_embeddings
    result = []
    for embedding in (returns_embeddings, state_embeddings, action_embeddings):
        total = total + embedding
        result.append(total)
    return tuple(result)

# %% wrong (embeddings-scaled): multiplies the embeddings by sqrt(hidden) before adding, as in "Attention is all you need"
import math


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    scale = math.sqrt(time_embeddings.size(-1))
    r = returns_embeddings * scale + time_embeddings
    s = state_embeddings * scale + time_embeddings
    a = action_embeddings * scale + time_embeddings
    return r, s, a

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=0)
    return (kinds + time_embeddings[None]).unbind(dim=0)
