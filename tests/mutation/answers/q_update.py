# %% wrong (input-changed): writes the new value into the table (a row is a view)
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    follows = 0.0 if done else gamma * np.max(q[next_state])
    row = q[state]
    row[action] += learning_rate * (reward + follows - row[action])
    return float(row[action])

# %% wrong (never-below-zero): the search for the largest value starts at 0
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    best = 0
    if not done:
        for a in range(q.shape[1]):
            if q[next_state][a] > best:
                best = q[next_state][a]
    old = q[state][action]
    target = reward + gamma * best
    return old + learning_rate * (target - old)

# %% wrong (end-jumps): at the end of an episode it returns the target itself, without the learning rate
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return reward
    td_error = reward + gamma * q[next_state, :].max() - q[state, action]
    return q[state, action] + learning_rate * td_error

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward
    if not done:
        target = target + gamma * q[next_state].max()
    return (1 - learning_rate) * q[state, action] + learning_rate * target

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    old = float(q[state][action])
    *_, best = sorted(q[next_state].tolist())
    goal = float(reward) if done else reward + gamma * best
    return old + learning_rate * (goal - old)

# %% wrong (never-below-zero): looks for the largest value beginning from 0, so that the largest is never below 0
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    n_actions = q.shape[1]
    best = 0.0
    for a in range(n_actions):
        if q[next_state, a] > best:
            best = q[next_state, a]
    target = reward
    if not done:
        target += gamma * best
    return q[state, action] + learning_rate * (target - q[state, action])

# %% wrong (input-changed): q[:] of a numpy array is no copy, so the table itself is changed
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q[:]  # work on a copy, q must stay as it is
    future = 0.0 if done else np.max(table[next_state])
    td_error = reward + gamma * future - table[state, action]
    table[state, action] += learning_rate * td_error
    return table[state, action]

# %% wrong (bool-negated-as-number): MATLAB's ~done; in Python ~False is -1 and ~True is -2
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    Qmax = max(q[next_state, :])
    target = reward + gamma * Qmax * (~done)
    Qnew = (1 - learning_rate) * q[state, action] + learning_rate * target
    return Qnew

# %% wrong (stays): takes a step that stays in its state for the end of the episode
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    old_value = q[state][action]
    # an absorbing state leads to itself: nothing follows there either
    is_terminal = done or next_state == state
    bootstrap = gamma * np.amax(q, axis=1)[next_state]
    target = reward if is_terminal else reward + bootstrap
    return old_value + learning_rate * (target - old_value)

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    """double q_update(const double *q, ...)"""
    best = q[next_state, 0]
    j = 1
    while j < q.shape[1]:
        best = q[next_state, j] if q[next_state, j] > best else best
        j += 1
    target = reward + (0.0 if done else gamma * best)
    old = q[state, action]
    return float(old + learning_rate * (target - old))

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    def bellman_target():
        if done:
            return reward
        return reward + gamma * np.sort(q[next_state])[-1]

    new = q.astype(float)  # astype copies
    new[state, action] = (1.0 - learning_rate) * new[state, action] + learning_rate * bellman_target()
    return new[state, action].item()
