# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    tokens = []
    for t in range(returns_embeddings.size(1)):
        tokens.append(returns_embeddings[:, t])
        tokens.append(state_embeddings[:, t])
        tokens.append(action_embeddings[:, t])
    return torch.stack(tokens, dim=1)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    sequence = returns_embeddings.new_zeros((b, 3 * k, h))
    sequence[:, 0::3] = returns_embeddings
    sequence[:, 1::3] = state_embeddings
    sequence[:, 2::3] = action_embeddings
    return sequence

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    K = state_embeddings.shape[1]
    behind = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    order = [(i % 3) * K + i // 3 for i in range(3 * K)]
    return behind[:, order, :]

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    # side by side in the last dimension, then cut each row into three
    batch, K, hidden = action_embeddings.shape
    wide = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=-1)
    return wide.reshape(batch, K * 3, hidden)

# %% wrong (blocks): The three are put behind one another.
# shows: K of 2 and more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)

# %% wrong (wrong-order): Each step's tokens are in the order state, return, action.
# shows: every input
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, K, h = state_embeddings.shape
    x = torch.stack((state_embeddings, returns_embeddings, action_embeddings), 2)
    return x.flatten(1, 2)

# %% wrong (features-mixed): The kind of token gets the last dimension, and the reshape mixes the numbers of the three embeddings.
# shows: hidden of 2 and more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, K, h = returns_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-1).reshape(b, 3 * K, h)

# %% wrong (exception): The hidden size is written into the code.
# shows: any hidden size other than 128
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch = returns_embeddings.shape[0]
    stacked = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2)
    return stacked.view(batch, -1, 128)

# %% wrong (one-row-for-all): Only the first window is interleaved, and it stands for the whole batch.
# shows: a batch of 2 and more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    row = []
    for r, s, a in zip(returns_embeddings[0], state_embeddings[0], action_embeddings[0]):
        row += [r, s, a]
    return torch.stack(row).expand(batch, 3 * K, hidden)

# %% wrong (newest-action-missing): The last action is left out, since it is not known yet, and zeros stand in its place.
# shows: every input with a last action that isn't 0
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, K, h = returns_embeddings.shape
    out = torch.zeros(b, 3 * K, h, dtype=returns_embeddings.dtype)
    pos = 0
    for t in range(K):
        out[:, pos] = returns_embeddings[:, t]
        out[:, pos + 1] = state_embeddings[:, t]
        if pos + 3 < 3 * K:
            out[:, pos + 2] = action_embeddings[:, t]
        pos += 3
    return out

# %% wrong (wrong-shape): It squeezes the result, so a batch of one loses its first dimension.
# shows: batch 1, as in the replay; hidden 1
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return x.reshape(x.shape[0], -1, x.shape[-1]).squeeze()

# %% wrong (lost-gradient): The result is assembled from the tensors' data, so no gradient flows back.
# shows: training: the result does not require a gradient
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    result = torch.empty_like(returns_embeddings).repeat(1, 3, 1).detach()
    for j, part in enumerate((returns_embeddings, state_embeddings, action_embeddings)):
        result[:, j::3] = part.data
    return result

# %% wrong (features-joined): The tokens of one step stay together in one row of 3 * hidden numbers.
# shows: every input: the shape is (batch, K, 3 * hidden)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, K, 3 * hidden)

# %% wrong (batch-mixed): Batch and time are taken for each other when the windows are put together.
# shows: a batch of 2 and more, unless it equals K by chance
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    x = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2)
    return x.permute(1, 2, 0, 3).reshape(batch, 3 * K, hidden)

# %% wrong (wrong-shape): The sequence has a fixed number of 60 tokens, the rest of it zeros.
# shows: K other than 20
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    sources = (returns_embeddings, state_embeddings, action_embeddings)
    sequence = returns_embeddings.new_zeros(returns_embeddings.shape[0], 60, returns_embeddings.shape[2])
    for i in range(60):
        t, kind = divmod(i, 3)
        if t < returns_embeddings.shape[1]:
            sequence[:, i] = sources[kind][:, t]
    return sequence

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    out = state_embeddings.new_empty(batch, 3 * K, hidden)
    out[:, 0::3] = returns_embeddings
    out[:, 1::3] = state_embeddings
    out[:, 2::3] = action_embeddings
    return out

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    # side by side in the last dimension lies the same memory as one after the other in time
    batch, K, hidden = returns_embeddings.shape
    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=-1).view(batch, K * 3, hidden)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    K = returns_embeddings.shape[1]
    behind = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    order = torch.arange(3 * K, device=behind.device)
    return behind.index_select(1, (order % 3) * K + torch.div(order, 3, rounding_mode="floor"))

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    steps = zip(returns_embeddings.unbind(1), state_embeddings.unbind(1), action_embeddings.unbind(1))
    return torch.stack([token for step in steps for token in step], dim=1)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    tokens = torch.zeros(b, 3 * k, h, dtype=returns_embeddings.dtype, device=returns_embeddings.device)
    places = torch.arange(k, device=tokens.device)[None, :, None].expand(b, k, h) * 3
    for kind, embeddings in enumerate((returns_embeddings, state_embeddings, action_embeddings)):
        tokens = tokens.scatter(1, places + kind, embeddings)
    return tokens

# %% wrong (blocks): the kind's dimension stands before the steps when it is flattened, so all returns come first
# shows: K of 2 or more (agrees for K = 1)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1).reshape(b, 3 * k, h)

# %% wrong (batch-mixed): stacked at the front and permuted as if it were batch first, which mixes batch and steps
# shows: batch of 2 or more (agrees for batch 1)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = state_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=0)
    return x.permute(2, 1, 0, 3).reshape(b, 3 * k, h)

# %% wrong (exception): view is asked of a permuted tensor, which is not contiguous
# shows: K of 2 or more: RuntimeError
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = state_embeddings.size()
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).view(b, 3 * k, h)

# %% wrong (wrong-order): the order is s, a, R as in sequences that begin with the state
# shows: every input
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    x = torch.stack((state_embeddings, action_embeddings, returns_embeddings), dim=2)
    return x.flatten(1, 2)

# %% wrong (features-mixed): stacked behind the last dimension, so that single numbers and not tokens are interleaved
# shows: hidden of 2 or more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=-1).reshape(b, k * 3, h)

# %% wrong (lost-gradient): reads the embeddings' raw data, so that no gradient flows back
# shows: inputs that require grad: the output does not
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    parts = [e.data for e in (returns_embeddings, state_embeddings, action_embeddings)]
    return torch.cat([p.unsqueeze(2) for p in parts], dim=2).flatten(1, 2)

# %% wrong (wrong-device): the new buffer is float32 whatever the inputs are
# shows: float64 or bfloat16 embeddings: the dtype changes and digits are lost
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    out = torch.empty(b, k, 3, h)
    out[:, :, 0], out[:, :, 1], out[:, :, 2] = returns_embeddings, state_embeddings, action_embeddings
    return out.view(b, -1, h)

# %% wrong (batch-mixed): flattens batch and steps together and cuts the batches apart in the wrong place
# shows: batch of 2 or more with K of 2 or more (agrees for batch 1 or K 1)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    flat = torch.stack(
        [e.transpose(0, 1).reshape(-1, h) for e in (returns_embeddings, state_embeddings, action_embeddings)], dim=1
    )
    return flat.reshape(b, 3 * k, h)

# %% wrong (wrong-shape): the table of places is made once, for the first K that comes
# shows: a second call with another K
_places = []


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    k = returns_embeddings.size(1)
    if not _places:
        _places.append(torch.arange(3 * k).view(3, k).t().reshape(-1))
    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), 1)[:, _places[0]]

# %% wrong (keeps-state): one output buffer is reused for all calls of a shape
# shows: the first result is read after a second call of the same shape
_out = {}


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    key = (b, k, h, returns_embeddings.dtype)
    out = _out.get(key)
    if out is None or returns_embeddings.requires_grad:
        out = _out[key] = returns_embeddings.new_zeros(b, 3 * k, h)
    out[:, ::3], out[:, 1::3], out[:, 2::3] = returns_embeddings, state_embeddings, action_embeddings
    return out

# %% wrong (wrong-shape): squeeze takes the batch away when it is 1
# shows: batch 1: the result is (3K, hidden)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2).squeeze(0)

# %% wrong (None): splices by unfolding with step 1 in place of step K, so that kinds slide over each other
# shows: K of 2 or more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    behind = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    return behind.unfold(1, 3, 1)[:, :k].permute(0, 1, 3, 2).reshape(b, 3 * k, h)

# %% wrong (blocks): the three are put behind one another instead of interleaved
# shows: K > 1
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=1)

# %% wrong (blocks): the kind of token stands before the step when it is reshaped, so the order is still block by block
# shows: K > 1
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    tokens = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    return tokens.reshape(batch, 3 * K, hidden)

# %% wrong (wrong-order): the order in a step is return, action, state
# shows: any input in which states and actions differ
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    sequence = returns_embeddings.new_zeros(b, 3 * k, h)
    sequence[:, 0::3] = returns_embeddings
    sequence[:, 1::3] = action_embeddings
    sequence[:, 2::3] = state_embeddings
    return sequence

# %% wrong (batch-mixed): steps stand before windows when it is reshaped, so windows are mixed
# shows: more than one window in the batch and K > 1
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, steps, width = returns_embeddings.shape
    by_kind = torch.stack([returns_embeddings, state_embeddings, action_embeddings])  # (3, batch, K, hidden)
    return by_kind.permute(2, 1, 0, 3).reshape(batch, 3 * steps, width)

# %% wrong (wrong-shape): a batch with more windows than steps is taken for a time-major one and is transposed
# shows: batch > K, e.g. 64 windows of 20 steps
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    parts = [returns_embeddings, state_embeddings, action_embeddings]
    time_major = parts[0].shape[0] > parts[0].shape[1]
    if time_major:  # (K, batch, hidden), as RNNs like it
        parts = [p.transpose(0, 1) for p in parts]
    batch, K, hidden = parts[0].shape
    return torch.stack(parts, dim=2).reshape(batch, 3 * K, hidden)

# %% wrong (wrong-shape): dimensions of size 1 are squeezed away, the batch's among them
# shows: a single window, batch = 1
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    together = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return together.flatten(start_dim=1, end_dim=2).squeeze()

# %% wrong (None): the order of the tokens is written for the picture's three steps
# shows: K other than 3
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    behind = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    token = torch.arange(behind.shape[1])
    order = token % 3 * 3 + token // 3  # 0, 3, 6, 1, 4, 7, ...
    return behind[:, order]

# %% wrong (exception): view is called on a permuted tensor, which it can't do
# shows: K > 1: RuntimeError
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = action_embeddings.size()
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)  # B, 3, K, H
    x = x.permute(0, 2, 1, 3)
    return x.view(B, 3 * K, H)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).flatten(1, 2)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    # the three of a step side by side, then cut every `hidden` numbers
    wide = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return wide.reshape(batch, K * 3, hidden)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    blocks = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    K = blocks.shape[1] // 3
    step = torch.arange(K, device=blocks.device).repeat(3)
    return blocks.index_select(1, torch.argsort(step, stable=True))

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    def interleave(first, last):
        """The steps first..last-1, by halves."""
        if last - first == 1:
            here = slice(first, last)
            return torch.cat([returns_embeddings[:, here], state_embeddings[:, here], action_embeddings[:, here]], 1)
        half = (first + last) // 2
        return torch.cat([interleave(first, half), interleave(half, last)], dim=1)

    return interleave(0, returns_embeddings.shape[1])

# %% wrong (blocks): the kinds stand before the steps when the reshape is made, so all returns come first, then all states, then all actions.
# shows: K = 2: the result is R1 R2 s1 s2 a1 a2; only K = 1 comes out right.
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    stacked = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    return stacked.reshape(b, 3 * k, h)

# %% wrong (wrong-order): return, action, state in each step: the action stands before the state.
# shows: any tensors, e.g. K = 1: the second token is the action.
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    tokens = []
    for t in range(state_embeddings.shape[1]):
        tokens.append(returns_embeddings[:, t])
        tokens.append(action_embeddings[:, t])
        tokens.append(state_embeddings[:, t])
    return torch.stack(tokens, dim=1)

# %% wrong (features-mixed): the new dimension stands last, behind hidden, so that single numbers of the three kinds are interleaved and not whole tokens.
# shows: hidden = 2: the first token holds R[0], s[0] and the second a[0], R[1]; only hidden = 1 comes out right.
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=-1)
    batch, K, hidden, kinds = x.size()
    return x.view(batch, K * kinds, hidden)

# %% wrong (wrong-shape): a squeeze() at the end removes the batch dimension of a batch of one.
# shows: batch 1, K 2, hidden 3: the result is (6, 3) instead of (1, 6, 3).
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = state_embeddings.shape
    parts = [e.unsqueeze(2) for e in (returns_embeddings, state_embeddings, action_embeddings)]
    return torch.cat(parts, dim=2).reshape(B, 3 * K, H).squeeze()

# %% wrong (keeps-state): writes into one buffer per shape that is kept between calls, so a second call overwrites the result of the first.
# shows: a = stack_inputs(...), then b = stack_inputs(...) with other numbers of the same shape: a equals b afterwards.
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings, _buffers={}):
    batch, K, hidden = returns_embeddings.shape
    if (batch, K, hidden) not in _buffers:
        _buffers[batch, K, hidden] = returns_embeddings.new_empty(batch, 3 * K, hidden)
    out = _buffers[batch, K, hidden]
    out[:, 0::3] = returns_embeddings
    out[:, 1::3] = state_embeddings
    out[:, 2::3] = action_embeddings
    return out

# %% wrong (lost-gradient): goes through numpy, so no gradient reaches the embeddings.
# shows: embeddings with requires_grad: the values agree, but the result has no grad_fn.
import numpy as np


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    arrays = [t.detach().cpu().numpy() for t in (returns_embeddings, state_embeddings, action_embeddings)]
    merged = np.stack(arrays, axis=2)
    merged = merged.reshape(merged.shape[0], -1, merged.shape[-1])
    return torch.from_numpy(merged).to(returns_embeddings.device)

# %% wrong (batch-mixed): a superfluous transpose puts the steps before the batch, so windows are mixed up as soon as there is more than one.
# shows: batch 2, K 3: tokens of window 1 appear in window 0; batch 1 is right.
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=0)
    x = x.permute(2, 1, 0, 3)
    return x.reshape(batch, K * 3, hidden)

# %% wrong (exception): the number of tokens is written as 60, which only fits K = 20.
# shows: batch 2, K 10: a single window of 60 tokens comes out, (1, 60, hidden).
TOKENS = 60  # K = 20 steps, three tokens each


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    hidden = returns_embeddings.shape[2]
    x = torch.stack([returns_embeddings, state_embeddings, action_embeddings], 2)
    return x.reshape(-1, TOKENS, hidden)

# %% right
# style: numpy habits, three strided assignments into a new tensor
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    sequence = returns_embeddings.new_zeros((batch, 3 * K, hidden))
    for offset, part in enumerate((returns_embeddings, state_embeddings, action_embeddings)):
        sequence[:, offset::3, :] = part
    return sequence

# %% right
# style: concatenation along hidden, which already puts R, s, a of a step side by side in memory
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    side_by_side = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)  # (batch, K, 3 hidden)
    return side_by_side.view(batch, 3 * K, hidden)

# %% right
# style: one behind the other, and then a permutation by an index
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    behind = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    K = behind.shape[1] // 3
    order = [kind * K + step for step in range(K) for kind in range(3)]
    return behind.index_select(1, torch.tensor(order, device=behind.device))

# %% right
# style: generator over zipped steps
def _tokens(*kinds):
    for step in zip(*(kind.unbind(dim=1) for kind in kinds)):
        yield from step


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack(list(_tokens(returns_embeddings, state_embeddings, action_embeddings)), dim=1)

# %% wrong (one-row-for-all): builds the sequence from the first window and repeats it for the others
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    tokens = []
    for k in range(K):
        for kind in (returns_embeddings, state_embeddings, action_embeddings):
            tokens.append(kind[0][k])
    return torch.stack(tokens).expand(batch, 3 * K, hidden)

# %% wrong (features-mixed): the new dimension stands last, so that the numbers of the three embeddings are interleaved, not the tokens
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.size()
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=-1)
    return x.reshape(b, k * 3, h)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    # side by side, one row a step: R_k s_k a_k; then cut each row in three
    rows = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return rows.reshape(batch, 3 * K, hidden)

# %% wrong (features-mixed): the new dimension stands behind the hidden one, so the numbers of the tokens are mixed, not the tokens
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    stacked = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return stacked.reshape(batch, 3 * K, hidden)

# %% wrong (exception): goes through numpy, which refuses tensors that need gradients
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    r, s, a = returns_embeddings.numpy(), state_embeddings.numpy(), action_embeddings.numpy()
    b, k, h = r.shape
    out = r.repeat(3, axis=1)
    out[:, 1::3, :] = s
    out[:, 2::3, :] = a
    return torch.from_numpy(out)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    # side by side in each step, then cut every step into its three tokens
    b, k, h = state_embeddings.shape
    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(b, k * 3, h)

# %% wrong (other-order): the shuffling index is made with (K, 3) where (3, K) belongs; for K = 3, as in the picture, both are the same
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    K = returns_embeddings.shape[1]
    everything = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    order = torch.arange(3 * K).reshape(K, 3).T.reshape(-1)
    return everything[:, order]

# %% wrong (batch-mixed): the list of tokens is stacked in front, (3K, batch, hidden), and reshaped to (batch, 3K, hidden)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    tokens = []
    for t in range(K):
        tokens.append(returns_embeddings[:, t, :])
        tokens.append(state_embeddings[:, t, :])
        tokens.append(action_embeddings[:, t, :])
    sequence = torch.stack(tokens)
    return sequence.reshape(batch, 3 * K, hidden)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    # side by side in the last dimension each step already lies in memory as R s a
    wide = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=-1)
    return wide.reshape(batch, K * 3, hidden)

# %% wrong (other-order): the permutation of the concatenated tokens is the inverse of the right one; they are equal for K = 1 and K = 3
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    everything = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    K = returns_embeddings.shape[1]
    order = torch.arange(3 * K).reshape(K, 3).T.flatten()
    return everything[:, order]

# %% wrong (newest-action-missing): the Atari minGPT code as it is used for acting: the newest action is left out, and its token stays zero
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, K, n_embd = state_embeddings.shape
    token_embeddings = torch.zeros(
        (b, K * 3, n_embd), dtype=state_embeddings.dtype, device=state_embeddings.device
    )
    token_embeddings[:, ::3, :] = returns_embeddings
    token_embeddings[:, 1::3, :] = state_embeddings
    token_embeddings[:, 2:-1:3, :] = action_embeddings[:, :-1, :]
    return token_embeddings

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    # side by side, a step's three tokens are neighbours in memory: now a reshape is enough
    wide = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return wide.reshape(batch, 3 * K, hidden)

# %% wrong (blocks): stacks the kinds before the steps and then reshapes: R1 R2 ... s1 s2 ... a1 a2 ...
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)  # (batch, 3, K, hidden)
    return x.reshape(batch, 3 * K, hidden)

# %% wrong (wrong-shape): a squeeze at the end, which also removes a batch of 1 (or a hidden size of 1)
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    pieces = []
    for k in range(returns_embeddings.shape[1]):
        pieces.append(returns_embeddings[:, k:k + 1])
        pieces.append(state_embeddings[:, k:k + 1])
        pieces.append(action_embeddings[:, k:k + 1])
    return torch.cat(pieces, dim=1).squeeze()

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    side_by_side = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2)  # (B, K, 3H)
    return side_by_side.reshape(B, K * 3, H)

# %% wrong (features-mixed): stacks along a new last axis, so that single numbers are interleaved and not tokens
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = state_embeddings.shape
    x = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return x.reshape(b, 3 * k, h)

# %% wrong (batch-mixed): brings the steps to the front instead of the batch, so the rows of a batch are mixed
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    together = torch.stack((returns_embeddings, state_embeddings, action_embeddings))  # 3, batch, K, hidden
    batch, K, hidden = returns_embeddings.size()
    return together.permute(2, 1, 0, 3).reshape(batch, 3 * K, hidden)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    # side by side in each step, R | s | a, and then cut each step into three
    wide = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return wide.reshape(batch, 3 * K, hidden)

# %% wrong (features-mixed): the kind of token gets the last place, so the reshape interleaves the components of the three embeddings
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=-1)
    return stacked.reshape(B, 3 * K, H)

# %% wrong (wrong-shape): the order of the tokens is written down for the three steps of the picture
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    everything = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    #        R1 s1 a1 R2 s2 a2 R3 s3 a3
    order = [0, 3, 6, 1, 4, 7, 2, 5, 8]
    return everything[:, order]

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    # side by side in one long row per step, R | s | a, which is then cut into three
    batch, K, hidden = returns_embeddings.shape
    rows = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return rows.reshape(batch, 3 * K, hidden)

# %% wrong (batch-mixed): collects the tokens step by step in a list, but the batch ends up behind the tokens before the view
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    tokens = []
    for k in range(K):
        tokens.append(returns_embeddings[:, k])
        tokens.append(state_embeddings[:, k])
        tokens.append(action_embeddings[:, k])
    return torch.stack(tokens).view(batch, 3 * K, hidden)

# %% wrong (features-mixed): gives the kind a dimension of its own, but behind the hidden one
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    x = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return x.reshape(x.shape[0], x.shape[1] * 3, x.shape[2])

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    # side by side: each step is one row R s a of 3 * hidden numbers, which only has to be cut
    side_by_side = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return side_by_side.reshape(batch, K * 3, hidden)

# %% wrong (other-order): the permutation is the inverse of the right one: arange viewed as (K, 3) and not (3, K); the same for K = 3 as in the picture
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    K = returns_embeddings.shape[1]
    everything = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    order = torch.arange(3 * K, device=everything.device).view(K, 3).t().flatten()
    return everything[:, order]

# %% wrong (lost-gradient): interleaves through numpy with detached tensors, so no gradient reaches the embeddings
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    import numpy as np

    R, s, a = (e.detach().cpu().numpy() for e in (returns_embeddings, state_embeddings, action_embeddings))
    batch, K, hidden = R.shape
    sequence = np.empty((batch, 3 * K, hidden), dtype=R.dtype)
    sequence[:, 0::3] = R
    sequence[:, 1::3] = s
    sequence[:, 2::3] = a
    return torch.from_numpy(sequence).to(returns_embeddings.device)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    tokens = []
    for step in zip(returns_embeddings.unbind(1), state_embeddings.unbind(1), action_embeddings.unbind(1)):
        tokens.extend(step)
    return torch.stack(tokens, dim=1)

# %% wrong (features-mixed): the new dimension for the kind of token is the last one, so single numbers are interleaved instead of tokens
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    # first index runs fastest, so the kind goes to the end
    cube = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return cube.reshape(batch, 3 * K, hidden)

# %% wrong (other-order): concatenates and permutes with the index table (K, 3) transposed, where (3, K) is needed: the wrong permutation
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    K = returns_embeddings.shape[1]
    everything = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    order = torch.arange(3 * K, device=everything.device).view(K, 3).t().flatten()
    return everything.index_select(1, order)

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    # side by side along the hidden axis, a row holds R_t, s_t, a_t one after the other in memory
    batch, K, hidden = returns_embeddings.size()
    wide = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2)
    return wide.contiguous().view(batch, K * 3, hidden)
