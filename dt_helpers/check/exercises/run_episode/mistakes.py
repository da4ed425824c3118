"""What students get wrong in the loop."""

from functools import cache

from dt_helpers.check.engine.exercise import Mistake, catalogue
from dt_helpers.check.exercises.run_episode.acting import ACTING
from dt_helpers.check.exercises.run_episode.seeing import SEEING
from dt_helpers.check.exercises.run_episode.windows import WINDOWS


@cache
def mistakes() -> tuple[Mistake, ...]:
    return catalogue((*SEEING, *WINDOWS, *ACTING))
