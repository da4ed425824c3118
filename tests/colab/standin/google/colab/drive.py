"""Google Drive as a folder: $COLAB_CONTENT/drive/MyDrive takes the place of /content/drive/MyDrive."""

import os
from pathlib import Path


def mount(mountpoint: str) -> None:
    content = Path(os.environ["COLAB_CONTENT"])
    (content / Path(mountpoint).relative_to("/content") / "MyDrive").mkdir(parents=True, exist_ok=True)

    from dt_helpers import workspace

    workspace.COLAB = content  # /content itself is not ours to write to
    print(f"Mounted at {mountpoint}")
