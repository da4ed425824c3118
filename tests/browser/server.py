"""A JupyterLab of its own for one walk: fresh home and settings, a copy of the students' notebooks, a free port."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
SECONDS_TO_START = 120

SETTINGS = {
    # nothing is asked of the network, no question pops up over the notebook
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # all cells are in the page, also those that are scrolled away
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True)
class Server:
    url: str  # http://127.0.0.1:port
    root: Path  # what the file browser shows
    workspace: Path  # the student's $DT_WORKSPACE


@contextmanager
def jupyterlab(folder: Path, preset: str = "ci") -> Iterator[Server]:
    """Runs the JupyterLab that is installed beside this Python, or $DT_JUPYTER, until the block ends.

    `folder`, which is empty, takes all that it writes, the log (server.log) too. The student's data lie in $DT_CACHE if
    that is set. RuntimeError if there is no JupyterLab, or if it doesn't answer within two minutes.
    """
    jupyter = Path(os.environ.get("DT_JUPYTER") or Path(sys.executable).with_name("jupyter")).absolute()
    if not jupyter.exists():
        raise RuntimeError(
            f"There is no {jupyter}. Name the JupyterLab to be walked through: DT_JUPYTER=.../bin/jupyter"
        )
    root = folder / "course"
    shutil.copytree(REPOSITORY / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for name, settings in SETTINGS.items():
        file = folder / "config/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(settings))
    (folder / "home").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "MPLBACKEND"))},
        "PATH": f"{jupyter.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "DT_CACHE": os.environ.get("DT_CACHE") or str(folder / "cache"),
        "DT_WORKSPACE": str(folder / "workspace"),
        "DT_PRESET": preset,
    }
    command = [
        *(str(jupyter), "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password="),
        *("--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={root}"),
    ]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(process, url, folder / "server.log")
            yield Server(url, root, folder / "workspace")
        finally:
            process.terminate()  # it shuts its kernels down
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(process: subprocess.Popen, url: str, log: Path) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < SECONDS_TO_START:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{url}/api", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise RuntimeError("JupyterLab did not start:\n" + log.read_text(errors="replace")[-3000:])
