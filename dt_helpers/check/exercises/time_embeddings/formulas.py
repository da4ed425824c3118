"""The right answer, and what wrong ones are made of."""


def right(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    """Four (batch, K, hidden) -> three of them."""
    return tuple(x + time_embeddings for x in (returns_embeddings, state_embeddings, action_embeddings))


def each(change):
    """The same change to all three: `change(embeddings, time)`."""

    def add(returns, states, actions, time):
        return tuple(change(x, time) for x in (returns, states, actions))

    return add


def joined(dim):
    def join(x, time):
        import torch

        return torch.cat([x, time], dim=dim)

    return each(join)


def normalised(x, time):
    import torch

    return torch.nn.functional.layer_norm(x + time, x.shape[-1:])


def with_steps(x, time):
    import torch

    return x + torch.arange(x.shape[1], dtype=x.dtype)[:, None]


def masked_time(parts, kept):
    """The time added to some steps only: `kept(their numbers)`."""
    import torch

    steps = torch.arange(parts[0].shape[1])
    time = parts[3] * kept(steps)[:, None]
    return tuple(x + time for x in parts[:3])


def one_shifted(parts, kind, by, roll):
    """The time shifted by a step for one kind of token; the free end gets the other end's, or repeats its own."""
    time, steps = parts[3], parts[3].shape[1]
    other = time.roll(by, dims=1) if roll else time[:, [min(max(i - by, 0), steps - 1) for i in range(steps)]]
    return tuple(x + (other if i == kind else time) for i, x in enumerate(parts[:3]))


def shifted(by):
    return each(lambda x, time: x + time.roll(by, dims=1))
