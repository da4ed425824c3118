"""A server on 127.0.0.1 that answers as the Hugging Face Hub does for one dataset or model, and can fail in its ways.

    with HubServer({"halfcheetah-expert-v2/train/0000.parquet": content}) as hub:
        run_a_child(env={"HF_ENDPOINT": hub.url})       # the hub library reads HF_ENDPOINT when it is imported

With another repository and branch it is one that may be written to, by those who have the token. A model's weights and
films, as on the Hub, are sent to its store for large files before they are committed.

A child may choose the next fault itself: ``POST <url>/fault/cut`` (an empty name ends it). As on the Hub, a file's
address redirects to a store, and errors carry ``X-Error-Code``.
"""

import base64
import hashlib
import io
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from dt_helpers.data.trajectories import Trajectories

REPOSITORY = "edbeeching/decision_transformer_gym_replay"
BRANCH = "refs/convert/parquet"
TOKEN = "hf_of_the_tests"
LARGE = (".safetensors", ".mp4", ".bin")  # what the Hub keeps in its store for large files
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FAULTS = {
    "": "none: all is well",
    "no dataset": "404, no such dataset",
    "no branch": "404, the dataset lacks the revision",
    "error": "500 to everything",
    "portal": "a page of HTML with status 200 to everything, as a hotel's network has",
    "hung head": "a file's HEAD request is never answered",
    "hung body": "the file's transfer stops half way and stays open",
    "hung store": "the file's address is told, but where it lies nobody answers",
    "cut": "the file's transfer breaks off half way, each time",
    "truncated": "the file itself ends half way, and its size says so",
}


def child_environment(**given: str) -> dict[str, str]:
    """This process' environment for a child that shall talk to the server: not offline, no proxy in between."""
    kept = {key: value for key, value in os.environ.items() if not key.endswith("_OFFLINE")}
    return {**kept, "NO_PROXY": "*", **given}


class HubServer:
    """`files` maps paths on the parquet branch to their bytes. `requests` keeps what was asked, as "METHOD path"."""

    def __init__(
        self, files: dict[str, bytes], repository: str = REPOSITORY, branch: str = BRANCH, kind: str = "dataset"
    ):
        self.files, self.repository, self.branch, self.kind = files, repository, branch, kind
        self.page = f"datasets/{repository}" if kind == "dataset" else repository  # its address after the host's
        self.api = f"/api/{kind}s/{repository}"
        self.stored: dict[str, bytes] = {}  # large files by their digest
        self.exists = repository == REPOSITORY  # another one has to be made first
        self.commit = COMMIT  # the newest
        self.messages: list[str] = []  # of the commits that were made
        self.fault = ""
        self.requests: list[str] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.store = self.url.replace("127.0.0.1", "localhost")  # another host, as the Hub's store is

    def __enter__(self) -> "HubServer":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def content(self, path: str) -> bytes:
        data = self.files[path]
        return data[: len(data) // 2] if self.fault == "truncated" else data


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_POST(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/fault/"):
            self.hub.fault = path.removeprefix("/fault/")
            assert self.hub.fault in FAULTS, self.hub.fault
            self._answer(200, b"")
            return
        self.hub.requests.append(f"{self.command} {path}")
        whole = self.headers.get("Content-Length")
        sent = self.rfile.read(int(whole)) if whole else b"".join(self._chunks())
        if path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
            return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, b"")
        elif path == "/api/repos/create":
            asked = json.loads(sent)
            assert (asked.get("type") or "model", f"{asked.get('organization')}/{asked['name']}") == (
                self.hub.kind,
                self.hub.repository,
            )
            known, self.hub.exists = self.hub.exists, True
            self._json({"url": f"{self.hub.url}/{self.hub.page}"}, 409 if known else 200)
        elif path == f"{self.hub.api}/preupload/{self.hub.branch}":
            self._json({"files": [self._mode(file["path"]) for file in json.loads(sent)["files"]]})
        elif path == f"/{self.hub.page}.git/info/lfs/objects/batch":
            self._json({"transfer": "basic", "objects": [self._action(entry) for entry in json.loads(sent)["objects"]]})
        elif path == "/lfs/verify":
            asked = json.loads(sent)
            self._answer(200 if len(self.hub.stored.get(asked["oid"], b"")) == asked["size"] else 404, b"")
        elif path == f"{self.hub.api}/commit/{self.hub.branch}":
            self._commit([json.loads(line) for line in sent.splitlines()])
        else:
            self._answer(405, b"")

    def do_PUT(self) -> None:
        path = urlsplit(self.path).path
        self.hub.requests.append(f"{self.command} {path}")
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        right = path == f"/lfs/{hashlib.sha256(sent).hexdigest()}"
        if right:
            self.hub.stored[path.removeprefix("/lfs/")] = sent
        self._answer(200 if right else 400, b"")

    def _mode(self, path: str) -> dict:
        large = self.hub.kind == "model" and path.endswith(LARGE)
        return {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": None}

    def _action(self, entry: dict) -> dict:
        """Where to put a large file, unless it is there."""
        if entry["oid"] in self.hub.stored:
            return entry
        places = {"upload": f"{self.hub.store}/lfs/{entry['oid']}", "verify": f"{self.hub.url}/lfs/verify"}
        return {**entry, "actions": {name: {"href": href} for name, href in places.items()}}

    def _chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _commit(self, lines: list[dict]) -> None:
        for line in lines:
            if line["key"] == "header":
                self.hub.messages.append(line["value"]["summary"])
            elif line["key"] == "lfsFile":
                self.hub.files[line["value"]["path"]] = self.hub.stored[line["value"]["oid"]]
            else:
                assert (line["key"], line["value"]["encoding"]) == ("file", "base64")
                self.hub.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        self.hub.commit = hashlib.sha1(self.hub.commit.encode()).hexdigest()
        address = f"{self.hub.url}/{self.hub.page}/commit/{self.hub.commit}"
        self._json({"commitUrl": address, "commitOid": self.hub.commit, "hookOutput": "", "pullRequestUrl": None})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        fault = self.hub.fault
        if fault == "error":
            self._answer(500, b"")
        elif fault == "portal":
            self._answer(200, b"<html>Please log in</html>", {"Content-Type": "text/html"})
        elif fault == "no dataset":
            self._missing("RepoNotFound")
        elif path.startswith("/store/"):
            self._store(path.removeprefix("/store/"))
        elif not f"{path}/".startswith((f"{self.hub.api}/", f"/{self.hub.page}/")) or not self.hub.exists:
            self._missing("RepoNotFound")
        elif path == self.hub.api:
            self._revision("")
        elif fault == "no branch" or not any(f"/{name}" in path for name in (self.hub.branch, self.hub.commit)):
            self._missing("RevisionNotFound")
        else:
            question, _, rest = path.partition(
                f"/{self.hub.branch if f'/{self.hub.branch}' in path else self.hub.commit}"
            )
            answer = {"revision": self._revision, "tree": self._tree, "resolve": self._resolve}
            answer[question.rsplit("/", 1)[1]](rest.strip("/"))

    def _revision(self, _: str) -> None:
        siblings = [{"rfilename": path} for path in self.hub.files]
        self._json(
            {"id": self.hub.repository, "sha": self.hub.commit, "private": False, "tags": [], "siblings": siblings}
        )

    def _tree(self, folder: str) -> None:
        entries = [self._entry(path) for path in sorted(self.hub.files) if path.startswith(f"{folder}/")]
        if entries:
            self._json(entries)
        else:
            self._missing("EntryNotFound")

    def _entry(self, path: str) -> dict:
        content = self.hub.content(path)
        stored = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        return {"type": "file", "oid": "0" * 40, "size": len(content), "lfs": stored, "path": path}

    def _resolve(self, path: str) -> None:
        if path not in self.hub.files:
            self._missing("EntryNotFound")
        elif self.command == "HEAD" and self.hub.fault == "hung head":
            self._hang()
        else:
            entry = self._entry(path)
            linked = {"X-Linked-Size": str(entry["size"]), "X-Linked-Etag": f'"{entry["lfs"]["oid"]}"'}
            self._answer(
                302, b"", {"Location": f"{self.hub.store}/store/{path}", "X-Repo-Commit": self.hub.commit, **linked}
            )

    def _store(self, path: str) -> None:
        if self.hub.fault == "hung store":
            self._hang()
            return
        content = self.hub.content(path)
        size, digest = len(content), hashlib.sha256(content).hexdigest()
        first, last = 0, size - 1
        headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
        if "Range" in self.headers:
            begin, end = self.headers["Range"].removeprefix("bytes=").split("-")
            first, last = int(begin), min(int(end or last), last)
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        sent = content[first : last + 1]
        if self.command == "GET" and self.hub.fault in ("cut", "hung body"):
            sent = content[first : min(size // 2, last + 1)]
        self._answer(206 if "Range" in self.headers else 200, sent, headers, length=last + 1 - first)
        if len(sent) < last + 1 - first and self.command == "GET":
            self.wfile.flush()
            self.close_connection = True
            if self.hub.fault == "hung body":
                self._hang()

    def _hang(self) -> None:
        self.hub.released.wait()
        self.close_connection = True

    def _json(self, answer, status: int = 200) -> None:
        self._answer(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _missing(self, code: str) -> None:
        self._answer(404, b"", {"X-Error-Code": code, "X-Error-Message": code})

    def _answer(self, status: int, body: bytes, headers: dict | None = None, length: int | None = None) -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def parquet(table: pa.Table | Trajectories) -> bytes:
    """A dataset as one of the Hub's parquet files."""
    file = io.BytesIO()
    pq.write_table(table.to_dataset().data.table if isinstance(table, Trajectories) else table, file)
    return file.getvalue()
