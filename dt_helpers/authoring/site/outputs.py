"""What stands below a code cell of the site: its outputs as HTML, and as files what they hold as base64."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html import escape

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from dt_helpers.authoring.remote import attribute, cut_remote

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
DATA = re.compile(r"data:(?P<mime>[\w/+.-]+);base64,(?P<data>[A-Za-z0-9+/=\s]+)")
ENDINGS = {"video/mp4": "mp4", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg"}
INK = re.compile(r"(?<![\w-])color\s*:[^;]*;?\s*")
LONGEST_UNTOLD = 15  # a line of a solution this short, such as `return result`, gives nothing away


@dataclass
class Below:
    """`html` has what is below a cell, `files` (name -> content) what it shows, `films` the names of those that run."""

    html: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    films: list[str] = field(default_factory=list)


def below(cell: NotebookNode, about: str, secrets: Collection[str] = ()) -> Below:
    """The outputs of `cell`, which stands under the heading `about`; its id begins the names of the files.

    An output in which one of `secrets` can be read, lines of a solution, is left out.
    """
    found = Below()
    shown: list[str] = []
    for output in cell.outputs:
        html = BeautifulSoup(_html(output), "html.parser")
        text = _squeezed(html.get_text(" "))
        tight = text.replace(" ", "")  # highlighting puts a tag around each word
        if any(secret.replace(" ", "") in tight for secret in map(_squeezed, secrets)):
            continue
        cut_remote(html)
        _drop_styles(html)
        _take_out_files(html, f"{cell.id}-{len(shown)}", found)
        _describe(html, about)
        shown.append(str(html))
    found.html = "\n".join(shown)
    return found


def secrets(solution: NotebookNode, student: NotebookNode) -> set[str]:
    """The lines that only the solution has, but for those that are too short to tell anything."""
    known = {_squeezed(line) for cell in student.cells for line in cell.source.splitlines()}
    lines = {_squeezed(line) for cell in solution.cells for line in cell.source.splitlines()}
    return {line for line in lines - known if len(line) > LONGEST_UNTOLD}


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _html(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _pre(output.text)
    if output.output_type == "error":
        return _pre("\n".join(output.traceback))
    data = output.get("data", {})
    for mime in ("text/html", "image/svg+xml"):
        if mime in data:
            return str(data[mime])
    for mime in ("image/png", "image/jpeg", "image/gif"):
        if mime in data:
            return f'<img src="data:{mime};base64,{data[mime].strip()}">'
    return _pre(data["text/plain"]) if "text/plain" in data else ""


def _pre(text: str) -> str:
    text = re.sub(r"^.*\r(?!\n)", "", ANSI.sub("", text), flags=re.MULTILINE)  # of a progress bar its last state
    return f"<pre>{escape(text)}</pre>"


def _drop_styles(html: BeautifulSoup) -> None:
    """A style sheet among an output's elements, as pandas puts before its tables, is not valid on a page."""
    for sheet in html.find_all("style", scoped=True):
        sheet.decompose()


def _take_out_files(html: BeautifulSoup, name: str, found: Below) -> None:
    for number, tag in enumerate(_with_data(html)):
        data = DATA.fullmatch(attribute(tag, "src"))
        if data is None or data["mime"] not in ENDINGS:
            continue
        file = f"{name}{f'-{number}' if number else ''}.{ENDINGS[data['mime']]}"
        found.files[file] = b64decode(data["data"])
        tag["src"] = file
        if tag.name == "video":
            tag["preload"] = "metadata"
            found.films.append(file)
        elif (size := _png_size(found.files[file])) and not tag.get("width"):
            tag["width"], tag["height"] = map(str, size)


def _with_data(html: BeautifulSoup) -> Iterator[Tag]:
    return (tag for tag in html.find_all(["img", "video", "source"]) if attribute(tag, "src").startswith("data:"))


def _png_size(content: bytes) -> tuple[int, int] | None:
    if not content.startswith(b"\x89PNG"):
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _describe(html: BeautifulSoup, about: str) -> None:
    """Names for those who don't see it, and nothing that is loaded or runs before it is looked at."""
    for picture in html.find_all("img"):
        picture["loading"] = "lazy"
        if not picture.get("alt"):
            picture["alt"] = f"Picture: {about}"
    for tag in html.find_all(style=lambda style: style and "background" not in style):
        tag["style"] = INK.sub("", attribute(tag, "style"))  # chosen for an unknown background, so pale on most
    for film in html.find_all("video"):
        if not film.get("aria-label"):
            film["aria-label"] = f"Film: {about}"
        if film.has_attr("controls"):
            del film["autoplay"]
