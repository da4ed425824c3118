"""The model's actions on a CPU with no work done twice, for `dt_helpers.training` and `dt_helpers.rollout`.

Both compute what `DecisionTransformerModel` computes, rounding aside, and leave out what is not needed:

- the loss uses only the actions, so a training step computes the last layer for the state tokens only, a third;
- a replay needs one action, so there the last layer is computed for a single token;
- a step's three tokens are the same in every window that they are part of, so a replay embeds them once, and keeps
  what the first layer computes from each token by itself. (Keys and values of deeper layers can't be kept: they depend
  on the window's first step, which changes. A token's position is in its time embedding, which doesn't.)
"""

from __future__ import annotations

from typing import Any, TypeGuard

import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import DecisionTransformerGPT2Model

from dt_helpers.model import DecisionTransformerModel, WithLoss

ROOM = 8  # windows that fit in the memory before the last one is moved to its start


def fits(model: nn.Module) -> TypeGuard[DecisionTransformerModel]:
    """Whether `Actor` can stand in for the model: one head, on a CPU, tokens embedded in a way that `looks_back`
    knows, and a forward pass that is neither overridden nor watched by hooks."""
    if not is_known(model):
        return False
    linear = type(model.embed_return) is nn.Linear and type(model.embed_action) is nn.Linear
    looked_up = type(model.embed_timestep) is nn.Embedding
    watched = any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    return (
        linear
        and looked_up
        and looks_back(model.embed_state) is not None
        and not watched
        and model.config.n_head == 1
        and (model.device.type, model.dtype) == ("cpu", torch.float32)
    )


def is_known(model: nn.Module) -> TypeGuard[DecisionTransformerModel]:
    """Whether the model's forward pass is that of `DecisionTransformerModel`, through transformers' encoder: no class
    derived from it, such as a student's, has a forward pass or an encoder of its own, nor has this one object."""
    if not isinstance(model, DecisionTransformerModel) or type(model.encoder) is not DecisionTransformerGPT2Model:
        return False
    own = type(model).mro()
    derived = (base for base in own[: own.index(DecisionTransformerModel)] if base is not WithLoss)
    replaced = "forward" in vars(model) and "_original_forward" not in vars(model)  # accelerate puts its own around it
    return not replaced and not any({"forward", "original_forward", "__call__"} & vars(base).keys() for base in derived)


def looks_back(embedding: nn.Module) -> int | None:
    """How many earlier states a state's embedding looks at, as its class declares in an attribute of that name; None if
    that is not known. What is before a window's first state is up to the embedding, which gets a shorter sequence."""
    return 0 if type(embedding) is nn.Linear else vars(type(embedding)).get("looks_back")


def action_preds(
    model: DecisionTransformerModel,
    states: torch.Tensor,  # (batch, K, state_dim), normalised
    actions: torch.Tensor,  # (batch, K, act_dim)
    returns_to_go: torch.Tensor,  # (batch, K, 1), scaled
    timesteps: torch.Tensor,  # (batch, K) int64
    attention_mask: torch.Tensor | None = None,  # (batch, K), 0 at padding
    **unused: torch.Tensor,
) -> torch.Tensor:
    """The actions (batch, K, act_dim) that `model` predicts, and nothing else of its forward pass; with gradients, and
    with dropout in training."""
    encoder, heads = model.encoder, model.config.n_head
    batch, K = states.shape[:2]
    time = model.embed_timestep(timesteps)
    tokens = (
        model.embed_return(returns_to_go) + time, model.embed_state(states) + time, model.embed_action(actions) + time,
    )  # fmt: skip
    h = model.embed_ln(torch.stack(tokens, dim=2).reshape(batch, 3 * K, model.hidden_size)) + encoder.wpe.weight[0]
    if torch.is_autocast_enabled(h.device.type):  # else each block converts to float32 and back
        h = h.to(torch.get_autocast_dtype(h.device.type))
    h = _dropout(encoder.drop, h)

    allowed = torch.ones(3 * K, 3 * K, dtype=torch.bool, device=h.device).tril()
    if attention_mask is not None:
        allowed = allowed & (attention_mask > 0).repeat_interleave(3, dim=1)[:, None, None]  # (batch, 1, 3K, 3K)
    mask = h.new_zeros(allowed.shape).masked_fill_(~allowed, torch.finfo(h.dtype).min)
    blocks = layers(model)
    for block in blocks:
        attention, normal = block.attn, block.ln_1(h)
        if block is blocks[-1]:
            hidden = attention.embed_dim
            weight, bias = attention.c_attn.weight, attention.c_attn.bias
            query = normal[:, 1::3] @ weight[:, :hidden] + bias[:hidden]  # (batch, K, hidden): only states ask
            key, value = (normal @ weight[:, hidden:] + bias[hidden:]).chunk(2, dim=-1)  # (batch, 3K, hidden)
            h, mask = h[:, 1::3], mask[..., 1::3, :]
        else:
            query, key, value = attention.c_attn(normal).chunk(3, dim=-1)  # (batch, 3K, hidden)
        query, key, value = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
        weights = (query @ key.transpose(-1, -2) * attention.scaling + mask).softmax(dim=-1)  # (batch, heads, n, 3K)
        weights = _dropout(attention.attn_dropout, weights.to(value.dtype))
        seen = (weights @ value).transpose(1, 2).flatten(2)  # (batch, n, hidden)
        h = h + _dropout(attention.resid_dropout, attention.c_proj(seen))
        mlp = block.mlp
        h = h + _dropout(mlp.dropout, mlp.c_proj(mlp.act(mlp.c_fc(block.ln_2(h)))))
    return model.predict_action(encoder.ln_f(h))


def layers(model: DecisionTransformerModel) -> list[Any]:
    """The encoder's layers, DecisionTransformerGPT2Block each: transformers declares no types for their parts."""
    return list(model.encoder.h)


def _dropout(layer: nn.Dropout, x: torch.Tensor) -> torch.Tensor:
    """Dropout that draws one byte for each element: torch's own draws them one by one, on one core, which takes as long
    as a quarter of a training step. The probability is rounded to a multiple of 1/256."""
    limit = round(256 * layer.p)
    if not layer.training or limit == 0:
        return x
    drawn = torch.empty(-(-x.numel() // 8), dtype=torch.int64).random_(-(2**63), None)
    kept = (drawn.view(torch.uint8)[: x.numel()].view(x.shape) >= limit).to(x.dtype)
    return (x * kept).mul_(256 / (256 - limit))  # a factor that is rounded to bfloat16 would shrink everything by 0.3%


class Folded:
    """A layer's attention as two matrices, `ask` and `tell` (hidden, hidden), with their biases.

    With one head, queries and keys meet in ``x Wq (x Wk)^T = x (Wq Wk^T) x^T``: one product of the weights, computed
    once, replaces two projections of all tokens; likewise for values and the output projection.
    """

    def __init__(self, block: Any):
        hidden = block.attn.embed_dim
        projection, out = block.attn.c_attn, block.attn.c_proj.weight.double()
        weight, bias = projection.weight.double(), projection.bias.double()
        query, key, value = weight.split(hidden, dim=1)  # (hidden, hidden) each
        self.ask = (query @ key.T).float()
        self.ask_bias = (bias[:hidden] @ key.T).float()  # keys' biases shift all scores of a token equally
        self.tell = (value @ out).float()
        self.tell_bias = (bias[2 * hidden :] @ out + block.attn.c_proj.bias).float()  # the weights' sum is 1
        self.scale = block.attn.scaling

    def weights(self, asked: torch.Tensor, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """How much each of the `asked` (robots, n, hidden) looks at each of the `tokens` (robots, m, hidden):
        (robots, n, m). `mask` (n, m) is -inf where it may not."""
        scores = torch.baddbmm(mask, asked, tokens.transpose(1, 2), alpha=self.scale)
        return scores.softmax(dim=-1)


def _through_mlp(block: Any, h: torch.Tensor) -> torch.Tensor:
    """`h` (robots, n, hidden) after a layer's MLP, with its residual; in place, as large new tensors cost time."""
    x = block.ln_2(h).flatten(0, 1)  # (robots * n, hidden)
    inner = torch.addmm(block.mlp.c_fc.bias, x, block.mlp.c_fc.weight)
    inner = inner.relu_() if isinstance(block.mlp.act, nn.ReLU) else block.mlp.act(inner)
    h.add_(block.mlp.c_proj.bias).flatten(0, 1).addmm_(inner, block.mlp.c_proj.weight)
    return h


class Actor:
    """Robots that run side by side, all at the same timestep, and what the model remembers of each."""

    def __init__(self, model: DecisionTransformerModel, robots: int):
        self.model, self.blocks = model, layers(model)
        self.folded = [Folded(block) for block in self.blocks]
        self.window = 3 * model.config.context_length - 1  # tokens: the last action is not known yet
        # for each token, in the first layer: itself, its normalised form, what it asks, and what it tells
        self.memory = torch.empty(4, robots, ROOM * self.window, model.hidden_size, device=model.device)
        self.end = 0  # tokens in the memory
        self.mask = torch.full((self.window, self.window), -torch.inf, device=model.device).triu(1)
        self.actions: torch.Tensor | None = None  # (robots, act_dim), of the step before
        self.back = min(looks_back(model.embed_state), model.config.context_length)
        self.states = torch.empty(robots, 0, model.config.state_dim)  # the window's, where embeddings look back
        first = self.folded[0]
        self.project = torch.cat([first.ask, first.tell], dim=1)  # (hidden, 2 * hidden)
        self.project_bias = torch.cat([first.ask_bias, first.tell_bias])

    def keep(self, robots: torch.Tensor) -> None:
        """Keep only these of the robots, (robots,) bool, and forget the others."""
        self.memory, self.states = self.memory[:, robots], self.states[robots]
        if self.actions is not None:
            self.actions = self.actions[robots]

    def act(self, states: torch.Tensor, returns_to_go: torch.Tensor, timestep: int) -> torch.Tensor:
        """The actions (robots, act_dim) for normalised `states` (robots, state_dim) and scaled `returns_to_go`
        (robots, 1), after all that was passed in before."""
        self._remember(states, returns_to_go, timestep)
        begin = max(0, self.end - self.window)
        self._shorten(begin, timestep)
        h, tokens, asked, told = self.memory[:, :, begin : self.end]  # (robots, n, hidden) each
        n = h.shape[1]
        for i, (block, folded) in enumerate(zip(self.blocks, self.folded, strict=True)):
            last = i == len(self.blocks) - 1
            if i > 0:
                tokens = block.ln_1(h)
                asked = torch.matmul(tokens[:, -1:] if last else tokens, folded.ask) + folded.ask_bias
            elif last:
                asked = asked[:, -1:]
            mask = self.mask[n - 1 : n, :n] if last else self.mask[:n, :n]
            weights = folded.weights(asked, tokens, mask)
            seen = weights @ told if i == 0 else torch.matmul(weights @ tokens, folded.tell).add_(folded.tell_bias)
            h = _through_mlp(block, seen.add_(h[:, -1:] if last else h))
        self.actions = self.model.predict_action(self.model.encoder.ln_f(h[:, -1]))
        return self.actions

    def _remember(self, states: torch.Tensor, returns_to_go: torch.Tensor, timestep: int) -> None:
        """The tokens that are new: the action of the step before, this step's return-to-go and state."""
        model = self.model
        if self.back:
            self.states = torch.cat([self.states, states[:, None]], dim=1)[:, -model.config.context_length :]
            state = model.embed_state(self.states[:, -1 - self.back :])[:, -1:]
        else:
            state = model.embed_state(states[:, None])
        time = self._time(timestep)
        new = [model.embed_return(returns_to_go[:, None]) + time, state + time]
        if self.actions is not None:
            new.insert(0, model.embed_action(self.actions[:, None]) + self._time(timestep - 1))
        if self.end + len(new) > self.memory.shape[2]:
            kept = max(0, self.window - len(new))  # with K = 1 the last action is not part of the window
            self.memory[:, :, :kept] = self.memory[:, :, self.end - kept : self.end].clone()
            self.end = kept
        self._put(slice(self.end, self.end + len(new)), torch.cat(new, dim=1))
        self.end += len(new)

    def _shorten(self, begin: int, timestep: int) -> None:
        """Embed the window's first states again: they now have fewer states before them."""
        first = timestep + 1 - self.model.config.context_length
        if self.back and first > 0:
            times = torch.stack([self._time(first + i) for i in range(self.back)])  # (back, hidden)
            places = slice(begin + 1, begin + 1 + 3 * self.back, 3)  # R, s, a, R, s, a, ...
            self._put(places, self.model.embed_state(self.states[:, : self.back]) + times)

    def _time(self, timestep: int) -> torch.Tensor:
        """What is added to the embeddings of a timestep, (hidden,)."""
        return self.model.embed_timestep.weight[min(timestep, self.model.config.max_ep_len - 1)]

    def _put(self, places: slice, tokens: torch.Tensor) -> None:
        """Put `tokens` (robots, n, hidden) into the memory, with all that is computed from each by itself."""
        embedded = self.model.embed_ln(tokens) + self.model.encoder.wpe.weight[0]
        normal = self.blocks[0].ln_1(embedded)
        asked, told = (torch.matmul(normal, self.project) + self.project_bias).chunk(2, dim=-1)
        for memory, value in zip(self.memory, (embedded, normal, asked, told), strict=True):
            memory[:, places] = value
