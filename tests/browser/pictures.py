"""The README's two screenshots, cut from those of the last walk.

    python -m tests.browser.pictures

Do the walk with DT_PRESET=quick before, or the cheetah in the second one will not run.
"""

import os
from pathlib import Path

from PIL import Image

from tests.browser.server import REPOSITORY

PICTURES = {  # name -> screenshot, box (left, upper, right, lower)
    "check": ("04_model_stack_inputs_wrong", (38, 32, 1242, 606)),
    "replay": ("06_replay_video_1", (38, 32, 1242, 750)),
}


def main() -> None:
    screenshots = Path(os.environ.get("DT_SCREENSHOTS") or REPOSITORY / "output" / "browser")
    folder = REPOSITORY / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (screenshot, box) in PICTURES.items():
        picture = Image.open(screenshots / f"{screenshot}.png").convert("RGB").crop(box)
        path = folder / f"{name}.png"
        picture.save(path, optimize=True)
        print(f"{path.relative_to(REPOSITORY)}: {picture.size}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
