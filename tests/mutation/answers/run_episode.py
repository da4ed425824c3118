# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    mean = torch.tensor(model.config.state_mean)
    std = torch.tensor(model.config.state_std)
    scale = model.config.return_scale
    obs, info = env.reset(seed=seed)
    states, actions, rtgs, times = [], [], [], []
    rtg = target_return / scale
    rewards = []
    with torch.no_grad():
        for t in range(max_steps):
            states.append((torch.tensor(obs, dtype=torch.float32) - mean) / std)
            actions.append(torch.zeros(model.config.act_dim))
            rtgs.append(torch.tensor([rtg], dtype=torch.float32))
            times.append(t)
            s = torch.stack(states[-K:])
            a = torch.stack(actions[-K:])
            r = torch.stack(rtgs[-K:])
            ts = torch.tensor(times[-K:])
            pad = K - len(s)
            mask = torch.cat([torch.zeros(pad), torch.ones(len(s))])
            s = torch.cat([torch.zeros(pad, s.shape[1]), s])
            a = torch.cat([torch.zeros(pad, a.shape[1]), a])
            r = torch.cat([torch.zeros(pad, 1), r])
            ts = torch.cat([torch.zeros(pad, dtype=torch.long), ts])
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
            action = out.action_preds[0, -1]
            actions[-1] = action
            obs, reward, terminated, truncated, info = env.step(action.numpy())
            rewards.append(reward)
            rtg = rtg - reward / scale
            if terminated or truncated:
                break
    return rewards

# %% right
from collections import deque

def run_episode(model, env, target_return, max_steps, seed):
    """deques of length K; no padding at all"""
    cfg = model.config
    K = cfg.context_length
    S, A, R, T = (deque(maxlen=K) for _ in range(4))
    model.eval()
    o, _ = env.reset(seed=seed)
    left = target_return
    got = []
    done = False
    t = 0
    while not done and t < max_steps:
        S.append((np.asarray(o) - cfg.state_mean) / cfg.state_std)
        A.append(np.zeros(cfg.act_dim))
        R.append([left / cfg.return_scale])
        T.append(t)
        with torch.inference_mode():
            out = model(
                states=torch.tensor(np.array(S), dtype=torch.float32)[None],
                actions=torch.tensor(np.array(A), dtype=torch.float32)[None],
                returns_to_go=torch.tensor(np.array(R), dtype=torch.float32)[None],
                timesteps=torch.tensor(np.array(T))[None],
            )
        A[-1] = out["action_preds"][0, -1].numpy()
        o, rew, term, trunc, _ = env.step(A[-1])
        got.append(rew)
        left -= rew
        t += 1
        done = term or trunc
    return np.array(got)

# %% right
@torch.no_grad()
def run_episode(model, env, target_return, max_steps, seed):
    model = model.eval()
    c = model.config
    n, d, K = c.state_dim, c.act_dim, c.context_length
    states = torch.zeros(1, max_steps, n)
    actions = torch.zeros(1, max_steps, d)
    to_go = torch.zeros(1, max_steps, 1)
    rewards = torch.zeros(max_steps, dtype=torch.float64)
    timesteps = torch.arange(max_steps)[None]
    mu, sigma = torch.tensor(c.state_mean), torch.tensor(c.state_std)
    obs = env.reset(seed=seed)[0]
    to_go[0, 0, 0] = target_return / c.return_scale
    for t in range(max_steps):
        states[0, t] = (torch.from_numpy(obs) - mu) / sigma
        first = max(0, t + 1 - K)
        w = slice(first, t + 1)
        mask = torch.ones(1, t + 1 - first, dtype=torch.long)
        preds = model(states[:, w], actions[:, w], None, to_go[:, w], timesteps[:, w], mask, return_dict=False)
        actions[0, t] = preds[1][0, -1]
        obs, rewards[t], ended, cut, _ = env.step(actions[0, t].numpy())
        if ended or cut or t + 1 == max_steps:
            return rewards[: t + 1]
        to_go[0, t + 1, 0] = to_go[0, t, 0] - rewards[t] / c.return_scale

# %% right
def context_window(sequence, length):
    return sequence[max(0, len(sequence) - length) :]

def next_target_return(target_return, reward, scale):
    return target_return - reward / scale

def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    K = config.context_length
    model.eval()
    mean, std = torch.as_tensor(config.state_mean), torch.as_tensor(config.state_std)
    observation, _ = env.reset(seed=seed)
    states = torch.empty(0, config.state_dim)
    actions = torch.empty(0, config.act_dim)
    returns = torch.empty(0, 1)
    remaining = target_return / config.return_scale
    rewards = []
    over = False
    while not over:
        state = (torch.as_tensor(observation).float() - mean) / std
        states = torch.vstack([states, state.view(1, -1)])
        actions = torch.vstack([actions, torch.full((1, config.act_dim), -10.0)])
        returns = torch.vstack([returns, torch.tensor([[remaining]])])
        timesteps = torch.arange(len(states)).view(-1, 1)
        parts = []
        for x in (states, actions, returns, timesteps):
            x = context_window(x, K)
            parts.append(torch.nn.functional.pad(x, (0, 0, K - len(x), 0)).unsqueeze(0))
        mask = torch.zeros(1, K)
        mask[0, K - min(K, len(states)) :] = 1
        with torch.no_grad():
            predicted = model(
                states=parts[0], actions=parts[1], returns_to_go=parts[2], timesteps=parts[3].squeeze(-1), attention_mask=mask
            )
        actions[-1] = predicted.action_preds[0][-1]
        observation, reward, terminated, truncated, _ = env.step(actions[-1].numpy())
        rewards.append(float(reward))
        remaining = next_target_return(remaining, reward, config.return_scale)
        over = terminated or truncated or len(rewards) == max_steps
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """by recursion, with tuples"""
    model.eval()
    c = model.config
    K = c.context_length

    def normal(o):
        return [(x - m) / s for x, m, s in zip(o, c.state_mean, c.state_std)]

    def go(o, left, past, t):
        if t == max_steps:
            return []
        row = (normal(o), [0.0] * c.act_dim, [left], t)
        window = (past + [row])[-K:]
        s, a, r, ts = ([row[i] for row in window] for i in range(4))
        with torch.no_grad():
            act = model(
                states=torch.tensor([s]).float(), actions=torch.tensor([a]).float(), returns_to_go=torch.tensor([r]).float(),
                timesteps=torch.tensor([ts]), attention_mask=torch.ones(1, len(window)),
            ).action_preds[0, -1].tolist()
        o, reward, term, trunc, _ = env.step(np.array(act))
        if term or trunc:
            return [reward]
        return [reward] + go(o, left - reward / c.return_scale, past + [(row[0], act, [left], t)], t + 1)

    return go(env.reset(seed=seed)[0], target_return / c.return_scale, [], 0)

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """numpy buffers that roll: the newest row is always the last"""
    model.train(False)
    cfg = model.config
    K = cfg.context_length
    S = np.zeros((K, cfg.state_dim), np.float32)
    A = np.zeros((K, cfg.act_dim), np.float32)
    R = np.zeros((K, 1), np.float32)
    T = np.zeros(K, np.int64)
    M = np.zeros(K, np.int64)
    obs, _ = env.reset(seed=seed)
    g = target_return / cfg.return_scale
    out = []
    for t in range(max_steps):
        for buf in (S, A, R, T, M):
            buf[:-1] = buf[1:].copy()
        S[-1] = (obs - np.array(cfg.state_mean)) / np.array(cfg.state_std)
        A[-1] = 0
        R[-1] = g
        T[-1] = t
        M[-1] = 1
        batch = {
            "states": S, "actions": A, "returns_to_go": R, "timesteps": T, "attention_mask": M,
        }
        batch = {k: torch.from_numpy(v.copy())[None] for k, v in batch.items()}
        with torch.no_grad():
            a = model(**batch)["action_preds"].squeeze(0)[-1].cpu().numpy()
        A[-1] = a
        obs, r, term, trunc, _ = env.step(a)
        out += [r]
        g -= r / cfg.return_scale
        if term:
            break
        if trunc:
            break
    return out

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """a generator of rewards, and a context with its own class"""
    class Memory:
        def __init__(self, K):
            self.K = K
            self.rows = []

        def add(self, state, to_go, time):
            self.rows.append({"states": state, "actions": torch.zeros(model.config.act_dim), "returns_to_go": to_go, "timesteps": time})

        def window(self):
            rows = self.rows[-self.K :]
            filler = {k: torch.zeros_like(v) for k, v in rows[0].items()}
            padded = [filler] * (self.K - len(rows)) + rows
            batch = {k: torch.stack([row[k] for row in padded])[None] for k in filler}
            batch["attention_mask"] = torch.tensor([[0] * (self.K - len(rows)) + [1] * len(rows)])
            return batch

    def episode():
        was = model.training
        model.eval()
        memory = Memory(model.config.context_length)
        o, _ = env.reset(seed=seed)
        left = torch.tensor([target_return / model.config.return_scale], dtype=torch.float32)
        mean, std = (torch.tensor(x, dtype=torch.float32) for x in (model.config.state_mean, model.config.state_std))
        for t in range(max_steps):
            memory.add((torch.as_tensor(o, dtype=torch.float32) - mean) / std, left, torch.tensor(t))
            with torch.inference_mode():
                action = model(**memory.window()).action_preds[0, -1]
            memory.rows[-1]["actions"] = action.clone()
            o, reward, terminated, truncated, _ = env.step(action.numpy())
            yield reward
            left = left - reward / model.config.return_scale
            if terminated or truncated:
                break
        model.train(was)

    return list(episode())

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """what remains is worked out anew from the rewards at each step; clipped actions"""
    model.eval()
    config = model.config
    K = config.context_length
    observations, acts, rewards = [env.reset(seed=seed)[0]], [], []
    for t in range(max_steps):
        obs = (np.stack(observations) - config.state_mean) / config.state_std
        earned = np.concatenate([[0.0], np.cumsum(rewards)])
        to_go = (target_return - earned) / config.return_scale
        a = np.array(acts + [np.zeros(config.act_dim)])
        start = max(t - K + 1, 0)
        with torch.no_grad():
            _, preds, _ = model(
                torch.FloatTensor(obs[start:])[None],
                torch.FloatTensor(a[start:])[None],
                None,
                torch.FloatTensor(to_go[start:])[None, :, None],
                torch.arange(start, t + 1)[None],
                return_dict=False,
            )
        action = preds[0, -1].clamp(-1, 1).numpy()
        action = np.clip(action, env.action_space.low, env.action_space.high)
        acts.append(action)
        o, r, stop1, stop2, _ = env.step(action)
        observations.append(o)
        rewards.append(r)
        if stop1 | stop2:
            break
    env.close()
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """the whole episode, with a mask over all but the last K steps"""
    model.eval()
    for p in model.parameters():
        p.requires_grad_(False)
    c = model.config
    mean, std = np.array(c.state_mean, dtype=np.float32), np.array(c.state_std, dtype=np.float32)
    obs, _ = env.reset(seed=seed)
    hist_s = np.zeros((0, c.state_dim), dtype=np.float32)
    hist_a = np.zeros((0, c.act_dim), dtype=np.float32)
    hist_r = np.zeros((0,), dtype=np.float32)
    g = np.float32(target_return / c.return_scale)
    rewards = []
    t = 0
    while t < max_steps:
        hist_s = np.append(hist_s, [(obs.astype(np.float32) - mean) / std], axis=0)
        hist_a = np.append(hist_a, np.zeros((1, c.act_dim), np.float32), axis=0)
        hist_r = np.append(hist_r, g)
        mask = (np.arange(t + 1) > t - c.context_length).astype(np.float32)
        out = model(
            states=torch.from_numpy(hist_s).unsqueeze(0).float(),
            actions=torch.from_numpy(hist_a).unsqueeze(0).float(),
            returns_to_go=torch.from_numpy(hist_r).reshape(1, -1, 1).float(),
            timesteps=torch.arange(t + 1).unsqueeze(0),
            attention_mask=torch.from_numpy(mask).unsqueeze(0),
        )
        hist_a[-1] = out.action_preds[0, t].detach().numpy()
        obs, r, term, trunc, _ = env.step(hist_a[-1])
        rewards.append(r)
        g = np.float32(g - r / c.return_scale)
        t += 1
        if any((term, trunc)):
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """padding with whatever: the first row again, timesteps 7, mask of booleans"""
    net = model.eval()
    cfg = net.config
    K, scale = cfg.context_length, cfg.return_scale
    o = env.reset(seed=seed)[0]
    rows, rewards, left = [], [], target_return / scale
    try:
        while len(rewards) < max_steps:
            z = (o - np.array(cfg.state_mean)) / np.array(cfg.state_std)
            rows.append([z, np.random.randn(cfg.act_dim), left, len(rewards)])
            last = rows[-K:]
            n = K - len(last)
            filled = [[rows[0][0], np.ones(cfg.act_dim), 5.0, 7]] * n + last
            f = lambda i: torch.tensor(np.array([row[i] for row in filled]))[None]
            mask = torch.arange(K)[None] >= n
            with torch.autograd.grad_mode.no_grad():
                out = net(states=f(0).float(), actions=f(1).float(), returns_to_go=f(2).float()[..., None], timesteps=f(3), attention_mask=mask)
            rows[-1][1] = out.action_preds[:, -1].numpy().ravel()
            o, reward, a, b, *_ = env.step(rows[-1][1])
            rewards.append(reward)
            left += -reward / scale
            if a or b:
                raise StopIteration
    except StopIteration:
        pass
    return tuple(rewards)

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """padding on the right, and the position read to match"""
    model.eval()
    K = model.config.context_length
    s_all, a_all, g_all, rewards = [], [], [], []
    obs, _ = env.reset(seed=seed)
    g = target_return / model.config.return_scale
    for t in range(max_steps):
        s_all.append(torch.tensor((obs - np.array(model.config.state_mean)) / model.config.state_std).float())
        a_all.append(torch.zeros(model.config.act_dim))
        g_all.append(torch.tensor([g]).float())
        n = min(K, t + 1)

        def pad(rows):
            x = torch.stack(rows[-K:])
            return torch.cat([x, torch.zeros(K - n, x.shape[1])])[None]

        ts = torch.zeros(1, K, dtype=torch.int64)
        ts[0, :n] = torch.arange(t + 1)[-K:]
        mask = torch.zeros(1, K)
        mask[0, :n] = 1.0
        with torch.no_grad():
            preds = model(states=pad(s_all), actions=pad(a_all), returns_to_go=pad(g_all), timesteps=ts, attention_mask=mask).action_preds
        a_all[-1] = preds[0, n - 1]
        obs, reward, terminated, truncated, info = env.step(a_all[-1].tolist())
        rewards.append(reward)
        g = g - reward / model.config.return_scale
        if terminated or truncated:
            return rewards
    return rewards

# %% right
import itertools

def run_episode(model, env, target_return, max_steps, seed):
    """einsum-free one-tensor history: columns are R, s, a, t"""
    cfg = model.config
    n, d, K = cfg.state_dim, cfg.act_dim, cfg.context_length
    history = torch.zeros(0, 1 + n + d + 1, dtype=torch.float64)
    stats = torch.tensor([cfg.state_mean, cfg.state_std], dtype=torch.float64)
    model.eval()
    obs, _ = env.reset(seed=int(seed))
    rewards = []
    for t in itertools.count():
        row = torch.zeros(1, 1 + n + d + 1, dtype=torch.float64)
        row[0, 0] = (target_return - sum(rewards)) / cfg.return_scale
        row[0, 1 : 1 + n] = (torch.as_tensor(obs) - stats[0]) / stats[1]
        row[0, -1] = t
        history = torch.cat([history, row])
        w = history[-K:]
        w = torch.cat([w.new_zeros(K - len(w), w.shape[1]), w])[None]
        mask = torch.cat([torch.zeros(K - min(K, t + 1)), torch.ones(min(K, t + 1))])[None]
        with torch.set_grad_enabled(False):
            action = model(
                states=w[..., 1 : 1 + n].float(), actions=w[..., 1 + n : -1].float(), returns_to_go=w[..., :1].float(),
                timesteps=w[..., -1].long(), attention_mask=mask,
            ).action_preds[:, -1, :].squeeze(0)
        history[-1, 1 + n : -1] = action
        obs, reward, terminated, truncated, _ = env.step(action.detach().cpu().numpy())
        rewards.append(reward)
        if terminated or truncated or t + 1 >= max_steps:
            break
    return rewards

# %% wrong (mode-not-set): eval was forgotten.
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (gradients-kept): No no_grad; the prediction is detached.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].detach().numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (exception): No no_grad, and numpy() of what needs gradients.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (states-not-normalised): The observation goes in as it is.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append(obs)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (normalised-twice): The observation is normalised where it comes from, and where it is kept.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    obs = (obs - mean) / std
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        obs = (obs - mean) / std
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (states-not-normalised): Only the first observation is normalised.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    obs = (obs - mean) / std
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append(obs)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (stale-state): The new observation gets a name that nobody reads.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        next_obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (reward-not-scaled): The reward is subtracted in raw units.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward
        if terminated or truncated:
            break
    return rewards


# %% wrong (target-not-scaled): The target starts in raw units.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (not-counted-down): The target is never counted down.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        if terminated or truncated:
            break
    return rewards


# %% wrong (counted-down-twice): Subtracted twice, once in the list.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        remaining -= reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (only-the-last-reward): From the whole target at each step.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = target_return / scale - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (first-position): The first position.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, 0].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (another-position): The position t, where there is one.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, min(t, K - 1)].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (times-in-the-window): Timesteps of the window.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(len(s))
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (times-padded): Timesteps of the window, 0 to K - 1, whatever is padding.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.arange(K) if t < K else ts
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (times-from-one): The first timestep is 1.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(1, t + 2)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (window-not-cut): All steps so far.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states), dtype=torch.float32)
        a = torch.tensor(np.array(actions), dtype=torch.float32)
        r = torch.tensor(np.array(returns), dtype=torch.float32)
        ts = torch.arange(t + 1)
        pad = max(0, K - len(s))
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(len(states))])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (window-too-short): One step less than K.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K + 1 :]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K + 1 :]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K + 1 :]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K + 1 :]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (padding-behind): Padding on the right, the last position is read.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, 0, pad))
        a = torch.nn.functional.pad(a, (0, 0, 0, pad))
        r = torch.nn.functional.pad(r, (0, 0, 0, pad))
        ts = torch.nn.functional.pad(ts, (0, pad))
        mask = torch.cat([torch.ones(K - pad), torch.zeros(pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (mask-on-the-wrong-side): Padding left, mask right.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.ones(K - pad), torch.zeros(pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (padding-not-masked): A mask of ones.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.ones(K)
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (padding-not-masked): No mask.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (actions-forgotten): The action is never written into the history.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (actions-shifted): The action is appended behind the zeros of its step.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [np.zeros(cfg.act_dim)], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions.append(action)
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (terminated-ignored): Only truncated ends it.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if truncated:
            break
    return rewards


# %% wrong (truncated-ignored): Only terminated ends it.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated:
            break
    return rewards


# %% wrong (end-ignored): Nothing ends it before max_steps.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
    return rewards


# %% wrong (end-ignored): and in place of or.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated and truncated:
            break
    return rewards


# %% wrong (max-steps-ignored): while True.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    t = -1
    while True:
        t += 1
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (last-reward-lost): The end comes before the reward is noted.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            break
        rewards.append(reward)
        remaining = remaining - reward / scale
    return rewards


# %% wrong (seed-ignored): Reset without the seed.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset()
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (seed-ignored): Reset twice, the second time without a seed.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    env.reset(seed=seed)
    obs, _ = env.reset()
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (total-returned): The sum.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return sum(rewards)


# %% wrong (rewards-scaled): Scaled rewards.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        reward = reward / scale
        rewards.append(reward)
        remaining = remaining - reward
        if terminated or truncated:
            break
    return rewards


# %% wrong (one-target-for-all): What remains now, for all steps of the window.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.full((len(s), 1), remaining)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (target-a-step-late): The target is subtracted after the next one was noted.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        if t > 0:
            remaining = remaining - reward / scale
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        if terminated or truncated:
            break
    return rewards


# %% wrong (exception): The old gym's four results.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, _ = env.step(action)
        truncated = False
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (exception): Observations in float64.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]))
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (exception): No batch axis.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s, actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (stopped-at-zero): What remains never falls below 0.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = max(remaining - reward / scale, 0)
        if terminated or truncated:
            break
    return rewards


# %% wrong (stops-when-earned): It stops when the target is earned.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated or remaining <= 0:
            break
    return rewards


# %% wrong (one-step-only): return in the loop.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
        return rewards


# %% wrong (steps-of-the-window): range(K).
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(K):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (action-a-step-late): The previous action is carried out.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    action = np.zeros(cfg.act_dim)
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        obs, reward, terminated, truncated, _ = env.step(action)
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards


# %% wrong (None): States predicted are taken for the action, cut to its width.
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    scale = cfg.return_scale
    mean = np.array(cfg.state_mean)
    std = np.array(cfg.state_std)
    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = target_return / scale
    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append(np.zeros(cfg.act_dim))
        returns.append([remaining])
        s = torch.tensor(np.array(states[-K:]), dtype=torch.float32)
        a = torch.tensor(np.array(actions[-K:]), dtype=torch.float32)
        r = torch.tensor(np.array(returns[-K:]), dtype=torch.float32)
        ts = torch.arange(t + 1)[-K:]
        pad = K - len(s)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (0, 0, pad, 0))
        ts = torch.nn.functional.pad(ts, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)])
        with torch.no_grad():
            out = model(states=s[None], actions=a[None], returns_to_go=r[None], timesteps=ts[None], attention_mask=mask[None])
        action = out.state_preds[0, -1, : cfg.act_dim].numpy()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (times-in-the-window): the timesteps count in the window and not in the episode
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    obs, _ = env.reset(seed=seed)
    states = torch.zeros(0, cfg.state_dim)
    actions = torch.zeros(0, cfg.act_dim)
    rtgs = torch.zeros(0, 1)
    remaining = target_return / cfg.return_scale
    rewards = []

    for t in range(max_steps):
        state = (torch.tensor(obs, dtype=torch.float32) - mean) / std
        states = context_window(torch.cat([states, state.reshape(1, -1)]), K)
        actions = context_window(torch.cat([actions, torch.zeros(1, cfg.act_dim)]), K)
        rtgs = context_window(torch.cat([rtgs, torch.tensor([[remaining]], dtype=torch.float32)]), K)
        n = len(states)
        pad = K - n

        def left(x):
            return torch.cat([torch.zeros(pad, x.shape[1]), x]).unsqueeze(0)

        timesteps = torch.cat([torch.zeros(pad, dtype=torch.long), torch.arange(n)]).unsqueeze(0)
        mask = torch.cat([torch.zeros(pad), torch.ones(n)]).long().unsqueeze(0)
        with torch.no_grad():
            output = model(
                states=left(states),
                actions=left(actions),
                returns_to_go=left(rtgs),
                timesteps=timesteps,
                attention_mask=mask,
            )
        action = output.action_preds[0, -1]
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, cfg.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% wrong (exception): the history lives outside the function and is never emptied
from collections import deque

_history = {}


def _remember(key, item, K):
    _history.setdefault(key, deque(maxlen=K)).append(item)
    return list(_history[key])


@torch.no_grad()
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    K = c.context_length
    obs, info = env.reset(seed=seed)
    todo = target_return / c.return_scale
    rewards = []
    t = 0
    while t < max_steps:
        s = _remember("s", (np.asarray(obs) - np.array(c.state_mean)) / np.array(c.state_std), K)
        a = _remember("a", np.zeros(c.act_dim), K)
        g = _remember("g", [todo], K)
        ts = _remember("t", t, K)
        out = model(
            states=torch.tensor(np.array(s), dtype=torch.float32)[None],
            actions=torch.tensor(np.array(a), dtype=torch.float32)[None],
            returns_to_go=torch.tensor(g, dtype=torch.float32)[None],
            timesteps=torch.tensor(ts)[None],
            attention_mask=torch.ones(1, len(s), dtype=torch.long),
        )
        act = out.action_preds[0, -1].numpy()
        _history["a"][-1] = act
        obs, r, terminated, truncated, info = env.step(act)
        rewards.append(r)
        todo -= r / c.return_scale
        t += 1
        if terminated or truncated:
            break
    return rewards

# %% wrong (last-reward-lost): leaves the loop before the reward of the last step is noted
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K, scale = config.context_length, config.return_scale
    mu, sigma = np.array(config.state_mean), np.array(config.state_std)

    S = np.zeros((max_steps, config.state_dim), dtype=np.float32)
    A = np.zeros((max_steps, config.act_dim), dtype=np.float32)
    G = np.zeros((max_steps, 1), dtype=np.float32)
    rewards = []

    observation, _ = env.reset(seed=seed)
    remaining = target_return / scale
    for t in range(max_steps):
        S[t] = (observation - mu) / sigma
        G[t] = remaining
        first = max(0, t + 1 - K)
        steps = np.arange(first, t + 1)
        missing = K - len(steps)

        def batch(x):
            return torch.from_numpy(np.pad(x[first : t + 1], ((missing, 0), (0, 0))))[None]

        with torch.inference_mode():
            prediction = model(
                states=batch(S),
                actions=batch(A),
                returns_to_go=batch(G),
                timesteps=torch.from_numpy(np.pad(steps, (missing, 0)))[None],
                attention_mask=torch.tensor([[0] * missing + [1] * len(steps)]),
            ).action_preds
        A[t] = prediction[0, -1].numpy()
        observation, reward, terminated, truncated, _ = env.step(A[t].copy())
        if terminated or truncated:
            break
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, scale)
    return rewards

# %% wrong (stopped-at-zero): what remains is never let below 0
class _Agent:
    def __init__(self, model, target):
        self.model = model.eval()
        self.c = model.config
        self.target = max(target / self.c.return_scale, 0.0)
        self.states, self.actions, self.returns, self.times = [], [], [], []

    def normalise(self, obs):
        return [(float(o) - m) / s for o, m, s in zip(obs, self.c.state_mean, self.c.state_std)]

    def act(self, obs):
        K = self.c.context_length
        self.states.append(self.normalise(obs))
        self.actions.append([0.0] * self.c.act_dim)
        self.returns.append([self.target])
        self.times.append(len(self.times))
        pad = max(0, K - len(self.states))
        f = dict(dtype=torch.float32)
        with torch.no_grad():
            preds = self.model(
                states=torch.tensor([[[0.0] * self.c.state_dim] * pad + self.states[-K:]], **f),
                actions=torch.tensor([[[0.0] * self.c.act_dim] * pad + self.actions[-K:]], **f),
                returns_to_go=torch.tensor([[[0.0]] * pad + self.returns[-K:]], **f),
                timesteps=torch.tensor([[0] * pad + self.times[-K:]]),
                attention_mask=torch.tensor([[0] * pad + [1] * (K - pad)]),
            ).action_preds
        self.actions[-1] = preds[0, -1].tolist()
        return preds[0, -1].numpy()

    def got(self, reward):
        self.target = max(self.target - reward / self.c.return_scale, 0.0)


def run_episode(model, env, target_return, max_steps, seed):
    agent = _Agent(model, target_return)
    obs = env.reset(seed=seed)[0]
    rewards, over = [], False
    while not over and len(rewards) < max_steps:
        obs, reward, terminated, truncated, _ = env.step(agent.act(obs))
        agent.got(reward)
        rewards.append(reward)
        over = terminated or truncated
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K = config.context_length
    mean, std = np.array(config.state_mean), np.array(config.state_std)

    def window(rows, dtype=torch.float32):
        rows = torch.tensor(np.array(rows), dtype=dtype)
        rows = context_window(rows, K)
        padding = torch.zeros((K - len(rows), rows.shape[1]), dtype=dtype)
        return torch.cat([padding, rows]).unsqueeze(0)

    observation, _ = env.reset(seed=seed)
    remaining = target_return / config.return_scale
    states, actions, returns, rewards = [], [], [], []
    for t in range(max_steps):
        states.append((observation - mean) / std)
        actions.append(np.zeros(config.act_dim))
        returns.append([remaining])
        with torch.no_grad():
            output = model(
                states=window(states),
                actions=window(actions),
                returns_to_go=window(returns),
                timesteps=window([[i] for i in range(t + 1)], torch.long)[:, :, 0],
                attention_mask=window([[1]] * (t + 1), torch.long)[:, :, 0],
            )
        action = output.action_preds[0, -1].cpu().numpy()
        actions[-1] = action.copy()
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, config.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% right
from collections import deque


@torch.inference_mode()
def run_episode(model, env, target_return, max_steps, seed):
    model.train(False)
    c = model.config
    mean = torch.tensor(c.state_mean, dtype=torch.float64)
    std = torch.tensor(c.state_std, dtype=torch.float64)
    # one entry a step: state, action, return-to-go, timestep; old ones fall out by themselves
    memory = deque(maxlen=c.context_length)
    left = float(target_return)
    rewards = []
    obs, _ = env.reset(seed=seed)
    done = False
    while not done and len(rewards) < max_steps:
        state = (torch.tensor(np.array(obs, dtype=np.float64)) - mean) / std
        memory.append([state.float(), torch.zeros(c.act_dim), torch.tensor([left / c.return_scale]), len(rewards)])
        s, a, g, t = zip(*memory)
        out = model(
            states=torch.stack(s)[None],
            actions=torch.stack(a)[None],
            returns_to_go=torch.stack(g).float()[None],
            timesteps=torch.tensor([t]),
            attention_mask=torch.ones((1, len(memory)), dtype=torch.long),
        )
        action = out.action_preds[0, -1].clone()
        memory[-1][1] = action
        obs, reward, terminated, truncated, _ = env.step(np.array(action.tolist(), dtype=np.float32))
        rewards.append(reward)
        left -= float(reward)
        done = terminated or truncated
    return rewards

# %% wrong (truncated-ignored): stops when the environment says terminated, but not when it says truncated
def get_action(model, states, actions, returns_to_go, timesteps):
    config = model.config
    states = states.reshape(1, -1, config.state_dim)
    actions = actions.reshape(1, -1, config.act_dim)
    returns_to_go = returns_to_go.reshape(1, -1, 1)
    timesteps = timesteps.reshape(1, -1)

    states = states[:, -config.context_length :]
    actions = actions[:, -config.context_length :]
    returns_to_go = returns_to_go[:, -config.context_length :]
    timesteps = timesteps[:, -config.context_length :]
    padding = config.context_length - states.shape[1]
    # pad all tokens to sequence length
    attention_mask = torch.cat([torch.zeros(padding), torch.ones(states.shape[1])])
    attention_mask = attention_mask.to(dtype=torch.long).reshape(1, -1)
    states = torch.cat([torch.zeros((1, padding, config.state_dim)), states], dim=1).float()
    actions = torch.cat([torch.zeros((1, padding, config.act_dim)), actions], dim=1).float()
    returns_to_go = torch.cat([torch.zeros((1, padding, 1)), returns_to_go], dim=1).float()
    timesteps = torch.cat([torch.zeros((1, padding), dtype=torch.long), timesteps], dim=1)

    output = model(
        states=states,
        actions=actions,
        returns_to_go=returns_to_go,
        timesteps=timesteps,
        attention_mask=attention_mask,
    )
    return output.action_preds[0, -1]


@torch.no_grad()
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    state_mean = torch.tensor(config.state_mean, dtype=torch.float32)
    state_std = torch.tensor(config.state_std, dtype=torch.float32)

    state, _ = env.reset(seed=seed)
    states = torch.as_tensor(state, dtype=torch.float32).reshape(1, config.state_dim)
    target = torch.tensor([[target_return / config.return_scale]], dtype=torch.float32)
    actions = torch.zeros((0, config.act_dim))
    timesteps = torch.zeros((1, 1), dtype=torch.long)
    rewards = []
    for t in range(max_steps):
        actions = torch.cat([actions, torch.zeros((1, config.act_dim))], dim=0)
        action = get_action(model, (states - state_mean) / state_std, actions, target, timesteps)
        actions[-1] = action
        state, reward, done, _, _ = env.step(action.detach().cpu().numpy())
        rewards.append(reward)

        cur_state = torch.as_tensor(state, dtype=torch.float32).reshape(1, config.state_dim)
        states = torch.cat([states, cur_state], dim=0)
        pred_return = target[0, -1] - (reward / config.return_scale)
        target = torch.cat([target, pred_return.reshape(1, 1).float()], dim=1)
        timesteps = torch.cat([timesteps, torch.full((1, 1), t + 1, dtype=torch.long)], dim=1)
        if done:
            break
    return rewards

# %% wrong (None): a ring buffer which is handed to the model as it lies in memory, so its steps are out of order once it wraps
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    mu = np.asarray(cfg.state_mean, dtype=np.float32)
    sigma = np.asarray(cfg.state_std, dtype=np.float32)

    buf_s = torch.zeros(1, K, cfg.state_dim)
    buf_a = torch.zeros(1, K, cfg.act_dim)
    buf_r = torch.zeros(1, K, 1)
    buf_t = torch.zeros(1, K, dtype=torch.long)
    buf_m = torch.zeros(1, K, dtype=torch.long)

    model.eval()
    obs, info = env.reset(seed=seed)
    todo = target_return / cfg.return_scale
    rewards = []
    n = 0
    done = False
    while n < max_steps and not done:
        head = n % K  # the oldest slot is overwritten
        buf_s[0, head] = torch.from_numpy(((obs - mu) / sigma).astype(np.float32))
        buf_a[0, head] = 0
        buf_r[0, head] = todo
        buf_t[0, head] = n
        buf_m[0, head] = 1
        with torch.no_grad():
            out = model(states=buf_s, actions=buf_a, returns_to_go=buf_r, timesteps=buf_t, attention_mask=buf_m)
        act = out.action_preds[0, head].clone()
        buf_a[0, head] = act
        obs, r, terminated, truncated, info = env.step(act.numpy())
        rewards.append(r)
        todo -= r / cfg.return_scale
        done = terminated or truncated
        n += 1
    return rewards

# %% wrong (stopped-at-zero): what remains to be earned is kept at 0 or above
from typing import NamedTuple


class Carry(NamedTuple):
    states: torch.Tensor
    actions: torch.Tensor
    rtgs: torch.Tensor
    steps: torch.Tensor


def _observe(carry, obs, rtg, t, config):
    mean, std = (torch.tensor(v, dtype=torch.float32) for v in (config.state_mean, config.state_std))
    normal = (torch.as_tensor(obs, dtype=torch.float32) - mean) / std
    last = lambda old, new: torch.cat([old, new.reshape(1, 1, -1)], dim=1)[:, -config.context_length :]
    return Carry(
        last(carry.states, normal),
        last(carry.actions, torch.zeros(config.act_dim)),
        last(carry.rtgs, torch.tensor([rtg], dtype=torch.float32)),
        last(carry.steps.unsqueeze(-1), torch.tensor([t])).squeeze(-1),
    )


def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    model = model.eval()
    carry = Carry(
        torch.zeros(1, 0, config.state_dim),
        torch.zeros(1, 0, config.act_dim),
        torch.zeros(1, 0, 1),
        torch.zeros(1, 0, dtype=torch.long),
    )
    obs, _ = env.reset(seed=seed)
    rtg = max(target_return / config.return_scale, 0.0)
    rewards = []
    for t in range(max_steps):
        carry = _observe(carry, obs, rtg, t, config)
        with torch.inference_mode():
            preds = model(
                states=carry.states,
                actions=carry.actions,
                returns_to_go=carry.rtgs,
                timesteps=carry.steps,
                attention_mask=torch.ones_like(carry.steps),
            ).action_preds
            action = preds[:, -1:].clone()
        carry = carry._replace(actions=torch.cat([carry.actions[:, :-1], action], dim=1))
        obs, reward, terminated, truncated, _ = env.step(action.flatten().numpy())
        rewards.append(reward)
        rtg = max(rtg - reward / config.return_scale, 0.0)
        if terminated or truncated:
            break
    return rewards

# %% wrong (actions-shifted): each step is given the action of the step before, so the actions in the window stand one step too late
def run_episode(model, env, target_return, max_steps, seed):
    c = model.config
    model.eval()
    observation, _ = env.reset(seed=seed)
    previous_action = np.zeros(c.act_dim, dtype=np.float32)
    history = []  # one tuple a step: state, previous action, what remains
    remaining = target_return / c.return_scale
    rewards = []
    while len(rewards) < max_steps:
        state = (np.array(observation) - np.array(c.state_mean)) / np.array(c.state_std)
        history.append((state, previous_action, [remaining]))
        window = history[-c.context_length :]
        missing = c.context_length - len(window)
        padding = [(np.zeros(c.state_dim), np.zeros(c.act_dim), [0.0])] * missing
        columns = [torch.tensor(np.array(column), dtype=torch.float32)[None] for column in zip(*(padding + window))]
        first = len(history) - len(window)
        timesteps = [0] * missing + list(range(first, len(history)))
        mask = [0] * missing + [1] * len(window)
        with torch.no_grad():
            output = model(
                states=columns[0],
                actions=columns[1],
                returns_to_go=columns[2],
                timesteps=torch.tensor([timesteps]),
                attention_mask=torch.tensor([mask]),
            )
        previous_action = output.action_preds[0, -1].numpy().copy()
        observation, reward, terminated, truncated, _ = env.step(previous_action.copy())
        rewards.append(reward)
        remaining -= reward / c.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    model.eval()
    obs, _ = env.reset(seed=seed)
    states, actions, rtgs, rewards = [], [], [], []
    remaining = target_return / cfg.return_scale

    for t in range(max_steps):
        states.append((torch.tensor(obs, dtype=torch.float32) - mean) / std)
        actions.append(torch.zeros(cfg.act_dim))
        rtgs.append(torch.tensor([float(remaining)], dtype=torch.float32))
        first = max(0, t + 1 - K)
        with torch.no_grad():
            output = model(
                states=torch.stack(states[first:])[None],
                actions=torch.stack(actions[first:])[None],
                returns_to_go=torch.stack(rtgs[first:])[None],
                timesteps=torch.arange(first, t + 1)[None],
                attention_mask=torch.ones(1, t + 1 - first, dtype=torch.long),
            )
        action = output.action_preds[0, -1].clone()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.clone().numpy())
        rewards.append(reward)
        if terminated or truncated:
            break
        remaining = remaining - reward / cfg.return_scale
    return rewards

# %% right
def push(buffer, row):
    """Shift register: everything one place to the left, the new row at the end."""
    return np.concatenate([buffer[1:], np.asarray(row, dtype=buffer.dtype)[None]])


def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    S = np.zeros((K, cfg.state_dim), dtype=np.float32)
    A = np.zeros((K, cfg.act_dim), dtype=np.float32)
    R = np.zeros((K, 1), dtype=np.float32)
    T = np.zeros(K, dtype=np.int64)
    M = np.zeros(K, dtype=np.int64)
    mean, std = np.array(cfg.state_mean), np.array(cfg.state_std)

    model.eval()
    earned = 0.0
    rewards = []
    o, _ = env.reset(seed=seed)
    over = False
    while not over:
        t = len(rewards)
        S = push(S, (o - mean) / std)
        A = push(A, np.zeros(cfg.act_dim))
        R = push(R, [(target_return - earned) / cfg.return_scale])
        T = push(T, t)
        M = push(M, 1)
        with torch.inference_mode():
            out = model(
                states=torch.tensor(S).unsqueeze(0),
                actions=torch.tensor(A).unsqueeze(0),
                returns_to_go=torch.tensor(R).unsqueeze(0),
                timesteps=torch.tensor(T).unsqueeze(0),
                attention_mask=torch.tensor(M).unsqueeze(0),
            )
        a = out.action_preds[0, K - 1].numpy().copy()
        A[-1] = a
        o, r, terminated, truncated, _ = env.step(a)
        rewards.append(r)
        earned += float(r)
        over = terminated or truncated or len(rewards) == max_steps
    return rewards

# %% wrong (mode-not-set): model.eval is named but not called, so dropout stays on when the model comes in training mode
def run_episode(model, env, target_return, max_steps, seed):
    model.eval
    cfg = model.config
    mean, std = torch.tensor(cfg.state_mean), torch.tensor(cfg.state_std)

    obs, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    togo = target_return / cfg.return_scale

    for t in range(max_steps):
        states.append((torch.tensor(obs, dtype=torch.float32) - mean) / std)
        actions.append(torch.zeros(cfg.act_dim))
        returns.append(torch.tensor([togo], dtype=torch.float32))

        S = context_window(torch.stack(states), cfg.context_length)
        A = context_window(torch.stack(actions), cfg.context_length)
        R = context_window(torch.stack(returns), cfg.context_length)
        T = context_window(torch.arange(t + 1)[:, None], cfg.context_length)[:, 0]
        M = torch.ones(len(T), dtype=torch.long)

        with torch.no_grad():
            out = model(
                states=S[None],
                actions=A[None],
                returns_to_go=R[None],
                timesteps=T[None],
                attention_mask=M[None],
            )
        action = out.action_preds[0, -1]
        actions[-1] = action

        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        togo = next_target_return(togo, reward, cfg.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% wrong (state-like-padding): finds the padding by its zeros: a step whose normalised state is all zeros is masked as well
def left(x, K):
    """zeros on top until there are K rows"""
    return torch.cat([torch.zeros(K - len(x), x.shape[1], dtype=x.dtype), x])


@torch.no_grad()
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    scale = model.config.return_scale
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)

    observation, info = env.reset(seed=seed)
    all_states = torch.zeros(0, model.config.state_dim)
    all_actions = torch.zeros(0, model.config.act_dim)
    all_returns = torch.zeros(0, 1)
    all_times = torch.zeros(0, 1, dtype=torch.long)
    remaining = float(target_return) / scale
    rewards = []

    for t in range(max_steps):
        state = (torch.as_tensor(observation, dtype=torch.float32) - mean) / std
        all_states = torch.cat([all_states, state.reshape(1, -1)])
        all_actions = torch.cat([all_actions, torch.zeros(1, model.config.act_dim)])
        all_returns = torch.cat([all_returns, torch.tensor([[remaining]], dtype=torch.float32)])
        all_times = torch.cat([all_times, torch.tensor([[t]])])

        s, a, r, time = (left(context_window(x, K), K) for x in (all_states, all_actions, all_returns, all_times))
        mask = (s.abs().sum(dim=1) > 0).long()  # padded rows are all zeros

        prediction = model(
            states=s.unsqueeze(0),
            actions=a.unsqueeze(0),
            returns_to_go=r.unsqueeze(0),
            timesteps=time.squeeze(1).unsqueeze(0),
            attention_mask=mask.unsqueeze(0),
        ).action_preds[0, -1]
        all_actions[-1] = prediction

        observation, reward, terminated, truncated, info = env.step(prediction.cpu().numpy())
        rewards.append(reward)
        remaining = remaining - float(reward) / scale
        if terminated or truncated:
            break

    return rewards

# %% wrong (exception): cuts the past actions with [-(K - 1):], which for K = 1 is [0:] and keeps all of them
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    K = c.context_length
    mu = np.array(c.state_mean)
    sigma = np.array(c.state_std)

    obs = env.reset(seed=seed)[0]
    states = np.empty((0, c.state_dim))
    actions = np.empty((0, c.act_dim))  # only those that were really taken
    togo = np.empty((0, 1))
    left = target_return / c.return_scale
    rewards = []
    done = False
    t = 0
    while not done and t < max_steps:
        states = np.vstack([states, (obs - mu) / sigma])
        togo = np.vstack([togo, [[left]]])
        window_a = np.vstack([actions[-(K - 1):], np.zeros((1, c.act_dim))])
        window_s = states[-K:]
        window_r = togo[-K:]
        window_t = np.arange(t + 1)[-K:]
        n = len(window_s)
        with torch.inference_mode():
            out = model(
                states=torch.from_numpy(window_s).float().view(1, n, -1),
                actions=torch.from_numpy(window_a).float().unsqueeze(0),
                returns_to_go=torch.from_numpy(window_r).float().view(1, n, 1),
                timesteps=torch.from_numpy(window_t).long().view(1, n),
                attention_mask=torch.ones((1, n), dtype=torch.long),
            )
            a = out.action_preds[0, -1].numpy()
        actions = np.vstack([actions, a])
        obs, r, terminated, truncated, info = env.step(a)
        rewards.append(r)
        left = left - r / c.return_scale
        done = terminated or truncated
        t += 1
    return rewards

# %% wrong (unpaid): reserves max_steps zeros for the rewards and trims the zeros at the end, also those that were earned
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    conf = model.config
    K = conf.context_length

    # reserve the memory once
    S = torch.zeros(max_steps, conf.state_dim)
    A = torch.zeros(max_steps, conf.act_dim)
    G = torch.zeros(max_steps, 1)
    T = torch.arange(max_steps)
    rewards = np.zeros(max_steps)

    m = torch.tensor(conf.state_mean, dtype=torch.float)
    s = torch.tensor(conf.state_std, dtype=torch.float)
    obs, _ = env.reset(seed=seed)
    g = target_return / conf.return_scale

    for t in range(max_steps):
        S[t] = (torch.as_tensor(obs, dtype=torch.float) - m) / s
        G[t] = g
        w = slice(max(0, t + 1 - K), t + 1)
        with torch.no_grad():
            A[t] = model(
                states=S[w][None].clone(),
                actions=A[w][None].clone(),
                returns_to_go=G[w][None].clone(),
                timesteps=T[w][None].clone(),
                attention_mask=torch.ones_like(T[w])[None],
            ).action_preds[0, -1]
        obs, rewards[t], terminated, truncated, _ = env.step(A[t].numpy().copy())
        g -= rewards[t] / conf.return_scale
        if terminated or truncated:
            break
    return np.trim_zeros(rewards, "b")

# %% wrong (normalised-twice): normalises the whole history again at every step, so older states are normalised two, three, ... times
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    act_dim = model.config.act_dim
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)

    obs, info = env.reset(seed=seed)
    states = torch.zeros(0, model.config.state_dim)
    actions = torch.zeros(0, act_dim)
    rtgs = [target_return / model.config.return_scale]
    rewards = []

    for step in range(max_steps):
        # 1. observe and normalise
        states = torch.cat([states, torch.as_tensor(obs, dtype=torch.float32)[None]])
        states = (states - mean) / std
        actions = torch.cat([actions, torch.zeros(1, act_dim)])

        # 2. + 3. cut and pad
        s, a = states[-K:], actions[-K:]
        r = torch.tensor([float(x) for x in rtgs[-K:]])
        t = torch.arange(step + 1)[-K:]
        pad = K - len(t)
        s = torch.nn.functional.pad(s, (0, 0, pad, 0))
        a = torch.nn.functional.pad(a, (0, 0, pad, 0))
        r = torch.nn.functional.pad(r, (pad, 0))
        t = torch.nn.functional.pad(t, (pad, 0))
        mask = torch.cat([torch.zeros(pad), torch.ones(K - pad)]).long()

        # 4. predict
        with torch.no_grad():
            output = model(
                states=s[None], actions=a[None], returns_to_go=r[None, :, None], timesteps=t[None], attention_mask=mask[None]
            )
        action = output.action_preds[0, -1]
        actions[-1] = action

        # 5. act
        obs, reward, terminated, truncated, info = env.step(action.numpy())
        rewards.append(reward)

        # 6. count down
        rtgs.append(next_target_return(rtgs[-1], reward, model.config.return_scale))
        if terminated or truncated:
            break
    return rewards

# %% right
from collections import deque


class Memory:
    """The last K steps, each as (state, action, return to go, timestep)."""

    def __init__(self, K, state_dim, act_dim):
        self.K = K
        self.empty = (np.zeros(state_dim), np.zeros(act_dim), 0.0, 0)
        self.steps = deque(maxlen=K)

    def observe(self, state, togo, t):
        self.steps.append((state, np.zeros_like(self.empty[1]), float(togo), t))

    def act(self, action):
        state, _, togo, t = self.steps.pop()
        self.steps.append((state, action, togo, t))

    def batch(self):
        pad = self.K - len(self.steps)
        states, actions, togo, times = zip(*[self.empty] * pad, *self.steps)
        return dict(
            states=torch.tensor(np.array(states), dtype=torch.float32).unsqueeze(0),
            actions=torch.tensor(np.array(actions), dtype=torch.float32).unsqueeze(0),
            returns_to_go=torch.tensor(togo, dtype=torch.float32).reshape(1, self.K, 1),
            timesteps=torch.tensor(times, dtype=torch.long).unsqueeze(0),
            attention_mask=torch.tensor([[0] * pad + [1] * len(self.steps)]),
        )


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    mean, std = np.array(config.state_mean), np.array(config.state_std)
    memory = Memory(config.context_length, config.state_dim, config.act_dim)
    rewards = []
    togo = target_return / config.return_scale
    observation, _ = env.reset(seed=seed)
    for t in range(max_steps):
        memory.observe((observation - mean) / std, togo, t)
        with torch.no_grad():
            action = model(**memory.batch()).action_preds[0, -1].cpu().numpy()
        memory.act(action.copy())
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        togo -= reward / config.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
@torch.inference_mode()
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    def row(numbers):
        return torch.tensor(numbers, dtype=torch.float32).reshape(1, -1)

    obs, _ = env.reset(seed=seed)
    S = (row(obs) - mean) / std
    A = torch.zeros(1, cfg.act_dim)
    togo = float(target_return) / cfg.return_scale
    R = row([togo])
    rewards = []
    while True:
        t = len(rewards)
        times = torch.arange(max(0, t - K + 1), t + 1).unsqueeze(0)
        # no padding: a shorter window gives the same action
        out = model(
            states=S.unsqueeze(0),
            actions=A.unsqueeze(0),
            returns_to_go=R.unsqueeze(0),
            timesteps=times,
            attention_mask=torch.ones_like(times),
        )
        action = out.action_preds[0, -1]
        obs, reward, terminated, truncated, _ = env.step(action.cpu().numpy().copy())
        rewards.append(reward)
        if terminated or truncated or len(rewards) >= max_steps:
            return rewards
        togo = next_target_return(togo, float(reward), cfg.return_scale)
        A = torch.cat([A[:-1], action.reshape(1, -1), torch.zeros(1, cfg.act_dim)])[-K:]
        S = torch.cat([S, (row(obs) - mean) / std])[-K:]
        R = torch.cat([R, row([togo])])[-K:]

# %% wrong (actions-forgotten): the original repository's evaluate_episode_rtg with one line lost: actions[-1] = action; past actions stay zeros
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    state_mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    state_std = torch.tensor(cfg.state_std, dtype=torch.float32)
    scale = cfg.return_scale
    K = cfg.context_length

    def get_action(states, actions, returns_to_go, timesteps):
        states = states.reshape(1, -1, cfg.state_dim)[:, -K:]
        actions = actions.reshape(1, -1, cfg.act_dim)[:, -K:]
        returns_to_go = returns_to_go.reshape(1, -1, 1)[:, -K:]
        timesteps = timesteps.reshape(1, -1)[:, -K:]
        pad = K - states.shape[1]
        mask = torch.cat([torch.zeros(1, pad), torch.ones(1, states.shape[1])], dim=1).long()
        states = torch.cat([torch.zeros(1, pad, cfg.state_dim), states], dim=1)
        actions = torch.cat([torch.zeros(1, pad, cfg.act_dim), actions], dim=1)
        returns_to_go = torch.cat([torch.zeros(1, pad, 1), returns_to_go], dim=1)
        timesteps = torch.cat([torch.zeros(1, pad, dtype=torch.long), timesteps], dim=1)
        with torch.no_grad():
            out = model(
                states=states,
                actions=actions,
                returns_to_go=returns_to_go,
                timesteps=timesteps,
                attention_mask=mask,
            )
        return out.action_preds[0, -1]

    state, _ = env.reset(seed=seed)
    states = torch.as_tensor(np.asarray(state), dtype=torch.float32).reshape(1, cfg.state_dim)
    actions = torch.zeros((0, cfg.act_dim), dtype=torch.float32)
    rewards = []
    target = torch.tensor([[target_return / scale]], dtype=torch.float32)
    timesteps = torch.tensor([[0]], dtype=torch.long)

    for t in range(max_steps):
        # add padding
        actions = torch.cat([actions, torch.zeros((1, cfg.act_dim))], dim=0)
        action = get_action((states - state_mean) / state_std, actions, target, timesteps)
        action = action.detach().cpu().numpy()
        state, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        cur_state = torch.as_tensor(np.asarray(state), dtype=torch.float32).reshape(1, cfg.state_dim)
        states = torch.cat([states, cur_state], dim=0)
        pred_return = target[0, -1] - float(reward) / scale
        target = torch.cat([target, pred_return.reshape(1, 1)], dim=1)
        timesteps = torch.cat([timesteps, torch.ones((1, 1), dtype=torch.long) * (t + 1)], dim=1)
        if terminated or truncated:
            break
    return rewards

# %% wrong (whole-target): the remaining returns are kept in np.full(n, target_return), an integer array when the target is an int: fractions are cut off
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    K = c.context_length
    mean, std = np.array(c.state_mean), np.array(c.state_std)

    # allocate once, no concatenation in the hot loop
    S = np.zeros((max_steps, c.state_dim), dtype=np.float32)
    A = np.zeros((max_steps, c.act_dim), dtype=np.float32)
    togo = np.full(max_steps + 1, target_return)
    steps = np.arange(max_steps)
    rewards = []

    obs, _ = env.reset(seed=seed)
    for t in range(max_steps):
        S[t] = (obs - mean) / std
        w = slice(max(0, t + 1 - K), t + 1)
        n = w.stop - w.start
        with torch.inference_mode():
            out = model(
                states=torch.tensor(S[w])[None],
                actions=torch.tensor(A[w])[None],
                returns_to_go=torch.tensor(togo[w] / c.return_scale, dtype=torch.float32).reshape(1, n, 1),
                timesteps=torch.tensor(steps[w])[None],
                attention_mask=torch.ones(1, n, dtype=torch.long),
            )
        A[t] = out.action_preds[0, -1].numpy()
        obs, reward, terminated, truncated, _ = env.step(A[t].copy())
        rewards.append(reward)
        togo[t + 1] = togo[t] - reward
        if terminated or truncated:
            break
    return rewards

# %% wrong (window-of-a-third): the Atari code's `block_size // 3` from memory, although context_length already counts steps and not tokens
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    block_size = cfg.context_length
    mu = torch.tensor(cfg.state_mean, dtype=torch.float32)
    sigma = torch.tensor(cfg.state_std, dtype=torch.float32)

    @torch.no_grad()
    def sample(states, actions, rtgs, timesteps):
        # crop context if needed
        n = block_size // 3
        states = states if states.size(1) <= n else states[:, -n:]
        actions = actions if actions.size(1) <= n else actions[:, -n:]
        rtgs = rtgs if rtgs.size(1) <= n else rtgs[:, -n:]
        timesteps = timesteps if timesteps.size(1) <= n else timesteps[:, -n:]
        out = model(
            states=states,
            actions=actions,
            returns_to_go=rtgs,
            timesteps=timesteps,
            attention_mask=torch.ones(timesteps.shape, dtype=torch.long),
        )
        return out.action_preds[:, -1]

    obs, _ = env.reset(seed=seed)
    all_states = [(torch.as_tensor(obs, dtype=torch.float32) - mu) / sigma]
    all_actions = []
    rtgs = [target_return / cfg.return_scale]
    rewards = []
    while len(rewards) < max_steps:
        acts = torch.stack(all_actions + [torch.zeros(cfg.act_dim)])
        action = sample(
            torch.stack(all_states)[None],
            acts[None],
            torch.tensor(rtgs, dtype=torch.float32)[None, :, None],
            torch.arange(len(rtgs))[None],
        )[0]
        all_actions.append(action)
        obs, reward, terminated, truncated, _ = env.step(action.cpu().numpy())
        rewards.append(reward)
        if terminated or truncated:
            break
        all_states.append((torch.as_tensor(obs, dtype=torch.float32) - mu) / sigma)
        rtgs.append(rtgs[-1] - reward / cfg.return_scale)
    return rewards

# %% wrong (far-out): CleanRL's habit of clipping normalised observations to [-10, 10], which the training did not do
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length

    def normalize(obs):
        obs = (np.asarray(obs, dtype=np.float64) - cfg.state_mean) / cfg.state_std
        return np.clip(obs, -10, 10)

    next_obs, _ = env.reset(seed=seed)
    states = torch.zeros(0, cfg.state_dim)
    actions = torch.zeros(0, cfg.act_dim)
    togo = torch.zeros(0, 1)
    timesteps = torch.zeros(0, 1, dtype=torch.long)
    left = target_return / cfg.return_scale
    rewards = []

    for step in range(max_steps):
        s = torch.tensor(normalize(next_obs), dtype=torch.float32).view(1, -1)
        states = torch.cat((states, s))
        actions = torch.cat((actions, torch.zeros(1, cfg.act_dim)))
        togo = torch.cat((togo, torch.tensor([[left]], dtype=torch.float32)))
        timesteps = torch.cat((timesteps, torch.tensor([[step]])))

        window = [context_window(x, K) for x in (states, actions, togo, timesteps)]
        n = len(window[0])
        padded = [torch.cat((torch.zeros(K - n, x.shape[1], dtype=x.dtype), x))[None] for x in window]
        mask = (torch.arange(K) >= K - n).long()[None]
        with torch.no_grad():
            out = model(
                states=padded[0],
                actions=padded[1],
                returns_to_go=padded[2],
                timesteps=padded[3][..., 0],
                attention_mask=mask,
            )
        action = out.action_preds[0, -1]
        actions[-1] = action
        next_obs, reward, termination, truncation, infos = env.step(action.numpy())
        rewards.append(reward)
        left = next_target_return(left, reward, cfg.return_scale)
        if termination or truncation:
            break
    return rewards

# %% wrong (None): d3rlpy's convention: its timesteps count from 1 (0 is kept for padding) and stop at the largest one
from collections import deque

class StatefulWrapper:
    def __init__(self, model, target_return, max_timestep):
        c = model.config
        self.model, self.config, self.max_timestep = model, c, max_timestep
        self.observations = deque([], maxlen=c.context_length)
        self.actions = deque([], maxlen=c.context_length)
        self.returns_to_go = deque([], maxlen=c.context_length)
        self.timesteps = deque([], maxlen=c.context_length)
        self.return_rest = target_return / c.return_scale
        self.timestep = 1

    def predict(self, x, reward):
        c = self.config
        self.return_rest -= reward / c.return_scale
        self.observations.append((np.asarray(x) - np.array(c.state_mean)) / np.array(c.state_std))
        self.actions.append(np.zeros(c.act_dim))
        self.returns_to_go.append([self.return_rest])
        self.timesteps.append(self.timestep)
        n, pad = len(self.timesteps), c.context_length - len(self.timesteps)

        def left(rows):
            rows = np.array(rows, dtype=np.float32)
            return torch.from_numpy(np.pad(rows, ((pad, 0), (0, 0))))[None]

        with torch.no_grad():
            out = self.model(
                states=left(self.observations),
                actions=left(self.actions),
                returns_to_go=left(self.returns_to_go),
                timesteps=torch.tensor([[0] * pad + list(self.timesteps)]),
                attention_mask=torch.tensor([[0] * pad + [1] * n]),
            )
        action = out.action_preds[0, -1].numpy()
        self.actions[-1] = action
        self.timestep = min(self.timestep + 1, self.max_timestep)
        return action

def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    actor = StatefulWrapper(model, target_return, max_timestep=max_steps - 1)
    observation, reward = env.reset(seed=seed)[0], 0.0
    rewards = []
    for _ in range(max_steps):
        action = actor.predict(observation, reward)
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    mean, std = np.array(c.state_mean), np.array(c.state_std)

    # one row for each step that there may be; a window is a slice
    S = torch.zeros(1, max_steps, c.state_dim)
    A = torch.zeros(1, max_steps, c.act_dim)
    G = torch.zeros(1, max_steps, 1)
    T = torch.arange(max_steps)[None]
    rewards = []
    obs, _ = env.reset(seed=seed)
    left = float(target_return) / c.return_scale
    for t in range(max_steps):
        S[0, t] = torch.as_tensor((obs - mean) / std, dtype=torch.float32)
        G[0, t, 0] = left
        lo = max(0, t + 1 - c.context_length)
        with torch.no_grad():
            out = model(
                states=S[:, lo : t + 1],
                actions=A[:, lo : t + 1],
                returns_to_go=G[:, lo : t + 1],
                timesteps=T[:, lo : t + 1],
                attention_mask=torch.ones(1, t + 1 - lo, dtype=torch.long),
            )
        A[0, t] = out.action_preds[0, -1].detach()
        obs, reward, terminated, truncated, _ = env.step(A[0, t].numpy().copy())
        rewards.append(reward)
        left -= reward / c.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
from collections import deque

def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean = np.asarray(cfg.state_mean, dtype=np.float64)
    std = np.asarray(cfg.state_std, dtype=np.float64)
    memory = deque(maxlen=K)  # [state, action, to go, timestep]
    rewards = []
    remaining = target_return / cfg.return_scale
    observation, _ = env.reset(seed=seed)

    done = False
    while not done and len(rewards) < max_steps:
        memory.append([(observation - mean) / std, np.zeros(cfg.act_dim), [remaining], [len(rewards)]])
        n = len(memory)

        def batch(column, dtype):
            rows = np.array([row[column] for row in memory])
            rows = np.concatenate([np.zeros((K - n, rows.shape[1])), rows])
            return torch.tensor(rows, dtype=dtype).unsqueeze(0)

        with torch.inference_mode():
            out = model(
                states=batch(0, torch.float32),
                actions=batch(1, torch.float32),
                returns_to_go=batch(2, torch.float32),
                timesteps=batch(3, torch.long).squeeze(-1),
                attention_mask=torch.tensor([[0] * (K - n) + [1] * n]),
            )
        action = out.action_preds[0, -1].cpu().numpy()
        memory[-1][1] = action.copy()
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, cfg.return_scale)
        done = terminated or truncated
    return rewards

# %% right
from itertools import islice

def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    normalise = lambda obs: [(float(o) - m) / s for o, m, s in zip(obs, config.state_mean, config.state_std)]

    @torch.no_grad()
    def act(states, actions, togo):
        t = len(states)
        sequences = (
            torch.tensor(states, dtype=torch.float32),
            torch.stack([*actions, torch.zeros(config.act_dim)]),
            torch.tensor(togo, dtype=torch.float32).reshape(t, 1),
            torch.arange(t).reshape(t, 1),
        )
        s, a, g, when = (context_window(x, config.context_length)[None] for x in sequences)
        prediction = model(
            states=s, actions=a, returns_to_go=g, timesteps=when[:, :, 0], attention_mask=torch.ones_like(when[:, :, 0])
        )
        return prediction.action_preds[0, -1]

    def play():
        observation, _ = env.reset(seed=seed)
        states, actions, togo = [], [], [target_return / config.return_scale]
        over = False
        while not over:
            states.append(normalise(observation))
            actions.append(act(states, actions, togo))
            observation, reward, terminated, truncated, _ = env.step(actions[-1].numpy().copy())
            togo.append(next_target_return(togo[-1], reward, config.return_scale))
            over = terminated or truncated
            yield reward

    model.eval()
    return list(islice(play(), max_steps))

# %% wrong (reward-not-scaled): subtracts the unscaled reward from the scaled target
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    state_dim, act_dim = model.config.state_dim, model.config.act_dim
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)

    obs, _ = env.reset(seed=seed)
    states = torch.empty((0, state_dim))
    actions = torch.empty((0, act_dim))
    rtgs = torch.empty((0, 1))
    times = torch.empty((0, 1), dtype=torch.long)
    remaining = target_return / model.config.return_scale
    rewards = []

    for t in range(max_steps):
        s = (torch.tensor(obs, dtype=torch.float32) - mean) / std
        states = torch.cat([states, s[None]])
        actions = torch.cat([actions, torch.zeros((1, act_dim))])
        rtgs = torch.cat([rtgs, torch.tensor([[remaining]], dtype=torch.float32)])
        times = torch.cat([times, torch.tensor([[t]])])

        s_w, a_w = context_window(states, K), context_window(actions, K)
        r_w, t_w = context_window(rtgs, K), context_window(times, K)
        n = s_w.shape[0]

        def pad(x):
            return torch.cat([torch.zeros((K - n, x.shape[1]), dtype=x.dtype), x])[None]

        mask = torch.cat([torch.zeros(K - n), torch.ones(n)]).long()[None]
        with torch.no_grad():
            out = model(states=pad(s_w), actions=pad(a_w), returns_to_go=pad(r_w),
                        timesteps=pad(t_w)[..., 0], attention_mask=mask)
        action = out.action_preds[0, -1]
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        remaining = remaining - reward
        if terminated or truncated:
            break
    return rewards

# %% wrong (truncated-ignored): only `terminated` ends the episode, `truncated` is thrown away
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    K = c.context_length
    mu, sigma = np.array(c.state_mean), np.array(c.state_std)
    observation, info = env.reset(seed=seed)
    S, A, R, T = [], [], [target_return / c.return_scale], []
    rewards = []
    done = False
    step = 0
    while not done and step < max_steps:
        S.append((observation - mu) / sigma)
        A.append(np.zeros(c.act_dim))
        T.append(step)
        with torch.inference_mode():
            out = model(
                states=torch.tensor(np.array(S[-K:]), dtype=torch.float32).unsqueeze(0),
                actions=torch.tensor(np.array(A[-K:]), dtype=torch.float32).unsqueeze(0),
                returns_to_go=torch.tensor(R[-K:], dtype=torch.float32).reshape(1, -1, 1),
                timesteps=torch.tensor(T[-K:]).unsqueeze(0),
                attention_mask=torch.ones(1, len(S[-K:]), dtype=torch.long),
            )
        A[-1] = out.action_preds[0, -1].numpy()
        observation, reward, done, _, info = env.step(A[-1])
        rewards.append(reward)
        R.append(R[-1] - reward / c.return_scale)
        step += 1
    return rewards

# %% wrong (stopped-at-zero): never lets the remaining return fall below 0
def run_episode(model, env, target_return, max_steps, seed):
    from collections import deque

    cfg = model.config
    model.eval()
    window = deque(maxlen=cfg.context_length)      # [state, action, rtg, t]
    mean = np.asarray(cfg.state_mean, dtype=np.float32)
    std = np.asarray(cfg.state_std, dtype=np.float32)
    to_go = max(target_return / cfg.return_scale, 0.0)
    obs, _ = env.reset(seed=seed)
    collected = []
    for t in range(max_steps):
        window.append([(obs - mean) / std, np.zeros(cfg.act_dim), to_go, t])
        pad = cfg.context_length - len(window)
        s = np.stack([np.zeros(cfg.state_dim)] * pad + [w[0] for w in window])
        a = np.stack([np.zeros(cfg.act_dim)] * pad + [w[1] for w in window])
        g = np.array([0.0] * pad + [w[2] for w in window])[:, None]
        ts = np.array([0] * pad + [w[3] for w in window])
        m = np.array([0] * pad + [1] * len(window))
        with torch.no_grad():
            preds = model(
                states=torch.from_numpy(s).float()[None],
                actions=torch.from_numpy(a).float()[None],
                returns_to_go=torch.from_numpy(g).float()[None],
                timesteps=torch.from_numpy(ts).long()[None],
                attention_mask=torch.from_numpy(m)[None],
            ).action_preds
        act = preds[0, -1].numpy()
        window[-1][1] = act
        obs, rew, terminated, truncated, _ = env.step(act)
        collected.append(rew)
        to_go = max(next_target_return(to_go, rew, cfg.return_scale), 0.0)
        if terminated or truncated:
            return collected
    return collected

# %% wrong (times-in-the-window): the timesteps count within the window (0 .. K-1) instead of in the episode
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean)
    std = torch.tensor(cfg.state_std)

    # fixed buffers that are shifted to the left, like a shift register
    states = torch.zeros(1, K, cfg.state_dim)
    actions = torch.zeros(1, K, cfg.act_dim)
    rtg = torch.zeros(1, K, 1)
    mask = torch.zeros(1, K, dtype=torch.long)

    obs, _ = env.reset(seed=seed)
    target = float(target_return) / cfg.return_scale
    rewards = []
    for step in range(max_steps):
        states = torch.roll(states, -1, dims=1)
        actions = torch.roll(actions, -1, dims=1)
        rtg = torch.roll(rtg, -1, dims=1)
        mask = torch.roll(mask, -1, dims=1)
        states[0, -1] = (torch.as_tensor(obs, dtype=torch.float32) - mean) / std
        actions[0, -1] = 0
        rtg[0, -1, 0] = target
        mask[0, -1] = 1
        timesteps = (mask.cumsum(dim=1) - 1).clamp(min=0)
        with torch.no_grad():
            out = model(states=states, actions=actions, returns_to_go=rtg, timesteps=timesteps, attention_mask=mask)
        action = out.action_preds[0, -1]
        actions[0, -1] = action
        obs, reward, terminated, truncated, info = env.step(action.cpu().numpy())
        rewards.append(float(reward))
        target -= reward / cfg.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (actions-forgotten): the predicted action is never written into the history, all past actions stay 0
def run_episode(model, env, target_return, max_steps, seed):
    K = model.config.context_length
    mean = np.array(model.config.state_mean)
    std = np.array(model.config.state_std)
    scale = model.config.return_scale
    model.eval()

    states, actions, returns, rewards = [], [], [], []
    obs, info = env.reset(seed=seed)
    rtg = target_return / scale

    for t in range(max_steps):
        states.append((obs - mean) / std)
        actions.append([0.0] * model.config.act_dim)  # placeholder
        returns.append([rtg])

        start = max(0, t - K + 1)
        inputs = dict(
            states=torch.tensor(np.array(states[start:]), dtype=torch.float32)[None],
            actions=torch.tensor(np.array(actions[start:]), dtype=torch.float32)[None],
            returns_to_go=torch.tensor(returns[start:], dtype=torch.float32)[None],
            timesteps=torch.arange(start, t + 1)[None],
            attention_mask=torch.ones((1, t + 1 - start), dtype=torch.long),
        )
        with torch.no_grad():
            output = model(**inputs)
        action = output.action_preds[0, -1].numpy()

        obs, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        rtg -= reward / scale
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    mean = np.asarray(cfg.state_mean, dtype=np.float64)
    std = np.asarray(cfg.state_std, dtype=np.float64)

    states = np.zeros((max_steps, cfg.state_dim), dtype=np.float32)
    actions = np.zeros((max_steps, cfg.act_dim), dtype=np.float32)
    to_go = np.zeros((max_steps, 1), dtype=np.float32)
    steps = np.arange(max_steps)

    model.eval()
    obs, _ = env.reset(seed=seed)
    remaining = target_return / cfg.return_scale
    rewards = []

    for t in range(max_steps):
        states[t] = (np.asarray(obs) - mean) / std
        to_go[t, 0] = remaining

        first = max(0, t + 1 - K)
        real = t + 1 - first

        def window(table):
            out = np.zeros((1, K) + table.shape[1:], dtype=table.dtype)
            out[0, K - real:] = table[first:t + 1]
            return torch.from_numpy(out)

        mask = torch.zeros((1, K), dtype=torch.long)
        mask[0, K - real:] = 1

        with torch.no_grad():
            output = model(
                states=window(states),
                actions=window(actions),
                returns_to_go=window(to_go),
                timesteps=window(steps),
                attention_mask=mask,
            )
        actions[t] = output.action_preds[0, -1].numpy()

        obs, reward, terminated, truncated, _ = env.step(actions[t].copy())
        rewards.append(reward)
        remaining -= reward / cfg.return_scale
        if terminated or truncated:
            break

    return rewards

# %% right
class _Memory:
    """What the model may still look at."""

    def __init__(self, config):
        self.K = config.context_length
        self.rows = {"states": [], "actions": [], "returns_to_go": [], "timesteps": []}

    def add(self, **row):
        for key, value in row.items():
            self.rows[key] = (self.rows[key] + [value])[-self.K:]

    def batch(self):
        out = {key: torch.stack(rows)[None] for key, rows in self.rows.items()}
        out["attention_mask"] = torch.ones_like(out["timesteps"])
        return out


def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    mean, std = torch.tensor(config.state_mean), torch.tensor(config.state_std)
    memory = _Memory(config)
    left = float(target_return) / config.return_scale
    rewards, over = [], False

    model.eval()
    obs, _ = env.reset(seed=seed)
    while not over and len(rewards) < max_steps:
        memory.add(
            states=((torch.tensor(obs) - mean) / std).float(),
            actions=torch.zeros(config.act_dim),
            returns_to_go=torch.tensor([left], dtype=torch.float32),
            timesteps=torch.tensor(len(rewards)),
        )
        with torch.inference_mode():
            action = model(**memory.batch()).action_preds[0, -1].clone()
        memory.rows["actions"][-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.numpy().copy())
        rewards.append(reward)
        left = next_target_return(left, reward, config.return_scale)
        over = terminated or truncated
    return rewards

# %% wrong (exception): takes the last K - 1 actions as actions[-(K - 1):], which is all of them when K is 1
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    model.eval()
    obs, _ = env.reset(seed=seed)
    states, actions, to_go, rewards = [], [], [], []
    left = target_return / cfg.return_scale
    for t in range(max_steps):
        states.append((torch.as_tensor(obs, dtype=torch.float32) - mean) / std)
        to_go.append(float(left))

        s = torch.stack(states[-K:])
        a = torch.stack(actions[-(K - 1):] + [torch.zeros(cfg.act_dim)])
        r = torch.tensor(to_go[-K:], dtype=torch.float32)[:, None]
        times = torch.arange(t + 1)[-K:]
        with torch.no_grad():
            output = model(
                states=s[None],
                actions=a[None],
                returns_to_go=r[None],
                timesteps=times[None],
                attention_mask=torch.ones(1, len(times), dtype=torch.long),
            )
        action = output.action_preds[0, -1]
        actions.append(action)

        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        left = left - reward / cfg.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (exception): squeezes the predicted action, so that with one action number the environment gets an array without dimensions
def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    K, scale = config.context_length, config.return_scale
    mu, sigma = np.array(config.state_mean), np.array(config.state_std)

    S = np.zeros((max_steps, config.state_dim), dtype=np.float32)
    A = np.zeros((max_steps, config.act_dim), dtype=np.float32)
    R = np.zeros((max_steps, 1), dtype=np.float32)
    T = np.arange(max_steps)

    def batch(array, t):
        return torch.from_numpy(array[max(0, t + 1 - K) : t + 1].copy()).unsqueeze(0)

    model.eval()
    obs, info = env.reset(seed=seed)
    remaining = target_return / scale
    rewards = []
    done, t = False, 0
    while not done and t < max_steps:
        S[t] = (obs - mu) / sigma
        R[t] = remaining
        with torch.no_grad():
            out = model(
                states=batch(S, t),
                actions=batch(A, t),
                returns_to_go=batch(R, t),
                timesteps=batch(T, t),
                attention_mask=torch.ones(1, min(t + 1, K), dtype=torch.long),
            )
        action = out.action_preds[:, -1].squeeze().numpy()
        A[t] = action
        obs, reward, terminated, truncated, info = env.step(action)
        done = terminated or truncated
        rewards.append(reward)
        remaining -= reward / scale
        t += 1
    return rewards

# %% wrong (stopped-at-zero): the remaining return is kept from falling below 0
import torch.nn.functional as F


def run_episode(model, env, target_return, max_steps, seed):
    K = model.config.context_length
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)
    model.eval()
    obs, _ = env.reset(seed=seed)

    states = torch.zeros(0, model.config.state_dim)
    actions = torch.zeros(0, model.config.act_dim)
    rtgs = torch.zeros(0, 1)
    rtg = target_return / model.config.return_scale
    rewards = []

    for t in range(max_steps):
        state = (torch.tensor(obs, dtype=torch.float32) - mean) / std
        states = torch.cat([states, state[None]])
        actions = torch.cat([actions, torch.zeros(1, model.config.act_dim)])
        rtgs = torch.cat([rtgs, torch.tensor([[rtg]], dtype=torch.float32)])
        timesteps = torch.arange(t + 1).unsqueeze(1)

        n = min(t + 1, K)
        pad = lambda x: F.pad(context_window(x, K), (0, 0, K - n, 0)).unsqueeze(0)  # noqa: E731
        mask = torch.cat([torch.zeros(K - n), torch.ones(n)]).long().unsqueeze(0)
        with torch.inference_mode():
            preds = model(
                states=pad(states),
                actions=pad(actions),
                returns_to_go=pad(rtgs),
                timesteps=pad(timesteps).squeeze(-1),
                attention_mask=mask,
            ).action_preds
        action = preds[0, -1].clone()
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        rtg = max(0.0, float(rtg - reward / model.config.return_scale))
        if terminated or truncated:
            break
    return rewards

# %% wrong (actions-shifted): notes in each step the action that led to its state (as recurrent agents do) instead of the one that was taken in it
class History:
    def __init__(self, config):
        self.K = config.context_length
        self.rows = []

    def add(self, state, previous_action, to_go):
        self.rows.append((state, previous_action, to_go, len(self.rows)))

    def window(self):
        rows = self.rows[-self.K:]
        missing = self.K - len(rows)
        states, actions, to_go, timesteps = (np.stack([np.asarray(x) for x in col]) for col in zip(*rows))

        def left(x):
            blank = np.zeros((missing,) + x.shape[1:], dtype=x.dtype)
            return np.concatenate([blank, x])[None]

        return dict(
            states=torch.tensor(left(states), dtype=torch.float32),
            actions=torch.tensor(left(actions), dtype=torch.float32),
            returns_to_go=torch.tensor(left(to_go[:, None]), dtype=torch.float32),
            timesteps=torch.tensor(left(timesteps), dtype=torch.long),
            attention_mask=torch.tensor([[0] * missing + [1] * len(rows)]),
        )


def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    model.eval()
    history = History(cfg)
    observation, _ = env.reset(seed=seed)
    action = np.zeros(cfg.act_dim, dtype=np.float32)
    to_go = target_return / cfg.return_scale
    rewards = []
    for _ in range(max_steps):
        state = (observation - np.array(cfg.state_mean)) / np.array(cfg.state_std)
        history.add(state, action, to_go)
        with torch.no_grad():
            action = model(**history.window()).action_preds[0, -1].numpy()
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        to_go -= reward / cfg.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (last-reward-lost): leaves the loop before the reward of the last step is noted
def run_episode(model, env, target_return, max_steps, seed):
    c = model.config
    mean, std = np.asarray(c.state_mean), np.asarray(c.state_std)
    model.eval()
    state, _ = env.reset(seed=seed)
    states, actions, targets = [], [], [target_return / c.return_scale]
    rewards = []
    with torch.no_grad():
        for t in range(max_steps):
            states.append((state - mean) / std)
            actions.append(np.zeros(c.act_dim))
            first = max(0, t + 1 - c.context_length)
            out = model(
                states=torch.tensor(np.array(states[first:]), dtype=torch.float32)[None],
                actions=torch.tensor(np.array(actions[first:]), dtype=torch.float32)[None],
                returns_to_go=torch.tensor(np.array(targets[first:]), dtype=torch.float32)[None, :, None],
                timesteps=torch.arange(first, t + 1)[None],
                attention_mask=torch.ones(1, t + 1 - first, dtype=torch.long),
            )
            actions[t] = out.action_preds[0, -1].numpy()
            state, reward, terminated, truncated, _ = env.step(actions[t])
            if terminated or truncated:
                break
            rewards.append(reward)
            targets.append(next_target_return(targets[-1], reward, c.return_scale))
    return rewards

# %% right
from collections import deque


def run_episode(model, env, target_return, max_steps, seed):
    config = model.config
    mean, std = np.array(config.state_mean), np.array(config.state_std)
    memory = deque(maxlen=config.context_length)  # [state, action, return to go, timestep] of the newest steps
    rewards = []

    model.eval()
    observation, _ = env.reset(seed=seed)
    to_go = target_return / config.return_scale
    for t in range(max_steps):
        memory.append([(observation - mean) / std, np.zeros(config.act_dim), to_go, t])
        s, a, r, times = (torch.tensor(np.array(column)) for column in zip(*memory))
        with torch.inference_mode():
            output = model(
                states=s.float()[None],
                actions=a.float()[None],
                returns_to_go=r.float()[None, :, None],
                timesteps=times.long()[None],
                attention_mask=torch.ones(1, len(memory), dtype=torch.long),
            )
        action = output.action_preds[0, -1].cpu().numpy().copy()
        memory[-1][1] = action.copy()
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        to_go = to_go - reward / config.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    """The whole episode lies in tensors that begin with K - 1 rows of padding; the window of step t is t ... t + K - 1."""
    cfg = model.config
    K = cfg.context_length
    pad = K - 1
    n = pad + max_steps
    states = torch.zeros(1, n, cfg.state_dim)
    actions = torch.zeros(1, n, cfg.act_dim)
    returns = torch.zeros(1, n, 1)
    timesteps = (torch.arange(n) - pad).clamp(min=0)[None]
    mask = (torch.arange(n) >= pad).long()[None]
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    model.eval()
    obs, _ = env.reset(seed=seed)
    rewards, over = [], False
    remaining = target_return / cfg.return_scale
    while not over and len(rewards) < max_steps:
        t = len(rewards)
        states[0, pad + t] = (torch.as_tensor(obs).float() - mean) / std
        returns[0, pad + t] = float(remaining)
        window = slice(t, t + K)
        with torch.no_grad():
            output = model(
                states=states[:, window].clone(),
                actions=actions[:, window].clone(),
                returns_to_go=returns[:, window].clone(),
                timesteps=timesteps[:, window].clone(),
                attention_mask=mask[:, window].clone(),
            )
        actions[0, pad + t] = output.action_preds[0, -1]
        obs, reward, terminated, truncated, _ = env.step(actions[0, pad + t].clone().numpy())
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, cfg.return_scale)
        over = terminated or truncated
    return rewards

# %% wrong (state-like-padding): the attention mask is guessed from the states (all zeros = padding), but a normalised state can be all zeros
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean, std = np.array(cfg.state_mean), np.array(cfg.state_std)

    S = torch.zeros(1, K, cfg.state_dim)
    A = torch.zeros(1, K, cfg.act_dim)
    R = torch.zeros(1, K, 1)
    T = torch.zeros(1, K, dtype=torch.long)

    obs, _ = env.reset(seed=seed)
    left = target_return / cfg.return_scale
    rewards = []
    for t in range(max_steps):
        # ring buffers: everything moves one place to the left
        S, A, R, T = (torch.roll(x, -1, dims=1) for x in (S, A, R, T))
        S[0, -1] = torch.as_tensor((obs - mean) / std, dtype=torch.float32)
        A[0, -1] = 0
        R[0, -1, 0] = left
        T[0, -1] = t
        mask = (S.abs().sum(dim=-1) > 0).long()
        with torch.no_grad():
            out = model(states=S, actions=A, returns_to_go=R, timesteps=T, attention_mask=mask)
        A[0, -1] = out.action_preds[0, -1]
        obs, reward, terminated, truncated, _ = env.step(A[0, -1].numpy().copy())
        rewards.append(reward)
        left -= reward / cfg.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (one-target-for-all): the same tensor is appended each time and then changed in place, so all past returns-to-go become the newest one
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K = config.context_length
    mean = torch.tensor(config.state_mean, dtype=torch.float32)
    std = torch.tensor(config.state_std, dtype=torch.float32)

    observation, info = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    remaining = torch.tensor([target_return / config.return_scale], dtype=torch.float32)

    for t in range(max_steps):
        states.append((torch.as_tensor(observation, dtype=torch.float32) - mean) / std)
        actions.append(torch.zeros(config.act_dim))
        returns.append(remaining)
        n = min(K, t + 1)
        with torch.inference_mode():
            output = model(
                states=torch.stack(states[-K:]).unsqueeze(0),
                actions=torch.stack(actions[-K:]).unsqueeze(0),
                returns_to_go=torch.stack(returns[-K:]).unsqueeze(0),
                timesteps=torch.arange(t + 1 - n, t + 1).unsqueeze(0),
                attention_mask=torch.ones(1, n, dtype=torch.long),
            )
            action = output.action_preds[0, -1].clone()
        actions[-1] = action
        observation, reward, terminated, truncated, info = env.step(action.cpu().numpy())
        rewards.append(reward)
        remaining -= float(reward) / config.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (actions-shifted): no place is held for the newest action, and the shorter list is padded on the left: each action stands one step late
def run_episode(model, env, target_return, max_steps, seed):
    def padded(rows, width, K):
        rows = np.array(rows[-K:], dtype=np.float32).reshape(-1, width)
        missing = np.zeros((K - len(rows), width), dtype=np.float32)
        return torch.from_numpy(np.vstack([missing, rows])).unsqueeze(0)

    model.eval()
    c = model.config
    K = c.context_length
    mu = np.asarray(c.state_mean)
    sigma = np.asarray(c.state_std)
    states, actions, goals, times, rewards = [], [], [], [], []
    obs, _ = env.reset(seed=seed)
    goal = target_return / c.return_scale
    finished = False
    t = 0
    while not finished and t < max_steps:
        states.append((obs - mu) / sigma)
        goals.append([goal])
        times.append([t])
        real = min(len(states), K)
        with torch.no_grad():
            preds = model(
                states=padded(states, c.state_dim, K),
                actions=padded(actions, c.act_dim, K),
                returns_to_go=padded(goals, 1, K),
                timesteps=padded(times, 1, K)[..., 0].long(),
                attention_mask=torch.tensor([[0] * (K - real) + [1] * real]),
            ).action_preds
        action = preds[0, -1].numpy()
        actions.append(action)
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        goal = goal - reward / c.return_scale
        finished = terminated or truncated
        t += 1
    return rewards

# %% wrong (times-in-the-window): the timesteps are counted in the window, 0 to K - 1, and not in the episode
from collections import deque


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    memory = deque(maxlen=cfg.context_length)  # [state, action, return-to-go]
    obs, _ = env.reset(seed=seed)
    mean = torch.tensor(cfg.state_mean)
    std = torch.tensor(cfg.state_std)
    remaining, rewards = target_return / cfg.return_scale, []
    while len(rewards) < max_steps:
        state = (torch.tensor(np.asarray(obs), dtype=torch.float32) - mean) / std
        memory.append([state, torch.zeros(cfg.act_dim), torch.tensor([remaining], dtype=torch.float32)])
        s, a, r = (torch.stack(column)[None] for column in zip(*memory))
        with torch.no_grad():
            preds = model(
                states=s,
                actions=a,
                returns_to_go=r,
                timesteps=torch.arange(len(memory))[None],
                attention_mask=torch.ones(1, len(memory), dtype=torch.long),
            ).action_preds
        memory[-1][1] = preds[0, -1]
        obs, reward, terminated, truncated, _ = env.step(preds[0, -1].numpy())
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, cfg.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% wrong (stops-when-earned): the loop also ends when the target has been earned ("mission accomplished")
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    scale = model.config.return_scale
    mean = np.array(model.config.state_mean, dtype=np.float64)
    std = np.array(model.config.state_std, dtype=np.float64)
    obs, info = env.reset(seed=seed)

    states = torch.zeros((0, model.config.state_dim))
    actions = torch.zeros((0, model.config.act_dim))
    rtgs = torch.zeros((0, 1))
    timesteps = torch.zeros((0, 1), dtype=torch.long)

    togo = target_return / scale
    rewards = []
    terminated = truncated = False
    with torch.no_grad():
        while togo > 0 and len(rewards) < max_steps and not (terminated or truncated):
            new_state = torch.tensor((obs - mean) / std, dtype=torch.float32).reshape(1, -1)
            states = context_window(torch.cat([states, new_state]), K)
            actions = context_window(torch.cat([actions, torch.zeros(1, model.config.act_dim)]), K)
            rtgs = context_window(torch.cat([rtgs, torch.tensor([[togo]], dtype=torch.float32)]), K)
            timesteps = context_window(torch.cat([timesteps, torch.tensor([[len(rewards)]])]), K)
            output = model(
                states=states.unsqueeze(0),
                actions=actions.unsqueeze(0),
                returns_to_go=rtgs.unsqueeze(0),
                timesteps=timesteps.squeeze(-1).unsqueeze(0),
                attention_mask=torch.ones((1, len(states)), dtype=torch.long),
            )
            actions[-1] = output.action_preds[0, -1]
            obs, reward, terminated, truncated, info = env.step(output.action_preds[0, -1].numpy())
            rewards.append(reward)
            togo = togo - reward / scale
    return rewards

# %% right
from collections import deque


def run_episode(model, env, target_return, max_steps, seed):
    """Let a model act in an environment for one episode, and return the rewards, one number per step."""
    return list(_walk(model, env, target_return, max_steps, seed))


def _walk(model, env, target_return, max_steps, seed):
    """A generator: each next() is one step of the robot."""
    model.eval()
    c = model.config
    K = c.context_length
    mean, std = np.array(c.state_mean), np.array(c.state_std)

    # full of padding from the start; new steps push it out on the left
    states = deque([np.zeros(c.state_dim)] * K, maxlen=K)
    actions = deque([np.zeros(c.act_dim)] * K, maxlen=K)
    returns = deque([[0.0]] * K, maxlen=K)
    times = deque([0] * K, maxlen=K)
    mask = deque([0] * K, maxlen=K)

    def batch(rows, dtype=torch.float32):
        return torch.tensor(np.array(rows), dtype=dtype)[None]

    left = target_return / c.return_scale
    obs, _ = env.reset(seed=seed)
    for t in range(max_steps):
        states.append((np.asarray(obs) - mean) / std)
        actions.append(np.zeros(c.act_dim))
        returns.append([left])
        times.append(t)
        mask.append(1)
        with torch.no_grad():
            output = model(
                states=batch(states),
                actions=batch(actions),
                returns_to_go=batch(returns),
                timesteps=batch(times, torch.long),
                attention_mask=batch(mask, torch.long),
            )
        action = output.action_preds[0, -1].cpu().numpy()
        actions[-1] = action.copy()
        obs, reward, terminated, truncated, _ = env.step(action)
        yield reward
        left = left - float(reward) / c.return_scale
        if terminated or truncated:
            return

# %% right
class Pilot:
    """Remembers the whole episode in tensors, and shows the model the last K steps of it, without padding."""

    def __init__(self, model, target_return, max_steps):
        c = model.config
        self.model = model
        self.K = c.context_length
        self.scale = c.return_scale
        self.mean = torch.tensor(c.state_mean, dtype=torch.float64)
        self.std = torch.tensor(c.state_std, dtype=torch.float64)
        self.states = torch.zeros(1, max_steps, c.state_dim)
        self.actions = torch.zeros(1, max_steps, c.act_dim)
        self.returns = torch.zeros(1, max_steps, 1)
        self.times = torch.arange(max_steps)[None]
        self.remaining = target_return / self.scale
        self.t = 0

    @torch.no_grad()
    def act(self, observation):
        t = self.t
        obs = torch.as_tensor(np.asarray(observation), dtype=torch.float64)
        self.states[0, t] = ((obs - self.mean) / self.std).float()
        self.returns[0, t, 0] = self.remaining
        w = slice(max(0, t + 1 - self.K), t + 1)
        out = self.model(
            states=self.states[:, w],
            actions=self.actions[:, w],
            returns_to_go=self.returns[:, w],
            timesteps=self.times[:, w],
            attention_mask=torch.ones_like(self.times[:, w]),
        )
        self.actions[0, t] = out.action_preds[0, -1]
        return self.actions[0, t].numpy().copy()

    def earn(self, reward):
        self.remaining -= float(reward) / self.scale
        self.t += 1


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    pilot = Pilot(model, target_return, max_steps)
    observation, _ = env.reset(seed=seed)
    rewards = []
    over = False
    while not over:
        observation, reward, terminated, truncated, _ = env.step(pilot.act(observation))
        rewards.append(reward)
        pilot.earn(reward)
        over = terminated or truncated or len(rewards) == max_steps
    return rewards

# %% wrong (times-in-the-window): timesteps count inside the window instead of in the episode
def run_episode(model, env, target_return, max_steps, seed):
    cfg = model.config
    model.eval()
    obs, _ = env.reset(seed=seed)
    mean, std = np.array(cfg.state_mean), np.array(cfg.state_std)

    states = torch.zeros(0, cfg.state_dim)
    actions = torch.zeros(0, cfg.act_dim)
    rtgs = torch.zeros(0, 1)
    to_go = target_return / cfg.return_scale
    rewards = []

    for _ in range(max_steps):
        state = torch.tensor((obs - mean) / std, dtype=torch.float32).reshape(1, -1)
        states = context_window(torch.cat([states, state]), cfg.context_length)
        actions = context_window(torch.cat([actions, torch.zeros(1, cfg.act_dim)]), cfg.context_length)
        rtgs = context_window(torch.cat([rtgs, torch.tensor([[to_go]], dtype=torch.float32)]), cfg.context_length)
        n = len(states)
        with torch.no_grad():
            out = model(
                states=states[None],
                actions=actions[None],
                returns_to_go=rtgs[None],
                timesteps=torch.arange(n)[None],
                attention_mask=torch.ones(1, n, dtype=torch.long),
            )
        action = out.action_preds[0, -1]
        actions[-1] = action
        obs, reward, terminated, truncated, _ = env.step(action.numpy().copy())
        rewards.append(reward)
        to_go = next_target_return(to_go, reward, cfg.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% wrong (seed-of-zero): asks `if seed`, so that seed 0 is taken for 'no seed'
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)
    scale = model.config.return_scale

    observation, info = env.reset(seed=seed) if seed else env.reset()

    S, A, G = [], [], [target_return / scale]
    rewards = []
    done = False
    while not done and len(rewards) < max_steps:
        t = len(rewards)
        S.append((torch.as_tensor(np.array(observation), dtype=torch.float32) - mean) / std)
        A.append(torch.zeros(model.config.act_dim))

        first = max(0, t + 1 - K)
        real = t + 1 - first
        pad = K - real
        with torch.inference_mode():
            s = torch.cat([torch.zeros(pad, len(mean)), torch.stack(S[first:])])
            a = torch.cat([torch.zeros(pad, model.config.act_dim), torch.stack(A[first:])])
            g = torch.cat([torch.zeros(pad), torch.tensor(G[first:], dtype=torch.float32)])
            ts = torch.cat([torch.zeros(pad, dtype=torch.long), torch.arange(first, t + 1)])
            m = torch.cat([torch.zeros(pad, dtype=torch.long), torch.ones(real, dtype=torch.long)])
            pred = model(
                states=s.unsqueeze(0),
                actions=a.unsqueeze(0),
                returns_to_go=g.reshape(1, K, 1),
                timesteps=ts.unsqueeze(0),
                attention_mask=m.unsqueeze(0),
            ).action_preds
        A[-1] = pred[0, -1].clone()
        observation, reward, terminated, truncated, info = env.step(pred[0, -1].numpy())
        rewards.append(reward)
        G.append(G[-1] - reward / scale)
        done = terminated or truncated
    return rewards

# %% wrong (one-step-more): off by one in the loop's end: `t <= max_steps`
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K, sd, ad = config.context_length, config.state_dim, config.act_dim

    def padded(rows, width, dtype=torch.float32):
        """The last K rows as (1, K, width), zeros before them."""
        block = torch.zeros(1, K, width, dtype=dtype)
        rows = rows[-K:]
        for i, row in enumerate(rows):
            block[0, K - len(rows) + i] = torch.as_tensor(row, dtype=dtype)
        return block

    obs, _ = env.reset(seed=seed)
    history_s, history_a, history_g, history_t = [], [], [], []
    left = target_return / config.return_scale
    rewards = []
    t = 0
    over = False
    while not over and t <= max_steps:
        history_s.append([(o - m) / s for o, m, s in zip(obs, config.state_mean, config.state_std)])
        history_a.append([0.0] * ad)
        history_g.append([left])
        history_t.append([t])
        mask = torch.zeros(1, K, dtype=torch.long)
        mask[0, -min(K, t + 1):] = 1
        with torch.no_grad():
            output = model(
                states=padded(history_s, sd),
                actions=padded(history_a, ad),
                returns_to_go=padded(history_g, 1),
                timesteps=padded(history_t, 1, torch.long)[:, :, 0],
                attention_mask=mask,
            )
        action = output.action_preds[0, K - 1].numpy()
        history_a[-1] = action.tolist()
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        left -= reward / config.return_scale
        over = terminated or truncated
        t += 1
    return rewards

# %% wrong (exception): keeps the history in lists outside of the function and never empties them
states, actions, targets, times = [], [], [], []  # the history of the robot


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    obs, _ = env.reset(seed=seed)
    togo = target_return / c.return_scale
    rewards = []
    for t in range(max_steps):
        states.append((np.asarray(obs) - np.array(c.state_mean)) / np.array(c.state_std))
        actions.append(np.zeros(c.act_dim))
        targets.append([togo])
        times.append(t)

        def window(rows, dtype=torch.float32):
            return torch.tensor(np.array(rows[-c.context_length:]), dtype=dtype).unsqueeze(0)

        with torch.no_grad():
            out = model(
                states=window(states),
                actions=window(actions),
                returns_to_go=window(targets),
                timesteps=window(times, torch.long),
                attention_mask=torch.ones_like(window(times, torch.long)),
            )
        action = out.action_preds[0, -1].numpy()
        actions[-1] = action.copy()
        obs, reward, terminated, truncated, info = env.step(action)
        rewards.append(reward)
        togo = next_target_return(togo, reward, c.return_scale)
        if terminated or truncated:
            return rewards
    return rewards

# %% wrong (truncated-ignored): old gym habit: only the first of the two flags ends the episode, `truncated` is thrown away
class Agent:
    """Holds the history of one episode and asks the model."""

    def __init__(self, model, target):
        self.model = model
        self.config = model.config
        self.states, self.actions, self.returns, self.steps = [], [], [], []
        self.target = target / self.config.return_scale

    def normalise(self, obs):
        return (np.asarray(obs) - np.asarray(self.config.state_mean)) / np.asarray(self.config.state_std)

    @torch.no_grad()
    def act(self, obs):
        self.states.append(self.normalise(obs))
        self.actions.append(np.zeros(self.config.act_dim))
        self.returns.append([self.target])
        self.steps.append(len(self.steps))
        K = self.config.context_length
        as_batch = lambda rows: torch.tensor(np.stack(rows[-K:]), dtype=torch.float32)[None]
        steps = torch.tensor(self.steps[-K:])[None]
        out = self.model(
            states=as_batch(self.states),
            actions=as_batch(self.actions),
            returns_to_go=as_batch(self.returns),
            timesteps=steps,
            attention_mask=torch.ones_like(steps),
        )
        self.actions[-1] = out.action_preds[0, -1].cpu().numpy()
        return self.actions[-1].copy()

    def earn(self, reward):
        self.target -= reward / self.config.return_scale


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    agent = Agent(model, target_return)
    obs, _ = env.reset(seed=seed)
    rewards = []
    for _ in range(max_steps):
        obs, reward, done, _, _ = env.step(agent.act(obs))
        agent.earn(reward)
        rewards.append(reward)
        if done:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.train(False)
    c = model.config
    mean = np.array(c.state_mean, dtype=np.float64)
    std = np.array(c.state_std, dtype=np.float64)

    # room for the whole episode
    states = np.zeros((max_steps, c.state_dim), dtype=np.float32)
    actions = np.zeros((max_steps, c.act_dim), dtype=np.float32)
    to_go = np.zeros((max_steps, 1), dtype=np.float32)

    obs, _ = env.reset(seed=seed)
    remaining = target_return / c.return_scale
    rewards = []
    for t in range(max_steps):
        states[t] = (obs - mean) / std
        to_go[t, 0] = remaining
        lo = max(0, t + 1 - c.context_length)
        now = slice(lo, t + 1)
        with torch.inference_mode():
            output = model(
                states=torch.tensor(states[None, now]),
                actions=torch.tensor(actions[None, now]),
                returns_to_go=torch.tensor(to_go[None, now]),
                timesteps=torch.arange(lo, t + 1).unsqueeze(0),
                attention_mask=torch.ones(1, t + 1 - lo, dtype=torch.long),
            )
        action = output.action_preds[0, -1].numpy()
        actions[t] = action
        obs, reward, terminated, truncated, _ = env.step(action.copy())
        rewards.append(reward)
        remaining = remaining - reward / c.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
from collections import deque


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    scale = model.config.return_scale
    mean = torch.tensor(model.config.state_mean, dtype=torch.float64)
    std = torch.tensor(model.config.state_std, dtype=torch.float64)

    # the window starts full of padding, which newer steps push out on the left
    blank = {
        "states": torch.zeros(model.config.state_dim),
        "actions": torch.zeros(model.config.act_dim),
        "returns_to_go": torch.zeros(1),
        "timesteps": torch.tensor(0),
        "attention_mask": torch.tensor(0),
    }
    window = {name: deque([row] * K, maxlen=K) for name, row in blank.items()}

    observation, _ = env.reset(seed=seed)
    wanted = target_return / scale
    rewards, over, t = [], False, 0
    while not over:
        state = (torch.tensor(np.asarray(observation), dtype=torch.float64) - mean) / std
        window["states"].append(state.float())
        window["actions"].append(blank["actions"])
        window["returns_to_go"].append(torch.tensor([wanted], dtype=torch.float32))
        window["timesteps"].append(torch.tensor(t))
        window["attention_mask"].append(torch.tensor(1))

        with torch.no_grad():
            output = model(**{name: torch.stack(list(rows))[None] for name, rows in window.items()})
        action = output.action_preds[0, -1].detach().clone()
        window["actions"][-1] = action

        observation, reward, terminated, truncated, _ = env.step(action.numpy().copy())
        rewards.append(reward)
        wanted = next_target_return(wanted, reward, scale)
        t += 1
        over = terminated or truncated or t >= max_steps
    return rewards

# %% wrong (stops-when-earned): stops as soon as the target has been earned ("nothing remains"), so a target of 0 or below gives no step at all
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    K = cfg.context_length
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    obs, info = env.reset(seed=seed)
    states = torch.zeros(0, cfg.state_dim)
    actions = torch.zeros(0, cfg.act_dim)
    rtgs = torch.zeros(0, 1)
    steps = torch.zeros((0, 1), dtype=torch.long)
    remaining = target_return / cfg.return_scale
    rewards = []
    t = 0
    while remaining > 0 and t < max_steps:
        s = (torch.as_tensor(obs, dtype=torch.float32) - mean) / std
        states = torch.cat([states, s.reshape(1, -1)])
        actions = torch.cat([actions, torch.zeros(1, cfg.act_dim)])
        rtgs = torch.cat([rtgs, torch.tensor([[remaining]], dtype=torch.float32)])
        steps = torch.cat([steps, torch.tensor([[t]])])
        with torch.no_grad():
            out = model(
                states=context_window(states, K)[None],
                actions=context_window(actions, K)[None],
                returns_to_go=context_window(rtgs, K)[None],
                timesteps=context_window(steps, K)[None, :, 0],
                attention_mask=torch.ones(1, min(t + 1, K), dtype=torch.long),
            )
        a = out.action_preds[0, -1]
        actions[-1] = a
        obs, r, terminated, truncated, info = env.step(a.numpy())
        rewards.append(r)
        remaining = next_target_return(remaining, r, cfg.return_scale)
        t += 1
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K, scale = config.context_length, config.return_scale
    mean = np.array(config.state_mean, dtype=np.float32)
    std = np.array(config.state_std, dtype=np.float32)

    # the whole episode, with K - 1 rows of padding before it
    pad = K - 1
    S = np.zeros((pad + max_steps, config.state_dim), dtype=np.float32)
    A = np.zeros((pad + max_steps, config.act_dim), dtype=np.float32)
    G = np.zeros((pad + max_steps, 1), dtype=np.float32)
    T = np.concatenate([np.zeros(pad, dtype=np.int64), np.arange(max_steps)])
    M = np.concatenate([np.zeros(pad, dtype=np.int64), np.ones(max_steps, dtype=np.int64)])

    observation, _ = env.reset(seed=seed)
    remaining = target_return / scale
    rewards = []
    for t in range(max_steps):
        S[pad + t] = (observation - mean) / std
        G[pad + t] = remaining
        window = slice(t, t + K)
        with torch.inference_mode():
            output = model(
                states=torch.tensor(S[None, window]),
                actions=torch.tensor(A[None, window]),
                returns_to_go=torch.tensor(G[None, window]),
                timesteps=torch.tensor(T[None, window]),
                attention_mask=torch.tensor(M[None, window]),
            )
        action = output.action_preds[0, -1].detach().numpy().copy()
        A[pad + t] = action
        observation, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        remaining = remaining - reward / scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (actions-forgotten): the actions that were taken are never written down, the history of actions stays zeros
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    c = model.config
    K = c.context_length
    mean, std = np.asarray(c.state_mean), np.asarray(c.state_std)
    obs = env.reset(seed=seed)[0]
    history_s, history_g, rewards = [], [target_return / c.return_scale], []
    for t in range(max_steps):
        history_s.append((obs - mean) / std)
        n = min(K, t + 1)
        gap = K - n
        s = torch.zeros(1, K, c.state_dim)
        s[0, gap:] = torch.tensor(np.array(history_s[-K:]), dtype=torch.float32)
        g = torch.zeros(1, K, 1)
        g[0, gap:, 0] = torch.tensor(history_g[-K:], dtype=torch.float32)
        a = torch.zeros(1, K, c.act_dim)
        steps = torch.zeros(1, K, dtype=torch.long)
        steps[0, gap:] = torch.arange(t + 1 - n, t + 1)
        mask = torch.zeros(1, K, dtype=torch.long)
        mask[0, gap:] = 1
        with torch.inference_mode():
            preds = model(states=s, actions=a, returns_to_go=g, timesteps=steps, attention_mask=mask).action_preds
        obs, reward, terminated, truncated, _ = env.step(preds[0, -1].numpy())
        rewards.append(reward)
        history_g.append(history_g[-1] - reward / c.return_scale)
        if terminated or truncated:
            break
    return rewards

# %% wrong (seed-ignored): seeds numpy and torch, but not the environment: env.reset() is called without the seed
def set_seed(seed):
    import random

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


@torch.no_grad()
def run_episode(model, env, target_return, max_steps, seed):
    set_seed(seed)
    model.eval()
    config = model.config
    state_mean = torch.tensor(config.state_mean).float()
    state_std = torch.tensor(config.state_std).float()
    state, _ = env.reset()

    states = torch.from_numpy(np.array(state)).float().reshape(1, config.state_dim)
    actions = torch.zeros((0, config.act_dim))
    returns = torch.tensor([[target_return / config.return_scale]]).float()
    timesteps = torch.tensor([[0]])
    rewards = []
    for t in range(max_steps):
        actions = torch.cat([actions, torch.zeros((1, config.act_dim))], dim=0)
        w = config.context_length
        S = (context_window(states, w) - state_mean) / state_std
        output = model(
            states=S.unsqueeze(0),
            actions=context_window(actions, w).unsqueeze(0),
            returns_to_go=context_window(returns, w).unsqueeze(0),
            timesteps=context_window(timesteps, w).reshape(1, -1),
            attention_mask=torch.ones((1, len(S)), dtype=torch.long),
        )
        action = output.action_preds[0, -1]
        actions[-1] = action
        state, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        if terminated or truncated:
            break
        states = torch.cat([states, torch.from_numpy(np.array(state)).float().reshape(1, -1)], dim=0)
        left = next_target_return(float(returns[-1, 0]), float(reward), config.return_scale)
        returns = torch.cat([returns, torch.tensor([[left]]).float()], dim=0)
        timesteps = torch.cat([timesteps, torch.tensor([[t + 1]])], dim=0)
    return rewards

# %% wrong (states-not-normalised): the observation of the reset goes in as it is; only those that come from env.step are normalised
def run_episode(model, env, target_return, max_steps, seed):
    from collections import deque

    K = model.config.context_length
    scale = model.config.return_scale
    mu = np.array(model.config.state_mean)
    sigma = np.array(model.config.state_std)
    S, A, R, T = (deque(maxlen=K) for _ in range(4))

    def tensor(rows, dtype=torch.float32):
        return torch.tensor(np.array(rows), dtype=dtype).unsqueeze(0)

    model.eval()
    state, _ = env.reset(seed=seed)
    todo = target_return / scale
    rewards, over, t = [], False, 0
    while not over and t < max_steps:
        S.append(state)
        A.append(np.zeros(model.config.act_dim))
        R.append([todo])
        T.append(t)
        with torch.no_grad():
            output = model(
                states=tensor(S),
                actions=tensor(A),
                returns_to_go=tensor(R),
                timesteps=tensor(T, torch.long),
                attention_mask=torch.ones(1, len(T), dtype=torch.long),
            )
        A[-1] = output.action_preds[0, -1].numpy()
        observation, reward, terminated, truncated, _ = env.step(A[-1])
        state = (observation - mu) / sigma
        todo -= reward / scale
        rewards.append(reward)
        over = terminated or truncated
        t += 1
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    scale = model.config.return_scale
    mean = torch.tensor(model.config.state_mean, dtype=torch.float32)
    std = torch.tensor(model.config.state_std, dtype=torch.float32)

    def normalised(observation):
        return ((torch.as_tensor(observation, dtype=torch.float32) - mean) / std).reshape(1, -1)

    def batch(rows):
        return torch.cat(rows[-K:]).unsqueeze(0)

    observation, _ = env.reset(seed=seed)
    states, actions, returns, rewards = [], [], [], []
    to_go = float(target_return) / scale
    for t in range(max_steps):
        states.append(normalised(observation))
        actions.append(torch.zeros(1, model.config.act_dim))
        returns.append(torch.full((1, 1), to_go))
        first = max(0, t + 1 - K)
        timesteps = torch.arange(first, t + 1).unsqueeze(0)
        with torch.no_grad():
            output = model(
                states=batch(states),
                actions=batch(actions),
                returns_to_go=batch(returns),
                timesteps=timesteps,
                attention_mask=torch.ones_like(timesteps),
            )
        actions[-1] = output.action_preds[:, -1].detach().clone()
        observation, reward, terminated, truncated, _ = env.step(actions[-1][0].numpy().copy())
        rewards.append(reward)
        to_go -= float(reward) / scale
        if terminated or truncated:
            return rewards
    return rewards

# %% wrong (wrong-shape): Fortran arrays of max_steps numbers, and the whole rewards array is returned, with zeros after the end of the episode
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    config = model.config
    K = config.context_length
    mu = np.array(config.state_mean)
    sigma = np.array(config.state_std)

    S = np.zeros((max_steps, config.state_dim))
    A = np.zeros((max_steps, config.act_dim))
    G = np.zeros((max_steps + 1, 1))
    rewards = np.zeros(max_steps)

    obs, _ = env.reset(seed=seed)
    G[0, 0] = target_return / config.return_scale

    for t in range(max_steps):
        S[t, :] = (obs - mu) / sigma
        lo, hi = max(0, t - K + 1), t + 1
        pack = lambda array: torch.tensor(array[lo:hi], dtype=torch.float32)[None]
        with torch.no_grad():
            out = model(
                states=pack(S),
                actions=pack(A),
                returns_to_go=pack(G),
                timesteps=torch.arange(lo, hi)[None],
                attention_mask=torch.ones(1, hi - lo, dtype=torch.long),
            )
        A[t, :] = out.action_preds[0, -1].numpy()
        obs, rewards[t], terminated, truncated, _ = env.step(A[t].astype(np.float32))
        G[t + 1, 0] = G[t, 0] - rewards[t] / config.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (times-in-the-window): a ring buffer of K steps, whose slots are numbered 0 to K-1: the timesteps count in the window, not in the episode
from collections import deque


class RingBuffer:
    """Like a VecDeque with a fixed capacity."""

    def __init__(self, capacity):
        self.states = deque(maxlen=capacity)
        self.actions = deque(maxlen=capacity)
        self.returns = deque(maxlen=capacity)

    def push(self, state, action, rtg):
        self.states.append(state)
        self.actions.append(action)
        self.returns.append(rtg)

    def as_batch(self):
        n = len(self.states)
        return {
            "states": torch.stack(list(self.states)).unsqueeze(0),
            "actions": torch.stack(list(self.actions)).unsqueeze(0),
            "returns_to_go": torch.tensor(list(self.returns), dtype=torch.float32).reshape(1, n, 1),
            "timesteps": torch.arange(n).unsqueeze(0),
            "attention_mask": torch.ones(1, n, dtype=torch.long),
        }


def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    cfg = model.config
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)
    buffer = RingBuffer(cfg.context_length)
    rewards = []
    todo = target_return / cfg.return_scale
    observation, info = env.reset(seed=seed)

    while len(rewards) < max_steps:
        state = (torch.as_tensor(observation, dtype=torch.float32) - mean) / std
        buffer.push(state, torch.zeros(cfg.act_dim), todo)
        with torch.inference_mode():
            action = model(**buffer.as_batch()).action_preds[0, -1].clone()
        buffer.actions[-1] = action
        observation, reward, terminated, truncated, info = env.step(action.numpy())
        rewards.append(reward)
        todo -= reward / cfg.return_scale
        if terminated or truncated:
            break
    return rewards

# %% wrong (stops-when-earned): the loop condition stops the episode as soon as the target return has been earned
def run_episode(model, env, target_return, max_steps, seed):
    model.eval()
    K = model.config.context_length
    mean, std = (np.asarray(v, dtype=np.float32) for v in (model.config.state_mean, model.config.state_std))

    obs, _ = env.reset(seed=seed)
    states, actions, rtgs, rewards = [], [], [], []
    remaining = target_return / model.config.return_scale
    finished = False

    while not finished and remaining > 0 and len(rewards) < max_steps:
        states.append((np.asarray(obs, dtype=np.float32) - mean) / std)
        actions.append(np.zeros(model.config.act_dim, dtype=np.float32))
        rtgs.append([remaining])
        t = len(states)
        n = min(t, K)
        with torch.no_grad():
            prediction = model(
                states=torch.tensor(np.array(states[-n:]), dtype=torch.float32).unsqueeze(0),
                actions=torch.tensor(np.array(actions[-n:]), dtype=torch.float32).unsqueeze(0),
                returns_to_go=torch.tensor(rtgs[-n:], dtype=torch.float32).unsqueeze(0),
                timesteps=torch.arange(t - n, t).unsqueeze(0),
                attention_mask=torch.ones((1, n), dtype=torch.long),
            ).action_preds
        actions[-1] = prediction[0, -1].numpy()
        obs, reward, terminated, truncated, _ = env.step(actions[-1])
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, model.config.return_scale)
        finished = terminated or truncated
    return rewards

# %% wrong (actions-shifted): the zero placeholder stands before the first action instead of after the newest, so each step is shown with the action before it
def run_episode(model, env, target_return, max_steps, seed):
    def f32(x):
        return torch.as_tensor(np.asarray(x), dtype=torch.float32)

    model.eval()
    cfg, K = model.config, model.config.context_length
    obs, _ = env.reset(seed=seed)
    mean, std = f32(cfg.state_mean), f32(cfg.state_std)
    states = torch.zeros(0, cfg.state_dim)
    actions = torch.zeros(1, cfg.act_dim)  # not known yet
    rtg = torch.tensor([[target_return / cfg.return_scale]], dtype=torch.float32)
    times = torch.zeros(1, 1, dtype=torch.long)
    rewards = []
    for t in range(max_steps):
        states = torch.cat([states, ((f32(obs) - mean) / std)[None]])
        pad = max(K - t - 1, 0)
        left = lambda x: torch.cat([torch.zeros(pad, x.shape[1], dtype=x.dtype), context_window(x, K)])[None]
        mask = torch.cat([torch.zeros(1, pad), torch.ones(1, K - pad)], dim=1)
        with torch.no_grad():
            out = model(
                states=left(states),
                actions=left(actions),
                returns_to_go=left(rtg),
                timesteps=left(times)[..., 0],
                attention_mask=mask,
            )
        action = out.action_preds[0, -1]
        obs, reward, terminated, truncated, _ = env.step(action.numpy())
        rewards.append(reward)
        if terminated or truncated:
            break
        actions = torch.cat([actions, action[None]])
        rtg = torch.cat([rtg, rtg[-1:] - float(reward) / cfg.return_scale])
        times = torch.cat([times, torch.tensor([[t + 1]])])
    return rewards

# %% right
from dataclasses import dataclass


@dataclass
class Step:
    state: np.ndarray
    action: np.ndarray
    rtg: float
    time: int


def run_episode(model, env, target_return, max_steps, seed):
    """One record per step, as rows of a table; the window is the last K rows, without padding."""
    model.eval()
    c = model.config
    mean = np.array(c.state_mean, dtype=np.float64)
    std = np.array(c.state_std, dtype=np.float64)
    table, rewards = [], []
    rtg = float(target_return) / c.return_scale
    obs, _ = env.reset(seed=seed)
    for t in range(max_steps):
        state = (np.array(obs, dtype=np.float64) - mean) / std
        table.append(Step(state, np.zeros(c.act_dim), rtg, t))
        window = table[-c.context_length :]
        column = lambda name: np.array([getattr(row, name) for row in window])
        with torch.no_grad():
            out = model(
                states=torch.tensor(column("state"), dtype=torch.float32)[None],
                actions=torch.tensor(column("action"), dtype=torch.float32)[None],
                returns_to_go=torch.tensor(column("rtg"), dtype=torch.float32)[None, :, None],
                timesteps=torch.tensor(column("time"), dtype=torch.long)[None],
                attention_mask=torch.ones(1, len(window), dtype=torch.long),
            )
        action = out.action_preds[0, -1].numpy()
        table[-1].action = action.copy()
        obs, reward, terminated, truncated, _ = env.step(action)
        rewards.append(reward)
        rtg = rtg - float(reward) / c.return_scale
        if terminated or truncated:
            break
    return rewards

# %% right
def run_episode(model, env, target_return, max_steps, seed):
    # everything is allocated once; K empty rows in front, so that a window of K rows always exists
    model.eval()
    cfg = model.config
    K = cfg.context_length
    rows = K + max_steps
    states = torch.zeros(1, rows, cfg.state_dim)
    actions = torch.zeros(1, rows, cfg.act_dim)
    returns = torch.zeros(1, rows, 1)
    times = torch.zeros(1, rows, dtype=torch.long)
    times[0, K:] = torch.arange(max_steps)
    mask = torch.zeros(1, rows, dtype=torch.long)
    mask[0, K:] = 1
    mean = torch.tensor(cfg.state_mean, dtype=torch.float32)
    std = torch.tensor(cfg.state_std, dtype=torch.float32)

    rewards = []
    left_to_earn = target_return / cfg.return_scale
    obs, info = env.reset(seed=seed)
    with torch.no_grad():
        for now in range(K, rows):
            states[0, now] = (torch.as_tensor(obs, dtype=torch.float32) - mean) / std
            returns[0, now, 0] = float(left_to_earn)
            w = slice(now + 1 - K, now + 1)
            preds = model(
                states=states[:, w],
                actions=actions[:, w],
                returns_to_go=returns[:, w],
                timesteps=times[:, w],
                attention_mask=mask[:, w],
            ).action_preds
            actions[0, now] = preds[0, -1]
            obs, reward, terminated, truncated, info = env.step(preds[0, -1].numpy().copy())
            rewards.append(reward)
            left_to_earn = left_to_earn - reward / cfg.return_scale
            if terminated or truncated:
                return rewards
    return rewards
