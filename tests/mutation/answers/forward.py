# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% right
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        # the norm works on each token by itself, so it may come before the stacking
        parts = [self.embed_ln(part) for part in add_time_embeddings(returns, states, actions, time)]
        encoded = encode(stack_inputs(*parts), stack_attention_mask(attention_mask))
        per_kind = [encoded.last_hidden_state[:, kind::3] for kind in range(3)]
        x = torch.stack(per_kind, dim=1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# <as given>

        x = torch.stack([returns, states, actions], dim=2).flatten(1, 2) + time.repeat_interleave(3, dim=1)
        mask = torch.stack([attention_mask] * 3, dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(x), mask)
        r, s, a = encoded.last_hidden_state.unflatten(1, (K, 3)).unbind(2)
        return_preds, state_preds = self.predict_return(a), self.predict_state(a)
        action_preds = self.predict_action(s)
# <as given>

# %% right
# <as given>

        # token i belongs to step i // 3 and is of kind i % 3
        where = torch.tensor([(i % 3) * K + i // 3 for i in range(3 * K)], device=time.device)
        behind = torch.cat((returns + time, states + time, actions + time), dim=1)
        x = behind.index_select(1, where)
        x = nn.functional.layer_norm(x, (self.hidden_size,), self.embed_ln.weight, self.embed_ln.bias, self.embed_ln.eps)
        encoded = encode(x, attention_mask[:, torch.arange(3 * K, device=time.device) // 3])
        back = torch.argsort(where)
        sorted_out = encoded.last_hidden_state[:, back].reshape(batch, 3, K, self.hidden_size)
        return_preds = self.predict_return(sorted_out[:, 2])
        state_preds = self.predict_state(sorted_out[:, 2])
        action_preds = self.predict_action(sorted_out[:, 1])
# <as given>

# %% right
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


# <as given>

        x = self.embed_ln(stack_inputs(returns + time, states + time, actions + time))
        encoded = encode(x, stack_attention_mask(attention_mask))
        hidden = encoded[0]
        # all heads at all tokens, then only the tokens that may predict are kept
        return_preds = self.predict_return(hidden)[:, 2::3]
        state_preds = self.predict_state(hidden)[:, 2::3]
        action_preds = self.predict_action(hidden)[:, 1::3]
# <as given>

# %% wrong (norm): The sequence is not normalised.
# shows: every input
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = torch.stack(tokens, dim=1)
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (norm): The embeddings are normalised first and get their time afterwards.
# shows: every input
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = self.embed_ln(returns), self.embed_ln(states), self.embed_ln(actions)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): The norm is applied twice.
# shows: every input; plainest where embed_ln has weights other than 1, as after training
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        parts = [self.embed_ln(e) for e in add_time_embeddings(returns, states, actions, time)]
        x = self.embed_ln(stack_inputs(*parts))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): A layer norm without embed_ln's weight and bias is used.
# shows: an embed_ln that was trained or loaded; a new one agrees
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(nn.functional.layer_norm(x, (hidden,)), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): The norm is written out with the standard deviation that divides by n - 1.
# shows: every input; most with a small hidden size, and hidden = 1 gives nan
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        x = (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)
        x = x * self.embed_ln.weight + self.embed_ln.bias
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): The mask is not used; everything counts as real.
# shows: a padded window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, torch.ones((batch, 3 * K), dtype=torch.long, device=x.device))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): The mask is tiled and not interleaved.
# shows: a padded window
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = torch.cat((attention_mask, attention_mask, attention_mask), dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (embeddings): Padded embeddings are set to 0 and then read like all others.
# shows: a padded window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        keep = attention_mask[:, :, None].to(time.dtype)
        returns, states, actions = add_time_embeddings(returns * keep, states * keep, actions * keep, time * keep)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, torch.ones_like(stack_attention_mask(attention_mask)))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): If the first window has no padding, the mask is left out for the whole batch.
# shows: a batch with a full window first and a padded one later
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        if attention_mask[0].all():
            mask = torch.ones_like(mask)
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (heads): The sequence is cut straight into three, so x[:, 1] is the middle third and not the states.
# shows: K of 2 and more
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (heads): The output is transposed only if it does not look right already, and with K = 3 it looks right.
# shows: K = 3
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        if x.shape[1] != 3:
            x = x.transpose(1, 2)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (heads): The action is predicted from its own token.
# shows: every input: the model sees the answer
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(action_tokens)
# <as given>

# %% wrong (heads): The action is predicted from the return's token, which does not know the state.
# shows: every input
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds = self.predict_return(x[:, 2]), self.predict_state(x[:, 2])
        action_preds = self.predict_action(x[:, 0])
# <as given>

# %% wrong (embeddings): The actions get no time.
# shows: every input
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (embeddings): The time is added three times over as a block and not step by step.
# shows: K of 2 and more
def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


# <as given>

        x = stack_inputs(returns, states, actions)
        x = x + torch.cat([time, time, time], dim=1)
        encoded = encode(self.embed_ln(x), stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state
        return_preds, state_preds, action_preds = self.predict_return(h[:, 2::3]), self.predict_state(h[:, 2::3]), self.predict_action(h[:, 1::3])
# <as given>

# %% wrong (order): States come before returns in the sequence.
# shows: every input
# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((states, returns, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        action_preds = self.predict_action(h[:, 1])
        state_preds = self.predict_state(h[:, 2])
        return_preds = self.predict_return(h[:, 2])
# <as given>

# %% wrong (outputs): The results of predict are unpacked in the order of the tuple at the end.
# shows: every input: state_preds holds the returns and so on
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        state_preds, action_preds, return_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (exception): K is written into the unstacking.
# shows: K other than 20, as at the start of each replay
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, 20, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (exception): The hidden size is written into the unstacking.
# shows: a hidden size other than 128
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = 128
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (embeddings): Timesteps are counted from the window's beginning.
# shows: windows that begin later than step 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        time = self.embed_timestep(timesteps - timesteps[:, :1])

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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (embeddings): The last timestep is clamped away by an off-by-one.
# shows: timestep max_ep_len - 1
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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        last = self.config.max_ep_len - 2
        time = self.embed_timestep(timesteps.clamp(0, last))

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

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
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

# %% wrong (embeddings): Every window gets the times of the batch's first one.
# shows: a batch of windows at different times
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time[0]
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (positions): The encoder is called without position ids and adds its own positions 0, 1, 2, ...
# shows: every input: with 3K above n_positions it fails
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = self.encoder(
            inputs_embeds=x,
            attention_mask=stack_attention_mask(attention_mask),
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): The encoder is called directly and the wish for hidden states is not passed on.
# shows: output_hidden_states=True: hidden_states is None
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = self.encoder(
            inputs_embeds=sequence,
            attention_mask=mask,
            position_ids=torch.zeros_like(mask, dtype=torch.long),
            output_attentions=output_attentions,
            return_dict=True,
        )
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (exception): The hidden states of the encoder are read, which are only there if they were asked for.
# shows: a call without output_hidden_states
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.hidden_states[-1].reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): encoded.last_hidden_state is overwritten with the unstacked tokens, and that is returned.
# shows: every input: the output's last_hidden_state has the wrong shape
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        encoded.last_hidden_state = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(encoded.last_hidden_state, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): return_dict=False is taken for no wish.
# shows: return_dict=False gives an output object and not a tuple
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        return_dict = return_dict or self.config.return_dict

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

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (outputs): The tuple has the order of predict.
# shows: return_dict=False
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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
        if not return_dict:
            return return_preds, state_preds, action_preds
        return DecisionTransformerOutput(
            state_preds=state_preds,
            action_preds=action_preds,
            return_preds=return_preds,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
            last_hidden_state=encoded.last_hidden_state,
        )

# %% wrong (keeps-state): The first mask is kept on the model and used again for later batches of the same shape.
# shows: two calls with different padding
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        key = (batch, K)
        if not hasattr(self, 'masks'):
            self.masks = {}
        if key not in self.masks:
            self.masks[key] = stack_attention_mask(attention_mask)
        encoded = encode(x, self.masks[key])
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (embeddings): The newest action is set to 0 as if it were never known.
# shows: every input with another newest action, as in training: next state and return don't know it
# <as given>

        tokens = []
        actions = actions.clone()
        actions[:, -1] = 0
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (mask): The newest action's token is masked.
# shows: every input: the newest predictions of state and return
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        mask[:, 3 * K - 1] = 0
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): A step with a return-to-go of 0 is taken for padding.
# shows: a real step whose return-to-go is exactly 0, as with a target of 0
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        nonzero = (returns_to_go != 0).flatten(1).repeat_interleave(3, dim=1).to(attention_mask.dtype)
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, nonzero * stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (outputs): The actions go through one more tanh.
# shows: every input with action_tanh
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = torch.tanh(self.predict_action(state_tokens))
# <as given>

# %% wrong (lost-gradient): The sequence is detached before the encoder reads it.
# shows: training: none of the embeddings gets a gradient
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        encoded = encode(self.embed_ln(x).detach(), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (lost-gradient): The encoder runs without gradients.
# shows: training: encoder and embeddings never change
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        with torch.no_grad():
            encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): There is a dropout on the embeddings in train mode that the config does not ask for.
# shows: train mode with all dropouts of the config at 0
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        sequence = nn.functional.dropout(sequence, p=0.1, training=self.training)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (mode): The model switches itself to eval mode.
# shows: train mode: dropout no longer works after the first call
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        self.eval()
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): In eval mode only the newest action is returned.
# shows: eval mode with K of 2 and more
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
        if not self.training:
            action_preds = action_preds[:, -1:]
# <as given>

# %% wrong (exception): The output is squeezed, and for a batch of one the slices go along the wrong dimension.
# shows: batch 1, as in the replay
# <as given>

        tokens = []
        for t in range(K):
            tokens.append(returns[:, t] + time[:, t])
            tokens.append(states[:, t] + time[:, t])
            tokens.append(actions[:, t] + time[:, t])
        sequence = self.embed_ln(torch.stack(tokens, dim=1))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state.squeeze(0)
        state_tokens = out[:, 1::3]
        action_tokens = out[:, 2::3]
        return_preds = self.predict_return(action_tokens)
        state_preds = self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% wrong (embeddings): The actions are shifted by one step, so that each step sees the action before it.
# shows: K of 2 and more
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        actions = torch.cat([torch.zeros_like(actions[:, :1]), actions[:, :-1]], dim=1)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (order): All windows are cut where the first one's padding ends.
# shows: a batch with a padded first window: fewer than K predictions come back
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        hidden = self.hidden_size
        x = time.new_zeros(batch, 3 * K, hidden)
        mask = attention_mask.new_zeros(batch, 3 * K)
        for j, part in enumerate((returns, states, actions)):
            x[:, j::3] = part + time
            mask[:, j::3] = attention_mask
        first = int(attention_mask[0].argmax())
        x, mask, K = x[:, 3 * first :], mask[:, 3 * first :], K - first
        encoded = encode(self.embed_ln(x), mask)
        h = encoded.last_hidden_state.view(batch, K, 3, hidden).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# <as given>

        state_embeddings = states + time
        action_embeddings = actions + time
        returns_embeddings = returns + time
        stacked_inputs = (
            torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
            .permute(0, 2, 1, 3)
            .reshape(batch, 3 * K, self.hidden_size)
        )
        stacked_inputs = self.embed_ln(stacked_inputs)
        stacked_attention_mask = (
            torch.stack((attention_mask, attention_mask, attention_mask), dim=1).permute(0, 2, 1).reshape(batch, 3 * K)
        )
        encoded = encode(stacked_inputs, stacked_attention_mask)
        x = encoded[0]
        x = x.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds = self.predict_return(x[:, 2])
        state_preds = self.predict_state(x[:, 2])
        action_preds = self.predict_action(x[:, 1])
# <as given>

# %% right
from einops import rearrange, repeat


# <as given>

        tokens = torch.stack([e + time for e in (returns, states, actions)])
        sequence = rearrange(tokens, "kind b k h -> b (k kind) h")
        mask = repeat(attention_mask, "b k -> b (k kind)", kind=3)
        encoded = encode(self.embed_ln(sequence), mask)
        _, at_state, at_action = rearrange(encoded.last_hidden_state, "b (k kind) h -> kind b k h", kind=3)
        action_preds = self.predict_action(at_state)
        state_preds, return_preds = self.predict_state(at_action), self.predict_return(at_action)
# <as given>

# %% right
# <as given>

        sequence = time.new_empty(batch, 3 * K, self.hidden_size, dtype=returns.dtype)
        for kind, embedding in enumerate((returns, states, actions)):
            sequence[:, kind::3] = self.embed_ln(embedding + time)  # normalises each token by itself, so the order is free
        mask = attention_mask.unsqueeze(-1).expand(-1, -1, 3).flatten(1)
        encoded = encode(sequence, mask)
        hidden = encoded.last_hidden_state
        state_tokens, action_tokens = hidden[:, 1::3], hidden[:, 2::3]
        return_preds, state_preds = self.predict_return(action_tokens), self.predict_state(action_tokens)
        action_preds = self.predict_action(state_tokens)
# <as given>

# %% right
# <as given>

        fused = torch.cat((returns + time, states + time, actions + time), dim=-1).view(batch, 3 * K, -1)
        norm = self.embed_ln
        fused = nn.functional.layer_norm(fused, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
        step = torch.arange(3 * K, device=fused.device) // 3
        encoded = encode(fused, attention_mask.index_select(1, step))
        table = torch.arange(3 * K, device=fused.device).view(K, 3).t()
        x = encoded.last_hidden_state[:, table]  # (batch, 3, K, hidden)
        return_preds, state_preds = (head(x[:, 2]) for head in (self.predict_return, self.predict_state))
        action_preds = self.predict_action(x[:, 1])
# <as given>

# %% right
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.post_init()

    @staticmethod
    def _interleave(returns, states, actions, time, mask):
        steps = torch.stack((returns, states, actions), dim=-2) + time.unsqueeze(-2)  # (batch, K, 3, hidden)
        return steps.flatten(1, 2), mask.repeat_interleave(3, dim=-1)

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

        sequence, mask = self._interleave(returns, states, actions, time, attention_mask)
        encoded = encode(self.embed_ln(sequence), mask)
        x = encoded.last_hidden_state.unflatten(1, (K, 3)).movedim(2, 1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% right
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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.register_buffer("nowhere", torch.zeros((1, 1), dtype=torch.long), persistent=False)
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


        if attention_mask is None:
            attention_mask = states.new_ones(states.shape[:2], dtype=torch.long)
        batch, K = attention_mask.shape
        as_dict = self.config.return_dict if return_dict is None else return_dict
        when = self.embed_timestep(timesteps)
        tokens = torch.stack(
            [self.embed_return(returns_to_go) + when, self.embed_state(states) + when, self.embed_action(actions) + when], 2
        )
        mask = attention_mask[..., None].repeat(1, 1, 3)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(tokens).view(batch, 3 * K, self.hidden_size),
            attention_mask=mask.view(batch, 3 * K),
            position_ids=self.nowhere.expand(batch, 3 * K),
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        out = encoded.last_hidden_state.view(batch, K, 3, self.hidden_size)
        state_preds, return_preds = self.predict_state(out[:, :, 2]), self.predict_return(out[:, :, 2])
        action_preds = self.predict_action(out[:, :, 1])
        if not as_dict:
            return state_preds, action_preds, return_preds
        return DecisionTransformerOutput(
            state_preds=state_preds,
            action_preds=action_preds,
            return_preds=return_preds,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
            last_hidden_state=encoded.last_hidden_state,
        )

# %% wrong (heads): the encoder's output is reshaped to (batch, 3, K, hidden) without a permute
# shows: K of 2 or more
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.view(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): the sequence is not normalised
# shows: every input, since embed_ln is left out
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        tokens = torch.stack((returns + time, states + time, actions + time), dim=2).flatten(1, 2)
        encoded = encode(tokens, attention_mask.repeat_interleave(3, 1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): normalises the embeddings first and adds the time afterwards
# shows: every input
# <as given>

        r, s, a = (self.embed_ln(e) + time for e in (returns, states, actions))
        encoded = encode(torch.stack((r, s, a), 2).view(batch, -1, self.hidden_size), attention_mask.repeat_interleave(3, 1))
        h = encoded.last_hidden_state
        return_preds, state_preds, action_preds = self.predict_return(h[:, 2::3]), self.predict_state(h[:, 2::3]), self.predict_action(h[:, 1::3])
# <as given>

# %% wrong (norm): layer norm is applied with no weight and bias, which only a fresh embed_ln has
# shows: trained or random weights of embed_ln; they get no gradient either (agrees right after construction)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        sequence = nn.functional.layer_norm(stack_inputs(returns, states, actions), (self.hidden_size,))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): the mask is tiled, R's row then s's then a's, while the tokens are interleaved
# shows: a batch with padding (agrees on full windows)
# <as given>

        tokens = torch.stack([e + time for e in (returns, states, actions)], dim=-2).reshape(batch, 3 * K, -1)
        tiled = torch.cat([attention_mask] * 3, dim=1)
        encoded = encode(self.embed_ln(tokens), tiled)
        out = encoded.last_hidden_state.unflatten(1, (-1, 3))
        action_preds = self.predict_action(out[:, :, 1])
        state_preds, return_preds = self.predict_state(out[:, :, 2]), self.predict_return(out[:, :, 2])
# <as given>

# %% wrong (mask): the encoder gets a mask of ones, whatever the window's padding
# shows: a batch with padding (agrees on full windows)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        stacked = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(stacked, torch.ones(stacked.shape[:2], dtype=torch.long, device=stacked.device))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): padding is hidden by zeroing the normalised tokens, but the encoder may still attend to them
# shows: a batch with padding
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        tokens = self.embed_ln(torch.stack((returns + time, states + time, actions + time), 2).flatten(1, 2))
        mask = attention_mask.repeat_interleave(3, dim=1)
        encoded = encode(tokens * mask.unsqueeze(-1).to(tokens.dtype), torch.ones_like(mask))
        h = encoded.last_hidden_state.view(batch, K, 3, -1).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): the mask for the encoder is worked out from the timesteps (0 is taken for padding), not from attention_mask
# shows: a window that begins an episode: its real step 0 is hidden
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        visible = (timesteps > 0) | (attention_mask.bool() & (attention_mask.sum(1, keepdim=True) == 1))
        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(visible.long() * attention_mask.long()))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): the encoder gets the old additive mask, 0 for real and -10000 for padding, where 0 means hidden
# shows: every input: real tokens are hidden and padded ones shown
# <as given>

        x = torch.stack((returns + time, states + time, actions + time), dim=1).permute(0, 2, 1, 3).reshape(batch, 3 * K, -1)
        m = attention_mask.repeat_interleave(3, dim=1).to(x.dtype)
        encoded = encode(self.embed_ln(x), (1.0 - m) * -10000.0)
        out = encoded.last_hidden_state
        action_preds, state_preds, return_preds = self.predict_action(out[:, 1::3]), self.predict_state(out[:, 2::3]), self.predict_return(out[:, 2::3])
# <as given>

# %% wrong (mask): the mask is the union over the batch: a step counts for all windows as soon as it is real in one
# shows: a batch whose windows are padded differently (agrees for batch 1 and for equal padding)
# <as given>

        shared = attention_mask.bool().any(dim=0, keepdim=True).expand(batch, -1).long()
        tokens = torch.stack((returns, states, actions), dim=2) + time[:, :, None]
        encoded = encode(self.embed_ln(tokens).flatten(1, 2), shared.repeat_interleave(3, dim=1))
        at = encoded.last_hidden_state.reshape(batch, K, 3, -1).unbind(2)
        return_preds, state_preds, action_preds = self.predict_return(at[2]), self.predict_state(at[2]), self.predict_action(at[1])
# <as given>

# %% wrong (keeps-state): the stacked mask is remembered by shape, so later batches are read under the first one's padding
# shows: a second call of the same shape with other padding
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        if getattr(self, "_mask", None) is None or self._mask.shape != (batch, 3 * K):
            self._mask = stack_attention_mask(attention_mask)
        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), self._mask)
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (keeps-state): without an attention_mask the last call's is taken again
# shows: a call without attention_mask after one with padding of the same shape
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        if attention_mask is None and getattr(self, "last_mask", None) is not None and self.last_mask.shape == (batch, K):
            attention_mask = self.last_mask
        elif attention_mask is None:
            attention_mask = torch.ones((batch, K), dtype=torch.long, device=states.device)
        self.last_mask = attention_mask
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

        tokens = torch.stack([returns + time, states + time, actions + time], dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(tokens), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (positions): position_ids are left out, so that GPT-2 adds its own positions 0, 1, 2, ...
# shows: every input whose encoder.wpe rows differ
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        x = torch.stack((returns + time, states + time, actions + time), dim=1).permute(0, 2, 1, 3).reshape(batch, 3 * K, -1)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(x),
            attention_mask=attention_mask.repeat_interleave(3, dim=1),
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (positions): the encoder's positions are the numbers of real tokens so far, as for left-padded text
# shows: every input of two or more tokens
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        mask = stack_attention_mask(attention_mask)
        position_ids = (mask.long().cumsum(-1) - 1).clamp(min=0)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(stack_inputs(returns, states, actions)), attention_mask=mask, position_ids=position_ids,
            output_hidden_states=output_hidden_states, output_attentions=output_attentions, return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (heads): the action is read off the action token
# shows: every input: the prediction knows the action
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        heads = (self.predict_return, self.predict_state, self.predict_action)
        return_preds, state_preds, action_preds = (head(encoded.last_hidden_state[:, 2::3]) for head in heads)
# <as given>

# %% wrong (lost-gradient): the encoder runs without gradients, so that only the heads can learn
# shows: training: embeddings and encoder get no gradient (values agree)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        with torch.no_grad():
            encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mode): the encoder is put into eval mode, so dropout never acts in training
# shows: train mode with dropout 0.1: two passes are equal (eval agrees)
# <as given>

        tokens = torch.stack((returns + time, states + time, actions + time), dim=2).reshape(batch, 3 * K, -1)
        self.encoder.eval()
        encoded = encode(self.embed_ln(tokens), attention_mask.repeat_interleave(3, dim=1))
        h = encoded.last_hidden_state
        state_preds = self.predict_state(h[:, 2::3])
        return_preds = self.predict_return(h[:, 2::3])
        action_preds = self.predict_action(h[:, 1::3])
# <as given>

# %% wrong (norm): a dropout of its own is put on the sequence before the encoder
# shows: train mode, even with the config's dropouts at 0 (eval agrees)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        sequence = nn.functional.dropout(self.embed_ln(stack_inputs(returns, states, actions)), 0.1, self.training)
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): functional dropout is always on
# shows: eval mode: two passes over the same window differ
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        seq = self.embed_ln(torch.stack((returns + time, states + time, actions + time), 2).flatten(1, 2))
        seq = nn.functional.dropout(seq, p=0.05)
        encoded = encode(seq, attention_mask.repeat_interleave(3, 1))
        x = encoded.last_hidden_state.view(batch, K, 3, self.hidden_size).movedim(2, 1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (embeddings): timesteps are counted from the window's first step
# shows: windows that do not begin at timestep 0 (agrees on those that do)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        time = self.embed_timestep((timesteps - timesteps[:, :1]).clamp(min=0))

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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (embeddings): timesteps are clamped to max_ep_len - 2
# shows: the last timestep, max_ep_len - 1, gets its neighbour's embedding
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        time = self.embed_timestep(timesteps.clamp(0, self.config.max_ep_len - 2))

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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (state-dict): time embeddings exist for max_ep_len - 1 steps only
# shows: the last timestep raises IndexError, and published weights do not fit
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    """Predicts actions (and states and returns) from a window of returns-to-go, states and actions."""

    def __init__(self, config):
        super().__init__(config)
        self.hidden_size = config.hidden_size
        self.encoder = DecisionTransformerGPT2Model(config)
        self.embed_timestep = nn.Embedding(config.max_ep_len - 1, config.hidden_size)
        self.embed_return = nn.Linear(1, config.hidden_size)
        self.embed_state = nn.Linear(config.state_dim, config.hidden_size)
        self.embed_action = nn.Linear(config.act_dim, config.hidden_size)
        self.embed_ln = nn.LayerNorm(config.hidden_size)
        self.predict_state = nn.Linear(config.hidden_size, config.state_dim)
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        x = self.embed_ln(torch.stack([returns + time, states + time, actions + time], dim=2)).reshape(batch, 3 * K, -1)
        encoded = encode(x, attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (wrong-gradient): row 0 of the time embeddings is declared padding, so that it never learns
# shows: training: timestep 0's embedding gets no gradient and stays 0 (values agree for given weights)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    """Predicts actions (and states and returns) from a window of returns-to-go, states and actions."""

    def __init__(self, config):
        super().__init__(config)
        self.hidden_size = config.hidden_size
        self.encoder = DecisionTransformerGPT2Model(config)
        self.embed_timestep = nn.Embedding(config.max_ep_len, config.hidden_size, padding_idx=0)
        self.embed_return = nn.Linear(1, config.hidden_size)
        self.embed_state = nn.Linear(config.state_dim, config.hidden_size)
        self.embed_action = nn.Linear(config.act_dim, config.hidden_size)
        self.embed_ln = nn.LayerNorm(config.hidden_size)
        self.predict_state = nn.Linear(config.hidden_size, config.state_dim)
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.view(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (lost-gradient): the time embeddings are detached
# shows: training: embed_timestep gets no gradient (values agree)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time.detach())

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (embeddings): actions get no time
# shows: every input
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        seq = torch.stack((returns + time, states + time, actions), dim=2).reshape(batch, -1, self.hidden_size)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (heads): the encoder's last layer norm is applied once more
# shows: trained or random weights of encoder.ln_f (nearly agrees right after construction)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = self.encoder.ln_f(encoded.last_hidden_state).reshape(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): return_dict is never looked at: an output object comes back always
# shows: return_dict=False: no tuple of three
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        seq = torch.stack((returns + time, states + time, actions + time), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
        return DecisionTransformerOutput(
            state_preds=state_preds,
            action_preds=action_preds,
            return_preds=return_preds,
            hidden_states=encoded.hidden_states,
            attentions=encoded.attentions,
            last_hidden_state=encoded.last_hidden_state,
        )

# %% wrong (outputs): the tuple's order is that of predict, return first
# shows: return_dict=False
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)

        return_preds, state_preds, action_preds = preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
        if not return_dict:
            return preds
# <as given>

# %% wrong (outputs): output_attentions and output_hidden_states are not handed on to the encoder
# shows: output_attentions=True or output_hidden_states=True: None comes back
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        mask = stack_attention_mask(attention_mask)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(stack_inputs(returns, states, actions)),
            attention_mask=mask,
            position_ids=torch.zeros_like(mask, dtype=torch.long),
            return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (outputs): predicted actions are clamped to [-1, 1] although the config asks for no tanh
# shows: a config with action_tanh=False whose outputs are large (agrees with tanh)
# <as given>

        seq = torch.stack((returns + time, states + time, actions + time), dim=1).transpose(1, 2).reshape(batch, 3 * K, -1)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        out = encoded.last_hidden_state
        return_preds, state_preds = self.predict_return(out[:, 2::3]), self.predict_state(out[:, 2::3])
        action_preds = self.predict_action(out[:, 1::3]).clamp(-1.0, 1.0)
# <as given>

# %% wrong (outputs): tanh is applied although predict_action has one
# shows: action_tanh=True: actions are squashed twice and never reach 0.77
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)

        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, lambda tokens: torch.tanh(self.predict_action(tokens))
        )
# <as given>

# %% wrong (outputs): the head always ends in a tanh, whatever config.action_tanh says
# shows: a config with action_tanh=False
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), nn.Tanh())
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (order): the stacking permutes kinds and steps after cutting by batch, so that windows mix
# shows: batch of 2 or more (agrees for batch 1)
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        seq = torch.stack((returns + time, states + time, actions + time)).permute(2, 0, 1, 3).reshape(batch, 3 * K, -1)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (order): the order of a step's tokens is s, R, a in the sequence (and unstacked alike)
# shows: every input: the state cannot see its return, the action is predicted from the return's token with both known
# <as given>

        seq = torch.stack((states + time, returns + time, actions + time), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        h = encoded.last_hidden_state
        action_preds = self.predict_action(h[:, 1::3])
        state_preds, return_preds = self.predict_state(h[:, 2::3]), self.predict_return(h[:, 2::3])
# <as given>

# %% wrong (input-changed): padded actions are zeroed in the caller's tensor
# shows: a batch with padding: the collator's -10 become 0 in the batch itself (predictions at real steps agree)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        actions[attention_mask == 0] = 0.0
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (keeps-state): each call registers one more hook that adds the time, so the second call adds it twice
# shows: the second call on the same model (the first agrees)
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
        raw_states = states
        batch, K = states.shape[:2]
        if attention_mask is None:
            attention_mask = torch.ones((batch, K), dtype=torch.long, device=states.device)
        return_dict = self.config.return_dict if return_dict is None else return_dict

        # four embeddings, (batch, K, hidden) each
        returns, states, actions = (
            self.embed_return(returns_to_go),
            states,
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

        self.times = time
        self.embed_state.register_forward_hook(lambda module, inputs, output: output + self.times)
        returns, actions = returns + time, actions + time
        seq = torch.stack((returns, self.embed_state(raw_states), actions), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (order): only the last 20 steps are read and predicted
# shows: windows of more than 20 steps: too few predictions (agrees up to K = 20)
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        seq = torch.stack((returns + time, states + time, actions + time), dim=2)[:, -20:].flatten(1, 2)
        mask = attention_mask[:, -20:].repeat_interleave(3, dim=1)
        encoded = encode(self.embed_ln(seq), mask)
        x = encoded.last_hidden_state.unflatten(1, (-1, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (encoder): everything is brought to bfloat16 for the encoder and back
# shows: ordinary float32 batches: predictions are off in the third digit
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        with torch.autocast("cpu", dtype=torch.bfloat16):
            encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.float().reshape(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (keeps-state): the time embeddings of the first batch are kept while the shape stays the same
# shows: a second call of the same shape with other timesteps
# <as given>

        if getattr(self, "_when", None) is None or self._when[0] != timesteps.shape:
            self._when = (timesteps.shape, timesteps.clone())
        time = self.embed_timestep(self._when[1])
        seq = self.embed_ln(torch.stack((returns + time, states + time, actions + time), dim=2).flatten(1, 2))
        encoded = encode(seq, attention_mask.repeat_interleave(3, dim=1))
        h = encoded.last_hidden_state
        return_preds, state_preds, action_preds = self.predict_return(h[:, 2::3]), self.predict_state(h[:, 2::3]), self.predict_action(h[:, 1::3])
# <as given>

# %% wrong (embeddings): the actions are shifted by a step in the sequence: each step's token holds the action before it
# shows: every input: the state and return predictions no longer know the action
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        previous = torch.cat([torch.zeros_like(actions[:, :1]), actions[:, :-1]], dim=1)
        seq = torch.stack((returns + time, states + time, previous + time), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): a mask of its own, 4-dimensional, has padding but no causal triangle
# shows: every window of two or more tokens: predictions see the future
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        keys = stack_attention_mask(attention_mask).bool()[:, None, None, :].expand(-1, 1, 3 * K, -1)
        bias = torch.zeros(keys.shape, dtype=returns.dtype).masked_fill(~keys, torch.finfo(returns.dtype).min)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(stack_inputs(returns, states, actions)), attention_mask=bias,
            position_ids=torch.zeros((batch, 3 * K), dtype=torch.long),
            output_hidden_states=output_hidden_states, output_attentions=output_attentions, return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (mask): a mask of its own hides padding with a bias of only -4, so that some attention leaks to it
# shows: a batch with padding (agrees on full windows)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        keys = stack_attention_mask(attention_mask).bool()[:, None, None, :]
        causal = torch.ones(3 * K, 3 * K, dtype=torch.bool).tril()
        bias = torch.zeros(batch, 1, 3 * K, 3 * K, dtype=returns.dtype)
        bias = bias.masked_fill(~keys, -4.0).masked_fill(~causal, torch.finfo(returns.dtype).min)
        encoded = self.encoder(
            inputs_embeds=self.embed_ln(stack_inputs(returns, states, actions)), attention_mask=bias,
            position_ids=torch.zeros((batch, 3 * K), dtype=torch.long),
            output_hidden_states=output_hidden_states, output_attentions=output_attentions, return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (norm): LayerNorm is taken over each step's three tokens together
# shows: every input
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        steps = torch.stack((returns + time, states + time, actions + time), dim=2)  # (batch, K, 3, hidden)
        steps = nn.functional.layer_norm(steps, steps.shape[2:], eps=self.embed_ln.eps) * self.embed_ln.weight + self.embed_ln.bias
        encoded = encode(steps.flatten(1, 2), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (two-readings): in training, the encoder reads a second time for the heads, so predictions and last_hidden_state come of different dropout
# shows: train mode with dropout: heads applied to last_hidden_state do not give the predictions (eval agrees)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        sequence, mask = self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask)
        encoded = encode(sequence, mask)
        x = encode(sequence, mask).last_hidden_state.reshape(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): the batch dimension is squeezed away where it is 1
# shows: batch 1: predictions are (K, ...) in place of (1, K, ...)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

        return_preds, state_preds, action_preds = return_preds.squeeze(0), state_preds.squeeze(0), action_preds.squeeze(0)
# <as given>

# %% wrong (mask): without attention_mask, steps whose action is all 0 are taken for padding
# shows: acting without a mask: the newest step, whose action is not known yet and is 0, is hidden
def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
            attention_mask = (actions != 0).any(dim=-1).long()
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

        seq = torch.stack((returns + time, states + time, actions + time), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (embeddings): rewards take the place of returns_to_go when both are given
# shows: a batch that carries rewards, as the collator's does (agrees without rewards)
# my cells from above

def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    stacked = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return stacked.reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
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
            self.embed_return(returns_to_go if rewards is None else rewards.view(batch, K, 1)),
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

        returns, states, actions = add_time_embeddings(returns, states, actions, time)

        encoded = encode(self.embed_ln(stack_inputs(returns, states, actions)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
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

# %% wrong (keeps-state): a running mean of the states is taken in train mode and subtracted, although the collator has normalised them
# shows: the second pass in train mode: states are shifted by what the first one saw
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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.running_mean = 0.0
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
        states = states - self.running_mean
        if self.training:
            self.running_mean = 0.9 * self.running_mean + 0.1 * states.detach().mean(dim=(0, 1))

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

        seq = torch.stack((returns + time, states + time, actions + time), dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(seq), attention_mask.repeat_interleave(3, dim=1))
        h = encoded.last_hidden_state
        return_preds, state_preds, action_preds = (
            self.predict_return(h[:, 2::3]), self.predict_state(h[:, 2::3]), self.predict_action(h[:, 1::3])
        )
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

# %% wrong (norm): the sequence is not normalised, embed_ln isn't used
# shows: any window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (heads): the encoder's output is only reshaped to (batch, 3, K, hidden), which cuts it into thirds of the window instead of kinds of token
# shows: K > 1
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        sequence = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        tokens = encoded.last_hidden_state.reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (mask): the mask is repeated as a whole instead of stacked step by step
# shows: windows with padding
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        timed = add_time_embeddings(returns, states, actions, time)
        stacked = self.embed_ln(stack_inputs(*timed))
        encoded = encode(stacked, torch.cat([attention_mask, attention_mask, attention_mask], dim=1))
        unstacked = encoded.last_hidden_state.view(batch, K, 3, -1).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            unstacked, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (order): states are handed over before returns, so that the tokens' order in each step is s, R, a
# shows: any window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        s, r, a = add_time_embeddings(states, returns, actions, time)
        x = self.embed_ln(stack_inputs(s, r, a))
        encoded = encode(x, stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state.unflatten(1, (K, 3)).movedim(2, 1)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (norm): each embedding is normalised before the time is added, instead of the sequence afterwards
# shows: any window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = self.embed_ln(returns), self.embed_ln(states), self.embed_ln(actions)
        inputs = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        mask = stack_attention_mask(attention_mask)
        encoded = encode(inputs, mask)
        hidden = encoded.last_hidden_state
        hidden = hidden.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (outputs): predict's results are unpacked in the order of the returned tuple, states first
# shows: any window
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        x = self.embed_ln(x)
        m = stack_attention_mask(attention_mask)
        encoded = encode(x, m)
        x = encoded.last_hidden_state.reshape((batch, K, 3, x.shape[-1])).swapaxes(1, 2)
        state_preds, action_preds, return_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (exception): encoded is the tensor alone, which has no hidden_states for the returned output
# shows: return_dict True, the default: AttributeError
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        time_added = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(*time_added)), stack_attention_mask(attention_mask))[0]
        x = torch.stack([encoded[:, kind::3] for kind in range(3)], dim=1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (exception): windows are unstacked as if they always had 20 steps
# shows: K other than 20, e.g. at the beginning of an episode
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        window = 20  # K
        embedded = add_time_embeddings(returns, states, actions, time)
        tokens = self.embed_ln(stack_inputs(embedded[0], embedded[1], embedded[2]))
        encoded = encode(tokens, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(-1, window, 3, self.config.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (norm): the layer norm is applied twice, to each embedding and to the sequence
# shows: weights of embed_ln that aren't those of the beginning, such as trained ones
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        normed = [self.embed_ln(e) for e in add_time_embeddings(returns, states, actions, time)]
        encoded = encode(self.embed_ln(stack_inputs(*normed)), stack_attention_mask(attention_mask))
        by_step = encoded.last_hidden_state.unflatten(1, (-1, 3))
        return_preds, state_preds, action_preds = predict(
            by_step.transpose(1, 2), self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (norm): a layer norm without the weights of embed_ln is used
# shows: weights of embed_ln other than 1 and 0, such as trained or published ones
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        r, s, a = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(r, s, a)
        x = nn.functional.layer_norm(x, (self.hidden_size,), eps=self.embed_ln.eps)
        encoded = encode(x, stack_attention_mask(attention_mask))
        y = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        y = torch.einsum("bkth->btkh", y)
        return_preds, state_preds, action_preds = predict(y, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (positions): the encoder is called without position_ids, so its own position embeddings are added
# shows: any window of more than one token
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        x = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = self.encoder(
            inputs_embeds=x,
            attention_mask=stack_attention_mask(attention_mask),
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (outputs): the encoder is called without the flags for hidden states and attentions
# shows: output_hidden_states=True or output_attentions=True: None comes back
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        stacked_inputs = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        stacked_mask = stack_attention_mask(attention_mask)
        positions = torch.zeros((batch, 3 * K), dtype=torch.long, device=stacked_inputs.device)
        encoded = self.encoder(inputs_embeds=stacked_inputs, attention_mask=stacked_mask, position_ids=positions)
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).transpose(2, 1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (embeddings): the newest action is blanked out, though the next state and return have to know it
# shows: any window: the last state and return predictions don't depend on the last action
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        # the newest action is still to be predicted, nobody may see it
        actions = torch.cat([actions[:, :-1], torch.zeros_like(actions[:, -1:])], dim=1)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        out = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(out, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (outputs): the unstacked tensor is written back, so the returned last_hidden_state is (batch, 3, K, hidden) instead of (batch, 3K, hidden)
# shows: any window, in last_hidden_state
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        tokens = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(tokens), stack_attention_mask(attention_mask))
        encoded.last_hidden_state = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            encoded.last_hidden_state, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (outputs): actions are cut to -1..1 even where the config wants no tanh
# shows: action_tanh False and predictions beyond 1
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        x = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3).contiguous()
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
        action_preds = action_preds.clamp(min=-1, max=1)  # torques lie between -1 and 1

# <as given>

# %% wrong (keeps-state): the stacked mask is kept from the first batch of a shape and used for all later ones
# shows: a second batch of the same shape with other padding
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        if getattr(self, "_stacked_mask", None) is None or self._stacked_mask.shape != (batch, 3 * K):
            self._stacked_mask = stack_attention_mask(attention_mask)
        r, s, a = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(r, s, a)), self._stacked_mask)
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (heads): batch and K are exchanged when the output is unstacked, so windows are mixed
# shows: more than one window of more than one step
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        encoded = encode(
            self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time))),
            stack_attention_mask(attention_mask),
        )
        x = encoded.last_hidden_state.reshape(K, batch, 3, self.hidden_size).permute(1, 2, 0, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% wrong (outputs): each window is encoded by itself, and only the last one's encoder output is returned
# shows: more than one window, in last_hidden_state, hidden_states and attentions
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        x = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        mask = stack_attention_mask(attention_mask)
        read = []
        for b in range(batch):
            encoded = encode(x[b : b + 1], mask[b : b + 1])
            read.append(encoded.last_hidden_state.reshape(K, 3, self.hidden_size).transpose(0, 1))
        x = torch.stack(read)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        # a layer norm looks at one token at a time, so it may come before the stacking
        timed = add_time_embeddings(returns, states, actions, time)
        encoded = encode(stack_inputs(*map(self.embed_ln, timed)), stack_attention_mask(attention_mask))
        tokens = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        sequence = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        out = encoded.last_hidden_state
        x = torch.stack([out[:, 0::3], out[:, 1::3], out[:, 2::3]], dim=1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)

# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), 2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask] * 3, dim=2).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.post_init()

    def _sequence(self, returns, states, actions, time):
        """The normalised sequence, (batch, 3K, hidden)."""
        return self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))

    def _unstack(self, x):
        """(batch, 3K, hidden) to (batch, 3, K, hidden)."""
        batch, tokens, hidden = x.shape
        return x.reshape(batch, tokens // 3, 3, hidden).movedim(2, 1)

    def _heads(self, x):
        return predict(
            x,
            predict_return=self.predict_return,
            predict_state=self.predict_state,
            predict_action=self.predict_action,
        )

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

        x = self._sequence(returns, states, actions, time)
        mask = stack_attention_mask(attention_mask)
        assert x.shape == (batch, 3 * K, self.hidden_size) and mask.shape == (batch, 3 * K)
        encoded = encode(x, mask)
        return_preds, state_preds, action_preds = self._heads(self._unstack(encoded.last_hidden_state))

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

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        r, s, a = add_time_embeddings(
            returns_embeddings=returns, state_embeddings=states, action_embeddings=actions, time_embeddings=time
        )
        tokens = self.embed_ln(stack_inputs(r, s, a))
        encoded = encode(x=tokens, mask=stack_attention_mask(attention_mask))
        place = torch.arange(3 * K, device=tokens.device).reshape(K, 3).T  # (3, K): where each kind's tokens stand
        return_preds, state_preds, action_preds = predict(
            encoded.last_hidden_state[:, place], self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% right
def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = torch.add(returns_embeddings, time_embeddings)
    s = torch.add(state_embeddings, time_embeddings)
    a = torch.add(action_embeddings, time_embeddings)
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, H = returns_embeddings.shape
    return torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=2).reshape(B, 3 * K, H)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return attention_mask[:, :, None].expand(batch, K, 3).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    _, state_tokens, action_tokens = x.unbind(1)
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        mask = stack_attention_mask(attention_mask)
        inputs = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        inputs = nn.functional.layer_norm(
            inputs, self.embed_ln.normalized_shape, self.embed_ln.weight, self.embed_ln.bias, self.embed_ln.eps
        )
        encoded = encode(inputs, mask)
        unstacked = torch.einsum("bkth->btkh", encoded.last_hidden_state.reshape(batch, K, 3, -1))
        return_preds, state_preds, action_preds = predict(
            unstacked, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (norm): each of the embeddings is normalised by embed_ln before the time is added, instead of the stacked sequence afterwards.
# shows: any window: the sequence that the encoder gets is another one.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        # pre-norm: normalise, then tell the time
        returns, states, actions = self.embed_ln(returns), self.embed_ln(states), self.embed_ln(actions)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        encoded = encode(stack_inputs(returns, states, actions), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (heads): the encoder's output is unstacked by a reshape alone, so x[:, 1] is the middle third of the tokens and not the state tokens.
# shows: K = 2: any window; only K = 1 is right.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    r = returns_embeddings + time_embeddings
    s = state_embeddings + time_embeddings
    a = action_embeddings + time_embeddings
    return r, s, a


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    b, k, h = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(b, 3 * k, h)


def stack_attention_mask(attention_mask):
    b, k = attention_mask.shape
    m = torch.stack((attention_mask, attention_mask, attention_mask), dim=1)
    return m.permute(0, 2, 1).reshape(b, 3 * k)


def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2])
    state_preds = predict_state(x[:, 2])
    action_preds = predict_action(x[:, 1])
    return return_preds, state_preds, action_preds


# <as given>

        r, s, a = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(r, s, a)
        x = self.embed_ln(x)
        mask = stack_attention_mask(attention_mask)
        encoded = encode(x, mask)
        out = encoded.last_hidden_state
        out = out.reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(out, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (mask): the mask is repeated as a whole, [0, 1] becoming [0, 1, 0, 1, 0, 1], so real tokens are hidden and padded ones shown.
# shows: a window with the mask [0, 0, 1, 1]; windows without padding are right.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from einops import rearrange, repeat


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return rearrange([returns_embeddings, state_embeddings, action_embeddings], "n b k h -> b (k n) h")


def stack_attention_mask(attention_mask):
    return repeat(attention_mask, "b k -> b (n k)", n=3)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        tokens = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(tokens), stack_attention_mask(attention_mask))
        x = rearrange(encoded.last_hidden_state, "b (k n) h -> b n k h", n=3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (keeps-state): the stacked mask is kept for each shape, so a second batch of the same shape is read with the mask of the first.
# shows: two batches of the same shape, the first without padding and the second with the mask [0, 0, 1, 1]: the second is wrong.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return [x + time_embeddings for x in (returns_embeddings, state_embeddings, action_embeddings)]


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    out = torch.cat((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    return out.reshape(out.shape[0], -1, returns_embeddings.shape[2])


def stack_attention_mask(attention_mask):
    return attention_mask[:, :, None].expand(-1, -1, 3).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    _, state_token, action_token = x.unbind(1)
    return predict_return(action_token), predict_state(action_token), predict_action(state_token)


# <as given>

        if not hasattr(self, "_stacked_masks"):
            self._stacked_masks = {}
        key = (batch, K, str(states.device))
        if key not in self._stacked_masks:
            self._stacked_masks[key] = stack_attention_mask(attention_mask)

        with_time = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(*with_time))
        encoded = encode(sequence, self._stacked_masks[key])
        unstacked = encoded.last_hidden_state.view(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            unstacked, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (exception): 128 is written into the unstacking, which only fits a model with hidden_size 128.
# shows: a config with hidden_size=64 raises RuntimeError.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings + time_embeddings


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    B, K, C = state_embeddings.shape
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).view(B, 3 * K, C)


def stack_attention_mask(attention_mask):
    B, K = attention_mask.shape
    return torch.stack([attention_mask] * 3, dim=2).view(B, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state.view(batch, K, 3, 128)
        h = h.permute(0, 2, 1, 3)
        preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
        return_preds = preds[0]
        state_preds = preds[1]
        action_preds = preds[2]
# <as given>

# %% wrong (norm): a dropout of 0.1 of its own lies before the encoder, so in training the model is another one (the encoder has its dropout already, as the config says).
# shows: model.train() with a config whose dropouts are all 0: the predictions differ from the published model's; in eval() they agree.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
import torch.nn.functional as F


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(
        embedding + time_embeddings for embedding in (returns_embeddings, state_embeddings, action_embeddings)
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return torch.repeat_interleave(attention_mask, 3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        sequence = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        # regularise the embeddings, as every transformer does
        sequence = F.dropout(self.embed_ln(sequence), p=0.1, training=self.training)
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        tokens = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (norm): the layer norm is computed by hand with the encoder's epsilon from the config, though self.embed_ln has an epsilon of its own.
# shows: a config with layer_norm_epsilon=1e-2; with the usual 1e-5 it agrees.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from torch.nn import functional as F


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    kinds = torch.stack([returns_embeddings, state_embeddings, action_embeddings])
    return (kinds + time_embeddings).unbind(0)


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    kinds = torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=-2)
    return kinds.flatten(start_dim=1, end_dim=2)


def stack_attention_mask(attention_mask):
    return torch.stack([attention_mask, attention_mask, attention_mask], dim=-1).flatten(start_dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        x = F.layer_norm(
            x,
            normalized_shape=(self.config.hidden_size,),
            weight=self.embed_ln.weight,
            bias=self.embed_ln.bias,
            eps=self.config.layer_norm_epsilon,
        )
        encoded = encode(x, stack_attention_mask(attention_mask))
        y = torch.stack([encoded.last_hidden_state[:, kind::3] for kind in range(3)], dim=1)
        return_preds, state_preds, action_preds = predict(y, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (lost-gradient): the encoder runs under no_grad, so only the heads can be trained.
# shows: any batch: the predictions agree, but after action_preds.sum().backward() neither the encoder nor the embeddings have gradients.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    out = []
    for emb in [returns_embeddings, state_embeddings, action_embeddings]:
        out.append(torch.add(emb, time_embeddings))
    return tuple(out)


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    steps = []
    for k in range(returns_embeddings.size(1)):
        steps += [returns_embeddings[:, k], state_embeddings[:, k], action_embeddings[:, k]]
    return torch.stack(steps, dim=1)


def stack_attention_mask(attention_mask):
    steps = []
    for k in range(attention_mask.size(1)):
        steps += 3 * [attention_mask[:, k]]
    return torch.stack(steps, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        emb = add_time_embeddings(returns, states, actions, time)
        seq = self.embed_ln(stack_inputs(*emb))
        mask = stack_attention_mask(attention_mask)
        with torch.no_grad():  # saves memory
            encoded = encode(seq, mask)
        x = encoded.last_hidden_state
        x = torch.stack([x[:, 0::3], x[:, 1::3], x[:, 2::3]], dim=1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): the actions are clamped to [-1, 1] whatever the config says; with action_tanh=False the head's output is to be returned as it is.
# shows: a config with action_tanh=False and weights for which an action's prediction lies beyond 1.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    t = time_embeddings
    return returns_embeddings + t, state_embeddings + t, action_embeddings + t


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    n, k, d = returns_embeddings.shape
    seq = torch.empty((n, 3 * k, d), dtype=returns_embeddings.dtype, device=returns_embeddings.device)
    seq[:, 0::3] = returns_embeddings
    seq[:, 1::3] = state_embeddings
    seq[:, 2::3] = action_embeddings
    return seq


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(3, -1)


def predict(x, predict_return, predict_state, predict_action):
    returns = predict_return(x[:, 2])
    states = predict_state(x[:, 2])
    actions = predict_action(x[:, 1]).clamp(min=-1.0, max=1.0)  # the motors can't do more
    return returns, states, actions


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        encoded = encode(
            self.embed_ln(stack_inputs(returns, states, actions)),
            stack_attention_mask(attention_mask),
        )
        x = encoded.last_hidden_state.reshape(batch, K, 3, -1).swapaxes(1, 2)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (embeddings): counts the timesteps from the start of the window and not of the episode.
# shows: a window from the middle of an episode, timesteps 300, 301, ...; windows that start at timestep 0 are right.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        returns_embeddings + time_embeddings,
        state_embeddings + time_embeddings,
        action_embeddings + time_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    triples = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=2)
    batch, K, three, hidden = triples.shape
    return triples.reshape(batch, three * K, hidden)


def stack_attention_mask(attention_mask):
    return torch.kron(attention_mask, torch.ones((1, 3), dtype=attention_mask.dtype, device=attention_mask.device))


def predict(x, predict_return, predict_state, predict_action):
    state_tokens, action_tokens = x[:, 1], x[:, 2]
    return predict_return(action_tokens), predict_state(action_tokens), predict_action(state_tokens)


# <as given>

        position = timesteps - timesteps.min(dim=1, keepdim=True).values  # 0 ... K - 1
        time = self.embed_timestep(position)
        embeddings = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(*embeddings)), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (outputs): predict gives return, state, action, but the results are unpacked as state, action, return.
# shows: any batch: state_preds has the shape of the returns.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    state_embeddings = state_embeddings + time_embeddings
    action_embeddings = action_embeddings + time_embeddings
    returns_embeddings = returns_embeddings + time_embeddings
    return returns_embeddings, state_embeddings, action_embeddings


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch_size, seq_length, hidden_size = state_embeddings.shape
    return (
        torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
        .permute(0, 2, 1, 3)
        .reshape(batch_size, 3 * seq_length, hidden_size)
    )


def stack_attention_mask(attention_mask):
    batch_size, seq_length = attention_mask.shape
    return (
        torch.stack((attention_mask, attention_mask, attention_mask), dim=1)
        .permute(0, 2, 1)
        .reshape(batch_size, 3 * seq_length)
    )


def predict(x, predict_return, predict_state, predict_action):
    return_preds = predict_return(x[:, 2])  # predict next return given state and action
    state_preds = predict_state(x[:, 2])  # predict next state given state and action
    action_preds = predict_action(x[:, 1])  # predict next action given state
    return return_preds, state_preds, action_preds


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        stacked_inputs = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(stacked_inputs, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        state_preds, action_preds, return_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (positions): calls the encoder directly and without position_ids, so GPT-2's own position embeddings are switched on.
# shows: any window whose encoder.wpe is not the same for all positions (random weights): everything differs.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(map(lambda e: e + time_embeddings, (returns_embeddings, state_embeddings, action_embeddings)))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.stack([returns_embeddings, state_embeddings, action_embeddings], dim=2).flatten(1, 2)


def stack_attention_mask(attention_mask):
    return attention_mask.unsqueeze(2).repeat(1, 1, 3).flatten(1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        inputs_embeds = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = self.encoder(
            inputs_embeds=inputs_embeds,
            attention_mask=stack_attention_mask(attention_mask),
            output_hidden_states=output_hidden_states,
            output_attentions=output_attentions,
            return_dict=True,
        )
        x = encoded.last_hidden_state.unflatten(1, (K, 3)).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (outputs): calls the encoder itself and forgets to hand on output_hidden_states and output_attentions.
# shows: model(..., output_hidden_states=True): hidden_states is None; the predictions are right.
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return (
        time_embeddings + returns_embeddings,
        time_embeddings + state_embeddings,
        time_embeddings + action_embeddings,
    )


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    together = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=-1)
    return together.reshape(together.size(0), 3 * together.size(1), together.size(2) // 3)


def stack_attention_mask(attention_mask):
    return attention_mask.repeat_interleave(repeats=3, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        tokens = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        token_mask = stack_attention_mask(attention_mask)
        no_positions = torch.zeros_like(token_mask, dtype=torch.long)
        encoded = self.encoder(inputs_embeds=tokens, attention_mask=token_mask, position_ids=no_positions)
        hidden = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        hidden = hidden.transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# style: as in the published code, stack, permute, reshape
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings + time_embeddings


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    batch, K, hidden = returns_embeddings.shape
    x = torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
    return x.permute(0, 2, 1, 3).reshape(batch, 3 * K, hidden)


def stack_attention_mask(attention_mask):
    batch, K = attention_mask.shape
    return torch.stack((attention_mask,) * 3, dim=1).permute(0, 2, 1).reshape(batch, 3 * K)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# style: einops all the way
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from einops import rearrange, repeat


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    three = rearrange([returns_embeddings, state_embeddings, action_embeddings], "n b k h -> n b k h")
    return tuple(three + rearrange(time_embeddings, "b k h -> 1 b k h"))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return rearrange([returns_embeddings, state_embeddings, action_embeddings], "n b k h -> b (k n) h")


def stack_attention_mask(attention_mask):
    return repeat(attention_mask, "b k -> b (k n)", n=3)


def predict(x, predict_return, predict_state, predict_action):
    _, s, a = rearrange(x, "b n k h -> n b k h")
    return predict_return(a), predict_state(a), predict_action(s)


# <as given>

        tokens = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(tokens), stack_attention_mask(attention_mask))
        return_preds, state_preds, action_preds = predict(
            rearrange(encoded.last_hidden_state, "b (k n) h -> b n k h", n=3),
            self.predict_return,
            self.predict_state,
            self.predict_action,
        )
# <as given>

# %% right
# style: no helper functions at all, strided slices in both directions
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


# <as given>

        sequence = states.new_zeros((batch, 3 * K, self.hidden_size))
        mask = attention_mask.new_zeros((batch, 3 * K))
        for kind, embedding in enumerate((returns, states, actions)):
            sequence[:, kind::3] = embedding + time
            mask[:, kind::3] = attention_mask
        encoded = encode(self.embed_ln(sequence), mask)
        after_state = encoded.last_hidden_state[:, 1::3]
        after_action = encoded.last_hidden_state[:, 2::3]
        action_preds = self.predict_action(after_state)
        state_preds = self.predict_state(after_action)
        return_preds = self.predict_return(after_action)
# <as given>

# %% right
# style: over-engineered, a frozen layout object that knows how to interleave and to take apart
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from dataclasses import dataclass


@dataclass(frozen=True)
class TokenLayout:
    """Where the tokens of a step lie in the sequence."""

    kinds: tuple = ("return", "state", "action")

    @property
    def n(self) -> int:
        return len(self.kinds)

    def interleave(self, **parts: torch.Tensor) -> torch.Tensor:
        return torch.stack([parts[kind] for kind in self.kinds], dim=2).flatten(1, 2)

    def take_apart(self, sequence: torch.Tensor) -> torch.Tensor:
        return sequence.unflatten(1, (-1, self.n)).movedim(2, 1)

    def index(self, kind: str) -> int:
        return self.kinds.index(kind)


LAYOUT = TokenLayout()


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(e + time_embeddings for e in (returns_embeddings, state_embeddings, action_embeddings))


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return LAYOUT.interleave(**{"return": returns_embeddings, "state": state_embeddings, "action": action_embeddings})


def stack_attention_mask(attention_mask):
    return LAYOUT.interleave(**dict.fromkeys(LAYOUT.kinds, attention_mask))


def predict(x, predict_return, predict_state, predict_action):
    state, action = x[:, LAYOUT.index("state")], x[:, LAYOUT.index("action")]
    return predict_return(action), predict_state(action), predict_action(state)


# <as given>

        timed = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(*timed)), stack_attention_mask(attention_mask))
        return_preds, state_preds, action_preds = predict(
            LAYOUT.take_apart(encoded.last_hidden_state), self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# style: plain Python lists of tokens, step by step
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    new = []
    for e in [returns_embeddings, state_embeddings, action_embeddings]:
        new.append(e + time_embeddings)
    return new[0], new[1], new[2]


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    tokens = []
    for t in range(returns_embeddings.shape[1]):
        tokens.append(returns_embeddings[:, t, :])
        tokens.append(state_embeddings[:, t, :])
        tokens.append(action_embeddings[:, t, :])
    return torch.stack(tokens, dim=1)


def stack_attention_mask(attention_mask):
    columns = []
    for t in range(attention_mask.shape[1]):
        for _ in range(3):
            columns.append(attention_mask[:, t])
    return torch.stack(columns, dim=1)


def predict(x, predict_return, predict_state, predict_action):
    s = x[:, 1, :, :]
    a = x[:, 2, :, :]
    return predict_return(a), predict_state(a), predict_action(s)


# <as given>

        R, S, A = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(R, S, A)), stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state
        groups = [[], [], []]
        for i in range(3 * K):
            groups[i % 3].append(h[:, i])
        x = torch.stack([torch.stack(group, dim=1) for group in groups], dim=1)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# style: one permutation of the tokens and its inverse by argsort
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return tuple(torch.stack([returns_embeddings, state_embeddings, action_embeddings], 0).add(time_embeddings))


def _order(K, device):
    """For each place in the sequence, where its token stands if the three kinds stand one behind the other."""
    return torch.arange(3 * K, device=device).reshape(3, K).T.reshape(-1)


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    behind = torch.cat([returns_embeddings, state_embeddings, action_embeddings], dim=1)
    return behind[:, _order(returns_embeddings.shape[1], behind.device)]


def stack_attention_mask(attention_mask):
    return attention_mask.repeat(1, 3)[:, _order(attention_mask.shape[1], attention_mask.device)]


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        sequence = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(sequence), stack_attention_mask(attention_mask))
        back = _order(K, sequence.device).argsort()
        x = encoded.last_hidden_state[:, back].reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# style: helpers as static methods of a mixin, one of them given to functools.partial for the heads
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)
from functools import partial


class Interleaving:
    @staticmethod
    def weave(*parts):
        return torch.stack(parts, dim=2).flatten(1, 2)

    @staticmethod
    def unweave(sequence):
        return sequence.unflatten(1, (-1, 3)).transpose(1, 2)


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    at = partial(torch.add, time_embeddings)
    return at(returns_embeddings), at(state_embeddings), at(action_embeddings)


stack_inputs = Interleaving.weave


def stack_attention_mask(attention_mask):
    return Interleaving.weave(attention_mask, attention_mask, attention_mask)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        heads = partial(
            predict,
            predict_return=self.predict_return,
            predict_state=self.predict_state,
            predict_action=self.predict_action,
        )
        x = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = encode(x, stack_attention_mask(attention_mask))
        return_preds, state_preds, action_preds = heads(Interleaving.unweave(encoded.last_hidden_state))
# <as given>

# %% right
# style: the layer norm before the interleaving but after the time, since it treats each token by itself, and the time added after the stacking
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    return torch.cat((returns_embeddings, state_embeddings, action_embeddings), -1).reshape(
        returns_embeddings.shape[0], -1, returns_embeddings.shape[-1]
    )


def stack_attention_mask(attention_mask):
    return attention_mask[..., None].expand(*attention_mask.shape, 3).reshape(len(attention_mask), -1)


def predict(x, predict_return, predict_state, predict_action):
    states, actions = x[:, 1:].unbind(1)
    return predict_return(actions), predict_state(actions), predict_action(states)


# <as given>

        kinds = torch.stack((returns, states, actions))  # (3, batch, K, hidden)
        normalised = self.embed_ln(kinds + time)
        encoded = encode(stack_inputs(*normalised), stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.unfold(1, 3, 3).permute(0, 3, 1, 2)  # blocks of three tokens
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# style: matrix people, interleaving as a product with selection matrices and taking apart with their transposes
import torch
from torch import nn
from transformers.models.decision_transformer.modeling_decision_transformer import (
    DecisionTransformerGPT2Model,
    DecisionTransformerOutput,
    DecisionTransformerPreTrainedModel,
)


def selection(K, like):
    """(3, 3K, K): S[n, i, k] is 1 where token i is the n-th of step k."""
    S = torch.zeros((3, 3 * K, K), dtype=like.dtype, device=like.device)
    steps = torch.arange(K, device=like.device)
    for n in range(3):
        S[n, 3 * steps + n, steps] = 1
    return S


def add_time_embeddings(returns_embeddings, state_embeddings, action_embeddings, time_embeddings):
    return returns_embeddings + time_embeddings, state_embeddings + time_embeddings, action_embeddings + time_embeddings


def stack_inputs(returns_embeddings, state_embeddings, action_embeddings):
    kinds = torch.stack((returns_embeddings, state_embeddings, action_embeddings))
    return torch.einsum("nik,nbkh->bih", selection(kinds.shape[2], kinds), kinds)


def stack_attention_mask(attention_mask):
    S = selection(attention_mask.shape[1], torch.empty(0, device=attention_mask.device))
    return torch.einsum("nik,bk->bi", S, attention_mask.to(S.dtype)).to(attention_mask.dtype)


def predict(x, predict_return, predict_state, predict_action):
    return predict_return(x[:, 2]), predict_state(x[:, 2]), predict_action(x[:, 1])


# <as given>

        sequence = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        S = selection(K, encoded.last_hidden_state)
        x = torch.einsum("nik,bih->bnkh", S, encoded.last_hidden_state)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (heads): the output is unstacked by one reshape to (batch, 3, K, hidden), without a permutation
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        stacked = stack_inputs(returns, states, actions)
        stacked = self.embed_ln(stacked)
        encoded = encode(stacked, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (mask): the mask of the first window is used for the whole batch
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        tokens = self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time)))
        mask = stack_attention_mask(attention_mask[:1]).expand(batch, -1)
        encoded = encode(tokens, mask)
        by_kind = torch.stack([encoded.last_hidden_state[:, kind::3] for kind in range(3)], dim=1)
        heads = self.predict_return, self.predict_state, self.predict_action
        return_preds, state_preds, action_preds = predict(by_kind, *heads)
# <as given>

# %% wrong (heads): squeezes the encoder's output, so that a batch of one loses its dimension
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns = returns + time
        states = states + time
        actions = actions + time
        x = stack_inputs(returns, states, actions)
        x = self.embed_ln(x)
        encoded = encode(x, stack_attention_mask(attention_mask))
        hidden = encoded.last_hidden_state.squeeze()
        # tokens: R s a R s a ...
        action_preds = self.predict_action(hidden[..., 1::3, :])
        state_preds = self.predict_state(hidden[..., 2::3, :])
        return_preds = self.predict_return(hidden[..., 2::3, :])
# <as given>

# %% wrong (norm): normalises twice, each embedding on its own and then the stacked sequence again
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        with_time = [self.embed_ln(e) for e in add_time_embeddings(returns, states, actions, time)]
        sequence = self.embed_ln(stack_inputs(*with_time))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        out = encoded.last_hidden_state.view(batch, K, 3, self.hidden_size).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            out, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # everything by hand, without the functions from before
        tokens = torch.stack([returns + time, states + time, actions + time], dim=2).flatten(1, 2)
        encoded = encode(self.embed_ln(tokens), attention_mask.repeat_interleave(3, dim=1))
        after_state = encoded.last_hidden_state[:, 1::3]
        after_action = encoded.last_hidden_state[:, 2::3]
        action_preds = self.predict_action(after_state)
        state_preds, return_preds = self.predict_state(after_action), self.predict_return(after_action)
# <as given>

# %% wrong (heads): cuts the encoder's output into three thirds, although the three kinds of token alternate
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        tokens = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(tokens, stack_attention_mask(attention_mask))
        thirds = torch.chunk(encoded.last_hidden_state, 3, dim=1)
        x = torch.stack(thirds, dim=1)  # (batch, 3, K, hidden)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (heads): squeeze() takes away the batch or the step dimension when there is one of it
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        r, s, a = add_time_embeddings(returns, states, actions, time)
        encoded = encode(self.embed_ln(stack_inputs(r, s, a)), stack_attention_mask(attention_mask))
        hidden = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        r, s, a = torch.split(hidden, 1, dim=2)
        r, s, a = r.squeeze(), s.squeeze(), a.squeeze()
        return_preds = self.predict_return(a)
        state_preds = self.predict_state(a)
        action_preds = self.predict_action(s)
# <as given>

# %% wrong (mask): the mask of the first window is used for all windows of the batch
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        x = self.embed_ln(x)
        mask = stack_attention_mask(attention_mask[:1]).expand(batch, 3 * K)
        encoded = encode(x, mask)
        x = encoded.last_hidden_state.view(batch, K, 3, -1).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): normalises the embeddings first and adds the time afterwards, so what the encoder reads is not normalised
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns = self.embed_ln(returns)
        states = self.embed_ln(states)
        actions = self.embed_ln(actions)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        stacked = stack_inputs(returns, states, actions)
        stacked_mask = stack_attention_mask(attention_mask)
        encoded = encode(stacked, stacked_mask)
        unstacked = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            unstacked, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # LayerNorm works on each token alone, so it may come before the stacking
        tokens = [self.embed_ln(token) for token in add_time_embeddings(returns, states, actions, time)]
        encoded = encode(stack_inputs(*tokens), stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state
        return_preds = self.predict_return(h[:, 2::3])
        state_preds = self.predict_state(h[:, 2::3])
        action_preds = self.predict_action(h[:, 1::3])
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        sequence = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(sequence), stack_attention_mask(attention_mask))
        where = 3 * torch.arange(K, device=sequence.device) + torch.arange(3, device=sequence.device)[:, None]
        x = encoded.last_hidden_state[:, where]  # (batch, 3, K, hidden)
        return_preds, state_preds, action_preds = predict(
            x,
            predict_return=self.predict_return,
            predict_state=self.predict_state,
            predict_action=self.predict_action,
        )
# <as given>

# %% wrong (heads): puts the kind of token in front of the batch and reshapes it back, which mixes the windows of a batch
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        tokens = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        tokens = tokens.permute(2, 0, 1, 3).reshape(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (norm): normalises with F.layer_norm, without the weight and the bias of self.embed_ln
import torch.nn.functional as F


# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        r, s, a = add_time_embeddings(returns, states, actions, time)
        seq = stack_inputs(r, s, a)
        seq = F.layer_norm(seq, (self.hidden_size,))
        encoded = encode(seq, stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state.view(batch, K, 3, -1).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(h, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (embeddings): calls add_time_embeddings as if it changed its arguments, and drops what it returns
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # add the time
        add_time_embeddings(returns, states, actions, time)

        # build and normalise the sequence
        sequence = stack_inputs(returns, states, actions)
        sequence = self.embed_ln(sequence)
        mask = stack_attention_mask(attention_mask)

        # encode
        encoded = encode(sequence, mask)
        hidden = encoded.last_hidden_state
        hidden = hidden.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)

        # predict
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (outputs): encodes window by window; `encoded` is what came of the last window only, and goes into the output
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        mask = stack_attention_mask(attention_mask)

        return_list, state_list, action_list = [], [], []
        for i in range(batch):
            encoded = encode(x[i : i + 1], mask[i : i + 1])
            h = encoded.last_hidden_state.view(1, K, 3, self.hidden_size).permute(0, 2, 1, 3)
            r, s, a = predict(h, self.predict_return, self.predict_state, self.predict_action)
            return_list.append(r)
            state_list.append(s)
            action_list.append(a)
        return_preds = torch.cat(return_list, dim=0)
        state_preds = torch.cat(state_list, dim=0)
        action_preds = torch.cat(action_list, dim=0)
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # LayerNorm looks at one token at a time, so it may come before the stacking as well
        tokens = [self.embed_ln(x) for x in add_time_embeddings(returns, states, actions, time)]
        encoded = encode(stack_inputs(*tokens), stack_attention_mask(attention_mask))
        h = encoded.last_hidden_state
        kinds = torch.stack([h[:, kind::3] for kind in range(3)], dim=1)  # every third token is of a kind
        return_preds, state_preds, action_preds = predict(
            kinds, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        sequence = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(sequence), stack_attention_mask(attention_mask))
        heads = (self.predict_return, self.predict_state, self.predict_action)
        unstacked = torch.einsum("bkth->btkh", encoded.last_hidden_state.unflatten(1, (K, 3)))
        return_preds, state_preds, action_preds = predict(unstacked, *heads)
# <as given>

# %% wrong (norm): normalises with functional.layer_norm, without the learned weight and bias of self.embed_ln
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        x = nn.functional.layer_norm(x, (self.hidden_size,), eps=self.embed_ln.eps)
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (keeps-state): the stacked mask is cached by its shape, so that a later batch of the same shape is read under the first one's mask
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
        squash = [nn.Tanh()] if config.action_tanh else []  # torques lie between -1 and 1
        self.predict_action = nn.Sequential(nn.Linear(config.hidden_size, config.act_dim), *squash)
        self.predict_return = nn.Linear(config.hidden_size, 1)
        self.token_masks = {}  # masks are small and always look the same, don't rebuild them for every batch
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
        if (batch, K) not in self.token_masks:
            self.token_masks[batch, K] = stack_attention_mask(attention_mask)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(sequence, self.token_masks[batch, K])
        tokens = encoded.last_hidden_state.view(batch, K, 3, -1).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )
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

# %% wrong (mask): Hugging Face's code from memory; the permute of the mask is lost, so that the mask is [m, m, m] end to end
# <as given>

        # time embeddings are treated similar to positional embeddings
        state_embeddings = states + time
        action_embeddings = actions + time
        returns_embeddings = returns + time

        # this makes the sequence look like (R_1, s_1, a_1, R_2, s_2, a_2, ...)
        # which works nice in an autoregressive sense since states predict actions
        stacked_inputs = (
            torch.stack((returns_embeddings, state_embeddings, action_embeddings), dim=1)
            .permute(0, 2, 1, 3)
            .reshape(batch, 3 * K, self.hidden_size)
        )
        stacked_inputs = self.embed_ln(stacked_inputs)

        # to make the attention mask fit the stacked inputs, have to stack it as well
        stacked_attention_mask = torch.stack((attention_mask, attention_mask, attention_mask), dim=1).reshape(
            batch, 3 * K
        )
        encoded = encode(stacked_inputs, stacked_attention_mask)
        x = encoded.last_hidden_state

        # reshape x so that the second dimension corresponds to the original
        # returns (0), states (1), or actions (2); i.e. x[:,1,t] is the token for s_t
        x = x.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)

        # get predictions
        return_preds = self.predict_return(x[:, 2])  # predict next return given state and action
        state_preds = self.predict_state(x[:, 2])  # predict next state given state and action
        action_preds = self.predict_action(x[:, 1])  # predict next action given state
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.

        # a LayerNorm looks at one token at a time, so it may as well come before the stacking
        tokens = time.new_empty(batch, 3 * K, self.hidden_size)
        for place, embedding in enumerate((returns, states, actions)):
            tokens[:, place::3] = self.embed_ln(embedding + time)
        encoded = encode(tokens, attention_mask.repeat_interleave(3, dim=1))
        h = encoded.last_hidden_state
        at_state, at_action = h[:, 1::3], h[:, 2::3]
        return_preds = self.predict_return(at_action)
        state_preds = self.predict_state(at_action)
        action_preds = self.predict_action(at_state)
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        encoded = encode(
            self.embed_ln(stack_inputs(*add_time_embeddings(returns, states, actions, time))),
            stack_attention_mask(attention_mask),
        )
        heads = self.predict_return, self.predict_state, self.predict_action
        unstacked = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(unstacked, *heads)
# <as given>

# %% wrong (heads): cuts the encoder's output straight into (batch, 3, K, hidden), so that the kinds of token get mixed up over the steps
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        x = self.embed_ln(x)
        mask = stack_attention_mask(attention_mask)
        encoded = encode(x, mask)
        hidden = encoded.last_hidden_state.view(batch, 3, K, self.hidden_size)
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (outputs): unpacks what predict returns in the order of the model's output (state, action, return) instead of (return, state, action)
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        r, s, a = add_time_embeddings(returns, states, actions, time)
        stacked = self.embed_ln(stack_inputs(r, s, a))
        encoded = encode(stacked, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state
        x = x.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        state_preds, action_preds, return_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (mask): the mask is repeated as a block (R..., s..., a...) instead of step by step
# <as given>

        tokens = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(tokens), attention_mask.repeat(1, 3))
        unstacked = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            unstacked, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (embeddings): calls add_time_embeddings but does not keep what it returns, so the time is never added
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # 1. time
        add_time_embeddings(returns, states, actions, time)
        # 2. stack
        sequence = stack_inputs(returns, states, actions)
        sequence = self.embed_ln(sequence)
        stacked_mask = stack_attention_mask(attention_mask)
        # 3. encoder
        encoded = encode(sequence, stacked_mask)
        # 4. unstack
        x = encoded.last_hidden_state
        x = torch.stack([x[:, 0::3], x[:, 1::3], x[:, 2::3]], dim=1)
        # 5. heads
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% right
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(x, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # without the helper functions: the norm works on each token alone, so it may come before the interleaving
        kinds = [self.embed_ln(kind + time) for kind in (returns, states, actions)]
        tokens = torch.empty(batch, 3 * K, self.hidden_size, dtype=kinds[0].dtype, device=kinds[0].device)
        for offset, kind in enumerate(kinds):
            tokens[:, offset::3] = kind
        encoded = encode(tokens, attention_mask.repeat_interleave(3, dim=1))
        after_state = encoded.last_hidden_state[:, 1::3]
        after_action = encoded.last_hidden_state[:, 2::3]
        action_preds = self.predict_action(after_state)
        state_preds = self.predict_state(after_action)
        return_preds = self.predict_return(after_action)
# <as given>

# %% wrong (embeddings): adds the time after the stacking, repeated block by block (t1 t2 t3 t1 t2 t3 ...) instead of three times each
# <as given>

        x = stack_inputs(returns, states, actions) + time.repeat(1, 3, 1)
        encoded = encode(self.embed_ln(x), stack_attention_mask(attention_mask))
        hidden = encoded.last_hidden_state.view(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (order): cuts the padding off before encoding, as much as the first row of the batch has
# <as given>

        # padding is never looked at, so don't waste time on it
        padding = int((attention_mask[0] == 0).sum())
        parts = add_time_embeddings(returns, states, actions, time)
        parts = [part[:, padding:] for part in parts]
        mask = attention_mask[:, padding:]
        encoded = encode(self.embed_ln(stack_inputs(*parts)), stack_attention_mask(mask))
        x = encoded.last_hidden_state.reshape(batch, K - padding, 3, self.hidden_size).transpose(1, 2)
        preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
        return_preds, state_preds, action_preds = (nn.functional.pad(p, (0, 0, padding, 0)) for p in preds)
# <as given>

# %% wrong (outputs): writes the unstacked tensor back into the encoder's output, so the model's last_hidden_state is (batch, 3, K, hidden)
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        encoded.last_hidden_state = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            encoded.last_hidden_state, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (exception): squeezes the encoder's output, so that the batch dimension is lost when the batch has one row
# <as given>

        r, s, a = add_time_embeddings(returns, states, actions, time)
        inputs = self.embed_ln(stack_inputs(r, s, a))
        encoded = encode(inputs, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.squeeze()
        x = x.unflatten(-2, (K, 3)).transpose(-3, -2)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        stacked = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(stacked, stack_attention_mask(attention_mask))
        # (batch, 3K, hidden) -> (batch, K, 3, hidden) -> (batch, 3, K, hidden)
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # a layer norm treats each token alone, so it may come before the stacking
        tokens = [self.embed_ln(kind + time) for kind in (returns, states, actions)]
        x = torch.stack(tokens, dim=2).flatten(1, 2)
        encoded = encode(x, attention_mask.repeat_interleave(3, dim=1))
        hidden = encoded.last_hidden_state
        at_states, at_actions = hidden[:, 1::3], hidden[:, 2::3]
        return_preds = self.predict_return(at_actions)
        state_preds = self.predict_state(at_actions)
        action_preds = self.predict_action(at_states)
# <as given>

# %% wrong (exception): a squeeze() "to be safe" removes the batch or the step dimension where it is 1
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(returns, states, actions))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size)
        x = x.permute(0, 2, 1, 3).squeeze()
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (mask): the mask of the first window is used for all windows of the batch
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        embeddings = torch.stack([returns + time, states + time, actions + time], dim=2)
        x = self.embed_ln(embeddings.reshape(batch, 3 * K, self.hidden_size))
        mask = attention_mask[0].repeat_interleave(3).expand(batch, -1)
        encoded = encode(x, mask)
        h = encoded.last_hidden_state
        action_preds = self.predict_action(h[:, 1::3])
        state_preds = self.predict_state(h[:, 2::3])
        return_preds = self.predict_return(h[:, 2::3])
# <as given>

# %% wrong (norm): the embeddings are normalised first and the time is added afterwards, so the encoder reads no normalised sequence
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        returns, states, actions = map(self.embed_ln, (returns, states, actions))
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        encoded = encode(x, stack_attention_mask(attention_mask))
        # (batch, 3K, hidden) -> (batch, K, 3, hidden) -> (batch, 3, K, hidden)
        tokens = encoded.last_hidden_state.view(batch, K, 3, -1).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            tokens, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # LayerNorm looks at one token at a time, so each kind can be normalised before they are mixed
        kinds = [self.embed_ln(e + time) for e in (returns, states, actions)]
        x = torch.stack(kinds, dim=2).flatten(1, 2)
        encoded = encode(x, attention_mask.repeat_interleave(3, dim=1))
        _, after_state, after_action = encoded.last_hidden_state.unflatten(1, (K, 3)).unbind(2)
        return_preds = self.predict_return(after_action)
        state_preds = self.predict_state(after_action)
        action_preds = self.predict_action(after_state)
# <as given>

# %% right
# <as given>

        # To write: `encoded`, what encode() gives for the stacked and normalised (self.embed_ln) sequence, and from its
        # `encoded.last_hidden_state` the predictions `return_preds`, `state_preds` and `action_preds`.
        # write the tokens into every third place of an empty sequence
        sequence = torch.empty(batch, 3 * K, self.hidden_size, dtype=time.dtype, device=time.device)
        mask = torch.empty(batch, 3 * K, dtype=attention_mask.dtype, device=attention_mask.device)
        for kind, embedding in enumerate((returns, states, actions)):
            sequence[:, kind::3] = embedding + time
            mask[:, kind::3] = attention_mask
        encoded = encode(self.embed_ln(sequence), mask)
        x = torch.stack([encoded.last_hidden_state[:, kind::3] for kind in range(3)], dim=1)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (keeps-state): keeps the stacked mask of each shape to save work, although masks of one shape differ
# <as given>

        # the mask has to be stretched for each batch; remember it
        if not hasattr(self, "stretched"):
            self.stretched = {}
        if (batch, K) not in self.stretched:
            self.stretched[batch, K] = stack_attention_mask(attention_mask)
        mask = self.stretched[batch, K]

        tokens = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(tokens), mask)
        x = encoded.last_hidden_state.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (norm): normalises with the plain function layer_norm, without the learned weight and bias of self.embed_ln
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        x = nn.functional.layer_norm(x, (self.hidden_size,))
        encoded = encode(x, stack_attention_mask(attention_mask))
        hidden = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (mask): puts the mask three times in a row, step mask after step mask, while the tokens are interleaved
# <as given>

        timed = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(*timed))
        mask = torch.cat([attention_mask, attention_mask, attention_mask], dim=1)  # (batch, 3K)
        encoded = encode(sequence, mask)
        out = encoded.last_hidden_state
        by_kind = torch.stack([out[:, kind::3] for kind in range(3)], dim=1)
        return_preds, state_preds, action_preds = predict(
            by_kind, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% wrong (heads): unstacks as if steps came first and the batch second: reshape(K, batch, 3, hidden)
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        stacked = stack_inputs(returns, states, actions)
        stacked = self.embed_ln(stacked)
        stacked_mask = stack_attention_mask(attention_mask)
        encoded = encode(stacked, stacked_mask)

        x = encoded.last_hidden_state
        x = x.reshape(K, batch, 3, self.hidden_size)  # one row a step
        x = x.permute(1, 2, 0, 3)  # (batch, 3, K, hidden)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% right
# <as given>

        # embed_ln looks at one token at a time, so it may as well come before the stacking
        timed = add_time_embeddings(returns, states, actions, time)
        sequence = stack_inputs(*[self.embed_ln(tokens) for tokens in timed])
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        out = encoded.last_hidden_state
        x = torch.stack((out[:, 0::3], out[:, 1::3], out[:, 2::3]), dim=1)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )

# <as given>

# %% right
# <as given>

        returns = returns + time
        states = states + time
        actions = actions + time

        # this makes the sequence look like (R_1, s_1, a_1, R_2, s_2, a_2, ...)
        stacked_inputs = (
            torch.stack((returns, states, actions), dim=1).permute(0, 2, 1, 3).reshape(batch, 3 * K, self.hidden_size)
        )
        stacked_inputs = self.embed_ln(stacked_inputs)
        stacked_attention_mask = (
            torch.stack((attention_mask, attention_mask, attention_mask), dim=1).permute(0, 2, 1).reshape(batch, 3 * K)
        )

        encoded = encode(stacked_inputs, stacked_attention_mask)
        x = encoded.last_hidden_state
        # returns (0), states (1), or actions (2); i.e. x[:, 1, t] is the token for s_t
        x = x.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)

        return_preds = self.predict_return(x[:, 2])
        state_preds = self.predict_state(x[:, 2])
        action_preds = self.predict_action(x[:, 1])

# <as given>

# %% wrong (norm): normalises the three embeddings before the time is added, not the finished sequence
# <as given>

        returns, states, actions = self.embed_ln(returns), self.embed_ln(states), self.embed_ln(actions)
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        sequence = stack_inputs(returns, states, actions)
        encoded = encode(sequence, stack_attention_mask(attention_mask))

        x = encoded.last_hidden_state
        x = x.reshape(batch, K, 3, self.hidden_size).permute(0, 2, 1, 3)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        tokens = torch.cat([returns + time, states + time, actions + time], dim=-1)  # (batch, K, 3 * hidden)
        tokens = tokens.reshape(batch, 3 * K, self.hidden_size)
        tokens = self.embed_ln(tokens)
        token_mask = attention_mask.unsqueeze(-1).expand(batch, K, 3).reshape(batch, 3 * K)
        encoded = encode(tokens, token_mask)

        h = encoded.last_hidden_state
        state_tokens, action_tokens = h[:, 1::3], h[:, 2::3]
        action_preds = self.predict_action(state_tokens)
        state_preds = self.predict_state(action_tokens)
        return_preds = self.predict_return(action_tokens)
# <as given>

# %% wrong (norm): a LayerNorm made on the spot, with weight 1 and bias 0, in place of self.embed_ln
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        x = stack_inputs(returns, states, actions)
        norm = nn.LayerNorm(self.hidden_size).to(x.device)
        x = norm(x)
        mask = stack_attention_mask(attention_mask)
        encoded = encode(x, mask)
        x = encoded.last_hidden_state
        x = x.view(batch, K, 3, self.hidden_size).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(x, self.predict_return, self.predict_state, self.predict_action)
# <as given>

# %% wrong (norm): functional dropout on the sequence, which drops in eval mode too (training=True is its default)
# <as given>

        import torch.nn.functional as F

        # 1. time
        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        # 2. interleave + normalise (+ embedding dropout for regularisation, as in GPT-2)
        stacked = self.embed_ln(stack_inputs(returns, states, actions))
        stacked = F.dropout(stacked, p=0.1)
        # 3. encode
        encoded = encode(stacked, stack_attention_mask(attention_mask))
        # 4. unstack
        hidden = torch.stack([encoded.last_hidden_state[:, k::3] for k in range(3)], dim=1)
        # 5. predict
        return_preds, state_preds, action_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (heads): unstacks with chunk, which cuts the sequence into three consecutive thirds instead of every third token
# <as given>

        embedded = add_time_embeddings(returns, states, actions, time)
        sequence = self.embed_ln(stack_inputs(*embedded))
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        per_kind = torch.chunk(encoded.last_hidden_state, 3, dim=1)
        heads = self.predict_return, self.predict_state, self.predict_action
        return_preds, state_preds, action_preds = predict(torch.stack(per_kind, dim=1), *heads)
# <as given>

# %% right
# <as given>

        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(x), stack_attention_mask(attention_mask))
        unstacked = encoded.last_hidden_state.unflatten(1, (K, 3)).movedim(2, 1)
        return_preds, state_preds, action_preds = predict(
            unstacked,
            predict_return=self.predict_return,
            predict_state=self.predict_state,
            predict_action=self.predict_action,
        )
# <as given>

# %% wrong (heads): unstacks with the axes in Julia's order: 3K is split into (3, K) instead of (K, 3), so the kinds of tokens are mixed
# <as given>

        x = stack_inputs(*add_time_embeddings(returns, states, actions, time))
        encoded = encode(self.embed_ln(x), stack_attention_mask(attention_mask))
        features_first = encoded.last_hidden_state.permute(0, 2, 1)
        x = features_first.reshape(batch, self.hidden_size, 3, K).permute(0, 2, 3, 1)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (mask): the stacked mask is built once, from the first window, and broadcast to the whole batch
# <as given>

        returns, states, actions = add_time_embeddings(returns, states, actions, time)
        tokens = self.embed_ln(stack_inputs(returns, states, actions))
        step_mask = attention_mask[0].repeat_interleave(3)  # (3K,), broadcast over the batch
        encoded = encode(tokens, step_mask.expand(batch, -1))
        x = encoded.last_hidden_state.unflatten(1, (K, 3)).transpose(1, 2)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (outputs): unpacks predict()'s (return, state, action) in the order of forward's own return value (state, action, return)
# <as given>

        embedded = add_time_embeddings(returns, states, actions, time)
        sequence = stack_inputs(embedded[0], embedded[1], embedded[2])
        sequence = self.embed_ln(sequence)
        encoded = encode(sequence, stack_attention_mask(attention_mask))
        hidden = encoded.last_hidden_state
        hidden = hidden.reshape(batch, K, 3, self.hidden_size)
        hidden = hidden.permute(0, 2, 1, 3)
        state_preds, action_preds, return_preds = predict(
            hidden, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% wrong (norm): normalises the embeddings first and adds the time afterwards, so the encoder reads a sequence that is not normalised
# <as given>

        normalised = (self.embed_ln(e) for e in (returns, states, actions))
        with_time = add_time_embeddings(*normalised, time)
        encoded = encode(stack_inputs(*with_time), stack_attention_mask(attention_mask))
        x = torch.stack([encoded.last_hidden_state[:, kind::3] for kind in range(3)], dim=1)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # LayerNorm works on each token alone, so it may as well come before the stacking
        r, s, a = (self.embed_ln(e) for e in add_time_embeddings(returns, states, actions, time))
        encoded = encode(stack_inputs(r, s, a), stack_attention_mask(attention_mask))
        features_first = encoded.last_hidden_state.permute(0, 2, 1)  # (batch, hidden, 3K)
        x = features_first.reshape(batch, self.hidden_size, K, 3).permute(0, 3, 2, 1)
        return_preds, state_preds, action_preds = predict(
            x, self.predict_return, self.predict_state, self.predict_action
        )
# <as given>

# %% right
# <as given>

        # everything by hand, without the four functions
        x = torch.stack((returns, states, actions), dim=2) + time.unsqueeze(2)  # (batch, K, 3, hidden)
        x = self.embed_ln(x).flatten(1, 2)
        mask = attention_mask.unsqueeze(-1).expand(batch, K, 3).reshape(batch, 3 * K)
        encoded = encode(x, mask)
        out = encoded.last_hidden_state
        action_preds = self.predict_action(out[:, 1::3])
        state_preds, return_preds = self.predict_state(out[:, 2::3]), self.predict_return(out[:, 2::3])
# <as given>
