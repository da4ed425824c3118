"""A folder served to this machine alone, for as long as the kernel runs."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

# Said here, since the machine's own table may say otherwise: on Windows any program can change it.
TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Served:
    """Where a folder is: at ``http://127.0.0.1:port/key/``. Nobody knows the key who wasn't told it."""

    port: int
    key: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{self.key}/"


@cache
def serve(folder: Path) -> Served:
    """Serve the files in `folder`, an absolute path, from a thread that ends with the process.

    Other machines are not served, nor files outside the folder, nor lists of files. A folder that is served already
    keeps its address; what is put into it later is served as well.
    """
    key = secrets.token_urlsafe(16)

    def handler(*args: Any) -> _Files:
        return _Files(*args, folder=folder, key=key)

    server = _Server(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, name=f"serves {folder.name}", daemon=True).start()
    return Served(server.server_port, key)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle of a file is not worth a traceback in the notebook."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Files(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def __init__(self, *args: Any, folder: Path, key: str) -> None:
        self.folder, self.prefix = folder, f"/{key}/"
        super().__init__(*args, directory=str(folder))

    def send_head(self) -> Any:
        if not self.path.startswith(self.prefix):
            return self.send_error(404)
        self.path = self.path[len(self.prefix) - 1 :]
        asked = Path(self.translate_path(self.path)).resolve()
        if asked.is_dir():
            self.path, asked = f"{self.path.partition('?')[0].rstrip('/')}/index.html", asked / "index.html"
        if not asked.is_file() or not asked.is_relative_to(self.folder.resolve()):
            return self.send_error(404)
        return super().send_head()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")  # a model that was exported again has the same address
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: it would be printed below whichever cell runs."""
