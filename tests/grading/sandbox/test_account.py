"""Without bubblewrap, as in a container that allows none, students' code can at least have another account."""

import pwd

import pytest

from dt_helpers.grading.sandbox import LIMITS, Sandbox, SandboxUnavailable
from dt_helpers.grading.sandbox.limits import Limits
from tests.grading import conversation
from tests.grading.course import another_account


@another_account
def test_it_runs_as_another_account_which_reads_nothing_of_the_grader_s(tmp_path):
    secret = tmp_path / "answers.txt"
    secret.write_text("42")
    secret.chmod(0o600)
    text = f"""
import os
def read(path):
    try:
        return open(path).read()
    except OSError as error:
        return type(error).__name__
open('mine.txt', 'w').write('mine')
f = [os.getuid(), os.geteuid(), os.getgroups(), read({str(secret)!r}), read('mine.txt')]
"""
    nobody = pwd.getpwnam("nobody")
    with Sandbox(LIMITS, Limits(memory=512 << 20, account="nobody")) as box:
        assert box.in_force["account"] == "nobody"
        with box.session() as session:
            told = conversation.load(session, text + "raise ValueError(repr(f))")
    assert told["failed"]["text"] == repr([nobody.pw_uid, nobody.pw_uid, [], "PermissionError", "mine"])


def test_an_account_that_is_not_there():
    with pytest.raises(SandboxUnavailable, match="no account of-nobody on this machine"):
        Sandbox(LIMITS, Limits(account="of-nobody"))
