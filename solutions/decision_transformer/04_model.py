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
# # 4. Model: a GPT that reads trajectories
#
# {{badges}}
#
# After this notebook you can
#
# - turn returns-to-go, states and actions into one sequence of tokens, with a mask to match;
# - say which token predicts what, and why no prediction can cheat;
# - assemble the Decision Transformer and show that it equals the one in 🤗 Transformers.
#
# About 60 minutes, five exercises. The cells take a few seconds of one CPU core.

# %% tags=["setup"]
# The helpers come before torch: they tell its threads how to wait for each other.
from dt_helpers import check, plots
from dt_helpers.model import make_config
from dt_helpers.workspace.own import keep

import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)

# %% [markdown]
# ## The idea in a picture
#
# Each timestep gives three tokens: the return-to-go R, the state s, the action a. A linear layer of its own brings each
# to the same size (`hidden`), and an embedding of the timestep is added. (The picture counts steps from 1, the code
# from 0.) A GPT-2 reads the sequence, and three small heads turn its output into predictions. This is the model of
# [Chen et al. (2021)](https://arxiv.org/abs/2106.01345), with the names that [Edward Beeching's
# version](https://huggingface.co/blog/decision-transformers) in 🤗 Transformers gives its layers.

# %%
plots.architecture()

# %% [markdown]
# How does the model tell the three tokens of a step apart? Nothing is added that says "this is a state". It need not
# be: each kind of token passes through its own linear layer, with weights of its own, so each kind points in directions
# of its own in the space of `hidden` numbers (128 for the robots) from the start, mostly nearly at right angles to the
# others' (at the start, before the time is added, their cosines, without the sign, are below 0.1 on average), and
# training can move them further apart.
#
# Shapes in this notebook: `batch` windows of `K` steps; embeddings have `hidden` numbers.

# %% [markdown]
# ### Exercise: add the time
#
# ●○○ · about 5 minutes · the GPT's own positions are switched off here, as the last exercise shows
#
# A GPT for text adds a *position* to each token. Here it is the *timestep in the episode*, and the three tokens of one
# step get the same one. Add the time embeddings to each of the other three. (Does a running cheetah need to know the
# time? Notebook 6 measures it.)


# %% nbgrader={"grade": false, "grade_id": "add_time_embeddings", "locked": false, "schema_version": 3, "solution": true, "task": false}
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    """Tell each token when it happened.

    All four are (batch, K, hidden) tensors.
    Returns the first three, in this order, each with the time embeddings added.
    """
    ### BEGIN SOLUTION
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_add_time_embeddings", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.time_embeddings(add_time_embeddings)

# %% [markdown]
# ### Exercise: one sequence out of three
#
# ●●○ · about 10 minutes · the order decides what each prediction may look at
#
# Interleave the three, step by step: first what is still to be earned, then what is sensed, then what is done.

# %%
plots.tokens(
    {
        "returns": ["R1", "R2", "R3"],
        "states": ["s1", "s2", "s3"],
        "actions": ["a1", "a2", "a3"],
        "sequence": ["R1", "s1", "a1", "R2", "s2", "a2", "R3", "s3", "a3"],
    }
)

# %% [markdown]
# Concatenating the three is not enough, and a `reshape` alone keeps the numbers in the order in which they are read,
# row by row; it only cuts that row in other places. First give the kind of token a dimension of its own, and think
# about where that dimension has to be.


# %% nbgrader={"grade": false, "grade_id": "stack_inputs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    """Make one sequence of tokens: R_1, s_1, a_1, R_2, s_2, a_2, ...

    All three are (batch, K, hidden) tensors. Returns (batch, 3 * K, hidden).
    """
    ### BEGIN SOLUTION
    batch, K, hidden = state_embeddings.shape
    by_step = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2)  # (batch, K, 3, hidden)
    return by_step.reshape(batch, 3 * K, hidden)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_stack_inputs", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.stacked_inputs(stack_inputs)

# %% tags=["nbval-check-output"]
check.question("which-mask")

# %% [markdown]
# ### Exercise: a mask to match
#
# ●○○ · about 5 minutes · a wrong mask hides real tokens and shows padding
#
# The collator's mask has one entry per *step*; the sequence has three tokens per step. If a step is padding, all three
# of its tokens are. For the mask `[0, 1]` the answer is `[0, 0, 0, 1, 1, 1]`.


# %% nbgrader={"grade": false, "grade_id": "stack_attention_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stack_attention_mask(attention_mask):
    """The mask of the stacked sequence.

    attention_mask : (batch, K), 1 for real steps, 0 for padding; a row may be all padding. Returns (batch, 3 * K).
    """
    ### BEGIN SOLUTION
    return attention_mask.repeat_interleave(3, dim=1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_stack_attention_mask", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.stacked_attention_mask(stack_attention_mask)

# %% tags=["nbval-check-output"]
check.question("own-token")

# %% [markdown]
# ### Exercise: which token predicts what
#
# ●●○ · about 10 minutes · look at a wrong token, and the model copies the answer, or has not seen the state
#
# After the encoder, `x[:, 0]` belongs to the return tokens, `x[:, 1]` to the state tokens, `x[:, 2]` to the action
# tokens. Attention is causal: what comes out at a token knows that token and all tokens before it.
#
# The action of a step must be predicted from a token that knows the return-to-go and the state, **but not yet the
# action itself**. The next state and the next return need to know the action too. Which token for which head?
#
# (The heads for states and returns are there so that published weights fit. The loss in notebook 5 uses the actions
# alone, so these two are never trained.)


# %% nbgrader={"grade": false, "grade_id": "predict", "locked": false, "schema_version": 3, "solution": true, "task": false}
def predict(x, predict_return, predict_state, predict_action):
    """Apply each head to the tokens that may predict for it.

    x : (batch, 3, K, hidden), the encoder's output at the return (0), state (1) and action (2) tokens.
    predict_return, predict_state, predict_action : the heads, layers that act on the last axis, (..., hidden).
    Returns return_preds (batch, K, 1), state_preds (batch, K, state_dim), action_preds (batch, K, act_dim).
    """
    ### BEGIN SOLUTION
    after_state, after_action = x[:, 1], x[:, 2]
    return predict_return(after_action), predict_state(after_action), predict_action(after_state)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check_predict", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.prediction_heads(predict)

# %% [markdown]
# ### Exercise: everything together
#
# ●●● · about 25 minutes · the whole model, from a window to its predictions
#
# The class below is the whole model. Its layers are there; write the middle of `forward`, where your four functions
# meet: add the time to the embeddings, stack them and normalise the sequence, let the encoder read it, and predict. The
# encoder's output, (batch, 3K, hidden), has to be unstacked for `predict`, to (batch, 3, K, hidden).
#
# The layers have the same names as in 🤗 Transformers, so that published weights fit. The encoder is a GPT-2 whose own
# position embeddings say nothing, since every token is given position 0 and so gets the same one: time comes from your
# first function.


# %% nbgrader={"grade": false, "grade_id": "forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    """Predicts actions (and states and returns) from a window of returns-to-go, states and actions."""

    def __init__(self, config):
        super().__init__(config)
        self.hidden_size = config.hidden_size
        self.encoder = DecisionTransformerGPT2Model(config)
        self.embed_timestep = nn.Embedding(config.max_ep_len, config.hidden_size)
        self.embed_return = nn.Linear(1, config.hidden_size)
        self.embed_state = nn.Linear(config.state_dim, config.hidden_size)
        self.embed_action = nn.Linear(config.act_dim, config.hidden_size)
        self.embed_ln = nn.LayerNorm(config.hidden_size)
        self.predict_state = nn.Linear(config.hidden_size, config.state_dim)
        squash = [nn.Tanh()] if config.action_tanh else []  # actions lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.post_init()

    def forward(
        self,
        states,
        actions,
        rewards=None,
        returns_to_go=None,
        timesteps=None,
        attention_mask=None,
        output_hidden_states=None,
        output_attentions=None,
        return_dict=None,
    ):
        batch, K = states.shape[:2]
        if attention_mask is None:
            attention_mask = torch.ones((batch, K), dtype=torch.long, device=states.device)
        return_dict = self.config.return_dict if return_dict is None else return_dict

        # four embeddings, (batch, K, hidden) each
        returns, states, actions = (
            self.embed_return(returns_to_go),
            self.embed_state(states),
            self.embed_action(actions),
        )
        time = self.embed_timestep(timesteps)

        def encode(x, mask):
            """Read the normalised sequence x (batch, 3K, hidden) under its mask (batch, 3K)."""
            return self.encoder(
                inputs_embeds=x,
                attention_mask=mask,
                position_ids=torch.zeros(mask.shape, dtype=torch.long, device=x.device),
                output_hidden_states=output_hidden_states,
                output_attentions=output_attentions,
                return_dict=True,
            )

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        ### BEGIN SOLUTION
        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))  # (batch, 3K, hidden)
        encoded = encode(self.embed_ln(x), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(
            0, 2, 1, 3
        )  # (batch, 3, K, hidden)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
        ### END SOLUTION
        if not return_dict:
            return state_preds, action_preds, return_preds
        return DecisionTransformerOutput(
            state_preds=state_preds,
            action_preds=action_preds,
            return_preds=return_preds,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
            last_hidden_state=encoded.last_hidden_state,
        )


# %% [markdown]
# This check gives your model and the one in 🤗 Transformers the same random weights and the same batches, some of them
# padded, and compares predictions and gradients. Where they differ, it says at which stage yours first departs, if
# that can be seen.

# %% nbgrader={"grade": true, "grade_id": "check_forward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["nbval-check-output"]
check.forward(DecisionTransformerModel)

# %% [markdown]
# Keep it, with the four functions that it calls. Notebook 5 trains this class and notebook 6 lets it run, even if it is
# wrong: then you see what the mistake costs.

# %%
keep(DecisionTransformerModel)

# %% [markdown]
# ## See for yourself that it cannot cheat
#
# If an action's prediction could see the action, training would be copying. Change the *last action* of a window and
# see what changes:

# %%
torch.manual_seed(0)
config = make_config(state_dim=17, act_dim=6)
model = DecisionTransformerModel(config).eval()
window = {
    "states": torch.randn(1, 20, 17),
    "actions": torch.randn(1, 20, 6),
    "returns_to_go": torch.randn(1, 20, 1),
    "timesteps": torch.arange(20)[None],
}
changed = {**window, "actions": window["actions"].clone()}
changed["actions"][:, -1] += 1

with torch.no_grad():
    before, after = model(**window), model(**changed)
for name in ("action_preds", "state_preds", "return_preds"):
    print(f"{name:13s} change by up to {(before[name] - after[name]).abs().max():.4f}")
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# If your model is right, the predicted actions don't change at all. (If they do, an action is read from a token that
# sees the later ones, or its own.) The predicted next state and return do change, as they should.
#
# Nor can it see padding. Take the first three steps of the window by themselves, padded on the left to 20 steps, with a
# mask. Do they get the same predictions as in the full window, where more steps follow them?

# %%
short = {key: torch.cat([torch.full_like(value[:, :17], -10), value[:, :3]], dim=1) for key, value in window.items()}
short["timesteps"] = torch.cat([torch.zeros(1, 17, dtype=torch.long), torch.arange(3)[None]], dim=1)
mask = torch.cat([torch.zeros(1, 17), torch.ones(1, 3)], dim=1)
with torch.no_grad():
    padded = model(**short, attention_mask=mask)
difference = (padded["action_preds"][:, -3:] - before["action_preds"][:, :3]).abs().max()
print(f"the predicted actions differ by up to {difference:.6f}")

# %% [markdown]
# ## Takeaways
#
# - Three tokens per step, interleaved R, s, a, all with the same time; a linear layer for each kind tells them apart.
# - Causal attention and the choice of the token decide what a prediction knows.
# - With the same weights it gives the same numbers as the model in 🤗 Transformers.
#
# Next: [training](05_training.ipynb).
