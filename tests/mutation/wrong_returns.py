"""Wrong returns-to-go, as students write them, each with the mistake that was made on purpose."""

import numpy as np
import torch

from .register import wrong

bad = wrong("returns_to_go")


@bad("from-start")
def cumulative(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    total = 0.0
    for t in range(len(rewards)):
        total = rewards[t] + gamma * total
        out[t] = total
    return out


@bad("from-start")
def earned_so_far(rewards, gamma=1.0):
    return np.array([sum(gamma**k * rewards[k] for k in range(t + 1)) for t in range(len(rewards))])


@bad("from-start")
def earned_before(rewards, gamma=1.0):
    return [sum(rewards[:t]) for t in range(len(rewards))]


@bad("from-start")
def forward_then_flipped(rewards, gamma=1.0):
    return np.cumsum(rewards)[::-1].copy()


@bad("without-present-reward")
def starts_after(rewards, gamma=1.0):
    return np.array(
        [sum(gamma ** (k - t) * rewards[k] for k in range(t + 1, len(rewards))) for t in range(len(rewards))]
    )


@bad("without-present-reward")
def assigned_before_added(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        out[t] = running
        running = rewards[t] + gamma * running
    return out


@bad("without-present-reward")
def what_is_left(rewards, gamma=1.0):
    return rewards.sum() - rewards.cumsum()


@bad("without-present-reward")
def what_is_left_in_a_loop(rewards, gamma=1.0):
    left, out = sum(rewards), []
    for reward in rewards:
        left = left - reward
        out.append(left)
    return out


bad("total-repeated")(
    lambda rewards, gamma=1.0: np.ones(len(rewards)) * rewards.sum(),
    lambda rewards, gamma=1.0: [sum(gamma**k * r for k, r in enumerate(rewards))] * len(rewards),
)
bad("total-only")(
    lambda rewards, gamma=1.0: rewards.sum(),
    lambda rewards, gamma=1.0: sum(gamma**k * r for k, r in enumerate(rewards)),
    lambda rewards, gamma=1.0: float(np.dot(rewards, gamma ** np.arange(len(rewards)))),
)


@bad("discount-from-start")
def discount_from_start(rewards, gamma=1.0):
    return np.array([sum(gamma**k * rewards[k] for k in range(t, len(rewards))) for t in range(len(rewards))])


@bad("discount-from-start")
def powers_not_divided_out(rewards, gamma=1.0):
    return np.cumsum((rewards * gamma ** np.arange(len(rewards)))[::-1])[::-1]


@bad("discount-misplaced")
def discounts_the_sum(rewards, gamma=1.0):
    return gamma * np.cumsum(rewards[::-1])[::-1]


@bad("discount-misplaced")
def discounts_each_sum(rewards, gamma=1.0):
    return np.array([gamma**t * rewards[t:].sum() for t in range(len(rewards))])


@bad("discount-on-present")
def discounts_both(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = gamma * (rewards[t] + running)
        out[t] = running
    return out


@bad("discount-on-present")
def powers_from_one(rewards, gamma=1.0):
    steps = len(rewards)
    return np.array([sum(gamma ** (k - t + 1) * rewards[k] for k in range(t, steps)) for t in range(steps)])


@bad("gamma-inverted")
def divides_by_gamma(rewards, gamma=1.0):
    out, running = [], 0.0
    for reward in rewards[::-1]:
        running = reward + running / gamma
        out.append(running)
    return out[::-1]


bad("gamma-ignored")(
    lambda rewards, gamma=1.0: np.cumsum(rewards[::-1])[::-1],
    lambda rewards, gamma=1.0: np.array([rewards[t:].sum() for t in range(len(rewards))]),
    lambda rewards, gamma=1.0: rewards.sum() - rewards.cumsum() + rewards,
    lambda rewards, gamma=1.0: torch.tensor(rewards).flip(0).cumsum(0).flip(0),
)


@bad("not-turned-back")
def not_flipped(rewards, gamma=1.0):
    out, running = [], 0.0
    for reward in reversed(rewards):
        running = reward + gamma * running
        out.append(running)
    return np.array(out)


bad("not-turned-back")(lambda rewards, gamma=1.0: np.cumsum(rewards[::-1]))


@bad("one-step")
def only_the_next(rewards, gamma=1.0):
    out = np.array(rewards, dtype=float)
    for t in range(len(rewards) - 1):
        out[t] = rewards[t] + gamma * rewards[t + 1]
    return out


@bad("one-step")
def updated_front_to_back(rewards, gamma=1.0):
    out = rewards.copy()
    for t in range(len(rewards) - 1):
        out[t] += gamma * out[t + 1]
    return out


@bad("last-missing")
def last_never_set(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    for t in range(len(rewards) - 2, -1, -1):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out


@bad("last-missing")
def sums_stop_early(rewards, gamma=1.0):
    steps = len(rewards)
    return [sum(gamma ** (k - t) * rewards[k] for k in range(t, steps - 1)) for t in range(steps)]


@bad("first-missing")
def first_never_reached(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards)), 0.0
    for t in range(len(rewards) - 1, 0, -1):
        running = rewards[t] + gamma * running
        out[t] = running
    return out


@bad("first-missing")
def first_left_as_it_was(rewards, gamma=1.0):
    out = rewards.copy()
    for t in range(len(rewards) - 2, 0, -1):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out


bad("unchanged")(
    lambda rewards, gamma=1.0: rewards,
    lambda rewards, gamma=1.0: np.array([gamma**t * r for t, r in enumerate(rewards)]),
)
bad("reversed-rewards")(lambda rewards, gamma=1.0: rewards[::-1])
bad("averaged")(
    lambda rewards, gamma=1.0: np.array([rewards[t:].mean() for t in range(len(rewards))]),
    lambda rewards, gamma=1.0: np.full_like(rewards, rewards.mean()),
)


def running(rewards, gamma, step):
    """The loop from the end, in which `step` makes a return of a reward and the discounted return after it."""
    out, after = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        out[t] = after = step(rewards[t], gamma * after)
    return out


bad("scaled")(lambda rewards, gamma=1.0: running(rewards, gamma, lambda reward, after: reward / 1000 + after))
bad("sign")(lambda rewards, gamma=1.0: running(rewards, gamma, lambda reward, after: after - reward))
bad("subtracted")(lambda rewards, gamma=1.0: running(rewards, gamma, lambda reward, after: reward - after))


@bad("summed-twice")
def adds_the_returns(rewards, gamma=1.0):
    returns, running = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        returns[t] = running
    return rewards + returns


@bad("too-long")
def one_too_many(rewards, gamma=1.0):
    out = np.zeros(len(rewards) + 1)
    for t in reversed(range(len(rewards))):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out


@bad("too-short")
def one_too_few(rewards, gamma=1.0):
    out = [rewards[-1]]
    for reward in rewards[-2::-1]:
        out.append(reward + gamma * out[-1])
    return out[:0:-1]


@bad("input-changed")
def writes_to_its_input(rewards, gamma=1.0):
    for t in reversed(range(len(rewards) - 1)):
        rewards[t] += gamma * rewards[t + 1]
    return rewards


@bad("wrong-dtype")
def complex_numbers(rewards, gamma=1.0):
    out, running = np.zeros(len(rewards), dtype=complex), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t] = running
    return out


@bad("wrong-shape")
def a_column(rewards, gamma=1.0):
    out, running = np.zeros((len(rewards), 1)), 0.0
    for t in reversed(range(len(rewards))):
        running = rewards[t] + gamma * running
        out[t, 0] = running
    return out


@bad("gamma-zero|nan")
def divided_by_a_count_of_zero(rewards, gamma=1.0):
    steps = np.arange(len(rewards))
    return np.array([rewards[t:].sum() / t for t in steps]) * steps


@bad("exception")
def beyond_the_end(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    for t in reversed(range(len(rewards))):
        out[t] = rewards[t] + gamma * out[t + 1]
    return out


@bad("unfilled")
def stub(rewards, gamma=1.0):
    # YOUR CODE HERE
    raise NotImplementedError()


bad("unfilled")(lambda rewards, gamma=1.0: None, lambda rewards, gamma=1.0: ...)
bad("wrong-type")(
    lambda rewards, gamma=1.0: {"returns": np.cumsum(rewards[::-1])[::-1]},
    lambda rewards, gamma=1.0: (r for r in rewards),
    lambda rewards, gamma=1.0: "6, 5, 3",
)
bad("wrong-count")(lambda rewards, gamma=1.0: (np.cumsum(rewards[::-1])[::-1], gamma * rewards))
bad("wrong-signature")(lambda rewards: np.cumsum(rewards[::-1])[::-1])


@bad("gamma-zero|nan")
def powers_divided_out(rewards, gamma=1.0):
    powers = gamma ** np.arange(len(rewards))
    return np.cumsum((rewards * powers)[::-1])[::-1] / powers
