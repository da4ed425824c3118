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

# %% wrong (one-too-few): the share is computed as 1 - 0.9, a little less than a tenth, and rounded down: one too few at n = 20, 30, ...
PERCENTILE = 90


def best_tenth(returns):
    n = len(returns)
    k = max(1, int(n * (1 - PERCENTILE / 100)))
    ranking = np.argsort(-returns, kind="stable")
    return np.sort(ranking[:k])

# %% wrong (hardly-any-arrives): breaks ties by subtracting a little for later positions, which does nothing to minus infinity
def best_tenth(returns):
    n = len(returns)
    k = max(n // 10, 1)
    scores = returns - 1e-9 * np.arange(n)  # earlier ones first
    best = np.argsort(scores)[::-1][:k]
    return np.sort(best)

# %% wrong (hardly-any-arrives): strikes out each maximum with minus infinity; where only minus infinity is left, position 0 is found again and again
def best_tenth(returns):
    remaining = np.array(returns, dtype=float)
    kept = []
    for _ in range(max(1, len(returns) // 10)):
        best = int(np.argmax(remaining))
        kept.append(best)
        remaining[best] = -np.inf
    return np.array(sorted(kept))

# %% right
import heapq


def best_tenth(returns):
    how_many = len(returns) // 10 or 1
    # nlargest keeps the order of equal ones
    return np.array(sorted(heapq.nlargest(how_many, range(len(returns)), key=lambda i: returns[i])))

# %% right
def best_tenth(returns):
    positions = np.arange(returns.size)
    # lexsort: the last key is the first to be looked at
    order = np.lexsort((positions, -returns))
    rank = np.empty_like(positions)
    rank[order] = positions
    return np.flatnonzero(rank < max(1, returns.size // 10))

# %% wrong (one-too-few): counts with n * (1 - 0.9), which is a little below n / 10 in floats
def best_tenth(returns):
    pct = 0.9
    keep = max(1, int(len(returns) * (1 - pct)))
    order = np.argsort(-returns, kind="stable")
    return np.sort(order[:keep])

# %% wrong (nearly-alike): ties are broken by a small penalty for later positions, which also overturns small differences
def best_tenth(returns):
    n = returns.shape[0]
    k = max(n // 10, 1)
    # earlier wins: subtract a tiny amount that grows with the position
    score = returns - 1e-4 * np.arange(n)
    top = np.argpartition(-score, k - 1)[:k]
    top.sort()
    return top

# %% wrong (hardly-any-arrives): throws out the walks that never arrived before choosing, so fewer than a tenth are left when few arrived
def best_tenth(returns):
    k = max(1, len(returns) // 10)
    finished = np.flatnonzero(np.isfinite(returns))
    ranked = finished[np.argsort(-returns[finished], kind="stable")]
    return np.sort(ranked[:k])

# %% right
import heapq

def best_tenth(returns):
    k = max(1, len(returns) // 10)
    # nlargest is sorted(..., reverse=True)[:k], and that is stable
    best = heapq.nlargest(k, range(len(returns)), key=returns.tolist().__getitem__)
    return np.array(sorted(best))

# %% wrong (later-first): sorts stably but then reverses, so that of equal returns the later one is kept
def best_tenth(returns):
    k = max(1, len(returns) // 10)
    order = np.argsort(returns, kind="stable")[::-1]
    return np.sort(order[:k])

# %% wrong (quantile): takes everything above the 90% quantile, which is not a tenth rounded down, and too much with ties
def best_tenth(returns):
    threshold = np.percentile(returns, 90)
    return np.where(returns >= threshold)[0]

# %% wrong (hardly-any-arrives): throws the walks that never arrived out first, although they count when there are too few others
def best_tenth(returns):
    keep = max(len(returns) // 10, 1)
    arrived = [i for i, r in enumerate(returns) if r > float("-inf")]
    ranked = sorted(arrived, key=lambda i: returns[i], reverse=True)
    return np.array(sorted(ranked[:keep]), dtype=int)

# %% right
def best_tenth(returns):
    n = len(returns)
    k = n // 10 or 1
    best_first = np.lexsort((np.arange(n), -returns))
    return np.sort(best_first[:k])

# %% right
import heapq

def best_tenth(returns):
    n = len(returns)
    how_many = max(1, n // 10)
    # larger return first; with a tie the smaller index
    pairs = heapq.nsmallest(how_many, ((-float(r), i) for i, r in enumerate(returns)))
    return np.array(sorted(i for _, i in pairs), dtype=int)

# %% wrong (one-too-few): a tenth as 1 - 0.9, which is a little less than 0.1, and int() cuts off
def best_tenth(returns):
    percentile = 0.9
    keep = max(1, int(len(returns) * (1 - percentile)))
    order = np.argsort(-returns, kind="stable")
    return np.sort(order[:keep])

# %% wrong (hardly-any-arrives): throws away the walks that never arrived first, so that sometimes fewer than a tenth are kept, or none
def best_tenth(returns):
    k = max(1, len(returns) // 10)
    finite = np.flatnonzero(np.isfinite(returns))
    ranked = finite[np.argsort(-returns[finite], kind="stable")]
    return np.sort(ranked[:k])

# %% wrong (later-first): sorts pairs of return and position downwards, so that of equal returns the later one is kept
def best_tenth(returns):
    pairs = sorted(((r, i) for i, r in enumerate(returns)), reverse=True)
    n = len(pairs)
    k = n // 10 if n >= 10 else 1
    return np.array(sorted(i for _, i in pairs[:k]))

# %% right
import heapq


def best_tenth(returns):
    n = len(returns)
    best = heapq.nlargest(max(n // 10, 1), range(n), key=lambda i: (returns[i], -i))
    return np.array(sorted(best))

# %% right
def best_tenth(returns):
    n = returns.shape[0]
    order = np.lexsort((np.arange(n), -returns))
    mask = np.zeros(n, dtype=bool)
    mask[order[: max(1, n // 10)]] = True
    return np.nonzero(mask)[0]

# %% wrong (hardly-any-arrives): takes the maximum out again and again by setting it to minus infinity, which some returns are anyway
def best_tenth(returns):
    r = returns.copy()
    keep = []
    for _ in range(max(1, len(r) // 10)):
        i = int(np.argmax(r))
        keep.append(i)
        r[i] = -np.inf
    return np.array(sorted(keep))

# %% wrong (ties): all that reach the k-th best value, cut to the first k: early ones that tie there push out a better one that comes later
def best_tenth(returns):
    n = len(returns)
    k = max(n // 10, 1)
    threshold = np.sort(returns)[-k]
    good = np.where(returns >= threshold)[0]
    return good[:k]  # of equal ones, the earlier

# %% wrong (hardly-any-arrives): walks that never arrived are left out before choosing, so too few are kept where few arrived
def best_tenth(returns):
    how_many = max(1, len(returns) // 10)
    arrived = np.flatnonzero(np.isfinite(returns))
    order = np.argsort(-returns[arrived], kind="stable")
    return np.sort(arrived[order[:how_many]])

# %% right
import heapq


def best_tenth(returns):
    n = len(returns)
    # nlargest is as sorted(..., reverse=True): of equal ones the earlier comes first
    winners = heapq.nlargest(max(1, n // 10), range(n), key=lambda i: returns[i])
    return np.array(sorted(winners), dtype=int)

# %% right
def best_tenth(returns):
    """Quickselect by hand. The position is part of the key, so no two keys are equal."""
    keys = [(-value, position) for position, value in enumerate(returns.tolist())]
    wanted = max(1, len(keys) // 10)
    kept = []
    while wanted > 0:
        pivot = keys[len(keys) // 2]
        better = [key for key in keys if key < pivot]
        if len(better) >= wanted:
            keys = better
            continue
        kept += better + [pivot]
        wanted -= len(better) + 1
        keys = [key for key in keys if key > pivot]
    return np.array(sorted(position for _, position in kept), dtype=np.int64)

# %% wrong (one-too-few): counts the tenth as (1 - 0.9) * n, which floats put just below the whole number
def best_tenth(returns):
    keep = max(1, int((1 - 0.9) * len(returns)))
    order = sorted(range(len(returns)), key=lambda i: -returns[i])  # stable: earlier ones first
    return np.array(sorted(order[:keep]))

# %% wrong (hardly-any-arrives): argmax again and again, crossing out with minus infinity, which is also a real return
def best_tenth(returns):
    left = returns.copy()
    k = len(returns) // 10
    if k == 0:
        k = 1
    kept = []
    for _ in range(k):
        i = int(np.argmax(left))
        kept.append(i)
        left[i] = -np.inf  # don't find it again
    return np.array(sorted(kept))

# %% wrong (ties): argsort without kind='stable': among equal returns it is chance which ones are kept
def best_tenth(returns):
    n = returns.shape[0]
    k = max(n // 10, 1)
    best_first = np.argsort(-returns)
    return np.sort(best_first[:k])

# %% right
import heapq


def best_tenth(returns):
    n = len(returns)
    # higher return first; of equal ones the smaller position
    best = heapq.nsmallest(max(n // 10, 1), range(n), key=lambda i: (-returns[i], i))
    return np.array(sorted(best), dtype=int)

# %% right
def best_tenth(returns):
    keep = max(1, returns.size // 10)
    # lexsort: the last key counts first
    order = np.lexsort((np.arange(returns.size), -returns))
    kept = np.zeros(returns.size, dtype=bool)
    kept[order[:keep]] = True
    return np.flatnonzero(kept)

# %% wrong (one-too-few): the share is written as 1 - 0.9, which is 0.0999..., and rounded down
def best_tenth(returns, percentile=0.9):
    share = 1 - percentile
    k = max(int(len(returns) * share), 1)
    ranking = np.argsort(-returns, kind="stable")
    return np.sort(ranking[:k])

# %% right
import heapq


def best_tenth(returns):
    n = len(returns)
    keep = n // 10 or 1
    best = heapq.nlargest(keep, range(n), key=lambda i: returns[i])
    best.sort()
    return np.array(best, dtype=int)

# %% wrong (lost-counted-as-zero): "cleans" minus infinity to 0, but returns are negative, so the walks that never arrived become the best
def best_tenth(returns):
    clean = np.nan_to_num(returns, neginf=0.0)
    k = max(1, clean.shape[0] // 10)
    idx = np.argsort(-clean, kind="mergesort")[:k]
    idx.sort()
    return idx

# %% wrong (later-first): breaks ties with lexsort by the position ascending, but takes from the end: the later of equal returns is kept
def best_tenth(returns):
    n = len(returns)
    keep = max(n // 10, 1)
    positions = np.arange(n)
    order = np.lexsort((positions, returns))  # by return, then by position
    return np.sort(order[-keep:])

# %% right
def best_tenth(returns):
    n = returns.shape[0]
    k = max(1, n // 10)
    taken = np.zeros(n, dtype=bool)
    for _ in range(k):
        best = None
        for i in range(n):
            if taken[i]:
                continue
            if best is None or returns[i] > returns[best]:
                best = i
        taken[best] = True
    return np.flatnonzero(taken)

# %% wrong (ties): argpartition finds the k largest in linear time, but among equal returns it keeps any, not the earlier ones
def best_tenth(returns):
    k = max(1, len(returns) // 10)
    top = np.argpartition(returns, -k)[-k:]  # O(n) instead of O(n log n)
    return np.sort(top)

# %% wrong (quantile): takes everything at or above the 90th percentile, R's quantile(x, 0.9), which is not n // 10 trajectories
def best_tenth(returns):
    cut = np.quantile(returns, 0.9)
    return np.flatnonzero(returns >= cut)

# %% wrong (later-first): a priority queue of (return, position) pairs: of equal returns the larger position is the larger pair, so the later one is kept
import heapq


def best_tenth(returns):
    queue = [(value, position) for position, value in enumerate(returns)]
    size = len(queue) // 10 or 1
    kept = heapq.nlargest(size, queue)
    return np.array(sorted(position for _, position in kept), dtype=int)

# %% right
import heapq


def best_tenth(returns):
    n = len(returns)
    # nlargest with a key is stable, like sorted(..., reverse=True)
    kept = heapq.nlargest(max(n // 10, 1), range(n), key=lambda i: returns[i])
    return np.array(sorted(kept), dtype=np.int64)

# %% right
def best_tenth(returns):
    # ORDER BY return DESC, position ASC LIMIT n / 10
    position = np.arange(returns.shape[0])
    rank = np.empty_like(position)
    rank[np.lexsort((position, -returns))] = position
    return position[rank < max(returns.shape[0] // 10, 1)]
