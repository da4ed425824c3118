"""Answers to put into the notebooks: several right ones for each exercise, in different styles, and wrong ones."""

from functools import cache

from tests.grading.course import solution

_EPISODE = """\
def run_episode(model, env, target_return, max_steps, seed):
    c = model.eval().config
    S, A, R, out = [], [], [], []
    o, left = env.reset(seed=seed)[0], target_return / c.return_scale
    while len(out) < max_steps:
        S.append((o - np.array(c.state_mean)) / np.array(c.state_std))
        A.append(np.zeros(c.act_dim))
        R.append([left])
        s, a, r = (torch.tensor(np.array(x[-c.context_length :])).float()[None] for x in (S, A, R))
        T = torch.arange(len(S))[None, -c.context_length :]
        with torch.no_grad():
            A[-1] = model(states=s, actions=a, returns_to_go=r, timesteps=T)["action_preds"][0, -1].numpy()
        o, reward, ended, cut, _ = env.step(A[-1])
        out.append(reward)
        left = {left}
        if ended or cut:
            break
    return out"""
RIGHT = {
    "returns_to_go": (
        "def returns_to_go(rewards, gamma=1.0):\n    out, run = [], 0.0\n    for r in rewards[::-1]:\n"
        "        run = r + gamma * run\n        out.append(run)\n    return np.array(out[::-1], dtype=float)",
        "def returns_to_go(rewards, gamma=1.0):\n    t = np.arange(len(rewards))\n    power = t - t[:, None]\n"
        "    weights = np.where(power >= 0, float(gamma) ** np.maximum(power, 0), 0.0)\n"
        "    return weights @ np.asarray(rewards, dtype=float)",
        "def returns_to_go(rewards, gamma=1.0):\n    if len(rewards) < 2:\n"
        "        return np.array(rewards, dtype=float)\n"
        "    rest = returns_to_go(rewards[1:], gamma)\n    return np.r_[rewards[0] + gamma * rest[0], rest]",
    ),
    "pad_left": (
        "def pad_left(sequence, length, value):\n    t = min(len(sequence), length)\n"
        "    out = np.full((length, sequence.shape[1]), value, dtype=sequence.dtype)\n"
        "    out[length - t :] = sequence[:t]\n"
        "    return out, (np.arange(length) >= length - t).astype(float)",
        "def pad_left(sequence, length, value):\n    kept = list(sequence[:length])\n    mask = [1] * len(kept)\n"
        "    while len(kept) < length:\n        kept.insert(0, np.full(sequence.shape[1], value))\n"
        "        mask.insert(0, 0)\n    return np.array(kept, dtype=sequence.dtype), np.array(mask)",
    ),
    "add_time_embeddings": (
        "def add_time_embeddings(*four):\n    return [x + four[3] for x in four[:3]]",
        "def add_time_embeddings(r, s, a, t):\n    return tuple(map(t.add, (r, s, a)))",
    ),
    "stack_inputs": (
        "def stack_inputs(r, s, a):\n    return torch.stack((r, s, a), dim=2).flatten(1, 2)",
        "def stack_inputs(*three):\n    from einops import rearrange\n"
        "    return rearrange(torch.stack(three), 'kind b k h -> b (k kind) h')",
    ),
    "stack_attention_mask": (
        "def stack_attention_mask(m):\n    return torch.stack([m, m, m], dim=-1).flatten(1)",
        "stack_attention_mask = lambda m: m[..., None].expand(*m.shape, 3).reshape(len(m), -1)",
    ),
    "predict": (
        "def predict(x, r, s, a):\n    return r(x[:, 2]), s(x[:, 2]), a(x[:, 1])",
        "def predict(x, *heads):\n    return [head(x.select(1, i)) for head, i in zip(heads, (2, 2, 1))]",
    ),
    "action_loss": (
        "def action_loss(preds, targets, mask):\n    kept = mask.bool()\n"
        "    return torch.nn.functional.mse_loss(preds[kept], targets[kept])",
    ),
    "context_window": (
        "def context_window(sequence, length):\n    return sequence[max(0, len(sequence) - length) :]",
        "context_window = lambda sequence, length: sequence[-length:]",
    ),
    "next_target_return": ("def next_target_return(target, reward, scale):\n    return target - reward * (1 / scale)",),
    "run_episode": (_EPISODE.format(left="left - reward / c.return_scale"),),
    "walk_rewards": (
        "def walk_rewards(walk, goal, lengths):\n"
        "    return np.array([0.0 if a == goal else -lengths[a, b] for a, b in zip(walk, walk[1:])])",
    ),
    "next_node": ("def next_node(logits, neighbours):\n    return max(neighbours, key=lambda node: logits[node])",),
    "choose_target": (
        "def choose_target(targets, achieved):\n"
        "    return next((t for t, a in zip(targets, achieved) if a >= t), targets[-1])",
    ),
    "best_tenth": (
        "def best_tenth(returns):\n    order = sorted(range(len(returns)), key=lambda i: -returns[i])\n"
        "    return sorted(order[: max(len(returns) // 10, 1)])",
    ),
    "q_update": (
        "def q_update(q, s, a, r, s2, done, rate, gamma):\n    target = r + (not done) * gamma * max(q[s2])\n"
        "    return (1 - rate) * q[s, a] + rate * target",
    ),
    "pessimistic": ("def pessimistic(q, seen, worst):\n    q = q.copy()\n    q[~seen] = worst\n    return q",),
    "conditioned_policy": (
        "def conditioned_policy(actions, returns, target, n):\n    met = actions[returns == target].tolist()\n"
        "    return [met.count(a) / len(met) if met else 1 / n for a in range(n)]",
    ),
}
WRONG = {
    "returns_to_go": "def returns_to_go(rewards, gamma=1.0):\n    return np.cumsum(rewards)",
    "pad_left": "def pad_left(sequence, length, value):\n    return sequence, np.ones(length)",
    "add_time_embeddings": "def add_time_embeddings(r, s, a, t):\n    return r + t, s + t, a",
    "stack_inputs": "def stack_inputs(r, s, a):\n    return torch.cat((r, s, a), dim=1)",
    "stack_attention_mask": "def stack_attention_mask(m):\n    return m.repeat(1, 3)",
    "predict": "def predict(x, r, s, a):\n    return r(x[:, 2]), s(x[:, 2]), a(x[:, 2])",
    "action_loss": "def action_loss(preds, targets, mask):\n    return ((preds - targets) ** 2).mean()",
    "context_window": "def context_window(sequence, length):\n    return sequence[:length]",
    "next_target_return": "def next_target_return(target, reward, scale):\n    return target - reward",
    "run_episode": _EPISODE.format(left="left - reward"),
    "walk_rewards": "def walk_rewards(walk, goal, lengths):\n    return -lengths[walk[:-1], walk[1:]]",
    "next_node": "def next_node(logits, neighbours):\n    return logits[neighbours].argmax()",
    "choose_target": "def choose_target(targets, achieved):\n    return targets.max()",
    "best_tenth": "def best_tenth(returns):\n    return np.argsort(returns)[: len(returns) // 10]",
    "q_update": "def q_update(q, s, a, r, s2, done, rate, gamma):\n    return r + gamma * q[s2].max()",
    "pessimistic": "def pessimistic(q, seen, worst):\n    return q * seen",
    "conditioned_policy": "def conditioned_policy(actions, returns, target, n):\n"
    "    return np.bincount(actions, minlength=n) / len(actions)",
}


_solution = cache(solution)


def right(rng, grade_id: str) -> str:
    """A right answer; the solution's own among them."""
    return rng.choice([_solution(grade_id).rstrip(), *RIGHT.get(grade_id, ())])
