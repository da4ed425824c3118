"""Right answers to the exercises that are written in torch, in as many styles as students have."""

import numpy as np
import torch
import torch.nn.functional as F

from . import solutions
from .register import right

add = right("time_embeddings")
add(lambda r, s, a, t: tuple((x + t).double().float() for x in (r, s, a)))
add(lambda returns, states, actions, time: (returns + time, states + time, actions + time))
add(lambda returns, states, actions, time: [x + time for x in (returns, states, actions)])
add(lambda returns, states, actions, time: tuple(x.add(time) for x in (returns, states, actions)))
add(lambda returns, states, actions, time: torch.stack((returns, states, actions)) + time)
add(lambda returns, states, actions, time: (torch.stack((returns, states, actions), dim=1) + time[:, None]).unbind(1))
add(lambda returns, states, actions, time: map(time.__add__, (returns, states, actions)))
add(
    lambda returns, states, actions, time: (
        torch.add(returns, time),
        torch.sum(torch.stack([states, time]), 0),
        time + actions,
    )
)


@add
def changes_its_own_copies(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    results = []
    for x in (returns_embeddings, state_embeddings, action_embeddings):
        x = x.clone()
        x += time_embeddings
        results.append(x)
    return results


@add
def rebinds_the_names(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    state_embeddings = state_embeddings + time_embeddings
    action_embeddings = action_embeddings + time_embeddings
    returns_embeddings = returns_embeddings + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings


@add
def step_by_step(returns, states, actions, time):
    def timed(x):
        return torch.stack([x[:, k] + time[:, k] for k in range(x.shape[1])], dim=1)

    return timed(returns), timed(states), timed(actions)


add = right("stacked_inputs")
add(lambda r, s, a: torch.stack((r, s, a), dim=2).reshape(r.shape[0], -1, r.shape[-1]))
add(lambda r, s, a: torch.stack((r, s, a), dim=1).permute(0, 2, 1, 3).reshape(len(r), 3 * r.shape[1], r.shape[2]))
add(lambda r, s, a: torch.stack((r, s, a), dim=2).flatten(1, 2))
add(lambda r, s, a: torch.stack((r, s, a), dim=-2).view(r.size(0), 3 * r.size(1), r.size(2)))
add(lambda r, s, a: torch.stack((r, s, a)).permute(1, 2, 0, 3).flatten(1, 2))
add(lambda r, s, a: torch.cat((r, s, a), dim=-1).reshape(r.shape[0], r.shape[1] * 3, r.shape[2]))
add(lambda r, s, a: torch.cat([torch.stack([r[:, k], s[:, k], a[:, k]], 1) for k in range(r.shape[1])], dim=1))
add(lambda r, s, a: torch.cat([x[:, k : k + 1] for k in range(r.shape[1]) for x in (r, s, a)], dim=1))
add(lambda r, s, a: torch.cat([x.unsqueeze(2) for x in (r, s, a)], 2).reshape(r.shape[0], -1, r.shape[2]))
add(lambda r, s, a: torch.stack([x[:, k] for k in range(r.shape[1]) for x in (r, s, a)], dim=1))
add(lambda r, s, a: torch.stack((r, s, a), 3).transpose(2, 3).flatten(1, 2))
add(lambda r, s, a: torch.cat((r, s, a), 1)[:, [r.shape[1] * i + k for k in range(r.shape[1]) for i in range(3)]])


add(lambda r, s, a: torch.dstack((r, s, a)).view(r.shape[0], r.shape[1] * 3, r.shape[2]))
add(lambda r, s, a: torch.einsum("tbkh->bkth", torch.stack((r, s, a))).reshape(r.shape[0], -1, r.shape[2]))


add(solutions.stack_written)


@add
def written_into_empty(r, s, a):
    batch, steps, hidden = r.shape
    out = torch.empty(batch, 3 * steps, hidden, dtype=r.dtype, device=r.device)
    for i, x in enumerate((r, s, a)):
        for k in range(steps):
            out[:, 3 * k + i] = x[:, k]
    return out


@add
def not_contiguous(r, s, a):
    tokens = torch.stack((r, s, a), dim=2).flatten(1, 2)
    return tokens.permute(2, 0, 1).contiguous().permute(1, 2, 0)


@add
def episode_by_episode(r, s, a):
    return torch.stack([torch.stack((x, y, z), dim=1).reshape(-1, r.shape[2]) for x, y, z in zip(r, s, a, strict=True)])


add = right("stacked_attention_mask")
add(lambda m: m.repeat_interleave(3, 1) > 0)
add(lambda m: m.repeat_interleave(3, 1).long())
add(lambda mask: torch.stack((mask, mask, mask), dim=2).reshape(mask.shape[0], -1))
add(lambda mask: torch.stack((mask, mask, mask), dim=1).permute(0, 2, 1).reshape(mask.shape[0], 3 * mask.shape[1]))
add(lambda mask: mask.repeat_interleave(3, dim=1))
add(lambda mask: mask.repeat_interleave(3, -1))
add(lambda mask: mask.unsqueeze(-1).expand(-1, -1, 3).flatten(1))
add(lambda mask: mask[:, :, None].repeat(1, 1, 3).view(len(mask), -1))
add(lambda mask: torch.stack([mask] * 3, dim=-1).flatten(1, 2))
add(lambda mask: torch.kron(mask, mask.new_ones(1, 3)))
add(lambda mask: torch.cat([mask[:, k : k + 1] for k in range(mask.shape[1]) for _ in range(3)], dim=1))
add(lambda mask: mask[:, torch.arange(3 * mask.shape[1]) // 3])
add(lambda mask: mask.gather(1, (torch.arange(3 * mask.shape[1], device=mask.device) // 3).expand(len(mask), -1)))
add(lambda mask: torch.from_numpy(np.repeat(mask.numpy(), 3, axis=1)))


add(lambda mask: (mask.unsqueeze(2) * torch.ones(3, dtype=mask.dtype, device=mask.device)).flatten(1))
add(lambda mask: F.interpolate(mask[:, None].double(), scale_factor=3)[:, 0].to(mask.dtype))


@add
def mask_written(mask):
    out = torch.zeros(mask.shape[0], 3 * mask.shape[1], dtype=mask.dtype, device=mask.device)
    for i in range(3):
        out[:, i::3] = mask
    return out


add = right("prediction_heads")
add(lambda x, predict_return, predict_state, predict_action: (
    predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])))  # fmt: skip
add(lambda x, r, s, a: [r(x[:, 2]), s(x[:, 2]), a(x[:, 1])])
add(lambda x, r, s, a: (r(x[:, -1]), s(x[:, -1]), a(x[:, -2])))
add(lambda x, r, s, a: (r(x[:, 2, :, :]), s(x[:, 2, :, :]), a(x[:, 1, :, :])))
add(lambda x, r, s, a: (r(x.select(1, 2)), s(x.select(1, 2)), a(x.select(1, 1))))
add(lambda x, r, s, a: (r(x)[:, 2], s(x)[:, 2], a(x)[:, 1]))
add(lambda x, r, s, a: tuple(head(x[:, i]) for head, i in ((r, 2), (s, 2), (a, 1))))
add(lambda x, r, s, a: (r.forward(x[:, 2]), s.forward(x[:, 2]), a.forward(x[:, 1])))
add(lambda x, r, s, a: (r(x.permute(1, 0, 2, 3)[2]), s(x.transpose(0, 1)[2]), a(x.swapaxes(0, 1)[1])))
add(lambda x, r, s, a: (F.linear(x[:, 2], r.weight, r.bias), s(x[:, 2]), a(x[:, 1])))


@add
def unbound(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(dim=1)
    action_preds = predict_action(state_tokens)
    state_preds, return_preds = predict_state(action_tokens), predict_return(action_tokens)
    return return_preds, state_preds, action_preds


@add
def step_by_step_heads(x, r, s, a):
    steps = range(x.shape[2])
    return (
        torch.stack([r(x[:, 2, k]) for k in steps], dim=1),
        torch.stack([s(x[:, 2, k]) for k in steps], dim=1),
        torch.stack([a(x[:, 1, k]) for k in steps], dim=1),
    )


add = right("action_loss")
add(lambda p, t, m: ((p - t)[m > 0] ** 2).mean().float())
add(lambda p, t, m: ((p - t)[m > 0] ** 2).mean())
add(lambda p, t, m: torch.mean((p[m > 0] - t[m > 0]) ** 2))
add(lambda p, t, m: F.mse_loss(p[m > 0], t[m > 0]))
add(lambda p, t, m: F.mse_loss(p[m.bool()], t[m.bool()]))
add(lambda p, t, m: (((p - t) ** 2) * m.unsqueeze(-1)).sum() / (m.sum() * p.shape[-1]))
add(lambda p, t, m: ((p - t).pow(2).mean(-1) * m).sum() / m.sum())
add(lambda p, t, m: ((p - t).square().mean(dim=2) * m).sum() / (m.sum() + 1e-8))
add(lambda p, t, m: torch.einsum("bk,bkd->", m, (p - t) ** 2) / (m.sum() * p.size(2)))
add(lambda p, t, m: torch.masked_select((p - t) ** 2, (m > 0).unsqueeze(-1)).mean())
add(lambda p, t, m: ((p - t) ** 2).where(m[..., None] > 0, 0.0).sum() / (m > 0).sum() / p.shape[2])
add(lambda p, t, m: F.mse_loss(p * m[..., None], t * m[..., None], reduction="sum") / m[..., None].expand_as(p).sum())
add(lambda p, t, m: (((p - t) ** 2) * m[..., None]).mean() / m.mean())
add(
    lambda p, t, m: torch.nn.MSELoss()(
        p.reshape(-1, p.shape[-1])[m.reshape(-1) > 0], t.reshape(-1, t.shape[-1])[m.reshape(-1) > 0]
    )
)
add(lambda p, t, m: F.mse_loss(p.view(-1, p.shape[2])[m.view(-1) == 1], t.view(-1, t.shape[2])[m.view(-1) == 1]))
add(lambda p, t, m: (p - t)[m.nonzero(as_tuple=True)].pow(2).mean())
add(lambda p, t, m: (p - t)[m > 0].norm() ** 2 / (m.sum() * p.shape[-1]))


add(lambda p, t, m: torch.nanmean(torch.where(m[..., None] > 0, (p - t) ** 2, float("nan"))))
add(lambda p, t, m: ((p - t).masked_fill(m[..., None] == 0, 0) ** 2).sum() / m.count_nonzero() / p.shape[-1])
add(
    lambda p, t, m: torch.stack(
        [F.mse_loss(a, b) for a, b, k in zip(p.flatten(0, 1), t.flatten(0, 1), m.flatten(), strict=True) if k]
    ).mean()
)


@add
def summed_in_loops(p, t, m):
    total, count = 0.0, 0
    for b in range(p.shape[0]):
        for k in range(p.shape[1]):
            if m[b, k] > 0:
                total = total + ((p[b, k] - t[b, k]) ** 2).sum()
                count += p.shape[2]
    return total / count


@add
def seed_style(action_preds, action_targets, attention_mask):
    act_dim = action_preds.shape[2]
    action_preds = action_preds.reshape(-1, act_dim)[attention_mask.reshape(-1) > 0]
    action_targets = action_targets.reshape(-1, act_dim)[attention_mask.reshape(-1) > 0]
    return torch.mean((action_preds - action_targets) ** 2)


@add
def by_lengths(p, t, m):
    rows = [(p[b, -n:] - t[b, -n:]).flatten() for b, n in enumerate(m.sum(1).int().tolist()) if n]
    return torch.cat(rows).square().mean()


add = right("context_window")
add(lambda sequence, length: sequence[-length:])
add(lambda sequence, length: sequence[-length:, :])
add(lambda sequence, length: sequence[max(len(sequence) - length, 0) :])
add(lambda sequence, length: sequence[max(0, sequence.shape[0] - length) : sequence.shape[0]])
add(lambda sequence, length: sequence if len(sequence) <= length else sequence[len(sequence) - length :])
add(lambda sequence, length: torch.narrow(sequence, 0, max(0, len(sequence) - length), min(length, len(sequence))))
add(lambda sequence, length: sequence.flip(0)[:length].flip(0))
add(lambda sequence, length: sequence[-length:].clone())
add(lambda sequence, length: torch.stack([*sequence][-length:]))
add(lambda sequence, length: sequence.split([max(len(sequence) - length, 0), min(length, len(sequence))])[1])
add(lambda sequence, length: sequence[torch.arange(len(sequence)) >= len(sequence) - length])


add(lambda sequence, length: torch.tensor(sequence.tolist()[-length:], dtype=sequence.dtype))
add(lambda sequence, length: sequence.index_select(0, torch.arange(max(0, len(sequence) - length), len(sequence))))


@add
def row_by_row_window(sequence, length):
    rows = []
    for i in range(len(sequence)):
        if len(sequence) - i <= length:
            rows.append(sequence[i])
    return torch.stack(rows)


add = right("next_target_return")
add(lambda target_return, reward, scale: target_return - reward / scale)
add(lambda target_return, reward, scale: -reward / scale + target_return)
add(lambda target_return, reward, scale: (target_return * scale - reward) / scale)
add(lambda target_return, reward, scale: target_return - reward * (1 / scale))
add(lambda target_return, reward, scale: float(target_return) - float(reward) / scale)
add(lambda target_return, reward, scale: np.subtract(target_return, np.divide(reward, scale)))
add(lambda target_return, reward, scale: torch.as_tensor(target_return) - torch.as_tensor(reward) / scale)
add(lambda target_return, reward, scale: torch.tensor(float(target_return) - float(reward) / scale))
add(lambda target_return, reward, scale: np.float32(target_return) - np.float32(reward) / np.float32(scale))
add(lambda target_return, reward, scale: target_return + (-(reward / scale)))


@add
def in_two_lines(target_return, reward, scale):
    earned = reward / scale
    return target_return - earned


@add
def in_place_on_a_name(target_return, reward, scale):
    remaining = target_return * scale
    remaining -= reward
    return remaining / scale
