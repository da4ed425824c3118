"""The public workflows as far as they can be read: what they use is pinned, and they may do no more than they need."""

import re
from pathlib import Path

import pytest
import yaml

FILES = sorted((Path(__file__).parent.parent / ".github/workflows").glob("*.yml"))
workflows = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@workflows
def test_actions_are_pinned_by_digest_and_their_version_is_said(file):
    used = re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


@workflows
def test_a_job_has_the_permissions_that_it_names_and_an_end(file):
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert set(job["permissions"].items()) <= {("contents", "read"), ("id-token", "write"), ("pages", "write")}
        assert job["timeout-minutes"] <= 90


@workflows
def test_no_expression_is_put_into_a_shell(file):
    for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
        assert [step["run"] for step in job["steps"] if "${{" in step.get("run", "")] == []
