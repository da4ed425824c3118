"""Nobody but the grader talks to Dask while it grades: not another account of the machine, not a browser."""

import os
import socket
import ssl
import urllib.error
import urllib.request

import psutil
import pytest
from dask.distributed import LocalCluster, Security

from dt_helpers.grading.judging import scheduling
from dt_helpers.grading.judging.grade import grade
from dt_helpers.grading.judging.scheduling import ClusterUnavailable, is_open, run
from tests.grading.course import make_course
from tests.grading.judging.test_scheduling import double, numbered


def ports():
    """What this process and those that it has started listen at."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    pids = {process.pid for process in family}
    found = [one for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.pid in pids]
    return {one.laddr for one in found}


@pytest.fixture(scope="module")
def running():
    """The ports that are open while a class is graded."""
    before = ports()
    outcomes = run(numbered(20), double, jobs=2)
    next(outcomes)
    yield ports() - before
    list(outcomes)


def test_all_ports_are_this_machine_s_own(running):
    assert running
    assert {address.ip for address in running} == {"127.0.0.1"}


def first_word(address, wrap=lambda connection: connection):
    """What the one at the port says to whoever comes; Dask begins with a greeting."""
    with socket.create_connection(address, timeout=2) as plain:
        try:
            with wrap(plain) as connection:
                connection.settimeout(0.5)
                return connection.recv(100)
        except OSError as error:  # an end of the connection by TLS is one, too
            return b"" if isinstance(error, TimeoutError | ssl.SSLError | ConnectionError) else pytest.fail(str(error))


def test_another_account_gets_no_greeting(running):
    """Without a certificate, and with one of its own."""
    for address in running:
        assert first_word(address) == b""
        for security in (Security(), Security.temporary()):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            if security.require_encryption:
                context = security.get_connection_args("client")["ssl_context"]
                context.verify_mode = ssl.CERT_NONE
            assert first_word(address, lambda plain, context=context: context.wrap_socket(plain)) == b""


def test_the_web_servers_tell_nothing(running):
    answered = 0
    for address in running:
        for page in ("", "/metrics", "/health", "/info/main/workers.html", "/json/identity.json", "/statics/js/x.js"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{address.port}{page}", timeout=1) as answer:
                    pytest.fail(f"{page}: {answer.read(100)}")
            except urllib.error.HTTPError as refused:
                assert refused.code == 404
                answered += 1
            except (OSError, ValueError):
                break  # TLS, which is no web server
    assert answered


def folder_of_the_worker(_job):
    from dask.distributed import get_worker

    return get_worker().local_directory


def test_what_workers_import_from_can_t_be_written_by_another_account(tmp_path, monkeypatch):
    """Dask's own folder in /tmp may have been made by somebody else before."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "dask-scratch-space").mkdir(mode=0o777)
    ((_, folder),) = run(numbered(1), folder_of_the_worker, jobs=1)
    assert "dask-scratch-space" not in folder.removeprefix(str(tmp_path)).split("/")[1]
    assert not os.path.exists(folder)


@pytest.fixture
def certificates(tmp_path, monkeypatch):
    """A cluster's own, as Dask's settings name them."""
    temporary = Security.temporary()
    files = {"ca-file": temporary.tls_ca_file, "key": temporary.tls_client_key, "cert": temporary.tls_client_cert}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    settings = {"distributed.comm.tls.ca-file": str(tmp_path / "ca-file")}
    for role in ("client", "scheduler", "worker"):
        settings |= {f"distributed.comm.tls.{role}.{name}": str(tmp_path / name) for name in ("key", "cert")}
    return settings


def test_a_cluster_has_certificates_of_its_own(certificates):
    import dask

    with (
        dask.config.set(certificates),
        LocalCluster(n_workers=1, dashboard_address=None, protocol="tls://", security=Security()) as cluster,
    ):
        assert cluster.scheduler_address.startswith("tls://")
        found = dict(run(numbered(3), double, scheduler=cluster.scheduler_address))
    assert found == {f"job {number}": 2 * number for number in range(3)}


def test_and_without_them_it_can_t_be_used(certificates, monkeypatch):
    import dask

    monkeypatch.setattr(scheduling, "PATIENCE", 2)
    with dask.config.set(certificates):
        cluster = LocalCluster(n_workers=0, dashboard_address=None, protocol="tls://", security=Security())
    with cluster, pytest.raises(ClusterUnavailable):
        list(run(numbered(1), double, scheduler=cluster.scheduler_address))


def test_a_cluster_without_certificates_is_told_of(tmp_path, capsys):
    from rich.console import Console

    assert is_open("tcp://10.0.0.7:8786") and is_open("10.0.0.7:8786") and not is_open("tls://10.0.0.7:8786")
    grade(make_course(tmp_path), scheduler="tcp://127.0.0.1:1", console=Console(width=200))
    assert "anyone who can reach tcp://127.0.0.1:1 can run code" in capsys.readouterr().out
