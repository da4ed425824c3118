"""What `make lint` looks at for spelling: the project's own files, and not what its builds and packages leave here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("codespell_lib", reason="of the development's packages")
LEFT = (
    "web/live/node_modules/esbuild/main.js",
    "web/live/dist/page.js",
    "output/log.md",
    "build/lib/x.py",
    ".venv/a.py",
)


@pytest.mark.parametrize("name", ["README.md", "docs/page.md", "dt_helpers/data/rows.py", "web/live/src/page.mjs"])
def test_only_the_projects_own_files_are_read(name, tmp_path):
    shutil.copy(Path(__file__).parents[1] / "pyproject.toml", tmp_path)
    for path in (*LEFT, name):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("t" + "eh word\n")
    command = [sys.executable, "-c", "import sys; from codespell_lib import _script_main; sys.exit(_script_main())"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert said.count("==> the") == 1 and name in said
