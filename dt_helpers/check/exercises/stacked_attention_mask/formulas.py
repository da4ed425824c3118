"""The right answer, and what wrong ones are made of."""


def right(attention_mask):
    """(batch, K) -> (batch, 3K)"""
    return (attention_mask.repeat_interleave(3, dim=1),)


def stretched(mask):
    return mask.repeat_interleave(3, dim=1)


def three(mask):
    """(batch, K, 3)"""
    import torch

    return torch.stack((mask, mask, mask), dim=2)


def last_zero(mask):
    stacked = stretched(mask).clone()
    stacked[:, -1] = 0
    return stacked


def slid(mask, by):
    """The stacked mask moved to the right, its ends repeated."""
    stacked = stretched(mask)
    places = [min(max(i - by, 0), stacked.shape[1] - 1) for i in range(stacked.shape[1])]
    return stacked[:, places]


def pattern(bits, blocks=False):
    """The mask for some of a step's tokens only, zeros for the others."""

    def stack(mask):
        tokens = three(mask) * mask.new_tensor(bits)
        return (tokens.transpose(1, 2) if blocks else tokens).flatten(1, 2)

    return stack


def interpolated(mask, ends=False):
    import torch

    signal = mask[:, None].float()
    return torch.nn.functional.interpolate(signal, scale_factor=3, mode="linear", align_corners=ends)[:, 0]


def smeared(mask):
    import torch

    return torch.nn.functional.max_pool1d(stretched(mask)[:, None].float(), 3, stride=1, padding=1)[:, 0]


def lengthened(mask, fill, front):
    import torch

    more = torch.full((mask.shape[0], 2 * mask.shape[1]), fill, dtype=mask.dtype)
    return torch.cat((more, mask) if front else (mask, more), dim=1)
