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

# %% wrong (bool-negated-as-number): ~done on a Python bool is -1 or -2, not the opposite (it would be with numpy's bools)
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + gamma * q[next_state].max() * ~done
    return q[state, action] + learning_rate * (target - q[state, action])

# %% wrong (end-jumps): at the end of an episode the target itself is returned, instead of a step towards it
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return float(reward)  # nothing follows
    old = q[state][action]
    target = reward + gamma * max(q[next_state])
    return (1 - learning_rate) * old + learning_rate * target

# %% wrong (input-changed): np.asarray is taken for a copy; of a float64 table it isn't one, so q itself is changed
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = np.asarray(q, dtype=np.float64)  # work on a copy
    future = 0.0 if done else gamma * np.amax(table[next_state, :])
    table[state, action] += learning_rate * (reward + future - table[state, action])
    return table[state, action]

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = float(reward)
    if not done:
        target += gamma * max(q[next_state].tolist())
    return float(np.interp(learning_rate, [0, 1], [q[state, action], target]))

# %% wrong (end-ignored): `if ~done`, as one negates numpy's booleans: ~True is -2 for a Python bool, which counts as true
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward
    if ~done:
        target = target + gamma * q[next_state].max()
    return q[state, action] + learning_rate * (target - q[state, action])

# %% wrong (error-clipped): the TD error is clipped to [-1, 1], as in the Nature DQN
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    bootstrap = 0.0 if done else np.max(q[next_state])
    td_error = reward + gamma * bootstrap - q[state, action]
    td_error = np.clip(td_error, -1.0, 1.0)  # error clipping improves the stability of the algorithm
    return q[state, action] + learning_rate * td_error

# %% wrong (stays): in a copy, the old value is shrunk first, and the maximum is taken afterwards: it may see the shrunken entry
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    q = q.copy()
    # exponential moving average
    q[state, action] *= 1 - learning_rate
    q[state, action] += learning_rate * (reward + gamma * (0 if done else q[next_state].max()))
    return q[state, action]

# %% wrong (never-below-zero): the maximum is a fold that begins with 0, so it is never below 0
from functools import reduce

def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    lerp = lambda a, b, share: a + share * (b - a)
    following = () if done else q[next_state]
    target = reward + gamma * reduce(max, following, 0.0)
    return lerp(q[state, action], target, learning_rate)

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    # CleanRL would write (1 - done); a tabular agent can afford an if
    next_value = 0.0 if done else float(max(q[next_state]))
    td_target = reward + gamma * next_value
    return float(np.interp(learning_rate, [0.0, 1.0], [q[state, action], td_target]))

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    match bool(done):
        case True:
            target = reward
        case False:
            target = reward + gamma * np.amax(q, axis=1)[next_state]
    return (1 - learning_rate) * q[state][action] + learning_rate * target

# %% wrong (end-jumps): at the end of an episode the reward is returned as it is, without the learning rate
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return reward
    old = q[state, action]
    target = reward + gamma * np.max(q[next_state])
    return old + learning_rate * (target - old)

# %% wrong (input-changed): writes the new value into the table
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    best_next = 0 if done else q[next_state].max()
    td_error = reward + gamma * best_next - q[state, action]
    q[state, action] += learning_rate * td_error
    return q[state, action]

# %% wrong (bool-negated-as-number): ~done, which for Python's True and False is -2 and -1
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + gamma * q[next_state, :].max() * (~done)
    return (1 - learning_rate) * q[state, action] + learning_rate * target

# %% wrong (end-ignored): forgets that nothing follows when the episode has ended
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    # Q(s,a) <- Q(s,a) + alpha * [r + gamma * max_a' Q(s',a') - Q(s,a)]
    alpha = learning_rate
    return q[state][action] + alpha * (reward + gamma * max(q[next_state]) - q[state][action])

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward
    if not done:
        target = target + gamma * q[next_state].max()
    old = q[state, action]
    return old + learning_rate * (target - old)

# %% right
def bellman_target(q, reward, next_state, done, gamma):
    follows = 0.0
    if not done:
        follows = float("-inf")
        for value in q[next_state]:
            if value > follows:
                follows = float(value)
    return reward + gamma * follows


def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    goal = bellman_target(q, reward, next_state, done, gamma)
    return float((1 - learning_rate) * q[state, action] + learning_rate * goal)

# %% wrong (input-changed): q[:] of a numpy array is a view and no copy as with lists, so the table is changed
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q[:]  # don't touch the original
    target = reward if done else reward + gamma * table[next_state].max()
    table[state, action] += learning_rate * (target - table[state, action])
    return float(table[state, action])

# %% wrong (never-below-zero): the search for the largest value starts at 0, so a row of negative values counts as 0
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    best = 0.0
    if not done:
        for a in range(q.shape[1]):
            if q[next_state][a] > best:
                best = q[next_state][a]
    target = reward + gamma * best
    return (1 - learning_rate) * q[state][action] + learning_rate * target

# %% wrong (bool-negated-as-number): ~done on a Python bool is -1 or -2, and not False or True as for numpy's arrays
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    old = q[state, action]
    td_target = reward + gamma * np.max(q[next_state, :]) * ~done
    td_error = td_target - old
    return old + learning_rate * td_error

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward
    if not done:
        target = target + gamma * max(q[next_state].tolist())
    old = float(q[state, action])
    return old + learning_rate * (target - old)

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    new = np.array(q, dtype=np.float64, copy=True)
    future = np.amax(new, axis=1)[next_state]
    target = reward + (0.0 if done else gamma * future)
    new[state, action] = np.interp(learning_rate, [0.0, 1.0], [new[state, action], target])
    return new[state, action]

# %% wrong (input-changed): `row` is a view of the table, and the new value is written into it
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    row = q[state]  # work on the row only, leave the table alone
    target = reward if done else reward + gamma * q[next_state].max()
    row[action] += learning_rate * (target - row[action])
    return float(row[action])

# %% wrong (stays): a step that stays in its state is also treated as the end of the episode
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    # at the goal one stays where one is, so nothing follows there
    terminal = done or state == next_state
    future = 0.0 if terminal else np.max(q[next_state])
    td_error = reward + gamma * future - q[state, action]
    return q[state, action] + learning_rate * td_error

# %% wrong (exception): the loop for the maximum counts the states (len(q)) instead of the actions
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward
    if not done:
        best = q[next_state][0]
        for a in range(1, len(q)):
            if q[next_state][a] > best:
                best = q[next_state][a]
        target = target + gamma * best
    return (1 - learning_rate) * q[state][action] + learning_rate * target

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    nothing_follows = bool(done)
    target = reward + (0.0 if nothing_follows else gamma * np.max(q[next_state]))
    # on the straight line from the old value (at 0) to the target (at 1)
    return float(np.interp(learning_rate, [0.0, 1.0], [q[state, action], target]))

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    # np.dot of the shares with (what I believed, what I saw)
    promised = sorted(q[next_state].tolist())[-1]
    seen = reward + gamma * promised * 0 ** int(done)
    return np.dot((1 - learning_rate, learning_rate), (q[state, action], seen))

# %% wrong (end-jumps): at the end of an episode returns the target at once and forgets the learning rate
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return reward  # nothing follows
    target = reward + gamma * np.max(q[next_state])
    old = q[state, action]
    return old + learning_rate * (target - old)

# %% wrong (value-of-zero): takes entries that are exactly 0 for 'never updated' and leaves them out of the maximum
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    known = [value for value in q[next_state] if value != 0]  # what has been learned so far
    future = 0 if done or not known else max(known)
    target = reward + gamma * future
    return (1 - learning_rate) * q[state, action] + learning_rate * target

# %% wrong (large-values): searches the maximum from a 'small enough' start, -999
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    n_actions = q.shape[1]
    best = -999.0
    i = 0
    while i < n_actions:
        if q[next_state][i] > best:
            best = q[next_state][i]
        i = i + 1
    if done:
        best = 0.0
    delta = reward + gamma * best - q[state][action]
    return q[state][action] + learning_rate * delta

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward + (0 if done else gamma * max(q[next_state]))
    old = q[state, action]
    return old + learning_rate * (target - old)

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q.copy()  # the original stays as it is
    target = reward
    if not done:
        best_action = np.argmax(table[next_state])
        target += gamma * table[next_state, best_action]
    table[state, action] = (1 - learning_rate) * table[state, action] + learning_rate * target
    return float(table[state, action])

# %% wrong (bool-negated-as-number): uses ~done as "not done"; on a Python bool ~ gives -1 and -2
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    best_next = np.max(q[next_state, :])
    td_target = reward + gamma * best_next * (~done)
    td_error = td_target - q[state, action]
    return q[state, action] + learning_rate * td_error

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    old_value = q[state, action]
    future = 0.0 if done else gamma * max(q[next_state])
    temporal_difference = reward + future - old_value
    return float(old_value + learning_rate * temporal_difference)

# %% wrong (end-jumps): at the end of an episode the target itself is returned, the learning rate is forgotten there
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        return reward
    target = reward + gamma * q[next_state].max()
    return (1 - learning_rate) * q[state, action] + learning_rate * target

# %% wrong (input-changed): thinks that q[:] is a copy as with lists; on an array it is a view, so the caller's table is changed
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q[:]  # copy, so that q stays as it is
    target = reward
    if not done:
        target += gamma * np.amax(table[next_state])
    table[state][action] += learning_rate * (target - table[state][action])
    return table[state][action]

# %% wrong (never-below-zero): the search for the largest value begins at 0, as if values could not be negative
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    biggest = 0
    n_actions = q.shape[1]
    for i in range(n_actions):
        if q[next_state][i] > biggest:
            biggest = q[next_state][i]
    if done == True:
        target = reward
    else:
        target = reward + gamma * biggest
    return q[state][action] + learning_rate * (target - q[state][action])

# %% right
def bellman_target(q, reward, next_state, done, gamma):
    if done:
        return reward
    return reward + gamma * np.max(q[next_state])


def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = bellman_target(q, reward, next_state, done, gamma)
    return (1 - learning_rate) * q[state][action] + learning_rate * target

# %% wrong (bool-negated-as-number): uses ~done as "not done", as for numpy arrays; for a Python bool it is -1 (or -2 for True)
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    # branchless
    future = ~bool(done) * gamma * q[next_state].max()
    old = q[state, action]
    return old + learning_rate * (reward + future - old)

# %% wrong (not-the-largest): takes the maximum norm of the next row (largest absolute value) for its maximum
from numpy.linalg import norm


def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    if done:
        target = reward
    else:
        target = reward + gamma * norm(q[next_state, :], np.inf)
    return (1 - learning_rate) * q[state, action] + learning_rate * target

# %% wrong (input-changed): q[:] copies a Python list, but of an array it is a view: the caller's table is changed
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    table = q[:]  # work on a copy
    best_next = 0 if done else max(table[next_state])
    error = reward + gamma * best_next - table[state][action]
    table[state][action] += learning_rate * error
    return table[state][action]

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    target = reward if done else reward + gamma * np.max(q[next_state, :])
    # share 0 of the way: the old value; share 1: the target
    return float(np.interp(learning_rate, [0, 1], [q[state, action], target]))

# %% right
def q_update(q, state, action, reward, next_state, done, learning_rate, gamma):
    def value_of(row, best=None):
        for entry in row:
            best = entry if best is None or entry > best else best
        return best

    match bool(done):
        case True:
            following = 0.0
        case False:
            following = gamma * value_of(q[next_state])
    td_error = (reward + following) - q[state][action]
    return q[state][action] + learning_rate * td_error
