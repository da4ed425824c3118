"""What a Decision Transformer is an alternative to, and where it fails: notebook 8.

`counting` has the recorded steps of a graph's walks, and clones that count; `values` tabular Q-learning, and a
pessimistic table; `sequences` trains a Decision Transformer on episodes of any choices. `doors` is a world with a key,
a door and a reward at the end only, `gamble` one in which a lucky return is no plan. `plots` draws.
"""

from .counting import NOTHING, Steps, best_tenth, clone, clone_best_at_each_node, follow, steps_of
from .sequences import Episodes, train
from .values import pessimistic, q_learning, q_update

__all__ = [
    "NOTHING",
    "Episodes",
    "Steps",
    "best_tenth",
    "clone",
    "clone_best_at_each_node",
    "follow",
    "pessimistic",
    "q_learning",
    "q_update",
    "steps_of",
    "train",
]
