#!/bin/sh
# Tests with Python $1 ("3.12") and the $2 ("lowest" or "newest") versions that pyproject.toml allows, or with those of
# uv.lock ("locked"), in the environment $3/$1-$2, with the requirement $4 for torch; the rest goes to pytest.
set -eu
version=$1 bound=$2 folder=$3 torch=$4
shift 4
python=$(command -v "python$version") && "$python" -c 'import venv' 2>/dev/null || {
    echo "make test-versions needs python$version on PATH (with its venv module). PYTHONS=\"...\" leaves it out." >&2
    exit 1
}
venv=$folder/$version-$bound
echo "== Python $version, $bound versions"
test -x "$venv/bin/python" || "$python" -m venv "$venv"
pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check"
$pip --upgrade pip uv
extras="--extra formats --extra test"
resolution="--resolution highest"
test "$bound" = lowest && resolution="--resolution lowest-direct"
echo "$torch" > "$venv/torch.txt"
# shellcheck disable=SC2086  # both are lists of words
if test "$bound" = locked; then # --locked fails where pyproject.toml was changed and uv.lock was not
    "$venv/bin/uv" export --quiet --locked --no-header --no-annotate --no-hashes --no-emit-project --prune torch \
        --python "$venv/bin/python" $extras > "$venv/resolved.txt"
else
    "$venv/bin/uv" pip compile --quiet --no-header --no-annotate --only-binary :all: --find-links "${PIP_FIND_LINKS:-.}" \
        --python "$venv/bin/python" $extras $resolution --constraint "$venv/torch.txt" pyproject.toml \
        > "$venv/resolved.txt"
fi
grep -vE '^(torch|triton|nvidia-|cuda-)' "$venv/resolved.txt" > "$venv/versions.txt" # torch's own come with the build that pip finds
echo "$torch" >> "$venv/versions.txt"
$pip --requirement "$venv/versions.txt"
$pip --no-deps --editable .
grep -E '^(accelerate|datasets|gymnasium|matplotlib|mujoco|numpy|pillow|pyarrow|torch|transformers)==' "$venv/versions.txt"
"$venv/bin/python" -m pip check
# What the libraries have most to do with; the exercises' checks and grading are tested with one set of versions.
DT_CACHE="$PWD/.cache/dt" DT_WORKSPACE="$PWD/.cache/versions-workspace" MPLBACKEND=agg OMP_NUM_THREADS=1 \
    PATH="$PWD/$venv/bin:$PATH" "$venv/bin/python" -m pytest tests/model/test_model.py tests/test_collator.py tests/data/test_data.py \
    tests/data/test_hub.py tests/envs/test_envs.py tests/envs/test_physics.py tests/training/test_training.py tests/rollout/test_rollout.py \
    tests/video/test_render.py tests/video/test_video.py tests/data/test_formats.py tests/check/test_oracles.py "$@"
