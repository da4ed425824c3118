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
# # 1. Setup: a robot that learned from recordings
#
# {{badges}}
#
# After this notebook
#
# - your machine is checked, and you know what to do about anything that is missing;
# - you have watched an expert run, on your own machine;
# - you know what a Decision Transformer is, what it replaces, and why learning from recordings is hard.
#
# About 10 minutes of your time; the cells take a few seconds of one CPU core. (Each notebook begins with these two
# figures. The second was measured where the outputs of the solution were made; a slow or busy machine takes longer.)
# Nothing to write yet. (In later notebooks each exercise says how hard it is, from ●○○ to ●●●. It counts 2 points; the
# whole model in notebook 4 and the loop in notebook 6 count 4.)

# %% tags=["setup"]
from dt_helpers import check_environment, envs, experts, video
from dt_helpers.workspace import workspace

# %% [markdown]
# ## What this course builds
#
# Reinforcement learning usually means trial and error: act, see the reward, adjust. **Offline** reinforcement learning
# may not try anything. There is only a recording of somebody else's behaviour: what they saw, what they did, and what
# it earned them. A policy (a rule from what is sensed to what is done) has to be made from that alone.
#
# A **Decision Transformer** ([Chen et al., 2021](https://arxiv.org/abs/2106.01345)) treats the recording as text. Each
# step becomes three tokens: how much reward is still to come (the *return-to-go*), what the robot senses, and what it
# does. A small GPT learns to continue such sequences. To act, you write down the return that you would *like* to get,
# show the model what the robot senses, and let it fill in the action.
#
# ## What it replaces, and why offline is hard
#
# Classical methods learn how good an action is: its *value* $Q(s, a)$, the return to expect from it, its own reward
# included. They compute a value from the value that follows it, a step that is called a **Bellman backup**:
#
# $$
# Q(s, a) \leftarrow r + \max_{a'} Q(s', a')
# $$
#
# where $r$ is the reward of the step and $s'$ is what is sensed after it. (Often the second term is discounted:
# notebook 2.) Repeated for many steps, each time moving the value a little, this is *Q-learning*. It assumes that what
# is sensed now, and what is done, is all that matters for what happens next, which makes the world a *Markov decision
# process* (MDP).
#
# Offline this has a catch. The maximum goes over all actions, including those that nobody ever tried in that situation.
# Their values are guesses, the maximum picks the most flattering guess, and no trial ever corrects it. So offline
# methods keep close to the recorded behaviour (*behaviour regularisation*: [Fujimoto et al.,
# 2019](https://arxiv.org/abs/1812.02900)) or lower the values where there is no data (*value pessimism*: [Kumar et al.,
# 2020](https://arxiv.org/abs/2006.04779)); [Levine et al. (2020)](https://arxiv.org/abs/2005.01643) give an overview. A
# Decision Transformer does without values. It imitates, but imitates *selectively*: "what did those do who still had
# this much to earn?" Its simplest rival is to throw away the poor episodes and copy the rest (*percentile behaviour
# cloning*). Both go by the return, and share a weakness: where chance has a say, they take luck for skill. Notebooks 7
# and 8 compare them, and Q-learning and pessimism too, and show where luck fools the Decision Transformer.
#
# | notebook | what you do there |
# | --- | --- |
# | 1 setup | check the machine, watch an expert |
# | 2 dataset | look into the recordings, compute returns-to-go |
# | 3 collator | cut them into windows that a transformer can read |
# | 4 model | build the Decision Transformer |
# | 5 training | train it with the Hugging Face Trainer |
# | 6 replay | let it control the robot, and film it |
# | 7 stitching | find shortest paths from random walks, and compare with rivals |
# | 8 alternatives | cloning the best, Q-learning, a key and a door, and where luck is taken for skill |
# | 9 challenges | other robots, a published model, an agent that sees |
#
# Each notebook can be opened without the ones before it. If you get stuck in an exercise, each call of `check.hint(f)`
# gives one more hint for your function `f`, and after three failed checks `check.solution(f)` shows one way to write
# it. `check.progress()` tells what you have solved in all notebooks.
#
# The course grew out of a [tutorial by Edward Beeching and Thomas
# Simonini](https://huggingface.co/blog/train-decision-transformers) at Hugging Face.

# %% [markdown]
# ## Is everything here?
#
# The table names each thing that the course needs, what was found, and what to do if it is missing. Replays are drawn
# with OpenGL (by EGL or OSMesa on Linux, by the system's own way on a Mac and on Windows). Where that does not work,
# the course draws the robot itself, so you will see a replay on every machine.

# %%
check_environment()

# %% [markdown]
# ## Watch an expert
#
# The robot is [Gymnasium's `HalfCheetah`](https://gymnasium.farama.org/environments/mujoco/half_cheetah/): two legs and
# a trunk in a plane, six joints, twenty decisions per second. It senses 17 numbers (positions and velocities of its
# parts), sets 6 motors, each to a number between -1 and 1 (a share of its greatest torque), and earns its forward speed
# minus a little for the effort. An episode is 1,000 steps: 50 seconds.
#
# The expert below was trained by trial and error, for a million steps, with an algorithm called TD3 ([Fujimoto et al.,
# 2018](https://arxiv.org/abs/1802.09477)), which learns by Bellman backups. It comes with the course as a small neural
# network. The recordings of notebooks 2, 3, 5 and of the first half of notebook 6 are its runs, with a little noise
# added to its actions.

# %%
expert = experts.load("halfcheetah", "1000k")
env = envs.make("HalfCheetah-v5")
video.record_episode(
    env, lambda observation: expert(observation[None])[0], workspace() / "expert.mp4", seed=0, max_steps=200
)

# %% [markdown]
# The film shows the first 200 steps, and its caption the sum of the rewards so far. (Over a whole episode, 1,000 steps,
# this sum is the return.) And this is what the same network did when it had trained for only 50,000 steps. Compare the
# captions: it earns less than half.

# %%
beginner = experts.load("halfcheetah", "50k")
video.record_episode(
    env, lambda observation: beginner(observation[None])[0], workspace() / "beginner.mp4", seed=0, max_steps=200
)

# %% [markdown]
# ## Takeaways
#
# - Offline reinforcement learning turns recordings into a policy, without trying anything out. It is hard because
#   nobody can say what an action that was never taken would have earned.
# - A Decision Transformer predicts actions in a sequence of returns-to-go, states (what is sensed) and actions, in
#   place of estimating values.
#
# Next: [the dataset](02_dataset.ipynb).
