"""``make test-gpu``: the lane's tests where torch sees a graphics card; else a line that says so, without failing."""

import sys
from pathlib import Path

import pytest
import torch

from dt_helpers.machine import hardware

LANE = Path(__file__).with_name("lane_gpu.py")
DRIVER = Path("/proc/driver/nvidia/version")


def main(arguments: list[str]) -> int:
    """What the process ends with: pytest's answer, 0 without a card, 1 where this torch can't use the one there is."""
    kind = hardware.device().type
    if kind == "cpu" and DRIVER.exists():
        print(
            f"There is an NVIDIA driver, but torch {torch.__version__} sees no card. If that is its build for CPUs: "
            "make clean, then make test-gpu TORCH_INDEX="
        )
        return 1
    if kind == "cpu":
        print(f"NOT RUN: torch {torch.__version__} sees no graphics card here, and there is no NVIDIA driver.")
        return 0
    name = torch.cuda.get_device_name() if kind == "cuda" else "a Mac's"
    print(f"On {kind} ({name}), {'bfloat16' if hardware.has_bf16() else 'float32'}")
    return int(pytest.main([str(LANE), *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
