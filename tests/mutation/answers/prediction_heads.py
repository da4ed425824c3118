# %% right
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, at_states, at_actions = x.unbind(dim=1)
    action_preds = predict_action(at_states)
    state_preds = predict_state(at_actions)
    return_preds = predict_return(at_actions)
    return return_preds, state_preds, action_preds

# %% right
def predict(x, predict_return, predict_state, predict_action):
    RETURN, STATE, ACTION = 0, 1, 2
    source = {"return": ACTION, "state": ACTION, "action": STATE}
    heads = {"return": predict_return, "state": predict_state, "action": predict_action}
    return tuple(heads[what](x.select(1, source[what])) for what in ("return", "state", "action"))

# %% right
def predict(x, predict_return, predict_state, predict_action):
    r, s, a = [], [], []
    for i in range(x.shape[0]):
        window = x[i : i + 1]
        r.append(predict_return(window[:, -1]))
        s.append(predict_state(window[:, -1]))
        a.append(predict_action(window[:, -2]))
    return torch.cat(r), torch.cat(s), torch.cat(a)

# %% wrong (action-sees-itself): The action is predicted from its own token.
# shows: every input: the model can read the answer
def predict(x, predict_return, predict_state, predict_action):
    last = x[:, 2]
    return predict_return(last), predict_state(last), predict_action(last)

# %% wrong (state-without-action): Each head reads the token before its own kind, so the action is right but the next state comes from the return's token.
# shows: every input: the state prediction knows neither state nor action
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 0]), predict_action(x[:, 1])

# %% wrong (return-without-action): The next return is predicted from the state's token, which does not know the action.
# shows: every input
def predict(x, predict_return, predict_state, predict_action):
    known_before, known_after = x[:, 1], x[:, 2]
    action_preds, return_preds = predict_action(known_before), predict_return(known_before)
    return return_preds, predict_state(known_after), action_preds

# %% wrong (outputs-swapped): The predictions come in the order state, action, return.
# shows: every input
def predict(x, predict_return, predict_state, predict_action):
    state_preds = predict_state(x[:, 2])
    action_preds = predict_action(x[:, 1])
    return_preds = predict_return(x[:, 2])
    return state_preds, action_preds, return_preds

# %% wrong (one-step-only): Only the newest step is predicted.
# shows: K of 2 and more
def predict(x, predict_return, predict_state, predict_action):
    newest = x[:, :, -1:, :]
    return predict_return(newest[:, 2]), predict_state(newest[:, 2]), predict_action(newest[:, 1])

# %% wrong (plain-head): It cuts actions off at -1 and 1, although a head without tanh may give more.
# shows: an action head whose predictions leave [-1, 1]
def predict(x, predict_return, predict_state, predict_action):
    a = predict_action(x[:, 1])
    a = torch.where(a > 1, torch.ones_like(a), torch.where(a < -1, -torch.ones_like(a), a))
    return predict_return(x[:, 2]), predict_state(x[:, 2]), a

# %% wrong (wrong-axis): The tokens are picked in the batch dimension.
# shows: every input; with a batch below 3 it raises an IndexError
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[2]), predict_state(x[2]), predict_action(x[1])

# %% wrong (lost-gradient): The predictions are made without gradients.
# shows: training: loss.backward() fails, as nothing requires a gradient
def predict(x, predict_return, predict_state, predict_action):
    with torch.no_grad():
        return_preds = predict_return(x[:, 2])
        state_preds = predict_state(x[:, 2])
        action_preds = predict_action(x[:, 1])
    return return_preds, state_preds, action_preds

# %% wrong (wrong-shape): The return predictions lose their last dimension.
# shows: every input: (batch, K) and not (batch, K, 1)
def predict(x, predict_return, predict_state, predict_action):
    returns = predict_return(x[:, 2])
    return returns[..., 0], predict_state(x[:, 2]), predict_action(x[:, 1])

# %% wrong (wrong-axis): The tokens are taken along the time, not along the kinds.
# shows: every input; with K below 3 it raises an IndexError
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, :, 2]), predict_state(x[:, :, 2]), predict_action(x[:, :, 1])

# %% wrong (kinds-averaged): Next state and return are read from the mean of the three tokens.
# shows: every input whose tokens differ
def predict(x, predict_return, predict_state, predict_action):
    everything = x.mean(dim=1)
    return predict_return(everything), predict_state(everything), predict_action(x[:, 1])

# %% wrong (cut-off): Predicted returns below 0 become 0.
# shows: a return head with a negative prediction
def predict(x, predict_return, predict_state, predict_action):
    preds = [predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])]
    preds[0] = preds[0].clamp(min=0)
    return tuple(preds)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, at_state, at_action = x.unbind(dim=1)
    return predict_return(at_action), predict_state(at_action), predict_action(at_state)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    heads = {"return": (predict_return, 2), "state": (predict_state, 2), "action": (predict_action, 1)}
    return tuple(head(x.select(1, token)) for head, token in heads.values())

# %% right
def predict(x, predict_return, predict_state, predict_action):
    knows_all = x[:, -1].contiguous()
    action_preds = predict_action(x[:, -2].contiguous())
    return predict_return(knows_all), predict_state(knows_all), action_preds

# %% right
def predict(x, predict_return, predict_state, predict_action):
    pick = torch.tensor([2, 2, 1], device=x.device)
    chosen = torch.index_select(x, 1, pick)
    heads = (predict_return, predict_state, predict_action)
    out = [head(tokens.squeeze(1)) for head, tokens in zip(heads, chosen.split(1, dim=1))]
    return out[0], out[1], out[2]

# %% wrong (action-sees-itself): the action is read off the action's own token, which has already seen it
# shows: every x
def predict(x, predict_return, predict_state, predict_action):
    newest = x[:, 2]
    return predict_return(newest), predict_state(newest), predict_action(newest)

# %% wrong (return-without-action): the next return is read off the return token, which knows neither state nor action
# shows: every x
def predict(x, predict_return, predict_state, predict_action):
    returns, states, actions = x[:, 0], x[:, 1], x[:, 2]
    return predict_return(returns), predict_state(actions), predict_action(states)

# %% wrong (state-without-action): the next state is read off the state token, before the action is known
# shows: every x
def predict(x, predict_return, predict_state, predict_action):
    at_state, at_action = x.narrow(1, 1, 2).unbind(1)
    return predict_return(at_action), predict_state(at_state), predict_action(at_state)

# %% wrong (outputs-swapped): comes back in the order of Hugging Face's tuple: state, action, return
# shows: every x
def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2])
    state_preds = predict_state(x[:, 2])
    action_preds = predict_action(x[:, 1])
    return state_preds, action_preds, return_preds

# %% wrong (plain-head): actions are clamped to [-1, 1], also where the head has no tanh
# shows: an action head whose outputs leave [-1, 1] (agrees behind a tanh)
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1]).clamp(-1, 1)

# %% wrong (wrong-axis): the kind is taken from the step axis after a transpose that is not needed
# shows: K other than 3 fails or shrinks; K = 3 gives other numbers without an error
def predict(x, predict_return, predict_state, predict_action):
    y = x.transpose(1, 2)
    return predict_return(y[:, 2]), predict_state(y[:, 2]), predict_action(y[:, 1])

# %% wrong (axes-mixed): x is reshaped as if its steps came before its kinds
# shows: K of 2 or more (agrees for K = 1)
def predict(x, predict_return, predict_state, predict_action):
    batch, kinds, K, hidden = x.shape
    tokens = x.reshape(batch, K, kinds, hidden)
    return predict_return(tokens[:, :, 2]), predict_state(tokens[:, :, 2]), predict_action(tokens[:, :, 1])

# %% wrong (wrong-shape): squeezes the predictions, which drops dimensions of size 1
# shows: every x for the return (its last dimension), all of them for batch 1 or K 1
def predict(x, predict_return, predict_state, predict_action):
    at_state, at_action = x[:, 1], x[:, 2]
    return predict_return(at_action).squeeze(), predict_state(at_action).squeeze(), predict_action(at_state).squeeze()

# %% wrong (lost-gradient): state and return heads read detached tokens, so that their losses never reach the encoder
# shows: a loss on state_preds or return_preds: x gets no gradient
def predict(x, predict_return, predict_state, predict_action):
    world = x[:, 2].detach()
    return predict_return(world), predict_state(world), predict_action(x[:, 1])

# %% wrong (action-moved-on): the action's token is moved on by one step so that it stands beside the next action
# shows: K of 2 or more (agrees for K = 1)
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1].roll(1, dims=1))

# %% wrong (kinds-averaged): the state's token is averaged with the return's before the action head
# shows: every x whose return and state tokens differ
def predict(x, predict_return, predict_state, predict_action):
    before_action = x[:, :2].mean(dim=1)
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(before_action)

# %% wrong (action-sees-itself): actions are predicted from the action tokens, which know the answer
# shows: any x
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 2])

# %% wrong (state-without-action): the next state is predicted from the state tokens, which don't know the action
# shows: any x
def predict(x, predict_return, predict_state, predict_action):
    return_tokens, state_tokens, action_tokens = x.unbind(dim=1)
    return predict_return(action_tokens), predict_state(state_tokens), predict_action(state_tokens)

# %% wrong (outputs-swapped): the results come in the order states, actions, returns
# shows: any x
def predict(x, predict_return, predict_state, predict_action):
    state, action = x[:, 1], x[:, 2]
    return predict_state(action), predict_action(state), predict_return(action)

# %% wrong (action-moved-on): the predictions of next state and return are moved one step on
# shows: K > 1
def predict(x, predict_return, predict_state, predict_action):
    knows_action = x[:, 2]
    # what is predicted at step t belongs to step t + 1
    return_preds = torch.roll(predict_return(knows_action), shifts=1, dims=1)
    state_preds = torch.roll(predict_state(knows_action), shifts=1, dims=1)
    return return_preds, state_preds, predict_action(x[:, 1])

# %% wrong (plain-head): actions are cut to -1..1, whatever the head says
# shows: a head without a tanh that gives numbers beyond 1
def predict(x, predict_return, predict_state, predict_action):
    after_state, after_action = x[:, 1], x[:, 2]
    action_preds = torch.clamp(predict_action(after_state), -1.0, 1.0)
    return predict_return(after_action), predict_state(after_action), action_preds

# %% wrong (kinds-averaged): actions are predicted from the mean of return and state tokens
# shows: any x in which both differ
def predict(x, predict_return, predict_state, predict_action):
    # the action must know the return-to-go and the state
    both = x[:, :2].mean(dim=1)
    everything = x[:, 2]
    return predict_return(everything), predict_state(everything), predict_action(both)

# %% wrong (layout-guessed): with K = 3 the layout is guessed wrong and steps are taken for kinds of token
# shows: K = 3
def predict(x, predict_return, predict_state, predict_action):
    """Accepts (batch, 3, K, hidden) as well as (batch, K, 3, hidden)."""
    if x.size(2) == 3:
        x = x.transpose(1, 2)
    if x.size(1) != 3:
        raise ValueError("no dimension of three kinds of token")
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])

# %% right
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, at_state, at_action = torch.unbind(x, dim=1)
    action_preds = predict_action(at_state)
    state_preds = predict_state(at_action)
    return_preds = predict_return(at_action)
    return return_preds, state_preds, action_preds

# %% right
RETURN, STATE, ACTION = range(3)
READ_FROM = {"return": ACTION, "state": ACTION, "action": STATE}


def predict(x, predict_return, predict_state, predict_action):
    heads = {"return": predict_return, "state": predict_state, "action": predict_action}
    return tuple(head(x.select(1, READ_FROM[name])) for name, head in heads.items())

# %% right
def predict(x, predict_return, predict_state, predict_action):
    batch, kinds, K, hidden = x.shape
    assert kinds == 3, kinds
    newest = x[:, -1].contiguous()
    middle = x.narrow(1, 1, 1).reshape(batch, K, hidden)
    return predict_return(newest), predict_state(newest), predict_action(middle)

# %% wrong (action-sees-itself): the action is predicted at the action token, which already knows the action.
# shows: any x; the third result is predict_action(x[:, 2]).
def predict(x, predict_return, predict_state, predict_action):
    last = x[:, -1]  # the last token knows everything
    return predict_return(last), predict_state(last), predict_action(last)

# %% wrong (state-without-action): each head reads its own kind of token: the return head the return token, the state head the state token.
# shows: any x; the first result is predict_return(x[:, 0]), which knows neither state nor action.
def predict(x, predict_return, predict_state, predict_action):
    heads = [predict_return, predict_state, predict_action]
    kinds = [0, 1, 1]
    return tuple(head(x[:, kind]) for head, kind in zip(heads, kinds))

# %% wrong (steps-shifted): the state predictions are shifted by one step, so that entry t is the prediction *of* state t and not the one made *at* step t.
# shows: any x: state_preds[:, 0] is all zeros and state_preds[:, 1] is what belongs to step 0.
def predict(x, predict_return, predict_state, predict_action):
    action_preds = predict_action(x[:, 1])

    def align(next_preds):
        """What was predicted at t belongs to t + 1."""
        first = torch.zeros_like(next_preds[:, :1])
        return torch.cat([first, next_preds[:, :-1]], dim=1)

    return align(predict_return(x[:, 2])), align(predict_state(x[:, 2])), action_preds

# %% wrong (exception): unbind without a dimension takes x apart along the batch and not along the three kinds.
# shows: batch 2 raises ValueError, batch 3 silently gives (3, K, .) predictions made from single windows.
def predict(x, predict_return, predict_state, predict_action):
    return_tokens, state_tokens, action_tokens = x.unbind()
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)

# %% wrong (exception): reads weight and bias of the action head instead of calling it, which fails for a head that is a Sequential (the model's own, with its Tanh) or a function.
# shows: predict_action = nn.Sequential(nn.Linear(5, 2), nn.Tanh()) raises AttributeError.
import torch.nn.functional as F


def predict(x, predict_return, predict_state, predict_action):
    s, a = x[:, 1], x[:, 2]
    return_preds = F.linear(a, predict_return.weight, predict_return.bias)
    state_preds = F.linear(a, predict_state.weight, predict_state.bias)
    action_preds = F.linear(s, predict_action.weight, predict_action.bias)
    return return_preds, state_preds, action_preds

# %% wrong (lost-gradient): states and returns are predicted without gradients, since only the actions are trained, so nobody can ever train those heads.
# shows: any x and linear heads: the values agree, but state_preds has no grad_fn.
def predict(x, predict_return, predict_state, predict_action):
    action_preds = predict_action(x[:, 1])
    with torch.no_grad():  # not part of the loss
        state_preds = predict_state(x[:, 2])
        return_preds = predict_return(x[:, 2])
    return return_preds, state_preds, action_preds

# %% wrong (squashed): squashes the actions once more with tanh, though this is the head's business.
# shows: predict_action = lambda h: h[..., :2] and x of ones: 0.76 instead of 1.
def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2, :, :])
    state_preds = predict_state(x[:, 2, :, :])
    action_preds = torch.tanh(predict_action(x[:, 1, :, :]))  # torques are between -1 and 1
    return return_preds, state_preds, action_preds

# %% right
# style: unbind along the kinds
def predict(x, predict_return, predict_state, predict_action):
    _, at_state, at_action = x.unbind(dim=1)
    return predict_return(at_action), predict_state(at_action), predict_action(at_state)

# %% right
# style: table-driven, an Enum for the tokens and a mapping from head to token
from enum import IntEnum


class Token(IntEnum):
    RETURN = 0
    STATE = 1
    ACTION = 2


def predict(x, predict_return, predict_state, predict_action):
    reads = [
        (predict_return, Token.ACTION),
        (predict_state, Token.ACTION),
        (predict_action, Token.STATE),
    ]
    return tuple(head(x.select(1, token)) for head, token in reads)

# %% right
# style: einops, kinds to the front
from einops import rearrange


def predict(x, predict_return, predict_state, predict_action):
    returns, states, actions = rearrange(x, "b kind k h -> kind b k h")
    del returns
    outputs = {"R": predict_return(actions), "s": predict_state(actions), "a": predict_action(states)}
    return outputs["R"], outputs["s"], outputs["a"]

# %% right
# style: slices that keep the dimension, removed by squeeze(1) afterwards
def predict(x, predict_return, predict_state, predict_action):
    knows_state = x[:, 1:2].squeeze(1)
    knows_action = x.narrow(1, 2, 1).squeeze(1)
    action_preds = predict_action(knows_state)
    state_preds = predict_state(knows_action)
    return_preds = predict_return(knows_action)
    return (return_preds, state_preds, action_preds)

# %% wrong (return-without-action): the next return is predicted from the return token, which does not know the action
def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 0])  # return token -> return
    state_preds = predict_state(x[:, 2])
    action_preds = predict_action(x[:, 1])
    return return_preds, state_preds, action_preds

# %% wrong (axes-mixed): reshapes x to steps of three tokens, though the kinds have a dimension of their own already
def predict(x, predict_return, predict_state, predict_action):
    b, three, k, h = x.shape
    tokens = x.reshape(b, k, three, h)
    state_token, action_token = tokens[:, :, 1, :], tokens[:, :, 2, :]
    return predict_return(action_token), predict_state(action_token), predict_action(state_token)

# %% wrong (action-moved-on): shifts the predicted states and returns by a step, so that they stand where the next ones are
def predict(x, predict_return, predict_state, predict_action):
    _, states, actions = torch.unbind(x, dim=1)
    known = torch.roll(actions, shifts=1, dims=1)
    return predict_return(known), predict_state(known), predict_action(states)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, after_state, after_action = x.unbind(dim=1)
    return predict_return(after_action), predict_state(after_action), predict_action(after_state)

# %% wrong (wrong-shape): squeeze() without a dimension also drops a batch of one, or a window of one step
def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = (part.squeeze() for part in torch.tensor_split(x, 3, dim=1))
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)

# %% wrong (outputs-swapped): the order in which the model of 🤗 Transformers returns them: state, action, return
def predict(x, predict_return, predict_state, predict_action):
    # get predictions
    return_preds = predict_return(x[:, 2])  # predict next return given state and action
    state_preds = predict_state(x[:, 2])  # predict next state given state and action
    action_preds = predict_action(x[:, 1])  # predict next action given state
    return state_preds, action_preds, return_preds

# %% wrong (state-without-action): every head is put on the token just before its own kind in the sequence, so the state comes from the return
def predict(x, predict_return, predict_state, predict_action):
    RETURN, STATE, ACTION = range(3)
    heads = {RETURN: predict_return, STATE: predict_state, ACTION: predict_action}
    # R_1, s_1, a_1, R_2, ...: each token is predicted by the one before it, as in a language model
    return tuple(heads[kind](x[:, (kind - 1) % 3]) for kind in (RETURN, STATE, ACTION))

# %% right
def predict(x, predict_return, predict_state, predict_action):
    plan = [(predict_return, 2), (predict_state, 2), (predict_action, 1)]
    return tuple(head(x.select(1, token)) for head, token in plan)

# %% wrong (wrong-shape): gets rid of the chunk's dimension with a bare squeeze(), which drops every dimension of size 1
def predict(x, predict_return, predict_state, predict_action):
    return_tokens, state_tokens, action_tokens = (chunk.squeeze() for chunk in torch.chunk(x, 3, dim=1))
    return_preds = predict_return(action_tokens)
    state_preds = predict_state(action_tokens)
    action_preds = predict_action(state_tokens)
    return return_preds, state_preds, action_preds

# %% wrong (kinds-averaged): "knows the return and the state" is read as the mean of the return's and the state's tokens
def predict(x, predict_return, predict_state, predict_action):
    before_action = x[:, :2].mean(dim=1)  # knows R and s, not a
    after_action = x[:, 2]  # knows everything
    return predict_return(after_action), predict_state(after_action), predict_action(before_action)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, s, a = x.unbind(dim=1)
    return predict_return(a), predict_state(a), predict_action(s)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    # head, and the position of the token it looks at
    plan = [(predict_return, 2), (predict_state, 2), (predict_action, 1)]
    predictions = []
    for head, position in plan:
        token = torch.index_select(x, 1, torch.tensor([position], device=x.device)).squeeze(1)
        predictions.append(head(token))
    return tuple(predictions)

# %% wrong (wrong-shape): chunk and squeeze() without a dimension, which also drops a batch of 1 and K = 1
def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = (part.squeeze() for part in x.chunk(3, dim=1))
    return (
        predict_return(action_tokens),
        predict_state(action_tokens),
        predict_action(state_tokens),
    )

# %% wrong (action-moved-on): shifts the action tokens by one, so that entry t predicts the state and return of step t itself, from step t - 1
def predict(x, predict_return, predict_state, predict_action):
    def shift_right(h):
        # line predictions up with their targets, as for a language model
        return torch.cat([torch.zeros_like(h[:, :1]), h[:, :-1]], dim=1)

    previous = shift_right(x[:, 2])
    return predict_return(previous), predict_state(previous), predict_action(x[:, 1])

# %% wrong (outputs-swapped): returns the three in the order of the original repository: states, actions, returns
def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2])  # predict next return given state and action
    state_preds = predict_state(x[:, 2])    # predict next state given state and action
    action_preds = predict_action(x[:, 1])  # predict next action given state

    return state_preds, action_preds, return_preds

# %% right
def predict(x, predict_return, predict_state, predict_action):
    token = dict(zip("Rsa", x.unbind(dim=1)))
    knows_all, knows_state = token["a"], token["s"]
    return predict_return(knows_all), predict_state(knows_all), predict_action(knows_state)

# %% wrong (own-token): each head reads the token of its own kind, so the action is read off the action token
def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 0])
    state_preds = predict_state(x[:, 1])
    action_preds = predict_action(x[:, 2])
    return return_preds, state_preds, action_preds

# %% wrong (outputs-swapped): the right tokens, but returned in the order state, action, return
def predict(x, predict_return, predict_state, predict_action):
    # get predictions
    return_preds = predict_return(x[:, 2])  # predict next return given state and action
    state_preds = predict_state(x[:, 2])    # predict next state given state and action
    action_preds = predict_action(x[:, 1])  # predict next action given state
    return state_preds, action_preds, return_preds

# %% wrong (state-without-action): the next state is predicted from the state token, which does not know the action yet
def predict(x, predict_return, predict_state, predict_action):
    _, s, a = torch.unbind(x, dim=1)
    return predict_return(a), predict_state(s), predict_action(s)

# %% right
RETURN, STATE, ACTION = range(3)

def predict(x, predict_return, predict_state, predict_action):
    heads = (predict_return, ACTION), (predict_state, ACTION), (predict_action, STATE)
    return tuple(head(x.select(1, token)) for head, token in heads)

# %% wrong (kinds-averaged): gives the action head the mean of the return and the state token, to let it "know" both
def predict(x, predict_return, predict_state, predict_action):
    before_action = x[:, :2].mean(dim=1)
    after_action = x[:, 2]
    return predict_return(after_action), predict_state(after_action), predict_action(before_action)

# %% wrong (wrong-shape): squeezes away every dimension of 1 after the cut into three, also those of the batch and of K
def predict(x, predict_return, predict_state, predict_action):
    _, s, a = (part.squeeze() for part in torch.chunk(x, 3, dim=1))
    return_preds = predict_return(a)
    state_preds = predict_state(a)
    action_preds = predict_action(s)
    return return_preds, state_preds, action_preds

# %% wrong (steps-shifted): moves the predictions of the next state and return one step on, to where that step is
def predict(x, predict_return, predict_state, predict_action):
    returns = predict_return(x[:, 2])
    states = predict_state(x[:, 2])
    actions = predict_action(x[:, 1])

    def next_step(y):
        return torch.cat([torch.zeros_like(y[:, :1]), y[:, :-1]], dim=1)

    return next_step(returns), next_step(states), actions

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _return_tokens, state_tokens, action_tokens = x.unbind(dim=1)
    heads = [(predict_return, action_tokens), (predict_state, action_tokens), (predict_action, state_tokens)]
    return tuple(head(tokens) for head, tokens in heads)

# %% wrong (wrong-shape): after split, squeeze() without a dimension also removes a batch of 1 or a K of 1
def predict(x, predict_return, predict_state, predict_action):
    _, state_token, action_token = (part.squeeze() for part in x.split(1, dim=1))
    return predict_return(action_token), predict_state(action_token), predict_action(state_token)

# %% wrong (return-without-action): the next return is predicted from the state token, which does not know the action yet
def predict(x, predict_return, predict_state, predict_action):
    """R, s -> action and what it will be worth;  R, s, a -> next state"""
    s_out = x[:, 1]
    a_out = x[:, 2]
    action_preds = predict_action(s_out)
    return_preds = predict_return(s_out)
    state_preds = predict_state(a_out)
    return return_preds, state_preds, action_preds

# %% wrong (batch-and-steps-exchanged): the predictions of the steps are stacked along a new first axis, so batch and K are exchanged
def predict(x, predict_return, predict_state, predict_action):
    return_preds, state_preds, action_preds = [], [], []
    for k in range(x.shape[2]):
        action_preds.append(predict_action(x[:, 1, k]))
        state_preds.append(predict_state(x[:, 2, k]))
        return_preds.append(predict_return(x[:, 2, k]))
    return torch.stack(return_preds), torch.stack(state_preds), torch.stack(action_preds)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    tokens = dict(zip("Rsa", x.unbind(dim=1)))
    plan = ((predict_return, "a"), (predict_state, "a"), (predict_action, "s"))
    return tuple(head(tokens[name]) for head, name in plan)

# %% wrong (axes-mixed): brings the kind of token to the front by reshape instead of a transposition
def predict(x, predict_return, predict_state, predict_action):
    batch, kinds, K, hidden = x.shape
    return_token, state_token, action_token = x.reshape(kinds, batch, K, hidden)
    return predict_return(action_token), predict_state(action_token), predict_action(state_token)

# %% wrong (wrong-shape): squeezes the token axis away with a bare squeeze(), which drops all axes of size 1
def predict(x, predict_return, predict_state, predict_action):
    _, states, actions = [part.squeeze() for part in torch.split(x, 1, dim=1)]
    return_preds = predict_return(actions)
    state_preds = predict_state(actions)
    action_preds = predict_action(states)
    return return_preds, state_preds, action_preds

# %% wrong (plain-head): clamps the actions to [-1, 1], since torques lie there; the head's answer is changed
def predict(x, predict_return, predict_state, predict_action):
    # state and return need the action token, the action only the state token
    after_state, after_action = x[:, 1, :, :], x[:, 2, :, :]
    action_preds = torch.clamp(predict_action(after_state), -1.0, 1.0)
    return predict_return(after_action), predict_state(after_action), action_preds

# %% right
def predict(x, predict_return, predict_state, predict_action):
    knows_return, knows_state, knows_action = x.unbind(dim=1)
    heads_and_tokens = [
        (predict_return, knows_action),
        (predict_state, knows_action),
        (predict_action, knows_state),
    ]
    return tuple(head(tokens) for head, tokens in heads_and_tokens)

# %% wrong (squashed): squashes the action once more with tanh, although the head already does whatever it should
def predict(x, predict_return, predict_state, predict_action):
    r_tok, s_tok, a_tok = x[:, 0], x[:, 1], x[:, 2]
    return_preds = predict_return(a_tok)
    state_preds = predict_state(a_tok)
    action_preds = torch.tanh(predict_action(s_tok))  # torques are in [-1, 1]
    return return_preds, state_preds, action_preds

# %% wrong (steps-shifted): shifts states and returns by one step, because the head is for the "next" state and return, with zeros for the first
def predict(x, predict_return, predict_state, predict_action):
    action_preds = predict_action(x[:, 1])
    next_return = predict_return(x[:, 2])
    next_state = predict_state(x[:, 2])

    def shift(y):
        return torch.cat([torch.zeros_like(y[:, :1]), y[:, :-1]], dim=1)

    return shift(next_return), shift(next_state), action_preds

# %% wrong (kinds-averaged): feeds the action head the mean of the return and the state tokens ("a token that knows both") instead of the state token
def predict(x, predict_return, predict_state, predict_action):
    knows_return_and_state = x[:, :2].mean(dim=1)
    knows_all = x[:, 2]
    return predict_return(knows_all), predict_state(knows_all), predict_action(knows_return_and_state)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, after_state, after_action = x.unbind(dim=1)
    outputs = [head(h) for head, h in ((predict_return, after_action), (predict_state, after_action))]
    return (*outputs, predict_action(after_state))

# %% wrong (return-without-action): predicts the next return from the return token, "each head from the token before or its own kind", which does not know the action
def predict(x, predict_return, predict_state, predict_action):
    RETURN, STATE, ACTION = range(3)
    return_preds = predict_return(x[:, RETURN])
    state_preds = predict_state(x[:, ACTION])
    action_preds = predict_action(x[:, STATE])
    return return_preds, state_preds, action_preds

# %% wrong (wrong-axis): brings the steps to the front first, and then still indexes axis 1, which are now the steps and not the kinds
def predict(x, predict_return, predict_state, predict_action):
    per_step = x.transpose(1, 2)  # (batch, K, 3, hidden), as the tokens stand in the sequence
    state_token, action_token = per_step[:, 1], per_step[:, 2]
    return predict_return(action_token), predict_state(action_token), predict_action(state_token)

# %% wrong (action-moved-on): the language-model shift: each action is predicted from the previous step's action token, which has not seen this return and state
def predict(x, predict_return, predict_state, predict_action):
    last = x[:, 2]
    # token t - 1 predicts token t, so that nobody can peek at the answer
    shifted = torch.cat([torch.zeros_like(last[:, :1]), last[:, :-1]], dim=1)
    return predict_return(last), predict_state(last), predict_action(shifted)

# %% right
def predict(x, predict_return, predict_state, predict_action):
    _, after_state, after_action = x.unbind(dim=1)
    heads = ((predict_return, after_action), (predict_state, after_action), (predict_action, after_state))
    return tuple(head(tokens) for head, tokens in heads)
