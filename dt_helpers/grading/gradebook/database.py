"""Open the gradebook's database: a SQLite file by default, or PostgreSQL or another by its URL."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nbgrader import api
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from dt_helpers.grading.places import Places

PATIENCE = 60_000  # ms to wait for a SQLite file that formgrader is writing to


def open_gradebook(places: Places) -> api.Gradebook:
    """The gradebook, created if there is none.

    Raises ValueError for an invalid URL, ImportError if its driver isn't installed, and ConnectionError if the server
    can't be reached; no message shows a password.
    """
    try:
        with _alembic_on_path():
            gradebook = api.Gradebook(places.db_url, places.course_id)
    except ArgumentError:
        example = "sqlite:////home/me/gradebook.db or postgresql://user:password@host/gradebook"
        raise ValueError(f"The gradebook needs the URL of a supported database, such as {example}.") from None
    except ModuleNotFoundError as error:
        raise ImportError(f"This gradebook needs {error.name}: pip install -e '.[grade,postgres]'") from None
    except OperationalError as error:
        shown = make_url(places.db_url).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0]
        raise ConnectionError(f"The gradebook {shown} could not be opened: {reason}") from None
    if gradebook.engine.dialect.name == "sqlite":
        event.listen(gradebook.engine, "connect", _be_patient)
        gradebook.engine.dispose()  # connections already open have no timeout set
    return gradebook


def _be_patient(connection, _record) -> None:
    connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")


@contextmanager
def _alembic_on_path() -> Iterator[None]:
    """nbgrader runs the command alembic to create a database; it is in this Python's folder."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before
