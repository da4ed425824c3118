# %% wrong (later-first): takes the end of an ascending argsort: of equal returns, the later one is kept
def best_tenth(returns):
    k = max(1, len(returns) // 10)
    order = np.argsort(returns, kind="stable")
    return np.sort(order[-k:])

# %% wrong (lost-dropped): the walks that never arrived are dropped first; positions (and the tenth) are those of the rest
def best_tenth(returns):
    arrived = [r for r in returns if r != -np.inf]
    if not arrived:
        return np.array([0])
    keep = len(arrived) // 10 or 1
    ranking = sorted(enumerate(arrived), key=lambda pair: (-pair[1], pair[0]))
    return np.array(sorted(i for i, _ in ranking[:keep]))

# %% wrong (hardly-any-arrives): searches the maximum with > from minus infinity, so it finds none where only minus infinity is left
def best_tenth(returns):
    n = len(returns)
    k = int(n / 10)
    if k < 1:
        k = 1
    taken = [False] * n
    found = []
    for _ in range(k):
        best, where = float("-inf"), -1
        for i in range(n):
            if not taken[i] and returns[i] > best:
                best, where = returns[i], i
        taken[where] = True
        found.append(where)
    found.sort()
    return np.array(found, dtype=int)

# %% right
def best_tenth(returns):
    n = len(returns)
    k = max(1, n // 10)
    # sorted() is stable, also with reverse=True: of equal ones the earlier stays in front
    ranking = sorted(range(n), key=lambda i: returns[i], reverse=True)
    return np.array(sorted(ranking[:k]), dtype=int)

# %% wrong (hardly-any-arrives): a trajectory that was taken is marked with minus infinity, which others have from the start
def best_tenth(returns):
    r = returns.astype(float).copy()
    k = max(1, len(r) // 10)
    picked = []
    for _ in range(k):
        best = int(np.argmax(r))  # the first one of equals
        picked.append(best)
        r[best] = -np.inf
    return np.array(sorted(picked))

# %% wrong (ties): looks the values up again with index(), which finds the same position for equal returns
def best_tenth(returns):
    values = list(returns)
    keep = max(len(values) // 10, 1)
    top = sorted(values, reverse=True)[:keep]
    return np.array(sorted(values.index(v) for v in top))

# %% wrong (earliest-above): of all above the 90% quantile the earliest are kept, not the best
def best_tenth(returns):
    n = returns.shape[0]
    k = max(1, int(n * 0.1 + 1e-9))
    threshold = np.quantile(returns, 0.9, method="lower")
    above = np.flatnonzero(returns > threshold)
    if above.size < k:
        # ties at the threshold, the earlier ones first
        equal = np.flatnonzero(returns == threshold)
        above = np.concatenate([above, equal[: k - above.size]])
    return np.sort(above)[:k]

# %% right
def best_tenth(returns):
    n = len(returns)
    k = n // 10 if n >= 10 else 1
    # order(-returns), ties in their order: lexsort sorts by its last key first
    order = np.lexsort((np.arange(n), -returns))
    return np.sort(order[:k])

# %% right
import heapq


def best_tenth(returns):
    k = max(1, len(returns) // 10)
    winners = heapq.nsmallest(k, ((-float(g), i) for i, g in enumerate(returns)))
    return np.array(sorted(i for _, i in winners), dtype=int)
