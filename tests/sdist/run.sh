#!/bin/sh
# Builds the source distribution with the python on PATH, and runs from where it was unpacked the tests that came with
# it: no git there, no checkout. The files that conftest.py calls long are left out; the rest goes to pytest.
set -eu
python -c 'import build' 2>/dev/null || python -m pip install --quiet --disable-pip-version-check build
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python -m build --sdist --outdir "$folder" . >"$folder/build.log" 2>&1 || { tail -20 "$folder/build.log" >&2; exit 1; }
tar -xzf "$folder"/*.tar.gz -C "$folder"
cache=$PWD/.cache/dt
cd "$folder"/dt_helpers-*/
echo "== $(find . -type f | wc -l) files in $(basename "$PWD").tar.gz"
long=$(python -c 'import conftest; print(*("--ignore=" + file for file in conftest.LONG))')
# shellcheck disable=SC2086  # a list of words
PYTHONPATH=$PWD DT_CACHE=$cache python -m pytest -n auto --dist loadfile -p no:cacheprovider $long tests "$@"
