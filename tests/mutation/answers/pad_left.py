# %% right
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    missing = length - len(sequence)
    padding = np.full((missing, sequence.shape[1]), value)
    mask = np.array([0] * missing + [1] * len(sequence))
    return np.concatenate([padding, sequence]), mask

# %% right
def pad_left(sequence, length, value):
    t, d = sequence.shape
    n = t if t < length else length
    padded = np.empty((length, d), dtype=np.float64)
    mask = np.zeros(length)
    for i in range(length):
        for j in range(d):
            padded[i, j] = value if i < length - n else sequence[i - (length - n), j]
        if i >= length - n:
            mask[i] = 1
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    rows = [list(row) for row in sequence]
    mask = [1] * len(rows)
    while len(rows) > length:
        rows.pop()
        mask.pop()
    while len(rows) < length:
        rows.insert(0, [value] * sequence.shape[1])
        mask.insert(0, 0)
    return np.array(rows), np.array(mask)

# %% right
def pad_left(sequence, length, value):
    gap = max(0, length - len(sequence))
    padded = np.pad(sequence[:length].astype(float), ((gap, 0), (0, 0)), constant_values=value)
    return padded, (np.arange(length) >= gap).astype(np.int64)

# %% right
def pad_left(sequence, length, value):
    steps = len(sequence)
    if steps >= length:
        return sequence[:length].copy(), np.ones(length, dtype=int)
    out = np.full((length, sequence.shape[1]), float(value))
    out[length - steps :] = sequence
    mask = np.zeros(length, dtype=int)
    mask[length - steps :] = 1
    return out, mask

# %% right
def pad_left(sequence, length, value):
    # index arithmetic: row i of the window is row i - shift of the sequence, if there is one
    shift = length - min(len(sequence), length)
    wanted = np.arange(length) - shift
    mask = np.where(wanted < 0, 0, 1)
    extended = np.vstack([np.full((1, sequence.shape[1]), value), sequence])
    return extended[np.maximum(wanted + 1, 0) * mask], mask

# %% wrong (kept-last): Of a longer sequence it keeps the last rows.
# shows: more rows than length
def pad_left(sequence, length, value):
    sequence = sequence[-length:]
    lacking = length - sequence.shape[0]
    padded = np.vstack((np.full((lacking, sequence.shape[1]), value), sequence))
    return padded, np.concatenate((np.zeros(lacking), np.ones(sequence.shape[0])))

# %% wrong (row-like-padding): The mask is read off the values, so a real row that equals the padding counts as padding.
# shows: value 0 and a real row of zeros
def pad_left(sequence, length, value):
    kept = sequence[:length]
    padded = np.concatenate([np.full((length - len(kept), kept.shape[1]), value), kept])
    mask = (padded != value).any(axis=1).astype(int)
    return padded, mask

# %% wrong (row-like-padding): A step counts as real only if its first number differs from the padding.
# shows: a real row that begins with the padding's value, such as [0, 3] with value 0
def pad_left(sequence, length, value):
    rows, mask = [], []
    for i in range(length):
        k = i - max(length - len(sequence), 0)
        rows.append(sequence[k] if k >= 0 else np.full(sequence.shape[1], value))
    for row in rows:
        mask.append(0 if row[0] == value else 1)
    return np.array(rows), np.array(mask)

# %% wrong (exception): The case of more rows than length is forgotten.
# shows: a sequence longer than length raises a ValueError (negative dimensions)
def pad_left(sequence, length, value):
    t, d = sequence.shape
    padding = np.full((length - t, d), value)
    mask = np.zeros(length)
    mask[length - t :] = 1
    return np.concatenate((padding, sequence), axis=0), mask

# %% wrong (returns-nothing): There is a branch for shorter and one for longer, and none for a sequence that fits.
# shows: exactly length rows give None
def pad_left(sequence, length, value):
    t, d = sequence.shape
    if t < length:
        pad = np.ones((length - t, d)) * value
        return np.concatenate([pad, sequence]), np.array([0] * (length - t) + [1] * t)
    elif t > length:
        return sequence[:length], np.ones(length)

# %% wrong (longer): A longer sequence is cut one row too short and then padded.
# shows: more rows than length
def pad_left(sequence, length, value):
    if len(sequence) > length:
        sequence = sequence[: length - 1]
    n = len(sequence)
    out = np.full((length, sequence.shape[1]), float(value))
    mask = np.zeros(length, dtype=int)
    for i in range(n):
        out[length - n + i] = sequence[i]
        mask[length - n + i] = 1
    return out, mask

# %% wrong (not-cut): The rows are cut to length, the mask is not.
# shows: more rows than length give a mask that is too long
def pad_left(sequence, length, value):
    mask = np.ones(len(sequence))
    gap = length - len(sequence)
    if gap > 0:
        sequence = np.r_[np.full((gap, sequence.shape[1]), value), sequence]
        mask = np.r_[np.zeros(gap), mask]
    return sequence[:length], mask

# %% wrong (wrong-dtype): An integer value makes the whole table one of integers, and the steps lose their fractions.
# shows: float steps and value 0 or -10 written without a point
def pad_left(sequence, length, value):
    kept = sequence[:length]
    padded = np.full((length, kept.shape[1]), value)
    padded[length - len(kept) :] = kept
    mask = np.zeros(length, dtype=np.int64)
    mask[length - len(kept) :] = 1
    return padded, mask

# %% wrong (value-ignored): The padding is always 0.
# shows: any other value, such as -10 for actions
def pad_left(sequence, length, value):
    n = min(len(sequence), length)
    padded = np.zeros((length, sequence.shape[1]), dtype=sequence.dtype)
    mask = np.zeros(length, dtype=int)
    padded[length - n : length] = sequence[0:n]
    mask[length - n : length] = 1
    return padded, mask

# %% wrong (wrong-shape): The window's length is written into the code.
# shows: any length other than 20
def pad_left(sequence, length, value):
    seq = sequence[:20]
    missing = 20 - len(seq)
    top = np.full((missing, seq.shape[1]), value, dtype=float)
    return np.append(top, seq, axis=0), np.append(np.zeros(missing), np.ones(len(seq)))

# %% wrong (mask-off-by-one): The mask starts one step early.
# shows: any padding; with no padding only the last step counts as real
def pad_left(sequence, length, value):
    part = sequence[:length]
    start = length - len(part)
    mask = np.zeros(length)
    mask[start - 1 :] = 1
    return np.concatenate([np.full((start, part.shape[1]), value), part]), mask

# %% wrong (value-of-zero): Padding is only added if the value is not 0.
# shows: a short sequence with value 0
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    t, d = sequence.shape
    mask = np.array([1 if i >= length - t else 0 for i in range(length)])
    if value:
        sequence = np.concatenate([np.full((length - t, d), value), sequence])
    return sequence, mask

# %% wrong (exception): The padding has one column, whatever the sequence has.
# shows: sequences with more than one column and fewer rows than length
def pad_left(sequence, length, value):
    result = sequence[:length]
    mask = [1.0] * len(result)
    while len(mask) < length:
        result = np.concatenate([np.array([[value]]), result])
        mask = [0.0] + mask
    return result, np.array(mask)

# %% wrong (keeps-state): All calls write into one mask, so the masks that were returned before change.
# shows: two calls with the same length; the notebook's plain_batch keeps all masks in a list
_masks = {}


def pad_left(sequence, length, value):
    if length not in _masks:
        _masks[length] = np.zeros(length, dtype=int)
    mask = _masks[length]
    used = min(length, len(sequence))
    mask[:] = 0
    mask[length - used :] = 1
    padded = np.concatenate([np.full((length - used, sequence.shape[1]), value), sequence[:used]])
    return padded, mask

# %% wrong (rows-padded-right): The padding stands on the right; then only the mask is turned round.
# shows: any sequence that is shorter than length
def pad_left(sequence, length, value):
    rows = sequence[:length]
    free = length - len(rows)
    padded = np.concatenate([rows, np.full((free, rows.shape[1]), value)])
    mask = np.concatenate([np.ones(len(rows)), np.zeros(free)])[::-1]
    return padded, mask

# %% wrong (reversed): The rows are put in from the right end one by one and so stand in the wrong order.
# shows: two rows or more in a short sequence
def pad_left(sequence, length, value):
    if len(sequence) >= length:
        return sequence[:length], np.ones(length)
    padded = np.full((length, sequence.shape[1]), value, dtype=float)
    mask = np.zeros(length)
    pos = length - 1
    for row in sequence:
        padded[pos] = row
        mask[pos] = 1
        pos -= 1
    return padded, mask

# %% wrong (nothing-missing): A sequence that has reached the length is returned with a mask of zeros, since the mask is only set where padding is needed.
# shows: length rows or more
def pad_left(sequence, length, value):
    mask = np.zeros(length, dtype=int)
    sequence = sequence[:length]
    need = length - len(sequence)
    if need:
        mask[need:] = 1
        sequence = np.concatenate((np.full((need, sequence.shape[1]), value), sequence))
    return sequence, mask

# %% wrong (kept-last): Where the sequence is longer, the overhanging rows are skipped at its beginning.
# shows: more rows than length
def pad_left(sequence, length, value):
    t, d = sequence.shape
    padded = np.full((length, d), value, dtype=float)
    mask = np.zeros(length, dtype=int)
    src, dst = t - 1, length - 1
    while src >= 0 and dst >= 0:
        padded[dst] = sequence[src]
        mask[dst] = 1
        src -= 1
        dst -= 1
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    kept = sequence[:length]
    missing = length - kept.shape[0]
    filler = np.full((missing, kept.shape[1]), value)
    mask = np.repeat([0, 1], [missing, length - missing])
    return np.concatenate([filler, kept], axis=0), mask

# %% right
def pad_left(sequence, length, value):
    t, d = sequence.shape
    real = min(t, length)
    dtype = np.result_type(sequence, np.asarray(value))
    padded = np.empty((length, d), dtype=dtype)
    padded[: length - real] = value
    padded[length - real :] = sequence[:real]
    return padded, (np.arange(length) >= length - real).astype(np.int64)

# %% right
def pad_left(sequence, length, value):
    rows = np.arange(length) - max(length - len(sequence), 0)
    mask = rows >= 0
    return np.where(mask[:, None], sequence[np.maximum(rows, 0)], value), mask.astype(np.float32)

# %% right
def pad_left(sequence, length, value):
    # roll a repeated copy to the right end, then paint over the front
    n = min(len(sequence), length)
    wide = sequence.astype(np.result_type(sequence.dtype, np.asarray(value).dtype))
    out = np.roll(np.resize(wide[:n], (length, sequence.shape[1])), length - n, axis=0)
    out[: length - n] = value
    mask = np.ones(length, dtype=int)
    mask[: length - n] = 0
    return out, mask

# %% right
def pad_left(sequence, length, value):
    kept = np.asarray(sequence, dtype=float)[:length]
    pad = length - len(kept)
    padded = np.pad(kept, [(pad, 0), (0, 0)], mode="constant", constant_values=float(value))
    mask = np.pad(np.ones(len(kept)), (pad, 0))
    return padded, mask

# %% wrong (kept-last): a longer sequence keeps its last rows, not its first
# shows: more rows than length
def pad_left(sequence, length, value):
    tail = sequence[-length:]
    gap = length - len(tail)
    head = np.full((gap, sequence.shape[1]), value)
    return np.vstack([head, tail]), np.hstack([np.zeros(gap, int), np.ones(len(tail), int)])

# %% wrong (wrong-dtype): np.full takes the dtype of an integer value and cuts the decimals off the real rows
# shows: a float sequence with value=0 or -10 given as an int
def pad_left(sequence, length, value):
    n = min(len(sequence), length)
    padded = np.full((length, sequence.shape[1]), value)
    padded[length - n :] = sequence[:n]
    mask = np.zeros(length)
    mask[length - n :] = 1
    return padded, mask

# %% wrong (row-like-padding): the mask is read off the content: a real row that looks like padding is masked
# shows: a real row that equals value, such as a state of zeros with value 0
def pad_left(sequence, length, value):
    kept = sequence[:length].astype(float)
    padded = np.full((length, kept.shape[1]), float(value))
    padded[length - len(kept) :] = kept
    mask = (padded != value).any(axis=1)
    return padded, mask.astype(int)

# %% wrong (value-ignored): the value is ignored: padding is always 0
# shows: value=-10 with fewer rows than length
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    lack = length - sequence.shape[0]
    return np.pad(sequence, ((lack, 0), (0, 0)), "constant"), np.pad(np.ones(sequence.shape[0]), (lack, 0))

# %% wrong (exception): nothing is cut: a negative pad width raises
# shows: more rows than length: ValueError
def pad_left(sequence, length, value):
    lack = length - sequence.shape[0]
    padded = np.pad(sequence.astype(float), ((lack, 0), (0, 0)), constant_values=value)
    return padded, np.pad(np.ones(len(sequence), dtype=int), (lack, 0))

# %% wrong (kept-last): the gather's index is right-aligned even for longer sequences, so their last rows are kept
# shows: more rows than length
def pad_left(sequence, length, value):
    index = np.arange(length) + len(sequence) - length
    rows = np.take_along_axis(sequence, np.maximum(index, 0)[:, None].repeat(sequence.shape[1], 1), axis=0)
    return np.where(index[:, None] < 0, value, rows), (index >= 0).astype(int)

# %% wrong (longer): the pad count is taken before the cut, so a negative slice end wipes the front of the mask
# shows: more rows than length: real steps are masked
def pad_left(sequence, length, value):
    pad = length - len(sequence)
    front = np.full((max(pad, 0), sequence.shape[1]), value)
    mask = np.ones(length)
    mask[:pad] = 0
    return np.concatenate([front, sequence[:length]]), mask

# %% wrong (not-cut): for a longer sequence the mask has as many entries as the sequence, not length
# shows: more rows than length
def pad_left(sequence, length, value):
    t, d = sequence.shape
    mask = np.concatenate((np.zeros(max(0, length - t), dtype=np.int64), np.ones(t, dtype=np.int64)))
    padded = np.concatenate((np.full((max(0, length - t), d), value), sequence))[:length]
    return padded, mask

# %% wrong (keeps-state): the result lives in a buffer that the next call of the same shape overwrites
# shows: two calls of the same shape, the first result used after the second (plain_batch collects the masks)
_scratch = {}


def pad_left(sequence, length, value):
    d = sequence.shape[1]
    padded, mask = _scratch.setdefault((length, d), (np.empty((length, d)), np.empty(length)))
    n = min(len(sequence), length)
    padded[: length - n], mask[: length - n] = value, 0
    padded[length - n :], mask[length - n :] = sequence[:n], 1
    return padded, mask

# %% wrong (input-changed): turns the rows round inside the caller's array and leaves it so
# shows: any sequence of two different rows: the input is reversed afterwards
def pad_left(sequence, length, value):
    sequence[:] = sequence[::-1].copy()
    kept = sequence[max(len(sequence) - length, 0) :]
    gap = length - len(kept)
    backwards = np.concatenate([kept, np.full((gap, kept.shape[1]), value)])
    return backwards[::-1], np.flip(np.r_[np.ones(len(kept)), np.zeros(gap)])

# %% wrong (mask-per-number): the mask is a column, (length, 1)
# shows: every input: the mask's shape is not (length,)
def pad_left(sequence, length, value):
    n = min(len(sequence), length)
    real = (np.arange(length) >= length - n)[:, None]
    body = np.zeros((length, sequence.shape[1]))
    body[real[:, 0]] = sequence[:n]
    return np.where(real, body, value), real.astype(int)

# %% wrong (padded-right): sequence and mask are padded on the right
# shows: fewer rows than length
def pad_left(sequence, length, value):
    n = min(length, len(sequence))
    order = np.arange(length)
    mask = order < n
    return np.where(mask[:, None], sequence[np.minimum(order, n - 1)], value), mask.astype(int)

# %% wrong (mask-off-by-one): the mask is one step too generous: the last padded row counts as real
# shows: fewer rows than length
def pad_left(sequence, length, value):
    n = min(length, len(sequence))
    padded = np.vstack([np.full((length - n, sequence.shape[1]), value), sequence[:n]])
    return padded, (np.arange(1, length + 1) >= length - n).astype(float)

# %% wrong (nothing-missing): a sequence of exactly length rows is taken for a short one and its mask slice [-0:] clears everything
# shows: as many rows as length: the mask is all 0
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    missing = length - len(sequence)
    mask = np.ones(length, dtype=int)
    mask[::-1][-missing:] = 0
    return np.concatenate([np.full((missing, sequence.shape[1]), value), sequence]), mask

# %% wrong (kept-last): of a longer sequence the last rows are kept instead of the first
# shows: t > length
def pad_left(sequence, length, value):
    kept = sequence[-length:]
    missing = length - len(kept)
    filler = np.full((missing, sequence.shape[1]), value, dtype=sequence.dtype)
    mask = np.r_[np.zeros(missing, dtype=int), np.ones(len(kept), dtype=int)]
    return np.vstack([filler, kept]), mask

# %% wrong (longer): the mask's start is computed from the uncut number of steps
# shows: length < t < 2 * length: real steps are masked
def pad_left(sequence, length, value):
    t, d = sequence.shape
    rows = np.full((length, d), value, dtype=sequence.dtype)
    n = min(t, length)
    rows[length - n :] = sequence[:n]
    mask = np.zeros(length, dtype=np.int64)
    mask[length - t :] = 1
    return rows, mask

# %% wrong (row-like-padding): the mask is read off the values, so a real row that equals the filling counts as padding
# shows: a real step whose components all equal value, e.g. a row of zeros with value 0
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    padded = np.pad(sequence, ((length - len(sequence), 0), (0, 0)), constant_values=value)
    mask = (padded != value).any(axis=1).astype(int)
    return padded, mask

# %% wrong (value-ignored): padded rows are always 0, value is ignored
# shows: value other than 0, e.g. -10 as for actions
def pad_left(sequence, length, value):
    out = np.zeros((length, sequence.shape[1]), dtype=sequence.dtype)
    steps = sequence[:length]
    start = length - steps.shape[0]
    out[start:] = steps
    return out, (np.arange(length) >= start).astype(np.int64)

# %% wrong (mask-off-by-one): the mask is off by one: the first real step is marked as padding
# shows: any sequence shorter than length (and also a full one)
def pad_left(sequence, length, value):
    seq = sequence[:length]
    n_pad = length - seq.shape[0]
    padding = np.repeat(np.array([[value]], dtype=seq.dtype), n_pad, axis=0).repeat(seq.shape[1], axis=1)
    mask = np.array([1 if position > n_pad else 0 for position in range(length)])
    return np.concatenate((padding, seq), axis=0), mask

# %% wrong (keeps-state): the same mask buffer is handed out at every call and overwritten by the next
# shows: masks that are kept while further sequences are padded, as in plain_batch of the next cells
_mask_buffers = {}


def pad_left(sequence, length, value):
    # the mask is needed for every window, so allocate it only once
    mask = _mask_buffers.setdefault(length, np.zeros(length, dtype=np.int64))
    real = min(len(sequence), length)
    mask[: length - real] = 0
    mask[length - real :] = 1
    padded = np.full((length, sequence.shape[1]), value, dtype=sequence.dtype)
    padded[mask == 1] = sequence[:real]
    return padded, mask

# %% wrong (mask-side): the rows are padded on the left, but the mask as if they were padded on the right
# shows: any sequence shorter than length
def pad_left(sequence, length, value):
    steps = list(sequence[:length])
    mask = [1] * len(steps)
    while len(steps) < length:
        steps.insert(0, np.full(sequence.shape[1], value, dtype=sequence.dtype))
        mask.append(0)
    return np.array(steps), np.array(mask)

# %% wrong (wrong-shape): a sequence with fewer rows than columns is taken for a transposed one
# shows: fewer steps than components, e.g. 3 steps of 17 numbers
def pad_left(sequence, length, value):
    sequence = np.atleast_2d(sequence)
    if sequence.shape[0] < sequence.shape[1]:
        sequence = sequence.T  # steps came as columns, as MATLAB stores them
    sequence = sequence[:length]
    k = length - sequence.shape[0]
    padded = np.concatenate([np.full((k, sequence.shape[1]), value, dtype=sequence.dtype), sequence])
    mask = np.concatenate([np.zeros(k), np.ones(length - k)]).astype(int)
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    real = min(len(sequence), length)
    padded = np.full((length, sequence.shape[1]), value, dtype=np.result_type(sequence, value))
    mask = np.zeros(length, dtype=int)
    padded[length - real :] = sequence[:real]
    mask[length - real :] = 1
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    kept = sequence[:length]
    missing = max(length - len(sequence), 0)
    return (
        np.pad(kept, [(missing, 0), (0, 0)], mode="constant", constant_values=value),
        np.pad(np.ones(len(kept), dtype=np.int64), (missing, 0)),
    )

# %% right
def pad_left(sequence, length, value):
    """Gather by a table of indices, as the collator does it; index -1 and below is padding."""
    if sequence.ndim != 2:
        raise ValueError(f"expected (t, d), got {sequence.shape}")
    steps = np.arange(length) - max(0, length - sequence.shape[0])
    mask = steps >= 0
    rows = sequence[np.where(mask, steps, 0)]
    return np.where(mask[:, None], rows, value), mask.astype(np.float32)

# %% right
def pad_left(sequence, length, value):
    def grow(rows, flags):
        if len(rows) == length:
            return np.stack(rows), np.array(flags)
        return grow([np.full_like(rows[-1], value)] + rows, [0] + flags)

    first = [row for row, _ in zip(sequence, range(length))]
    return grow(first, [1 for _ in first])

# %% wrong (row-like-padding): the mask is found by comparing the padded rows with the value, so real steps that happen to equal the value count as padding.
# shows: pad_left(np.array([[0.], [1.]]), 3, 0.0) gives the mask [0, 0, 1] instead of [0, 1, 1].
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    missing = length - len(sequence)
    padded = np.pad(sequence, ((missing, 0), (0, 0)), constant_values=value)
    mask = np.any(padded != value, axis=1).astype(int)
    return padded, mask

# %% wrong (longer): the mask's first real entry is computed from the uncut number of steps, which turns negative for a sequence longer than `length`.
# shows: pad_left(np.arange(6.)[:, None], 4, 0.0) gives the mask [0, 0, 1, 1] though all four rows are real.
def pad_left(sequence, length, value):
    t, d = sequence.shape
    padded = np.full((length, d), float(value))
    kept = sequence[:length]
    padded[length - len(kept):] = kept
    mask = np.zeros(length)
    mask[length - t:] = 1
    return padded, mask

# %% wrong (wrong-dtype): np.full takes its dtype from the value, so an integer value cuts the decimals off the real steps.
# shows: pad_left(np.array([[0.5], [1.7]]), 3, 0) gives [[0], [0], [1]].
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    n, d = sequence.shape
    out = np.full((length, d), value)
    mask = np.full(length, 0)
    out[length - n :, :] = sequence
    mask[length - n :] = 1
    return out, mask

# %% wrong (exception): handles shorter and longer sequences and forgets the one that fits exactly.
# shows: pad_left(np.ones((4, 2)), 4, 0.0) raises UnboundLocalError.
def pad_left(sequence, length, value):
    t = sequence.shape[0]
    d = sequence.shape[1]
    if t < length:
        filler = np.ones((length - t, d)) * value
        result = np.vstack((filler, sequence))
        mask = np.array([0] * (length - t) + [1] * t)
    if t > length:
        result = sequence[0:length]
        mask = np.ones(length)
    return result, mask

# %% wrong (keeps-state): the output lives in a buffer that is kept between calls, so the next call changes what the last one returned and old rows show up as padding.
# shows: a, _ = pad_left(np.ones((3, 1)), 3, 0.0), then pad_left(np.full((1, 1), 7.), 3, 0.0) gives [[1], [1], [7]], and a has changed, too.
from functools import lru_cache


@lru_cache(maxsize=None)
def _buffer(length, d, value):
    """Allocate only once, allocation is slow."""
    return np.full((length, d), float(value)), np.zeros(length)


def pad_left(sequence, length, value):
    padded, mask = _buffer(length, sequence.shape[1], value)
    steps = sequence[:length]
    first = length - steps.shape[0]
    padded[first:] = steps
    mask[:first] = 0
    mask[first:] = 1
    return padded, mask

# %% wrong (exception): padding rows have a single number, as in the example, so a sequence of more than one column can't be joined with them.
# shows: pad_left(np.ones((2, 3)), 4, 0.0) raises ValueError.
def pad_left(sequence, length, value):
    rows = [list(row) for row in sequence]
    rows = rows[:length]
    mask = [1] * len(rows)
    while len(rows) < length:
        rows.insert(0, [value])
        mask.insert(0, 0)
    return np.array(rows), np.array(mask)

# %% wrong (kept-last): of a longer sequence the last `length` steps are kept instead of the first.
# shows: pad_left(np.array([[1.], [2.], [3.]]), 2, 0.0) gives [[2], [3]] instead of [[1], [2]].
def pad_left(sequence, length, value):
    x = sequence[-length:]
    n_pad = length - x.shape[0]
    pad = np.full((n_pad, x.shape[1]), value, dtype=float)
    return np.concatenate([pad, x], axis=0), np.concatenate([np.zeros(n_pad), np.ones(len(x))])

# %% wrong (columns-padded): np.pad with one pair of widths pads both axes, so columns are added on the left, too.
# shows: pad_left(np.array([[5.], [6.]]), 4, 0.0) has the shape (4, 3).
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    n = length - len(sequence)
    mask = np.pad(np.ones(len(sequence)), (n, 0))
    return np.pad(sequence, (n, 0), mode="constant", constant_values=value), mask

# %% right
# style: one gather out of a table whose first row is the padding
def pad_left(sequence, length, value):
    kept = sequence[:length].astype(float)
    table = np.vstack([np.full((1, kept.shape[1]), float(value)), kept])
    source = np.arange(length) - (length - len(kept)) + 1  # below 1: padding
    mask = (source >= 1).astype(np.int64)
    return table[np.maximum(source, 0)], mask

# %% right
# style: C programmer, two nested loops and explicit indices
def pad_left(sequence, length, value):
    t = sequence.shape[0]
    d = sequence.shape[1]
    n = t if t < length else length
    off = length - n
    out = np.empty((length, d), dtype=np.float64)
    mask = np.empty(length, dtype=np.int32)
    for i in range(length):
        real = 1 if i >= off else 0
        mask[i] = real
        for j in range(d):
            out[i, j] = sequence[i - off, j] if real else value
    return out, mask

# %% right
# style: iterators, a chain of repeated padding rows and a slice of the sequence
from itertools import chain, islice, repeat


def pad_left(sequence, length, value):
    t, d = sequence.shape
    missing = max(length - t, 0)
    rows = chain(repeat([value] * d, missing), islice(map(list, sequence), length))
    flags = chain(repeat(0.0, missing), repeat(1.0, length - missing))
    padded = np.array(list(rows), dtype=float).reshape(length, d)
    return padded, np.fromiter(flags, dtype=np.float32, count=length)

# %% right
# style: pads far too much and takes a window out of it; the mask is padded together with the steps, as one more column
def pad_left(sequence, length, value):
    with_flag = np.column_stack([sequence[:length], np.ones(min(length, len(sequence)))]).astype(float)
    empty = np.full((length, with_flag.shape[1]), float(value))
    empty[:, -1] = 0.0
    everything = np.concatenate([empty, with_flag])
    window = everything[len(with_flag) :]
    return window[:, :-1], window[:, -1]

# %% wrong (row-like-padding): the mask is read off the rows: a row which equals the padding counts as padding
def pad_left(sequence, length, value):
    t, d = sequence.shape
    padded = np.ones((length, d)) * value
    keep = min(t, length)
    padded[length - keep :] = sequence[:keep]
    mask = np.any(padded != value, axis=1).astype(int)
    return padded, mask

# %% wrong (exception): never cuts; np.pad refuses a negative width
def pad_left(sequence, length, value):
    missing = length - sequence.shape[0]
    rows = np.pad(sequence, ((missing, 0), (0, 0)), mode="constant", constant_values=value)
    mask = np.pad(np.ones(sequence.shape[0]), (missing, 0))
    return rows, mask

# %% right
def pad_left(sequence, length, value):
    kept = sequence[:length]
    missing = length - len(kept)
    padding = np.full((missing, sequence.shape[1]), value, dtype=sequence.dtype)
    mask = np.array([0] * missing + [1] * len(kept))
    return np.vstack([padding, kept]), mask

# %% wrong (row-like-padding): finds the padding again by its value, so real rows that are equal to it count as padding
def pad_left(sequence, length, value):
    clipped = sequence[:length]
    pad = length - len(clipped)
    padded = np.pad(clipped, ((pad, 0), (0, 0)), mode="constant", constant_values=value)
    mask = np.any(padded != value, axis=1).astype(int)
    return padded, mask

# %% wrong (not-cut): the rows are cut to `length`, but the mask is made for all t steps
def pad_left(sequence, length, value):
    t, d = sequence.shape
    missing = length - t
    rows = [[value] * d for _ in range(missing)] + sequence.tolist()
    mask = [0] * missing + [1] * t
    return np.array(rows[:length], dtype=sequence.dtype), np.array(mask)

# %% right
def pad_left(sequence, length, value):
    position = np.arange(length) - max(length - sequence.shape[0], 0)  # row i holds step position[i]
    mask = position >= 0
    rows = np.where(mask[:, None], sequence[np.maximum(position, 0)], float(value))
    return rows, mask.astype(np.int64)

# %% wrong (row-like-padding): reads the mask off the padded rows: a real row that happens to hold `value` everywhere counts as padding
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    missing = length - len(sequence)
    padded = np.pad(sequence, ((missing, 0), (0, 0)), constant_values=value)
    mask = np.any(padded != value, axis=1).astype(int)
    return padded, mask

# %% wrong (exception): the filler is a list of rows; without a missing row it is [], which vstack takes for one row of no columns
def pad_left(sequence, length, value):
    rows = sequence[:length]
    missing = length - len(rows)
    filler = [[value] * sequence.shape[1] for _ in range(missing)]
    mask = [0] * missing + [1] * len(rows)
    return np.vstack([filler, rows]), np.array(mask)

# %% right
def pad_left(sequence, length, value):
    t, d = sequence.shape
    out = np.empty((length, d), dtype=sequence.dtype)
    mask = np.zeros(length)
    gap = max(length - t, 0)
    for i in range(length):
        if i < gap:
            out[i] = value
        else:
            out[i] = sequence[i - gap]
            mask[i] = 1
    return out, mask

# %% wrong (wrong-dtype): np.full with an int as value makes an integer array, and the sequence's floats are cut off when written into it
def pad_left(sequence, length, value):
    t = min(len(sequence), length)
    rows = np.full((length, sequence.shape[1]), value)
    rows[length - t :] = sequence[:t]
    mask = np.zeros(length, dtype=int)
    mask[length - t :] = 1
    return rows, mask

# %% wrong (row-like-padding): the mask is read off the values: a row that is all `value` counts as padding
def pad_left(sequence, length, value):
    missing = max(0, length - sequence.shape[0])
    rows = np.pad(sequence[:length], ((missing, 0), (0, 0)), constant_values=value)
    mask = np.any(rows != value, axis=1).astype(int)
    return rows, mask

# %% right
def pad_left(sequence, length, value):
    k = min(len(sequence), length)
    rows = np.full_like(sequence, value, shape=(length, sequence.shape[1]))
    rows[length - k :] = sequence[:k]
    return rows, (np.arange(length) >= length - k).astype(np.int64)

# %% wrong (kept-last): keeps the last rows of a longer sequence instead of the first
def pad_left(sequence, length, value):
    sequence = sequence[-length:]
    n_pad = length - len(sequence)
    padded = np.pad(sequence, ((n_pad, 0), (0, 0)), constant_values=value)
    mask = np.r_[np.zeros(n_pad, dtype=int), np.ones(len(sequence), dtype=int)]
    return padded, mask

# %% wrong (row-like-padding): finds the padding by its value, so a real step that consists of that value is masked too
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    t, d = sequence.shape
    filler = np.full((length - t, d), float(value))
    out = np.vstack([filler, sequence])
    mask = (out != value).any(axis=1).astype(int)
    return out, mask

# %% right
def pad_left(sequence, length, value):
    rows = list(sequence[:length])
    n_real = len(rows)
    empty = [np.full(sequence.shape[1], value, dtype=sequence.dtype)]
    padded = np.array(empty * (length - n_real) + rows)
    mask = np.array([0] * (length - n_real) + [1] * n_real)
    return padded, mask

# %% wrong (wrong-dtype): np.full takes its dtype from the value, and a whole number makes an array of whole numbers that cuts the decimals off
def pad_left(sequence, length, value):
    kept = sequence[:length]
    n = len(kept)
    padded = np.full((length, sequence.shape[1]), value)
    padded[length - n :] = kept
    mask = np.zeros(length)
    mask[length - n :] = 1
    return padded, mask

# %% wrong (row-like-padding): finds the padding again by its value, so real steps that look the same are masked
def pad_left(sequence, length, value):
    t, d = sequence.shape
    if t < length:
        filler = np.ones((length - t, d)) * value
        sequence = np.vstack((filler, sequence))
    sequence = sequence[:length]
    mask = (sequence != value).any(axis=1).astype(int)
    return sequence, mask

# %% right
def pad_left(sequence, length, value):
    rows = sequence[:length]
    missing = length - rows.shape[0]
    padded = np.pad(rows, ((missing, 0), (0, 0)), mode="constant", constant_values=value)
    mask = np.pad(np.ones(rows.shape[0], dtype=int), (missing, 0))
    return padded, mask

# %% wrong (row-like-padding): the mask is read off the padded rows, by comparing them with `value`; a real row can hold just that value
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    n_pad = length - len(sequence)
    padded = np.pad(sequence, ((n_pad, 0), (0, 0)), constant_values=value)
    mask = (padded != value).any(axis=1).astype(int)
    return padded, mask

# %% wrong (longer): the number of padded rows is computed before cutting, and is negative for a longer sequence: mask[:-2] = 0
def pad_left(sequence, length, value):
    t, d = sequence.shape
    missing = length - t
    padded = np.full((length, d), float(value))
    if missing > 0:
        padded[missing:] = sequence
    else:
        padded[:] = sequence[:length]
    mask = np.ones(length, dtype=int)
    mask[:missing] = 0
    return padded, mask

# %% right
from itertools import chain, islice, repeat


def pad_left(sequence, length, value):
    t, d = sequence.shape
    missing = max(length - t, 0)
    filler = np.full(d, value, dtype=sequence.dtype)
    rows = islice(chain(repeat(filler, missing), sequence), length)
    mask = islice(chain(repeat(0, missing), repeat(1)), length)
    return np.array(list(rows)), np.array(list(mask))

# %% wrong (wrong-dtype): np.full with a whole number as value makes an integer array; the steps are cut to whole numbers
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    t, d = sequence.shape
    padded = np.full((length, d), value)
    padded[length - t :] = sequence
    mask = np.zeros(length)
    mask[length - t :] = 1
    return padded, mask

# %% wrong (row-like-padding): finds the mask by comparing the padded rows with `value`
def pad_left(sequence, length, value):
    missing = max(length - len(sequence), 0)
    filler = np.full((missing, sequence.shape[1]), value, dtype=sequence.dtype)
    rows = np.vstack([filler, sequence])[:length]
    mask = (rows != value).any(axis=1).astype(int)
    return rows, mask

# %% right
def pad_left(sequence, length, value):
    real = sequence[:length]
    n = length - len(real)
    padded = np.pad(real, [(n, 0), (0, 0)], constant_values=value)
    return padded, (np.arange(length) >= n).astype(np.int64)

# %% wrong (wrong-dtype): np.full with an integer value makes an integer array, in which the floats are cut off
def pad_left(sequence, length, value):
    sequence = sequence[:length]
    t, d = sequence.shape
    padded = np.full((length, d), value)
    padded[length - t:] = sequence
    mask = np.zeros(length, dtype=int)
    mask[length - t:] = 1
    return padded, mask

# %% wrong (row-like-padding): finds the real rows by comparing with the padding's value, so a real row that equals it is masked
def pad_left(sequence, length, value):
    kept = sequence[:length]
    padded = np.pad(kept, ((length - len(kept), 0), (0, 0)), constant_values=value)
    mask = np.any(padded != value, axis=1).astype(np.int64)
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    rows = sequence[:length]
    missing = length - rows.shape[0]
    filler = np.full((missing, rows.shape[1]), value, dtype=rows.dtype)
    mask = (np.arange(length) >= missing).astype(int)
    return np.vstack([filler, rows]), mask

# %% wrong (wrong-dtype): np.full takes its dtype from `value`: with a whole number it is an integer array, and the floats are cut off
def pad_left(sequence, length, value):
    rows = min(len(sequence), length)
    out = np.full((length, sequence.shape[1]), value)
    mask = np.zeros(length, dtype=int)
    out[length - rows :] = sequence[:rows]
    mask[length - rows :] = 1
    return out, mask

# %% wrong (not-cut): the mask is c(rep(0, length - t), rep(1, t)) with the t of before the cut: for a longer sequence it has t entries
def pad_left(sequence, length, value):
    t = sequence.shape[0]
    missing = max(length - t, 0)
    mask = np.repeat([0, 1], [missing, t])
    filler = np.repeat([[float(value)]], missing, axis=0) * np.ones((1, sequence.shape[1]))
    padded = np.vstack([filler, sequence[0:length]])
    return padded, mask

# %% right
def pad_left(sequence, length, value):
    cut = sequence[:length]
    gap = length - len(cut)
    padded = np.pad(cut, [(gap, 0), (0, 0)], mode="constant", constant_values=value)
    return padded, (np.arange(length) >= gap).astype(np.int64)
