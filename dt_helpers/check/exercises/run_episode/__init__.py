"""The exercise `run_episode`: a small environment to act in, and a small model to ask, both made for each call."""

import numpy as np

from dt_helpers.check.engine.exercise import Case, Exercise, Says
from dt_helpers.check.exercises.run_episode.explaining import explain
from dt_helpers.check.exercises.run_episode.mistakes import mistakes
from dt_helpers.check.exercises.run_episode.policy import drawn as drawn_policy
from dt_helpers.check.exercises.run_episode.world import drawn as drawn_world

# float32 in a loop: each way to normalise rounds in its own way, and every step passes that on to the next
APART = 5e-4


def right(model, env, target_return, max_steps, seed):
    """The rewards of one episode, a number for each step."""
    import torch

    model.eval()
    config, K = model.config, model.config.context_length
    mean, std = np.array(config.state_mean), np.array(config.state_std)
    observation, _ = env.reset(seed=seed)
    remaining, rewards = target_return / config.return_scale, []
    # the batch of one, with K rows of padding before it; row K + t is step t
    states, actions, targets = (
        np.zeros((1, K + max_steps, n), np.float32) for n in (config.state_dim, config.act_dim, 1)
    )
    times, mask = np.arange(-K, max_steps).clip(0)[None], (np.arange(-K, max_steps) >= 0).astype("float32")[None]
    for t in range(max_steps):
        states[0, K + t] = (observation - mean) / std
        targets[0, K + t] = remaining
        window = [torch.from_numpy(x[:, t + 1 : K + t + 1]) for x in (states, actions, targets, times, mask)]
        with torch.no_grad():
            predicted = model(*window[:2], None, *window[2:], return_dict=False)[1]
        actions[0, K + t] = predicted[0, -1].numpy()
        observation, reward, terminated, truncated, _ = env.step(actions[0, K + t])
        rewards.append(reward)
        remaining -= reward / config.return_scale
        if terminated or truncated:
            break
    return (np.array(rewards),)


def _cases(rng):
    def case(
        label, steps, K, *, target=None, states=3, acts=2, scale=None, training=True, max_ep_len=60, pays=1.0, far=1.0,
        seed=None, core=True, edge="", **world,
    ):  # fmt: skip
        """`target`: in scaled units; `far`: how many deviations of the config's an observation may be off the mean."""
        scale = scale or round(float(rng.uniform(20, 900)), 1)
        mean = rng.uniform(1, 4, states) * rng.choice([-1, 1], states)
        std = rng.choice([0.3, 0.5, 2.0, 3.0], states) * rng.uniform(0.9, 1.1, states)
        made = drawn_world(rng, steps, scale, mean, std, acts, pays, **world)
        policy = drawn_policy(rng, K, mean, std / far, scale, acts, max_ep_len, training, far)
        # of about what the episode earns: what remains stays where the model can tell its values apart
        target = scale * made.ends_after * rng.uniform(0.3, 0.6) if target is None else target * scale
        drawn = int(rng.integers(1, 2**31))
        return Case(label, (policy, made, target, steps, drawn if seed is None else seed), core=core, edge=edge)

    return [
        case("K 2, terminated after 5 steps of at most 7", 7, 2, terminated_at=5),
        case("K 4, truncated after 6 steps of at most 8", 8, 4, truncated_at=6, states=2, acts=1),
        case("K 3, cut off after 6 steps", 6, 3, states=4, acts=3),
        case("K 5, terminated after 7 steps of at most 10", 10, 5, terminated_at=7, states=2),
        case("a model in eval mode", 5, 2, training=False, core=False, edge="in-eval-mode"),
        case("K 1", 4, 1, core=False, edge="window-of-one"),
        case("an episode shorter than K", 8, 6, terminated_at=4, core=False, edge="shorter-than-K"),
        case("an episode of K steps", 4, 4, core=False, edge="shorter-than-K"),
        case("max_steps is 1", 1, 3, core=False, edge="single-step"),
        case("terminated at the first step", 5, 3, terminated_at=1, core=False, edge="single-step"),
        case("terminated at the last step", 5, 3, terminated_at=5, core=False, edge="just-in-time"),
        case("terminated and truncated at once", 6, 3, terminated_at=4, truncated_at=4, core=False, edge="both-ends"),
        case("a target of 0", 5, 3, target=0.0, core=False, edge="zero-target"),
        case("a target below 0", 5, 3, target=-1.5, core=False, edge="zero-target"),
        case("a target that is a whole number", 5, 3, target=2, scale=1, core=False, edge="whole-target"),
        case("a target that is surpassed", 6, 3, target=0.4, core=False, edge="surpassed"),
        case("rewards below 0", 5, 3, pays=-1.0, target=-2.0, core=False, edge="losses"),
        case("the last rewards are 0", 5, 3, unpaid_from=4, core=False, edge="unpaid"),
        case("a state that is the mean", 5, 3, from_the_mean=True, core=False, edge="state-like-padding"),
        case("states of 40 standard deviations", 5, 3, far=40.0, core=False, edge="far-out"),
        case("a seed of 0", 5, 3, seed=0, core=False, edge="seed-of-zero"),
        case("a scale of 1", 5, 3, scale=1.0, core=False, edge="scale-of-one"),
        case("one sensor and one joint", 5, 3, states=1, acts=1, core=False, edge="single-sensor"),
        case("observations in float32", 5, 3, dtype="float32", core=False, edge="float32"),
        case("an episode of as many steps as the model knows timesteps", 12, 3, max_ep_len=12, core=False, edge="late"),
        case("K 8, 20 steps", 20, 8, core=False, edge="late"),
    ]


def _length(model, env, target_return, max_steps, seed):
    return env.ends_after


_DOMAIN = (
    Says(
        "model : the Decision Transformer",
        lambda model, *_: {"context_length", "state_mean", "state_std", "return_scale"} <= model.config.keys(),
        (lambda model, *_: model.training, lambda model, *_: not model.training),
    ),
    Says(
        "the last K steps",
        lambda model, *_: model.config["context_length"] >= 1,
        (
            lambda model, *_: model.config["context_length"] == 1,
            lambda model, *given: _length(model, *given) < model.config["context_length"],
            lambda model, *given: _length(model, *given) == model.config["context_length"],
            lambda model, *given: _length(model, *given) > model.config["context_length"],
        ),
    ),
    Says(
        "env : the environment, as in gymnasium",
        reached=(
            lambda model, env, *_: env.terminated_at == env.ends_after,
            lambda model, env, *_: env.truncated_at == env.ends_after,
            lambda model, env, *_: env.terminated_at == env.truncated_at != None,  # noqa: E711
            lambda model, env, *_: len(env.mean) == 1 and env.push.shape[1] == 1,
        ),
    ),
    Says(
        "target_return : the return to ask for, in the environment's units",
        reached=(
            lambda model, env, target, *_: target == 0,
            lambda model, env, target, *_: target < 0,
            lambda model, env, target, *_: isinstance(target, int),
        ),
    ),
    Says(
        "max_steps : ",
        lambda model, env, target, max_steps, seed: 1 <= max_steps <= model.config["max_ep_len"],
        (
            lambda model, env, target, max_steps, seed: max_steps == 1,
            lambda model, env, target, max_steps, seed: max_steps == model.config["max_ep_len"],
            lambda model, env, target, max_steps, seed: max_steps == env.ends_after == env.terminated_at,
        ),
    ),
    Says(
        "seed : a whole number",
        lambda model, env, target, max_steps, seed: isinstance(seed, int) and seed >= 0,
        (lambda *given: given[-1] == 0,),
    ),
)


EXERCISE = Exercise(
    name="run_episode",
    signature="run_episode(model, env, target_return, max_steps, seed)",
    kind="any",
    results=("rewards",),
    about="a model, an environment, three numbers -> the rewards of one episode.",
    apart=APART,
    seen=("gradients", "actions"),
    cases=_cases,
    domain=_DOMAIN,
    oracle=right,
    mistakes=mistakes,
    explain=explain,
    hints=(
        "Print, in the first three rounds, what the model is given: states, actions, returns-to-go, timesteps, mask.",
        "In round t the newest row holds the normalised observation, what remains to be earned, and timestep t.",
        "The rows before it hold what they held in the rounds before, and the actions that were carried out.",
    ),
    edges={
        "in-eval-mode": (
            "With a model that comes in eval mode the episode goes wrong.",
            "`eval()` may be called again; a switch from one mode to the other may not.",
        ),
        "window-of-one": (
            "With a K of 1 the episode goes wrong.",
            "The window is then the newest step alone. Does a `squeeze`, or a slice that ends at -0, spoil it?",
        ),
        "shorter-than-K": (
            "An episode that ends before there are more than K steps goes wrong.",
            "How many rows of padding are there in the first step, and how many in the K-th?",
        ),
        "single-step": ("An episode of a single step goes wrong.", "Walk through your loop with max_steps=1."),
        "just-in-time": (
            "An episode that is terminated just at step `max_steps` goes wrong.",
            "Both conditions then end the loop at once.",
        ),
        "both-ends": (
            "A step that is terminated and truncated at once goes wrong.",
            "Either of the two ends the episode; so do both.",
        ),
        "zero-target": (
            "A target of 0 or below goes wrong.",
            "`if target_return:` is false for 0. Any number may be asked for.",
        ),
        "surpassed": (
            "When more is earned than was asked for, the episode goes wrong.",
            "What remains may fall below 0. Leave the plain difference as it is.",
        ),
        "losses": ("Rewards below 0 go wrong.", "After a loss more remains to be earned than before."),
        "whole-target": (
            "With a whole number as target, 3 in place of 3.0, the episode goes wrong.",
            "Is there an array that takes its dtype from the target?",
        ),
        "unpaid": (
            "An episode whose last steps earn 0 goes wrong.",
            "0 counts as false, and is a reward like any other: is there an `if` about it, or are zeros cut off?",
        ),
        "state-like-padding": (
            "A step whose normalised state is all 0 goes wrong: it looks like padding, and is none.",
            "The mask is known from the number of steps. Is it read off the values?",
        ),
        "far-out": (
            "A state far from the mean goes wrong: it has to be normalised like any other, however large.",
            "Is something clipped?",
        ),
        "seed-of-zero": (
            "With a seed of 0 the episode is not the one of that seed.",
            "0 counts as false: is there an `if` or an `or` about the seed?",
        ),
        "scale-of-one": ("With a scale of 1 the episode goes wrong.", "Is a scale written into the code?"),
        "single-sensor": (
            "With one sensor and one joint the episode goes wrong.",
            "Does a `squeeze` drop an axis of length 1?",
        ),
        "float32": (
            "Observations in float32 go wrong; those in float64 are right.",
            "Convert to the model's float32 as late as possible, and from either.",
        ),
        "late": (
            "A long episode goes wrong.",
            "The last timestep is the number of steps less 1. Is a length written into the code?",
        ),
    },
)
