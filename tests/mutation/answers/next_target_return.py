# %% right
def next_target_return(target_return, reward, scale):
    return target_return - reward / scale

# %% right
def next_target_return(target_return, reward, scale):
    unscaled = target_return * scale
    left = unscaled - reward
    return left / scale

# %% right
def next_target_return(target_return, reward, scale):
    per_unit = 1 / scale
    earned = per_unit * reward
    return -earned + target_return

# %% right
def next_target_return(target_return, reward, scale):
    if reward == 0:
        return target_return
    sign = 1 if reward > 0 else -1
    size = abs(reward) / scale
    return target_return - sign * size

# %% wrong (unscaled): The reward is not scaled.
# shows: any reward other than 0, with a scale other than 1
def next_target_return(target_return, reward, scale):
    remaining = target_return
    remaining -= reward
    return remaining

# %% wrong (target-scaled-too): The target is divided by the scale once more.
# shows: any scale other than 1
def next_target_return(target_return, reward, scale):
    return (target_return - reward) / scale

# %% wrong (raw-units): The answer is in the environment's units.
# shows: any scale other than 1
def next_target_return(target_return, reward, scale):
    return target_return * scale - reward

# %% wrong (stopped-at-zero): A target that has been surpassed stays at 0.
# shows: a reward above what was still wanted
def next_target_return(target_return, reward, scale):
    return max(0.0, target_return - reward / scale)

# %% wrong (scale-fixed): The scale is written into the code.
# shows: a scale other than 1000
def next_target_return(target_return, reward, scale):
    return target_return - reward / 1000

# %% wrong (losses-as-gains): A negative reward is subtracted as if it were a positive one.
# shows: a reward below 0
def next_target_return(target_return, reward, scale):
    return target_return - abs(reward / scale)

# %% wrong (rounded): The division drops the fraction.
# shows: rewards that are no multiple of the scale, such as 8.7 of 1000
def next_target_return(target_return, reward, scale):
    return target_return - reward // scale

# %% wrong (zero-target): A target of 0 is taken for no target, and nothing is subtracted.
# shows: target_return = 0, as in the sweep
def next_target_return(target_return, reward, scale):
    if not target_return:
        return target_return
    return target_return - reward / scale

# %% wrong (losses-ignored): A negative reward is taken for an error and skipped.
# shows: a reward below 0
def next_target_return(target_return, reward, scale):
    ok = reward >= 0
    return target_return - (reward / scale if ok else 0)

# %% wrong (surpassed): Once the target is negative it is no longer counted down.
# shows: target_return below 0
def next_target_return(target_return, reward, scale):
    if target_return < 0:
        return target_return
    else:
        return target_return - reward / scale

# %% wrong (exception|rounded): The result is rounded to two decimals.
# shows: rewards of a few units with scale 1000: 0.0049 is lost at every step
def next_target_return(target_return, reward, scale):
    left = target_return - reward / scale
    return round(left, 2)

# %% wrong (added): The reward is added.
# shows: any reward other than 0
def next_target_return(target_return, reward, scale):
    return target_return + reward / scale

# %% wrong (keeps-state): It keeps its own count of all that was earned, which goes on through all episodes.
# shows: the second call
earned_so_far = 0.0


def next_target_return(target_return, reward, scale):
    global earned_so_far
    earned_so_far += reward / scale
    return target_return - earned_so_far

# %% wrong (large-rewards-unscaled): Rewards as large as the scale are taken to be in other units already, and are not divided.
# shows: a reward of at least the scale, such as 12 with scale 10
def next_target_return(target_return, reward, scale):
    earned = reward / scale if -scale < reward < scale else reward
    return target_return - earned

# %% right
def next_target_return(target_return, reward, scale):
    return (target_return * scale - reward) / scale

# %% right
def next_target_return(target_return, reward, scale):
    earned = np.divide(reward, scale)
    return np.subtract(target_return, earned)

# %% right
def next_target_return(target_return, reward, scale):
    per_unit = 1.0 / scale
    return target_return + (-reward) * per_unit

# %% right
def next_target_return(target_return, reward, scale):
    remaining = target_return
    remaining = remaining - reward / scale  # a new object: nothing is changed in place
    return remaining

# %% wrong (target-scaled-too): what was wanted is divided by the scale a second time
# shows: every target other than 0 with a scale other than 1
def next_target_return(target_return, reward, scale):
    return (target_return - reward) / scale

# %% wrong (unscaled): the reward is subtracted in the environment's units
# shows: a scale other than 1
def next_target_return(target_return, reward, scale):
    return target_return - np.asarray(reward)

# %% wrong (raw-units): the answer is in the environment's units
# shows: a scale other than 1
def next_target_return(target_return, reward, scale):
    return target_return * scale - reward

# %% wrong (stopped-at-zero): what remains is kept from falling below 0
# shows: a target of 0, or more earned than was asked for
def next_target_return(target_return, reward, scale):
    return max(target_return - reward / scale, 0.0)

# %% wrong (losses-ignored): a target may only shrink: a negative reward does not raise what remains
# shows: a negative reward, as in a cheetah's first steps
def next_target_return(target_return, reward, scale):
    return np.minimum(target_return, target_return - reward / scale)

# %% wrong (rounded): floor division drops rewards that are smaller than the scale
# shows: a reward of 9.5 with scale 1000
def next_target_return(target_return, reward, scale):
    return target_return - reward // scale

# %% wrong (scale-fixed): the scale is fixed to 1000
# shows: any other scale, such as a hopper's or 1
def next_target_return(target_return, reward, scale, _unit=1000.0):
    return target_return - reward / _unit

# %% wrong (zero-target): a target of 0 counts as none and stays 0
# shows: target_return = 0: after a reward of 5 it is still 0
def next_target_return(target_return, reward, scale):
    return target_return and target_return - reward / scale

# %% wrong (added): the sign is wrong: what was earned is added
# shows: every reward other than 0
def next_target_return(target_return, reward, scale):
    return np.add(target_return, reward / scale)

# %% wrong (half-precision): computed in float16, whose steps near 10 are larger than a scaled reward
# shows: a target near 10 and a reward below 4 with scale 1000: nothing is subtracted
def next_target_return(target_return, reward, scale):
    return float(np.float16(target_return) - np.float16(reward / scale))

# %% wrong (rounded): rounded to two decimals, in which the reward of a step vanishes
# shows: a reward of 4 with scale 1000
def next_target_return(target_return, reward, scale):
    return round(float(target_return - reward / scale), 2)

# %% right
def next_target_return(target_return, reward, scale):
    return -(reward / scale - target_return)

# %% wrong (unscaled): the reward is not scaled
# shows: any reward with a scale other than 1
def next_target_return(target_return, reward, scale):
    return target_return - reward

# %% wrong (stopped-at-zero): what remains is not allowed to fall below 0
# shows: a step that earns more than was still wanted, or a target of 0 as in the sweep
def next_target_return(target_return, reward, scale):
    left = target_return - reward / scale
    return left if left > 0 else 0.0

# %% wrong (scale-fixed): the scale is fixed at 1000
# shows: a scale other than 1000
RETURN_SCALE = 1000.0


def next_target_return(target_return, reward, scale=RETURN_SCALE):
    return target_return - reward / RETURN_SCALE

# %% wrong (losses-as-gains): the size of the reward is subtracted, so that a loss counts as a gain
# shows: a negative reward
def next_target_return(target_return, reward, scale):
    earned = abs(reward) / abs(scale)
    return target_return - earned

# %% wrong (rounded): the result is rounded to three decimals
# shows: the course's own numbers: a reward of about 9 is 0.009 in units of 1000
def next_target_return(target_return, reward, scale):
    # floats get ugly otherwise
    return round(float(target_return - reward / scale), 3)

# %% wrong (keeps-state): a running count of its own goes on from the last call's result instead of from the argument
# shows: a second call with a target that isn't the first call's result, such as a new episode
_remaining = None


def next_target_return(target_return, reward, scale):
    global _remaining
    if _remaining is None:
        _remaining = target_return
    _remaining = _remaining - reward / scale
    return _remaining

# %% wrong (small-reward): rewards between -1 and 1 are taken for scaled ones already
# shows: a small reward, e.g. 0.5 with scale 1000
def next_target_return(target_return, reward, scale):
    if abs(reward) > 1:
        reward = reward / scale  # environment units
    return target_return - reward

# %% right
def next_target_return(target_return, reward, scale):
    return target_return - reward / scale

# %% right
def next_target_return(target_return, reward, scale):
    still_wanted = target_return * scale  # in the environment's units
    still_wanted = still_wanted - reward
    return still_wanted / scale

# %% right
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    scaled: float
    unit: float

    def spend(self, amount):
        return Budget(self.scaled - amount / self.unit, self.unit)


def next_target_return(target_return, reward, scale):
    return Budget(target_return, scale).spend(reward).scaled

# %% right
from functools import reduce
from operator import sub, truediv


def next_target_return(target_return, reward, scale):
    return reduce(sub, [target_return, truediv(reward, scale)])

# %% wrong (target-scaled-too): divides the difference by the scale, so the target is scaled once more at each step.
# shows: next_target_return(8.0, 100.0, 1000.0) gives -0.092 instead of 7.9.
def next_target_return(target_return, reward, scale):
    remaining = target_return - reward
    return remaining / scale

# %% wrong (raw-units): the result is in the environment's units and not in scaled ones.
# shows: next_target_return(8.0, 100.0, 1000.0) gives 7900 instead of 7.9.
def next_target_return(target_return, reward, scale):
    wanted = target_return * scale
    return wanted - reward

# %% wrong (stopped-at-zero): never below 0: once the goal is passed, the surplus is forgotten.
# shows: next_target_return(0.05, 100.0, 1000.0) gives 0 instead of -0.05.
def next_target_return(target_return, reward, scale):
    return max(target_return - reward / scale, 0.0)

# %% wrong (scale-fixed): the scale is written as 1000 and the argument ignored.
# shows: next_target_return(5.0, 10.0, 10.0) gives 4.99 instead of 4.0.
RETURN_SCALE = 1000


def next_target_return(target_return, reward, scale=RETURN_SCALE):
    return target_return - reward / RETURN_SCALE

# %% wrong (rounded): divides with //, so rewards smaller than the scale vanish and negative ones count as a whole unit.
# shows: next_target_return(8.0, 100.0, 1000.0) stays 8.0.
def next_target_return(target_return, reward, scale):
    earned = reward // scale
    return target_return - earned

# %% wrong (discounted): undoes a discount of 0.99 as in the recursion R' = (R - r) / gamma, though Decision Transformers use none.
# shows: next_target_return(8.0, 0.0, 1000.0) gives 8.08 instead of 8.0.
def next_target_return(target_return, reward, scale, gamma=0.99):
    # R_t = r_t + gamma * R_{t+1}  =>  R_{t+1} = (R_t - r_t) / gamma
    scaled_reward = reward / scale
    return (target_return - scaled_reward) / gamma

# %% wrong (losses-ignored): only rewards above 0 are subtracted; after a loss more remains to be earned, which is forgotten.
# shows: next_target_return(5.0, -200.0, 1000.0) gives 5.0 instead of 5.2.
def next_target_return(target_return, reward, scale):
    if reward <= 0:
        # nothing was earned, so everything is still to be earned
        return target_return
    return target_return - reward / scale

# %% wrong (keeps-state): adds up all rewards since it was first called and subtracts the sum, though the target handed over is already the one that remains.
# shows: next_target_return(8.0, 100.0, 1000.0) twice: the second call gives 7.8 instead of 7.9.
def next_target_return(target_return, reward, scale):
    next_target_return.earned += reward
    return target_return - next_target_return.earned / scale


next_target_return.earned = 0.0

# %% right
# style: to the environment's units and back
def next_target_return(target_return, reward, scale):
    in_environment_units = target_return * scale - reward
    return in_environment_units / scale

# %% right
# style: operator module and partial application
import operator
from functools import partial


def next_target_return(target_return, reward, scale):
    remains = partial(operator.sub, target_return)
    return remains(operator.truediv(reward, scale))

# %% right
# style: over-engineered, a frozen dataclass with an overloaded minus
from dataclasses import dataclass


@dataclass(frozen=True)
class Scaled:
    value: float

    @classmethod
    def of(cls, raw: float, scale: float) -> "Scaled":
        return cls(raw / scale)

    def __sub__(self, other: "Scaled") -> "Scaled":
        return Scaled(self.value - other.value)


def next_target_return(target_return: float, reward: float, scale: float) -> float:
    return (Scaled(target_return) - Scaled.of(reward, scale)).value

# %% right
# style: a sum with a signed reward, first turned into a share
def next_target_return(target_return, reward, scale):
    unit = 1 / scale
    return sum([target_return, -1 * reward * unit])

# %% wrong (stopped-at-zero): what remains is kept at 0 or above
def next_target_return(target_return, reward, scale):
    remaining = target_return - reward / scale
    return max(0, remaining)

# %% wrong (rounded): whole-number division
def next_target_return(target_return, reward, scale):
    scaled_reward = reward // scale
    return target_return - scaled_reward

# %% right
def next_target_return(target_return, reward, scale):
    in_units = target_return * scale
    in_units -= reward
    return in_units / scale

# %% wrong (rounded): floor division, which cuts the reward down to whole scaled units
def next_target_return(target_return, reward, scale):
    scaled_reward = reward // scale
    return target_return - scaled_reward

# %% wrong (losses-ignored): a reward below 0 is counted as 0
def next_target_return(target_return, reward, scale):
    earned = max(reward, 0) / scale  # only what was earned counts
    return target_return - earned

# %% right
def next_target_return(target_return, reward, scale):
    in_environment_units = target_return * scale - reward
    return in_environment_units / scale

# %% wrong (losses-ignored): counts only what was "earned": a negative reward is taken for nothing earned
def next_target_return(target_return, reward, scale):
    earned = max(reward, 0) / scale
    return target_return - earned

# %% wrong (keeps-state): keeps the sum of all rewards in a global and subtracts it from a target that has been reduced already
total_earned = 0.0


def next_target_return(target_return, reward, scale):
    global total_earned
    total_earned += reward / scale
    return target_return - total_earned

# %% right
def next_target_return(target_return, reward, scale):
    in_env_units = target_return * scale
    in_env_units -= reward
    return in_env_units / scale

# %% wrong (discounted): the recursion of discounted returns, R' = (R - r) / gamma with gamma = 0.99, from other algorithms
def next_target_return(target_return, reward, scale, gamma=0.99):
    # R_t = r_t + gamma * R_{t+1}, solved for R_{t+1}
    return (target_return - reward / scale) / gamma

# %% wrong (rounded): rounds to two decimals against the drift of floats, and loses every small reward
def next_target_return(target_return, reward, scale):
    remaining = target_return - reward / scale
    return round(remaining, 2)

# %% right
def next_target_return(target_return, reward, scale):
    # everything in the environment's units, and back
    return (target_return * scale - reward) / scale

# %% wrong (target-scaled-too): divides the target by the scale as well, although it is scaled already
def next_target_return(target_return, reward, scale):
    return (target_return - reward) / scale

# %% wrong (stopped-at-zero): stops at 0
def next_target_return(target_return, reward, scale):
    remaining = target_return - reward / scale
    if remaining < 0:
        remaining = 0
    return remaining

# %% right
def next_target_return(target_return, reward, scale):
    scaled_reward = reward / scale
    return target_return - scaled_reward

# %% wrong (keeps-state): adds up all rewards since the first call and subtracts the sum, though target_return has fallen already
earned = 0.0


def next_target_return(target_return, reward, scale):
    global earned
    earned += reward
    return target_return - earned / scale

# %% wrong (losses-ignored): a negative reward counts as 0: what has been earned can't be lost again
def next_target_return(target_return, reward, scale):
    if reward > 0:
        target_return = target_return - reward / scale
    return target_return

# %% right
def next_target_return(target_return, reward, scale):
    in_units_of_the_environment = target_return * scale
    return (in_units_of_the_environment - reward) / scale

# %% wrong (losses-ignored): a step that costs something is ignored ("a loss can't count as earned"), but then more remains to be earned
def next_target_return(target_return, reward, scale):
    earned = max(reward, 0.0)
    return target_return - earned / scale

# %% wrong (keeps-state): keeps its own count between the calls and looks at target_return in the first call only
class _Counter:
    def __init__(self):
        self.remaining = None

    def __call__(self, target_return, reward, scale):
        if self.remaining is None:
            self.remaining = target_return
        self.remaining -= reward / scale
        return self.remaining


next_target_return = _Counter()

# %% right
def next_target_return(target_return, reward, scale):
    # first everything in the environment's units, then back
    in_env_units = target_return * scale
    left = in_env_units - reward
    return left / scale

# %% wrong (left-alone-once-earned): leaves the target alone once it has been earned (0 or less)
def next_target_return(target_return, reward, scale):
    if target_return <= 0:
        return target_return  # there already
    return target_return - reward / scale

# %% wrong (losses-ignored): counts only what was earned: a negative reward is taken for 0
def next_target_return(target_return, reward, scale):
    earned = max(reward, 0) / scale
    remaining = target_return - earned
    return remaining

# %% right
def next_target_return(target_return, reward, scale):
    in_env_units = target_return * scale
    return (in_env_units - reward) / scale

# %% wrong (losses-ignored): counts earnings only, a negative reward is taken for 0
def next_target_return(target_return, reward, scale):
    earned = max(reward, 0.0)
    return target_return - earned / scale

# %% wrong (raw-units): works in the environment's units and forgets to divide back
def next_target_return(target_return, reward, scale):
    in_env_units = target_return * scale
    remaining = in_env_units - reward
    return remaining

# %% right
def next_target_return(target_return, reward, scale):
    reward_scaled = reward / scale
    return target_return - reward_scaled

# %% wrong (rounded): integer division, Julia's div, turns the reward into whole scaled units
def next_target_return(target_return, reward, scale):
    earned = reward // scale
    return target_return - earned

# %% wrong (rounded): rounds to two places, as the cell was formatted; a step's reward is far below that in scaled units
def next_target_return(target_return, reward, scale):
    return round(target_return - reward / scale, 2)  # =ROUND(A2-B2/$C$1;2)

# %% right
def next_target_return(target_return, reward, scale):
    remaining_in_environment_units = scale * target_return - reward
    return remaining_in_environment_units / scale
