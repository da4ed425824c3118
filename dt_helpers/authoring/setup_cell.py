"""What the release writes into each notebook: badges, the course's address, and how the setup cell installs the course.

A script has ``{{badges}}`` and ``{{address}}`` in it, and a cell with the tag ``setup`` that holds the notebook's own
imports. So a new version changes no script.
"""

from __future__ import annotations

from urllib.parse import quote

from nbformat import NotebookNode

from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.tree import ASSIGNMENT

TAG = "setup"

# It runs where nothing of the course is installed yet, or an older version of it.
INSTALL = r"""# Setup: run this cell first. Where the course's helpers are missing, as on Colab, it installs them.
import importlib.util
import os
import re
import site
import subprocess
import sys

COURSE = "{{version}}"
SOURCE = "{{requirement}}"


def stop(sentence):
    error = RuntimeError(sentence)
    error._render_traceback_ = lambda: [sentence]  # without the lines of this cell
    raise error


if importlib.util.find_spec("dt_helpers") is None:
    install = [sys.executable, "-m", "pip", "install", "--quiet"]
    if importlib.util.find_spec("torch") is None and not os.path.exists("/proc/driver/nvidia"):
        cpu = ["--retries", "0", "--timeout", "10", "--index-url", "https://download.pytorch.org/whl/cpu", "torch"]
        subprocess.run(install + cpu, capture_output=True)  # without 4 GB for graphics cards, if it can be had
    pip = subprocess.run([*install, SOURCE], capture_output=True, text=True)
    if pip.returncode:
        kaggle = "KAGGLE_KERNEL_RUN_TYPE" in os.environ
        online = "is Internet on in this notebook's settings" if kaggle else "is this machine online"
        why = re.findall("fatal: .*|ERROR: .*|No module named .*", pip.stderr) or ["pip gave no reason"]
        stop(f"The course's helpers could not be installed; {online}? pip says of {SOURCE}: {why[0]}")
    importlib.invalidate_caches()
    if importlib.util.find_spec("dt_helpers") is None:  # pip took the user's folder, as the usual one can't be written
        site.addsitedir(site.getusersitepackages())

import dt_helpers

here = getattr(dt_helpers, "__version__", "0")
here_is, course_is = ([int(number) for number in re.findall(r"\d+", version)[:3]] for version in (here, COURSE))
if here_is < course_is:
    stop(
        f"This notebook needs the course's helpers {COURSE}, and {here} is installed: "
        f'run %pip install "{SOURCE}" in a cell, then restart the kernel.'
    )
if here_is > course_is:
    print(f"This notebook is from version {COURSE} of the course, and {here} is installed. Is there a newer notebook?")
"""

COLAB, BINDER = "https://colab.research.google.com", "https://mybinder.org"
KAGGLE, DEEPNOTE = "https://kaggle.com", "https://deepnote.com"
BADGE = "[![Open in {}]({})]({})"


def fill_in(notebook: NotebookNode, stem: str, setting: Setting) -> None:
    """Write the setting into the notebook of the script called `stem`; cell ids stay."""
    address = f"{setting.url}/blob/{setting.ref}"
    for cell in notebook.cells:
        if is_setup(cell):
            install = INSTALL.replace("{{version}}", setting.version).replace("{{requirement}}", setting.requirement)
            cell.source = f"{install}\n{cell.source}".rstrip("\n")
        else:
            cell.source = cell.source.replace("{{badges}}", badges(stem, setting)).replace("{{address}}", address)


def is_setup(cell: NotebookNode) -> bool:
    return TAG in cell.metadata.get("tags", [])


def badges(stem: str, setting: Setting) -> str:
    """Links that open the student's notebook on somebody else's machine."""
    path = f"notebooks/{ASSIGNMENT}/{stem}.ipynb"
    colab = f"{COLAB}/github/{setting.repository}/blob/{setting.ref}/{path}"
    binder = f"{BINDER}/v2/gh/{setting.repository}/{setting.ref}?labpath={quote(path, safe='')}"
    page = f"{setting.url}/blob/{setting.ref}/{path}"
    kaggle, deepnote = f"{KAGGLE}/kernels/welcome?src={page}", f"{DEEPNOTE}/launch?url={page}"
    return "\n".join(
        [
            BADGE.format("Colab", f"{COLAB}/assets/colab-badge.svg", colab),
            BADGE.format("Binder", f"{BINDER}/badge_logo.svg", binder),
            BADGE.format("Kaggle", f"{KAGGLE}/static/images/open-in-kaggle.svg", kaggle),
            BADGE.format("Deepnote", f"{DEEPNOTE}/buttons/launch-in-deepnote-small.svg", deepnote),
        ]
    )
