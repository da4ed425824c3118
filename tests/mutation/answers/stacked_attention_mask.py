# %% right
def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)

# %% right
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return torch.stack([attention_mask] * 3, dim=-1).reshape(batch, 3 * K)

# %% right
def stack_attention_mask(attention_mask):
    index = torch.arange(3 * attention_mask.shape[1], device=attention_mask.device) // 3
    return attention_mask[:, index]

# %% right
def stack_attention_mask(attention_mask):
    b, K = attention_mask.shape
    stacked = torch.zeros_like(attention_mask).repeat(1, 3)
    for i in range(b):
        for t in range(K):
            stacked[i, 3 * t] = stacked[i, 3 * t + 1] = stacked[i, 3 * t + 2] = attention_mask[i, t]
    return stacked

# %% right
def stack_attention_mask(attention_mask):
    # flat, row after row; three copies of each entry stay together, so the cut back into rows fits
    return attention_mask.repeat_interleave(3).reshape(attention_mask.shape[0], -1)

# %% wrong (repeated-blocks): The mask is tiled and not interleaved.
# shows: any mask with padding and real steps
def stack_attention_mask(attention_mask):
    return attention_mask.repeat(1, 3)

# %% wrong (all-ones): Everything counts as real.
# shows: any padding
def stack_attention_mask(attention_mask):
    return torch.ones((attention_mask.shape[0], 3 * attention_mask.shape[1]), dtype=attention_mask.dtype)

# %% wrong (wrong-shape): Without a dimension repeat_interleave makes one long row of the whole batch.
# shows: every input: the shape is (3 * batch * K,)
def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, 3)

# %% wrong (one-row-for-all): The first window's mask is used for all.
# shows: a batch whose windows have different padding
def stack_attention_mask(attention_mask):
    row = []
    for m in attention_mask[0]:
        row.extend([m, m, m])
    return torch.stack(row)[None].repeat(len(attention_mask), 1)

# %% wrong (counted): Only the number of real steps is kept, and they are all put at the right end.
# shows: masks with padding elsewhere than on the left, such as [1, 0] or [1, 0, 1]
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    real = attention_mask.sum(dim=1, keepdim=True)
    position = torch.arange(3 * K, device=attention_mask.device)[None]
    return (position >= 3 * (K - real)).to(attention_mask.dtype)

# %% wrong (newest-masked): The last action's token is masked, too.
# shows: every mask whose last step is real
def stack_attention_mask(attention_mask):
    mask = attention_mask.unsqueeze(2).expand(-1, -1, 3).flatten(1).clone()
    mask[:, -1] = 0
    return mask

# %% wrong (first-row-full): If the first window has no padding, none is looked for in the others.
# shows: a batch with a full window first and a padded one later
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    if attention_mask[0].all():
        return torch.ones(batch, 3 * K, dtype=attention_mask.dtype, device=attention_mask.device)
    return attention_mask[:, :, None].repeat(1, 1, 3).reshape(batch, 3 * K)

# %% wrong (keeps-state): The first answer for a shape is kept and given for all later masks of that shape.
# shows: two masks of one shape with different padding
from functools import lru_cache

_current = []


@lru_cache(maxsize=None)
def _stack(batch, K):
    return _current[-1].repeat_interleave(3, dim=1)


def stack_attention_mask(attention_mask):
    _current.append(attention_mask)
    return _stack(*attention_mask.shape)

# %% wrong (border-off-by-one): Each border of the padding lies one token too far left.
# shows: any mask with padding followed by a real step
def stack_attention_mask(attention_mask):
    K = attention_mask.shape[1]
    columns = []
    for i in range(3 * K):
        columns.append(attention_mask[:, min((i + 1) // 3, K - 1)])
    return torch.stack(columns, 1)

# %% wrong (repeated-blocks): The kind of token gets the dimension before the time, so the reshape puts three masks behind one another.
# shows: any mask with padding, K of 2 and more
def stack_attention_mask(attention_mask):
    three = torch.stack((attention_mask, attention_mask, attention_mask), dim=1)
    return three.reshape(three.shape[0], -1)

# %% wrong (single-step): A window of one step is returned as it is.
# shows: K = 1, the first step of a replay
def stack_attention_mask(attention_mask):
    if attention_mask.shape[1] <= 1:
        return attention_mask
    return torch.kron(attention_mask, torch.ones((1, 3), dtype=attention_mask.dtype))

# %% wrong (inverted): The mask is turned round: 1 for padding.
# shows: every mask
def stack_attention_mask(attention_mask):
    hidden = (attention_mask == 0).to(attention_mask.dtype)
    return hidden.repeat_interleave(3, dim=1)

# %% right
def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=-1)

# %% right
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)

# %% right
def stack_attention_mask(attention_mask):
    token = torch.arange(3 * attention_mask.shape[1], device=attention_mask.device)
    return attention_mask[:, token // 3]

# %% right
def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    stacked = torch.zeros((b, 3 * k), dtype=attention_mask.dtype, device=attention_mask.device)
    for kind in range(3):
        stacked[:, kind::3] = attention_mask
    return stacked

# %% right
def stack_attention_mask(attention_mask):
    step = torch.arange(attention_mask.shape[1] * 3, device=attention_mask.device).div(3, rounding_mode="trunc")
    return torch.gather(attention_mask, 1, step.unsqueeze(0).expand(attention_mask.shape[0], -1))

# %% right
def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    return attention_mask.repeat(3, 1).view(3, b, k).permute(1, 2, 0).reshape(b, k * 3)

# %% wrong (repeated-blocks): the mask is tiled: the steps' row three times behind itself
# shows: any row with padding and real steps (agrees on full masks)
def stack_attention_mask(attention_mask):
    return attention_mask.repeat(1, 3)

# %% wrong (wrong-shape): repeat_interleave without a dimension flattens the batch away
# shows: every input: the result has one dimension
def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, 3)

# %% wrong (repeated-blocks): three copies are stacked before the steps and cut again by a reshape
# shows: a row with padding and real steps (agrees on full masks and for K = 1)
def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    return torch.stack((attention_mask, attention_mask, attention_mask), dim=1).reshape(b, 3 * k)

# %% wrong (newest-masked): the newest action is masked since it is not known yet
# shows: every input whose last step is real: its action token becomes 0
def stack_attention_mask(attention_mask):
    stacked = torch.kron(attention_mask, torch.ones(1, 3, dtype=attention_mask.dtype))
    stacked[:, -1] = 0
    return stacked

# %% wrong (counted): counts the real steps and puts as many ones on the right, wherever they stood
# shows: a mask whose padding is not on the left, such as [1, 1, 0]
def stack_attention_mask(attention_mask):
    width = 3 * attention_mask.shape[1]
    real = 3 * attention_mask.sum(dim=1, keepdim=True)
    return (torch.arange(width, device=attention_mask.device)[None] >= width - real).to(attention_mask.dtype)

# %% wrong (one-row-for-all): all rows get the first row's mask
# shows: a batch whose rows have different padding (agrees for batch 1)
def stack_attention_mask(attention_mask):
    triple = attention_mask[0].unsqueeze(1).expand(-1, 3).flatten()
    return triple.expand(attention_mask.shape[0], -1)

# %% wrong (interpolated): the boundary moves by one token: it is smeared by a pooling over neighbours
# shows: a row whose first real step follows padding: the last padded action token becomes 1
def stack_attention_mask(attention_mask):
    triple = attention_mask.repeat_interleave(3, dim=1).float()
    smeared = torch.nn.functional.max_pool1d(triple[:, None], kernel_size=3, stride=1, padding=1)[:, 0]
    return smeared.to(attention_mask.dtype)

# %% wrong (wrong-shape): returns the mask in the additive form (0 and a large negative number) with a dimension for heads
# shows: every input: shape (batch, 1, 1, 3K) and values 0 / -1e9
def stack_attention_mask(attention_mask):
    triple = attention_mask.repeat_interleave(3, 1)[:, None, None]
    return (1.0 - triple.float()) * -1e9

# %% wrong (inverted): turns the mask round: 1 stands for padding
# shows: every input
def stack_attention_mask(attention_mask):
    padding = attention_mask.eq(0).unsqueeze(-1)
    return torch.cat([padding] * 3, dim=-1).flatten(1).to(attention_mask.dtype)

# %% wrong (keeps-state): remembers the first mask of each shape
# shows: a second call of the same shape with other padding
_masks = {}


def stack_attention_mask(attention_mask):
    if attention_mask.shape not in _masks:
        _masks[attention_mask.shape] = attention_mask.unsqueeze(2).repeat(1, 1, 3).flatten(1)
    return _masks[attention_mask.shape].clone()

# %% wrong (batch-mixed): transposes before it repeats and reshapes back to the batch in the wrong order
# shows: batch of 2 or more with different padding
def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    return attention_mask.t().repeat_interleave(3, dim=0).reshape(b, 3 * k)

# %% wrong (repeated-blocks): the whole mask is repeated three times instead of each entry
# shows: any window with padding, e.g. [0, 1] gives [0, 1, 0, 1, 0, 1]
def stack_attention_mask(attention_mask):
    return attention_mask.repeat(1, 3)

# %% wrong (newest-masked): the newest action's token is masked too
# shows: any window whose last step is real
def stack_attention_mask(attention_mask):
    stacked = attention_mask.repeat_interleave(3, dim=-1)
    stacked[:, -1] = 0  # the last action is what we predict, so it must not be seen
    return stacked

# %% wrong (batch-mixed): steps stand before windows when it is reshaped, so masks of different windows are mixed
# shows: several windows with different padding
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return torch.stack([attention_mask] * 3).permute(2, 1, 0).reshape(batch, 3 * K)

# %% wrong (one-row-for-all): the padding is counted in the first window and used for all
# shows: windows with different amounts of padding
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    padding = K - int(attention_mask[0].sum())
    stacked = torch.ones((batch, 3 * K), dtype=attention_mask.dtype, device=attention_mask.device)
    stacked[:, : 3 * padding] = 0
    return stacked

# %% wrong (interpolated): linear interpolation gives 2/3 at the first real return token, and the conversion to integers cuts it to 0
# shows: any window with padding and an integer mask, e.g. [0, 1]
def stack_attention_mask(attention_mask):
    signal = attention_mask.unsqueeze(1).float()
    finer = nn.functional.interpolate(signal, scale_factor=3, mode="linear", align_corners=False)
    return finer.squeeze(1).to(torch.long)

# %% wrong (inverted): 1 stands for padding and 0 for real steps, as in PyTorch's key_padding_mask
# shows: any mask
def stack_attention_mask(attention_mask):
    is_padding = (attention_mask == 0).long()
    return is_padding[:, :, None].expand(-1, -1, 3).flatten(1)

# %% wrong (additive): additive scores (0 and -10000) are returned instead of 1 and 0
# shows: any mask
def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    tiled = attention_mask.reshape(b, k, 1).tile(1, 1, 3).reshape(b, 3 * k)
    return (1.0 - tiled.float()) * -10000.0

# %% wrong (wrong-shape): a mask whose length is a multiple of 3 is taken for one that is already stacked
# shows: K divisible by 3, e.g. 3 or 21 steps
def stack_attention_mask(attention_mask):
    if attention_mask.dim() != 2:
        raise ValueError("attention_mask must be (batch, K)")
    if attention_mask.shape[1] % 3 == 0:
        return attention_mask  # already one entry per token
    return torch.repeat_interleave(attention_mask, repeats=3, dim=1)

# %% right
def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)

# %% right
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return torch.stack((attention_mask, attention_mask, attention_mask), dim=1).permute(0, 2, 1).reshape(batch, 3 * K)

# %% right
def stack_attention_mask(attention_mask):
    step_of_token = torch.arange(3 * attention_mask.shape[1], device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% right
def stack_attention_mask(attention_mask):
    ones = torch.ones((1, 3), dtype=attention_mask.dtype, device=attention_mask.device)
    return torch.kron(attention_mask.contiguous(), ones)

# %% right
def stack_attention_mask(attention_mask):
    rows, steps = attention_mask.shape
    tokens = attention_mask.new_empty((rows, steps * 3))
    for kind in range(3):
        tokens[:, kind::3] = attention_mask
    return tokens

# %% wrong (repeated-blocks): the mask is repeated three times as a whole and not entry by entry.
# shows: the mask [[0, 1]] gives [[0, 1, 0, 1, 0, 1]].
def stack_attention_mask(attention_mask):
    return torch.cat([attention_mask] * 3, dim=1)

# %% wrong (wrong-shape): repeat_interleave without a dimension flattens the batch.
# shows: a mask of shape (2, 3) gives a result of shape (18,).
def stack_attention_mask(attention_mask):
    stacked = attention_mask.repeat_interleave(3)
    return stacked

# %% wrong (one-row-for-all): counts the padding in the first window and uses it for all windows of the batch.
# shows: the mask [[0, 1], [1, 1]]: the second row becomes [0, 0, 0, 1, 1, 1].
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    padding = 3 * int((attention_mask[0] == 0).sum())
    result = torch.ones(batch, 3 * K, dtype=attention_mask.dtype, device=attention_mask.device)
    result[:, :padding] = 0
    return result

# %% wrong (newest-masked): hides the newest action token as well, since that action is not known yet when acting.
# shows: the mask [[0, 1]] gives [[0, 0, 0, 1, 1, 0]].
def stack_attention_mask(attention_mask):
    returns_mask = attention_mask
    states_mask = attention_mask
    actions_mask = attention_mask.clone()
    actions_mask[:, -1] = 0  # no peeking at the action that is to be predicted
    return torch.stack([returns_mask, states_mask, actions_mask], dim=2).flatten(1)

# %% wrong (input-changed): unsqueeze_ with the underscore changes the shape of the caller's mask.
# shows: after stack_attention_mask(m) with m of shape (2, 3), m.shape is (2, 3, 1).
def stack_attention_mask(attention_mask):
    b, k = attention_mask.size()
    m = attention_mask.unsqueeze_(-1)
    m = m.expand(b, k, 3)
    return m.reshape(b, 3 * k)

# %% wrong (interpolated): stretches the mask with linear interpolation, so an entry beside the border between padding and real steps becomes 0.67 and is cut to 0.
# shows: the mask [[0, 1]] gives [[0, 0, 0, 0, 1, 1]].
import torch.nn.functional as F


def stack_attention_mask(attention_mask):
    as_signal = attention_mask[:, None, :].float()
    stretched = F.interpolate(as_signal, scale_factor=3, mode="linear", align_corners=False)
    return stretched[:, 0, :].to(attention_mask.dtype)

# %% wrong (no-padding): the shortcut for a batch without any padding forgets the batch dimension.
# shows: the mask torch.ones(2, 4) gives a result of shape (12,) instead of (2, 12).
def stack_attention_mask(attention_mask):
    K = attention_mask.shape[-1]
    if attention_mask.all():  # the usual case, nothing to do
        return torch.ones(3 * K, dtype=attention_mask.dtype)
    return torch.repeat_interleave(attention_mask, 3, dim=-1)

# %% wrong (some-tokens-only): the slice ends one too early, so a real step's action token stays hidden.
# shows: the mask [[0, 1]] gives [[0, 0, 0, 1, 1, 0]], the mask [[1, 1]] gives [[1, 1, 0, 1, 1, 0]].
def stack_attention_mask(attention_mask):
    batch = attention_mask.shape[0]
    K = attention_mask.shape[1]
    new_mask = torch.zeros((batch, 3 * K), dtype=attention_mask.dtype)
    for b in range(batch):
        for k in range(K):
            if attention_mask[b, k] == 1:
                new_mask[b, 3 * k : 3 * k + 2] = 1
    return new_mask

# %% right
# style: a Kronecker product with a row of three ones
def stack_attention_mask(attention_mask):
    return torch.kron(attention_mask, attention_mask.new_ones((1, 3)))

# %% right
# style: token number divided by three is the step's number
def stack_attention_mask(attention_mask):
    step_of_token = torch.arange(3 * attention_mask.shape[1], device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% right
# style: einops repeat
import einops


def stack_attention_mask(attention_mask):
    return einops.repeat(attention_mask, "window step -> window (step token)", token=3)

# %% right
# style: image resizing, nearest neighbour upsampling of a one-dimensional picture
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    picture = attention_mask.reshape(batch, 1, K).to(torch.float32)
    bigger = nn.Upsample(size=3 * K, mode="nearest")(picture)
    return bigger.reshape(batch, 3 * K).to(attention_mask.dtype)

# %% wrong (wrong-shape): repeat_interleave without dim flattens the batch
def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, 3).unsqueeze(0)

# %% wrong (counted): sets the last 3 * n entries to 1; with n = 0 the slice -0: is everything
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    mask = torch.zeros(batch, 3 * K, dtype=attention_mask.dtype, device=attention_mask.device)
    for b in range(batch):
        n = int(attention_mask[b].sum())
        mask[b, -3 * n :] = 1
    return mask

# %% right
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)

# %% wrong (interpolated): stretches the mask with linear interpolation, which gives fractions between padding and real steps
def stack_attention_mask(attention_mask):
    # resize the "image" to three times its width
    signal = attention_mask.unsqueeze(1).float()
    stretched = torch.nn.functional.interpolate(signal, size=3 * attention_mask.shape[1], mode="linear")
    return stretched.squeeze(1)

# %% wrong (one-row-for-all): counts the padded steps of the first window, and gives every window as many
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    padded = int((attention_mask[0] == 0).sum())
    mask = torch.ones(batch, 3 * K, dtype=attention_mask.dtype, device=attention_mask.device)
    mask[:, : 3 * padded] = 0
    return mask

# %% right
def stack_attention_mask(attention_mask):
    step_of_token = torch.arange(3 * attention_mask.size(1), device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% wrong (one-row-for-all): one amount of padding, the batch's longest, is used for all windows
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    padded_steps = int((attention_mask == 0).sum(dim=1).max())
    mask = torch.ones((batch, 3 * K), dtype=attention_mask.dtype, device=attention_mask.device)
    mask[:, : 3 * padded_steps] = 0
    return mask

# %% wrong (additive): makes the additive mask of BERT's code (0 for real, -10000 for padding) out of it
def stack_attention_mask(attention_mask):
    extended = attention_mask.repeat_interleave(3, dim=-1).float()
    # 1.0 for positions to attend, 0.0 for masked ones => added to the raw scores before the softmax
    return (1.0 - extended) * -10000.0

# %% right
def stack_attention_mask(attention_mask):
    K = attention_mask.size(1)
    step_of_token = torch.arange(3 * K) // 3  # 0 0 0 1 1 1 2 2 2 ...
    return attention_mask[:, step_of_token]

# %% wrong (interpolated): interpolates linearly instead of repeating, and the fractions at an edge are cut to 0
import torch.nn.functional as F

def stack_attention_mask(attention_mask):
    wide = F.interpolate(attention_mask[:, None].float(), scale_factor=3, mode="linear")
    return wide[:, 0].to(attention_mask.dtype)

# %% wrong (from-the-first-real-step): looks for the first real step and takes everything from there on as real; a row without a real step has no first one
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    first = attention_mask.int().argmax(dim=1, keepdim=True)
    position = torch.arange(3 * K, device=attention_mask.device)
    return (position[None, :] >= 3 * first).to(attention_mask.dtype)

# %% right
def stack_attention_mask(attention_mask):
    K = attention_mask.shape[1]
    step_of_token = torch.arange(3 * K, device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% wrong (repeated-blocks): sets the whole mask three times side by side
def stack_attention_mask(attention_mask):
    return torch.cat([attention_mask, attention_mask, attention_mask], dim=-1)

# %% wrong (one-row-for-all): counts the padding in the first window only and pads all windows alike
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    n_pad = int((attention_mask[0] == 0).sum())
    stacked = torch.ones((batch, 3 * K), dtype=attention_mask.dtype, device=attention_mask.device)
    stacked[:, : 3 * n_pad] = 0
    return stacked

# %% right
def stack_attention_mask(attention_mask):
    K = attention_mask.shape[1]
    step_of_token = torch.arange(3 * K, device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% wrong (one-row-for-all): counts the real steps in the first row and gives all rows its mask
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    real = int(attention_mask[0].sum())
    row = torch.cat([torch.zeros(3 * (K - real)), torch.ones(3 * real)]).to(attention_mask.dtype)
    return row.unsqueeze(0).repeat(batch, 1)

# %% wrong (repeated-blocks): repeats along the batch axis and hopes that reshape puts it right
def stack_attention_mask(attention_mask):
    b, K = attention_mask.shape
    return torch.repeat_interleave(attention_mask, 3, dim=0).reshape(b, 3 * K)

# %% right
def stack_attention_mask(attention_mask):
    step_of_token = torch.arange(3 * attention_mask.shape[1], device=attention_mask.device) // 3
    return attention_mask[:, step_of_token]

# %% wrong (one-row-for-all): counts the padded steps of the first row and uses that number for all rows
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    n_padded = int((attention_mask[0] == 0).sum())
    stacked = torch.ones(batch, 3 * K, dtype=attention_mask.dtype)
    stacked[:, : 3 * n_padded] = 0
    return stacked

# %% wrong (repeated-blocks): the factors of the Kronecker product are exchanged, so the row is repeated as a whole
def stack_attention_mask(attention_mask):
    three = torch.ones((1, 3), dtype=attention_mask.dtype, device=attention_mask.device)
    return torch.kron(three, attention_mask)

# %% right
def stack_attention_mask(attention_mask):
    # token number i belongs to step i // 3
    tokens = torch.arange(3 * attention_mask.size(1), device=attention_mask.device)
    steps = torch.div(tokens, 3, rounding_mode="floor")
    return torch.index_select(attention_mask, 1, steps)

# %% wrong (None): counts the padded steps of the whole batch and blanks as many in every row
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    stacked = torch.ones((batch, 3 * K), dtype=attention_mask.dtype)
    padded_steps = int((attention_mask == 0).sum())
    stacked[:, : 3 * padded_steps] = 0
    return stacked

# %% wrong (wrong-shape): repeat_interleave without a dim flattens the batch
def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, repeats=3).unsqueeze(0)

# %% right
def stack_attention_mask(attention_mask):
    K = attention_mask.shape[1]
    step_of_token = torch.arange(3 * K, device=attention_mask.device) // 3  # 0 0 0 1 1 1 2 2 2 ...
    return attention_mask[:, step_of_token]

# %% wrong (newest-masked): hides the last action token as well, since "the newest action isn't known yet"
def stack_attention_mask(attention_mask):
    stacked = attention_mask.repeat_interleave(3, dim=1)
    stacked[:, -1] = 0  # the model must not see the action it is about to predict
    return stacked

# %% wrong (wrong-shape): repeat_interleave without dim flattens the batch; viewed as one row
def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, 3).view(1, -1)

# %% right
def stack_attention_mask(attention_mask):
    columns = [attention_mask[:, t] for t in range(attention_mask.shape[1]) for _ in range(3)]
    return torch.stack(columns, dim=1)

# %% wrong (repeated-blocks): a Kronecker product with its two factors swapped: the row of steps is written three times in a row
def stack_attention_mask(attention_mask):
    three = torch.ones((1, 3), dtype=attention_mask.dtype, device=attention_mask.device)
    return torch.kron(three, attention_mask.contiguous())

# %% wrong (interpolated): stretches the mask like an image, with linear interpolation, so the border between padding and real steps is blurred
def stack_attention_mask(attention_mask):
    image = attention_mask.unsqueeze(1).float()  # (batch, channel, K)
    stretched = torch.nn.functional.interpolate(image, scale_factor=3, mode="linear", align_corners=False)
    return stretched.squeeze(1).to(attention_mask.dtype)

# %% right
def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    step_of_token = torch.div(torch.arange(3 * K, device=attention_mask.device), 3, rounding_mode="floor")
    return attention_mask[:, step_of_token]
