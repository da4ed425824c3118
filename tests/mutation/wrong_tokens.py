"""Wrong answers to the exercises on tokens: time, sequence, mask. Each with the mistake made on purpose."""

import torch
import torch.nn.functional as F

from .register import wrong

bad = wrong("time_embeddings")
bad("time-not-added")(lambda r, s, a, t: (r, s, a))
bad("time-missing")(
    lambda r, s, a, t: (r, s + t, a + t),
    lambda r, s, a, t: (r + t, s, a + t),
    lambda r, s, a, t: (r + t, s + t, a),
    lambda r, s, a, t: (r, s + t, a),
    lambda r, s, a, t: (r + t, s, a),
)
bad("time-twice")(
    lambda r, s, a, t: (r + t + t, s + t, a + t),
    lambda r, s, a, t: (r + 2 * t, s + 2 * t, a + 2 * t),
)


@bad("time-twice")
def line_repeated(r, s, a, t):
    r = r + t
    s = s + t
    a = a + t
    a = a + t
    return r, s, a


bad("results-swapped")(
    lambda r, s, a, t: (s + t, a + t, r + t),
    lambda r, s, a, t: (s + t, r + t, a + t),
    lambda r, s, a, t: (r + t, a + t, s + t),
    lambda r, s, a, t: (s + t, a + t, r),
    lambda r, s, a, t: torch.stack((a, s, r)) + t,
)
bad("time-multiplied")(lambda r, s, a, t: (r * t, s * t, a * t), lambda r, s, a, t: [x * (t + 1) for x in (r, s, a)])
bad("time-concatenated")(lambda r, s, a, t: tuple(torch.cat((x, t), dim=2) for x in (r, s, a)))
bad("time-subtracted")(lambda r, s, a, t: (r - t, s - t, a - t))
bad("averaged")(lambda r, s, a, t: ((r + t) / 2, (s + t) / 2, (a + t) / 2))
bad("time-only")(lambda r, s, a, t: (t, t, t), lambda r, s, a, t: (t.clone(), t.clone(), t.clone()))
bad("time-of-one-step")(lambda r, s, a, t: (r + t[:, [0]], s + t[:, [0]], a + t[:, [0]]))
bad("time-of-one-episode")(lambda r, s, a, t: (r + t[0], s + t[0], a + t[0]))
bad("time-shifted")(
    lambda r, s, a, t: tuple(x + torch.roll(t, 1, 1) for x in (r, s, a)),
    lambda r, s, a, t: tuple(x + torch.flip(t, [1]) for x in (r, s, a)),
)
bad("time-summed-over-hidden")(lambda r, s, a, t: tuple(x + t.mean(-1)[..., None] for x in (r, s, a)))
bad("index-added")(
    lambda r, s, a, t: tuple(x + torch.arange(x.size(1), dtype=x.dtype).view(1, -1, 1) for x in (r, s, a))
)
bad("normalised")(lambda r, s, a, t: tuple(F.layer_norm(x + t, [x.shape[-1]]) for x in (r, s, a)))
bad("token-repeated")(lambda r, s, a, t: (r + t, s + t, s + t), lambda r, s, a, t: (r + t, r + t, a + t))


@bad("tokens-added")
def builds_up(r, s, a, t):
    x = r + t
    y = x + s
    return x, y, y + a


@bad("tokens-added")
def wrong_name(r, s, a, t):
    r = r + t
    s = s + r
    a = a + r
    return r, s, a


@bad("input-changed")
def in_place(r, s, a, t):
    r += t
    s += t
    a += t
    return r, s, a


@bad("input-changed")
def underscore(r, s, a, t):
    return r.add_(t), s + t, a + t


bad("lost-gradient")(
    lambda r, s, a, t: tuple((x + t).detach() for x in (r, s, a)),
    lambda r, s, a, t: (r + t.detach(), s + t.detach(), a + t.detach()),
    lambda r, s, a, t: (r + t, s.data + t, a + t),
)


@bad("lost-gradient")
def without_grad(r, s, a, t):
    with torch.no_grad():
        return r + t, s + t, a + t


bad("wrong-count")(lambda r, s, a, t: (r + t, s + t), lambda r, s, a, t: (r + t, s + t, a + t, t))
bad("wrong-type")(lambda r, s, a, t: tuple((x + t).detach().numpy() for x in (r, s, a)))
bad("wrong-dtype")(
    lambda r, s, a, t: tuple((x + t).half() for x in (r, s, a)),
)
bad("unfilled")(lambda r, s, a, t: (..., ..., ...), lambda r, s, a, t: None, lambda r, s, a, t: (r + t, None, a + t))
bad("exception")(lambda r, s, a, t: (r + T, s + T, a + T))  # noqa: F821
bad("wrong-signature")(lambda r, s, a: (r, s, a))

bad = wrong("stacked_inputs")
bad("wrong-order")(
    lambda r, s, a: torch.stack((s, r, a), dim=2).flatten(1, 2),
    lambda r, s, a: torch.stack((s, a, r), dim=2).flatten(1, 2),
    lambda r, s, a: torch.stack((a, s, r), dim=2).flatten(1, 2),
    lambda r, s, a: torch.stack((r, a, s), dim=1).permute(0, 2, 1, 3).reshape(len(r), -1, r.size(2)),
    lambda r, s, a: torch.stack((a, r, s), dim=1).permute(0, 2, 1, 3).reshape(len(r), -1, r.size(2)),
    lambda r, s, a: torch.cat((s, r, a), dim=-1).view(len(r), -1, r.size(2)),
)
bad("blocks")(
    lambda r, s, a: torch.cat((r, s, a), dim=1),
    lambda r, s, a: torch.stack((r, s, a), dim=1).reshape(r.shape[0], 3 * r.shape[1], r.shape[2]),
    lambda r, s, a: torch.cat((s, a, r), dim=1),
)
bad("batch-mixed")(
    lambda r, s, a: torch.stack((r, s, a)).reshape(r.shape[0], 3 * r.shape[1], r.shape[2]),
    lambda r, s, a: torch.cat((r, s, a), dim=0).reshape(r.shape[0], -1, r.shape[2]),
    lambda r, s, a: torch.stack((r, s, a), dim=1).permute(1, 2, 0, 3).reshape(r.shape[0], -1, r.shape[2]),
    lambda r, s, a: torch.stack((r, s, a), dim=1).permute(2, 0, 1, 3).reshape(r.shape[0], -1, r.shape[2]),
)
bad("features-mixed")(
    lambda r, s, a: torch.stack((r, s, a), dim=3).reshape(r.shape[0], -1, r.shape[2]),
    lambda r, s, a: torch.stack((r, s, a), dim=-1).flatten(2).view(len(r), 3 * r.shape[1], -1),
    lambda r, s, a: torch.stack((r, s, a), dim=1).permute(0, 3, 2, 1).reshape(r.shape[0], -1, r.shape[2]),
)
bad("time-reversed")(
    lambda r, s, a: torch.stack((r, s, a), dim=2).flip(1).flatten(1, 2),
    lambda r, s, a: torch.stack((r.flip(1), s.flip(1), a.flip(1)), dim=2).flatten(1, 2),
    lambda r, s, a: torch.stack((r, s, a), dim=2).flatten(1, 2).flip(1),
)
bad("token-repeated")(
    lambda r, s, a: torch.stack((r, s, s), dim=2).flatten(1, 2),
    lambda r, s, a: torch.stack((r, r, a), dim=1).permute(0, 2, 1, 3).reshape(len(r), -1, r.size(2)),
    lambda r, s, a: torch.stack((r, r, r), dim=2).flatten(1, 2),
)
bad("not-flattened")(
    lambda r, s, a: torch.stack((r, s, a), dim=2),
    lambda r, s, a: torch.stack((r, s, a), dim=1),
    lambda r, s, a: torch.stack((r, s, a)),
    lambda r, s, a: torch.stack((r, s, a), dim=1).permute(0, 2, 1, 3),
)
bad("features-joined")(lambda r, s, a: torch.cat((r, s, a), dim=-1))
bad("batch-joined")(lambda r, s, a: torch.cat((r, s, a)))
bad("summed")(lambda r, s, a: r + s + a)
bad("token-left-out")(lambda r, s, a: torch.stack((s, a), dim=2).flatten(1, 2))
bad("normalised")(lambda r, s, a: F.layer_norm(torch.stack((r, s, a), dim=2).flatten(1, 2), [r.shape[-1]]))
bad("action-shifted")(lambda r, s, a: torch.stack((r, s, torch.roll(a, 1, dims=1)), dim=2).flatten(1, 2))
bad("wrong-count")(lambda r, s, a: (r, s, a), lambda r, s, a: [r, s, a])
bad("lost-gradient")(
    lambda r, s, a: torch.stack((r, s, a), dim=2).flatten(1, 2).detach(),
    lambda r, s, a: torch.tensor(torch.stack((r, s, a), dim=2).flatten(1, 2).tolist(), dtype=r.dtype),
    lambda r, s, a: torch.stack((r, s, a.detach()), dim=2).flatten(1, 2),
)
bad("wrong-type")(lambda r, s, a: torch.stack((r, s, a), dim=2).flatten(1, 2).detach().numpy())
bad("unfilled")(lambda r, s, a: None, lambda r, s, a: ...)


@bad("unfilled")
def todo_then_reshape(returns_embeddings, state_embeddings, action_embeddings):
    stacked = ...
    batch, steps, hidden = returns_embeddings.shape
    return stacked.reshape(batch, 3 * steps, hidden)


@bad("unfilled")
def not_implemented(returns_embeddings, state_embeddings, action_embeddings):
    raise NotImplementedError("TODO")


@bad("wrong-device")
def default_dtype(r, s, a):
    out = torch.zeros(r.shape[0], 3 * r.shape[1], r.shape[2])
    out[:, 0::3], out[:, 1::3], out[:, 2::3] = r, s, a
    return out


@bad("wrong-device")
def always_on_the_cpu(r, s, a):
    out = torch.zeros(r.shape[0], 3 * r.shape[1], r.shape[2], dtype=r.dtype)
    out[:, 0::3], out[:, 1::3], out[:, 2::3] = r, s, a
    return out


@bad("exception")
def sizes_dont_fit(r, s, a):
    return torch.stack((r, s, a), dim=2).reshape(r.shape[0], 2 * r.shape[1], r.shape[2])


@bad("exception")
def not_an_axis(r, s, a):
    return torch.stack((r, s, a), dim=5)


bad = wrong("stacked_attention_mask")
bad("repeated-blocks")(
    lambda m: torch.cat((m, m, m), dim=1),
    lambda m: m.repeat(1, 3),
    lambda m: torch.stack((m, m, m), dim=1).reshape(m.shape[0], -1),
    lambda m: m.tile(3),
    lambda m: torch.hstack([m] * 3),
)
bad("all-ones")(
    lambda m: torch.ones(m.shape[0], 3 * m.shape[1], dtype=m.dtype), lambda m: torch.ones_like(m.repeat(1, 3))
)
bad("all-zeros")(lambda m: torch.zeros_like(m.repeat(1, 3)))
bad("unchanged")(lambda m: m, lambda m: m.clone())
bad("inverted")(lambda m: 1 - m.repeat_interleave(3, dim=1), lambda m: (m == 0).to(m.dtype).repeat_interleave(3, 1))
bad("not-flattened")(
    lambda m: torch.stack((m, m, m), dim=2),
    lambda m: torch.stack((m, m, m), dim=1),
    lambda m: torch.stack((m, m, m)),
    lambda m: torch.stack((m, m, m), dim=1).permute(0, 2, 1),
)
bad("batch-joined")(lambda m: torch.cat((m, m, m)), lambda m: m.repeat(3, 1), lambda m: m.repeat_interleave(3, dim=0))
bad("batch-mixed")(
    lambda m: torch.stack((m, m, m)).reshape(m.shape[0], -1),
    lambda m: torch.stack((m, m, m), dim=1).permute(2, 0, 1).reshape(m.shape[0], -1),
)
bad("reversed")(lambda m: m.repeat_interleave(3, dim=1).flip(1), lambda m: m.flip(1).repeat_interleave(3, 1))
bad("some-tokens-only")(
    lambda m: torch.stack((m, torch.zeros_like(m), torch.zeros_like(m)), dim=2).flatten(1),
    lambda m: torch.stack((m, m, torch.zeros_like(m)), dim=2).flatten(1),
)
bad("ones-for-some")(lambda m: torch.stack((m, m, torch.ones_like(m)), dim=2).flatten(1))
bad("multiplied")(lambda m: 3 * m, lambda m: m.repeat_interleave(3, 1) * 3)
bad("padded-not-stretched")(
    lambda m: F.pad(m, (2 * m.shape[1], 0)),
    lambda m: F.pad(m, (0, 2 * m.shape[1]), value=1),
)
bad("causal")(lambda m: m.repeat_interleave(3, 1)[:, None, :] * m.repeat_interleave(3, 1)[:, :, None])
bad("additive")(lambda m: (1.0 - m.repeat_interleave(3, 1)) * -10000.0)
bad("wrong-device")(lambda m: torch.kron(m, torch.ones(1, 3)))
bad("wrong-type")(lambda m: m.repeat_interleave(3, 1).tolist(), lambda m: m.repeat_interleave(3, 1).numpy())
bad("wrong-count")(lambda m: (m, m, m))
bad("unfilled")(lambda m: None, lambda m: ...)


@bad("input-changed")
def mask_in_place(m):
    stacked = m.repeat_interleave(3, dim=1)
    m[:] = 1
    return stacked


@bad("exception")
def needs_three_axes(m):
    return torch.stack((m, m, m), dim=1).permute(0, 2, 1, 3).reshape(m.shape[0], -1)
