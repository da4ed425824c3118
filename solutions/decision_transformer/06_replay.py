# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. Replay: ask for a return, watch it run
#
# {{badges}}
#
# After this notebook you can
#
# - write the loop in which a Decision Transformer controls a robot, step by step;
# - count down the return that remains to be earned;
# - measure a policy honestly, over several episodes, and film it;
# - say which mistakes in the loop cost the robot its gait, and which hardly matter;
# - say when a target return is obeyed, and what the model attends to.
#
# About 60 minutes, three exercises. The cells take about a minute and a half of one CPU core.

# %% tags=["setup"]
import json

# The helpers come before torch: they tell its threads how to wait for each other.
from dt_helpers import (
    attention,
    attention_plots,
    card,
    check,
    data,
    envs,
    experts,
    plots,
    rollout,
    slider,
    slips,
    sweep,
    training,
)
from dt_helpers.workspace import workspace
from dt_helpers.workspace.own import keep

import numpy as np
import torch

trajectories = data.load("halfcheetah-expert")
model = training.load_or_provided()

# %% [markdown]
# ## Acting is autoregressive
#
# When a language model writes, each word it has written becomes part of its input. A Decision Transformer does the
# same, with a robot in between:
#
# 1. Write down the return you want, and what the robot senses now.
# 2. The model predicts the action.
# 3. The robot carries it out; there is a reward and a new state.
# 4. Subtract the reward from the target return, append everything, and go back to 2.
#
# Two small functions come first, and then the loop itself.

# %% [markdown]
# ### Exercise: the context window
#
# ●○○ · about 3 minutes · the model was trained on K steps and must never see more
#
# Keep the last `length` steps. Early in an episode there are fewer; then keep all of them.


# %% nbgrader={"grade": false, "grade_id": "context_window", "locked": false, "schema_version": 3, "solution": true, "task": false}
def context_window(sequence, length):
    """The last `length` rows of a sequence.

    sequence : (t, d) tensor, one row a step, the newest at the end; timesteps are whole numbers, all else floats.
    Returns a tensor (min(t, length), d).
    """
    ### BEGIN SOLUTION
    return sequence[-length:]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_context_window", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.context_window(context_window)

# %% tags=["nbval-check-output"]
check.question("count-down")

# %% [markdown]
# ### Exercise: what remains to be earned
#
# ●○○ · about 3 minutes · in the wrong units, the target falls a thousand times too fast
#
# The model knows returns in *scaled* units (divided by `scale`, as in the collator); the environment's reward is not
# scaled.


# %% nbgrader={"grade": false, "grade_id": "next_target_return", "locked": false, "schema_version": 3, "solution": true, "task": false}
def next_target_return(target_return, reward, scale):
    """The return that remains to be earned after a step; below 0 if more was earned than asked for.

    Three numbers:
    target_return : what remained to be earned before the step, in scaled units.
    reward : what the step earned, in the environment's units.
    scale : the environment's units in one scaled unit.
    """
    ### BEGIN SOLUTION
    return target_return - reward / scale
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_next_target_return", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.next_target_return(next_target_return)

# %% [markdown]
# ## Which return to ask for
#
# The data decides (notebook 2). A good target is high, but was reached by some of the recorded episodes. Here we take
# the return that only a tenth of them exceed.

# %%
target_return = float(np.quantile(trajectories.returns, 0.9))
print(
    f"asking for {target_return:,.0f}; the data's mean is {trajectories.returns.mean():,.0f}, "
    f"its best {trajectories.returns.max():,.0f}"
)

# %% [markdown]
# ## The loop
#
# Now put it together. Start with `model.eval()`, which turns dropout off, and `env.reset(seed=seed)`. Then, in the steps
# t = 0, 1, 2, ...:
#
# 1. **Observe and normalise.** The state is the newest observation, less the mean and divided by the standard deviation
#    that the training used: `state_mean` and `state_std` in `model.config`.
# 2. **Cut the window**: the last K steps of the states, actions, returns-to-go and timesteps. K is `context_length`. The
#    timesteps count in the episode, from 0. The newest action isn't known yet: zeros, or whatever you like, hold its
#    place, since the model can't see it.
# 3. **Pad it on the left.** Early in the episode there are fewer than K steps. As in training, padding stands before
#    them, and its mask is 0. (A shorter window without padding gives the same action.)
# 4. **Predict.** Nothing is trained here, so turn the gradients off: `torch.no_grad()` or `torch.inference_mode()`.
# 5. **Act.** The action of the newest step, which stands last, goes to `env.step` as an array, unclipped: the tanh in
#    the model's head has already kept it between -1 and 1.
# 6. **Count down.** Note the reward. What remains to be earned begins with the whole target return, in scaled units
#    (`return_scale`); subtract the reward from it. It may fall below 0.
#
# The episode is over when `env.step` says `terminated` or `truncated`, and after `max_steps` steps at the latest.
#
# The model is called as in notebook 4, for a batch of one:
#
# ```python
# output = model(
#     states=...,          # (1, K, state_dim), float32
#     actions=...,         # (1, K, act_dim), float32
#     returns_to_go=...,   # (1, K, 1), float32, scaled
#     timesteps=...,       # (1, K), whole numbers
#     attention_mask=...,  # (1, K): 1 for a real step, 0 for padding
# )
# output.action_preds      # (1, K, act_dim)
# ```

# %% [markdown]
# ### Exercise: one episode
#
# ●●● · about 25 minutes · this loop *is* the Decision Transformer at work
#
# Use `context_window` and `next_target_return`, or do without them.


# %% nbgrader={"grade": false, "grade_id": "run_episode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def run_episode(model, env, target_return, max_steps, seed):
    """Let a model act in an environment for one episode, and return the rewards, one number per step.

    model : the Decision Transformer, perhaps in training mode. `model.config` has `context_length` (K), `state_mean` and
        `state_std` (lists of state_dim numbers), `return_scale`, `state_dim` and `act_dim`.
    env : the environment, as in gymnasium. It gives observations (state_dim,) and takes actions (act_dim,), as arrays.
    target_return : the return to ask for, in the environment's units; any number.
    max_steps : the most steps to make, at least 1. The model has time embeddings for at least as many.
    seed : a whole number for `env.reset`.
    Returns the rewards in their order, a list or an array of as many numbers as there were steps, as `env` gave them.
    """
    ### BEGIN SOLUTION
    config = model.config
    K, scale = config.context_length, config.return_scale
    mean, std = np.array(config.state_mean), np.array(config.state_std)
    model.eval()
    observation, _ = env.reset(seed=seed)
    remaining, rewards = target_return / scale, []
    states, actions, targets = torch.zeros(0, config.state_dim), torch.zeros(0, config.act_dim), torch.zeros(0, 1)
    for t in range(max_steps):
        # what the robot senses and what remains to be earned; the action is not known yet
        state = torch.as_tensor((observation - mean) / std, dtype=torch.float32)
        states = torch.cat([states, state[None]])
        actions = torch.cat([actions, torch.zeros(1, config.act_dim)])
        targets = torch.cat([targets, torch.tensor([[remaining]], dtype=torch.float32)])
        timesteps = torch.arange(t + 1)[:, None]

        window = [context_window(x, K) for x in (states, actions, targets, timesteps)]
        missing = K - len(window[0])
        s, a, r, times = (torch.nn.functional.pad(x, (0, 0, missing, 0))[None] for x in window)  # (1, K, ...)
        mask = (torch.arange(K) >= missing).long()[None]  # (1, K)
        with torch.no_grad():
            output = model(states=s, actions=a, returns_to_go=r, timesteps=times[..., 0], attention_mask=mask)
        actions[-1] = output.action_preds[0, -1]

        observation, reward, terminated, truncated, _ = env.step(actions[-1].numpy())
        rewards.append(reward)
        remaining = next_target_return(remaining, reward, scale)
        if terminated or truncated:
            break
    return rewards
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_run_episode", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.run_episode(run_episode)

# %% [markdown]
# Your loop, in the cheetah's world. `rollout.evaluate`, which comes with the course, is the same loop for many episodes
# at once; from here on it does the long runs and the films. Does it earn the same from the same start?

# %%
settings = training.preset()
quick_look = settings.preset == "ci"  # the smallest preset, for automatic tests: few and short episodes
short = 20 if quick_look else 200
rewards = run_episode(model, envs.make("HalfCheetah-v5"), target_return, short, seed=100)
beside = rollout.evaluate(model, "HalfCheetah-v5", target_return, episodes=1, seed=100, max_steps=short, progress=False)
for count in (5, 20, short):
    yours, ours = np.sum(rewards[:count]), beside.rewards[0, :count].sum()
    print(f"the first {count:3d} steps: your loop earns {yours:8,.2f}, rollout.evaluate {ours:8,.2f}")

# %% [markdown]
# Both do the same, but round differently (`rollout.evaluate` counts down with fewer digits, and need not pad), so their
# last digits differ, and a running robot makes more and more of such a difference: that is chaos. At first they earn
# the same; later they take different steps, and a model that runs well goes at about the same pace.
#
# The loop knows nothing about cheetahs. Keep it for the robots of the challenges. There, `from dt_helpers.workspace.own
# import kept` and `run_episode = kept("run_episode")` bring it back.

# %%
keep(run_episode)

# %% [markdown]
# ## Measure it
#
# One episode is an anecdote. `rollout.evaluate` runs several at once, each from its own seed, with one forward pass per
# step for all of them. Beside the result stand the returns in the recordings, what the expert earns without the noise
# that was added to its actions when it was recorded, and what the average of its noisy actions earns (explained below).

# %%
episodes, steps = (2, 50) if quick_look else (16, 1000)
evaluation = rollout.evaluate(model, "HalfCheetah-v5", target_return, episodes=episodes, seed=100, max_steps=steps)
print(evaluation)
print(f"the recorded episodes earned {trajectories.returns.mean():,.0f} ± {trajectories.returns.std():,.0f}")
noiseless = experts.measure("halfcheetah", "1000k", noise=0.0, episodes=episodes, seed=100)
print(f"the expert without noise earns {noiseless['mean']:,.0f} ± {noiseless['std']:,.0f}")
average = experts.measure("halfcheetah", "1000k", noise=0.1, average=True, episodes=episodes, seed=100)
print(
    f"the average of the actions that were recorded in each state earns {average['mean']:,.0f} ± {average['std']:,.0f}"
)
plots.return_so_far(evaluation)

# %% [markdown]
# **Better than its data?** If the model earns more than the recordings, it has not found a better way to run. The
# recordings carry noise on every action, and the squared error is smallest for the *average* action, so the model
# learns the average of what was recorded, which is nearly what the expert does without the noise. This is denoising.
# The fair yardsticks are the last two lines. At the bounds, the average recorded action is smaller than the expert's
# own (notebook 5), so a model that learns that average perfectly earns what the last line says. What is missing up to
# that line is the model's; the difference between the last two lines is not.
#
# The numbers are kept for a summary of the whole course, and on the card of the model that you have trained.

# %%
results = {
    "preset": getattr(model.config, "preset", "unknown"),
    "target_return": target_return,
    "episodes": episodes,
    "steps": steps,
    "mean_return": evaluation.mean,
    "worst_return": evaluation.worst,
    "dataset_mean_return": float(trajectories.returns.mean()),
}
_ = (workspace() / "results.json").write_text(json.dumps(results, indent=1))
card.note_return(workspace() / "model", evaluation)  # if you have trained one: its card now tells what it earns

# %% [markdown]
# ## What can you afford to forget?
#
# Six slips are easily made in this loop. **Before you run the next cell**, put your guess into it: how much of the
# return of the first 200 steps is left with each slip, from 0, the robot does not run, to 1, nothing is lost?
#
# - *states not normalised*: the model gets raw numbers, but was trained on normalised ones;
# - *reward not scaled*: the target falls a thousand times too fast;
# - *target not counted down*: it stays what it was at the start;
# - *timesteps counted in the window*, so that they never get beyond K - 1, rather than in the episode;
# - *past actions hidden*: zeros stand in their place;
# - *dropout left on*: `model.eval()` was forgotten. `quick` trains without any dropout, so here a copy of the model
#   gets a dropout of 0.1.
#
# Your loop stays as it is. In place of the model it gets a stand-in that behaves as if your loop had made the slip.

# %%
guess = {
    "states not normalised": 0.5,
    "reward not scaled": 0.5,
    "target not counted down": 0.5,
    "timesteps counted in the window": 0.5,
    "past actions hidden": 0.5,
    "dropout left on": 0.5,
}

# %%
left = {}
for slip in slips.SLIPS:
    forgetful = slips.forgetful(model, slip)  # gets what a loop with that slip would give it
    earned = [
        np.sum(run_episode(forgetful, envs.make("HalfCheetah-v5"), target_return, short, seed)) for seed in (0, 1)
    ]
    left[slip] = float(np.mean(earned))
    print(f"{slip:33s} earned {' and '.join(f'{value:6,.0f}' for value in earned)}")
plots.slips({slip: left[slip] / left["none"] for slip in guess}, guess)

# %% [markdown]
# Only one of them is fatal to a model that runs well. (If yours hardly earns anything, these shares say little.) The
# model lives on its states, and raw numbers are like none that it was trained on.
# Dropout adds noise to every action. The target hardly matters to a model whose recordings all earned about the same,
# the time does not seem to matter either, and past actions were hidden in nine windows of ten in training. A few per
# cent are chance, even where all bars lie on one side: each is the mean of two episodes, divided by the same two runs
# of the right loop. (With ten seeds, and for two models, the two slips of the target, that of the time and that of the
# past actions all lay within three per cent of the right loop.) That is no licence to be careless: a model that learned
# from mixed data needs its target, as we are about to see.

# %% [markdown]
# ## Film it
#
# One call runs an episode and films it. The caption shows what has been earned so far, and what was asked for.

# %%
replay, _ = rollout.record(
    model, "HalfCheetah-v5", target_return, workspace() / "replay.mp4", seed=100, max_steps=60 if quick_look else 400
)
replay

# %% [markdown]
# ## Ask for something else
#
# Does the model do what it is told? Ask for nothing, for half of the best return, for the best, and for more than any
# episode earned. `sweep.sweep` runs all targets side by side.

# %% tags=["nbval-check-output"]
check.question("beyond-the-best")

# %%
best = float(trajectories.returns.max())
expert_sweep = sweep.sweep(
    model,
    trajectories,
    targets=[0, 0.5 * best, best, 1.4 * best],
    episodes=2 if quick_look else 4,
    seed=200,
    max_steps=steps,
)
print(expert_sweep)
print(f"the targets differ by {1.4 * best:,.0f}, the mean returns by {np.ptp(expert_sweep.table['mean']):,.0f}")

# %% [markdown]
# Compare the two numbers in the last line: what it earns has next to nothing to do with what it is asked for. (The
# *rank correlation* says whether more is earned where more is asked for: 1 if always, near 0 if one has nothing to do
# with the other, -1 if it is the other way round. That of so few means says little; three of them can be in order by
# chance.) The data explains why. All recorded episodes earned about the same, so the target told the model nothing
# about which action to take that the state did not.
#
# ## Recordings of every quality
#
# `halfcheetah-mixed` was recorded at four stages of the expert's training, from a beginner's run, not half as fast, to
# the one that you know. Now the target tells something: at the start all episodes look alike, and only the return-to-go
# says which of the gaits will follow.
#
# (The smallest case of this is a task with a single reward at its end: 1 for success, 0 for failure. Its targets are 1
# and 0, and asking for 1 asks for success.)
#
# A model that was trained on this set comes with the course. When the next cell has loaded `mixed`,
# `training.train(mixed, output=workspace() / "model-mixed")` trains your own in about half a minute to two minutes; run
# the cell again, and it uses yours. Without `targets` the sweep asks for returns that recorded episodes earned, from
# low to high, and leaves out the gaps between the stages, where there is nothing to imitate; the last target is 1.2
# times the best return.

# %%
mixed = data.load("halfcheetah-mixed", episodes=25 if quick_look else None)
mixed_model = training.load_or_provided("model-mixed")
mixed_sweep = sweep.sweep(
    mixed_model,
    mixed,
    episodes=2 if quick_look else 8,
    seed=200,
    max_steps=steps,
)
print(mixed_sweep)
print(f"as a table for your own plots: {mixed_sweep.to_csv(workspace() / 'targets.csv')}")
plots.target_against_achieved(mixed_sweep)

# %% [markdown]
# This model does follow its target: asked for more, it earns more. It follows roughly rather than exactly, as the
# distance from the dashed line shows, and beyond the best recorded run there is nothing to imitate. Look at the faint
# dots too, which are single runs: where they lie far apart, the same target led to quite different runs. The rank
# correlation of single episodes says how far that blurs the order; how far from the dashed line the dots lie, neither
# of the two rank correlations says.
#
# ## Choose a target, watch it run
#
# The same start with another target: drag the slider, or use the arrow keys. All replays were filmed beforehand, so no
# kernel is needed. A click on the picture stops it.

# %%
slider.film(
    mixed_model,
    "HalfCheetah-v5",
    mixed_sweep.table["target"],
    workspace() / "targets.mp4",
    seed=200,
    max_steps=20 if quick_look else 200,
)

# %% [markdown]
# ## What an action looks at
#
# The action is read off the newest state's token, and that token collects what it needs by **attention**: in each layer
# its weights over the window's tokens sum to 1. Here they are averaged over an episode's first 300 steps, without those
# at which the window was not yet full. The newest action has no bar, since it is what is to be predicted. The dotted
# line is what each token would get if all were treated alike.

# %%
asked = float(np.quantile(mixed.returns, 0.9))
seen = attention.watch(
    mixed_model,
    "HalfCheetah-v5",
    target_return=asked,
    max_steps=40 if quick_look else 300,
)
K = mixed_model.config.context_length
print(
    f"if all were alike, returns-to-go and states would get {K / (3 * K - 1):.0%} each, actions {(K - 1) / (3 * K - 1):.0%}"
)
attention_plots.where_it_looks(seen)

# %% [markdown]
# Compare the bars with the dotted line before you read anything into them: a share of a third is what a model without
# any preference would give. Within a layer, the bars of the returns-to-go are much the same height, which fits, as
# within 20 steps they hardly change. (With the course's model only the oldest bar of the second layer stands out.)
# Where the bars of the states rise and fall, some moments get more attention than others. How far apart are the crests,
# and how long is a stride? Here is the strongest rhythm in the actions of the best recorded episode:

# %%
gait = mixed.episode(int(mixed.returns.argmax()))["actions"][-500:]
rhythm = np.abs(np.fft.rfft(gait - gait.mean(axis=0), axis=0)).sum(axis=1)
print(f"a stride takes {len(gait) / rhythm.argmax():.1f} steps")

# %% [markdown]
# And this is the first layer, not averaged, for the last 100 of these steps: each column is an action, each row tells
# how many steps ago the state was that it looks at.

# %%
attention_plots.attention_over_time(seen, layer=0)

# %% [markdown]
# Bright dots that are a stride apart, across and down, mean that the model looks back at the same moment of earlier
# strides. Where dots form a line that falls to the right, one state is looked at again and again while it grows older.
# (Attention shows where a model looks, not why: to know what a token does, change it and see what happens to the
# action.)
#
# ## Where the states end up
#
# Behind the last layer a state is a point in a space of 128 dimensions, from which a linear layer and a tanh make the
# action. The second picture below shows that space from its widest side: 2,000 recorded states in the two directions in
# which they differ most, and twelve steps in a row of the best and of the poorest episode (one of a few in which the
# beginner did not get going). But first, for comparison, the same for the states as they go **into** the model,
# normalised and otherwise raw.

# %%
count = 100 if quick_look else 2000
anchors = np.random.default_rng(0).choice(mixed.n_steps, count, replace=False)
earned = mixed.returns[mixed.episode_of[anchors]]
strides = {
    f"an episode of {mixed.returns[i]:,.0f}": mixed.offsets[i] + np.arange(300, 312)
    for i in (mixed.returns.argmax(), mixed.returns.argmin())
}
normalised = (mixed.observations - mixed.state_mean) / mixed.state_std
paths = {name: normalised[rows] for name, rows in strides.items()}
attention_plots.state_map(normalised[anchors], earned, "return of the episode", paths)

# %%
tokens = attention.state_tokens(mixed_model, mixed, anchors)  # (count, 128)
paths = {name: attention.state_tokens(mixed_model, mixed, rows) for name, rows in strides.items()}
attention_plots.state_map(tokens, earned, "return of the episode", paths)

# %% [markdown]
# A good runner goes round a ring once per stride, in one direction, so the place on the ring is roughly the phase of
# the gait. It is tempting to say that the model has discovered this, but the first picture shows the ring as well: it
# lies in the states. A picture of what a model has "learned" needs one of its input beside it. What the model adds is
# the difference between the two.
#
# ## Takeaways
#
# - Acting is a loop: predict, act, subtract the reward, append.
# - The data decides which targets mean anything: only where it holds bad, middling and good episodes is there something
#   to choose from.
# - Earning more than noisy recordings may be mere denoising. Compare with the expert without noise, and with the
#   average of its noisy actions.
# - Predict what a mistake costs, then measure. Judge a policy by several seeded episodes, by their mean and by the
#   worst.
#
# Next: [stitching](07_stitching.ipynb).

# %%
check.progress()

# %% [markdown]
# ## One more thing: your model, live
#
# A film shows what was asked for before it was made. The next cell exports your model and the mixed one, and opens a page
# below it on which they run: robot and model are computed in your browser. Move the slider while the robot runs, push
# it, hide its past actions, watch what it attends to. *Model* on the page changes to the mixed one, which obeys the
# slider.
#
# Where the page can't be shown there is a film, and a sentence says what is missing.

# %%
from dt_helpers import live

live.show(model, mixed_model)
