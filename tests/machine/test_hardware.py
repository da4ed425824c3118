import os
import platform
import subprocess
import sys

import pytest
import torch

from dt_helpers import training
from dt_helpers.machine import hardware
from dt_helpers.training import trainer


def test_cores_that_may_be_used():
    assert 1 <= hardware.usable_cores() <= os.cpu_count()


@pytest.mark.parametrize(("avx512", "amx"), [(False, False), (True, False), (False, True)])
def test_bf16_on_a_cpu_needs_one_of_two_instruction_sets(monkeypatch, avx512, amx):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
    assert hardware.has_bf16() == (avx512 or amx)


def test_bf16_on_an_older_torch_or_another_processor(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert hardware.has_bf16() is False


FAULTS = """
import resource, sys
import numpy as np
from dt_helpers.machine.hardware import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def fill():
    parts = [np.full(1_000_000, 1.0) for _ in range(3)]  # 8 MB each
fill()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    fill()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide for themselves")
def test_freed_memory_is_kept():
    faults = {
        way: int(subprocess.run([sys.executable, "-c", FAULTS, way], capture_output=True, check=True).stdout)
        for way in ("usual", "keep")
    }
    assert faults["keep"] < faults["usual"] / 5, faults


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_training_is_on_the_gpu_where_there_is_one(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert hardware.device() == torch.device(expected)


@pytest.mark.parametrize(("cuda", "mps"), [(True, False), (False, True), (False, False)])
def test_the_trainer_is_told_to_use_what_there_is(monkeypatch, tmp_path, cuda, mps):
    monkeypatch.setattr(trainer, "device", lambda: torch.device("cuda" if cuda else "mps" if mps else "cpu"))
    monkeypatch.setattr(trainer, "TrainingArguments", lambda **options: options)
    options = training.arguments(training.preset("ci"), tmp_path)
    assert options["use_cpu"] == (not cuda and not mps)
    assert options["dataloader_pin_memory"] == cuda
