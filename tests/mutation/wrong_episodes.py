"""Answers to `run_episode`: right ones, and one of them with a slip."""

import inspect

from . import solutions
from .register import right, wrong

bad = wrong("run_episode")
right("run_episode")(solutions.episode_in_lists)
right("run_episode")(solutions.episode_in_buffers)


def edited(*changes):
    """The right answer in lists, with these parts of its text exchanged."""
    source = inspect.getsource(solutions.episode_in_lists)
    for before, after in changes:
        assert before in source, before
        source = source.replace(before, after)
    namespace = dict(vars(solutions))
    exec(compile(source, __file__, "exec"), namespace)
    return namespace["episode_in_lists"]


STEP = "observation, reward, terminated, truncated, _ = env.step("
LEFT = "remaining = remaining - reward / config.return_scale"

bad("mode-not-set")(edited(("    model.eval()\n", "")))
bad("gradients-kept")(edited(("no_grad()", "enable_grad()"), ("[0, -1]", "[0, -1].detach()")))
bad("states-not-normalised")(
    edited(("(torch.from_numpy(observation).float() - mean) / std", "torch.tensor(observation).float()"))
)
bad("normalised-otherwise")(edited((" - mean) / std", ") / std - mean")), edited(("- mean) / std", "- mean / std)")))
bad("stale-state")(edited((STEP, "_, reward, terminated, truncated, _ = env.step(")))
bad("reward-not-scaled")(edited((LEFT, "remaining = remaining - reward")))
bad("not-counted-down")(edited((LEFT, "")))
bad("target-not-scaled")(edited(("target_return / config.return_scale", "float(target_return)")))
bad("times-in-the-window")(edited(("torch.arange(max(0, t + 1 - K), t + 1)", "torch.arange(min(t + 1, K))")))
bad("window-not-cut")(edited(("[-K:]", ""), ("max(0, t + 1 - K)", "0")))
bad("first-position")(edited(("action_preds[0, -1]", "action_preds[0, 0]")))
bad("actions-forgotten")(edited(("actions[-1] = output", "action = output"), ("actions[-1].numpy()", "action.numpy()")))
bad("terminated-ignored")(edited(("if terminated or truncated", "if truncated")))
bad("truncated-ignored")(edited(("if terminated or truncated", "if terminated")))
bad("max-steps-ignored")(edited(("range(max_steps)", "range(max_steps + 100)")))
bad("one-step-less")(edited(("range(max_steps)", "range(max_steps - 1)")))
bad("total-returned")(edited(("return rewards", "return float(sum(rewards))")))
bad("seed-ignored")(edited(("env.reset(seed=seed)", "env.reset()")))
bad("stops-when-earned")(edited(("terminated or truncated:", "terminated or truncated or remaining < 0:")))
bad("exception")(edited((STEP, "observation, reward, terminated, _ = env.step("), ("or truncated", "")))
