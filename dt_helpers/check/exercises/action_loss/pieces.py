"""The right answer, and what wrong ones are made of."""


def right(action_preds, action_targets, attention_mask):
    """(batch, K, act_dim) twice and (batch, K) -> ()"""
    real = attention_mask > 0
    return (((action_preds - action_targets) ** 2)[real].mean(),)


def squared(preds, targets):
    return (preds - targets) ** 2


def held(targets, filling, some):
    """(batch, K): the steps whose targets don't hold the filling, in any or in all of their numbers."""
    return (targets != filling).any(-1) if some else (targets != filling).all(-1)


def rows_averaged(clamp):
    def loss(preds, targets, mask):
        error = (squared(preds, targets).mean(-1) * mask).sum(1)
        steps = mask.sum(1)
        return (error / (steps.clamp(min=1) if clamp else steps)).mean()

    return loss


def columns_averaged(preds, targets, mask):
    return ((squared(preds, targets).mean(-1) * mask).sum(0) / mask.sum(0)).mean()


def seen_columns_averaged(preds, targets, mask):
    seen = mask.sum(0) > 0
    return columns_averaged(preds[:, seen], targets[:, seen], mask[:, seen])


def guessed(preds, targets, mask):
    weights = mask if mask.shape == preds.shape[1:] else mask[..., None]
    weights = weights.expand_as(preds)
    return (squared(preds, targets) * weights).sum() / weights.sum()


def half_sums(preds, targets, mask):
    import torch

    weights = mask[..., None].half().expand_as(preds)
    error = squared(preds.half(), targets.half())
    total, padded = (x.sum(dtype=torch.float16) for x in (error, error * (1 - weights)))
    return ((total - padded) / weights.sum(dtype=torch.float16)).to(preds.dtype)


def shifted(preds, targets, mask):
    return squared(preds[:, :-1], targets[:, 1:])[mask[:, 1:] > 0].mean()


def one_of(errors, which):
    return {"largest": errors.max, "median": errors.median, "smallest": errors.min}[which]()


def half_masked(preds, targets, mask, divide, side):
    weight = mask[..., None]
    error = squared(preds * weight, targets) if side == "predictions" else squared(preds, targets * weight)
    return error.mean() if divide == "all" else error.sum() / (mask.sum() * preds.shape[-1])
