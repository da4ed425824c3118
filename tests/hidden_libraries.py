"""Python in a child process in which OpenGL libraries cannot be loaded, as on a machine that lacks them."""

import os
import subprocess
import sys
from pathlib import Path


def run_without(libraries: list[str], code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Runs `code` with empty files in front of the real libraries, so that the system's loader refuses them."""
    masks = folder / "masks"
    masks.mkdir(exist_ok=True)
    for library in libraries:
        for ending in ("", *(f".{major}" for major in range(10))):
            (masks / f"lib{library}.so{ending}").touch()
    clean = {key: value for key, value in os.environ.items() if key not in ("MUJOCO_GL", "PYOPENGL_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | {"LD_LIBRARY_PATH": str(masks)} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
