"""What works in a fresh kernel has all its points here, and what fails there has none; `docs/grading.md` lists the
exceptions.

`DT_CAMPAIGN="honest=2000 wrong=2000 kernels=200" pytest tests/grading/test_honest.py` tries so many.
"""

import pytest

from dt_helpers.grading import release
from dt_helpers.grading.judging import verdicts
from dt_helpers.grading.matching import match
from dt_helpers.grading.sandbox import Sandbox
from tests.sizes import seeds

from .course import POINTS_OF, RELEASED, needs
from .fuzz.kernels import Forked, in_a_fresh_kernel
from .fuzz.notebooks import compose

RELEASES = release.read(RELEASED / f"{stem}.ipynb" for stem in POINTS_OF)
LENIENT = (
    "Judged with correct versions",
    verdicts.MENDED,
    "it was set aside",
)  # exceptions, by what is said on the page


@pytest.fixture(scope="module")
def sandbox():
    needs()
    lines = dict.fromkeys(line for released in RELEASES.values() for task in released.tasks for line in task.imports)
    with Sandbox(imports=list(lines)) as box:
        yield box


@pytest.fixture(scope="module")
def forked():
    with Forked() as shells:
        yield shells


def graded(path, sandbox) -> dict:
    """Id of each check cell -> its result."""
    released = RELEASES[path.stem]
    results, _ = verdicts.judge(released.tasks, match(released, path).script, sandbox, lambda check_id: 1)
    return {result.check_id: result for result in results}


def differences(said: dict[str, bool], results: dict) -> list[str]:
    """Where the grader and the kernel don't agree, and no exception tells why."""
    found = []
    for check_id, result in results.items():
        passed = result.status == "passed"
        lenient = passed and any(word in remark for remark in result.remarks for word in LENIENT)
        if passed != said.get(check_id, False) and not lenient:
            found.append(f"{check_id}: {said.get(check_id)} in the kernel, {result.status} here. {result.sentence}")
    return found


@pytest.mark.parametrize("seed", seeds("honest", small=8, whole=2000))
def test_what_works_in_a_kernel_has_all_points(seed, sandbox, forked, tmp_path):
    handed = compose(seed, wrong=False)
    path = handed.write(tmp_path)
    assert differences(forked.says(path), graded(path, sandbox)) == [], handed.habits


@pytest.mark.parametrize("seed", seeds("wrong", small=8, whole=2000))
def test_what_fails_in_a_kernel_has_none(seed, sandbox, forked, tmp_path):
    handed = compose(seed, wrong=True)
    path = handed.write(tmp_path)
    assert differences(forked.says(path), graded(path, sandbox)) == [], handed.habits


@pytest.mark.parametrize("seed", seeds("kernels", small=1, whole=200))
def test_a_forked_shell_says_what_a_fresh_kernel_says(seed, forked, tmp_path):
    handed = compose(seed, wrong=bool(seed % 2))
    path = handed.write(tmp_path)
    assert forked.says(path) == in_a_fresh_kernel(path), handed.habits
