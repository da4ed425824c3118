"""Answers to exercises, with places for what a student puts into them."""

RETURNS = """def returns_to_go(rewards, gamma=1.0):
    {line}
    out, total = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        out[t] = total
    return {value}"""
WINDOW = """def context_window(sequence, length):
    {line}
    return sequence[-length:]"""
WALK = """def walk_rewards(walk, goal, lengths):
    return {value}"""
STEPS = "np.array([0.0 if i == goal else -lengths[i, j] for i, j in zip(walk, walk[1:])], {more})"
TARGET = """def choose_target(targets, achieved):
    best = [t for t, a in zip({targets}, achieved) if a >= t]
    return max(best) if best else min({targets})"""
ONE = "def next_target_return(target_return, reward, scale):\n    return {value}"


def returns(line="pass", value="out"):
    return RETURNS.format(line=line, value=value)
