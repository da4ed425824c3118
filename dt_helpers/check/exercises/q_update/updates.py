"""Ways to make the update of `q_update`: each is right but for what it is given."""


def moved(q, s, a, target, rate):
    return q[s, a] + rate * (target - q[s, a])


def worth(follows):
    """An answer in which the next state is worth something else: `follows(q, s, a, s2)`."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return moved(q, s, a, r if done else r + gamma * follows(q, s, a, s2), rate)

    return update


def aimed(target):
    """An answer with another target, of the reward, the value that follows (0 at the end), and gamma."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return moved(q, s, a, target(r, 0.0 if done else q[s2].max(), gamma), rate)

    return update


def moving(move):
    """An answer that moves otherwise, from the old value, by the target and the learning rate."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return move(q[s, a], r if done else r + gamma * q[s2].max(), rate)

    return update


def ending(end):
    """An answer that is right but for an episode's last step: `end(q, s, a, r, s2, rate, gamma)`."""

    def update(q, s, a, r, s2, done, rate, gamma):
        return end(q, s, a, r, s2, rate, gamma) if done else moved(q, s, a, r + gamma * q[s2].max(), rate)

    return update


def in_table(update):
    """The whole table, in which the value has been changed."""

    def updated(q, s, a, *step):
        changed = q.copy()
        changed[s, a] = update(q, s, a, *step)
        return changed

    return updated


right_step = moving(lambda old, target, rate: old + rate * (target - old))


def fixed(rate, gamma):  # a number in place of the learning rate or of gamma
    return lambda *step: right_step(*step[:-2], rate or step[-2], gamma or step[-1])
