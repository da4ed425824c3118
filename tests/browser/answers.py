"""What a student types: the right answers, cut from the percent scripts, and for each exercise one known mistake."""

import re
from dataclasses import dataclass
from functools import cache

from tests.browser.server import REPOSITORY

SOLUTION = re.compile(
    r'"grade_id": "(\w+)"[^\n]*"solution": true.*?### BEGIN SOLUTION\n(.*?)\n    ### END SOLUTION', re.DOTALL
)


@dataclass(frozen=True)
class Wrong:
    body: str
    said: str  # a part of what the check has to say about it


WRONG = {
    "returns_to_go": Wrong(
        "    return np.cumsum(rewards)",
        "You add up what was earned up to each step",
    ),
    "pad_left": Wrong(
        "    kept = sequence[:length]\n"
        "    padded = np.full((length, sequence.shape[1]), value)\n"
        "    padded[: len(kept)] = kept\n"
        "    mask = np.zeros(length)\n"
        "    mask[: len(kept)] = 1\n"
        "    return padded, mask",
        "The padding is behind the real rows",
    ),
    "add_time_embeddings": Wrong(
        "    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings",
        "The time is missing in the action",
    ),
    "stack_inputs": Wrong(
        "    batch, K, hidden = state_embeddings.shape\n"
        "    x = torch.stack([state_embeddings, returns_embeddings, action_embeddings], dim=2)\n"
        "    return x.reshape(batch, 3 * K, hidden)",
        "Your sequence is s, R, a: the return has to come first",
    ),
    "stack_attention_mask": Wrong("    return attention_mask.repeat(1, 3)", "The mask was repeated as a whole"),
    "predict": Wrong(
        "    return predict_return(x[:, 0]), predict_state(x[:, 1]), predict_action(x[:, 2])",
        "Each head reads the token of its own kind",
    ),
    "action_loss": Wrong("    return torch.mean((action_preds - action_targets) ** 2)", "The padding counts too"),
    "context_window": Wrong("    return sequence[:length]", "Those are the first rows"),
    "next_target_return": Wrong("    return target_return - reward", "The reward is not scaled"),
    "run_episode": Wrong(
        "    config, K = model.config, model.config.context_length\n"
        "    mean, std = np.array(config.state_mean), np.array(config.state_std)\n"
        "    model.eval()\n"
        "    observation, _ = env.reset(seed=seed)\n"
        "    remaining, rewards, states, actions, targets = target_return / config.return_scale, [], [], [], []\n"
        "    for t in range(max_steps):\n"
        "        states.append((observation - mean) / std)\n"
        "        actions.append(np.zeros(config.act_dim))\n"
        "        targets.append([remaining])\n"
        "        window = [torch.tensor(np.array(x[-K:])).float()[None] for x in (states, actions, targets)]\n"
        "        times = torch.arange(len(states[-K:]))[None]\n"
        "        with torch.no_grad():\n"
        "            output = model(\n"
        "                states=window[0], actions=window[1], returns_to_go=window[2], timesteps=times,\n"
        "                attention_mask=torch.ones_like(times),\n"
        "            )\n"
        "        actions[-1] = output.action_preds[0, -1].numpy()\n"
        "        observation, reward, terminated, truncated, _ = env.step(actions[-1])\n"
        "        rewards.append(reward)\n"
        "        remaining = next_target_return(remaining, reward, config.return_scale)\n"
        "        if terminated or truncated:\n"
        "            break\n"
        "    return rewards",
        "The timesteps are counted in the window",
    ),
    "walk_rewards": Wrong("    return -lengths[walk[:-1], walk[1:]]", "Steps after the arrival cost something"),
    "next_node": Wrong("    return logits.argmax()", "it may be one that no edge leads to"),
    "choose_target": Wrong("    return targets[achieved.argmax()]", "did not keep to that target"),
    "best_tenth": Wrong(
        "    return np.sort(np.argsort(returns)[: max(len(returns) // 10, 1)])",
        "Those are the trajectories with the lowest returns",
    ),
    "q_update": Wrong(
        "    target = reward + gamma * q[next_state].max()\n"
        "    return q[state, action] + learning_rate * (target - q[state, action])",
        "At the end of an episode you still add",
    ),
    "pessimistic": Wrong("    return q * seen", "Actions that were never recorded got 0"),
    "conditioned_policy": Wrong(
        "    met = returns == target\n"
        "    return [met[actions == a].sum() / max((actions == a).sum(), 1) for a in range(n_actions)]",
        "You turn it round",
    ),
}

FORWARD = """\
        x = torch.stack([returns + time, states + time, actions + time], dim=2).reshape(batch, 3 * K, -1)
        encoded = encode(x, attention_mask.repeat_interleave(3, dim=1))
        return_outputs, state_outputs, action_outputs = (encoded.last_hidden_state[:, kind::3] for kind in range(3))
        return_preds = self.predict_return(action_outputs)
        state_preds, action_preds = self.predict_state(action_outputs), self.predict_action(state_outputs)
"""


@cache
def right() -> dict[str, str]:
    """grade_id -> the body of the solution."""
    scripts = sorted((REPOSITORY / "solutions").glob("*/*.py"))
    found = [pair for script in scripts for pair in SOLUTION.findall(script.read_text())]
    return dict(found)


def _cell(start: str) -> str:
    """The cell of notebook 04 whose first line holds this."""
    script = (REPOSITORY / "solutions" / "decision_transformer" / "04_model.py").read_text()
    return script.partition(start)[2].partition("\n")[2].partition("\n# %%")[0]


def without_norm() -> str:
    """Notebook 04's imports and its class, in which nothing normalises the sequence."""
    imports, solved = _cell('tags=["setup"]'), _cell('"grade_id": "forward"')
    before, _, rest = solved.partition("        ### BEGIN SOLUTION\n")
    after = rest.partition("### END SOLUTION\n")[2]
    return f"{imports}\n\n{before}{FORWARD}{after}"


def whole_model() -> str:
    """The cell of the class in notebook 04, solved, from below its last docstring."""
    lines = _cell('"grade_id": "forward"').rpartition('"""\n')[2].rstrip().splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith(("### BEGIN", "### END")))
