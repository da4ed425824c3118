import subprocess
import sys

import pytest

import dt_helpers


def test_import_is_lazy_and_silent():
    heavy = ("torch", "transformers", "datasets", "gymnasium", "mujoco", "matplotlib", "numpy")
    code = f"import sys, dt_helpers; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    assert run.stderr == ""


def test_every_public_name_is_there():
    for name in dt_helpers.__all__:
        assert getattr(dt_helpers, name) is not None


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(AttributeError, match="collator"):
        _ = dt_helpers.colator
