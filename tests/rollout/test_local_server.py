"""A folder that is served to this machine alone."""

import http.client
import subprocess
import sys

import pytest

from dt_helpers.rollout.local_server import serve


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "page"
    (inside / "models").mkdir(parents=True)
    (inside / "index.html").write_text("the page")
    (inside / "main.js").write_text("1")
    (inside / "models" / "index.json").write_text("[]")
    (tmp_path / "secret.txt").write_text("secret")
    return inside


def answer(port: int, path: str, method: str = "GET") -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)  # it sends paths as they are
    connection.request(method, path)
    response = connection.getresponse()
    said = response.status, response.headers.get_content_type(), response.read().decode()
    connection.close()
    return said


def test_the_files_are_served_with_the_types_that_a_browser_insists_on(folder):
    served = serve(folder)
    assert served.url == f"http://127.0.0.1:{served.port}/{served.key}/"
    root = f"/{served.key}/"
    assert answer(served.port, root) == (200, "text/html", "the page")
    assert answer(served.port, f"{root}?model=mine") == (200, "text/html", "the page")
    assert answer(served.port, f"{root}main.js")[:2] == (200, "text/javascript")
    assert answer(served.port, f"{root}models/index.json") == (200, "application/json", "[]")
    assert serve(folder) == served, "one server for a folder"
    (folder / "later.js").write_text("2")
    assert answer(served.port, f"{root}later.js")[0] == 200


@pytest.mark.parametrize(
    "path",
    (
        *("/", "/index.html", "/{key}", "/wrong/index.html", "/{key}/../secret.txt", "/{key}/%2e%2e/secret.txt"),
        *("/{key}/models/", "/{key}/models", "/{key}/nothing.js", "/{key}/link.txt", "/{key}//etc/passwd"),
    ),
)
def test_nothing_else_is_served(folder, path):
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    served = serve(folder)
    status, _, said = answer(served.port, path.format(key=served.key))
    assert status == 404 and "secret" not in said.replace("secret.txt", "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(folder, method):
    served = serve(folder)
    assert answer(served.port, f"/{served.key}/index.html", method)[0] == 501
    assert (folder / "index.html").read_text() == "the page"


def test_it_says_nothing_and_ends_with_its_process(folder):
    program = (
        "import pathlib, sys, urllib.request\nfrom dt_helpers.rollout.local_server import serve\n"
        "served = serve(pathlib.Path(sys.argv[1]))\n"
        "urllib.request.urlopen(served.url).read()\n"
        "try: urllib.request.urlopen(served.url + 'nothing')\nexcept OSError: pass\n"
        "print(served.port)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder)], capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stderr == ""
    with pytest.raises(ConnectionRefusedError):
        answer(int(run.stdout), "/")


def test_only_this_machine_is_listened_to(folder):
    import psutil

    served = serve(folder)
    listening = {c.laddr.ip for c in psutil.Process().net_connections("tcp") if c.laddr.port == served.port}
    assert "127.0.0.1" in listening and listening == {"127.0.0.1"}
