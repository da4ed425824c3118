"""One exercise of a notebook that has the course's data, judged."""

import pytest

from dt_helpers.grading.judging import verdicts
from dt_helpers.grading.release import Task
from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.limits import Limits
from dt_helpers.grading.text.script import Place, Script
from tests.grading.course import needs

SETUP = """import json
import numpy as np
import torch
from dt_helpers import check, data, stitching, training
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.workspace import workspace
trajectories = data.load("halfcheetah-expert")
roads = stitching.draw_roads(seed=5)
model = training.load_or_provided()"""


@pytest.fixture(scope="session")
def box():
    needs()
    with Sandbox(limits=Limits(seconds=8, cpu_seconds=8, cell_seconds=2)) as made:
        yield made


@pytest.fixture
def judged(box):
    def judge(target: str, *cells: str):
        task = Task("a", target, "", frozenset([target]), f"check_{target}", 1.0, target, target)
        script = Script(tuple(enumerate((SETUP, *cells), 1)), {task.check_id: Place(len(cells) + 1)}, {target: 2})
        ((result,), _) = verdicts.judge([task], script, box, lambda check_id: 1)
        return result

    return judge


@pytest.fixture
def judged_in_turn(box):
    """The results of several exercises of one notebook: of (name of a function, text), in this order."""

    def judge(*answers: tuple[str, str]):
        tasks = [Task("a", name, "", frozenset([name]), f"check_{name}", 1.0, name, name) for name, _ in answers]
        cells = tuple(enumerate((SETUP, *(text for _, text in answers)), 1))
        places = {task.check_id: Place(number) for number, task in enumerate(tasks, 2)}
        own = {name: number for number, (name, _) in enumerate(answers, 2)}
        results, _ = verdicts.judge(tasks, Script(cells, places, own), box, lambda check_id: 1)
        return results

    return judge
