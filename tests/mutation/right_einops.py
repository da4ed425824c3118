"""Right answers in einops, for students who have it."""

import einops
import torch

from .register import right

add = right("time_embeddings")
add(lambda *parts: einops.rearrange(torch.stack(parts[:3]) + parts[3], "token b k h -> token b k h"))

add = right("stacked_inputs")
add(lambda r, s, a: einops.rearrange([r, s, a], "token b k h -> b (k token) h"))
add(lambda r, s, a: einops.rearrange(torch.stack((r, s, a), dim=1), "b token k h -> b (k token) h"))
add(lambda *tokens: einops.pack([x.unsqueeze(2) for x in tokens], "b k * h")[0].flatten(1, 2))

add = right("stacked_attention_mask")
add(lambda mask: einops.repeat(mask, "b k -> b (k three)", three=3))
add(lambda mask: einops.rearrange(torch.stack([mask] * 3), "three b k -> b (k three)"))

add = right("prediction_heads")


@add
def rearranged(x, predict_return, predict_state, predict_action):
    _, states, actions = einops.rearrange(x, "b token k h -> token b k h")
    return predict_return(actions), predict_state(actions), predict_action(states)


add = right("action_loss")
add(lambda p, t, m: einops.reduce((p - t) ** 2, "b k d -> b k", "mean")[m > 0].mean())
add(
    lambda p, t, m: (
        ((p - t) ** 2 * einops.rearrange(m, "b k -> b k 1")).sum()
        / einops.repeat(m, "b k -> b k d", d=p.shape[2]).sum()
    )
)
