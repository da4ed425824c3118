# %% right
def choose_target(targets, achieved):
    for target, result in zip(targets, achieved):
        if result >= target:
            return target
    return targets[-1]

# %% right
def choose_target(targets, achieved):
    honoured = targets[achieved >= targets]
    return honoured.max() if honoured.size else targets.min()

# %% right
def choose_target(targets, achieved):
    best = -1
    i = len(targets) - 1
    while i >= 0:
        if not achieved[i] < targets[i]:
            best = i
        i -= 1
    return float(targets[best])

# %% right
def choose_target(targets, achieved):
    possible = [t for t, a in zip(targets.tolist(), achieved.tolist()) if a >= t]
    return max(possible, default=min(targets.tolist()))

# %% right
def choose_target(targets, achieved):
    ok = np.append(achieved[:-1] >= targets[:-1], True)  # the last one is taken in any case
    return targets[np.argmax(ok)]

# %% wrong (more-than-asked): A target that is achieved exactly does not count.
# shows: achieved equal to a target
def choose_target(targets, achieved):
    for i in range(len(targets)):
        if achieved[i] > targets[i]:
            return targets[i]
    return targets[-1]

# %% wrong (best-achieved): The target with the best result is taken, whether it was honoured or not.
# shows: a target of -3 that gave -5, and one of -6 that gave -6
def choose_target(targets, achieved):
    return targets[np.argmax(achieved)]

# %% wrong (smallest-honoured): The smallest honoured target is taken.
# shows: two honoured targets
def choose_target(targets, achieved):
    chosen = targets[-1]
    for target, got in zip(targets, achieved):
        if got >= target:
            chosen = target
    return chosen

# %% wrong (none-honoured): If none is honoured, argmax gives the first target.
# shows: no honoured target
def choose_target(targets, achieved):
    return targets[(achieved >= targets).argmax()]

# %% wrong (returns-nothing): If none is honoured, nothing is returned.
# shows: no honoured target
def choose_target(targets, achieved):
    for i, target in enumerate(targets):
        if achieved[i] >= target:
            return target

# %% wrong (achieved-returned): What was achieved is returned, not what was asked.
# shows: a target that was surpassed
def choose_target(targets, achieved):
    n = len(targets)
    for k in range(n):
        if achieved[k] - targets[k] >= 0:
            return achieved[k]
    return targets[n - 1]

# %% wrong (position): The place of the target is returned.
# shows: every input
def choose_target(targets, achieved):
    places = np.nonzero(achieved >= targets)[0]
    return places[0] if len(places) > 0 else len(targets) - 1

# %% wrong (first-place-lost): Place 0 is taken for "not found".
# shows: the first target is honoured
def choose_target(targets, achieved):
    found = next((i for i in range(len(targets)) if achieved[i] >= targets[i]), None)
    return targets[found] if found else targets[-1]

# %% wrong (exactly-as-asked): Honoured means exactly reached.
# shows: a target that was surpassed, such as -8 with -7 achieved
def choose_target(targets, achieved):
    for t, a in zip(targets, achieved):
        if t == a:
            return t
    return targets[-1]

# %% wrong (made-up): The search starts at -100, which is returned if nothing is better.
# shows: no honoured target, or targets below -100
def choose_target(targets, achieved):
    best = -100.0
    for t, a in zip(targets, achieved):
        if a >= t and t > best:
            best = t
    return best

# %% wrong (bisected): A binary search, which takes for granted that all targets below an honoured one are honoured.
# shows: honoured and broken promises in turn, such as no, yes, no, no
def choose_target(targets, achieved):
    low, high = 0, len(targets) - 1
    while low < high:
        middle = (low + high) >> 1
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    return targets[low]

# %% wrong (smallest-honoured-run): From the smallest target upwards it stops at the first that is broken.
# shows: a broken promise below the largest honoured target
def choose_target(targets, achieved):
    i = len(targets) - 1
    while i > 0 and achieved[i - 1] >= targets[i - 1]:
        i -= 1
    return targets[i]

# %% wrong (fractions-lost): The numbers are compared without their fractions.
# shows: a target of -2.2 for which -2.8 was achieved
def choose_target(targets, achieved):
    for t, a in zip(targets, achieved):
        if a != -np.inf and int(a) >= int(t):
            return t
    return targets[-1]

# %% wrong (just-missed): Nearly is taken for enough: half a unit is forgiven.
# shows: a target of -3 for which -3.4 was achieved
def choose_target(targets, achieved):
    missed = np.maximum(targets - achieved, 0)
    good = np.flatnonzero(missed < 0.5)
    return targets[good[0]] if good.size else targets[-1]

# %% wrong (closest): The target nearest to its result is taken.
# shows: a small target that was reached exactly beside a larger one that was surpassed
def choose_target(targets, achieved):
    honoured = achieved >= targets
    if not honoured.any():
        return targets[-1]
    distance = np.where(honoured, achieved - targets, np.inf)
    return targets[distance.argmin()]

# %% wrong (input-changed): Broken promises are marked in the caller's own array.
# shows: a look at `achieved` afterwards: what fell short has become minus infinity
def choose_target(targets, achieved):
    achieved[achieved < targets] = -np.inf
    kept = np.isfinite(achieved)
    if not kept.any():
        return targets[-1]
    return targets[kept][0]

# %% wrong (none-honoured): If none is honoured, the smallest target is only taken when all tries failed; else the best result's target is.
# shows: no honoured target but a finite result, such as -4 for a target of -1
def choose_target(targets, achieved):
    for t, a in zip(targets, achieved):
        if a >= t:
            return t
    if np.all(np.isinf(achieved)):
        return targets[-1]
    return targets[np.argmax(achieved)]

# %% right
def choose_target(targets, achieved):
    honoured = np.flatnonzero(achieved >= targets)
    return targets[honoured[0]] if honoured.size else targets[-1]

# %% right
def choose_target(targets, achieved):
    return max((t for t, a in zip(targets, achieved) if a >= t), default=min(targets))

# %% right
def choose_target(targets, achieved):
    # a sentinel that is always honoured stands at the end
    kept = np.append(np.greater_equal(achieved, targets), True)
    return np.append(targets, np.min(targets))[np.argmax(kept)]

# %% right
def choose_target(targets, achieved):
    wishes = np.ma.masked_array(targets, mask=~(achieved >= targets))
    return targets.min() if wishes.count() == 0 else wishes.max()

# %% right
def choose_target(targets, achieved):
    return np.max(np.where(targets <= achieved, targets, targets[-1]))

# %% wrong (more-than-asked): a promise that is kept exactly does not count
# shows: achieved equal to the target, which is the usual case
def choose_target(targets, achieved):
    kept = achieved > targets
    return targets[kept].max() if kept.any() else targets[-1]

# %% wrong (none-honoured): argmax gives 0 where nothing is honoured, and so the largest target
# shows: no target is honoured (else agrees)
def choose_target(targets, achieved):
    return targets[np.argmax(achieved >= targets)]

# %% wrong (best-achieved): takes the target with the best result, not the largest that is honoured
# shows: a larger target is honoured than the first with the best result, or the best result fell short of its target
def choose_target(targets, achieved):
    return targets[achieved.argmax()] if np.isfinite(achieved).any() else targets[-1]

# %% wrong (smallest-honoured): takes the smallest target that is honoured
# shows: two or more targets are honoured
def choose_target(targets, achieved):
    honoured = targets[targets <= achieved]
    return honoured[-1] if len(honoured) else targets[-1]

# %% wrong (first-place-lost): an index of 0 counts as none
# shows: the first and largest target is honoured
def choose_target(targets, achieved):
    found = next((i for i, t in enumerate(targets) if achieved[i] >= t), None)
    return targets[found or -1]

# %% wrong (none-honoured): where nothing is honoured the sentinel itself comes back
# shows: no target is honoured: -inf, which is no target
def choose_target(targets, achieved):
    return np.where(achieved >= targets, targets, -np.inf).max()

# %% wrong (made-up): the sentinel 0 is larger than all targets
# shows: some targets are honoured and others are not: 0, which is no target
def choose_target(targets, achieved):
    best = np.maximum.reduce((achieved >= targets) * targets)
    return best if (achieved >= targets).any() else targets[-1]

# %% wrong (arrived): reaching the goal is taken for keeping the promise
# shows: a target whose try arrived, but with less than was asked for
def choose_target(targets, achieved):
    arrived = np.isfinite(achieved)
    return targets[arrived][0] if arrived.any() else targets[-1]

# %% wrong (smallest-honoured-run): goes up from the smallest target and stops at the first that is not honoured
# shows: honoured targets with a gap between them
def choose_target(targets, achieved):
    choice = targets[-1]
    for target, result in zip(targets[::-1], achieved[::-1]):
        if not result >= target:
            break
        choice = target
    return choice

# %% wrong (bisected): bisects as if all targets below the largest honoured one were honoured, too
# shows: honoured and broken promises that alternate
def choose_target(targets, achieved):
    low, high = 0, len(targets) - 1
    while low < high:
        middle = (low + high) // 2
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    return targets[low]

# %% wrong (just-missed): a shortfall of up to half a step is forgiven
# shows: lengths with fractions: a target of -2 and a result of -2.4
def choose_target(targets, achieved):
    good = targets[achieved - targets >= -0.5]
    return good.max() if good.size else targets.min()

# %% wrong (any-result): compares any result with any target: the largest target that some try reached
# shows: a target that was not honoured itself, but that another's try fulfilled
def choose_target(targets, achieved):
    good = targets[targets <= achieved.max()]
    return good[0] if good.size else targets[-1]

# %% wrong (achieved-returned): returns what was achieved, not what to ask for
# shows: the largest honoured target was exceeded
def choose_target(targets, achieved):
    honoured = np.nonzero(achieved >= targets)[0]
    return achieved[honoured[0]] if len(honoured) else targets[-1]

# %% wrong (input-changed): sorts the caller's targets in place; the choice is right, but the array stays turned round
# shows: any two targets: afterwards the caller's targets no longer match what was achieved
def choose_target(targets, achieved):
    targets.sort()
    good = [t for t, a in zip(targets[::-1], achieved) if a >= t]
    return good[0] if good else targets[0]

# %% wrong (fractions-lost): targets are compared as whole numbers
# shows: targets with fractions: -2.5 asked, -2.9 achieved counts as honoured
def choose_target(targets, achieved):
    kept = np.trunc(achieved) >= np.trunc(targets)
    return targets[kept][0] if kept.any() else targets[-1]

# %% right
def choose_target(targets, achieved):
    choice = targets[-1]
    for i in range(len(targets) - 1, -1, -1):
        if not achieved[i] < targets[i]:
            choice = targets[i]
    return choice

# %% wrong (best-achieved): the target with the best result is taken, honoured or not
# shows: a target that is too large and nevertheless gets the best result, e.g. targets [-1, -2, -3] with results [-2, -3, -3]
def choose_target(targets, achieved):
    return targets[np.argmax(achieved)]

# %% wrong (more-than-asked): a target that is just met does not count as honoured
# shows: a result equal to its target
def choose_target(targets, achieved):
    for target, result in zip(targets, achieved):
        if result > target:
            return target
    return targets[-1]

# %% wrong (none-honoured): argmax gives the first, largest target if none is honoured
# shows: no target honoured
def choose_target(targets, achieved):
    honoured = achieved >= targets
    return targets[honoured.argmax()]

# %% wrong (bisected): bisection assumes that all targets below an honoured one are honoured too
# shows: results that go up and down, e.g. targets [-1, ..., -5] where only -2 is honoured
def choose_target(targets, achieved):
    low, high = 0, len(targets) - 1
    while low < high:
        middle = (low + high) // 2
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    return targets[low]

# %% wrong (smallest-honoured-run): it goes up from the smallest target and stops at the first that isn't honoured
# shows: a gap: a larger target is honoured although a smaller one isn't
from itertools import takewhile


def choose_target(targets, achieved):
    upwards = zip(targets[::-1], achieved[::-1])
    kept = list(takewhile(lambda pair: pair[1] >= pair[0], upwards))
    return kept[-1][0] if kept else targets[-1]

# %% wrong (arrived): every target with which the goal was reached counts as honoured
# shows: a too large target that reaches the goal on a longer way than asked for
def choose_target(targets, achieved):
    reached = np.isfinite(achieved)
    return targets[reached].max() if reached.any() else targets.min()

# %% wrong (exception): results of minus infinity are rejected as invalid
# shows: a target that did not reach the goal: ValueError
def choose_target(targets, achieved):
    targets, achieved = np.asarray(targets, dtype=float), np.asarray(achieved, dtype=float)
    if targets.shape != achieved.shape:
        raise ValueError("targets and achieved must have the same shape")
    if not (np.isfinite(targets).all() and np.isfinite(achieved).all()):
        raise ValueError("inputs must be finite")
    honoured = targets[achieved >= targets]
    return honoured.max() if honoured.size else targets.min()

# %% right
def choose_target(targets, achieved):
    honoured = targets[achieved >= targets]
    return honoured[0] if len(honoured) else targets[-1]

# %% right
def choose_target(targets, achieved):
    return next((wish for wish, got in zip(targets, achieved) if got >= wish), targets[-1])

# %% right
def choose_target(targets, achieved):
    kept_promises = (t for t, a in zip(targets.tolist(), achieved.tolist()) if not a < t)
    return max(kept_promises, default=min(targets.tolist()))

# %% right
def choose_target(targets, achieved):
    score = np.where(achieved >= targets, targets, -np.inf)
    best = np.argmax(score)
    return targets[best] if np.isfinite(score[best]) else np.min(targets)

# %% wrong (best-achieved): takes the target with which the most was achieved, whether it was honoured or not.
# shows: targets [-1, -2, -3], achieved [-2, -2.5, -3]: gives -1, which was not honoured, instead of -3.
def choose_target(targets, achieved):
    best = np.argmax(achieved)
    return targets[best]

# %% wrong (smallest-honoured): of all honoured targets the smallest is taken.
# shows: targets [-1, -2, -3], achieved [-inf, -2, -3]: gives -3 instead of -2.
def choose_target(targets, achieved):
    choice = targets[-1]
    for i in range(len(targets)):
        if achieved[i] >= targets[i]:
            choice = targets[i]
    return choice

# %% wrong (more-than-asked): "more than" instead of "at least as much", so a promise that is kept exactly does not count.
# shows: targets [-1, -2, -3], achieved [-inf, -2, -2]: gives -3 instead of -2.
def choose_target(targets, achieved):
    for target, result in zip(targets, achieved):
        if result > target:
            return target
    return targets[-1]

# %% wrong (none-honoured): argmax of a mask without a single True is 0, so the largest target is taken where none is honoured.
# shows: targets [-1, -2], achieved [-inf, -inf]: gives -1 instead of -2.
def choose_target(targets, achieved):
    honoured = achieved >= targets
    return targets[honoured.argmax()]

# %% wrong (achieved-returned): returns what was achieved and not the target that was asked for.
# shows: targets [-1, -4], achieved [-inf, -3]: gives -3, which is no target, instead of -4.
def choose_target(targets, achieved):
    ok = achieved[achieved >= targets]
    if ok.size == 0:
        return targets.min()
    return ok[0]

# %% wrong (none-honoured): if none is honoured, the target with the best result is taken and not the smallest.
# shows: targets [-1, -2, -3], achieved [-4, -5, -inf]: gives -1 instead of -3.
def choose_target(targets, achieved):
    honoured = targets[np.greater_equal(achieved, targets)]
    if len(honoured):
        return honoured.max()
    return targets[achieved.argmax()]  # the next best thing

# %% wrong (smallest-honoured-run): climbs from the smallest target upwards and stops at the first that is not honoured, though a larger one may be honoured again.
# shows: targets [-1, -2, -3, -4], achieved [-inf, -2, -4, -4]: gives -4 instead of -2.
def choose_target(targets, achieved):
    i = len(targets) - 1
    while i > 0 and achieved[i] >= targets[i] and achieved[i - 1] >= targets[i - 1]:
        i -= 1
    return targets[i]

# %% wrong (input-changed): replaces the minus infinities inside the caller's array.
# shows: targets [-1, -2], achieved [-inf, -2]: the answer is right, but achieved[0] is -2 afterwards.
def choose_target(targets, achieved):
    smallest = targets.min()
    achieved[np.isneginf(achieved)] = smallest  # get rid of the infinities
    kept = np.flatnonzero(achieved >= targets)
    return targets[kept[0]] if len(kept) else smallest

# %% right
# style: numpy's max with where= and initial=
def choose_target(targets, achieved):
    return np.max(targets, where=achieved >= targets, initial=np.min(targets))

# %% right
# style: next() over a generator with a default
def choose_target(targets, achieved):
    kept = (wish for wish, result in zip(targets, achieved) if not result < wish)
    return next(kept, targets[-1])

# %% right
# style: the last target always counts as honoured, so there is always a first one
def choose_target(targets, achieved):
    margin = achieved - targets
    margin[-1] = np.inf  # margin is new, nothing of the caller's changes
    return targets[np.argmax(margin >= 0)]

# %% right
# style: sorts the pairs by honoured and by size, and takes the best or, without any, the other end
def choose_target(targets, achieved):
    pairs = sorted(((bool(a >= t), float(t)) for t, a in zip(targets, achieved)), reverse=True)
    (any_kept, largest), (_, smallest) = pairs[0], pairs[-1]
    return largest if any_kept else smallest

# %% wrong (none-honoured): argmax of a boolean array is 0 if none is True
def choose_target(targets, achieved):
    return targets[np.argmax(achieved >= targets)]

# %% wrong (exactly-as-asked): honoured only if exactly the target was achieved
def choose_target(targets, achieved):
    honoured = [t for t, a in zip(targets, achieved) if np.isclose(t, a)]
    if honoured:
        return max(honoured)
    return min(targets)

# %% right
def choose_target(targets, achieved):
    for target, result in zip(targets, achieved):
        if result >= target:
            return target
    return targets[-1]

# %% wrong (bisected): binary search, as if every target below an honoured one were honoured too
def choose_target(targets, achieved):
    lo, hi = 0, len(targets)
    while lo < hi:
        mid = (lo + hi) // 2
        if achieved[mid] >= targets[mid]:
            hi = mid  # honoured: perhaps we can ask for more
        else:
            lo = mid + 1
    if lo == len(targets):
        return targets[-1]
    return targets[lo]

# %% wrong (none-honoured): where no target is honoured, takes the one with the best result instead of the smallest
def choose_target(targets, achieved):
    honoured = np.where(achieved >= targets, targets, -np.inf)
    if np.isfinite(honoured).any():
        return targets[np.argmax(honoured)]
    return targets[np.argmax(achieved)] if np.isfinite(achieved).any() else targets.min()

# %% right
def choose_target(targets, achieved):
    return next((t for t, a in zip(targets, achieved) if a >= t), targets[-1])

# %% wrong (bisected): binary search, as if every target after an honoured one were honoured too
def choose_target(targets, achieved):
    lo, hi = 0, len(targets) - 1
    while lo < hi:
        mid = (lo + hi) // 2
        if achieved[mid] >= targets[mid]:  # honoured: look among the larger ones
            hi = mid
        else:
            lo = mid + 1
    return targets[lo]

# %% wrong (same-result-lost): a dict from result to target: of several targets with one result only the last, the smallest, is left
def choose_target(targets, achieved):
    outcome = {got: asked for asked, got in zip(targets, achieved)}
    honoured = [asked for got, asked in outcome.items() if got >= asked]
    return max(honoured) if honoured else min(targets)

# %% right
def choose_target(targets, achieved):
    return np.max(targets[achieved >= targets], initial=np.min(targets))

# %% wrong (bisected): binary search, which assumes that once a target is honoured, all smaller ones are
def choose_target(targets, achieved):
    lo, hi = 0, len(targets) - 1
    while lo < hi:
        mid = (lo + hi) // 2
        if achieved[mid] >= targets[mid]:
            hi = mid
        else:
            lo = mid + 1
    return targets[lo]

# %% wrong (none-honoured): if no target is honoured, takes the one with the best result instead of the smallest
def choose_target(targets, achieved):
    ok = np.flatnonzero(achieved >= targets)
    return targets[ok[0]] if ok.size else targets[np.argmax(achieved)]

# %% right
def choose_target(targets, achieved):
    return np.max(targets, where=achieved >= targets, initial=targets[-1])

# %% wrong (best-achieved): takes the target with the best result, whether it was honoured or not
def choose_target(targets, achieved):
    best = np.argmax(achieved)
    return targets[best]

# %% wrong (none-honoured): argmax of the honoured ones is 0 where none is, so the largest target comes back instead of the smallest
def choose_target(targets, achieved):
    honoured = achieved >= targets
    return targets[honoured.argmax()]

# %% right
def choose_target(targets, achieved):
    return next((t for t, a in zip(targets, achieved) if a >= t), targets[-1])

# %% wrong (smallest-honoured-run): goes up from the smallest target and stops at the first that is not honoured
def choose_target(targets, achieved):
    best = targets[-1]
    for i in range(len(targets) - 1, -1, -1):
        if achieved[i] < targets[i]:
            break
        best = targets[i]
    return best

# %% wrong (same-result-lost): a dictionary from what was achieved to the target keeps one target for each result, the last and smallest
def choose_target(targets, achieved):
    outcome = dict(zip(achieved, targets))
    honoured = [target for got, target in outcome.items() if got >= target]
    if honoured:
        return max(honoured)
    return min(targets)

# %% right
def choose_target(targets, achieved):
    return max((t for t, got in zip(targets, achieved) if got >= t), default=min(targets))

# %% wrong (bisected): binary search for the first honoured target, as if all after an honoured one were honoured too
def choose_target(targets, achieved):
    lo, hi = 0, len(targets) - 1
    while lo < hi:
        mid = (lo + hi) // 2
        if achieved[mid] >= targets[mid]:
            hi = mid  # works, ask for more
        else:
            lo = mid + 1
    return targets[lo]

# %% wrong (none-honoured): if no target is honoured, it takes the one with the best result instead of the smallest
def choose_target(targets, achieved):
    best = None
    for want, got in zip(targets, achieved):
        if got >= want and (best is None or want > best):
            best = want
    if best is None:
        best = targets[np.argmax(achieved)]
    return best

# %% right
from itertools import compress


def choose_target(targets, achieved):
    return max(compress(targets, achieved >= targets), default=min(targets))

# %% wrong (smallest-honoured-run): goes up from the smallest target and stops at the first that is not honoured
def choose_target(targets, achieved):
    choice = targets[-1]
    for target, result in zip(targets[::-1], achieved[::-1]):
        if result < target:
            break  # more than that can't be had
        choice = target
    return choice

# %% wrong (none-honoured): takes the smallest target only if the goal was never reached, and argmax of no True otherwise
def choose_target(targets, achieved):
    if np.all(np.isinf(achieved)):
        return targets.min()
    return targets[np.argmax(achieved >= targets)]

# %% right
def choose_target(targets, achieved):
    honoured = [t for t, a in zip(targets, achieved) if a >= t]
    return max(honoured, default=min(targets))

# %% wrong (smallest-honoured-run): climbs from the smallest target and stops at the first that isn't honoured (believes that honouring is monotone)
def choose_target(targets, achieved):
    choice = targets[-1]
    for target, result in zip(targets[::-1], achieved[::-1]):
        if result < target:
            break
        choice = target
    return choice

# %% wrong (none-honoured): if no target is honoured, takes the one with the best result instead of the smallest
def choose_target(targets, achieved):
    honoured = [t for t, a in zip(targets, achieved) if a >= t]
    if honoured:
        return max(honoured)
    return targets[np.argmax(achieved)]

# %% right
def choose_target(targets, achieved):
    for i in range(len(targets)):
        if achieved[i] >= targets[i]:
            return targets[i]
    return min(targets)

# %% wrong (exactly-as-asked): VLOOKUP with an exact match: a target is honoured only if exactly as much was achieved
def choose_target(targets, achieved):
    match = np.where(achieved == targets)[0]
    if len(match) > 0:
        return targets[match[0]]
    return targets[-1]

# %% wrong (bisected): binary search, as though every target below an honoured one were honoured too
def choose_target(targets, achieved):
    low, high = 0, len(targets) - 1
    while low < high:
        middle = (low + high) // 2
        if achieved[middle] >= targets[middle]:
            high = middle
        else:
            low = middle + 1
    return targets[low]

# %% right
def choose_target(targets, achieved):
    # the smallest target is also the answer if nobody keeps a promise
    return max((t for t, a in zip(targets, achieved) if t <= a), default=min(targets))
