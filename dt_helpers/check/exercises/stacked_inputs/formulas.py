"""The right answer, and what wrong ones are made of."""


def right(returns_embeddings, state_embeddings, action_embeddings):
    """Three (batch, K, hidden) -> (batch, 3K, hidden), as in transformers' DecisionTransformerModel.forward."""
    import torch

    tokens = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)  # (batch, K, 3, hidden)
    return (tokens.flatten(1, 2),)


def tokens(parts, order=(0, 1, 2)):
    """(batch, K, 3, hidden)"""
    import torch

    return torch.stack([parts[i] for i in order], dim=2)


def stacked(order, axes):
    def stack(*parts):
        batch, steps, hidden = parts[0].shape
        return tokens(parts, order).permute(axes).reshape(batch, 3 * steps, hidden)

    return stack


def changed(change):
    """The right tokens (batch, K, 3, hidden), changed, then flattened."""

    def stack(*parts):
        return change(tokens(parts)).flatten(1, 2)

    return stack


def filled(parts, places):
    """Each part written to its place (of three) in a sequence of zeros, one after the other."""
    steps = tokens(parts) * 0
    for part, place in zip(parts, places, strict=True):
        steps[:, :, place] = part
    return steps.flatten(1, 2)


def joined(dim):
    def stack(*parts):
        import torch

        return torch.cat(parts, dim=dim)

    return stack


def unflattened(*axes):
    return lambda *parts: tokens(parts).permute(axes)


def zeroed(actions):
    result = actions.clone()
    result[:, -1] = 0
    return result


def moved_on(actions):
    import torch

    return torch.cat((torch.zeros_like(actions[:, :1]), actions[:, :-1]), dim=1)


def normalised(tokens):
    import torch

    return torch.nn.functional.layer_norm(tokens, tokens.shape[-1:])


def without_a_step(parts, step):
    steps = tokens(parts)  # (batch, K, 3, hidden)
    steps[:, step] = 0
    return steps.flatten(1, 2)


def laid_in_blocks(parts, kind):
    laid = parts[kind].repeat(1, 3, 1)
    for other in {0, 1, 2} - {kind}:
        laid[:, other::3] = parts[other]
    return laid


def written_over(*parts):
    """Token t of each kind written to place t, t + 1 or t + 2."""
    result = tokens(parts).flatten(1, 2) * 0
    for step in range(parts[0].shape[1]):
        for place, part in enumerate(parts):
            result[:, step + place] = part[:, step]
    return result
