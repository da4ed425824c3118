# %% wrong (input-changed): q[:] is no copy in numpy but a view
def pessimistic(q, seen, worst):
    table = q[:]
    rows, columns = table.shape
    for s in range(rows):
        for a in range(columns):
            if not seen[s][a]:
                table[s][a] = worst
    return table

# %% wrong (wrong-dtype): np.full with a whole number makes an integer table, which cuts the recorded values
def pessimistic(q, seen, worst):
    low = np.full(q.shape, worst)
    low[seen] = q[seen]
    return low

# %% wrong (whole-states): an action counts as recorded if it was recorded in any state
def pessimistic(q, seen, worst):
    never = ~seen.any(axis=0)
    result = q.copy()
    result[:, never] = worst
    return result

# %% right
def pessimistic(q, seen, worst):
    return np.where(seen, q, worst)

# %% right
def pessimistic(q, seen, worst):
    table = np.array(q, dtype=float, copy=True)
    table[np.logical_not(seen)] = worst
    return table

# %% wrong (wrong-dtype): np.full takes whole numbers from a whole `worst`, and the values of the recorded actions are cut off
def pessimistic(q, seen, worst):
    table = np.full(q.shape, worst)
    table[seen] = q[seen]
    return table

# %% wrong (exception): find() of MATLAB as argwhere, whose pairs numpy takes for row numbers: whole rows are overwritten
def pessimistic(q, seen, worst):
    Q = q.copy()
    idx = np.argwhere(seen == 0)
    Q[idx] = worst
    return Q

# %% wrong (never-above): an action that was never recorded keeps its value where that is below `worst` already
def pessimistic(q, seen, worst):
    capped = np.minimum(q, worst)  # as little as can be
    return np.where(seen, q, capped)

# %% right
def pessimistic(q, seen, worst):
    rows = []
    for q_row, seen_row in zip(q, seen):
        rows.append([float(value) if known else float(worst) for value, known in zip(q_row, seen_row)])
    return np.array(rows).reshape(q.shape)

# %% wrong (never-above): np.minimum on the unseen entries: one that happens to lie below `worst` keeps its value
def pessimistic(q, seen, worst):
    return np.where(seen, q, np.minimum(q, worst))

# %% wrong (input-changed): list(q) is a new list of the old rows (views), so the assignments change q
def pessimistic(q, seen, worst):
    table = list(q)  # a new list, q stays as it is
    for state in range(len(table)):
        for action in range(len(table[state])):
            if not seen[state][action]:
                table[state][action] = worst
    return np.array(table)

# %% wrong (wrong-dtype): np.full takes the type from `worst`; with a whole number the recorded values lose their fractions
def pessimistic(q, seen, worst):
    table = np.full(q.shape, worst)
    table[seen] = q[seen]
    return table

# %% right
def pessimistic(q, seen, worst):
    return np.ma.array(q, mask=~seen, copy=True).filled(worst)

# %% wrong (penalty): an additive mask as in attention code: worst is added to the value of an unseen action instead of replacing it
def pessimistic(q, seen, worst):
    mask = (1.0 - seen.astype(q.dtype)) * worst
    return q + mask

# %% wrong (never-above): takes the smaller of value and worst for unseen actions, so one that is below worst keeps its value
def pessimistic(q, seen, worst):
    return np.where(seen, q, np.minimum(q, worst))

# %% wrong (nothing-recorded): goes through the states of the data only, so a state without any recorded action keeps its whole row
def pessimistic(q, seen, worst):
    table = q.copy()
    visited = np.unique(np.nonzero(seen)[0])
    for s in visited:
        support = set(np.flatnonzero(seen[s]))
        for a in range(q.shape[1]):
            if a not in support:
                table[s, a] = worst
    return table

# %% right
def pessimistic(q, seen, worst):
    return np.ma.array(q, mask=np.logical_not(seen), copy=True).filled(worst)

# %% wrong (input-changed): q[:] is taken for a copy, as with a list, but it is a view: the table itself is changed
def pessimistic(q, seen, worst):
    table = q[:]
    table[~seen] = worst
    return table

# %% wrong (wrong-dtype): np.full with a whole number makes a table of integers, which cuts off the decimals of the recorded values
def pessimistic(q, seen, worst):
    out = np.full(q.shape, worst)
    out[seen] = q[seen]
    return out

# %% wrong (never-above): recorded values below `worst` are lifted to it
def pessimistic(q, seen, worst):
    n_states, n_actions = q.shape
    result = np.empty((n_states, n_actions))
    for i in range(n_states):
        for j in range(n_actions):
            result[i][j] = max(q[i][j], worst) if seen[i][j] else worst
    return result

# %% right
def pessimistic(q, seen, worst):
    out = q.copy()
    np.putmask(out, np.logical_not(seen), worst)
    return out

# %% wrong (input-changed): ravel gives a view of the table, and the assignment changes q
def pessimistic(q, seen, worst):
    flat = q.ravel()
    flat[np.logical_not(seen).ravel()] = worst
    return flat.reshape(q.shape)

# %% wrong (whole-states): asks whether an action was recorded in any state, and not whether in this one
def pessimistic(q, seen, worst):
    ever = seen.any(axis=0)
    return np.where(ever, q, worst)

# %% right
def pessimistic(q, seen, worst):
    return np.select([seen], [q], default=worst)

# %% wrong (wrong-dtype): np.full takes its dtype from `worst`; with a whole number the table is an integer table and cuts the values off
def pessimistic(q, seen, worst):
    table = np.full(q.shape, worst)
    table[seen] = q[seen]
    return table

# %% wrong (input-changed): np.asarray makes no copy of an array, so putmask writes into q itself
def pessimistic(q, seen, worst):
    result = np.asarray(q)
    np.putmask(result, np.logical_not(seen), worst)
    return result

# %% wrong (penalty): adds `worst` as a penalty instead of putting it there; right only where the values of unseen actions are 0
def pessimistic(q, seen, worst):
    penalty = worst * (1 - seen.astype(float))
    return q + penalty

# %% right
def pessimistic(q, seen, worst):
    """The table with a low value for everything that was never recorded."""
    unknown = np.ma.array(q, mask=~seen, copy=True)
    return unknown.filled(worst)

# %% wrong (never-above): lowers only: an unrecorded action keeps its value where that is below `worst` already
def pessimistic(q, seen, worst):
    lowered = np.minimum(q, worst)
    return np.where(seen, q, lowered)

# %% wrong (zeros): wipes the unrecorded entries to 0 and then replaces all zeros, also recorded ones
def pessimistic(q, seen, worst):
    table = q * seen  # False counts as 0
    table[table == 0] = worst
    return table

# %% wrong (nothing-recorded): leaves states alone in which nothing at all was recorded
def pessimistic(q, seen, worst):
    result = np.array(q)
    for s, recorded in enumerate(seen):
        here = np.flatnonzero(recorded)
        if here.size == 0:
            continue  # never been here: no data about this state
        others = np.setdiff1d(np.arange(q.shape[1]), here)
        result[s, others] = worst
    return result

# %% right
def pessimistic(q, seen, worst):
    table = q.copy()
    np.putmask(table, np.logical_not(seen), worst)
    return table

# %% wrong (penalty): adds worst to the entries that were never recorded instead of setting them (the same only where the table began with 0)
def pessimistic(q, seen, worst):
    penalty = np.where(seen, 0.0, worst)
    return q + penalty

# %% wrong (input-changed): ravel gives a view of a contiguous table, so the caller's q is changed
def pessimistic(q, seen, worst):
    flat = q.ravel()
    for i, s in enumerate(seen.ravel()):
        if not s:
            flat[i] = worst
    return flat.reshape(q.shape)

# %% wrong (never-above): lowers the unrecorded values to worst, but leaves them where they are lower still
def pessimistic(q, seen, worst):
    return np.where(seen, q, np.minimum(q, worst))

# %% right
def pessimistic(q, seen, worst):
    table = q.copy()
    rows, columns = np.nonzero(np.logical_not(seen))
    table[rows, columns] = worst
    return table

# %% wrong (zeros): spreadsheet style, =IF(seen*q, q, worst): a recorded value of 0 counts as false
def pessimistic(q, seen, worst):
    return np.where(q * seen, q, worst)

# %% wrong (input-changed): astype(float, copy=False) makes no copy of an array that is float already, so the caller's table is overwritten
def pessimistic(q, seen, worst):
    table = q.astype(float, copy=False)
    np.putmask(table, ~seen, worst)
    return table

# %% wrong (unchanged): hides the unseen entries in a masked array (R's NA) and sets only its fill_value: the values underneath stay
def pessimistic(q, seen, worst):
    table = np.ma.masked_array(q.copy(), mask=~seen)
    table.set_fill_value(worst)
    return table

# %% right
def pessimistic(q, seen, worst):
    n_states, n_actions = q.shape
    out = np.empty((n_states, n_actions))
    # column by column, as Fortran stores them
    for j in range(n_actions):
        for i in range(n_states):
            if seen[i, j]:
                out[i, j] = q[i, j]
            else:
                out[i, j] = worst
    return out
