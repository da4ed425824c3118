"""The gradebook's own tests once more, on a real PostgreSQL server: ``make test-postgres``.

The file's name keeps it out of `make test`, which does without a server.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from nbgrader.api import Gradebook

from dt_helpers import cli
from dt_helpers.authoring.tree import ASSIGNMENT
from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.results import Store
from tests.grading.gradebook.test_marks import *  # noqa: F403
from tests.grading.gradebook.test_recorder import *  # noqa: F403
from tests.grading.made_up import result


def test_this_is_postgresql(places, recorder):
    assert recorder.gradebook.engine.dialect.name == "postgresql"


def test_two_graders_at_once(places, recorder):
    """Each with its own connection, each submission in a transaction of its own."""

    def record(numbers):
        with Recorder(places) as own:
            for number in numbers:
                own.record(result(f"student-{number}"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(record, [range(0, 20, 2), range(1, 20, 2)]))
    with Gradebook(places.db_url, places.course_id) as gradebook:
        assert len(gradebook.assignment_submissions(ASSIGNMENT)) == 20
        assert gradebook.average_assignment_score(ASSIGNMENT) == 2.0


def test_the_commands_read_it_from_the_configuration(places, recorder, monkeypatch, capsys):
    monkeypatch.chdir(places.root)
    graded = result("Ada-11")
    Store(places.results).put(graded)
    recorder.record(graded)
    for command in ("feedback", "report"):
        assert cli.main([command]) == 0, capsys.readouterr().err
    assert cli.main(["export", "moodle"]) == 0
    assert not list(places.root.rglob("gradebook.db")), "nothing went to a file"


def test_a_wrong_password_and_no_server_are_said_without_the_password(places):
    for url in (places.db_url.replace("a-password", "a-wrong-one"), "postgresql://me:hidden@127.0.0.1:1/x"):
        with pytest.raises(
            ConnectionError, match=r"The gradebook postgresql://\w+:\*\*\*@.* could not be opened"
        ) as found:
            Recorder(replace(places, db_url=url))
        assert "a-wrong-one" not in str(found.value) and "hidden" not in str(found.value)
