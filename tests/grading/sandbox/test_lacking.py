"""What a cell can't do here, since the sandbox lacks something, costs nothing that stands below it in the same cell."""

import nbformat
import pytest

from dt_helpers.grading.sandbox import Sandbox
from dt_helpers.grading.sandbox.limits import Limits
from tests.grading.course import POINTS_OF, RELEASED, needs, solution

SETUP = """
import json, os
import numpy as np
import torch
from dt_helpers import check, data, envs, plots, training
from dt_helpers.collator import Windows
from dt_helpers.workspace import workspace

trajectories = data.load("halfcheetah-expert")
"""
BELOW = "\n\ndef f(): return 1\n"


@pytest.fixture(scope="module")
def box():
    needs()
    with Sandbox(limits=Limits(memory=512 << 20)) as made:
        yield made


def found(box, *cells: str, target: str = "f") -> tuple[dict, str]:
    """What the cells leave under a name, and the last cell's error."""
    with box.session() as session:
        for text in cells:
            answer, _ = session.ask({"do": "cell", "name": "cell", "text": text})
        told, _ = session.ask({"do": "find", "target": target})
        return told, str(answer.get("failed", ""))


@pytest.mark.parametrize("stem", POINTS_OF)
def test_whatever_a_student_writes_below_the_lines_of_a_given_cell_is_run(box, stem):
    """Each cell of the release, with the solutions in it and a line of the student's below each."""
    cells, expected = ["reached = []"], []
    for number, cell in enumerate(nbformat.read(RELEASED / f"{stem}.ipynb", as_version=4).cells, 1):
        if cell.cell_type == "code":
            marks = cell.metadata.get("nbgrader", {})
            text = solution(marks["grade_id"]) if marks.get("solution") else cell.source
            cells.append(f"{text}\n\nreached.append({number})")
            expected.append(number)
    _, error = found(box, *cells, f"raise ValueError([number for number in {expected} if number not in reached])")
    assert "'text': '[]'" in error, f"below these cells of {stem} nothing was run: {error[:200]}"


KERNELS = {  # the first lines of a cell that a kernel runs to its end: one with a network, on Colab, with a card
    "the length of the data": "assert len(trajectories) == 200",
    "a number made of the data": "best = float(trajectories.returns.max())\nassert best > 8000",
    "a number in a table": (
        "table = {}\ntable['best'] = float(trajectories.returns.max())\nassert table['best'] > 8000"
    ),
    "a loop over the data": "steps = []\nfor one in trajectories: steps.append(len(one))\nassert steps[0] == 1000",
    "names in the data": (
        "row = dict(trajectories.to_dataset()[0].items())\nfirst = row['rewards'][0]\nassert first < 9"
    ),
    "a condition on the data": "if trajectories.returns.mean() < 1000:\n    raise ValueError('other data')",
    "a function that reads the data": "def show(n): return trajectories.returns[:n] + [1]\nshow(3)",
    "a method of a class of one's own": (
        "class Data:\n    def __init__(self): self.all = trajectories\n    def last(self): return self.all + [1]\n"
        "d = Data()\nd.last()"
    ),
    "a tensor of the data": "part = torch.tensor(trajectories.rewards[:5])\nassert part.shape == (5,)",
    "a table of the data": (
        "import pandas as pd\npd.DataFrame({'r': trajectories.returns}).describe().loc['mean', 'r'] + []"
    ),
    "a loader of the data": (
        "loader = torch.utils.data.DataLoader(Windows(trajectories))\nassert len(next(iter(loader))) == 4"
    ),
    "a file in the workspace": (
        "notes = workspace() / 'notes.json'\nnotes.write_text('{}')\nassert json.loads(notes.read_text()) == {}"
    ),
    "a file opened in the workspace": (
        "open(workspace() / 'x.json', 'w').write(json.dumps({'n': trajectories.lengths[0]}))"
    ),
    "a folder in the workspace": "os.makedirs(workspace() / 'mine', exist_ok=True)\nos.listdir(workspace())[0]",
    "an environment": "env = envs.make('HalfCheetah-v5')\nseen, _ = env.reset(seed=0)\nassert seen.shape == (17,)",
    "a model that was trained": "model, losses = training.train(trajectories)\nassert losses[-1] < 0.5",
    "a setting": "settings = training.preset()\nassert settings.preset in ('ci', 'tutorial', 'small')",
    "everything of the course": "from dt_helpers import *\nplots.tokens({'returns': ['R1']})",
    "everything of a check": "from dt_helpers.check import *\nassert issubclass(CheckFailed, AssertionError)",
    "a page of the network": (
        "import urllib.request\npage = urllib.request.urlopen('https://example.org').read()\nlen(page)"
    ),
    "a page, read by requests": "import requests\nassert requests.get('https://example.org').ok",
    "an address": "import socket\nsocket.create_connection(('1.1.1.1', 53), 1)",
    "a file of the Hub": "from huggingface_hub import hf_hub_download\nhf_hub_download('gpt2', 'config.json')",
    "a model of the Hub": "from transformers import AutoConfig\nAutoConfig.from_pretrained('gpt2')",
    "a dataset of the Hub": "from datasets import load_dataset\nrows = load_dataset('imdb')\nrows['train'][0]",
    "Drive": "from google.colab import drive\ndrive.mount('/content/drive')",
    "Drive's module": "import google.colab\ngoogle.colab.drive.mount('/content/drive')",
    "Colab's secrets": "from google.colab import userdata\nos.environ['WANDB'] = userdata.get('WANDB')",
    "Colab's folder": "os.chdir('/content')\nopen('/content/x.txt', 'w').write('1')",
    "a card": "torch.zeros(1).cuda()",
    "a card by its name": "device = torch.device('cuda')\nx = torch.ones(2, device=device)\nx + 1",
    "what card it is": "print(torch.cuda.get_device_name(0))\nprint(torch.cuda.get_device_properties(0))",
    "a picture of a robot": (
        "import gymnasium as gym\nenv = gym.make('HalfCheetah-v5', render_mode='rgb_array')\nenv.reset(seed=0)\n"
        "env.render().shape"
    ),
    "much memory": "big = np.ones((1 << 14, 1 << 14))\nbig.sum()",
    "much memory in torch": "big = torch.ones(1 << 28)\nbig.sum()",
    "a large file": "open('big', 'wb').write(bytes(64 << 20))",
    "how much memory there is": "lines = open('/proc/meminfo').read()\nlines.splitlines()[0]",
    "how much memory there is, by psutil": "from psutil import virtual_memory\nram = virtual_memory().total / 1e9",
    "who it is": "import getpass\nme = getpass.getuser()",
    "a film": "from IPython.display import Video\nVideo(str(workspace() / 'replay.mp4'), embed=True)",
}


@pytest.mark.parametrize("what", KERNELS)
def test_what_the_sandbox_lacks_costs_nothing_below_it(box, what):
    told, error = found(box, SETUP, KERNELS[what] + BELOW)
    assert told.get("kind") == "callable", error


STUDENTS = (
    "print(result_of_yesterday)",
    "print(trajectories, result_of_yesterday)",
    "1 / 0",
    "assert False",
    "raise ValueError('no')",
    "rows = open('/home/me/data.csv').read()",
    "import utils_of_last_year",
    "np.zeros(3)[5]",
    "counts = {}\ncounts['a']",
    "import sys\nsys.exit()",
    "raise KeyboardInterrupt",
    "torch.zeros(2) @ torch.zeros(3)",
    "return 3",
    "def broken(:",
)


@pytest.mark.parametrize("lines", STUDENTS)
def test_the_student_s_own_error_ends_a_cell_as_in_a_kernel(box, lines):
    told, _ = found(box, SETUP, lines + BELOW)
    assert told == {"undefined": True}
