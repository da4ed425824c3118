"""Minari's datasets, written by Minari: spaces, parts of observations, and what is refused."""

import contextlib
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces as kinds

from dt_helpers import cli
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import asked, formats, recording
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.data.spaces import Choices, Continuous
from dt_helpers.rollout.robots import Robot
from dt_helpers.training.beginning import make_model
from dt_helpers.training.settings import preset

minari = pytest.importorskip("minari")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    return tmp_path


def box(size, bound=1.0):
    return kinds.Box(-bound, bound, (size,), np.float32)


def together(space, steps):
    """Samples of a space, as Minari keeps them: of each part, all steps."""
    if isinstance(space, kinds.Dict):
        return {part: together(inner, [step[part] for step in steps]) for part, inner in space.spaces.items()}
    if isinstance(space, kinds.Tuple):
        return tuple(together(inner, [step[i] for step in steps]) for i, inner in enumerate(space.spaces))
    return np.stack(steps)


def make(observations, actions, id="lab/mine-v0", lengths=(4, 5)):
    """A dataset of two episodes, drawn from these spaces."""
    buffers = []
    for space in (observations, actions):
        space.seed(0)
    for n in lengths:
        buffers.append(
            minari.data_collector.EpisodeBuffer(
                observations=together(observations, [observations.sample() for _ in range(n + 1)]),
                actions=together(actions, [actions.sample() for _ in range(n)]),
                rewards=np.arange(n, dtype=float),
                terminations=np.arange(n) == n - 1,
                truncations=np.zeros(n, bool),
            )
        )
    return minari.create_dataset_from_buffers(id, buffers, observation_space=observations, action_space=actions)


ACTIONS = {
    "Box(-10, 10)": (box(2, 10), Continuous((-10, -10), (10, 10))),
    "MultiDiscrete": (kinds.MultiDiscrete([3, 4]), Choices((3, 4), (0, 0))),
    "MultiBinary": (kinds.MultiBinary(3), Choices((2, 2, 2), (0, 0, 0))),
    "Discrete from -1 on": (kinds.Discrete(3, start=-1), Choices((3,), (-1,))),
    "a matrix": (kinds.Box(-2, 2, (2, 2), np.float32), Continuous((-2,) * 4, (2,) * 4)),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_the_action_space_is_the_datasets(name):
    space, wanted = ACTIONS[name]
    data = formats.open(make(box(3), space))
    assert data.space == wanted and data.lengths.tolist() == [4, 5] and data.act_dim == wanted.dim
    assert formats.open("lab/mine-v0").space == wanted


def test_actions_with_parts_are_refused_at_the_door():
    with pytest.raises(ValueError, match=r"lab/mine-v0: its actions must be in a Box.*not Dict"):
        formats.open(make(box(3), kinds.Dict(move=box(2), grip=kinds.Discrete(2))))


MAZE = kinds.Dict(observation=box(4), achieved_goal=box(2), desired_goal=box(2))
KITCHEN = kinds.Dict(observation=box(3), achieved_goal=kinds.Dict(kettle=box(2), light=box(1)))
PARTS = {  # the space, key=, and the numbers that are read
    "antmaze": (MAZE, None, 8),
    "antmaze without goals": (MAZE, "observation", 4),
    "fetch, two parts": (MAZE, ["observation", "desired_goal"], 6),
    "kitchen": (KITCHEN, None, 6),
    "kitchen's goals": (KITCHEN, "achieved_goal", 3),
    "a Tuple": (kinds.Tuple((box(2), box(1))), None, 3),
    "Discrete": (kinds.Discrete(7), None, 7),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_flattened_as_gymnasium_does_it(name):
    space, key, numbers = PARTS[name]
    dataset = make(space, box(2))
    data = formats.open(dataset, **({"key": key} if key else {}))
    assert data.state_dim == numbers
    if key is None:
        space.seed(0)
        ordered = kinds.Dict(dict(space.spaces)) if isinstance(space, kinds.Dict) else space  # gymnasium sorts a dict
        np.testing.assert_allclose(data.observations[0], gymnasium.spaces.flatten(ordered, space.sample()), rtol=1e-6)
    elif isinstance(key, str):
        assert cli.main(["data", "lab/mine-v0", "--key", key]) == 0


def numbered(space, first=0):
    """An observation in which each number says which one it is, in the order of the space, and how many they are."""
    if not isinstance(space, kinds.Dict):
        size = int(np.prod(space.shape))
        return np.arange(first, first + size, dtype=np.float32).reshape(space.shape), first + size
    found = {}
    for part, inner in space.spaces.items():
        found[part], first = numbered(inner, first)
    return found, first


class Shows(gymnasium.Env):
    """Always shows the same."""

    action_space = box(2)

    def __init__(self, space):
        self.observation_space = space

    def reset(self, *, seed=None, options=None):
        return numbered(self.observation_space)[0], {}

    def step(self, action):
        return self.reset()[0], 1.0, False, False, {}


# gymnasium keeps the order of keywords, and sorts a dict
SORTED = kinds.Dict({part: MAZE[part] for part in MAZE})
DEEP = kinds.Dict(goal=kinds.Dict(z=box(1), kettle=box(2)), arm=box(3))
ORDERS = {  # the environment's space, key=, and which of its numbers are read, in this order
    "by name, asked for in another order": (SORTED, ["observation", "desired_goal"], [4, 5, 6, 7, 2, 3]),
    "by name, three parts": (SORTED, ("observation", "desired_goal", "achieved_goal"), [4, 5, 6, 7, 2, 3, 0, 1]),
    "by name": (SORTED, None, list(range(8))),
    "in an order of its own": (MAZE, None, [4, 5, 6, 7, 0, 1, 2, 3]),
    "in an order of its own, two parts": (MAZE, ["observation", "achieved_goal"], [0, 1, 2, 3, 4, 5]),
    "in an order of its own within a part": (DEEP, None, [3, 4, 5, 1, 2, 0]),
    "a part with an order of its own": (DEEP, "goal", [1, 2, 0]),
    "a part with an order of its own, first": (DEEP, ["goal", "arm"], [1, 2, 0, 3, 4, 5]),
}


@pytest.mark.parametrize("again", [False, True], ids=["as made", "from disk"])
@pytest.mark.parametrize("name", ORDERS)
def test_a_model_is_shown_the_parts_in_the_order_of_the_data(name, again):
    """Minari writes a space's parts in the order of their names, whatever the environment's order is."""
    space, key, wanted = ORDERS[name]
    seen = [numbered(space)[0]] * 5
    buffer = minari.data_collector.EpisodeBuffer(
        observations=together(space, seen), actions=np.zeros((4, 2), np.float32), rewards=[1.0] * 4,
        terminations=[False] * 4, truncations=[False] * 3 + [True],
    )  # fmt: skip
    made = minari.create_dataset_from_buffers(
        "lab/order-v0", [buffer] * 2, observation_space=space, action_space=box(2)
    )
    data = formats.open("lab/order-v0" if again else made, key=key)
    model = make_model(DecisionTransformerGymDataCollator(data), preset("ci"))
    robot = Robot(Shows(space), model.config, ReplayFacts.of(model.config))
    assert robot.reset(seed=0).tolist() == data.observations[0].tolist()
    assert data.observations[0].tolist() == wanted


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key": "obs"}, "no part 'obs': choose key= from 'observation', 'achieved_goal', 'desired_goal'"),
        ({"key": ["observation", "goal"]}, "no part 'goal'"),
        ({"rename": {"a": "b"}}, "Leave rename= out: Minari names the columns"),
        ({"horizon": 3}, "Leave horizon= out"),
    ],
)
def test_an_option_that_does_not_fit_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        formats.open(make(MAZE, box(2)), **options)


def test_a_part_of_observations_without_parts_is_refused():
    with pytest.raises(ValueError, match=r"key='obs' names a part .* they have no named parts"):
        formats.open(make(box(3), box(2)), key="obs")


IMAGE = kinds.Box(0, 255, (24, 24, 3), np.uint8)
IMAGES = {  # the space, key=, and what the error says
    "beside numbers": (kinds.Dict(at=box(2), seen=IMAGE), None, r"\['seen'\]` are images .*: choose key= from 'at'\."),
    "within a part": (kinds.Dict(at=box(2), eyes=kinds.Dict(left=IMAGE)), None, r"\['eyes'\]` .* key= from 'at'"),
    "asked for": (kinds.Dict(at=box(2), seen=IMAGE), "seen", r"\['seen'\]` are images of shape \(24, 24, 3\)"),
    "in floats": (kinds.Dict(at=box(2), seen=kinds.Box(0, 1, (16, 16))), None, "as large as images, which key= can"),
    "in a Tuple": (kinds.Tuple((box(2), IMAGE)), None, r"`observations\[1\]` are images"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_images_among_the_parts_are_refused(name):
    space, key, words = IMAGES[name]
    dataset = make(space, box(2))
    with pytest.raises(ValueError, match=words):
        formats.open(dataset, key=key)
    if name == "in floats":
        assert formats.open(dataset, key=["at", "seen"]).state_dim == 2 + 16 * 16
    with contextlib.nullcontext() if name == "in floats" else pytest.raises(ValueError, match="images of shape"):
        recording.record(lambda seen: np.zeros((1, 2)), Shows(space), 1, 1, progress=False)


FILTERS = {
    "no episode": lambda one: False,
    "long ones": lambda one: len(one.rewards) > 99,
    "another length": lambda one: len(one.rewards) == 3,
}


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("key", [None, "observation"])
def test_a_filter_that_leaves_nothing_is_said(name, key):
    with pytest.raises(ValueError, match="lab/mine-v0 is empty: it has no episodes, or its filter leaves none"):
        formats.open(make(MAZE, box(2)).filter_episodes(FILTERS[name]), key=key)


def test_a_filter_that_leaves_some_and_a_split_are_read():
    dataset = make(box(3), box(2))
    assert formats.open(dataset.filter_episodes(lambda one: len(one.rewards) == 5)).lengths.tolist() == [5]
    assert [len(formats.open(part)) for part in minari.split_dataset(dataset, [1, 1])] == [1, 1]


@pytest.mark.parametrize("id", ["mine-v0", "point-maze-v12", "Mine_2-v3"])
def test_an_id_without_a_namespace_is_found_by_name(id, capsys):
    """By each door that takes a name, as by `formats.open`; and what isn't there is told the names that are."""
    assert cli.main(["data", id]) == 1 and f"There is no dataset '{id}'" in capsys.readouterr().err
    make(box(3), box(2), id)
    assert cli.main(["data", id]) == 0 and "2 episodes, 9 steps" in capsys.readouterr().out
    assert asked.opened(id).lengths.tolist() == formats.open(id).lengths.tolist() == [4, 5]
    assert cli.main(["data", id, "--episodes", "3"]) == 1 and "Leave --episodes out" in capsys.readouterr().err


@pytest.mark.parametrize("id", ["hopper-mixed", "mine-v0", "walker2d-expert-v2"])
def test_the_courses_names_and_files_come_first(id, home, monkeypatch):
    make(box(3), box(2), "hopper-mixed-v0")
    assert not asked.is_file(id)
    monkeypatch.setitem(sys.modules, "minari", None)  # not installed
    assert not asked.is_file(id)


@pytest.mark.parametrize("place", ["data/main_data.hdf5", "data", "."])
@pytest.mark.parametrize("id", ["lab/mine-v0", "lab/tasks/mine-v0", "mine-v0"])
def test_a_file_or_folder_of_minari_s_is_told_its_id(id, place, home):
    make(box(3), box(2), id)
    with pytest.raises(ValueError, match=f"belongs to a Minari dataset; pass the dataset's id: .*'{id}'"):
        formats.open(home / id / place)
    assert len(formats.open(id)) == 2
