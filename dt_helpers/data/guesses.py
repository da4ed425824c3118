"""Common names of columns, by which an error can say what to rename: nothing is read by them."""

import re

from dt_helpers.data.order import EPISODE

NEXT = "next_observations"
GUESSES = {  # common names of columns, only used for advice
    "observations": r"(?!next)(.*\.|continuous_|discrete_|cur(rent)?_?)?(obs|observation|obss|states?|s(?=$))"
    r"([._](environment_)?state)?s?$",
    "actions": r"(.*\.|continuous_|discrete_)?(acts?|actions?|acs|controls?|a|u)$",
    "rewards": r"(.*\.)?(rews?|rewards?|rwd|r)$",
    "dones": r"(.*\.)?(done|terminal|terminates|is_terminal|d)$",
    "terminals": r"(dones?|terminal|is_terminal)$",
    EPISODE: r"((episode|eps?)(_?id|_?index)?|traj(ectory)?_?(id|index)?)s?$",
    NEXT: r"(next|new)[._]?(obs|observation|state|s)s?$|(obs|observation|state|s)s?[._]?(next|new|prime|2)$",
}


FOLLOWING = re.compile(r"(next|new)[._]?(obs|observation|state|s)[._]?\d+$", re.IGNORECASE)  # one number of several
LETTERS = 8  # columns named by one letter; if there are more, the letters mean nothing


def is_numbered(name: str, there) -> bool:
    """Whether it is one of several columns, ``state_0``, ``state_1``, ``state_2``."""
    stem = re.sub(r"\d+$", "", name)
    return sum(re.sub(r"\d+$", "", str(other)) == stem for other in there) > 2


def likely(there, wanted) -> dict[str, list[str]]:
    """For those of the `wanted` columns that aren't there, the names that may mean them: none means two."""
    found: dict[str, list[str]] = {}
    letters = [name for name in map(str, there) if len(name) == 1]
    there = [name for name in there if len(letters) <= LETTERS or str(name) not in letters]
    for column in wanted:
        free = [str(name) for name in there if not any(name in names for names in found.values())]
        names = [name for name in free if re.match(GUESSES.get(column, "$^"), name, re.IGNORECASE)]
        names = [name for name in names if name != "u" or "a" not in names]  # else a control; there, a user
        names = [name for name in names if column != NEXT or not is_numbered(name, there)]
        if names and column not in there:
            found[column] = names
    return found
