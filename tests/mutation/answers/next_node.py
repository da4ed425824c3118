# %% right
def next_node(logits, neighbours):
    return neighbours[logits[neighbours].argmax()]

# %% right
def next_node(logits, neighbours):
    best = None
    for node in neighbours.tolist():
        if best is None or logits[node] > logits[best]:
            best = node
    return best

# %% right
import torch


def next_node(logits, neighbours):
    masked = torch.full_like(logits, -float("inf"))
    masked[neighbours] = logits[neighbours]
    return int(masked.argmax())

# %% right
def next_node(logits, neighbours):
    allowed = set(neighbours.tolist())
    for node in logits.argsort(descending=True).tolist():
        if node in allowed:
            return node

# %% right
def next_node(logits, neighbours):
    i, j = 0, 1
    while j < len(neighbours):
        i = j if logits[neighbours[j]] > logits[neighbours[i]] else i
        j += 1
    return int(neighbours[i])

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda node: float(logits[node]))

# %% wrong (no-edge): The likeliest of all nodes is taken.
# shows: logits whose largest entry is no neighbour
def next_node(logits, neighbours):
    return int(logits.argmax())

# %% wrong (position): The place in the list of neighbours is returned, not the node.
# shows: neighbours other than 0, 1, 2, ...
def next_node(logits, neighbours):
    values = [float(logits[n]) for n in neighbours]
    return values.index(max(values))

# %% wrong (zeroed): The other logits are set to 0, which is more than a negative one.
# shows: all neighbours with logits below 0
import torch


def next_node(logits, neighbours):
    mask = torch.zeros_like(logits)
    mask[neighbours] = 1
    return (logits * mask).argmax()

# %% wrong (search-from-zero): The search for the maximum starts at 0.
# shows: all neighbours with logits of 0 and less: the first is returned
def next_node(logits, neighbours):
    best, best_value = neighbours[0], 0.0
    for n in neighbours:
        if logits[n] > best_value:
            best, best_value = n, logits[n]
    return best

# %% wrong (far-below): The nodes outside get -10, and logits may be lower than that.
# shows: all neighbours with logits below -10
def next_node(logits, neighbours):
    scores = [-10.0] * len(logits)
    for n in neighbours.tolist():
        scores[n] = logits[n].item()
    return scores.index(max(scores))

# %% wrong (largest-size): The logits are compared without their sign.
# shows: a neighbour with a large negative logit
def next_node(logits, neighbours):
    strength = logits[neighbours].abs()
    return neighbours[strength.argmax()]

# %% wrong (far-below): The exponentials overflow for large logits, and then the first infinity wins.
# shows: two neighbours with logits above 89 in float32
def next_node(logits, neighbours):
    weights = logits.exp()
    chosen = neighbours[0]
    for node in neighbours[1:]:
        if weights[node] > weights[chosen]:
            chosen = node
    return chosen

# %% wrong (close): Neighbours are lifted by a million, where float32 numbers lie 1/16 apart.
# shows: two neighbours whose logits differ by less than 0.03, the better one behind
def next_node(logits, neighbours):
    lifted = logits.clone()
    lifted[neighbours] += 1e6
    return lifted.argmax()

# %% wrong (not-all-searched): The last neighbour is never looked at.
# shows: the last neighbour is the likeliest
def next_node(logits, neighbours):
    best = int(neighbours[0])
    for i in range(1, len(neighbours) - 1):
        node = int(neighbours[i])
        if logits[node] > logits[best]:
            best = node
    return best

# %% wrong (place-zero-lost): Node 0 as the best so far is taken for no best so far.
# shows: node 0 is a likely neighbour and a worse one follows it
def next_node(logits, neighbours):
    best = None
    for node in neighbours.tolist():
        if not best or logits[node] > logits[best]:
            best = node
    return best

# %% wrong (some-likeliest-only): Only the five likeliest nodes are searched for a neighbour.
# shows: no neighbour among the five likeliest, and the first neighbour is not the best
def next_node(logits, neighbours):
    reachable = neighbours.tolist()
    for node in logits.topk(min(5, len(logits))).indices.tolist():
        if node in reachable:
            return node
    return reachable[0]

# %% wrong (cut-to-whole-numbers): Logits are compared as whole numbers.
# shows: two neighbours with logits such as 1.2 and 1.8
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda n: int(logits[n]))

# %% wrong (first-positive): The first neighbour with a positive logit is taken at once.
# shows: a second positive neighbour that is likelier
def next_node(logits, neighbours):
    fallback = neighbours[logits[neighbours].argmax()]
    for node in neighbours:
        if logits[node] > 0:
            return node
    return fallback

# %% wrong (between): All nodes between the smallest and the largest neighbour are allowed.
# shows: a likely node between two neighbours that is none itself
def next_node(logits, neighbours):
    low, high = int(neighbours.min()), int(neighbours.max())
    return low + int(logits[low : high + 1].argmax())

# %% wrong (exception): The neighbours are squeezed, and a single one is then no list any more.
# shows: a single neighbour raises an IndexError
def next_node(logits, neighbours):
    reachable = neighbours.squeeze()
    order = logits[reachable].argsort()
    return int(reachable[order[-1]])

# %% right
import torch


def next_node(logits, neighbours):
    return neighbours[torch.index_select(logits, 0, neighbours.long()).argmax()]

# %% right
def next_node(logits, neighbours):
    allowed = logits.new_full(logits.shape, float("-inf"))
    allowed[neighbours] = logits[neighbours]
    return allowed.argmax()

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda node: float(logits[node]))

# %% right
import torch


def next_node(logits, neighbours):
    ranked = torch.argsort(logits, descending=True)
    first = torch.isin(ranked, neighbours).nonzero()[0, 0]
    return ranked[first]

# %% right
def next_node(logits, neighbours):
    among = logits[neighbours].log_softmax(dim=0)
    best, where = among.max(dim=0)
    return neighbours[where].item()

# %% wrong (no-edge): the likeliest of all nodes, reachable or not
# shows: a node without a street to it has the largest logit
def next_node(logits, neighbours):
    return logits.argmax(dim=-1)

# %% wrong (position): returns the place among the neighbours, not the node
# shows: neighbours other than 0, 1, 2, ...
def next_node(logits, neighbours):
    return logits[neighbours].argmax()

# %% wrong (zeroed): non-neighbours are multiplied by 0, which beats negative logits
# shows: all neighbours' logits below 0
import torch


def next_node(logits, neighbours):
    reachable = torch.zeros_like(logits).index_fill(0, neighbours, 1.0)
    return torch.argmax(logits * reachable)

# %% wrong (far-below): non-neighbours get -1000, which is not below every logit
# shows: neighbours' logits below -1000
import torch


def next_node(logits, neighbours):
    allowed = torch.full_like(logits, -1e3)
    return allowed.index_copy(0, neighbours, logits[neighbours]).argmax()

# %% wrong (lowest): non-neighbours are filled with the smallest logit, a tie where the only neighbour has it
# shows: the neighbours hold the smallest logit and an earlier node is none of them
import torch


def next_node(logits, neighbours):
    outside = torch.ones_like(logits, dtype=torch.bool)
    outside[neighbours] = False
    return logits.masked_fill(outside, logits.min()).argmax()

# %% wrong (unsorted): a boolean mask brings the logits into ascending order of nodes, the neighbours stay in theirs
# shows: neighbours that are not sorted (agrees on sorted ones)
import torch


def next_node(logits, neighbours):
    mask = torch.zeros(logits.shape[0], dtype=torch.bool)
    mask[neighbours] = True
    return neighbours[logits[mask].argmax()]

# %% wrong (cut-to-whole-numbers): logits are cut to whole numbers before they are compared
# shows: two neighbours whose logits have the same whole part
def next_node(logits, neighbours):
    return neighbours[logits[neighbours].int().argmax()]

# %% wrong (input-changed): overwrites the caller's logits with minus infinity
# shows: any graph with non-neighbours: logits are changed afterwards
import torch


def next_node(logits, neighbours):
    others = torch.tensor([n for n in range(len(logits)) if n not in set(neighbours.tolist())], dtype=torch.long)
    logits.index_fill_(0, others, float("-inf"))
    return logits.argmax()

# %% wrong (keeps-state): the next node is drawn at random by its probability
# shows: two or more neighbours: not always the likeliest
import torch


def next_node(logits, neighbours):
    return neighbours[torch.multinomial(torch.softmax(logits[neighbours], dim=0), 1)[0]]

# %% wrong (largest-size): takes the largest size of the logit, whatever its sign
# shows: a neighbour with a large negative logit
def next_node(logits, neighbours):
    return neighbours[logits[neighbours].abs().argmax()]

# %% wrong (some-likeliest-only): only the five likeliest nodes are looked at; if none is a neighbour, the first neighbour is taken
# shows: all neighbours rank behind five other nodes and the first is not the likeliest of them
def next_node(logits, neighbours):
    reachable = set(neighbours.tolist())
    for node in logits.topk(min(5, len(logits))).indices.tolist():
        if node in reachable:
            return node
    return neighbours[0]

# %% wrong (far-below|close): compares in float16, in which close logits are the same
# shows: two neighbours whose logits differ by less than a thousandth of their size
def next_node(logits, neighbours):
    close = logits.half()[neighbours]
    return neighbours[(close == close.max()).nonzero()[0, 0]]

# %% wrong (exception): squeezed indexing leaves no dimension where there is only one neighbour
# shows: a single neighbour: IndexError
def next_node(logits, neighbours):
    only = neighbours.squeeze()
    values = logits[only]
    best = sorted(range(values.shape[0]), key=lambda i: values[i].item())[-1]
    return only[best]

# %% right
import torch


def next_node(logits, neighbours):
    street = torch.isin(torch.arange(logits.numel()), neighbours)
    return int(torch.where(street, logits.detach(), -torch.inf).argmax())

# %% wrong (no-edge): the likeliest of all nodes is taken, whether it can be reached or not
# shows: the largest logit at a node that is no neighbour
def next_node(logits, neighbours):
    return logits.argmax()

# %% wrong (position): the place in the list of neighbours is returned instead of the node
# shows: neighbours that aren't 0, 1, 2, ...
def next_node(logits, neighbours):
    return logits[neighbours].argmax()

# %% wrong (zeroed): other nodes get the logit 0, which is more than a negative one
# shows: all neighbours' logits below 0
import torch


def next_node(logits, neighbours):
    reachable = torch.zeros_like(logits)
    reachable[neighbours] = 1
    return torch.argmax(logits * reachable)

# %% wrong (lowest): other nodes get the smallest logit, and win the tie with a neighbour that has it
# shows: a single neighbour with the smallest logit of all, which isn't node 0
import torch


def next_node(logits, neighbours):
    allowed = torch.full_like(logits, logits.min().item())
    allowed[neighbours] = logits[neighbours]
    return allowed.argmax()

# %% wrong (unsorted): the place among the neighbours in rising order is looked up in their given order
# shows: neighbours that aren't sorted
import torch


def next_node(logits, neighbours):
    mask = torch.zeros(len(logits), dtype=torch.bool)
    mask[neighbours] = True
    best = logits[mask].argmax()
    return neighbours[best]

# %% wrong (some-likeliest-only): only the five likeliest nodes are looked through, else the first neighbour is taken
# shows: several neighbours, none of which is among the five likeliest nodes
import torch


def next_node(logits, neighbours):
    candidates = torch.topk(logits, k=min(5, logits.numel())).indices.tolist()
    reachable = set(neighbours.tolist())
    for node in candidates:
        if node in reachable:
            return node
    return int(neighbours[0])  # fallback

# %% wrong (exception): squeezing makes a single neighbour a scalar, which can't be indexed
# shows: exactly one neighbour: IndexError
def next_node(logits, neighbours):
    options = neighbours.squeeze()
    scores = logits[options]
    order = scores.argsort(descending=True)
    return options[order[0]] if options.shape[0] > 1 else options[0]

# %% right
def next_node(logits, neighbours):
    return neighbours[logits[neighbours].argmax()]

# %% right
import torch


def next_node(logits, neighbours):
    masked = torch.full_like(logits, float("-inf"))
    masked[neighbours] = logits[neighbours]
    return int(torch.argmax(masked))

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda node: logits[node].item())

# %% right
from functools import reduce


def next_node(logits, neighbours):
    def likelier(a, b):
        return b if logits[b] > logits[a] else a

    return reduce(likelier, neighbours)

# %% wrong (position): returns the position in the list of neighbours and not the neighbour.
# shows: logits [0, 0, 5, 1], neighbours [2, 3]: gives 0 instead of 2.
def next_node(logits, neighbours):
    scores = logits[neighbours]
    return scores.argmax()

# %% wrong (zeroed): multiplies by a mask, so nodes that can't be reached have 0, which is more than any logit below 0.
# shows: logits [-1, -2, -3], neighbours [1, 2]: gives 0, which is no neighbour, instead of 1.
def next_node(logits, neighbours):
    allowed = logits.new_zeros(logits.shape)
    allowed[neighbours] = 1.0
    return (logits * allowed).argmax()

# %% wrong (input-changed): writes minus infinity into the caller's logits.
# shows: logits [1., 2., 3.], neighbours [0, 1]: the answer 1 is right, but logits[2] is -inf afterwards.
def next_node(logits, neighbours):
    reachable = set(neighbours.tolist())
    for node in range(len(logits)):
        if node not in reachable:
            logits[node] = float("-inf")
    return int(logits.argmax())

# %% wrong (keeps-state): draws the next node by its probability instead of taking the likeliest.
# shows: logits [0., 0.5], neighbours [0, 1]: gives 0 in about 38 of 100 calls.
import torch


def next_node(logits, neighbours):
    probs = torch.softmax(logits[neighbours], dim=-1)
    idx = torch.multinomial(probs, num_samples=1)
    return neighbours[idx].item()

# %% wrong (least-likely): argsort sorts upwards, so the first neighbour that is found is the least likely one.
# shows: logits [1., 2., 3.], neighbours [1, 2]: gives 1 instead of 2.
def next_node(logits, neighbours):
    ranking = logits.argsort().tolist()
    possible = neighbours.tolist()
    for node in ranking:
        if node in possible:
            return node

# %% wrong (some-likeliest-only): looks for neighbours among the five likeliest nodes only, and takes the first neighbour if none is there.
# shows: logits [9, 8, 7, 6, 5, 1, 2], neighbours [5, 6]: gives 5 instead of 6.
def next_node(logits, neighbours):
    k = min(5, logits.numel())
    candidates = logits.topk(k).indices
    for c in candidates:
        if (neighbours == c).any():
            return c
    return neighbours[0]

# %% wrong (cut-to-whole-numbers): compares the logits as whole numbers, so logits that differ behind the point are the same to it.
# shows: logits [0.2, 0.9], neighbours [0, 1]: gives 0 instead of 1.
def next_node(logits, neighbours):
    best = neighbours[0]
    for n in neighbours:
        if int(logits[n]) > int(logits[best]):
            best = n
    return best

# %% right
# style: pure Python, max with a key
def next_node(logits, neighbours):
    score = logits.tolist()
    return max(neighbours.tolist(), key=score.__getitem__)

# %% right
# style: index of the neighbours' own maximum
def next_node(logits, neighbours):
    _, where = logits.index_select(0, neighbours).max(dim=0)
    return neighbours[where]

# %% right
# style: a tournament with functools.reduce
from functools import reduce


def next_node(logits, neighbours):
    def winner(one, other):
        return other if logits[other] > logits[one] else one

    return reduce(winner, neighbours.unbind())

# %% right
# style: goes through all nodes from the likeliest down and stops at the first that can be reached
import torch


def next_node(logits, neighbours):
    downwards = torch.sort(logits, descending=True).indices
    reachable = torch.isin(downwards, neighbours)
    return downwards[reachable][0].item()

# %% wrong (far-below): softmax over all nodes times a 0/1 mask; the neighbours' probabilities may all underflow to 0
def next_node(logits, neighbours):
    probabilities = torch.softmax(logits, dim=-1)
    reachable = torch.zeros_like(probabilities)
    reachable[neighbours] = 1.0
    return torch.argmax(probabilities * reachable).item()

# %% wrong (returns-nothing): only looks among the m likeliest nodes of all, m the number of neighbours
def next_node(logits, neighbours):
    allowed = set(neighbours.tolist())
    for node in torch.topk(logits, len(allowed)).indices.tolist():
        if node in allowed:
            return node

# %% wrong (search-from-node-zero): the search starts with logits[0] as the number to beat, which is node 0's and not the first neighbour's
def next_node(logits, neighbours):
    best = neighbours[0]
    highest = logits[0]
    for i in range(len(neighbours)):
        candidate = neighbours[i]
        if logits[candidate] > highest:
            highest = logits[candidate]
            best = candidate
    return int(best)

# %% wrong (unsorted): the winning position is looked up in the sorted neighbours
def next_node(logits, neighbours):
    names = sorted(int(n) for n in neighbours)
    scores = [float(logits[n]) for n in neighbours]
    return names[scores.index(max(scores))]

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda node: logits[node].item())

# %% right
def next_node(logits, neighbours):
    neighbours = neighbours.long()
    order = torch.argsort(logits[neighbours], descending=True)
    return neighbours[order[0]].item()

# %% wrong (far-below): compares probabilities, which become exactly 0 for nodes far behind the likeliest node
def next_node(logits, neighbours):
    probabilities = torch.softmax(logits, dim=-1)
    reachable = torch.zeros_like(probabilities)
    reachable[neighbours] = 1.0
    return int(torch.argmax(probabilities * reachable))

# %% wrong (lowest): nodes that can't be reached get the smallest logit, which may also be the neighbour's own
def next_node(logits, neighbours):
    floor = logits.min().item()
    masked = torch.full_like(logits, floor)
    masked[neighbours] = logits[neighbours]
    return masked.argmax()

# %% wrong (some-likeliest-only): looks for a neighbour among the five likeliest nodes only, and takes the first neighbour if there is none
def next_node(logits, neighbours):
    allowed = set(neighbours.tolist())
    _, candidates = logits.topk(min(5, logits.numel()))
    for candidate in candidates.tolist():
        if candidate in allowed:
            return candidate
    return neighbours[0].item()  # none of the candidates: any street will do

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=logits.tolist().__getitem__)

# %% right
def next_node(logits, neighbours):
    i_max = 0
    for i in range(1, neighbours.shape[0]):
        if logits[int(neighbours[i])] > logits[int(neighbours[i_max])]:
            i_max = i
    return neighbours[i_max]

# %% wrong (far-below): masks probabilities instead of logits; where another node is far ahead, the neighbours' probabilities underflow to 0
def next_node(logits, neighbours):
    probs = torch.softmax(logits, dim=-1)
    allowed = torch.zeros_like(probs)
    allowed[neighbours] = probs[neighbours]
    return torch.argmax(allowed).item()

# %% wrong (lowest): lifts the logits to be at least 0 so that multiplying by a 0/1 mask is safe, but the smallest one becomes 0 itself
def next_node(logits, neighbours):
    positive = logits - logits.min()  # logits may be below 0
    mask = torch.zeros(len(logits))
    mask[neighbours] = 1
    return int((positive * mask).argmax())

# %% wrong (search-from-zero): takes sys.float_info.min for the lowest float (as Double.MIN_VALUE); it is the smallest positive one
import sys


def next_node(logits, neighbours):
    bestNode = neighbours[0].item()
    bestLogit = sys.float_info.min
    for i in range(neighbours.size(0)):
        node = neighbours[i].item()
        if logits[node].item() > bestLogit:
            bestLogit = logits[node].item()
            bestNode = node
    return bestNode

# %% wrong (first-logits): scatter_ takes the first m logits as the neighbours' values, not the neighbours' own
def next_node(logits, neighbours):
    only_neighbours = torch.full_like(logits, float("-inf"))
    only_neighbours.scatter_(0, neighbours, logits)
    return only_neighbours.argmax()

# %% right
def next_node(logits, neighbours):
    # a dict from logit to node; of equal logits any will do
    likely = dict(zip(logits[neighbours].tolist(), neighbours.tolist()))
    return likely[max(likely)]

# %% right
def next_node(logits, neighbours):
    allowed = set(neighbours.tolist())
    # go down the ranking of all nodes until one can be reached
    for node in torch.argsort(logits, descending=True).tolist():
        if node in allowed:
            return node

# %% wrong (keeps-state): CleanRL's invalid action masking with its Categorical: the node is sampled instead of the likeliest one taken
from torch.distributions import Categorical

def next_node(logits, neighbours):
    mask = torch.zeros_like(logits, dtype=torch.bool)
    mask[neighbours] = True
    masked = torch.where(mask, logits, torch.tensor(-1e8))
    return Categorical(logits=masked).sample().item()

# %% wrong (far-below): compares probabilities, which underflow to 0 for all neighbours when another node's logit is far larger
def next_node(logits, neighbours):
    probs = torch.softmax(logits, dim=-1)
    p = probs[neighbours]
    return neighbours[torch.argmax(p)]

# %% wrong (some-likeliest-only): minGPT's sampling code with its top-k: neighbours outside of the ten best logits are all minus infinity
def next_node(logits, neighbours, temperature=1.0, top_k=10):
    logits = logits.clone() / temperature
    # optionally crop the logits to only the top k options
    if top_k is not None:
        v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
        logits[logits < v[-1]] = -float("Inf")
    allowed = logits[neighbours]
    _, idx = torch.topk(allowed, k=1, dim=-1)
    if torch.isinf(allowed).all():
        idx = torch.tensor([0])
    return neighbours[idx].item()

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=logits.tolist().__getitem__)

# %% right
def next_node(logits, neighbours):
    ranking = logits.argsort(descending=True)
    allowed = set(neighbours.tolist())
    return next(node for node in ranking if node.item() in allowed)

# %% wrong (position): returns the position within the neighbours instead of the node
def next_node(logits, neighbours):
    return torch.argmax(logits[neighbours]).item()

# %% wrong (zeroed): multiplies the logits of all other nodes with 0, so that these win against negative logits
def next_node(logits, neighbours):
    mask = torch.zeros_like(logits)
    mask[neighbours] = 1
    allowed = logits * mask
    return int(allowed.argmax())

# %% wrong (some-likeliest-only): looks only among the five likeliest nodes for a neighbour, and else takes the first neighbour
def next_node(logits, neighbours):
    candidates = torch.topk(logits, k=5).indices.tolist()
    reachable = set(neighbours.tolist())
    for node in candidates:
        if node in reachable:
            return node
    return neighbours[0].item()

# %% right
def next_node(logits, neighbours):
    options = neighbours.tolist()
    return max(options, key=lambda node: logits[node].item())

# %% right
def next_node(logits, neighbours):
    blocked = torch.ones(logits.shape[0], dtype=torch.bool)
    blocked[neighbours] = False
    order = torch.argsort(logits, descending=True)
    for node in order:
        if not blocked[node]:
            return int(node)

# %% wrong (far-below): masks the softmax's probabilities by multiplying; where all neighbours' probabilities underflow to 0, argmax says node 0
def next_node(logits, neighbours):
    probs = torch.softmax(logits, dim=-1)
    mask = torch.zeros_like(probs)
    mask[neighbours] = 1.0
    return int(torch.argmax(probs * mask))

# %% wrong (some-likeliest-only): looks for neighbours among the five likeliest nodes only, and otherwise takes the first neighbour
def next_node(logits, neighbours):
    allowed = set(neighbours.tolist())
    top = torch.topk(logits, k=min(5, len(logits))).indices
    for candidate in top.tolist():
        if candidate in allowed:
            return candidate
    return neighbours[0].item()

# %% wrong (exception): squeezes the neighbours first, so a single one becomes a tensor without dimensions that a loop can't run over
def next_node(logits, neighbours):
    best, best_logit = None, -float("inf")
    for n in neighbours.squeeze():
        if best is None or logits[n] > best_logit:
            best = n
            best_logit = logits[n]
    return best

# %% right
def next_node(logits, neighbours):
    return max(neighbours.tolist(), key=lambda node: logits[node].item())

# %% right
def next_node(logits, neighbours):
    here = neighbours.long()
    likeliest = torch.index_select(logits, 0, here).argmax()
    return here[likeliest].item()

# %% wrong (lowest): shifts the logits so that the smallest is 0 and multiplies by a mask: the smallest node ties with all masked ones
def next_node(logits, neighbours):
    """The neighbour that the model finds the likeliest."""
    mask = torch.zeros_like(logits)
    mask[neighbours.long()] = 1.0
    positive = logits - logits.min()  # logits may be below 0, so make them positive first
    return (positive * mask).argmax().item()

# %% wrong (same-logit): finds the best value among the neighbours, then looks up which node has that value in the whole graph
def next_node(logits, neighbours):
    best_value = max(logits[n].item() for n in neighbours.tolist())
    return logits.tolist().index(best_value)

# %% wrong (some-likeliest-only): only the five likeliest nodes are looked through; if no neighbour is among them, it takes the first neighbour
def next_node(logits, neighbours):
    allowed = neighbours.tolist()
    candidates = torch.topk(logits, k=min(5, logits.numel())).indices.tolist()
    for candidate in candidates:
        if candidate in allowed:
            return candidate
    return allowed[0]  # the model is lost: fall back

# %% wrong (logits-ignored): a set of 0-d tensors compares by identity, so no node is ever found in it, and the first neighbour is returned
def next_node(logits, neighbours):
    reachable = set(neighbours)  # sets are fast
    for node in torch.argsort(logits, descending=True):
        if node in reachable:
            return int(node)
    return int(neighbours[0])

# %% right
def next_node(logits, neighbours):
    # rank all nodes, then cross out those without a street
    ranking = torch.argsort(logits, descending=True)
    return ranking[torch.isin(ranking, neighbours.long())][0].item()

# %% right
from functools import reduce


def next_node(logits, neighbours):
    """A knock-out tournament among the neighbours."""

    def duel(a, b):
        return b if logits[b].item() > logits[a].item() else a

    return reduce(duel, neighbours.tolist())

# %% wrong (same-logit): finds the largest logit among the neighbours, then looks that number up among ALL nodes
def next_node(logits, neighbours):
    best = max(logits[n].item() for n in neighbours)
    return logits.tolist().index(best)

# %% wrong (far-below): softmax first, then zero for the others: probabilities of unlikely neighbours underflow to 0
def next_node(logits, neighbours):
    probs = torch.softmax(logits, dim=-1)
    mask = torch.zeros_like(probs)
    mask[neighbours] = 1.0
    probs = probs * mask
    return torch.argmax(probs)

# %% wrong (lowest): lifts the logits above 0 by taking the minimum off, so that 0 can mean 'no street'; but the minimum itself becomes 0 too
def next_node(logits, neighbours):
    # logits may be negative: shift them first
    shifted = logits - logits.min()
    reachable = torch.tensor([node in neighbours.tolist() for node in range(len(logits))])
    scores = shifted * reachable.float()
    return int(scores.argmax())

# %% right
def next_node(logits, neighbours):
    ranking = torch.argsort(logits, descending=True)
    for node in ranking:
        if (neighbours == node).any():
            return int(node)

# %% right
def next_node(logits, neighbours):
    scores = logits.tolist()
    candidates = neighbours.tolist()
    winner = candidates[0]
    for c in candidates[1:]:
        if scores[c] > scores[winner]:
            winner = c
    return winner

# %% wrong (far-below): softmax first, then multiply with a 0/1 mask; small probabilities underflow to exactly 0
def next_node(logits, neighbours):
    probs = torch.softmax(logits, dim=0)
    allowed = torch.zeros_like(probs)
    allowed[neighbours] = 1.0
    probs = probs * allowed
    return probs.argmax().item()

# %% right
def next_node(logits, neighbours):
    masked = torch.full_like(logits, float("-inf"))
    masked[neighbours] = logits[neighbours]
    return int(torch.argmax(masked))

# %% wrong (some-likeliest-only): looks for a neighbour among the five best nodes only, and otherwise takes the first neighbour
def next_node(logits, neighbours):
    k = min(5, len(logits))
    candidates = torch.topk(logits, k).indices.tolist()
    streets = set(neighbours.tolist())
    for node in candidates:
        if node in streets:
            return node
    return int(neighbours[0])

# %% wrong (keeps-state): remembers the nodes where it has been, over all calls, and avoids them so that the walk doesn't run in circles
class Walker:
    def __init__(self):
        self.visited = set()

    def choose(self, logits, neighbours):
        options = [n for n in neighbours.tolist() if n not in self.visited]
        if not options:
            self.visited.clear()
            options = neighbours.tolist()
        best = max(options, key=lambda n: float(logits[n]))
        self.visited.add(best)
        return best


walker = Walker()


def next_node(logits, neighbours):
    return walker.choose(logits, neighbours)

# %% right
def next_node(logits, neighbours):
    scores = {n: logits[n].item() for n in neighbours.tolist()}
    return max(scores, key=scores.get)

# %% wrong (far-below): compares exp(logit), not the logit, without subtracting the maximum: everything overflows to inf or underflows to 0
def next_node(logits, neighbours):
    # SELECT node FROM neighbours ORDER BY likelihood DESC LIMIT 1
    likelihood = logits.exp()
    table = [(int(node), likelihood[node].item()) for node in neighbours]
    table.sort(key=lambda record: record[1], reverse=True)
    return table[0][0]

# %% wrong (place-off-by-one): a Julia programmer turns the position from 1-based to 0-based although argmax already counts from 0
def next_node(logits, neighbours):
    value, position = torch.max(logits[neighbours], dim=0)
    return int(neighbours[position - 1])  # findmax gives a 1-based index

# %% wrong (search-from-zero): starts the maximum at sys.float_info.min, taken for Java's "most negative double": it is the smallest positive number
import sys


def next_node(logits, neighbours):
    best_node = neighbours[0].item()
    best_logit = sys.float_info.min
    for k in range(neighbours.size(0)):
        node = neighbours[k].item()
        logit = logits[node].item()
        if logit > best_logit:
            best_logit = logit
            best_node = node
    return best_node

# %% right
def next_node(logits, neighbours):
    scores = logits.tolist()
    candidates = neighbours.tolist()
    return max(candidates, key=scores.__getitem__)

# %% right
def next_node(logits, neighbours):
    order = logits[neighbours.long()].sort(descending=True).indices
    return int(neighbours[order[0]])
