"""Two processes train as one does with the same batches: launchers start them, on CPUs, with gloo between them.

Some windows are padded, so that the processes have different numbers of real steps.
"""

import json
import os
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

from . import warm

# The dataset's order is the Trainer's own (a seeded permutation); each process gets every other batch of it.
CHILD = """
import atexit
import os
import sys
from pathlib import Path

import torch
from transformers import Trainer, set_seed
from dt_helpers import training
from dt_helpers.collator import DecisionTransformerGymDataCollator, Windows
from tests.conftest import make_trajectories

output, batch_size = Path(sys.argv[1]), int(sys.argv[2])
left = output / f"left-{os.environ.get('RANK', 0)}"
atexit.register(lambda: left.write_text(str(not torch.distributed.is_initialized())))  # the first runs last
without_draws = {"dropout": 0.0, "hidden_actions": 0.0}  # each process has its own
settings = training.preset("ci", steps=8, batch_size=batch_size, context_length=5, eval_steps=8, **without_draws)
data = make_trajectories([9] * 24)
collator = DecisionTransformerGymDataCollator(data, 5, settings.scale, settings.max_ep_len, settings.sampling, 0)
set_seed(0)
model = training.make_model(collator, settings)
args = training.arguments(settings, output)
args.logging_steps, args.save_strategy, args.use_cpu = 1, "no", True
trainer = training.make_trainer(model, collator, args)
trainer.train()
if trainer.is_world_process_zero():
    import json
    model.save_pretrained(output)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    (output / "losses.json").write_text(json.dumps({"processes": args.world_size, "losses": losses}))
"""


def trained(folder, start, batch_size: int):
    """The number of processes, the losses of the 8 steps, and the weights after them."""
    folder.mkdir(exist_ok=True)
    script = folder / "train.py"
    script.write_text(CHILD)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    child = start(str(script), str(folder), str(batch_size), env=environment)
    assert child.returncode == 0, child.stderr
    if start is not warm.python:  # which ends without them
        assert [path.read_text() for path in folder.glob("left-*")] == ["True", "True"]
    facts = json.loads((folder / "losses.json").read_text())
    return facts["processes"], facts["losses"], load_file(folder / "model.safetensors")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What one process learns."""
    return trained(tmp_path_factory.mktemp("one"), warm.python, 16)


@pytest.mark.parametrize(
    "launcher",
    [
        ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"],
        [
            # with --cpu alone it starts one process; this is its way to torchrun, and the Trainer stays on the CPU
            *("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes=2", "--num_machines=1"),
            *("--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=0"),
        ],
    ],
    ids=["torchrun", "accelerate launch"],
)
def test_two_processes_learn_as_one_with_the_same_global_batch(tmp_path, alone, launcher):
    def launch(*arguments, env):
        return subprocess.run([sys.executable, *launcher, *arguments], capture_output=True, text=True, env=env)

    one, losses, weights = alone
    two, together, shared = trained(tmp_path, launch, 8)
    assert (one, two) == (1, 2)
    assert len(losses) == len(together) == 8
    torch.testing.assert_close(torch.tensor(together), torch.tensor(losses), rtol=1e-4, atol=1e-4)
    for name in weights:
        torch.testing.assert_close(shared[name], weights[name], rtol=1e-3, atol=1e-4, msg=name)
