"""What students get wrong in what the model is told: each a `Loop` with another part."""

import numpy as np

from dt_helpers.check.exercises.run_episode.loop import Loop


def _raw(observation, mean, std, t):
    return observation


def _standardised(states, mean, std):
    """With the episode's own mean and spread, in place of the data's."""
    return (states - states.mean(axis=0)) / (states.std(axis=0) + 1e-6)


def _again_and_again(states, mean, std):
    """The whole window is normalised in each step: the older a state, the more often."""
    for i in range(len(states), 0, -1):
        states = np.concatenate([(states[:i] - mean) / std, states[i:]])
    return states


def _shifted(rows):
    """Each action one step too late: behind a row of zeros."""
    return np.concatenate([np.zeros((1, rows.shape[1])), rows[:-1]])


_WHERE = "Which line takes the number that is wrong, and from which step is it?"

SEEING = (
    (
        "mode-not-set",
        "The model is in training mode while it acts, so dropout disturbs every action.",
        ("Which call turns a model's dropout off?",),
        (Loop(mode=lambda model: None), Loop(mode=lambda model: model.train())),
    ),
    (
        "gradients-kept",
        "The actions are right, but torch keeps track of gradients at every step, and with them of all that led there.",
        ("Nothing is trained here. What stands around the code in which gradients aren't needed?",),
        (Loop(gradients=True),),
    ),
    (
        "states-not-normalised",
        "The model is given the observations as they are; it was trained on normalised states.",
        ("`model.config` has the statistics that the training used.",),
        (Loop(normal=_raw),),
    ),
    (
        "states-not-normalised",
        "The first observation is normalised, and those after it are given to the model as they are.",
        ("What is done to the observation of `env.reset`, and what to that of `env.step`?",),
        (Loop(normal=lambda x, mean, std, t: x if t else (x - mean) / std),),
    ),
    (
        "states-not-normalised",
        "The first observation is given to the model as it is; those after it are normalised.",
        ("What is done to the observation of `env.reset`, and what to that of `env.step`?",),
        (Loop(normal=lambda x, mean, std, t: (x - mean) / std if t else x),),
    ),
    (
        "normalised-otherwise",
        "The states are normalised, but not as in training: subtract `state_mean`, then divide by `state_std`.",
        (
            "Write the formula for one sensor, with its mean and its standard deviation.",
            "Are there states that are normalised twice, or on one side only?",
        ),
        (
            Loop(normal=lambda x, mean, std, t: x - mean),
            Loop(normal=lambda x, mean, std, t: x / std),
            Loop(normal=lambda x, mean, std, t: x - mean / std),
            Loop(normal=lambda x, mean, std, t: x / std - mean),
            Loop(normal=lambda x, mean, std, t: (x - std) / mean),
            Loop(normal=lambda x, mean, std, t: (x + mean) / std),
            Loop(normal=lambda x, mean, std, t: x * std + mean),
            Loop(normal=lambda x, mean, std, t: (x - mean) * std),
            Loop(normal=lambda x, mean, std, t: (x - mean) / std**2),
            Loop(normal=lambda x, mean, std, t: (x - mean) / np.sqrt(std)),
            Loop(normal=lambda x, mean, std, t: (mean - x) / std),
        ),
    ),
    (
        "normalised-twice",
        "States are normalised twice.",
        ("What is kept: the observations, or the normalised states? And what is done to them at each step?",),
        (
            Loop(normal=lambda x, mean, std, t: ((x - mean) / std - mean) / std),
            Loop(normal=_raw, states=_again_and_again),
        ),
    ),
    (
        "own-statistics",
        "The states are normalised with the episode's own mean and standard deviation; the model was trained with the "
        "data's.",
        ("`model.config` has the statistics that the training used.",),
        (Loop(normal=_raw, states=_standardised),),
    ),
    (
        "target-not-scaled",
        "The target return isn't divided by the scale; the model knows returns in scaled units.",
        ("In which units does `target_return` come in, and in which does the model want it?",),
        (
            Loop(asked=lambda target, scale: target),
            Loop(asked=lambda target, scale: target, left=lambda left, reward, scale, asked: left - reward),
            Loop(asked=lambda target, scale: target * scale),
        ),
    ),
    (
        "reward-not-scaled",
        "The reward is subtracted as it is; what remains is in scaled units.",
        ("In which units is what remains, and in which is the reward?",),
        (Loop(left=lambda left, reward, scale, asked: left - reward),),
    ),
    (
        "reward-not-scaled",
        "The reward is multiplied by the scale before it is subtracted; it has to be divided by it.",
        ("In which units is what remains, and in which is the reward?",),
        (Loop(left=lambda left, reward, scale, asked: left - reward * scale),),
    ),
    (
        "not-counted-down",
        "The target stays what it was; after each step, less remains to be earned.",
        ("Print what you give as returns-to-go, at each step.",),
        (Loop(left=lambda left, reward, scale, asked: left),),
    ),
    (
        "counted-down-twice",
        "The reward is subtracted twice.",
        ("Print what you give as returns-to-go, at each step.",),
        (
            Loop(left=lambda left, reward, scale, asked: left - 2 * reward / scale),
            Loop(left=lambda left, reward, scale, asked: (left - reward / scale) - reward),
        ),
    ),
    (
        "counted-up",
        "The reward is added; what has been earned no longer remains to be earned.",
        ("Does less remain, or more?",),
        (
            Loop(left=lambda left, reward, scale, asked: left + reward / scale),
            Loop(left=lambda left, reward, scale, asked: left + reward),
        ),
    ),
    (
        "only-the-last-reward",
        "What remains is the whole target less the last reward; all rewards so far have to be subtracted.",
        ("What is the first argument of `next_target_return` in the third step?",),
        (Loop(left=lambda left, reward, scale, asked: asked - reward / scale),),
    ),
    (
        "stopped-at-zero",
        "What remains never falls below 0 in your loop. It may: the agent has then earned more than was asked of it.",
        ("Leave the plain difference as it is.",),
        (Loop(left=lambda left, reward, scale, asked: max(left - reward / scale, 0.0)),),
    ),
    (
        "earned-in-place-of-remaining",
        "The model is given what has been earned so far; it wants what remains to be earned.",
        ("What is the return-to-go at the first step?",),
        (
            Loop(asked=lambda target, scale: 0.0, left=lambda left, reward, scale, asked: left + reward / scale),
            Loop(targets=lambda targets: [targets[0] - left for left in targets]),
        ),
    ),
    (
        "one-target-for-all",
        "All steps of the window are given the same return-to-go; each step has the one that it acted on.",
        ("What was still to be earned five steps ago? The window has a row for each step.",),
        (Loop(targets=lambda targets: [targets[-1]] * len(targets)),),
    ),
    (
        "one-target-for-all",
        "Only the newest step of the window has its return-to-go: those before it have 0, or the whole target.",
        ("What was still to be earned five steps ago? The window has a row for each step.",),
        (
            Loop(targets=lambda targets: [0.0] * (len(targets) - 1) + targets[-1:]),
            Loop(targets=lambda targets: [targets[0]] * (len(targets) - 1) + targets[-1:]),
        ),
    ),
    (
        "target-a-step-late",
        "The newest return-to-go doesn't know of the last reward: the target is counted down a step too late.",
        ("Which comes first: the next window, or the subtraction?",),
        (
            Loop(targets=lambda targets: targets[:1] + targets[:-1]),
            Loop(targets=lambda targets: targets[:-1] + targets[-2:-1] if len(targets) > 1 else targets),
        ),
    ),
    (
        "target-a-step-early",
        "The returns-to-go have been moved by a step: each one has to stand beside the state that it belongs to.",
        (_WHERE,),
        (Loop(targets=lambda targets: targets[1:] + targets[-1:]),),
    ),
    (
        "stale-state",
        "The model acts on an old state: what `env.step` returned is not what the next window ends with.",
        ("Follow the observation from `env.step` to the next window.",),
        (
            Loop(news=lambda before, now: before),
            Loop(states=lambda states, *_: np.concatenate([states[:1], states[:-1]])),
            Loop(states=lambda states, *_: np.concatenate([states[:-1], states[-2:-1]]) if len(states) > 1 else states),
        ),
    ),
    (
        "one-state-for-all",
        "All steps of the window are given the same state.",
        ("Is each state kept, or are there several names for one array?",),
        (Loop(states=lambda states, *_: np.repeat(states[-1:], len(states), axis=0)),),
    ),
    (
        "one-state-for-all",
        "Only the newest step of the window has its state; those before it are zeros.",
        ("Where is each state kept for the rounds that follow?",),
        (Loop(states=lambda states, *_: np.concatenate([0 * states[:-1], states[-1:]])),),
    ),
    (
        "times-in-the-window",
        "The timesteps are counted in the window, so that they never get beyond K - 1; count them in the episode.",
        ("Which timestep is the 50th step of an episode?",),
        (
            Loop(times=lambda t, K: np.arange(t + 1) - max(t + 1 - K, 0)),
            Loop(times=lambda t, K: (np.arange(t + 1) - max(t + 1 - K, 0)).clip(0)),
        ),
    ),
    (
        "times-from-one",
        "The timesteps begin at 1; the first step is step 0.",
        ("Where does the collator begin to count?",),
        (Loop(times=lambda t, K: np.arange(t + 1) + 1),),
    ),
    (
        "times-padded",
        "Early in the episode the timesteps count the padding, too: the first real step is step 0.",
        ("Which timestep has the first real step, when three rows of padding stand before it?",),
        (Loop(times=lambda t, K: np.arange(t + 1) + max(K - t - 1, 0)),),
    ),
    (
        "times-reversed",
        "The timesteps run backwards.",
        ("The newest step is the last row, and has the largest timestep.",),
        (
            Loop(times=lambda t, K: np.arange(t + 1)[::-1].copy()),
            Loop(times=lambda t, K: np.concatenate([np.zeros(max(t + 1 - K, 0), int), np.arange(t + 1)[-K:][::-1]])),
        ),
    ),
    (
        "one-time-for-all",
        "All steps of the window are given the same timestep.",
        ("The window has a row for each step, and each step a time of its own.",),
        (
            Loop(times=lambda t, K: np.full(t + 1, t)),
            Loop(times=lambda t, K: np.zeros(t + 1, int)),
        ),
    ),
    (
        "one-time-for-all",
        "Only the newest step of the window has its timestep; those before it have 0.",
        ("The window has a row for each step, and each step a time of its own.",),
        (Loop(times=lambda t, K: np.concatenate([np.zeros(t, int), [t]])),),
    ),
    (
        "times-a-step-off",
        "The timesteps are one step off from the second step on.",
        (_WHERE,),
        (Loop(times=lambda t, K: np.maximum(np.arange(t + 1) - 1, 0)),),
    ),
    (
        "actions-forgotten",
        "The model never sees what it did: the past actions in the window are all zeros.",
        ("Where is the prediction written into the history?",),
        (Loop(past=lambda actions: 0 * actions),),
    ),
    (
        "actions-forgotten",
        "Of the past actions the model sees only the last one; those before it are zeros.",
        ("Where is the prediction written into the history, and does it stay there?",),
        (Loop(past=lambda actions: np.concatenate([0 * actions[:-2], actions[-2:]])),),
    ),
    (
        "actions-forgotten",
        "All past actions in the window are the same one; each step has the action that was chosen in it.",
        ("Is each action kept, or are there several names for one array?",),
        (
            Loop(past=lambda actions: np.repeat(actions[:1], len(actions), axis=0)),
            Loop(past=lambda actions: np.repeat(actions[-2:-1], len(actions), axis=0) if len(actions) > 1 else actions),
        ),
    ),
    (
        "actions-shifted",
        "The past actions stand a step off: an action stands in the row of the state in which it was chosen.",
        ("Write down the rows of the third window: s1, a1; s2, a2; s3, and no action yet.",),
        (
            Loop(past=_shifted),
            Loop(past=lambda actions: np.concatenate([actions[1:], actions[-1:]])),
        ),
    ),
)
