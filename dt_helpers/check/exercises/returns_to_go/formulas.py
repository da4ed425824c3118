"""The right answer, and what wrong ones are made of."""

import numpy as np


def right(rewards, gamma=1.0):
    """R_t = r_t + gamma * R_{t+1}; (T,) -> (T,)"""
    returns = np.array(rewards, dtype=np.float64)
    for step in reversed(range(len(returns) - 1)):
        returns[step] += gamma * returns[step + 1]
    return (returns,)


def future(rewards, gamma=1.0):
    return right(rewards, gamma)[0]


def past(rewards, gamma=1.0):
    """F_t = r_t + gamma * F_{t-1}"""
    return future(rewards[::-1], gamma)[::-1]


def running(rewards, gamma, change):
    """The right loop, but each return is changed before it is kept."""
    returns, last = np.zeros(len(rewards)), 0.0
    for step in reversed(range(len(rewards))):
        returns[step] = last = change(rewards[step] + gamma * last)
    return returns


def powers(rewards, gamma):
    return gamma ** np.arange(len(rewards))


def after(values):
    """Each step gets the value of the step after it, the last one 0."""
    return np.append(values[1:], 0.0)


def without(position):
    def returns(rewards, gamma=1.0):
        values = future(rewards, gamma)
        values[position] = 0.0
        return values

    return returns


def standardised(ddof):
    def returns(rewards, gamma=1.0):
        values = future(rewards, gamma)
        return (values - values.mean()) / (values.std(ddof=ddof) + 1e-8)

    return returns
