"""Tables that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from dt_helpers.workspace import replacing


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable]) -> Path:
    """Write a CSV file in UTF-8 with a byte order mark for Excel, by rename. Returns its path."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(value) for value in row] for row in rows)
    with replacing(path) as staged:
        staged.write_text("\ufeff" + text.getvalue(), encoding="utf-8", errors="replace", newline="")
    return path


def harmless(value):
    """Text in a form that a spreadsheet doesn't read as a formula; numbers unchanged."""
    if value is None:
        return ""
    if isinstance(value, str) and value != "-" and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a table that `write` wrote; none if there is no such file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{name: _as_it_was(value) for name, value in row.items()} for row in csv.DictReader(file)]
    except FileNotFoundError:
        return []


def _as_it_was(value: str | None) -> str:
    value = value or ""
    return value[1:] if value[:1] == "'" and harmless(value[1:]) == value else value
