"""A PostgreSQL server of its own for the lane `make test-postgres`: Debian's, in a temporary folder, on a free port."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from dt_helpers.grading.gradebook.recorder import Recorder
from dt_helpers.grading.places import Places
from tests.course_tree import make_tree

USER, PASSWORD = "course", "a-password"
NUMBERS = count()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The beginning of the URLs of its databases."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not programs:
        pytest.fail("There is no PostgreSQL server on this machine: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="dt-postgres-"))
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD)
    account = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        account = {"user": "postgres", "group": "postgres"}
        for path in (folder, password):
            shutil.chown(path, "postgres", "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [str(programs[-1].with_name(program)), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **account)

    run("initdb", "-D", str(data), "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", "--no-sync")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", settings, "start")
    try:
        yield f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}"
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder)


def sql(server: str, command: str) -> None:
    import psycopg2  # only the lane has it; pytest reads this file in `make test` as well

    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True  # databases are made outside of transactions
    with connection.cursor() as cursor:
        cursor.execute(command)
    connection.close()


def course(root: Path, url: str) -> Places:
    """The course in `root`, whose nbgrader_config.py names the database."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    return Places.find(root)


@pytest.fixture(scope="session")
def released(server, tmp_path_factory) -> Path:
    """A released course, and a database `released` that has its assignment."""
    root = make_tree(tmp_path_factory.mktemp("released") / "course", released=True, checked=True).root
    copy = tmp_path_factory.mktemp("first") / "course"
    shutil.copytree(root, copy)
    sql(server, "CREATE DATABASE released")
    Recorder(course(copy, f"{server}/released")).gradebook.close()
    return root


@pytest.fixture
def places(server, released, tmp_path) -> Places:
    """As in tests/grading, with a fresh database on the server."""
    name = f"course_{next(NUMBERS)}"
    sql(server, f"CREATE DATABASE {name} TEMPLATE released")
    shutil.copytree(released, tmp_path / "course")
    return course(tmp_path / "course", f"{server}/{name}")
