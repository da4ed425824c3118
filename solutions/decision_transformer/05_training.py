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
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/dt-course/decision-transformer-course/blob/main/notebooks/decision_transformer/05_training.ipynb)
#
# After this notebook you can
#
# - write the loss of a Decision Transformer, and say why the mask belongs into it;
# - train with the 🤗 Trainer: its arguments, its curve, its checkpoints;
# - say which few settings decide whether the cheetah runs.
#
# About 15 minutes of yours and, with the `quick` preset, one or two minutes of a CPU core. One exercise.

# %%
# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("dt_helpers") is None:
    source = "dt-helpers @ git+https://github.com/dt-course/decision-transformer-course"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)

# The helpers come before torch: they tell its threads how to wait for each other.
from dt_helpers import check, data, muon, plots, training
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows
from dt_helpers.workspace import workspace

import numpy as np
import torch
from transformers import Trainer, TrainingArguments

trajectories = data.load("halfcheetah-expert")

# %% [markdown]
# ## The loss
#
# Only the actions are trained. At every real step the prediction should be the recorded action; the distance is the **mean
# squared error**. Padded steps carry actions of -10 that nobody took, and they must not count.

# %% [markdown]
# ### Exercise: the loss of the actions
#
# ●●○ · about 7 minutes · the error of a padded step is about 100, that of a real one below 1
#
# Take the mean over all components of all **real** steps. Setting the padded errors to zero and averaging over everything is not the
# same: a batch with much padding would then seem to be easy.


# %% nbgrader={"grade": false, "grade_id": "action_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def action_loss(action_preds, action_targets, attention_mask):
    """Mean squared error of the predicted actions over the real steps.

    action_preds, action_targets : (batch, K, act_dim) tensors.
    attention_mask : (batch, K), 1 for real steps, 0 for padding.
    Returns a scalar tensor that gradients can flow through.
    """
    ### BEGIN SOLUTION
    real = attention_mask > 0
    return torch.mean((action_preds[real] - action_targets[real]) ** 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_action_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.action_loss(action_loss)

# %% [markdown]
# ## The Trainer, by hand
#
# The Trainer wants a model whose `forward` returns a loss. `TrainableDT` is the model of notebook 4 with a loss on top, by
# default the helpers'; `model.criterion = action_loss` gives it yours. It returns the predictions too, so that the Trainer can evaluate.
#
# These twenty steps use the tutorial's own settings.

# %%
torch.manual_seed(0)
collator = DecisionTransformerGymDataCollator(trajectories, seed=0)
model = training.make_model(collator, training.preset("tutorial"))
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
# `training.train` does the same with a preset, and adds what a real run needs: a share of the **episodes is held out** and evaluated on, the
# curve is drawn while it runs, **checkpoints** are written, and a run that was interrupted goes on where it stopped (interrupt the
# kernel, run the cell again, and see).
#
# | setting | `tutorial` | `quick` | why |
# | --- | --- | --- | --- |
# | optimiser | AdamW | Muon for the encoder's matrices, AdamW for the rest | see below |
# | learning rate | 0.0001 | 0.002, Muon's 0.02 | the tutorial's model is still far from converged when it stops |
# | dropout | 0.1 | none | so short a run does not overfit: its two curves stay together |
# | past actions | seen | hidden in nine of ten windows | see below |
# | windows anchored at | their first step | their last step | notebook 3: the first steps of an episode are seen as often as they are met |
# | an episode's first 20 steps | seen as often as all others | repeated, up to a twentieth of all windows | there nothing but the target return tells what to do (notebook 6 asks for different ones) |
# | return embedding, at the start | a multiple of its weights | centred on the data's returns, and spread as they are | the layer norm behind it keeps directions alone: multiples of the same weights look nearly alike, and a target could hardly be told from another |
# | time embeddings | learned | a straight line from the first step to the last, which stays | each of a thousand is seen in one window of fifty: learned so seldom, it is noise in all three tokens |
# | weights kept | the last | a moving average | single steps are noisy; their average is steadier |
# | precision | float32 | bfloat16 where the hardware has it | about twice as fast |
#
# ### Muon: as far in every direction
#
# The gradient of a matrix has a few strong directions and many weak ones: its *singular values* tell how strong each is. AdamW scales
# each number of the gradient by itself. [Muon](https://kellerjordan.github.io/posts/muon/) (Jordan et al. 2024) brings all singular values near 1,
# so that the weak directions are learned as quickly as the strong ones. Here are all three for one matrix of the model above.

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
# How much does the past tell about the next action? Take a linear rule that sees the last four actions, and nothing else:

# %%
actions, past = trajectories.actions[:20_000], 4
seen = np.hstack([actions[i : len(actions) - past + i] for i in range(past)] + [np.ones((len(actions) - past, 1))])
coming = actions[past:]
rule, *_ = np.linalg.lstsq(seen, coming)
unexplained = np.mean((seen @ rule - coming) ** 2) / coming.var(axis=0).mean()
print(f"the last {past} actions explain {1 - unexplained:.0%} of the next one's variance")

# %% [markdown]
# So a model can predict most of an action without a look at the state: it continues the gait that it sees. While it learns, that gait is the expert's. When it
# acts, the gait is its own, and so is every error in it. This is the *copycat problem* ([de Haan et al. 2019](https://arxiv.org/abs/1905.11979)). `quick` hides
# the past actions in nine windows of ten: they are 0, and the model has to read the state.
# `training.preset("quick", hidden_actions=0.0)` switches that off.
#
# ### Train
#
# The preset is taken from the environment variable `DT_PRESET`, and is `quick` if there is none.

# %%
settings = training.preset()
settings

# %%
model = training.train(trajectories, settings, output=workspace() / "model", seed=0, criterion=action_loss)

# %% [markdown]
# The held-out curve tells whether the model learned the behaviour or the recordings by heart: as long as both fall together,
# it learned the behaviour. No model gets to 0: nobody can predict the noise that was added to the expert's actions, and it
# alone makes a loss of about 0.005 (its variance is 0.01, but most actions are at their limit of ±1, where half of it is cut off).
#
# ## What was saved
#
# A folder in the format of 🤗 Transformers, with a model card. K, the states' mean and deviation, and the returns' scale travel in its
# config, since a model without them cannot act.

# %%
for path in sorted((workspace() / "model").iterdir()):
    print(f"{path.name:20s} {path.stat().st_size:>10,} bytes")

# %% [markdown]
# ## Try it
#
# - `training.train(trajectories, "tutorial", output=workspace() / "tutorial")` trains the tutorial's way. Compare the returns in notebook 6
#   with `training.load(workspace() / "tutorial")`.
# - `training.preset("quick", sampling="start")` changes a single setting. Which one matters most?
#
# ## What to take along
#
# - The loss counts real steps only.
# - The recipe matters more than the architecture.
# - Held-out episodes, checkpoints and a model card are part of a run, not an extra.
#
# Next: [the replay](06_replay.ipynb).
