# %% right
def context_window(sequence, length):
    return sequence[-length:]

# %% right
def context_window(sequence, length):
    t = len(sequence)
    start = t - length if t > length else 0
    return sequence[start:t]

# %% right
def context_window(sequence, length):
    while len(sequence) > length:
        sequence = sequence[1:]
    return sequence

# %% right
def context_window(sequence, length):
    rows = []
    i = sequence.shape[0] - 1
    while i >= 0 and len(rows) < length:
        rows.append(i)
        i -= 1
    return sequence[rows[::-1]]

# %% right
def context_window(sequence, length):
    if sequence.shape[0] <= length:
        return sequence
    too_many = sequence.shape[0] - length
    return sequence[too_many:, :]

# %% wrong (from-the-start): The first rows are kept and not the last.
# shows: more rows than length
def context_window(sequence, length):
    return sequence[:length]

# %% wrong (newest-missing): The newest row is cut off.
# shows: every input
def context_window(sequence, length):
    return sequence[-length - 1 : -1] if len(sequence) > length else sequence[:-1]

# %% wrong (just-begun): With fewer rows than length the start is negative and counts from the end.
# shows: between length / 2 and length rows, such as 15 of 20, where 5 are kept
def context_window(sequence, length):
    start = len(sequence) - length
    return sequence[start:]

# %% wrong (one-more): A window of length + 1 rows is still let through.
# shows: exactly one row more than length
def context_window(sequence, length):
    n = len(sequence)
    if n - 1 <= length:
        return sequence
    return sequence[n - length : n]

# %% wrong (one-too-few): It removes rows until there are fewer than length.
# shows: length rows or more
def context_window(sequence, length):
    first = 0
    while len(sequence) - first >= length:
        first += 1
    return sequence[first:]

# %% wrong (length-fixed): The window is always 20 rows.
# shows: a length other than 20
def context_window(sequence, length):
    K = 20
    return sequence[-K:]

# %% wrong (single-row): A window of one row loses its first dimension.
# shows: length = 1
def context_window(sequence, length):
    if length == 1:
        return sequence[-1]
    return sequence[max(len(sequence) - length, 0) :]

# %% wrong (columns): The last columns are taken and not the last rows.
# shows: more rows than length
def context_window(sequence, length):
    return sequence[:, -length:]

# %% wrong (blocks): It starts a new window after each length rows and doesn't slide.
# shows: more rows than length, such as 25 of 20, where 5 are kept
def context_window(sequence, length):
    full_blocks = (len(sequence) - 1) // length
    return sequence[full_blocks * length :]

# %% wrong (zeros): Rows of zeros are taken for padding and dropped.
# shows: a real row of zeros, as the newest action's always is
def context_window(sequence, length):
    kept = [i for i in range(len(sequence)) if (sequence[i] != 0).any()]
    return sequence[kept[-length:]]

# %% wrong (input-changed): The rows are moved to the front of the caller's own array.
# shows: more rows than length: the history that was passed in is overwritten
def context_window(sequence, length):
    t = len(sequence)
    if t <= length:
        return sequence
    for i in range(length):
        sequence[i] = sequence[t - length + i]
    return sequence[:length]

# %% wrong (reversed): The window comes with the newest row first.
# shows: two rows or more
def context_window(sequence, length):
    newest_first = list(range(len(sequence) - 1, -1, -1))
    return sequence[newest_first[:length]]

# %% wrong (just-begun): A short sequence is filled up to length with copies of its first row.
# shows: fewer rows than length
def context_window(sequence, length):
    last = len(sequence) - 1
    index = [max(0, last - k) for k in range(length)]
    return sequence[index[::-1]]

# %% right
def context_window(sequence, length):
    return sequence[max(0, sequence.shape[0] - length) :]

# %% right
def context_window(sequence, length):
    first = len(sequence) - min(len(sequence), length)
    return sequence[slice(first, None), ...]

# %% right
def context_window(sequence, length):
    while len(sequence) > length:
        sequence = sequence[1:]
    return sequence

# %% right
def context_window(sequence, length):
    age = np.arange(len(sequence))[::-1]
    return sequence[(age < length).nonzero()[0]]

# %% wrong (just-begun): the start is not kept at 0, and a negative start counts from the end
# shows: fewer rows than length but more than half of it, such as 15 of 20: only 5 are left
def context_window(sequence, length):
    t = sequence.shape[0]
    return sequence[t - length : t]

# %% wrong (from-the-start): keeps the first rows
# shows: more rows than length
def context_window(sequence, length):
    return sequence[: min(length, len(sequence))]

# %% wrong (padded): pads a short sequence to length with zeros on the left
# shows: fewer rows than length
def context_window(sequence, length):
    buffer = torch.zeros(length, sequence.shape[1], dtype=sequence.dtype)
    n = min(length, sequence.shape[0])
    buffer[length - n :] = sequence[sequence.shape[0] - n :]
    return buffer

# %% wrong (one-too-many): one row too many is kept
# shows: more rows than length
def context_window(sequence, length):
    return sequence[-(length + 1) :]

# %% wrong (newest-missing): the newest row is left out
# shows: every input
def context_window(sequence, length):
    return sequence[-length - 1 : -1]

# %% wrong (squeezed): squeezes, which drops the second dimension of one-column sequences
# shows: d = 1, such as the returns and timesteps
def context_window(sequence, length):
    return sequence.narrow(0, max(len(sequence) - length, 0), min(length, len(sequence))).squeeze(-1)

# %% wrong (columns): cuts columns, not rows
# shows: more rows than length, or more columns than length
def context_window(sequence, length):
    return sequence[:, -length:]

# %% wrong (reversed): the newest row comes first
# shows: two rows or more that are kept
def context_window(sequence, length):
    return torch.flip(sequence, dims=(0,))[:length]

# %% wrong (length-fixed): a window of 20 whatever length says
# shows: another length than 20
def context_window(sequence, length=20, K=20):
    return sequence[-K:]

# %% wrong (exception): sliding windows need at least length rows
# shows: fewer rows than length: RuntimeError at the start of an episode
def context_window(sequence, length):
    return sequence.unfold(0, length, 1)[-1].t()

# %% wrong (wrong-dtype): goes through float32 and so turns integer timesteps into floats
# shows: an integer sequence: an embedding cannot look up floats
def context_window(sequence, length):
    kept = torch.zeros(min(len(sequence), length), sequence.shape[1])
    kept[:] = sequence[-length:]
    return kept

# %% right
def context_window(sequence, length):
    kept = min(length, len(sequence))
    return sequence[-kept:]

# %% wrong (padded): short sequences are filled up with zeros to the full length
# shows: t < length
def context_window(sequence, length):
    t, d = sequence.shape
    window = torch.zeros((length, d), dtype=sequence.dtype)
    kept = sequence[-length:]
    window[length - len(kept) :] = kept
    return window

# %% wrong (just-begun): the start becomes negative for a short sequence and then counts from the end
# shows: t < length, e.g. 3 steps with length 5 gives 2
def context_window(sequence, length):
    t = len(sequence)
    return sequence[t - length :]

# %% wrong (columns): the last columns are taken instead of the last rows
# shows: t > length: all rows come back
def context_window(sequence, length):
    return sequence[..., -length:]

# %% wrong (keeps-state): windows of the same shape share one buffer, so the next call overwrites the last result
# shows: several windows that are kept at once, as in run_episode: wanted and timesteps have the same shape
_windows = {}


def context_window(sequence, length):
    newest = sequence[-length:]
    shape = tuple(newest.shape)
    if shape not in _windows:
        _windows[shape] = torch.empty(shape)
    _windows[shape].copy_(newest)
    return _windows[shape]

# %% wrong (blocks): the episode is cut into blocks of length steps, and only the begun block is kept
# shows: t > length, e.g. 7 steps with length 5 gives 2
def context_window(sequence, length):
    n = len(sequence)
    in_block = n % length or length
    return sequence[-in_block:]

# %% wrong (reversed): the newest step comes first
# shows: any sequence of more than one step
def context_window(sequence, length):
    backwards = sequence.flip(0)
    return backwards[:length]

# %% wrong (squeezed): a dimension of size 1 is squeezed away
# shows: d = 1, as for the returns and timesteps, or a single step
def context_window(sequence, length):
    start = max(len(sequence) - length, 0)
    return sequence[start:].squeeze()

# %% wrong (one-too-few): end - length + 1 : end of MATLAB, whose end counts, is off by one: only length - 1 steps remain
# shows: t >= length
def context_window(sequence, length):
    last = len(sequence)
    first = max(0, last - length + 1)
    return sequence[first:last]

# %% right
def context_window(sequence, length):
    return sequence[-length:]

# %% right
def context_window(sequence, length):
    begin = max(0, len(sequence) - length)
    return sequence[begin : begin + length]

# %% right
def context_window(sequence, length):
    if not isinstance(length, int) or length < 1:
        raise ValueError(f"length must be a positive integer, not {length!r}")
    steps = sequence.shape[0]
    if steps <= length:
        return sequence
    return sequence[steps - length :, :]

# %% right
from collections import deque


def context_window(sequence, length):
    newest = deque(range(len(sequence)), maxlen=length)
    return sequence[list(newest)]

# %% wrong (just-begun): t - length is below 0 for a sequence shorter than `length`, and a negative start counts from the end.
# shows: t = 3, length = 5: only the last 2 rows are kept instead of all 3.
def context_window(sequence, length):
    t = sequence.shape[0]
    return sequence[t - length : t]

# %% wrong (padded): pads short sequences with zeros up to `length` rows instead of keeping what there is.
# shows: t = 2, length = 4: the result has 4 rows.
def context_window(sequence, length):
    window = sequence[-length:]
    missing = length - window.shape[0]
    if missing > 0:
        zeros = torch.zeros((missing, window.shape[1]), dtype=window.dtype)
        window = torch.cat((zeros, window))
    return window

# %% wrong (one-too-few): off by one, keeps length - 1 rows, and everything for length 1.
# shows: t = 5, length = 3: two rows; length = 1: all five.
def context_window(sequence, length):
    if len(sequence) <= length:
        return sequence
    return sequence[-(length - 1):]

# %% wrong (squeezed): squeezes the result, so a single row or a single column loses its dimension.
# shows: a sequence (5, 1), as the returns are, with length 3 gives a result of shape (3,).
def context_window(sequence, length):
    n = min(len(sequence), length)
    rows = sequence[len(sequence) - n:]
    return rows.squeeze()

# %% wrong (wrong-dtype): everything is turned into floats, though timesteps are integers that an embedding has to look up.
# shows: torch.arange(5)[:, None], length 3: the result's dtype is float32 instead of int64.
def context_window(sequence, length):
    newest = [row.tolist() for row in sequence][-length:]
    return torch.tensor(newest, dtype=torch.float32)

# %% wrong (blocks): cuts the sequence into blocks of `length` and returns the block that is being filled, instead of a window that slides.
# shows: t = 7, length = 3: the result is the last row only.
def context_window(sequence, length):
    t = len(sequence)
    block = (t - 1) // length
    begin = block * length
    return sequence[begin:t]

# %% wrong (exception): keeps its own memory between calls and appends the newest row to it, so rows of other sequences and earlier episodes are returned.
# shows: context_window(a, 3) with a of 2 rows and then context_window(b, 3) with b of 1 row: the second result has the rows of both.
from collections import deque

_memory = deque()


def context_window(sequence, length):
    """Called once a step, so only the newest row has to be added."""
    if not _memory:
        _memory.extend(sequence)
    else:
        _memory.append(sequence[-1])
    while len(_memory) > length:
        _memory.popleft()
    return torch.stack(list(_memory))

# %% wrong (reversed): the newest step comes first: the order is turned round and not turned back.
# shows: rows 1, 2, 3 with length 2 give 3, 2 instead of 2, 3.
def context_window(sequence, length):
    newest_first = torch.flip(torch.as_tensor(sequence), dims=[0])
    return newest_first[:length]

# %% right
# style: a slice object
def context_window(sequence, length):
    last = slice(-length, None)
    return sequence[last]

# %% right
# style: drops the oldest row until the rest fits
def context_window(sequence, length):
    window = sequence
    while len(window) > length:
        window = window[1:]
    return window

# %% right
# style: max() in the index and type annotations for whatever can be sliced
from typing import TypeVar

Rows = TypeVar("Rows")


def context_window(sequence: Rows, length: int) -> Rows:
    t, _ = sequence.shape
    return sequence[max(0, t - length) : t, ...]

# %% right
# style: a list of indices that are young enough
def context_window(sequence, length):
    age = {i: len(sequence) - 1 - i for i in range(len(sequence))}
    return sequence[[i for i in age if age[i] < length]]

# %% wrong (just-begun): the start t - length becomes negative early in the episode and counts from the end
def context_window(sequence, length):
    start = sequence.shape[0] - length
    return sequence[start:]

# %% wrong (wrong-dtype): copies into a float tensor, so timesteps are no whole numbers any more
def context_window(sequence, length):
    t, d = sequence.shape
    n = min(t, length)
    window = torch.zeros(n, d)
    for i in range(n):
        window[i] = sequence[t - n + i]
    return window

# %% wrong (reversed): flips to have the newest first, cuts, and forgets to flip back
def context_window(sequence, length):
    newest_first = torch.flip(sequence, dims=[0])
    return newest_first[:length]

# %% right
def context_window(sequence, length):
    t = sequence.size(0)
    n = min(t, length)
    return sequence.narrow(0, t - n, n)

# %% wrong (just-begun): sequence(end-length+1:end); with fewer than `length` steps the start is below 0 and counts from the end
def context_window(sequence, length):
    t = sequence.shape[0]
    first = t - length
    return sequence[first:, :]

# %% wrong (wrong-dtype): copies into a new float tensor, so the timesteps are no whole numbers any more
def context_window(sequence, length):
    t, d = sequence.size()
    n = t if t < length else length
    window = torch.zeros(n, d)
    for i in range(n):
        for j in range(d):
            window[i, j] = sequence[t - n + i, j]
    return window

# %% wrong (exception): unfold makes windows of exactly `length` rows, and there is none when the episode is shorter
def context_window(sequence, length):
    windows = sequence.unfold(0, length, 1)  # (t - length + 1, d, length)
    return windows[-1].transpose(0, 1)

# %% right
def context_window(sequence, length):
    total = sequence.size(0)
    count = min(total, length)
    return sequence.narrow(0, total - count, count)

# %% wrong (wrong-dtype): copies row by row into torch.zeros, which is float32: whole timesteps become floats
def context_window(sequence, length):
    t, d = sequence.shape
    n = t if t < length else length
    window = torch.zeros(n, d)
    for i in range(n):
        for j in range(d):
            window[i, j] = sequence[t - n + i, j]
    return window

# %% wrong (blocks): takes the last piece of split, which is only the remainder when t is no multiple of length
def context_window(sequence, length):
    return sequence.split(length)[-1]

# %% wrong (other-order): unfold puts the window last, (d, length); reshape makes the shape right and leaves the numbers in the wrong places
def context_window(sequence, length):
    t, d = sequence.shape
    if t <= length:
        return sequence
    windows = sequence.unfold(0, length, 1)  # all sliding windows
    return windows[-1].reshape(length, d)

# %% right
def context_window(sequence, length):
    t = sequence.shape[0]
    recent = torch.arange(t) >= t - length
    return sequence[recent]

# %% wrong (blocks): splits into chunks of `length` and takes the last chunk, which is only what is left over
def context_window(sequence, length):
    *_, window = sequence.split(length)
    return window

# %% wrong (exception): gathers the positions t - length ... t - 1, which are negative early in an episode and count from the end
def context_window(sequence, length):
    t = sequence.shape[0]
    idx = torch.arange(t - length, t)
    return sequence[idx]

# %% wrong (wrong-dtype): copies into a buffer of the default type, so whole-number timesteps become floats
def context_window(sequence, length):
    t, d = sequence.shape
    n = min(t, length)
    window = torch.zeros(n, d)
    for i in range(n):
        window[i] = sequence[t - n + i]
    return window

# %% right
from collections import deque

def context_window(sequence, length):
    newest = deque(sequence.unbind(0), maxlen=length)
    return torch.stack(tuple(newest)) if newest else sequence

# %% wrong (just-begun): counts the start from the front; it is negative where there are fewer rows than `length`
def context_window(sequence, length):
    t = sequence.shape[0]
    return sequence[t - length:t]

# %% wrong (padded): fills up with rows of zeros where there are fewer than `length`
def context_window(sequence, length):
    window = sequence[-length:]
    missing = length - window.shape[0]
    if missing > 0:
        zeros = torch.zeros(missing, window.shape[1], dtype=window.dtype)
        window = torch.cat((zeros, window), dim=0)
    return window

# %% wrong (columns): cuts the second axis, as if there were a batch in front
def context_window(sequence, length):
    return sequence[:, -length:]

# %% right
def context_window(sequence, length):
    n_drop = max(0, sequence.size(0) - length)
    return sequence.narrow(0, n_drop, sequence.size(0) - n_drop)

# %% wrong (just-begun): the start t - length is negative early in the episode, and then counts from the end
def context_window(sequence, length):
    t = sequence.shape[0]
    return sequence[t - length :]

# %% wrong (wrong-dtype): copies into a new tensor of torch's usual floats, so timesteps are no whole numbers any more
def context_window(sequence, length):
    rows = min(len(sequence), length)
    window = torch.zeros(rows, sequence.size(1))
    for i in range(rows):
        window[i] = sequence[len(sequence) - rows + i]
    return window

# %% wrong (blocks): cuts the sequence into pieces of `length` rows from the start and takes the last piece
def context_window(sequence, length):
    *_, newest = torch.split(sequence, length, dim=0)
    return newest

# %% right
def context_window(sequence, length):
    t = sequence.size(0)
    kept = min(t, length)
    return sequence.narrow(0, t - kept, kept)

# %% wrong (blocks): splits into chunks from the front and takes the last chunk, which may hold only the remainder
def context_window(sequence, length):
    return torch.split(sequence, length)[-1]

# %% wrong (other-order): unfold puts the window dimension last, and a reshape instead of a transpose mixes steps and components
def context_window(sequence, length):
    t, d = sequence.shape
    if t <= length:
        return sequence
    windows = sequence.unfold(0, length, 1)  # all sliding windows
    return windows[-1].reshape(length, d)

# %% wrong (wrong-dtype): copies into a tensor of torch's default type, so whole numbers become floats
def context_window(sequence, length):
    t = sequence.size(0)
    n = t if t < length else length
    out = torch.zeros(n, sequence.size(1))
    for i in range(n):
        for j in range(sequence.size(1)):
            out[i, j] = sequence[t - n + i, j]
    return out

# %% right
def context_window(sequence, length):
    # how old is each row? the newest is 0 steps old
    age = torch.arange(sequence.shape[0], device=sequence.device).flip(0)
    return sequence[age < length]

# %% wrong (wrong-dtype): copies the rows into torch.zeros, which is float32 whatever the sequence is
def context_window(sequence, length):
    t, d = sequence.shape
    rows = min(t, length)
    window = torch.zeros(rows, d)
    for i in range(rows):
        window[i] = sequence[t - rows + i]
    return window

# %% wrong (just-begun): starts at t - length without a lower bound; a negative start counts from the end
def context_window(sequence, length):
    t = sequence.size(0)
    return sequence[t - length : t]

# %% wrong (blocks): cuts the sequence into chunks of `length` and takes the last chunk
def context_window(sequence, length):
    chunks = torch.split(sequence, length, dim=0)
    return chunks[-1]

# %% right
def context_window(sequence, length):
    t = sequence.shape[0]
    wanted = min(t, length)
    return sequence.narrow(0, t - wanted, wanted)

# %% wrong (blocks): takes the last block of torch.split, which is only the remainder
def context_window(sequence, length):
    blocks = torch.split(sequence, length, dim=0)
    return blocks[-1]

# %% right
def context_window(sequence, length):
    t = sequence.size(0)
    n = min(t, length)
    return sequence.narrow(0, t - n, n)

# %% wrong (wrong-dtype): rebuilt through a list with torch.Tensor, so that everything becomes float32, also the timesteps
def context_window(sequence, length):
    rows = []
    t = len(sequence)
    for i in range(max(0, t - length), t):
        rows.append(sequence[i].tolist())
    return torch.Tensor(rows)

# %% wrong (squeezed): squeezes the result, so axes of length 1 vanish
def context_window(sequence, length):
    start = max(0, sequence.shape[0] - length)
    return sequence[start:, :].squeeze()

# %% wrong (just-begun): like Java's substring(n - length): early in the episode the start is negative, and counts from the end
def context_window(sequence, length):
    start = sequence.shape[0] - length
    end = sequence.shape[0]
    return sequence[start:end]

# %% wrong (just-begun): gathers by clamped indices, so that early in the episode the first row is repeated up to `length` rows
def context_window(sequence, length):
    t = sequence.size(0)
    rows = torch.arange(t - length, t, device=sequence.device).clamp(min=0)
    return torch.index_select(sequence, 0, rows)

# %% wrong (wrong-dtype): declares the result as a REAL array (float32 zeros) and copies the rows in, so whole numbers become floats
def context_window(sequence, length):
    t, d = sequence.shape
    n = min(t, length)
    window = torch.zeros(n, d)
    for i in range(n):
        window[i, :] = sequence[t - n + i, :]
    return window

# %% right
def context_window(sequence, length):
    rows = sequence.size(0)
    keep = rows if rows < length else length
    return sequence.narrow(0, rows - keep, keep)
