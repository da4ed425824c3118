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
