"""Shortest paths from random walks, the example that opens the paper of Chen et al. 2021.

A directed graph, a goal, and random walks. A Decision Transformer that has learned to continue the walks is asked for a
large return, and stitches pieces of poor walks into shortest paths::

    roads ─▶ random walks ─▶ model ─▶ asking for returns ─▶ comparing with Dijkstra

`roads`, `model`, `asking` and `comparing` are the stages; `plots` draws them. `alternatives` is what the Decision
Transformer is compared with in notebook 8, and where it fails. https://arxiv.org/abs/2106.01345,
section 1, figure 2 and appendix A.3; its authors did not release the code of this experiment.
"""

from .asking import Asked, ask, choose_target, follow, next_node
from .comparing import Comparison, compare, is_covered, is_new, segments
from .model import Samples, Settings, fit, make_model, preset, train
from .roads import Roads, best_in_data, draw_roads, path_return, random_walks, returns_to_go, walk_rewards

__all__ = [
    "Asked",
    "Comparison",
    "Roads",
    "Samples",
    "Settings",
    "ask",
    "best_in_data",
    "choose_target",
    "compare",
    "draw_roads",
    "fit",
    "follow",
    "is_covered",
    "is_new",
    "make_model",
    "next_node",
    "path_return",
    "preset",
    "random_walks",
    "returns_to_go",
    "segments",
    "train",
    "walk_rewards",
]
