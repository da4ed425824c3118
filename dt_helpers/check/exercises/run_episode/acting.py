"""What students get wrong in what is done with the prediction, and in when the episode is over."""

import numpy as np

from dt_helpers.check.exercises.run_episode.loop import Loop


def _again(env, seed):
    env.reset(seed=seed)
    return env.reset()[0]


def _twice(env, action):
    env.step(action)
    return env.step(action)


ACTING = (
    (
        "first-position",
        "The action of the first position is taken, an old step's or the padding's; the newest step is the last one.",
        ("Where in the window is the state that you act on?",),
        (Loop(read=lambda output, real: output.action_preds[0, 0]),),
    ),
    (
        "first-position",
        "The action of the window's oldest step is taken; the newest step is the last one.",
        ("Where in the window is the state that you act on?",),
        (Loop(read=lambda output, real: output.action_preds[0, -real]),),
    ),
    (
        "another-position",
        "The action is read at another position than the newest step's.",
        ("Where in the window is the state that you act on?",),
        (
            Loop(read=lambda output, real: output.action_preds[0, -2:][0]),
            Loop(read=lambda output, real: output.action_preds[0, real - 1]),
            Loop(read=lambda output, real: output.action_preds[0, min(real, output.action_preds.shape[1] - 1)]),
        ),
    ),
    (
        "another-position",
        "The actions of all positions are averaged; the newest step's is wanted.",
        ("Where in the window is the state that you act on?",),
        (Loop(read=lambda output, real: output.action_preds[0].mean(dim=0)),),
    ),
    (
        "not-the-prediction",
        "What is carried out is not the predicted action.",
        ("Follow the prediction from the model to `env.step`: is it clipped, rounded or squashed on the way?",),
        (
            Loop(act=lambda actions, rng: 0 * actions[-1]),
            Loop(act=lambda actions, rng: -actions[-1]),
            Loop(act=lambda actions, rng: np.sign(actions[-1])),
            Loop(act=lambda actions, rng: np.round(actions[-1])),
            Loop(act=lambda actions, rng: np.tanh(actions[-1])),
            Loop(act=lambda actions, rng: np.clip(actions[-1], 0, 1)),
            Loop(act=lambda actions, rng: actions[0]),
        ),
    ),
    (
        "action-a-step-late",
        "The action that is carried out is the one of the step before.",
        ("Follow the prediction from the model to `env.step`.",),
        (
            Loop(act=lambda actions, rng: actions[-2] if len(actions) > 1 else actions[-1]),
            Loop(act=lambda actions, rng: actions[-2] if len(actions) > 1 else 0 * actions[-1]),
        ),
    ),
    (
        "stepped-twice",
        "The environment makes two steps for each action.",
        ("Count the calls of `env.step` in one round of the loop.",),
        (Loop(step=_twice),),
    ),
    (
        "seed-ignored",
        "The episode doesn't begin where the seed says: `env.reset(seed=seed)`, and once only.",
        ("Which calls of `env.reset` are there, and what are they given?",),
        (
            Loop(start=lambda env, seed: env.reset()[0]),
            Loop(start=_again),
            Loop(start=lambda env, seed: env.reset(seed=0)[0]),
            Loop(start=lambda env, seed: env.reset(seed=seed + 1)[0]),
        ),
    ),
    (
        "end-ignored",
        "The loop goes on after the episode's end: it is over if it was terminated or truncated.",
        ("Which two of the things that `env.step` returns say that the episode is over?",),
        (
            Loop(over=lambda terminated, truncated, remaining, t: False),
            Loop(over=lambda terminated, truncated, remaining, t: terminated and truncated),
        ),
    ),
    (
        "end-ignored",
        "The environment is reset where the episode is over, and the loop goes on; one episode's rewards are wanted.",
        ("What should happen in the round in which `terminated` or `truncated` is True?",),
        (
            Loop(again=lambda env, seed, _: env.reset()[0], over=lambda *_: False),
            Loop(again=lambda env, seed, _: env.reset(seed=seed)[0], over=lambda *_: False),
        ),
    ),
    (
        "terminated-ignored",
        "The loop goes on after `terminated`; an episode may end so, too.",
        ("Which two of the things that `env.step` returns say that the episode is over?",),
        (Loop(over=lambda terminated, truncated, remaining, t: truncated),),
    ),
    (
        "truncated-ignored",
        "The loop goes on after `truncated`; an episode may end so, too.",
        ("Which two of the things that `env.step` returns say that the episode is over?",),
        (Loop(over=lambda terminated, truncated, remaining, t: terminated),),
    ),
    (
        "max-steps-ignored",
        "The episode goes on after `max_steps`.",
        ("What ends the loop if the environment never does?",),
        (Loop(steps=lambda max_steps, K: 10**6), Loop(steps=lambda max_steps, K: 1000)),
    ),
    (
        "one-step-more",
        "One step more is made than `max_steps`.",
        ("How often does the loop run if max_steps is 1?",),
        (Loop(steps=lambda max_steps, K: max_steps + 1),),
    ),
    (
        "one-step-less",
        "A step is missing where nothing else ends the episode: up to `max_steps` steps are made.",
        ("How often does the loop run if max_steps is 1?",),
        (Loop(steps=lambda max_steps, K: max_steps - 1),),
    ),
    (
        "steps-of-the-window",
        "The episode ends after K steps; K is the length of the window, `max_steps` that of the episode.",
        ("Which number is the loop's?",),
        (Loop(steps=lambda max_steps, K: min(K, max_steps)), Loop(steps=lambda max_steps, K: K)),
    ),
    (
        "stops-when-earned",
        "The episode ends when the target has been earned. It goes on: only the environment and `max_steps` end it.",
        ("Which conditions end the loop?",),
        (
            Loop(over=lambda terminated, truncated, remaining, t: terminated or truncated or remaining <= 0),
            Loop(over=lambda terminated, truncated, remaining, t: terminated or truncated or remaining < 0),
        ),
    ),
    (
        "one-step-only",
        "The loop ends after its first step.",
        ("How far is `return`, or `break`, indented?",),
        (Loop(over=lambda terminated, truncated, remaining, t: True),),
    ),
    (
        "ends-too-early",
        "The loop ends while the episode goes on: is the condition the wrong way round?",
        ("What are `terminated` and `truncated` in an ordinary step?",),
        (
            Loop(over=lambda terminated, truncated, remaining, t: not (terminated or truncated)),
            Loop(over=lambda terminated, truncated, remaining, t: not terminated),
        ),
    ),
    (
        "last-reward-lost",
        "The reward of the last step is missing.",
        ("What comes first in the loop: the end, or the reward?",),
        (
            Loop(result=lambda rewards, ended, **_: rewards[: len(rewards) - ended]),
            Loop(result=lambda rewards, **_: rewards[:-1]),
        ),
    ),
    (
        "first-reward-extra",
        "There is a 0 before the first step's reward.",
        ("How many rewards has an episode of one step?",),
        (Loop(result=lambda rewards, **_: [0.0, *rewards]), Loop(result=lambda rewards, **_: [0.0, *rewards[:-1]])),
    ),
    (
        "total-returned",
        "The sum came back; the rewards of all steps are wanted, one number for each.",
        ("What is in the list after three steps?",),
        (
            Loop(result=lambda rewards, **_: sum(rewards)),
            Loop(result=lambda rewards, scale, **_: sum(rewards) / scale),
            Loop(result=lambda rewards, **_: [sum(rewards)]),
        ),
    ),
    (
        "total-returned",
        "One number came back; the rewards of all steps are wanted, one number for each.",
        ("What is in the list after three steps?",),
        (
            Loop(result=lambda rewards, **_: np.mean(rewards)),
            Loop(result=lambda rewards, **_: len(rewards)),
            Loop(result=lambda rewards, **_: rewards[-1]),
        ),
    ),
    (
        "rewards-scaled",
        "The rewards are scaled; they are wanted as the environment gave them.",
        ("The scale belongs to what the model is told, not to what was earned.",),
        (Loop(result=lambda rewards, scale, **_: [reward / scale for reward in rewards]),),
    ),
    (
        "rewards-summed",
        "Each number is the sum of the rewards so far; the reward of each step is wanted.",
        ("What is added to the list in the third step?",),
        (Loop(result=lambda rewards, **_: np.cumsum(rewards)),),
    ),
    (
        "rewards-summed",
        "Each number is the sum of the rewards from that step on; the reward of each step is wanted.",
        ("Those are returns-to-go. What did the third step earn by itself?",),
        (Loop(result=lambda rewards, **_: np.cumsum(rewards[::-1])[::-1]),),
    ),
    (
        "rewards-turned",
        "The rewards are in reverse.",
        ("At which end is each reward added?",),
        (Loop(result=lambda rewards, **_: rewards[::-1]),),
    ),
    (
        "something-else-returned",
        "What came back is another list of the loop's, not the rewards.",
        ("Look at the `return` line.",),
        (
            Loop(result=lambda rewards, targets, **_: targets),
            Loop(result=lambda rewards, actions, **_: np.array(actions)),
        ),
    ),
)
