"""Wrong paddings, as students write them, each with the mistake that was made on purpose."""

import numpy as np

from .register import wrong

bad = wrong("pad_left")


def right_pad(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    padded = np.concatenate([np.full((missing, sequence.shape[1]), value), kept])
    return padded, np.concatenate([np.zeros(missing), np.ones(len(kept))])


@bad("padded-right")
def padded_right(sequence, length, value):
    padded = np.full((length, sequence.shape[1]), float(value))
    mask = np.zeros(length)
    for i, row in enumerate(sequence[:length]):
        padded[i], mask[i] = row, 1
    return padded, mask


@bad("padded-right")
def np_pad_after(sequence, length, value):
    sequence = sequence[:length]
    after = length - len(sequence)
    return np.pad(sequence, ((0, after), (0, 0)), constant_values=value), np.pad(np.ones(len(sequence)), (0, after))


@bad("rows-padded-right")
def rows_behind(sequence, length, value):
    sequence = sequence[:length]
    after = length - len(sequence)
    padded = np.vstack([sequence, np.ones((after, sequence.shape[1])) * value])
    return padded, np.hstack([np.zeros(after), np.ones(len(sequence))])


@bad("mask-side")
def mask_behind(sequence, length, value):
    padded, _ = right_pad(sequence, length, value)
    return padded, (np.arange(length) < len(sequence)).astype(float)


@bad("mask-inverted")
def zeros_and_ones_swapped(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    padded = np.concatenate([np.full((missing, sequence.shape[1]), value), kept])
    return padded, np.concatenate([np.ones(missing), np.zeros(len(kept))])


bad("mask-inverted")(lambda s, n, v: (right_pad(s, n, v)[0], np.arange(n) < n - len(s)))
bad("mask-all-ones")(
    lambda s, n, v: (right_pad(s, n, v)[0], np.ones(n)), lambda s, n, v: (right_pad(s, n, v)[0], [True] * n)
)
bad("mask-all-zeros")(lambda s, n, v: (right_pad(s, n, v)[0], np.zeros(n)))


@bad("mask-holds-value")
def mask_padded_likewise(sequence, length, value):
    sequence = sequence[:length]
    before = length - len(sequence)
    padded = np.pad(sequence, ((before, 0), (0, 0)), constant_values=value)
    return padded, np.pad(np.ones(len(sequence)), (before, 0), constant_values=value)


bad("mask-too-short")(lambda s, n, v: (right_pad(s, n, v)[0], np.ones(min(n, len(s)))))


@bad("mask-per-number")
def mask_of_numbers(sequence, length, value):
    sequence = sequence[:length]
    before = ((length - len(sequence), 0), (0, 0))
    return np.pad(sequence, before, constant_values=value), np.pad(np.ones_like(sequence), before)


@bad("mask-per-number")
def mask_as_a_column(sequence, length, value):
    padded, mask = right_pad(sequence, length, value)
    return padded, mask.reshape(-1, 1)


@bad("value-ignored")
def always_zero(sequence, length, value):
    sequence = sequence[:length]
    padded = np.zeros((length, sequence.shape[1]))
    padded[length - len(sequence) :] = sequence
    return padded, np.arange(length) >= length - len(sequence)


bad("value-ignored")(lambda s, n, v: right_pad(s, n, -10.0), lambda s, n, v: right_pad(s, n, 1))


@bad("value-from-sequence")
def first_row_repeated(sequence, length, value):
    mask = np.arange(length) >= length - len(sequence)
    while len(sequence) < length:
        sequence = np.concatenate([sequence[:1], sequence])
    return sequence[:length], mask


@bad("value-from-sequence")
def edge_mode(sequence, length, value):
    sequence = sequence[:length]
    before = length - len(sequence)
    return np.pad(sequence, ((before, 0), (0, 0)), mode="edge"), np.pad(np.ones(len(sequence)), (before, 0))


bad("kept-last")(lambda s, n, v: right_pad(s[-n:], n, v))


@bad("kept-last")
def newest_kept(sequence, length, value):
    if len(sequence) > length:
        return sequence[len(sequence) - length :], np.ones(length)
    return right_pad(sequence, length, value)


@bad("not-cut")
def never_cut(sequence, length, value):
    if len(sequence) >= length:
        return sequence, np.ones(len(sequence))
    return right_pad(sequence, length, value)


@bad("not-cut")
def negative_range(sequence, length, value):
    rows = [np.full(sequence.shape[1], value) for _ in range(length - len(sequence))]
    return np.array(rows + list(sequence)), np.array([0.0] * len(rows) + [1.0] * len(sequence))


bad("not-padded")(
    lambda s, n, v: (s[:n], np.ones(len(s[:n]))),
    lambda s, n, v: (s, np.ones(len(s))),
    lambda s, n, v: (s[:n], right_pad(s, n, v)[1]),
)
bad("only-padding")(lambda s, n, v: (np.full((n, s.shape[1]), v), right_pad(s, n, v)[1]))
bad("padded-by-length")(
    lambda s, n, v: (
        np.concatenate([np.full((n, s.shape[1]), v), s]),
        np.concatenate([np.zeros(n), np.ones(len(s))]),
    )
)


@bad("off-by-one")
def one_row_too_many(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept) + 1
    padded = np.concatenate([np.full((missing, sequence.shape[1]), value), kept])
    return padded, np.concatenate([np.zeros(missing), np.ones(len(kept))])


@bad("both-sides")
def centred(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    sides = (missing // 2, missing - missing // 2)
    return np.pad(kept, (sides, (0, 0)), constant_values=value), np.pad(np.ones(len(kept)), sides)


@bad("both-sides")
def np_pad_with_one_number(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    return np.pad(kept, ((missing,), (0,)), constant_values=value), np.pad(np.ones(len(kept)), missing)


@bad("columns-padded")
def wrong_axis(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    return np.pad(kept, ((0, 0), (missing, 0)), constant_values=value), np.pad(np.ones(len(kept)), (missing, 0))


@bad("reversed")
def backwards(sequence, length, value):
    padded, mask = [], []
    for row in sequence[:length]:
        padded.insert(0, row)
        mask.insert(0, 1)
    while len(padded) < length:
        padded.insert(0, np.full(sequence.shape[1], value))
        mask.insert(0, 0)
    return np.array(padded), np.array(mask)


bad("results-swapped")(lambda s, n, v: right_pad(s, n, v)[::-1])
bad("wrong-count")(
    lambda s, n, v: right_pad(s, n, v)[0],
    lambda s, n, v: (*right_pad(s, n, v), n - len(s)),
)
bad("unfilled")(lambda s, n, v: None, lambda s, n, v: (right_pad(s, n, v)[0], ...), lambda s, n, v: (..., ...))


@bad("unfilled")
def placeholder_used(sequence, length, value):
    padded = ...
    mask = np.zeros(length)
    return padded.reshape(length, -1), mask


@bad("exception")
def misspelt(sequence, length, value):
    missing = length - len(sequense)  # noqa: F821
    return np.full((missing, 1), value), np.zeros(missing)


@bad("input-changed")
def zeroes_its_input(sequence, length, value):
    padded, mask = right_pad(sequence, length, value)
    sequence[:] = 0
    return padded, mask


@bad("wrong-shape")
def extra_axis(sequence, length, value):
    padded, mask = right_pad(sequence, length, value)
    return padded[None], mask


@bad("wrong-dtype")
def half_precision(sequence, length, value):
    padded, mask = right_pad(sequence, length, value)
    return padded.astype(np.complex128), mask


bad("wrong-type")(lambda s, n, v: (right_pad(s, n, v)[0], "mask"), lambda s, n, v: (set(), right_pad(s, n, v)[1]))
bad("nan")(
    lambda s, n, v: (np.where(right_pad(s, n, v)[1][:, None] > 0, right_pad(s, n, v)[0], np.nan), right_pad(s, n, v)[1])
)
