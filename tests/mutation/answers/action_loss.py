# %% right
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask > 0
    return ((action_preds[real] - action_targets[real]) ** 2).mean()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[2]
    keep = attention_mask.reshape(-1) == 1
    return torch.nn.functional.mse_loss(
        action_preds.reshape(-1, act_dim)[keep], action_targets.reshape(-1, act_dim)[keep]
    )

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    weights = attention_mask.to(action_preds.dtype).unsqueeze(-1)
    squared = (action_preds - action_targets).pow(2) * weights
    return squared.sum() / (weights.sum() * action_preds.shape[-1])

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    total, count = 0.0, 0
    for b in range(action_preds.shape[0]):
        for t in range(action_preds.shape[1]):
            if attention_mask[b, t]:
                error = action_preds[b, t] - action_targets[b, t]
                total = total + (error * error).sum()
                count += error.numel()
    return total / count

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    per_step = torch.mean(torch.square(action_targets - action_preds), dim=2)
    rows, columns = torch.nonzero(attention_mask, as_tuple=True)
    return per_step[rows, columns].mean()

# %% wrong (zeroed-but-averaged): Padded errors are set to 0 and averaged over all the same.
# shows: any padding
def action_loss(action_preds, action_targets, attention_mask):
    error = (action_preds - action_targets) * attention_mask[:, :, None]
    return (error**2).mean()

# %% wrong (summed-over-actions): The sum is divided by the number of real steps and not of their components.
# shows: act_dim above 1
def action_loss(action_preds, action_targets, attention_mask):
    error = ((action_preds - action_targets) ** 2).sum(dim=-1)
    return (error * attention_mask).sum() / attention_mask.sum()

# %% wrong (unmasked): The mask is not used.
# shows: any padding
def action_loss(action_preds, action_targets, attention_mask):
    batch, K, act_dim = action_preds.shape
    total = ((action_preds - action_targets) ** 2).sum()
    return total / (batch * K * act_dim)

# %% wrong (rows-averaged): Each window is averaged by itself, and then the windows, so steps of short windows weigh more.
# shows: windows with different numbers of real steps
def action_loss(action_preds, action_targets, attention_mask):
    losses = []
    for p, t, m in zip(action_preds, action_targets, attention_mask):
        losses.append(((p[m == 1] - t[m == 1]) ** 2).mean())
    return torch.stack(losses).mean()

# %% wrong (mask-from-targets): Padding is recognised by an action of -10 and not by the mask.
# shows: padded steps whose targets are other numbers
def action_loss(action_preds, action_targets, attention_mask):
    real = (action_targets != -10).all(dim=-1)
    return ((action_preds[real] - action_targets[real]) ** 2).mean()

# %% wrong (lost-gradient): The loss is a number without a history.
# shows: training: loss.backward() fails
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool()
    diff = (action_preds[real] - action_targets[real]).flatten()
    total = 0.0
    for d in diff:
        total += d.item() ** 2
    return torch.tensor(total / len(diff))

# %% wrong (exception): An integer mask is used as an index, so it picks the windows 0 and 1 over and over.
# shows: a mask of integers
def action_loss(action_preds, action_targets, attention_mask):
    index = attention_mask.long()
    return torch.mean((action_preds[index] - action_targets[index]) ** 2)

# %% wrong (size-fixed): The number of torques is written into the code.
# shows: act_dim other than 6, such as Hopper's 3
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.unsqueeze(2).float()
    return (mask * (action_preds - action_targets) ** 2).sum() / (6 * mask.sum())

# %% wrong (one-mask-for-all): The first window's mask is used for all windows.
# shows: a batch whose windows have different padding
def action_loss(action_preds, action_targets, attention_mask):
    columns = attention_mask[0] > 0
    return ((action_preds - action_targets)[:, columns] ** 2).mean()

# %% wrong (input-changed): The padded predictions are overwritten in place, which a tanh head's backward pass does not survive.
# shows: predictions that require a gradient: an error in place or in backward()
def action_loss(action_preds, action_targets, attention_mask):
    padded = attention_mask == 0
    action_preds[padded] = action_targets[padded]
    count = (~padded).sum() * action_preds.shape[-1]
    return ((action_preds - action_targets) ** 2).sum() / count

# %% wrong (input-changed): The targets are changed in place, and they are the very tensor of actions that the batch holds.
# shows: training: the targets come out changed where padded, and backward() through the action embedding fails
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask.unsqueeze(-1).to(action_preds.dtype)
    action_targets *= m
    error = action_preds * m - action_targets
    return error.pow(2).sum() / (m.sum() * error.shape[-1])

# %% wrong (exact-predictions): Components that are predicted exactly are not counted.
# shows: a real component without an error, such as a saturated torque of 1
def action_loss(action_preds, action_targets, attention_mask):
    squared = attention_mask[..., None] * (action_preds - action_targets) ** 2
    return squared.sum() / (squared != 0).sum()

# %% wrong (cut-off): Predictions are cut off at -1 and 1 before they are compared, so a prediction of 3 for 1 costs nothing.
# shows: real predictions outside [-1, 1]
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask == 1
    return ((action_preds[real].clamp(-1, 1) - action_targets[real]) ** 2).mean()

# %% wrong (full-rows-only): Only windows without any padding are used.
# shows: a batch with a padded window
def action_loss(action_preds, action_targets, attention_mask):
    full = attention_mask.all(dim=1)
    return ((action_preds[full] - action_targets[full]) ** 2).mean()

# %% wrong (root): The root of the mean is returned.
# shows: any error other than 0 and 1; at 0 the gradient is nan
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.bool().unsqueeze(-1).expand_as(action_preds)
    squared = torch.masked_select((action_preds - action_targets) ** 2, mask)
    return torch.sqrt(squared.mean())

# %% right
# shows: a mask whose padding is on the right or in the middle, such as [1, 0]
def action_loss(action_preds, action_targets, attention_mask):
    K = action_preds.shape[1]
    total, n = 0, 0
    for b in range(len(action_preds)):
        start = K - int(attention_mask[b].sum())
        d = action_preds[b, start:] - action_targets[b, start:]
        total = total + (d**2).sum()
        n += d.numel()
    return total / n

# %% wrong (positions-averaged): Each position in the window is averaged by itself, and then the positions.
# shows: windows with different numbers of real steps
def action_loss(action_preds, action_targets, attention_mask):
    squared = ((action_preds - action_targets) ** 2).mean(dim=2)
    counts = attention_mask.sum(dim=0)
    by_position = (squared * attention_mask).sum(dim=0)
    seen = counts > 0
    return (by_position[seen] / counts[seen]).mean()

# %% wrong (l1): Absolute errors in place of squared ones.
# shows: any real error other than 0 and 1
def action_loss(action_preds, action_targets, attention_mask):
    w = attention_mask[:, :, None].expand(action_preds.shape)
    return (w * torch.abs(action_preds - action_targets)).sum() / w.sum()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.reshape(-1) > 0
    size = action_preds.shape[-1]
    return torch.nn.functional.mse_loss(action_preds.reshape(-1, size)[real], action_targets.reshape(-1, size)[real])

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    keep = attention_mask.to(action_preds.dtype)
    squared = (action_preds - action_targets).square()
    return torch.einsum("bkd,bk->", squared, keep) / (keep.sum() * action_preds.shape[2])

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool().unsqueeze(-1).expand_as(action_preds)
    error = torch.masked_select(action_preds, real) - torch.masked_select(action_targets, real)
    return error.dot(error) / error.numel()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    weight = attention_mask.to(action_preds.dtype)
    per_step = torch.nn.functional.mse_loss(action_preds, action_targets, reduction="none").mean(dim=-1)
    per_row = (per_step * weight).sum(dim=1)
    return per_row.mean() / weight.sum(dim=1).mean()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    rows, steps = attention_mask.nonzero(as_tuple=True)
    return torch.stack([(action_preds[rows, steps, d] - action_targets[rows, steps, d]).pow(2).mean()
                        for d in range(action_preds.size(-1))]).mean()

# %% wrong (zeroed-but-averaged): padded errors are set to 0, but the mean goes over everything
# shows: any batch with padding (agrees on full masks)
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask.unsqueeze(-1).to(action_preds.dtype)
    return torch.nn.functional.mse_loss(action_preds * m, action_targets * m)

# %% wrong (summed-over-actions): divides by the number of real steps, not of their components
# shows: act_dim of 2 or more: act_dim times too large (agrees for 1)
def action_loss(action_preds, action_targets, attention_mask):
    error = torch.square(action_preds - action_targets) * attention_mask[..., None]
    return error.sum() / attention_mask.sum()

# %% wrong (rows-averaged): takes the mean of each window and then of the windows, so that steps of short windows weigh more
# shows: windows with different numbers of real steps (agrees where all have as many)
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask.to(action_preds.dtype)
    step = (action_preds - action_targets).pow(2).mean(-1)
    return ((step * m).sum(1) / m.sum(1).clamp(min=1)).mean()

# %% wrong (mask-from-targets): the mask is not used: padding is recognised by targets of -10
# shows: padding that holds another value, or a masked step with an ordinary action (agrees on the collator's batches)
def action_loss(action_preds, action_targets, attention_mask):
    real = (action_targets > -10).all(dim=-1)
    return ((action_preds[real] - action_targets[real]) ** 2).mean()

# %% wrong (exception): a long mask is used as an index: rows 0 and 1 are looked up in place of a selection
# shows: a mask of integers: the loss is of the first two windows, padding and all (a bool mask agrees)
def action_loss(action_preds, action_targets, attention_mask):
    return torch.mean((action_preds[attention_mask] - action_targets[attention_mask]) ** 2)

# %% wrong (huber): smooth L1, which is half the square for small errors and linear for large ones
# shows: every input
def action_loss(action_preds, action_targets, attention_mask):
    keep = attention_mask == 1
    return torch.nn.functional.smooth_l1_loss(action_preds[keep], action_targets[keep])

# %% wrong (huber): twice the Huber loss: equals the squared error only while errors stay below 1
# shows: an error above 1, such as 0.9 against -0.9 (agrees on small errors)
def action_loss(action_preds, action_targets, attention_mask):
    keep = attention_mask.bool()
    return 2 * torch.nn.functional.huber_loss(action_preds[keep], action_targets[keep], delta=1.0)

# %% wrong (cut-off): predictions are clamped to [-1, 1] first, which also stops their gradient
# shows: predictions outside [-1, 1], as without tanh (agrees behind a tanh)
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool()
    return (action_preds.clamp(-1, 1)[real] - action_targets[real]).pow(2).mean()

# %% wrong (input-changed): subtracts in place, so that the predictions, which the Trainer still evaluates, become errors
# shows: any predictions: changed afterwards; a leaf that requires grad raises
def action_loss(action_preds, action_targets, attention_mask):
    error = action_preds.sub_(action_targets)[attention_mask.bool()]
    return error.pow(2).mean()

# %% wrong (input-changed): overwrites the padded targets in the batch itself
# shows: a batch with padding: action_targets are changed afterwards
def action_loss(action_preds, action_targets, attention_mask):
    action_targets[attention_mask == 0] = 0
    m = attention_mask[..., None].to(action_preds.dtype)
    return ((action_preds * m - action_targets) ** 2).sum() / (m.sum() * action_preds.size(-1))

# %% wrong (lost-gradient): the number is wrapped into a new tensor: it requires grad, but nothing flows back
# shows: backward(): the predictions get no gradient
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool()
    value = ((action_preds[real] - action_targets[real]) ** 2).mean()
    return torch.tensor(value.item(), dtype=action_preds.dtype, requires_grad=True)

# %% wrong (counted-one-off): the denominator counts one step too many, against division by 0
# shows: few real steps: a batch of 1 with one real step is half as large
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask.to(action_preds.dtype)
    total = (torch.square(action_preds - action_targets).mean(-1) * m).sum()
    return total / (m.sum() + 1)

# %% wrong (layout-guessed): a mask of shape (batch, K) that happens to fit the last two dimensions is taken for one of steps by components
# shows: batch = K = act_dim with padding, such as six windows of six steps with six actions (agrees on all other shapes)
def action_loss(action_preds, action_targets, attention_mask):
    weights = attention_mask.to(action_preds.dtype)
    weights = weights.expand_as(action_preds) if weights.shape == action_preds.shape[1:] else weights.unsqueeze(-1).expand_as(action_preds)
    return ((action_preds - action_targets) ** 2 * weights).sum() / weights.sum()

# %% wrong (half-precision): sums and counts in float16: large batches overflow to inf
# shows: 64 windows of 20 steps with padding: the squares of the padded -10 and the counts exceed 65504
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask[..., None].half().expand_as(action_preds)
    error = (action_preds.half() - action_targets.half()) ** 2
    total = error.sum(dtype=torch.float16)
    padded = (error * (1 - m)).sum(dtype=torch.float16)
    return ((total - padded) / m.sum(dtype=torch.float16)).to(action_preds.dtype)

# %% wrong (root): the root of the mean squared error
# shows: every loss other than 0 or 1
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool()
    return torch.dist(action_preds[real], action_targets[real]) / action_preds[real].numel() ** 0.5

# %% wrong (one-step-only): only the newest step of each window counts
# shows: K of 2 or more with more than one real step (agrees for K = 1)
def action_loss(action_preds, action_targets, attention_mask):
    m = attention_mask[:, -1].bool()
    return torch.nn.functional.mse_loss(action_preds[m, -1], action_targets[m, -1])

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    # padded steps are given their own prediction as the target: no error, no gradient
    real = attention_mask.bool()[:, :, None]
    targets = torch.where(real, action_targets, action_preds)
    share = real.sum() / real.numel()
    return torch.nn.functional.mse_loss(action_preds, targets) / share

# %% wrong (zeroed-but-averaged): padded errors are set to zero, but the mean goes over everything
# shows: any batch with padding
def action_loss(action_preds, action_targets, attention_mask):
    error = (action_preds - action_targets) ** 2
    return (error * attention_mask.unsqueeze(-1)).mean()

# %% wrong (summed-over-actions): divided by the number of real steps only, not by that of the components
# shows: act_dim > 1
def action_loss(action_preds, action_targets, attention_mask):
    squared = (action_preds - action_targets).square().sum(dim=-1)
    return (squared * attention_mask).sum() / attention_mask.sum()

# %% wrong (rows-averaged): the mean of the windows' means, so that a short window's steps weigh more
# shows: windows with different numbers of real steps
def action_loss(action_preds, action_targets, attention_mask):
    step_error = ((action_preds - action_targets) ** 2).mean(dim=2)  # (batch, K)
    window_error = (step_error * attention_mask).sum(dim=1) / attention_mask.sum(dim=1)
    return window_error.mean()

# %% wrong (mask-from-targets): padding is told by a target of -10, the mask is ignored
# shows: masked steps whose targets are something else, e.g. 0
def action_loss(action_preds, action_targets, attention_mask):
    taken = (action_targets > -10).all(dim=-1)
    return torch.nn.functional.mse_loss(action_preds[taken], action_targets[taken])

# %% wrong (lost-gradient): the loss is turned into a number and back, so no gradient flows
# shows: backward on the loss
def action_loss(action_preds, action_targets, attention_mask):
    keep = attention_mask.bool()
    difference = (action_preds[keep] - action_targets[keep]).detach().numpy()
    return torch.tensor(np.mean(difference**2), requires_grad=True)

# %% wrong (exception): the integer mask is used as an index, which picks windows 0 and 1 instead of real steps
# shows: a batch of several windows with padding and an integer mask
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.long()
    return torch.mean((action_preds[real] - action_targets[real]) ** 2)

# %% wrong (one-mask-for-all): the first window's mask is used for all windows
# shows: windows with different padding
def action_loss(action_preds, action_targets, attention_mask):
    real = torch.nonzero(attention_mask[0]).flatten()
    preds = action_preds.index_select(1, real)
    targets = action_targets.index_select(1, real)
    return ((preds - targets) ** 2).mean()

# %% wrong (mask-tiled): the mask is repeated as a whole instead of entry by entry, so it doesn't fit the flattened components
# shows: padding and act_dim > 1
def action_loss(action_preds, action_targets, attention_mask):
    batch, K, act_dim = action_preds.shape
    flat_mask = attention_mask.repeat(1, act_dim).reshape(-1) > 0
    p = action_preds.reshape(-1)[flat_mask]
    q = action_targets.reshape(-1)[flat_mask]
    return torch.nn.functional.mse_loss(p, q)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask > 0
    return ((action_preds[real] - action_targets[real]) ** 2).mean()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    weights = attention_mask.to(action_preds.dtype).unsqueeze(-1)
    squared = torch.square(action_preds - action_targets)
    return (weights * squared).sum() / (weights.sum() * action_preds.shape[-1])

# %% right
import torch.nn.functional as F


def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[2]
    rows = torch.nonzero(attention_mask.reshape(-1)).squeeze(-1)
    preds = action_preds.reshape(-1, act_dim).index_select(0, rows)
    targets = action_targets.reshape(-1, act_dim).index_select(0, rows)
    return F.mse_loss(preds, targets, reduction="mean")

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    # the mean over components is the same for every step, so the steps' mean errors can be averaged
    per_step = torch.nn.functional.mse_loss(action_preds, action_targets, reduction="none").mean(-1)
    return torch.masked_select(per_step, attention_mask.bool()).mean()

# %% wrong (summed-over-actions): divides the summed error by the number of real steps only, not by the number of their components.
# shows: act_dim 2, one real step with errors 1 and 1: gives 2 instead of 1.
def action_loss(action_preds, action_targets, attention_mask):
    error = (action_preds - action_targets) ** 2
    error = error * attention_mask.unsqueeze(-1)
    return error.sum() / attention_mask.sum()

# %% wrong (rows-averaged): averages each window first and then over the windows, so the steps of a short window weigh more than those of a long one.
# shows: batch 2 with the masks [0, 1] and [1, 1] and errors 3 | 0, 0: gives 4.5 instead of 3.
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.float()
    per_step = (action_preds - action_targets).pow(2).mean(dim=-1)  # (batch, K)
    per_window = (per_step * mask).sum(dim=1) / mask.sum(dim=1)
    return per_window.mean()

# %% wrong (lost-gradient): wraps the number into a new tensor with requires_grad=True, which has no connection to the predictions.
# shows: any predictions with requires_grad: the value agrees, but action_preds.grad stays None after backward.
def action_loss(action_preds, action_targets, attention_mask):
    total = 0.0
    count = 0
    B, K, A = action_preds.shape
    for b in range(B):
        for k in range(K):
            if attention_mask[b, k] > 0:
                for a in range(A):
                    total += (action_preds[b, k, a].item() - action_targets[b, k, a].item()) ** 2
                    count += 1
    return torch.tensor(total / count, requires_grad=True)

# %% wrong (exception): indexes with the mask of integers itself, which picks windows number 0 and 1 instead of the real steps.
# shows: batch 2, an integer mask [[0, 1], [1, 1]] and errors of 10 at the padded step: the padded step counts.
def action_loss(action_preds, action_targets, attention_mask):
    preds = action_preds[attention_mask]
    targets = action_targets[attention_mask]
    return torch.nn.functional.mse_loss(preds, targets)

# %% wrong (mask-from-targets): recognises padding by targets of -10 and does not look at the mask.
# shows: a step that the mask calls padding and whose targets are 0 (a hidden action, say): it counts.
PADDING = -10.0


def action_loss(action_preds, action_targets, attention_mask):
    real = (action_targets > PADDING).all(dim=-1)
    return ((action_preds[real] - action_targets[real]) ** 2).mean()

# %% wrong (size-fixed): the number of components is written as 6, the cheetah's.
# shows: act_dim 3, as a hopper has, with all errors 1: gives 0.5 instead of 1.
N_JOINTS = 6


def action_loss(action_preds, action_targets, attention_mask):
    sq = torch.square(action_targets - action_preds)
    m = attention_mask[..., None].to(sq.dtype)
    return torch.sum(sq * m) / (torch.sum(m) * N_JOINTS)

# %% wrong (cut-off): clips the predictions to the range of the torques before the error is taken, so predictions beyond it cost nothing and get no gradient.
# shows: a real step with prediction 3 and target 1: gives 0 instead of 4.
def action_loss(action_preds, action_targets, attention_mask):
    valid = attention_mask.reshape(-1) > 0
    act_dim = action_preds.shape[2]
    a_hat = action_preds.clamp(-1.0, 1.0).reshape(-1, act_dim)[valid]
    a = action_targets.reshape(-1, act_dim)[valid]
    return torch.mean((a_hat - a) ** 2)

# %% wrong (input-changed): sets the padded targets to 0 inside the caller's tensor.
# shows: any padded batch: the value agrees, but action_targets has changed from -10 to 0 at the padded step.
def action_loss(action_preds, action_targets, attention_mask):
    pad = attention_mask == 0
    action_targets[pad] = 0
    preds = action_preds.masked_fill(pad.unsqueeze(-1), 0)
    n = (~pad).sum() * action_preds.size(-1)
    return ((preds - action_targets) ** 2).sum() / n

# %% right
# style: mean over everything divided by the share of real steps
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.to(action_preds.dtype)
    zeroed = (action_preds - action_targets).square() * real[:, :, None]
    return zeroed.mean() / real.mean()

# %% right
# style: physicist, einsum for numerator and denominator
def action_loss(action_preds, action_targets, attention_mask):
    w = attention_mask.type_as(action_preds)
    delta = action_preds - action_targets
    numerator = torch.einsum("bkd,bkd,bk->", delta, delta, w)
    denominator = torch.einsum("bkd,bk->", torch.ones_like(delta), w)
    return numerator / denominator

# %% right
# style: beginner's loops over all steps, with tensors in a list
def action_loss(action_preds, action_targets, attention_mask):
    errors = []
    for window in range(attention_mask.shape[0]):
        for step in range(attention_mask.shape[1]):
            if attention_mask[window][step].item() == 1:
                diff = action_preds[window][step] - action_targets[window][step]
                errors.append(diff * diff)
    return torch.cat(errors).mean()

# %% right
# style: einops, the mask repeated for each component, then masked_select
from einops import repeat


def action_loss(action_preds, action_targets, attention_mask):
    real = repeat(attention_mask > 0, "b k -> b k d", d=action_preds.shape[-1])
    chosen = [t.masked_select(real) for t in (action_preds, action_targets)]
    return torch.nn.MSELoss(reduction="mean")(*chosen)

# %% right
# style: positions of the real steps by nonzero, and a norm
def action_loss(action_preds, action_targets, attention_mask):
    windows, steps = attention_mask.nonzero(as_tuple=True)
    residual = action_preds[windows, steps] - action_targets[windows, steps]
    return residual.pow(2).sum().div(residual.numel())

# %% wrong (rows-averaged): the mean of each window's mean, instead of the mean over all real steps
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.to(action_preds.dtype)
    per_step = ((action_preds - action_targets) ** 2).mean(dim=-1)  # (batch, K)
    per_window = (per_step * mask).sum(dim=1) / mask.sum(dim=1)
    return per_window.mean()

# %% wrong (lost-gradient): adds up numbers taken out with .item(), so no gradient flows
def action_loss(action_preds, action_targets, attention_mask):
    errors = []
    B, K, D = action_preds.shape
    for b in range(B):
        for k in range(K):
            if attention_mask[b, k] == 1:
                for d in range(D):
                    errors.append((action_preds[b, k, d] - action_targets[b, k, d]).item() ** 2)
    return torch.tensor(sum(errors) / len(errors), requires_grad=True)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[-1]
    real = attention_mask.reshape(-1) > 0
    preds = action_preds.reshape(-1, act_dim)[real]
    targets = action_targets.reshape(-1, act_dim)[real]
    return torch.nn.functional.mse_loss(preds, targets)

# %% wrong (rows-averaged): takes the mean of each window first, and then the mean over the windows, however few steps they have
def action_loss(action_preds, action_targets, attention_mask):
    def window_loss(pred, target, mask):
        real = mask.bool()
        return torch.nn.functional.mse_loss(pred[real], target[real])

    losses = [window_loss(p, a, m) for p, a, m in zip(action_preds, action_targets, attention_mask)]
    return torch.stack(losses).mean()

# %% wrong (lost-gradient): collects the errors as Python numbers and makes a new tensor of them, through which no gradient flows
def action_loss(action_preds, action_targets, attention_mask):
    batch, K, act_dim = action_preds.shape
    sse = 0.0
    n = 0
    for b in range(batch):
        for k in range(K):
            if attention_mask[b, k] == 0:
                continue
            for d in range(act_dim):
                e = action_preds[b, k, d].item() - action_targets[b, k, d].item()
                sse += e * e
                n += 1
    return torch.tensor(sse / n, requires_grad=True)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    squared = (action_preds - action_targets).square()
    per_step = squared.mean(dim=-1)  # (batch, K)
    return torch.masked_select(per_step, attention_mask.bool()).mean()

# %% wrong (lost-gradient): wraps the finished number in a new tensor with requires_grad=True; backward() runs, but nothing reaches the model
def action_loss(action_preds, action_targets, attention_mask):
    errors = []
    for b in range(action_preds.shape[0]):
        for k in range(action_preds.shape[1]):
            if attention_mask[b, k] == 1:
                for d in range(action_preds.shape[2]):
                    difference = action_preds[b, k, d] - action_targets[b, k, d]
                    errors.append(difference.item() ** 2)
    loss = sum(errors) / len(errors)
    return torch.tensor(loss, requires_grad=True)

# %% wrong (mask-tiled): the mask is tiled along the row and then reshaped, so its entries land on other steps
def action_loss(action_preds, action_targets, attention_mask):
    batch, K, act_dim = action_preds.shape
    mask = attention_mask.repeat(1, act_dim).reshape(batch, K, act_dim)
    squared = (action_preds - action_targets) ** 2
    return (squared * mask).sum() / mask.sum()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    difference = action_preds - action_targets
    real = torch.masked_select(difference, attention_mask.bool().unsqueeze(-1))
    return real.square().mean()

# %% wrong (rows-averaged): a mean for each window first, then the mean over the windows: windows with few real steps weigh too much
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.to(action_preds.dtype)
    err = (action_preds - action_targets).square().mean(dim=-1)  # (batch, K)
    per_window = (err * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    return per_window.mean()

# %% wrong (summed-over-actions): d3rlpy's loss from memory: the squared errors are summed over the components of an action instead of averaged
def action_loss(action_preds, action_targets, attention_mask):
    # (B, T, A) -> (B, T)
    loss = ((action_preds - action_targets) ** 2).sum(dim=-1)
    masks = attention_mask.float()
    return (loss * masks).sum() / masks.sum()

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    squared = (action_preds - action_targets) ** 2
    padding = (attention_mask == 0).unsqueeze(-1)
    return squared.masked_fill(padding, float("nan")).nanmean()

# %% wrong (summed-over-actions): divides by the number of real steps only, not by that of their components
def action_loss(action_preds, action_targets, attention_mask):
    error = (action_preds - action_targets) ** 2
    error = error * attention_mask.unsqueeze(-1)
    return error.sum() / attention_mask.sum()

# %% wrong (rows-averaged): takes the mean of each window first, and then the mean of the windows, so that steps of short windows count more
def action_loss(action_preds, action_targets, attention_mask):
    losses = []
    for pred, target, mask in zip(action_preds, action_targets, attention_mask):
        real = mask.bool()
        losses.append(torch.mean((pred[real] - target[real]) ** 2))
    return torch.stack(losses).mean()

# %% right
import torch.nn.functional as F

def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[-1]
    real = attention_mask.reshape(-1) > 0
    preds = action_preds.reshape(-1, act_dim)[real]
    targets = action_targets.reshape(-1, act_dim)[real]
    return F.mse_loss(preds, targets)

# %% wrong (rows-averaged): the mean over each window first and then over the windows, so steps of short windows count more
def action_loss(action_preds, action_targets, attention_mask):
    losses = []
    for pred, target, mask in zip(action_preds, action_targets, attention_mask):
        real = mask == 1
        losses.append(torch.mean((pred[real] - target[real]) ** 2))
    return torch.stack(losses).mean()

# %% wrong (exception): indexes with the mask as it is; whole numbers 0 and 1 pick rows 0 and 1 of the batch, and only a boolean mask selects steps
def action_loss(action_preds, action_targets, attention_mask):
    p = action_preds[attention_mask]
    t = action_targets[attention_mask]
    return torch.nn.functional.mse_loss(p, t)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    real = attention_mask.bool()
    difference = action_preds[real] - action_targets[real]  # (real steps, act_dim)
    return difference.pow(2).mean()

# %% wrong (rows-averaged): first the mean of each window, then the mean over the windows, so a step in a short window counts more
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.to(action_preds.dtype)
    per_step = ((action_preds - action_targets) ** 2).mean(dim=-1)  # (batch, K)
    per_window = (per_step * mask).sum(dim=1) / mask.sum(dim=1)
    return per_window.mean()

# %% wrong (lost-gradient): computed in numpy and wrapped in a new tensor: the value is right, but no gradient reaches the predictions
def action_loss(action_preds, action_targets, attention_mask):
    p = action_preds.detach().cpu().numpy()
    y = action_targets.detach().cpu().numpy()
    m = attention_mask.cpu().numpy().astype(bool)
    mse = np.mean((p[m] - y[m]) ** 2)
    # gradients can flow through a tensor with requires_grad
    return torch.tensor(mse, requires_grad=True)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    error = torch.square(action_preds - action_targets)
    padding = (attention_mask == 0).unsqueeze(-1)
    return error.masked_fill(padding, float("nan")).nanmean()

# %% wrong (rows-averaged): averages within each window first and then over the windows
def action_loss(action_preds, action_targets, attention_mask):
    losses = []
    for pred, target, mask in zip(action_preds, action_targets, attention_mask):
        real = mask.bool()
        losses.append(((pred[real] - target[real]) ** 2).mean())
    return torch.stack(losses).mean()

# %% wrong (exact-predictions): drops every error that is 0 after masking, also those of perfectly predicted components
def action_loss(action_preds, action_targets, attention_mask):
    squared = torch.square(action_preds - action_targets) * attention_mask.unsqueeze(-1)
    # the padded ones are 0 now and must not count
    return squared[squared > 0].mean()

# %% right
import torch.nn.functional as F


def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[-1]
    real = attention_mask.reshape(-1) > 0
    preds = action_preds.reshape(-1, act_dim)[real]
    targets = action_targets.reshape(-1, act_dim)[real]
    return F.mse_loss(preds, targets)

# %% wrong (rows-averaged): the mean of each window first and then the mean over the windows, so short windows weigh as much as full ones
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.float()
    per_step = ((action_preds - action_targets) ** 2).mean(dim=-1)
    per_window = (per_step * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
    return per_window.mean()

# %% wrong (one-mask-for-all): counts the padding in the first window and cuts that many steps off all windows
def action_loss(action_preds, action_targets, attention_mask):
    padded = int((attention_mask[0] == 0).sum())
    preds = action_preds[:, padded:]
    targets = action_targets[:, padded:]
    return torch.nn.functional.mse_loss(preds, targets)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[2]
    real = attention_mask.reshape(-1) > 0
    preds = action_preds.reshape(-1, act_dim)[real]
    targets = action_targets.reshape(-1, act_dim)[real]
    return torch.mean((preds - targets) ** 2)

# %% wrong (rows-averaged): GROUP BY window: averages each window over its own real steps, and then averages the windows
def action_loss(action_preds, action_targets, attention_mask):
    # SELECT AVG(loss) FROM (SELECT window, AVG(error) AS loss FROM steps WHERE mask = 1 GROUP BY window)
    mask = attention_mask.to(action_preds.dtype)
    per_step = (action_preds - action_targets).square().mean(dim=2)
    per_window = (per_step * mask).sum(dim=1) / mask.sum(dim=1)
    return per_window.mean()

# %% wrong (exception): indexes with the mask of 0s and 1s as it is: whole numbers pick the windows 0 and 1 of the batch, they do not select steps
def action_loss(action_preds, action_targets, attention_mask):
    mask = attention_mask.long()
    real_preds = action_preds[mask]
    real_targets = action_targets[mask]
    return torch.nn.functional.mse_loss(real_preds, real_targets)

# %% right
def action_loss(action_preds, action_targets, attention_mask):
    batch_index, step_index = torch.nonzero(attention_mask, as_tuple=True)
    difference = action_preds[batch_index, step_index] - action_targets[batch_index, step_index]
    return difference.pow(2).mean()
