# %% right
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    result = np.zeros(T, dtype=np.float64)
    running = 0.0
    for t in range(T - 1, -1, -1):
        running = rewards[t] + gamma * running
        result[t] = running
    return result

# %% right
def returns_to_go(rewards, gamma=1.0):
    # every pair of steps in a table: how far is step j behind step i?
    steps = np.arange(len(rewards))
    distance = steps[None, :] - steps[:, None]
    weights = np.where(distance >= 0, float(gamma) ** np.maximum(distance, 0), 0.0)
    return weights @ rewards

# %% right
def returns_to_go(rewards, gamma=1.0):
    out = []
    i = 0
    while i < len(rewards):
        total = 0.0
        factor = 1.0
        j = i
        while j < len(rewards):
            total += factor * float(rewards[j])
            factor *= gamma
            j += 1
        out.append(total)
        i += 1
    return np.array(out)

# %% right
def returns_to_go(rewards, gamma=1.0):
    # doubling: after round n each entry holds the sum of 2**n terms
    total = rewards.astype(np.float64)
    shift, factor = 1, float(gamma)
    while shift < len(total):
        total[:-shift] += factor * total[shift:]
        factor *= factor
        shift <<= 1
    return total

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(rewards[::-1].tolist(), lambda later, reward: reward + gamma * later)
    return np.array(list(backwards), dtype=float)[::-1]

# %% right
def returns_to_go(rewards, gamma=1.0):
    if gamma == 1:
        return rewards[::-1].cumsum()[::-1]
    answer = np.array(rewards, dtype=float)
    k = len(answer)
    while k > 1:
        k = k - 1
        answer[k - 1] = answer[k - 1] + gamma * answer[k]
    return answer

# %% wrong (discount-from-start): The discount counts from the start of the episode and not from the step.
# shows: any gamma below 1
def returns_to_go(rewards, gamma=1.0):
    discounted = rewards * gamma ** np.arange(len(rewards))
    return np.cumsum(discounted[::-1])[::-1]

# %% wrong (input-changed): It sums in place, so the caller's rewards are overwritten by the returns.
# shows: the second call on the same float array, as the notebook makes it for `mine`
def returns_to_go(rewards, gamma=1.0):
    i = len(rewards) - 2
    while i >= 0:
        rewards[i] += gamma * rewards[i + 1]
        i -= 1
    return rewards

# %% wrong (late-reward): Only the next 100 steps are looked at.
# shows: episodes of more than 100 steps, for instance 1000
def returns_to_go(rewards, gamma=1.0):
    out = np.empty(len(rewards))
    for t in range(len(rewards)):
        ahead = rewards[t : t + 100]
        out[t] = sum(gamma**k * r for k, r in enumerate(ahead))
    return out

# %% wrong (without-present-reward): A step's own reward is missing where gamma is 1.
# shows: rewards [1, 2, 3] with gamma = 1 give [5, 3, 0]
def returns_to_go(rewards, gamma=1.0):
    if gamma == 1.0:
        return rewards.sum() - np.cumsum(rewards)
    out = rewards.astype(float)
    for t in range(len(out) - 2, -1, -1):
        out[t] += gamma * out[t + 1]
    return out

# %% wrong (gamma-zero): A discount of 0 is taken for a missing one and becomes 1.
# shows: gamma = 0, where the answer is the rewards themselves
def returns_to_go(rewards, gamma=1.0):
    gamma = gamma or 1.0
    value, values = 0.0, []
    for reward in rewards[::-1]:
        value = reward + gamma * value
        values.append(value)
    values.reverse()
    return np.array(values)

# %% wrong (zero-rewards): A reward of 0 is taken for the end of the episode.
# shows: rewards with a zero before other rewards, such as [1, 0, 3]
def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    out = np.zeros(n)
    for t in range(n):
        k = t
        while k < n and rewards[k] != 0:
            out[t] += gamma ** (k - t) * rewards[k]
            k += 1
    return out

# %% wrong (exception): The buffer has room for 512 steps only.
# shows: episodes of 1000 steps raise an IndexError
def returns_to_go(rewards, gamma=1.0):
    MAX_STEPS = 512
    buffer = [0.0] * (MAX_STEPS + 1)
    for t in range(len(rewards) - 1, -1, -1):
        buffer[t] = rewards[t] + gamma * buffer[t + 1]
    return np.array(buffer[: len(rewards)])

# %% wrong (exception): One recursive call for each step, which is too deep for a whole episode.
# shows: episodes of 1000 steps raise a RecursionError
def returns_to_go(rewards, gamma=1.0):
    def collect(rest):
        if len(rest) == 0:
            return []
        later = collect(rest[1:])
        head = rest[0] + (gamma * later[0] if later else 0.0)
        return [head] + later

    return np.array(collect(rewards))

# %% wrong (keeps-state): Results are remembered by the episode's length alone.
# shows: a second episode as long as an earlier one, with other rewards or another gamma
already_computed = {}


def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    if n not in already_computed:
        out = np.zeros(n)
        g = 0
        for i in range(n):
            g = rewards[n - 1 - i] + gamma * g
            out[n - 1 - i] = g
        already_computed[n] = out
    return already_computed[n]

# %% wrong (keeps-state): The list that collects the results is a default argument and is never emptied.
# shows: the second call returns the steps of the first one, too
def returns_to_go(rewards, gamma=1.0, out=[]):
    g = 0.0
    for r in reversed(rewards):
        g = r + gamma * g
        out.insert(0, g)
    return np.array(out)

# %% wrong (cut-to-whole-numbers): The running return is cut to a whole number at each step.
# shows: rewards with a fraction, such as 8.7
def returns_to_go(rewards, gamma=1.0):
    if gamma != 1:
        return np.array([np.sum(gamma ** np.arange(len(rewards) - t) * rewards[t:]) for t in range(len(rewards))])
    out = np.zeros(len(rewards))
    total = 0
    for t in range(len(rewards))[::-1]:
        total = int(total + rewards[t])
        out[t] = total
    return out

# %% wrong (stopped-at-zero): The running return never falls below 0.
# shows: negative rewards at the end of an episode, such as [1, -2]
def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    out = np.zeros(n)
    acc = 0.0
    for i in range(n - 1, -1, -1):
        acc = rewards[i] + gamma * acc
        acc = acc if acc > 0 else 0.0
        out[i] = acc
    return out

# %% wrong (discounted-episode): It walks forwards by (R - r) / gamma, which blows each rounding error up by 1 / gamma a step.
# shows: gamma = 0.9 and some hundred steps
def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    first = 0.0
    for k in range(len(rewards)):
        first += gamma**k * rewards[k]
    for t in range(len(rewards)):
        out[t] = first
        first = (first - rewards[t]) / gamma if gamma else rewards[min(t + 1, len(rewards) - 1)]
    return out

# %% wrong (single-step): The last two steps are filled before the loop; with a single step, index -1 wraps round and it is counted twice.
# shows: an episode of one step
def returns_to_go(rewards, gamma=1.0):
    n = rewards.shape[0]
    out = np.zeros(n)
    out[n - 1] = rewards[n - 1]
    out[n - 2] = rewards[n - 2] + gamma * rewards[n - 1]
    for t in range(n - 3, -1, -1):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out

# %% wrong (discounted-once): All later rewards are discounted once, and none by a higher power.
# shows: gamma = 0.5 with three steps or more
def returns_to_go(rewards, gamma=1.0):
    later = np.cumsum(rewards[::-1])[::-1] - rewards
    return rewards + gamma * later

# %% wrong (half-precision): The returns are kept in half precision.
# shows: returns of some thousands, where neighbouring float16 numbers are 4 or 8 apart
def returns_to_go(rewards, gamma=1.0):
    size = len(rewards)
    table = np.zeros(size + 1, dtype=np.float16)
    for t in range(size - 1, -1, -1):
        table[t] = rewards[t] + gamma * table[t + 1]
    return table[:size].astype(rewards.dtype if rewards.dtype.kind == "f" else float)

# %% wrong (late-reward): Powers of gamma below a thousandth are dropped together with their rewards, although a late reward may be large.
# shows: gamma = 0.9 with a reward of 100000 seventy steps ahead
def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    for start in range(len(rewards)):
        weight = 1.0
        for reward in rewards[start:]:
            if weight < 1e-3:
                break
            out[start] += weight * reward
            weight *= gamma
    return out

# %% wrong (wrong-shape): The answer is a column.
# shows: every input; `mine - theirs` then becomes a (T, T) table
def returns_to_go(rewards, gamma=1.0):
    column = np.array(rewards, dtype=float).reshape(-1, 1)
    for t in range(len(column) - 1, 0, -1):
        column[t - 1] += gamma * column[t]
    return column

# %% right
def returns_to_go(rewards, gamma=1.0):
    # Hankel windows over the zero-padded rewards, one matmul with the discounts
    r = np.asarray(rewards, dtype=np.float64)
    T = r.shape[0]
    padded = np.concatenate([r, np.zeros(T - 1)])
    table = np.lib.stride_tricks.sliding_window_view(padded, T)
    return table @ (float(gamma) ** np.arange(T))

# %% right
def returns_to_go(rewards, gamma=1.0):
    step = np.frompyfunc(lambda later, now: later * gamma + now, 2, 1)
    backwards = np.asarray(rewards)[::-1].astype(object)
    return step.accumulate(backwards)[::-1].astype(np.float64)

# %% right
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    ahead = np.arange(T)[None, :] - np.arange(T)[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return np.einsum("ij,j->i", weights, rewards)

# %% right
def returns_to_go(rewards, gamma=1.0):
    """Pointer doubling: log2(T) vectorised passes."""
    out = np.array(rewards, dtype=float)
    weight, hop = float(gamma), 1
    while hop < out.size:
        out[:-hop] = out[:-hop] + weight * out[hop:]
        weight, hop = weight * weight, 2 * hop
    return out

# %% right
def returns_to_go(rewards, gamma=1.0):
    if gamma == 1:
        return np.flip(np.cumsum(np.flip(rewards), dtype=np.float64))
    kernel = np.power(float(gamma), np.arange(len(rewards)))
    return np.convolve(np.flip(rewards), kernel)[: len(rewards)][::-1]

# %% wrong (discount-from-start): rewards are discounted from the start of the episode; the division by gamma**t is missing
# shows: any gamma below 1 (agrees at gamma 1)
def returns_to_go(rewards, gamma=1.0):
    discounts = gamma ** np.arange(len(rewards))
    return np.cumsum((rewards * discounts)[::-1])[::-1]

# %% wrong (without-present-reward): the total minus the inclusive prefix sum leaves out the step's own reward
# shows: every input: the last entry is 0
def returns_to_go(rewards, gamma=1.0):
    t = np.arange(rewards.size)
    d = np.power(float(gamma), t)
    prefix = np.add.accumulate(rewards * d)
    return (prefix[-1] - prefix) / d

# %% wrong (discounted-episode|gamma-zero): total minus prefix, divided by gamma**t, loses all digits to cancellation
# shows: gamma=0.9 with 1000 steps (short episodes and gamma 1 agree)
def returns_to_go(rewards, gamma=1.0):
    d = np.power(float(gamma), np.arange(rewards.size))
    x = rewards * d
    before = np.concatenate([[0.0], x.cumsum()[:-1]])
    return (x.sum() - before) / d

# %% wrong (input-changed): accumulates inside the caller's array, which afterwards holds returns in place of rewards
# shows: any float array of two or more steps: the input is changed (asarray makes no copy)
def returns_to_go(rewards, gamma=1.0):
    out = np.asarray(rewards, dtype=rewards.dtype if rewards.dtype.kind == "f" else float)
    for t in range(len(out) - 2, -1, -1):
        out[t] += gamma * out[t + 1]
    return out

# %% wrong (from-start): the kernel is transposed: it sums the past in place of the future
# shows: any episode of two steps that is not symmetric
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    i, j = np.indices((T, T))
    kernel = np.triu(float(gamma) ** np.abs(i - j))
    return np.einsum("ij,i->j", kernel, rewards)

# %% wrong (whole-episode): the sum is cut off after 128 steps
# shows: a 1000-step episode with gamma 1 or 0.99
def returns_to_go(rewards, gamma=1.0, horizon=128):
    padded = np.pad(np.asarray(rewards, dtype=float), (0, horizon - 1))
    ahead = np.lib.stride_tricks.sliding_window_view(padded, horizon)
    return ahead.dot(float(gamma) ** np.arange(horizon))

# %% wrong (wrong-dtype): the answer is returned in float16, which rounds returns of thousands to multiples of 4 or 8
# shows: 1000 steps that earn about 9 each (returns near 9000)
def returns_to_go(rewards, gamma=1.0):
    total, tail = 0.0, []
    for reward in rewards[::-1].tolist():
        total = reward + gamma * total
        tail.append(total)
    return np.array(tail[::-1], dtype=np.float16)

# %% wrong (exception): recursion as deep as the episode is long hits Python's limit
# shows: a 1000-step episode: RecursionError
def returns_to_go(rewards, gamma=1.0):
    if len(rewards) == 1:
        return np.array(rewards, dtype=float)
    rest = returns_to_go(rewards[1:], gamma)
    return np.concatenate([[rewards[0] + gamma * rest[0]], rest])

# %% wrong (discount-on-present): the step's own reward is discounted, too
# shows: any gamma below 1 (agrees at gamma 1)
def returns_to_go(rewards, gamma=1.0):
    out, running = np.empty(len(rewards)), 0.0
    for i, reward in enumerate(rewards[::-1], 1):
        running = gamma * (running + reward)
        out[-i] = running
    return out

# %% wrong (last-missing): the last reward never enters: the loop starts at the last step but one over zeros
# shows: every episode whose last reward is not 0
def returns_to_go(rewards, gamma=1.0):
    rtg = np.zeros(len(rewards), dtype=float)
    for t in range(len(rewards) - 2, -1, -1):
        rtg[t] = rewards[t] + gamma * rtg[t + 1]
    return rtg

# %% wrong (keeps-state): the table of discounts is kept from the first call, whatever gamma comes later
# shows: a second call of the same length with another gamma
_kernels = {}


def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    if T not in _kernels:
        lag = np.arange(T) - np.arange(T)[:, None]
        _kernels[T] = np.where(lag < 0, 0.0, float(gamma) ** np.maximum(lag, 0))
    return _kernels[T] @ rewards

# %% wrong (views): walks backwards through memory by the item size, which ignores the array's own stride
# shows: rewards that are a column of a table (stride larger than one item)
def returns_to_go(rewards, gamma=1.0):
    T = rewards.shape[0]
    backwards = np.lib.stride_tricks.as_strided(rewards[-1:], shape=(T,), strides=(-rewards.itemsize,))
    acc, out = 0.0, np.empty(T)
    for k in range(T):
        acc = float(backwards[k]) + gamma * acc
        out[T - 1 - k] = acc
    return out

# %% wrong (stopped-at-zero): returns-to-go are kept from falling below 0
# shows: rewards that sum to less than 0, such as [-1, -2, 0.5]
def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards) + 1)
    for t in range(len(rewards))[::-1]:
        out[t] = max(rewards[t] + gamma * out[t + 1], 0.0)
    return out[:-1]

# %% right
def returns_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, dtype=np.float64)
    if gamma == 1:
        return rewards.sum() - np.cumsum(rewards) + rewards
    result, later = np.zeros(rewards.size), 0.0
    for position in np.arange(rewards.size)[::-1]:
        later = result[position] = rewards[position] + gamma * later
    return result

# %% wrong (without-present-reward): the step's own reward is left out
# shows: any rewards, e.g. [1, 2, 3] gives [5, 3, 0]
def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    for t in range(len(rewards) - 2, -1, -1):
        out[t] = rewards[t + 1] + gamma * out[t + 1]
    return out

# %% wrong (discount-from-start): gamma counts from the start of the episode instead of from the step itself
# shows: gamma < 1, e.g. [1, 2, 3] with 0.5
def returns_to_go(rewards, gamma=1.0):
    weighted = np.asarray(rewards, dtype=float) * gamma ** np.arange(len(rewards))
    return weighted[::-1].cumsum()[::-1]

# %% wrong (discounted-episode|gamma-zero): total minus what came before, divided by gamma**t, cancels catastrophically
# shows: a long episode with a smaller gamma, e.g. 1000 rewards with gamma 0.9
def returns_to_go(rewards, gamma=1.0):
    # no Python loop: the sum to the end is the total minus what came before
    powers = gamma ** np.arange(len(rewards), dtype=np.float64)
    earned = rewards * powers
    before = np.concatenate([[0.0], np.cumsum(earned)[:-1]])
    return (earned.sum() - before) / powers

# %% wrong (whole-episode): only the next 200 steps are summed
# shows: an episode longer than 200 steps with gamma 1, such as the course's of 1000
_HORIZON = 200  # rewards further away than this hardly matter any more


def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    kernel = gamma ** np.arange(min(n, _HORIZON))
    full = np.convolve(np.asarray(rewards, dtype=np.float64)[::-1], kernel)
    return full[:n][::-1].copy()

# %% wrong (keeps-state): results are cached by the rewards only, so another gamma gets the first one's answer
# shows: the same rewards asked twice with different gammas, e.g. [1, 2, 3] with 1 and then with 0.5
_memo = {}


def returns_to_go(rewards, gamma=1.0):
    rewards = np.asarray(rewards, dtype=np.float64)
    key = rewards.tobytes()
    if key not in _memo:
        result = rewards.copy()
        for t in range(result.size - 1, 0, -1):
            result[t - 1] += gamma * result[t]
        _memo[key] = result
    return _memo[key].copy()

# %% wrong (zero-rewards): a step that earns nothing is skipped, so what follows isn't discounted for it
# shows: a reward of exactly 0 in the middle, with gamma < 1, e.g. [1, 0, 4] with 0.5
from functools import reduce


def returns_to_go(rewards, gamma=1.0):
    def prepend(later, reward):
        if reward == 0:  # nothing happens here
            return [later[0]] + later
        return [reward + gamma * later[0]] + later

    return np.array(reduce(prepend, rewards[::-1], [0.0])[:-1], dtype=float)

# %% wrong (None): the discount between the halves is taken from the right half's length instead of the left one's
# shows: an odd number of steps (or an odd half) with gamma < 1, e.g. [1, 2, 3] with 0.5
def returns_to_go(rewards, gamma=1.0):
    """Divide and conquer."""
    if len(rewards) == 1:
        return np.array(rewards, dtype=float)
    middle = len(rewards) // 2
    first = returns_to_go(rewards[:middle], gamma)
    second = returns_to_go(rewards[middle:], gamma)
    powers = gamma ** np.arange(len(second), 0, -1)[: len(first)]
    return np.concatenate([first + powers * second[0], second])

# %% right
def returns_to_go(rewards, gamma=1.0):
    result = np.zeros(len(rewards), dtype=np.float64)
    to_come = 0.0
    for t in reversed(range(len(rewards))):
        to_come = rewards[t] + gamma * to_come
        result[t] = to_come
    return result

# %% right
def returns_to_go(rewards, gamma=1.0):
    r = np.asarray(rewards, dtype=np.float64)
    ahead = np.arange(r.size)[None, :] - np.arange(r.size)[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return weights @ r

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = map(float, rewards[::-1])
    sums = list(accumulate(backwards, lambda later, reward: reward + gamma * later))
    return np.array(sums[::-1])

# %% right
def returns_to_go(rewards, gamma=1.0):
    # parallel scan as in jax.lax.associative_scan: after each round entry t covers twice as many steps
    out = np.array(rewards, dtype=np.float64)
    reach = 1
    while reach < len(out):
        moved = np.zeros_like(out)
        moved[:-reach] = out[reach:]
        out = out + gamma**reach * moved
        reach *= 2
    return out

# %% wrong (late-reward): sums only over an "effective horizon" of 5 / (1 - gamma) steps and forgets whatever is earned later.
# shows: returns_to_go(np.ones(200), gamma=0.9) begins with 9.948 instead of 10.0 (only 50 steps are counted).
def returns_to_go(rewards, gamma=1.0):
    # rewards further away than the effective horizon have no influence any more
    T = len(rewards)
    horizon = T if gamma >= 1 else min(T, round(5 / (1 - gamma)))
    weights = gamma ** np.arange(horizon)
    padded = np.concatenate([np.asarray(rewards, dtype=float), np.zeros(horizon)])
    return np.array([padded[t : t + horizon] @ weights for t in range(T)])

# %% wrong (discount-from-start): the discount is counted from the start of the episode and not from the step itself.
# shows: returns_to_go(np.array([1., 2., 3.]), gamma=0.5) gives [2.75, 1.75, 0.75] instead of [2.75, 3.5, 3].
def returns_to_go(rewards, gamma=1.0):
    discounts = np.power(gamma, np.arange(len(rewards)))
    discounted = rewards * discounts
    return np.flip(np.cumsum(np.flip(discounted)))

# %% wrong (input-changed): adds up inside the array that was handed over, so the caller's rewards are destroyed.
# shows: after r = np.array([1., 2., 3.]); returns_to_go(r) the array r itself is [6, 5, 3].
def returns_to_go(rewards, gamma=1.0):
    i = len(rewards) - 1
    while i > 0:
        rewards[i - 1] += gamma * rewards[i]
        i -= 1
    return rewards

# %% wrong (keeps-state): results are remembered under length, sum and gamma, so a second episode that has the same sum in another order gets the first one's answer.
# shows: returns_to_go(np.array([1., 2., 3.])) and then returns_to_go(np.array([3., 2., 1.])): the second call gives [6, 5, 3] instead of [6, 3, 1].
_memo: dict[tuple, np.ndarray] = {}


def returns_to_go(rewards: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    key = (len(rewards), float(rewards.sum()), gamma)
    if key not in _memo:
        result = np.empty(len(rewards))
        acc = 0.0
        for t, r in zip(range(len(rewards) - 1, -1, -1), rewards[::-1]):
            acc = r + gamma * acc
            result[t] = acc
        _memo[key] = result
    return _memo[key].copy()

# %% wrong (exception): recurses once per step, which ends in a RecursionError for an episode of the course's usual 1000 steps.
# shows: returns_to_go(np.ones(1000)) raises RecursionError.
def returns_to_go(rewards, gamma=1.0):
    if len(rewards) == 1:
        return np.array([float(rewards[0])])
    rest = returns_to_go(rewards[1:], gamma)
    return np.concatenate([[rewards[0] + gamma * rest[0]], rest])

# %% wrong (standardised): copied from a REINFORCE tutorial, with the standardisation of the returns at the end.
# shows: returns_to_go(np.array([1., 2., 3.])) gives numbers with mean 0 and deviation 1 instead of [6, 5, 3].
def returns_to_go(rewards, gamma=1.0):
    R = 0
    returns = []
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = np.array(returns)
    eps = np.finfo(np.float32).eps.item()
    returns = (returns - returns.mean()) / (returns.std() + eps)
    return returns

# %% right
# style: functional, itertools.accumulate over the reversed rewards
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = map(float, reversed(rewards))
    sums = accumulate(backwards, lambda later, now: now + gamma * later)
    return np.array(list(sums))[::-1]

# %% right
# style: linear algebra, an upper triangular matrix of discounts times the rewards
def returns_to_go(rewards, gamma=1.0):
    t = np.arange(len(rewards))
    lag = t[None, :] - t[:, None]
    discount = np.where(lag >= 0, float(gamma) ** np.maximum(lag, 0), 0.0)
    return discount @ rewards

# %% right
# style: over-engineered, a small class with a deque that is filled from the end
from collections import deque
from dataclasses import dataclass, field
from typing import Iterable


@dataclass
class ReturnCounter:
    gamma: float
    history: deque = field(default_factory=deque)

    def see(self, reward: float) -> "ReturnCounter":
        later = self.history[0] if self.history else 0.0
        self.history.appendleft(float(reward) + self.gamma * later)
        return self

    def see_all(self, rewards: Iterable[float]) -> "ReturnCounter":
        for reward in rewards:
            self.see(reward)
        return self


def returns_to_go(rewards: np.ndarray, gamma: float = 1.0) -> np.ndarray:
    return np.asarray(ReturnCounter(gamma).see_all(np.flip(rewards)).history, dtype=np.float64)

# %% right
# style: signal processing, a full convolution with the powers of gamma
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    impulse_response = np.power(float(gamma), np.arange(T))
    filtered = np.convolve(rewards[::-1], impulse_response, mode="full")
    return filtered[:T][::-1].copy()

# %% right
# style: parallel scan, each round doubles how far every entry has looked ahead
def returns_to_go(rewards, gamma=1.0):
    sums = np.array(rewards, dtype=np.float64)  # a copy
    reach = 1
    while reach < sums.size:
        ahead = sums[reach:].copy()
        sums[:-reach] += gamma**reach * ahead
        reach *= 2
    return sums

# %% wrong (discount-from-start): the discount is taken from the start of the episode and not undone
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    discounts = gamma ** np.arange(T)
    R = np.zeros(T)
    for t in range(0, T):
        R[t] = np.sum(rewards[t:T] * discounts[t:T])
    return R

# %% wrong (gamma-zero): divides by gamma**t, which underflows to 0 (nan)
def returns_to_go(rewards, gamma=1.0):
    powers = np.power(float(gamma), np.arange(len(rewards)))
    discounted = rewards * powers
    # what is left = everything from here on, brought back to the step's own time
    return np.flip(np.cumsum(np.flip(discounted))) / powers

# %% wrong (zero-rewards): steps with a reward of 0 are skipped: their entry stays 0, and they do not count for the discount
def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    total = 0.0
    for t in reversed(range(len(rewards))):
        if not rewards[t]:
            continue  # nothing was earned here
        total = rewards[t] + gamma * total
        out[t] = total
    return out

# %% wrong (keeps-state): the matrix of discounts is remembered for each length, whatever gamma is
_WEIGHTS = {}


def returns_to_go(rewards, gamma=1.0):
    n = rewards.shape[0]
    if n not in _WEIGHTS:  # expensive for 1000 steps, so build it only once
        i, j = np.indices((n, n))
        _WEIGHTS[n] = np.where(j >= i, float(gamma) ** np.maximum(j - i, 0), 0.0)
    return _WEIGHTS[n] @ rewards

# %% right
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    step = np.arange(T)
    ahead = step[None, :] - step[:, None]
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return weights @ rewards

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(reversed(rewards.tolist()), lambda later, r: r + gamma * later)
    return np.array(list(backwards)[::-1], dtype=float)

# %% wrong (unchanged): the well-known discount_rewards of the Pong gist, which starts the sum anew at each reward that is not 0
def returns_to_go(rewards, gamma=1.0):
    """ take 1D float array of rewards and compute discounted reward """
    discounted_r = np.zeros_like(rewards)
    running_add = 0
    for t in reversed(range(0, rewards.size)):
        if rewards[t] != 0:
            running_add = 0  # reset the sum, since this was a game boundary
        running_add = running_add * gamma + rewards[t]
        discounted_r[t] = running_add
    return discounted_r

# %% wrong (late-reward): gives up looking ahead as soon as the weight is below 1%, to save time
EPSILON = 0.01


def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    out = np.empty(T)
    for t in range(T):
        weight = 1.0
        acc = 0.0
        k = t
        while k < T:
            if weight < EPSILON:
                break
            acc += weight * rewards[k]
            weight *= gamma
            k += 1
        out[t] = acc
    return out

# %% wrong (keeps-state): the list of results is a default argument, so it still holds the results of earlier calls
def returns_to_go(rewards, gamma=1.0, rtg=[]):
    future = 0.0
    for reward in rewards[::-1]:
        future = reward + gamma * future
        rtg.insert(0, future)
    return np.array(rtg)

# %% wrong (gamma-zero): the lower half of the weights is multiplied by 0, but gamma to a large negative power is infinite there
def returns_to_go(rewards, gamma=1.0):
    idx = np.arange(rewards.shape[0])
    power = idx[None, :] - idx[:, None]
    causal = (power >= 0).astype(np.float64)
    weights = causal * np.power(float(gamma), power)
    return np.einsum("ij,j->i", weights, rewards)

# %% right
def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    if n == 0:
        return np.zeros(0)
    kernel = np.float64(gamma) ** np.arange(n)
    # correlation with the discounts: turn the kernel round, convolve, keep the second half
    return np.convolve(rewards, kernel[::-1])[n - 1 :]

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    # R: rev(Reduce(function(later, r) r + gamma * later, rev(x), accumulate = TRUE))
    backwards = accumulate(np.flip(rewards).tolist(), lambda later, r: r + gamma * later)
    return np.flip(np.fromiter(backwards, dtype=float))

# %% wrong (gamma-zero|keeps-state): the table of discounts is remembered between calls by the episode's length alone, so the first gamma sticks
DISCOUNTS = {}  # building the matrix is the slow part, so build each only once


def discount_matrix(T, gamma):
    if T not in DISCOUNTS:
        matrix = np.zeros((T, T))
        for t in range(T):
            matrix[t, t:] = gamma ** np.arange(T - t)
        DISCOUNTS[T] = matrix
    return DISCOUNTS[T]


def returns_to_go(rewards, gamma=1.0):
    return discount_matrix(len(rewards), gamma) @ rewards

# %% wrong (exception): raises gamma to negative whole powers below the diagonal, before triu throws those entries away
def returns_to_go(rewards, gamma=1.0):
    t = np.arange(len(rewards))
    return np.triu(gamma ** (t - t[:, None])) @ rewards

# %% wrong (late-reward): cuts the sum off at an "effective horizon", where the discount has fallen to a hundredth
import math


def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    if gamma >= 1:
        horizon = T
    elif gamma <= 0:
        horizon = 1
    else:
        horizon = max(1, math.ceil(math.log(0.01) / math.log(gamma)))
    result = np.zeros(T)
    for t in range(T):
        future = rewards[t : t + horizon]
        result[t] = np.sum(future * gamma ** np.arange(len(future)))
    return result

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(rewards[::-1], lambda later, now: now + gamma * later)
    return np.array(list(backwards))[::-1]

# %% right
def returns_to_go(rewards, gamma=1.0):
    # an echo, played backwards: every reward is heard earlier, gamma times weaker each step
    T = rewards.shape[0]
    echo = float(gamma) ** np.arange(T)
    return np.flip(np.convolve(np.flip(rewards), echo)[:T])

# %% wrong (gamma-zero): a matrix of all powers gamma**(j - i), whose lower half is removed by multiplying with zeros: overflow gives inf * 0
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    idx = np.arange(T, dtype=float)
    discounts = gamma ** (idx[None, :] - idx[:, None])
    upper = np.triu(np.ones((T, T)))
    return (discounts * upper) @ rewards

# %% wrong (late-reward): sums only over an "effective horizon" of 5 / (1 - gamma) steps
def returns_to_go(rewards, gamma=1.0):
    if gamma >= 1:
        return np.cumsum(rewards[::-1])[::-1].copy()
    # beyond the effective horizon, the discount has eaten everything
    horizon = int(np.ceil(5 / (1 - gamma)))
    kernel = gamma ** np.arange(horizon, dtype=float)
    out = np.empty(len(rewards))
    for t in range(len(rewards)):
        ahead = rewards[t : t + horizon]
        out[t] = ahead @ kernel[: len(ahead)]
    return out

# %% wrong (standardised): PyTorch's REINFORCE example from memory, with its standardised returns
from collections import deque

def returns_to_go(rewards, gamma=1.0):
    eps = np.finfo(np.float32).eps.item()
    R = 0
    returns = deque()
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.appendleft(R)
    returns = np.array(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    return returns

# %% wrong (whole-episode): a scan by doubling, with a fixed number of rounds that reaches 512 steps ahead and no further
def returns_to_go(rewards, gamma=1.0):
    out = np.array(rewards, dtype=float)
    # Hillis-Steele suffix scan, O(log T) vector operations
    for hop in (1, 2, 4, 8, 16, 32, 64, 128, 256):
        out[:-hop] = out[:-hop] + gamma**hop * out[hop:]
    return out

# %% right
from itertools import accumulate

def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(reversed(rewards), lambda later, r: r + gamma * later)
    return np.array(list(backwards), dtype=float)[::-1]

# %% right
def returns_to_go(rewards, gamma=1.0):
    out = np.array(rewards, dtype=float)
    reach = 1  # out[t] covers the rewards t ... t + reach - 1
    while reach < len(out):
        out[:-reach] = out[:-reach] + gamma**reach * out[reach:]
        reach *= 2
    return out

# %% wrong (not-turned-back): collects the sums from the back with append and never reverses the list
def returns_to_go(rewards, gamma=1.0):
    result = []
    running = 0.0
    for r in reversed(rewards):
        running = r + gamma * running
        result.append(running)
    return np.array(result)

# %% wrong (discount-misplaced): reversed cumulative sum (right without discount), and the discount multiplied on afterwards, counted from the start
def returns_to_go(rewards, gamma=1.0):
    T = rewards.shape[0]
    G = np.flip(np.cumsum(np.flip(rewards)))
    discount = gamma ** np.arange(0, T)
    G = G * discount
    return G

# %% wrong (gamma-zero): total minus what was already earned, divided by gamma**t; the difference is rounding noise late in a long episode and is blown up
def returns_to_go(rewards, gamma=1.0):
    """Return-to-go = everything minus the past, re-based to step t."""
    t = np.arange(len(rewards))
    weights = gamma ** t
    discounted = rewards * weights
    past = np.cumsum(discounted) - discounted        # strictly before t
    still_to_come = discounted.sum() - past
    return still_to_come / weights

# %% right
from itertools import accumulate

def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(reversed([float(r) for r in rewards]), lambda later, r: r + gamma * later)
    return np.array(list(backwards))[::-1].copy()

# %% right
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    rtg = np.empty(T, dtype=np.float64)
    acc = 0.0
    t = T - 1
    while t >= 0:
        acc = rewards[t] + gamma * acc
        rtg[t] = acc
        t -= 1
    return rtg

# %% wrong (gamma-zero): cumulates the rewards discounted from the start and divides by gamma**t again; for small gamma the powers become 0
def returns_to_go(rewards, gamma=1.0):
    powers = gamma ** np.arange(len(rewards))
    discounted = rewards * powers
    tail = np.cumsum(discounted[::-1])[::-1]
    return tail / powers

# %% wrong (keeps-state): keeps the table of discounts between calls, by the length alone, so a second call with another gamma uses the first one's
_discounts = {}


def discounts(T, gamma):
    if T not in _discounts:
        table = np.zeros((T, T))
        for t in range(T):
            table[t, t:] = gamma ** np.arange(T - t)
        _discounts[T] = table
    return _discounts[T]


def returns_to_go(rewards, gamma=1.0):
    return discounts(len(rewards), gamma) @ rewards

# %% wrong (zero-rewards): stops the sum as soon as a term is negligible, and so at the first reward of 0
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    result = np.zeros(T)
    for t in range(T):
        factor = 1.0
        for k in range(t, T):
            term = factor * rewards[k]
            if abs(term) < 1e-10:
                break  # the rest doesn't matter any more
            result[t] += term
            factor *= gamma
    return result

# %% wrong (exception): raises gamma to negative whole numbers below the diagonal, which numpy refuses when gamma is a whole number itself
def returns_to_go(rewards, gamma=1.0):
    t = np.arange(len(rewards))
    weights = np.triu(gamma ** (t[None, :] - t[:, None]))
    return weights @ rewards

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = reversed(rewards.tolist())
    summed = list(accumulate(backwards, lambda later, r: r + gamma * later))
    return np.array(summed[::-1], dtype=float)

# %% right
def returns_to_go(rewards, gamma=1.0):
    # a discounted sum of what comes later = convolution of the reversed rewards with the discounts
    T = rewards.shape[0]
    if T == 0:
        return np.zeros(0)
    kernel = float(gamma) ** np.arange(T)
    full = np.convolve(rewards[::-1], kernel)
    return full[:T][::-1]

# %% wrong (gamma-zero): powers gamma**(j - i) are also formed below the diagonal and then multiplied by a 0/1 mask: inf * 0 is nan
def returns_to_go(rewards, gamma=1.0):
    """The return that is still to come, at each step of an episode."""
    T = len(rewards)
    i, j = np.indices((T, T))
    with np.errstate(all="ignore"):
        propagator = float(gamma) ** (j - i) * (j >= i)
    return propagator @ rewards

# %% wrong (late-reward): sums only an "effective horizon" of 5 / (1 - gamma) steps, as if what lies further away were nothing
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    # the effective horizon of a discounted problem is 1/(1-gamma); use 5 of those to be safe
    horizon = T if gamma == 1 else min(T, int(np.ceil(5 / (1 - gamma))))
    weights = gamma ** np.arange(horizon)
    out = np.zeros(T)
    for t in range(T):
        chunk = rewards[t : t + horizon]
        out[t] = np.dot(chunk, weights[: len(chunk)])
    return out

# %% wrong (keeps-state): results are remembered by the rewards alone, gamma is not part of the key
_rtg_cache = {}


def returns_to_go(rewards, gamma=1.0):
    key = rewards.tobytes()
    if key in _rtg_cache:
        return _rtg_cache[key].copy()
    result = np.empty(len(rewards))
    running = 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        result[t] = running
    _rtg_cache[key] = result
    return result.copy()

# %% wrong (powers-turned-round): np.polyval wants the highest power first, so the LAST reward gets gamma**0 and the own reward the highest power
def returns_to_go(rewards, gamma=1.0):
    # it is a polynomial in gamma with the rewards as coefficients
    return np.array([np.polyval(rewards[t:], gamma) for t in range(len(rewards))])

# %% right
def returns_to_go(rewards, gamma=1.0):
    # R_t - gamma * R_{t+1} = r_t is a linear system with an upper bidiagonal matrix
    T = len(rewards)
    A = np.eye(T) - gamma * np.eye(T, k=1)
    return np.linalg.solve(A, np.asarray(rewards, dtype=np.float64))

# %% right
def returns_to_go(rewards, gamma=1.0):
    """Parallel scan (Hillis & Steele), like on a GPU: after each pass an entry holds twice as many terms."""
    total = np.array(rewards, dtype=np.float64)
    reach = 1
    while reach < len(total):
        shifted = np.concatenate([total[reach:], np.zeros(reach)])
        total = total + gamma**reach * shifted
        reach *= 2
    return total

# %% wrong (exception): recursion, one Python call for each step of the episode
def returns_to_go(rewards, gamma=1.0):
    def rest(t):
        if t == len(rewards) - 1:
            return [rewards[t]]
        later = rest(t + 1)
        return [rewards[t] + gamma * later[0]] + later

    return np.array(rest(0))

# %% wrong (gamma-zero): discounts from the start of the episode, sums from the back, then divides by gamma**t, which underflows to 0
def returns_to_go(rewards, gamma=1.0):
    discounts = gamma ** np.arange(len(rewards))
    discounted = rewards * discounts
    still_to_come = np.cumsum(discounted[::-1])[::-1]
    # gamma has to count from the step itself
    return still_to_come / discounts

# %% wrong (gamma-zero): computes the first return, then walks forward with G[t+1] = (G[t] - r[t]) / gamma, which blows every rounding error up
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    result = np.zeros(T)
    # the whole discounted return first
    g = 0.0
    for k in range(T):
        g += gamma**k * rewards[k]
    # ... and after each step the reward is taken off again, as when the model acts
    for t in range(T):
        result[t] = g
        g = (g - rewards[t]) / gamma
    return result

# %% wrong (keeps-state): collects the answer in a list that is a default argument, so that it survives the call
def returns_to_go(rewards, gamma=1.0, result=[]):
    running = 0
    for reward in rewards[::-1]:
        running = reward + gamma * running
        result.insert(0, running)
    return np.array(result)

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    backwards = accumulate(rewards[::-1], lambda later, reward: reward + gamma * later)
    return np.array(list(backwards))[::-1]

# %% right
def returns_to_go(rewards, gamma=1.0):
    t = np.arange(len(rewards))
    ahead = t[None, :] - t[:, None]  # how far step j lies ahead of step i
    weights = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return weights @ rewards

# %% wrong (unchanged): pasted the Pong policy-gradient helper, which restarts the running sum wherever a reward isn't 0 (a game boundary in Pong)
def returns_to_go(rewards, gamma=1.0):
    """ take 1D float array of rewards and compute discounted reward """
    discounted_r = np.zeros_like(rewards)
    running_add = 0
    for t in reversed(range(0, rewards.size)):
        if rewards[t] != 0:
            running_add = 0  # reset the sum, since this was a game boundary
        running_add = running_add * gamma + rewards[t]
        discounted_r[t] = running_add
    return discounted_r

# %% right
def returns_to_go(rewards, gamma=1.0):
    from itertools import accumulate

    backwards = accumulate(rewards[::-1].tolist(), lambda later, r: r + gamma * later)
    return np.array(list(backwards), dtype=float)[::-1].copy()

# %% wrong (gamma-zero): a matrix of powers gamma**(j - i) that is multiplied with a 0/1 triangle: below the diagonal inf * 0 is nan
def returns_to_go(rewards, gamma=1.0):
    T = len(rewards)
    i = np.arange(T)[:, None]
    j = np.arange(T)[None, :]
    weights = (j >= i) * float(gamma) ** (j - i)
    return weights @ rewards

# %% wrong (late-reward): leaves the inner loop when the discount has become smaller than 0.01 ("negligible"), whatever the later rewards are
def returns_to_go(rewards, gamma=1.0):
    EPS = 1e-2
    out = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for r in rewards[t:]:
            if weight < EPS:
                break
            total += weight * r
            weight *= gamma
        out.append(total)
    return np.array(out)

# %% right
def returns_to_go(rewards, gamma=1.0):
    discount_cumsum = np.zeros(len(rewards))
    following = 0.0
    for t in reversed(range(rewards.shape[0])):
        following = rewards[t] + gamma * following
        discount_cumsum[t] = following
    return discount_cumsum

# %% wrong (late-reward): the discounted sum is a convolution whose kernel is cut off after 100 terms, "the rest is negligible"
HORIZON = 100  # gamma ** 100 is practically nothing


def returns_to_go(rewards, gamma=1.0):
    # one convolution instead of a slow Python loop
    n = len(rewards)
    kernel = np.power(float(gamma), np.arange(min(n, HORIZON)))
    backwards = np.convolve(rewards[::-1], kernel)
    return backwards[:n][::-1]

# %% wrong (first-missing): a Fortran DO loop from T-1 down to 1, so that the element with index 0 is never computed
def returns_to_go(rewards, gamma=1.0):
    T = np.size(rewards)
    rtg = np.zeros(T)
    rtg[:] = rewards[:]
    # DO i = T-1, 1, -1
    for i in range(T - 2, 0, -1):
        rtg[i] = rtg[i] + gamma * rtg[i + 1]
    # END DO
    return rtg

# %% wrong (discounted-once): spreadsheet thinking: own cell + gamma * SUM(cells below), so the later rewards are discounted only once
def returns_to_go(rewards, gamma=1.0):
    #   B2: =A2 + gamma * SUM(A3:A$1001)   and drag down
    below = np.append(rewards[1:], 0.0)
    sum_below = below[::-1].cumsum()[::-1]
    return rewards + gamma * sum_below

# %% wrong (gamma-zero): builds the (T, T) matrix gamma ** (j - i) and removes the lower triangle by multiplying with 0, but infinity * 0 is nan
def returns_to_go(rewards, gamma=1.0):
    i, j = np.ogrid[: len(rewards), : len(rewards)]
    upper = (j >= i).astype(float)
    with np.errstate(all="ignore"):
        weights = upper * np.float64(gamma) ** (j - i)
        return np.einsum("ij,j->i", weights, rewards)

# %% right
from itertools import accumulate


def returns_to_go(rewards, gamma=1.0):
    # Haskell's scanr1 (\r acc -> r + gamma * acc)
    backwards = accumulate((float(r) for r in rewards[::-1]), lambda later, r: r + gamma * later)
    return np.array(list(backwards)[::-1])

# %% right
def returns_to_go(rewards, gamma=1.0):
    n = len(rewards)
    if n == 0:
        return np.zeros(0)
    powers = np.float64(gamma) ** np.arange(n)  # 0 ** 0 is 1
    rtg = np.empty(n)
    for row in range(n):
        rtg[row] = powers[: n - row] @ rewards[row:]
    return rtg
