"""The inputs that a check draws: fresh each time, in shapes at their edges, the most telling case first.

Everything is drawn from one numpy `Generator`, so that a seed brings a failure back. numpy exercises get arrays,
the model's exercises get tensors; torch is imported only for the latter.
"""

import numpy as np

from dt_helpers.check.engine.exercise import Case


def numbers(rng, *shape, dtype="float32"):
    """Numbers of either sign whose size is between 0.2 and 2, so that none can be mistaken for zero or for another."""
    return (rng.uniform(0.2, 2.0, shape) * rng.choice([-1.0, 1.0], shape)).astype(dtype)


def tensor(rng, *shape, dtype="float32"):
    import torch

    return torch.from_numpy(numbers(rng, *shape, dtype=dtype))


def padding_mask(rng, batch, steps, dtype="float32", empty_row=False):
    """(batch, steps): ones on the right, zeros on the left: the first row half padded, the last one not at all."""
    import torch

    real = rng.integers(1, steps + 1, batch)
    real[0] = (steps + 1) // 2
    if batch > 1:
        real[-1] = steps
    if empty_row:
        real[batch // 2] = 0
    mask = np.arange(steps) >= steps - real[:, None]
    return torch.from_numpy(mask.astype(dtype))


def returns_to_go(rng):
    def case(steps, gamma=None, **options):
        dtype = options.pop("dtype", "float32")
        label = f"{steps} step{'s' * (steps > 1)}, {dtype}" + (f", gamma={gamma}" if gamma else "")
        return Case(label, (numbers(rng, steps, dtype=dtype),), {"gamma": gamma} if gamma else {}, **options)

    return [
        Case("4 steps, float32", (numbers(rng, 4).round(1),)),  # for the picture
        case(int(rng.integers(8, 20)), dtype="float64"),
        case(2, strided=True),
        case(1, core=False),
        case(5, gamma=0.5, core=False),
        case(int(rng.integers(6, 16)), gamma=0.9, core=False, dtype="float64"),
        case(7, gamma=0.8, core=False, strided=True),
        case(1, gamma=0.7, core=False),
    ]


def pad_left(rng):
    def case(steps, width, length, value, dtype="float32", **options):
        label = f"{steps} row{'s' * (steps > 1)} of {width} into {length}, value {value}, {dtype}"
        return Case(label, (numbers(rng, steps, width, dtype=dtype), length, value), **options)

    drawn = round(float(rng.uniform(3, 9)), 2)
    return [
        case(2, 3, 5, -10.0),
        case(3, 2, 4, 0.0),
        case(2, 4, 7, drawn, dtype="float64"),
        case(1, 1, 4, -10.0, strided=True),
        case(5, 3, 7, -drawn, strided=True),
        case(3, 3, 6, drawn),
        case(4, 2, 4, -10.0, core=False),  # nothing to pad
        case(6, 2, 4, drawn, core=False),  # too long: cut
        case(3, 2, 1, -10.0, core=False),
        case(1, 5, 1, 0.0, core=False),
    ]


_SHAPES = (  # batch, K, hidden, dtype, strided
    (2, 3, 4, "float32", False),
    (1, 4, 7, "float64", False),
    (3, 2, 8, "float32", True),
    (3, 3, 5, "float32", False),
    (4, 1, 2, "float64", True),
    (1, 1, 5, "float32", False),
    (2, 2, 1, "float32", False),
)


def _embeddings(rng, count):
    for batch, steps, hidden, dtype, strided in _SHAPES:
        args = tuple(tensor(rng, batch, steps, hidden, dtype=dtype) for _ in range(count))
        label = f"batch {batch}, K {steps}, hidden {hidden}, {dtype}"
        yield Case(label, args, strided=strided, grad=tuple(range(count)), core=steps > 1 and hidden > 1)


def time_embeddings(rng):
    return list(_embeddings(rng, 4))


def stacked_inputs(rng):
    return list(_embeddings(rng, 3))


def stacked_attention_mask(rng):
    import torch

    def case(batch, steps, dtype, **options):
        return Case(f"batch {batch}, K {steps}, {dtype}", (padding_mask(rng, batch, steps, dtype),), **options)

    scattered = torch.tensor([[1, 0, 0, 1, 1], [0, 1, 0, 0, 1]])[rng.permutation(2)]  # no course mask, but a fair one
    return [
        case(2, 3, "float32"),
        case(3, 4, "int64"),
        case(1, 5, "float64"),
        case(3, 3, "float32", strided=True),
        Case("batch 2, K 5, zeros anywhere", (scattered,)),
        case(3, 1, "float32", core=False),
        case(1, 1, "int64", core=False),
    ]


def heads(rng, hidden, state_dim, act_dim, dtype):
    """Heads for returns, states and actions as in transformers' model, with weights of our own."""
    import torch

    def linear(size):
        layer = torch.nn.utils.skip_init(torch.nn.Linear, hidden, size, dtype=getattr(torch, dtype))
        layer.weight.data = tensor(rng, size, hidden, dtype=dtype) / hidden**0.5
        layer.bias.data = tensor(rng, size, dtype=dtype)
        return layer

    return linear(1), linear(state_dim), torch.nn.Sequential(linear(act_dim), torch.nn.Tanh())


def prediction_heads(rng):
    def case(batch, steps, hidden, state_dim, act_dim, dtype="float32", **options):
        label = f"batch {batch}, K {steps}, hidden {hidden}, states of {state_dim}, actions of {act_dim}, {dtype}"
        x = tensor(rng, batch, 3, steps, hidden, dtype=dtype)
        return Case(label, (x, *heads(rng, hidden, state_dim, act_dim, dtype)), grad=(0, 1, 2, 3), **options)

    return [
        case(2, 4, 5, 3, 2),
        case(3, 3, 4, 1, 1),  # shapes that agree by chance must not hide a swap
        case(1, 5, 7, 4, 2, dtype="float64", strided=True),
        case(4, 3, 3, 3, 3),
        case(2, 1, 4, 3, 2, core=False),
        case(1, 1, 5, 2, 1, core=False),
    ]


def action_loss(rng):
    def case(batch, steps, act_dim, dtype="float32", empty_row=False, padded=True, filling=-10.0, **options):
        import torch

        label = f"batch {batch}, K {steps}, actions of {act_dim}, {dtype}" + (", one row all padding" * empty_row)
        mask = padding_mask(rng, batch, steps, dtype, empty_row) if padded else torch.ones(batch, steps)
        preds, targets = (tensor(rng, batch, steps, act_dim, dtype=dtype) for _ in range(2))
        if filling is not None:
            targets[mask == 0] = filling
        return Case(label, (preds, targets, mask), grad=(0,), **options)

    return [
        case(2, 4, 3),  # padded with -10, as the collator does it
        case(3, 5, 2, dtype="float64"),
        case(3, 3, 3, strided=True, filling=0.0),
        case(4, 6, 1, filling=None),  # it is the mask that says what is padding, not the targets
        case(1, 4, 5),
        case(3, 4, 2, empty_row=True, core=False),
        case(2, 3, 4, padded=False, core=False),
        case(1, 1, 2, core=False),
    ]


def context_window(rng):
    import torch

    def case(steps, width, length, dtype="float32", **options):
        label = f"{steps} row{'s' * (steps > 1)} of {width}, last {length}, {dtype}"
        return Case(label, (tensor(rng, steps, width, dtype=dtype), length), **options)

    start = int(rng.integers(1, 900))
    timesteps = torch.arange(start, start + 6)[:, None]
    return [
        case(5, 2, 3),
        case(9, 3, 4, dtype="float64"),
        case(7, 4, 2, strided=True),
        case(6, 6, 3),
        case(30, 2, 20),
        Case("timesteps, 6 rows of 1, last 4, int64", (timesteps, 4), core=False),
        case(6, 1, 1, core=False),
        case(4, 3, 4, core=False),
        case(2, 3, 5, core=False),  # an episode that has just begun
        case(1, 2, 1, core=False),
    ]


def next_target_return(rng):
    import torch

    def drawn(scale, gained=1.0, target=None):
        """A target and a reward that is worth up to two of its units, gained or lost."""
        return target or round(rng.uniform(3, 12), 2), round(gained * rng.uniform(0.5, 2.0) * scale, 2), scale

    def in_tensors(target, reward, scale):
        return torch.tensor(target), torch.tensor(reward), scale

    odd, even = round(rng.uniform(20, 300), 1), float(rng.integers(2, 10))
    return [
        Case("numbers", drawn(1000.0)),
        Case("numbers, a negative reward", drawn(1000.0, gained=-1)),
        Case("numbers, more earned than asked for", drawn(odd, target=0.3)),
        Case("numpy numbers", tuple(np.float64(x) for x in drawn(odd))),
        Case("a tensor and a number", (torch.tensor(5.0), *drawn(even, gained=-1)[1:])),
        Case("two tensors", in_tensors(*drawn(odd, gained=-1))),
        Case("two tensors, more earned than asked for", in_tensors(*drawn(even, target=0.2))),
    ]


def walk_rewards(rng):
    def case(nodes, steps, arrives, stays=None, dtype="float64", **options):
        """`arrives`: the step after which it is at the goal, None for never; `stays`: a step in which it stays."""
        goal = int(rng.integers(1, nodes))
        others = [node for node in range(nodes) if node != goal]
        walk = rng.choice(others, steps + 1)
        for step in range(steps):  # no other step stays where it is
            while walk[step + 1] == walk[step]:
                walk[step + 1] = rng.choice(others)
        if stays is not None:
            walk[stays + 1 :] = walk[stays:-1].copy()
        if arrives is not None:
            walk[arrives:] = goal
        lengths = np.abs(numbers(rng, nodes, nodes, dtype=dtype))
        came = "never arrives" if arrives is None else f"at the goal after {arrives}"
        return Case(f"{steps} step{'s' * (steps > 1)}, {came}, {dtype}", (walk, goal, lengths), **options)

    late = int(rng.integers(3, 8))
    return [
        case(5, 6, 4, stays=1),  # for the picture
        case(9, 10, late, stays=late - 2, dtype="float32"),
        case(7, 8, None, stays=5),
        case(20, 10, 10, strided=True),
        case(6, 7, 2),
        case(4, 3, 1, stays=None, dtype="float32", strided=True),
        case(8, 5, 0, core=False),  # it starts at the goal
        case(3, 1, 1, core=False),
        case(3, 1, None, core=False),
    ]


def choose_target(rng):
    """What is achieved for a target is more, less, exactly as much, or nothing at all (minus infinity)."""

    def case(label, kinds, whole=False, dtype="float64", **options):
        steps = np.ones(len(kinds)) if whole else rng.uniform(0.4, 1.6, len(kinds)).round(2)
        targets = -np.cumsum(steps)  # the largest first
        unit = 1.0 if whole else 0.7
        offsets = {"as asked": 0.0, "more": unit, "less": -unit, "far less": -3.0 * unit, "never": -np.inf}
        achieved = targets + [offsets[kind] for kind in kinds]
        return Case(label, (targets.astype(dtype), achieved.astype(dtype)), **options)

    nothing = [str(kind) for kind in rng.choice(["less", "far less", "never"], int(rng.integers(3, 8)))]
    return [
        case("6 targets", ["never", "far less", "less", "as asked", "more", "never"], whole=True),
        case("7 targets", ["less", "never", "more", "as asked", "less", "more", "as asked"]),
        case("5 targets, float32", ["less", "far less", "never", "as asked", "less"], dtype="float32"),
        case("4 targets", ["never", "more", "never", "as asked"], strided=True),
        case("10 targets", ["never"] * 3 + ["less", "far less", "more", "less"] + ["more"] * 3),
        case("6 targets, the largest is honoured", ["more", "less", "more", "never", "as asked", "less"]),
        case("5 targets, only the smallest is honoured", ["never", "less", "far less", "never", "more"]),
        case("1 target", ["more"], core=False),
        case("3 targets, none is honoured", ["less", "never", "far less"], core=False),
        case("4 targets, it never arrives", ["never"] * 4, core=False),
        case(f"{len(nothing)} targets, none is honoured", nothing, core=False),
    ]


def next_node(rng):
    import torch

    def case(nodes, count, shift=0.0, outsider=True, sunk=False, dtype="float32", **options):
        """`outsider`: the largest logit is of a node without an edge; `sunk`: one below 0 is the largest in size."""
        logits = numbers(rng, nodes, dtype=dtype) + shift
        order = rng.permutation(nodes)
        neighbours = np.sort(order[:count])
        logits[order[-1 if outsider else 0]] = np.abs(logits).max() + 0.5
        if sunk:
            logits[order[-2]] = -np.abs(logits).max() - 0.5
        label = f"{nodes} nodes, {count} neighbour{'s' * (count > 1)}, {dtype}"
        return Case(label, (torch.from_numpy(logits), torch.from_numpy(neighbours)), **options)

    drawn = [int(n) for n in rng.integers(3, 7, 6)]
    return [
        case(6, 3),
        case(8, 3, shift=-3.5),  # all logits of neighbours are below -1, so below whatever else stands for "no edge"
        case(20, 4, sunk=True, dtype="float64"),
        case(12, 5, sunk=True, strided=True),
        case(7, 4, shift=-4.0, dtype="float64", strided=True),
        case(9, 4, outsider=False),
        *(case(20, count) for count in drawn),
        case(10, 2, shift=3.0),
        case(5, 1, core=False),
        case(5, 5, outsider=False, core=False),
    ]
