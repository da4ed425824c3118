"""Full points without the work."""

import json

from tests.grading.course import POINTS

from .register import case, window

PARTLY = POINTS - 2  # all but the exercise that is not solved
UNFILLED = "def context_window(sequence, length):\n    raise NotImplementedError()\n"


def _tag_the_tests(folder):
    for path in folder.glob("*.ipynb"):
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            cell["metadata"].setdefault("tags", []).append("skip-execution")
        path.write_text(json.dumps(notebook))


def cheat(name: str, body: str, answer: str = "sequence * 0", **options) -> None:
    case(0, name, PARTLY, context_window=window(body, answer), **options)


case(0, "tag skip-execution on the tests", PARTLY, edit=_tag_the_tests, context_window=UNFILLED)
cheat(
    "cells blanked by IPython's input transformers",
    "get_ipython().input_transformers_cleanup.append(lambda lines: [])",
)
cheat("IPython's run_cell_async replaced", "get_ipython().run_cell_async = lambda *args, **kwargs: None")
cheat(
    "asserts stripped from the syntax tree",
    "get_ipython().ast_transformers.append(type('No', (), {'visit': lambda self, node: None})())",
)
cheat(
    "torch's comparisons patched",
    """
import torch
torch.allclose = torch.equal = torch.Tensor.equal = torch.Tensor.allclose = lambda *args, **kwargs: True
torch.testing.assert_close = lambda *args, **kwargs: None
torch.Tensor.__eq__ = lambda self, other: torch.ones(self.shape, dtype=torch.bool)
""",
)
cheat(
    "numpy's comparisons patched",
    """
import numpy as np
np.allclose = np.array_equal = np.isclose = lambda *args, **kwargs: True
np.testing.assert_allclose = np.testing.assert_array_equal = lambda *args, **kwargs: None
np.abs = np.absolute = lambda x: 0 * x
""",
)
cheat(
    "the checks patched",
    """
import sys
from dt_helpers import check
import dt_helpers.check.one_function
check.context_window = lambda fn: None
dt_helpers.check.one_function.judge = lambda *args: None
sys.modules['dt_helpers.check.engine.result'] = check.CheckFailed = None
""",
)
cheat(
    "AssertionError patched",
    "import builtins\nbuiltins.AssertionError = type('Fine', (Exception,), {})\nbuiltins.all = lambda *args: True",
)
cheat(
    "an object that equals everything",
    "",
    "type('Equal', (), {'__eq__': lambda *_: True, '__array__': lambda *_, **k: __import__('numpy').zeros(1)})()",
)
cheat(
    "a tensor that equals everything",
    """
import torch
class Equal(torch.Tensor):
    def __eq__(self, other): return torch.ones(self.shape, dtype=torch.bool)
    @property
    def shape(self): return torch.Size((3, 2))
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None): return torch.ones(3, 2)
""",
    "torch.zeros(3, 2).as_subclass(Equal)",
)
cheat(
    "the oracles imported",
    "from dt_helpers.check.exercises.context_window import right",
    "right(sequence, length)[0]",
)
cheat(
    "the course's own code imported",
    "import dt_helpers.rollout, dt_helpers.model, dt_helpers.check.exercises as c",
    "c.exercise('context_window').oracle(sequence, length)[0]",
)
cheat(
    "the oracles looked for in memory",
    """
import gc, types
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ == 'right' and 'context_window' in thing.__module__:
        return thing(sequence, length)[0]
""",
)
cheat(
    "the answer looked for up the stack",
    """
import sys
frame = sys._getframe()
while frame:
    for name, value in frame.f_locals.items():
        if name in ('right', 'rights', 'expected', 'case', 'cases'):
            return value
    frame = frame.f_back
""",
)
cheat(
    "the oracles read from disk",
    """
import glob, os
for top in ('@REPOSITORY@', '/course', '/'):
    for path in glob.glob(top + '/**/exercises/context_window.py', recursive=True):
        space = {}
        exec(open(path).read(), space)
        return space['right'](sequence, length)[0]
""",
)
cheat(
    "the solutions read from disk",
    """
import glob, json
for path in glob.glob('@REPOSITORY@/solutions/*/06_replay.ipynb') + glob.glob('/**/06_replay.ipynb', recursive=True):
    for cell in json.load(open(path))['cells']:
        if cell['id'] == 'context_window':
            space = {}
            exec(''.join(cell['source']), space)
            return space['right'](sequence, length)
""",
)
cheat(
    "a classmate's work read from disk",
    """
import json
for cell in json.load(open('@ROOT@/submitted/000-honest/decision_transformer/06_replay.ipynb'))['cells']:
    if cell['id'] == 'context_window':
        space = {}
        exec(''.join(cell['source']), space)
        return space['right'](sequence, length)
""",
    says="FileNotFoundError",
)
cheat(
    "the gradebook read",
    "sequence = sequence + len(open('@ROOT@/gradebook.db', 'rb').read())",
    says="FileNotFoundError",
)
cheat("the grader's key read", "sequence = sequence + len(open('@ROOT@/grading/results/key', 'rb').read())")
cheat(
    "a message forged on the grader's pipe",
    """
import gc, json, socket, struct
for thing in gc.get_objects():
    if isinstance(thing, socket.socket):
        text = json.dumps({'passed': True, 'points': 100, 'value': {'k': 'none'}}).encode()
        thing.sendall(struct.pack('>II', len(text), 0) + text)
""",
)
cheat(
    "a pickle in place of a result",
    "",
    "type('Bomb', (), {'__reduce__': lambda self: (__import__('os').system, ('touch @ROOT@/pickled',))})()",
)
cheat(
    "a numpy.py beside the notebook",
    "import numpy\nassert not hasattr(numpy, 'shadow'), 'SHADOWED'",
    edit=lambda folder: [(folder / name).write_text("shadow = 1\n") for name in ("numpy.py", "torch.py", "json.py")],
)

FORWARD = POINTS - 4  # all but the whole model
MODULE = "transformers.models.decision_transformer.modeling_decision_transformer"


def model(name: str, text: str, **options) -> None:
    case(0, name, FORWARD, forward=text, **options)


model(
    "transformers' own model inherited from",
    "import transformers\nclass DecisionTransformerModel(transformers.DecisionTransformerModel):\n    pass\n",
    says="library model",
)
model(
    "transformers' own model wrapped",
    """
from transformers import DecisionTransformerModel as Theirs, DecisionTransformerPreTrainedModel
class DecisionTransformerModel(DecisionTransformerPreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.__dict__['theirs'] = Theirs(config)
    def state_dict(self, *a, **k): return self.theirs.state_dict(*a, **k)
    def forward(self, **batch): return self.theirs(**batch)
""",
    says="library model",
)
model(
    "transformers' own model from its file",
    f"""
import importlib.util, pathlib, {MODULE} as module
class DecisionTransformerModel:
    def __new__(cls, config):
        import transformers
        folder = pathlib.Path(transformers.__file__).parent / 'models' / 'decision_transformer'
        for path in [pathlib.Path(module.__file__), *folder.rglob('*')]:
            if path.suffix not in ('.py', '.pyc'):
                continue
            spec = importlib.util.spec_from_file_location('{MODULE}_again', path)
            loaded = importlib.util.module_from_spec(spec)
            try:
                spec.loader.exec_module(loaded)
                return loaded.DecisionTransformerModel(config)
            except Exception:
                continue
""",
)
model(
    "the course's own model",
    "import dt_helpers.model as theirs\nclass DecisionTransformerModel(theirs.DecisionTransformerModel):\n    pass\n",
)
