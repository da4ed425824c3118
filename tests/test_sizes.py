import os
import subprocess
import sys

import pytest

from . import sizes


def test_a_suite_is_small_whole_or_as_large_as_it_was_asked_to_be(monkeypatch):
    monkeypatch.delenv("DT_CAMPAIGN", raising=False)
    assert sizes.size("kills", small=2, whole=20) == 2
    monkeypatch.setenv("DT_CAMPAIGN", "whole")
    assert sizes.size("kills", small=2, whole=20) == 20
    monkeypatch.setenv("DT_CAMPAIGN", "mangled=7 kills=100")
    assert (sizes.size("kills", 2, 20), sizes.size("mutants", 3, 30)) == (100, 3)
    for nonsense in ("all", "kills", "kills=many"):
        monkeypatch.setenv("DT_CAMPAIGN", nonsense)
        with pytest.raises(ValueError, match=f"not '{nonsense}'"):
            sizes.size("kills", 2, 20)


def test_half_of_a_sample_is_fixed_and_the_seed_brings_the_other_half_back(monkeypatch):
    monkeypatch.delenv("DT_CAMPAIGN", raising=False)
    found = []
    for seed in (1, 2, 1):
        monkeypatch.setattr(sizes, "SEED", seed)
        found.append(sizes.seeds("kills", small=5, whole=20))
    first, other, again = found
    assert again == first and len(set(first)) == 5
    assert first[:3] == other[:3] == [0, 1, 2]
    assert not set(first[3:]) & set(other[3:])


def test_a_process_that_is_started_draws_the_same():
    code = "from tests import sizes; print(sizes.seeds('kills', 4, 20))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert child.stdout == f"{sizes.seeds('kills', 4, 20)}\n"


@pytest.mark.parametrize(("count", "there"), [(8, 100), (12, 57), (14, 23), (7, 7), (20, 3)])
def test_some_places_are_always_the_same_and_as_many_are_drawn(count, there):
    found = sizes.some("places", count, there)
    assert len(set(found)) == len(found) and set(found) <= set(range(there))
    assert found == list(range(there)) if there <= count else count <= len(found) <= 2 * count
    assert found == sizes.some("places", count, there)  # all workers agree
