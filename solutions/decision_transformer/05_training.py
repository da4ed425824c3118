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
# # 5. Training: learn to continue the recordings
#
# {{badges}}
#
# After this notebook you can
#
# - write the loss of a Decision Transformer, and say why the mask belongs in it;
# - train with the 🤗 Trainer: its arguments, its curve, its checkpoints;
# - say how far a held-out loss can fall, and what the rest of it is.
#
# About 15 minutes, one exercise. With the course's usual settings, the cells take about half a minute of one CPU core.

# %% tags=["setup"]
import json

# The helpers come before torch: they tell its threads how to wait for each other.
from dt_helpers import check, data, experts, muon, plots, training
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows
from dt_helpers.workspace import workspace
from dt_helpers.workspace.own import kept

import numpy as np
import torch
from transformers import Trainer, TrainingArguments

trajectories = data.load("halfcheetah-expert")

# %% [markdown]
# ## The loss
#
# Only the actions are trained, although the model predicts states and returns as well: the paper's authors [found no
# gain](https://arxiv.org/abs/2106.01345) in predicting those, and left it out of the loss. So the two other heads never
# learn anything. They are there because the published models have them.
#
# This is plain supervised learning. No value is estimated, and no estimate is built on another; whatever the model
# learns about good and bad comes from the returns-to-go in its input.
#
# At every real step the prediction should be the recorded action; the distance is the **mean squared error**. Padded
# steps carry actions of -10 that nobody took, and they must not count.

# %% [markdown]
# ### Exercise: the loss of the actions
#
# ●●○ · about 7 minutes · the error of a padded step is about 100, that of a real one usually below 1
#
# Take the mean over all components of all **real** steps. Setting the padded errors to zero and averaging over
# everything is not the same: a batch with much padding would then look easy.


# %% nbgrader={"grade": false, "grade_id": "action_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def action_loss(action_preds, action_targets, attention_mask):
    """Mean squared error of the predicted actions over the real steps.

    action_preds, action_targets : (batch, K, act_dim) tensors.
    attention_mask : (batch, K), 1 for real steps, 0 for padding; at least one step of the batch is real.
    Returns a scalar tensor that gradients can flow through.
    """
    ### BEGIN SOLUTION
    real = attention_mask > 0
    return torch.mean((action_preds[real] - action_targets[real]) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_action_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.action_loss(action_loss)

# %% [markdown]
# ## What you wrote
#
# Your functions of notebooks 2 and 3 make the batches here, and the model is the class that you wrote in notebook 4.
# Where you kept nothing, the course's own takes its place.

# %%
mine = {
    "returns_to_go": kept("returns_to_go"),
    "pad_left": kept("pad_left"),
    "architecture": kept("DecisionTransformerModel"),
}

# %% [markdown]
# ## The Trainer, by hand
#
# The Trainer wants a model whose `forward` returns a loss. `training.make_model` adds a loss to your class: the
# helpers' own, unless `model.criterion = action_loss` puts yours in its place. Its `forward` still returns the
# predictions, too.
#
# These twenty steps use the settings of the [tutorial](https://huggingface.co/blog/train-decision-transformers) that
# this course grew out of. A named set of such settings is a *preset*: `tutorial` has the tutorial's, `quick` the
# course's own.

# %%
torch.manual_seed(0)
collator = DecisionTransformerGymDataCollator(
    trajectories, seed=0, returns_to_go=mine["returns_to_go"], pad_left=mine["pad_left"]
)
model = training.make_model(collator, training.preset("tutorial"), mine["architecture"])
model.criterion = action_loss

arguments = TrainingArguments(
    output_dir=str(workspace() / "by_hand"),
    max_steps=20,
    per_device_train_batch_size=64,
    learning_rate=1e-4,
    weight_decay=1e-4,
    warmup_steps=0.1,  # the first tenth of the steps: the learning rate rises from 0
    max_grad_norm=0.25,  # longer gradients are cut to this length
    logging_steps=5,
    save_strategy="no",
    remove_unused_columns=False,  # the dataset yields anchors, not columns; the collator knows what to do
    dataloader_pin_memory=False,
    report_to="none",
    disable_tqdm=True,
)
trainer = Trainer(model=model, args=arguments, train_dataset=Windows(trajectories), data_collator=collator)
_ = trainer.train()

# %% [markdown]
# ## The whole run
#
# `training.train` does the same with a preset, and adds what a real run needs: a share of the **episodes is held out**
# for evaluation, the curve is drawn while it runs, **checkpoints** are written, and a run that was interrupted goes on
# from its last checkpoint, of which `quick` writes one every 100 steps. (When you train, below: interrupt the kernel
# after step 100, run that cell again, and see.)
#
# The `quick` preset differs from the tutorial's settings, to get far in few steps. What each of its changes is for:
#
# | setting | `tutorial` | `quick` | why |
# | --- | --- | --- | --- |
# | optimiser | AdamW | Muon for the encoder's matrices, AdamW for the rest | see below |
# | learning rate | 0.0001 | 0.002, Muon's 0.02 | with a quarter of the steps, each has to go further |
# | windows, in all | 1,920 steps of 64 | 500 of 32 | an eighth of the work |
# | dropout | 0.1 | none | in so short a run overfitting is not the problem: watch the two curves |
# | past actions | visible | hidden in nine of ten windows | see below |
# | windows anchored at | their first step | their last step | notebook 3: an episode's first steps get more training |
# | an episode's first 20 steps | drawn as often as all others | repeated; the repeats are about a twentieth of all windows | where recordings differ in quality, episodes begin alike, and only the target return tells which gait to take (notebook 6, second half) |
# | return embedding, at the start | the return times one fixed vector | one point for the data's mean return, and away from it in proportion to the difference | the layer norm behind it keeps only directions, so by themselves multiples of the same weights look nearly alike at the start; try it: `return_spread=None` |
# | time embeddings | learned | a straight line from the first step to the last, which is not trained | each of a thousand embeddings occurs in one window in fifty: after a short run those of neighbouring steps still have next to nothing in common (in one run, a mean cosine of 0.03), so what is added to all three tokens of a step is mostly noise |
# | weights kept | the last | a moving average | single steps are noisy; where the learning rate has fallen to 0, as here, it changes little |
# | precision | float32 | bfloat16 where the hardware has it | faster: [measured here]({{address}}/docs/speed.md) |
#
# ### Muon: weak directions count, too
#
# The gradient of a matrix has a few strong directions and many weak ones: its *singular values* tell how strong each
# is. AdamW scales each number of the gradient separately. [Muon](https://kellerjordan.github.io/posts/muon/) (Jordan et
# al., 2024) brings the singular values much closer together: here two thirds of the directions get more than half of
# the strongest one's step, and the weakest but one about a fifth, where the gradient has less than a thousandth. Here
# are all three for one matrix of the model above. (The last direction has next to no gradient: the layer norm before
# the matrix removes the mean.)

# %%
trainer.model.zero_grad()
trainer.model(**collator.gather(np.arange(64)))["loss"].backward()
gradient = trainer.model.encoder.h[0].mlp.c_fc.weight.grad  # (128, 512)
plots.singular_values(
    {
        "gradient": gradient,
        "AdamW's first step": gradient.sign(),  # each number divided by its own size
        "Muon's step": muon.orthogonal(gradient[None])[0],
    }
)

# %% [markdown]
# ### Hidden actions: no copying
#
# How much does the past tell about the next action? Take a linear rule that sees the last four actions and nothing
# else:

# %%
actions, past = trajectories.actions[:20_000], 4
seen = np.hstack([actions[i : len(actions) - past + i] for i in range(past)] + [np.ones((len(actions) - past, 1))])
coming = actions[past:]
rule, *_ = np.linalg.lstsq(seen, coming)
unexplained = np.mean((seen @ rule - coming) ** 2) / coming.var(axis=0).mean()
print(f"the last {past} actions explain {1 - unexplained:.0%} of the next one's variance")

# %% tags=["nbval-check-output"]
check.question("lower-loss")

# %% [markdown]
# So a model can predict much of an action without looking at the state: it only has to continue the gait that it sees.
# In training that gait is the expert's. When the model acts, the gait is its own, and so is every error in it. This is
# the *copycat problem* ([Wen et al., 2020](https://arxiv.org/abs/2010.14876)), a case of *causal confusion* ([de Haan
# et al., 2019](https://arxiv.org/abs/1905.11979)). `quick` hides the actions in nine windows out of ten: they are set
# to 0, and the model has to read the state. Training with the settings `training.preset("quick", hidden_actions=0.0)`
# leaves them visible. It is a precaution: does it change what the agent earns on these recordings? The last *try it*
# says how to find out.
#
# ### Train
#
# The preset comes from the environment variable `DT_PRESET`, and is `quick` if that is not set.

# %%
settings = training.preset()
settings

# %%
model = training.train(trajectories, settings, output=workspace() / "model", seed=0, criterion=action_loss, **mine)

# %% tags=["nbval-check-output"]
check.question("perfect-training")

# %% [markdown]
# The held-out curve shows whether the model learned the behaviour or only memorised the recordings: if the training
# curve kept falling and the held-out one did not, the model would be memorising. (The two tasks are not quite the same:
# in held-out windows all past actions are shown. And the curve is that of the weights as they are at each step; the
# loss below is that of their moving average, which is what is saved.)
#
# How far can the loss fall? Not to 0: nobody can predict the noise that was added to the expert's actions when they
# were recorded. We have the expert, and know how the noise was added: drawn from a normal distribution, and the sum
# clipped to ±1. So we can estimate the average action that was recorded in each state, by 100 draws, and take *its*
# loss. This is the floor; with 100 draws it comes out about one in a hundred too high. No model that does not see the
# action can expect to do noticeably better; one that is below the floor sees the answer (notebook 4; one such model's
# held-out loss was 0.0041).

# %%
expert = experts.load("halfcheetah", "1000k")
some = slice(0, None, 10)  # every tenth step will do
wanted, recorded = expert(trajectories.observations[some]), trajectories.actions[some]
noise = 0.1 * np.random.default_rng(0).standard_normal((100, *wanted.shape))
average = np.clip(wanted + noise, -1, 1).mean(axis=0)
floor = np.mean((average - recorded) ** 2)
held_out = json.loads((workspace() / "model" / "training.json").read_text())["held_out_loss"]
if held_out > floor:
    wrong = held_out - floor
    print(f"held-out loss {held_out:.4f}: {floor:.4f} of it is noise, {wrong:.4f} is what the model gets wrong")
else:
    print(f"held-out loss {held_out:.4f}, below the floor, {floor:.4f}: the model sees the answer (notebook 4)")
at_bound = np.abs(wanted) > 0.99
print(f"where the expert's action is ±1, the recorded one is {np.abs(recorded[at_bound]).mean():.2f} on average")

# %% [markdown]
# This is also how a model can end up *better than its recordings*. The mean squared error is smallest for the average
# action, and the noise averages out. What is learned is the average recorded action: the expert without its jitter,
# though an action at the bound becomes a little smaller, since there the noise can only pull inwards. Notebook 6
# measures what a model earns so.
#
# ## What was saved
#
# A folder in the format of 🤗 Transformers, with a model card and, where your class was trained, its source:
# `own_model.py`. K, the mean and standard deviation of the states, and the scale of the returns are kept in its config,
# because a model cannot act without them.

# %%
for path in sorted((workspace() / "model").iterdir()):
    print(f"{path.name:20s} {path.stat().st_size:>10,} bytes")

# %% [markdown]
# ## Try it
#
# - `training.train(trajectories, "tutorial", output=workspace() / "tutorial")` trains the tutorial's way, with eight
#   times as many windows. Compare the returns in notebook 6, using `training.load(workspace() / "tutorial")`.
# - `training.train(trajectories, training.preset("quick", sampling="start"), output=workspace() / "start")` changes a
#   single setting of the course's own model. Train plain `quick` in the same way to compare it with; or add
#   `criterion=action_loss, **mine` to both, for your own. Try other rows of the table: `None` turns off what the
#   tutorial does not have (`matrix_rate`, `return_spread`, `time_slope`, `ema`), and for `early` and `hidden_actions` 0
#   does; `dropout=0.1` turns on what `quick` leaves out. (The rows on the return embedding and on the first 20 steps
#   are about mixed recordings: train these on `data.load("halfcheetah-mixed")`, and sweep as in notebook 6.) Which of
#   them matters most? Judge by the returns in notebook 6, not by the loss, and train each with more than one seed.
#
# ## Takeaways
#
# - A Decision Transformer is trained like any supervised model: a loss on actions, and on real steps only.
# - The noise in the data sets a floor under the loss, and the model averages it away.
# - Held-out episodes, checkpoints and a model card are part of a run, not extras.
#
# Next: [the replay](06_replay.ipynb).
