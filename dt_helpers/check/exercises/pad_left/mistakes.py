"""The right answer, and what students get wrong when padding a window on the left."""

import numpy as np

from dt_helpers.check.engine.exercise import Mistake, catalogue


def right(sequence, length, value):
    """(t, d) -> (length, d), (length,)"""
    kept = sequence[:length]
    padding = length - len(kept)
    padded = np.concatenate([np.full((padding, sequence.shape[1]), value, dtype=np.float64), kept])
    return padded, np.concatenate([np.zeros(padding), np.ones(len(kept))])


def mistakes() -> tuple[Mistake, ...]:
    return _CATALOGUE


def _rows(count, sequence, value):
    return np.full((count, sequence.shape[1]), value, dtype=float)


def _bits(padding, real):
    """A mask: `padding` zeros, then `real` ones."""
    return np.append(np.zeros(padding), np.ones(real))


def _split(sequence, length):
    """The rows that are kept, and how many are missing."""
    kept = sequence[:length]
    return kept, length - len(kept)


def _padded_right(sequence, length, value):
    kept, missing = _split(sequence, length)
    return np.concatenate([kept, _rows(missing, sequence, value)])


def _both_sides(extra):
    """Half of the padding on each side; `extra`: the odd row goes to the left."""

    def pad(sequence, length, value):
        kept, missing = _split(sequence, length)
        left = (missing + extra) // 2
        rows = [_rows(left, sequence, value), kept, _rows(missing - left, sequence, value)]
        return np.concatenate(rows), np.concatenate([_bits(left, len(kept)), np.zeros(missing - left)])

    return pad


def _all_on_both_sides(sequence, length, value):
    """As much padding behind the rows as in front: `np.pad` with (missing, missing)."""
    kept, missing = _split(sequence, length)
    rows = _rows(missing, sequence, value)
    return np.concatenate([rows, kept, rows]), np.append(_bits(missing, len(kept)), np.zeros(missing))


def _filled(row):
    """Padding with a row made from the sequence, in place of `value`."""

    def pad(sequence, length, value):
        kept, missing = _split(sequence, length)
        return np.concatenate([np.tile(row(kept), (missing, 1)), kept]), _bits(missing, len(kept))

    return pad


def _off_by(count):
    """`count` rows of padding more (or fewer) than are missing."""

    def pad(sequence, length, value):
        kept, missing = _split(sequence, length)
        rows = max(missing + count, 0)
        return np.concatenate([_rows(rows, sequence, value), kept]), _bits(rows, len(kept))

    return pad


def _whole(sequence, length, value):
    """Nothing cut off when the sequence is too long."""
    missing = max(length - len(sequence), 0)
    return np.concatenate([_rows(missing, sequence, value), sequence]), _bits(missing, len(sequence))


def _columns(sequence, length, value):
    kept, missing = _split(sequence, length)
    return np.concatenate([np.full((len(kept), missing), value), kept], axis=1), _bits(missing, len(kept))


def _masked(mask):
    """The rows right, and another mask: `mask(missing, kept rows, padded, value)`."""

    def pad(sequence, length, value):
        kept, missing = _split(sequence, length)
        padded = right(sequence, length, value)[0]
        return padded, mask(missing, kept, padded, value)

    return pad


_FAMILIES = (
    (
        "padded-right",
        "The padding is behind the real rows; it has to be in front of them, so that the newest step is always last.",
        ("In which order are the two parts joined?", "The mask begins with zeros when anything is missing."),
        (
            lambda s, n, v: (_padded_right(s, n, v), right(s, n, v)[1][::-1]),
            lambda s, n, v: (_padded_right(s, n, 0.0), right(s, n, v)[1][::-1]),
        ),
    ),
    (
        "rows-padded-right",
        "The mask is right, but the rows' padding is behind them; it has to be in front of them.",
        ("In which order are the two parts joined?",),
        (lambda s, n, v: (_padded_right(s, n, v), right(s, n, v)[1]),),
    ),
    (
        "mask-side",
        "The rows are right, but the mask says that the padding is behind them.",
        ("The mask's zeros are where the padding is.",),
        (_masked(lambda missing, kept, padded, value: _bits(missing, len(kept))[::-1]),),
    ),
    (
        "mask-inverted",
        "Your mask is 1 for padding and 0 for real rows; it has to be the other way round.",
        ("A 1 in the mask means: a real row.",),
        (
            _masked(lambda missing, kept, padded, value: 1 - _bits(missing, len(kept))),
            lambda s, n, v: (_padded_right(s, n, v), 1 - right(s, n, v)[1][::-1]),
        ),
    ),
    (
        "mask-all-ones",
        "Your mask is 1 everywhere, so the padding passes as real steps.",
        ("Each padded row has a 0 in the mask.",),
        (_masked(lambda missing, kept, padded, value: np.ones(len(padded))),),
    ),
    (
        "mask-all-zeros",
        "Your mask is 0 everywhere, so nothing passes as real.",
        ("Each real row has a 1 in the mask.",),
        (_masked(lambda missing, kept, padded, value: np.zeros(len(padded))),),
    ),
    (
        "mask-holds-value",
        "Your mask holds `value` where the padding is: a mask is 0 there, whatever the rows are filled with.",
        ("The rows and the mask are padded with different numbers.",),
        (_masked(lambda missing, kept, padded, value: np.append(np.full(missing, value), np.ones(len(kept)))),),
    ),
    (
        "mask-too-short",
        "Your mask has numbers for the real rows only; the padded rows need one each, too.",
        ("How long is the padded sequence? The mask is just as long.",),
        (_masked(lambda missing, kept, padded, value: np.ones(len(kept))),),
    ),
    (
        "mask-per-number",
        "Your mask has a number for each number in the sequence; it should have one for each row.",
        ("A whole row is either real or padding: what is the shape of such a mask?",),
        (
            lambda s, n, v: (right(s, n, v)[0], np.repeat(right(s, n, v)[1][:, None], s.shape[1], axis=1)),
            _masked(lambda missing, kept, padded, value: _bits(missing, len(kept))[:, None]),
        ),
    ),
    (
        "value-ignored",
        "The padded rows don't hold `value`.",
        ("What is the third argument for?", "Actions are padded with -10, states with 0: the caller decides."),
        (
            lambda s, n, v: right(s, n, 0.0),
            lambda s, n, v: right(s, n, -10.0),
            lambda s, n, v: right(s, n, 1.0),
            lambda s, n, v: right(s, n, -v),
        ),
    ),
    (
        "value-from-sequence",
        "The padding repeats rows of the sequence; it has to hold `value`.",
        ("What is the third argument for?",),
        (
            _filled(lambda kept: kept[0]),
            _filled(lambda kept: kept[-1]),
            _filled(lambda kept: kept.mean(axis=0)),
        ),
    ),
    (
        "kept-last",
        "A sequence that is too long loses its first rows; the first `length` rows have to be kept.",
        ("A window begins where it was drawn. Which rows are beyond its end?",),
        (lambda s, n, v: right(s[-n:], n, v),),
    ),
    (
        "not-cut",
        "A sequence that is too long comes out too long; only its first `length` rows have to be kept.",
        ("What happens in your function when there are more than `length` rows?",),
        (
            _whole,
            lambda s, n, v: (_whole(s, n, v)[0], right(s, n, v)[1]),
        ),
    ),
    (
        "not-padded",
        "Nothing was padded: `length` rows have to come out, however few go in.",
        ("How many rows are missing? They come first.",),
        (
            lambda s, n, v: (s[:n], np.ones(len(s[:n]))),
            lambda s, n, v: (s, np.ones(len(s))),
            lambda s, n, v: (s[:n], right(s, n, v)[1]),
        ),
    ),
    (
        "only-padding",
        "The real rows are missing: everything is padding.",
        ("After the padding come the rows that went in.",),
        (
            lambda s, n, v: (_rows(n, s, v), right(s, n, v)[1]),
            lambda s, n, v: (_rows(n - len(s[:n]), s, v), np.zeros(n - len(s[:n]))),
        ),
    ),
    (
        "padded-by-length",
        "`length` rows were added; add only as many as are missing.",
        ("How many rows are there already?",),
        (
            lambda s, n, v: (np.concatenate([_rows(n, s, v), s[:n]]), _bits(n, len(s[:n]))),
            lambda s, n, v: (np.concatenate([_rows(n, s, v), s]), _bits(n, len(s))),
        ),
    ),
    (
        "off-by-one",
        "There is one padded row too many or too few.",
        ("How many rows are missing? Try it with two rows and length 4.",),
        (_off_by(1), _off_by(-1)),
    ),
    (
        "both-sides",
        "The padding is on both sides; all of it has to be in front.",
        ("The newest step is always the last row.",),
        (
            _both_sides(0),
            _both_sides(1),
            _all_on_both_sides,
        ),
    ),
    (
        "columns-padded",
        "The columns were padded, so each step became wider; rows are missing, not columns.",
        ("Which axis is time?",),
        (_columns,),
    ),
    (
        "reversed",
        "The rows are in reverse: the padding goes in front, but the real rows keep their order.",
        ("Nothing has to be reversed.",),
        (
            lambda s, n, v: right(s[:n][::-1], n, v),
            lambda s, n, v: tuple(part[::-1] for part in right(s, n, v)),
        ),
    ),
    (
        "results-swapped",
        "The two results are swapped: return the padded sequence first, then the mask.",
        ("Look at the `return` line.",),
        (lambda s, n, v: right(s, n, v)[::-1],),
    ),
    (
        "mask-off-by-one",
        "The rows are right, but the mask's boundary between padding and real rows is off by one step.",
        ("The mask has as many zeros as rows are missing: how does a slice count?",),
        (
            _masked(lambda missing, kept, padded, value: _bits(max(missing - 1, 0), len(padded) - max(missing - 1, 0))),
            _masked(lambda missing, kept, padded, value: _bits(missing + 1, len(kept) - 1)),
            _masked(lambda missing, kept, padded, value: np.append(_bits(missing, len(kept))[1:], 1.0)),
            _masked(lambda missing, kept, padded, value: np.append(0.0, _bits(missing, len(kept))[:-1])),
        ),
    ),
)


_CATALOGUE = catalogue(_FAMILIES)
