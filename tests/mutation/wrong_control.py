"""Wrong answers to the loss, the window and the target return, each with the mistake made on purpose."""

import numpy as np
import torch
import torch.nn.functional as F

from .register import wrong

bad = wrong("action_loss")
bad("unmasked")(
    lambda p, t, m: ((p - t) ** 2).mean(),
    lambda p, t, m: F.mse_loss(p, t),
    lambda p, t, m: F.l1_loss(p, t),
    lambda p, t, m: F.mse_loss(p, t, reduction="sum"),
)
bad("zeroed-but-averaged")(
    lambda p, t, m: (((p - t) ** 2) * m.unsqueeze(-1)).mean(),
    lambda p, t, m: F.mse_loss(p * m[..., None], t * m[..., None]),
    lambda p, t, m: ((p - t).pow(2).mean(-1) * m).mean(),
)
bad("mask-inverted")(
    lambda p, t, m: ((p - t)[m == 0] ** 2).mean(),
    lambda p, t, m: (((p - t) ** 2) * (1 - m)[..., None]).sum() / ((1 - m).sum() * p.shape[-1]),
)
bad("l1")(lambda p, t, m: (p - t)[m > 0].abs().mean(), lambda p, t, m: F.l1_loss(p[m > 0], t[m > 0]))
bad("huber")(lambda p, t, m: F.smooth_l1_loss(p[m > 0], t[m > 0]), lambda p, t, m: F.huber_loss(p[m > 0], t[m > 0]))
bad("root")(lambda p, t, m: ((p - t)[m > 0] ** 2).mean().sqrt(), lambda p, t, m: F.mse_loss(p[m > 0], t[m > 0]) ** 0.5)
bad("summed")(lambda p, t, m: ((p - t)[m > 0] ** 2).sum(), lambda p, t, m: (((p - t) ** 2) * m[..., None]).sum())
bad("summed-over-actions")(
    lambda p, t, m: ((p - t)[m > 0] ** 2).sum(-1).mean(),
    lambda p, t, m: (((p - t) ** 2) * m[..., None]).sum() / m.sum(),
)
bad("divided-by-batch")(lambda p, t, m: ((p - t)[m > 0] ** 2).sum() / len(p))
bad("not-squared")(lambda p, t, m: (p - t)[m > 0].mean(), lambda p, t, m: (t[m > 0] - p[m > 0]).mean())
bad("mean-squared")(lambda p, t, m: (p - t)[m > 0].mean() ** 2)
bad("halved")(lambda p, t, m: 0.5 * ((p - t)[m > 0] ** 2).mean())
bad("negative")(lambda p, t, m: -((p - t)[m > 0] ** 2).mean())
bad("added")(lambda p, t, m: ((p + t)[m > 0] ** 2).mean())
bad("not-reduced")(
    lambda p, t, m: (p - t)[m > 0] ** 2,
    lambda p, t, m: ((p - t) ** 2).mean(-1),
    lambda p, t, m: ((p - t) ** 2) * m[..., None],
    lambda p, t, m: F.mse_loss(p, t, reduction="none"),
    lambda p, t, m: ((p - t)[m > 0] ** 2).mean(0),
)
bad("rows-averaged")(
    lambda p, t, m: ((((p - t) ** 2).mean(-1) * m).sum(1) / m.sum(1)).mean(),
    lambda p, t, m: ((((p - t) ** 2).mean(-1) * m).sum(1) / m.sum(1).clamp(min=1)).mean(),
)


@bad("rows-averaged")
def row_by_row(p, t, m):
    rows = [((p[b] - t[b])[m[b] > 0] ** 2).mean() for b in range(len(p))]
    return torch.stack(rows).mean()


bad("one-side-masked")(
    lambda p, t, m: F.mse_loss(p * m[..., None], t),
    lambda p, t, m: ((p * m.unsqueeze(-1) - t) ** 2).sum() / (m.sum() * p.shape[-1]),
)
bad("first-action-only")(lambda p, t, m: ((p[..., 0] - t[..., 0])[m > 0] ** 2).mean())
bad("one-step-only")(lambda p, t, m: F.mse_loss(p[:, -1], t[:, -1]))
bad("one-episode-only")(lambda p, t, m: F.mse_loss(p[0][m[0] > 0], t[0][m[0] > 0]))
bad("shifted")(
    lambda p, t, m: ((p[:, :-1] - t[:, 1:]) ** 2)[m[:, 1:] > 0].mean(),
    lambda p, t, m: ((p[:, 1:] - t[:, :-1]) ** 2)[m[:, :-1] > 0].mean(),
)
bad("norms-averaged")(lambda p, t, m: torch.linalg.norm((p - t)[m > 0], dim=-1).mean())
bad("worst-only")(lambda p, t, m: ((p - t)[m > 0] ** 2).max())
bad("lost-gradient")(
    lambda p, t, m: ((p - t)[m > 0] ** 2).mean().detach(),
    lambda p, t, m: torch.tensor(((p - t)[m > 0] ** 2).mean().item(), dtype=p.dtype),
    lambda p, t, m: ((p.data - t)[m > 0] ** 2).mean(),
)
bad("wrong-gradient")(lambda p, t, m: ((p - t) * (p - t).detach())[m > 0].mean())
bad("wrong-type")(
    lambda p, t, m: ((p - t)[m > 0] ** 2).mean().item(),
    lambda p, t, m: float(np.mean((p.detach().numpy() - t.numpy())[m.numpy() > 0] ** 2)),
)
bad("wrong-shape")(
    lambda p, t, m: ((p - t)[m > 0] ** 2).mean().reshape(1), lambda p, t, m: ((p - t)[m > 0] ** 2).mean()[None, None]
)
bad("nan")(lambda p, t, m: torch.log(p[m > 0]).mean() + ((p - t)[m > 0] ** 2).mean())
bad("unfilled")(lambda p, t, m: None, lambda p, t, m: ...)
bad("exception")(lambda p, t, m: ((p - t) ** 2 * m).sum() / m.sum(), lambda p, t, m: ((p - t)[m] ** 2).mean())
bad("wrong-dtype")(lambda p, t, m: ((p - t)[m > 0].double() ** 2).mean())


@bad("unfilled")
def stub(action_preds, action_targets, attention_mask):
    # YOUR CODE HERE
    raise NotImplementedError()


@bad("exception")  # in its second backward
def goes_back_itself(p, t, m):
    loss = ((p - t)[m > 0] ** 2).mean()
    loss.backward()
    return loss


@bad("input-changed")
def subtracts_in_place(action_preds, action_targets, attention_mask):
    action_preds -= action_targets
    return (action_preds[attention_mask > 0] ** 2).mean()


@bad("input-changed")
def blanks_the_targets(action_preds, action_targets, attention_mask):
    action_targets[attention_mask == 0] = 0
    return ((action_preds - action_targets)[attention_mask > 0] ** 2).mean()


bad = wrong("context_window")
bad("wrong-type")(
    lambda sequence, length: sequence.numpy()[-length:], lambda sequence, length: sequence.tolist()[-length:]
)
bad("wrong-count")(lambda sequence, length: list(sequence)[-length:])
bad("from-the-start")(
    lambda sequence, length: sequence[:length],
    lambda sequence, length: sequence.narrow(0, 0, min(length, len(sequence))),
)
bad("one-too-many")(lambda sequence, length: sequence[-length - 1 :])
bad("one-too-few")(lambda sequence, length: sequence[-length:][1:], lambda sequence, length: sequence[-(length - 1) :])
bad("newest-missing")(
    lambda sequence, length: sequence[-length:-1], lambda sequence, length: sequence[-length - 1 : -1]
)
bad("start-cut-off")(lambda sequence, length: sequence[length:])
bad("end-cut-off")(lambda sequence, length: sequence[:-length])
bad("one-row")(
    lambda sequence, length: sequence[-1],
    lambda sequence, length: sequence[-1:],
    lambda sequence, length: sequence[max(-length, -len(sequence))],
)
bad("unchanged")(lambda sequence, length: sequence)
bad("columns")(lambda sequence, length: sequence[:, -length:], lambda sequence, length: sequence[..., -length:])
bad("reversed")(
    lambda sequence, length: sequence.flip(0)[:length], lambda sequence, length: torch.flip(sequence[-length:], (0,))
)
bad("padded")(
    lambda sequence, length: F.pad(sequence[-length:], (0, 0, max(length - len(sequence), 0), 0)),
    lambda sequence, length: torch.cat(
        [torch.zeros(max(length - len(sequence), 0), sequence.shape[1], dtype=sequence.dtype), sequence[-length:]]
    ),
)
bad("extra-axis")(
    lambda sequence, length: sequence[-length:].unsqueeze(0), lambda sequence, length: sequence[None, -length:]
)
bad("spread-out")(lambda sequence, length: sequence[::length])
bad("wrong-dtype")(
    lambda sequence, length: sequence[-length:].half(), lambda sequence, length: sequence[-length:].float()
)
bad("unfilled")(lambda sequence, length: None, lambda sequence, length: ...)
bad("wrong-type")(
    lambda sequence, length: {"window": sequence[-length:]}, lambda sequence, length: str(sequence[-length:])
)
bad("exception")(
    lambda sequence, length: sequence[-length:].reshape(length, -1, 7),
    lambda sequence, length: sequence[-lenght:],  # noqa: F821
)
bad("wrong-signature")(lambda sequence: sequence[-20:])


@bad("input-changed")
def forgets_the_past(sequence, length):
    window = sequence[-length:].clone()
    sequence[:-length] = 0
    return window


@bad("exception")
def too_short_to_cut(sequence, length):
    rows = []
    for i in range(length):
        rows.append(sequence[len(sequence) - length + i if len(sequence) >= length else i])
    return torch.stack(rows)


bad = wrong("next_target_return")
bad("unscaled")(lambda target_return, reward, scale: target_return - reward)
bad("added")(
    lambda target_return, reward, scale: target_return + reward / scale,
    lambda target_return, reward, scale: target_return + reward,
)
bad("unchanged")(lambda target_return, reward, scale: target_return)
bad("multiplied")(lambda target_return, reward, scale: target_return - reward * scale)
bad("target-scaled-too")(
    lambda target_return, reward, scale: (target_return - reward) / scale,
    lambda target_return, reward, scale: target_return / scale - reward / scale,
    lambda target_return, reward, scale: target_return / scale - reward,
)
bad("raw-units")(lambda target_return, reward, scale: target_return * scale - reward)
bad("turned-round")(
    lambda target_return, reward, scale: reward / scale - target_return,
    lambda target_return, reward, scale: reward - target_return,
)
bad("reward-only")(
    lambda target_return, reward, scale: reward / scale, lambda target_return, reward, scale: -reward / scale
)
bad("divided")(lambda target_return, reward, scale: target_return / (reward / scale))
bad("stopped-at-zero")(lambda target_return, reward, scale: max(target_return - reward / scale, 0))
bad("losses-as-gains")(lambda target_return, reward, scale: target_return - abs(reward) / scale)
bad("losses-ignored")(
    lambda target_return, reward, scale: target_return - max(reward, 0) / scale,
)
bad("rounded")(lambda target_return, reward, scale: target_return - reward // scale)
bad("scale-fixed")(lambda target_return, reward, scale: target_return - reward / 1000)
bad("scale-inverted")(lambda target_return, reward, scale: target_return - scale / reward)
bad("scale-subtracted")(lambda target_return, reward, scale: target_return - (reward - scale))
bad("unfilled")(lambda target_return, reward, scale: None, lambda target_return, reward, scale: ...)
bad("wrong-type")(
    lambda target_return, reward, scale: f"{target_return - reward / scale}",
    lambda target_return, reward, scale: {target_return - reward / scale},
)
bad("wrong-shape")(
    lambda target_return, reward, scale: [target_return - reward / scale],
    lambda target_return, reward, scale: torch.tensor([float(target_return - reward / scale)]),
)
bad("exception")(lambda target_return, reward, scale: target_return - reward / scael)  # noqa: F821
bad("wrong-signature")(lambda target_return, reward: target_return - reward / 1000)


@bad("unfilled")
def stub_target(target_return, reward, scale):
    # YOUR CODE HERE
    raise NotImplementedError()
