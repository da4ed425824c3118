import os

import pytest
import torch

from dt_helpers import hardware


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
