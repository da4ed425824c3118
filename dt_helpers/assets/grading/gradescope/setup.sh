#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the autograder's image.
set -euo pipefail

apt-get update
apt-get install --yes --no-install-recommends bubblewrap curl ca-certificates
curl --fail --silent --show-error --location https://astral.sh/uv/install.sh | env UV_INSTALL_DIR=/usr/local/bin sh

# a Python of its own, where the account that runs students' code can read it
export UV_PYTHON_INSTALL_DIR=/autograder/python
uv venv --python 3.12 /autograder/venv
uv pip install --python /autograder/venv/bin/python --torch-backend cpu --editable "/autograder/source/course[grade,students]"

# the account for students' code: it can read neither the checks nor the library's own model, and change nothing
useradd --no-create-home --shell /usr/sbin/nologin student-code
chmod -R go-rwx /autograder/source
find / -xdev -name "modeling_decision_transformer*" -exec chmod 600 {} +
