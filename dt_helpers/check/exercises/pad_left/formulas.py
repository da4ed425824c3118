"""The right answer, and what wrong ones are made of."""

import numpy as np


def right(sequence, length, value):
    """(t, d) -> (length, d), (length,)"""
    kept = sequence[:length]
    padding = length - len(kept)
    padded = np.concatenate([np.full((padding, sequence.shape[1]), value, dtype=np.float64), kept])
    return padded, np.concatenate([np.zeros(padding), np.ones(len(kept))])


def filling(count, sequence, value):
    return np.full((count, sequence.shape[1]), value, dtype=float)


def bits(padding, real):
    """A mask: `padding` zeros, then `real` ones."""
    return np.append(np.zeros(padding), np.ones(real))


def split(sequence, length):
    """The rows that are kept, and how many are missing."""
    kept = sequence[:length]
    return kept, length - len(kept)


def padded_right(sequence, length, value):
    kept, missing = split(sequence, length)
    return np.concatenate([kept, filling(missing, sequence, value)])


def both_sides(extra):
    """Half of the padding on each side; `extra`: the odd row goes to the left."""

    def pad(sequence, length, value):
        kept, missing = split(sequence, length)
        left = (missing + extra) // 2
        rows = [filling(left, sequence, value), kept, filling(missing - left, sequence, value)]
        return np.concatenate(rows), np.concatenate([bits(left, len(kept)), np.zeros(missing - left)])

    return pad


def all_on_both_sides(sequence, length, value):
    """As much padding behind the rows as in front: `np.pad` with (missing, missing)."""
    kept, missing = split(sequence, length)
    rows = filling(missing, sequence, value)
    return np.concatenate([rows, kept, rows]), np.append(bits(missing, len(kept)), np.zeros(missing))


def filled(row):
    """Padding with a row made from the sequence, in place of `value`."""

    def pad(sequence, length, value):
        kept, missing = split(sequence, length)
        return np.concatenate([np.tile(row(kept), (missing, 1)), kept]), bits(missing, len(kept))

    return pad


def off_by(count):
    """`count` rows of padding more (or fewer) than are missing."""

    def pad(sequence, length, value):
        kept, missing = split(sequence, length)
        rows = max(missing + count, 0)
        return np.concatenate([filling(rows, sequence, value), kept]), bits(rows, len(kept))

    return pad


def whole(sequence, length, value):
    """Nothing cut off when the sequence is too long."""
    missing = max(length - len(sequence), 0)
    return np.concatenate([filling(missing, sequence, value), sequence]), bits(missing, len(sequence))


def columns(sequence, length, value):
    kept, missing = split(sequence, length)
    return np.concatenate([np.full((len(kept), missing), value), kept], axis=1), bits(missing, len(kept))


def masked(mask):
    """The rows right, and another mask: `mask(missing, kept rows, padded, value)`."""

    def pad(sequence, length, value):
        kept, missing = split(sequence, length)
        padded = right(sequence, length, value)[0]
        return padded, mask(missing, kept, padded, value)

    return pad


def first_filled(sequence, length, value, column):
    """Padding of zeros, but for one column that holds `value`."""
    kept, missing = split(sequence, length)
    rows = filling(missing, sequence, 0.0)
    rows[:, column] = value
    return np.concatenate([rows, kept]), bits(missing, len(kept))


def padded_twice(sequence, length, value, behind):
    """Both axes padded alike, in front, or in front and behind."""
    kept, missing = split(sequence, length)
    return np.pad(kept, (missing, missing * behind), constant_values=value), bits(missing, len(kept))
