"""The pages that are Markdown files of the checkout: which they are, and where their links lead on the site.

A page of the site lies where its file lies in the checkout, so that relative links stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

from dt_helpers.authoring.setting import Setting

TEXTS = ("*.md", "docs/**/*.md", "solutions/*.md", "experts/*.md", "benchmarks/*.md")
PICTURES = ("docs/**/*.png", "docs/**/*.svg", "docs/**/*.webp", "benchmarks/*.png")
CODE = re.compile(r"(^ *(?P<fence>`{3,})[^\n]*\n.*?^ *(?P=fence)[^\n]*$|`+[^`\n]+`+)", re.DOTALL | re.MULTILINE)
TARGET = re.compile(r"(?P<before>\]\(|^ {0,3}\[[^\]]+\]:\s+)(?P<path>[^\s)#]*)(?P<anchor>#[^\s)]*)?", re.MULTILINE)
BADGE = re.compile(r"\[!\[([^\]]*)\]\((?:https?:)?//[^)]*\)\]\(([^)]*)\)")
REMOTE_PICTURE = re.compile(r"!\[([^\]]*)\]\((?:https?:)?//[^)]*\)")
ITEM = re.compile(r"(?P<indent> *)(?P<marker>[-*+]|\d+[.)])(?P<gap> +)(?=\S)")


def texts(root: Path) -> list[str]:
    """The Markdown files of the checkout `root` that are pages, as paths in it."""
    return _found(root, TEXTS)


def pictures(root: Path) -> list[str]:
    return _found(root, PICTURES)


def _found(root: Path, patterns: tuple[str, ...]) -> list[str]:
    return sorted({path.relative_to(root).as_posix() for pattern in patterns for path in root.glob(pattern)})


def prepared(text: str, place: str, root: Path, pages: Collection[str], setting: Setting) -> str:
    """The text of the page `place` as the generator takes it.

    `pages` are those of the site, a notebook's by the name of its file. A link to anything else in the checkout leads
    to the repository, and one to the repository's own address to the page, if there is one. A remote picture becomes
    its alternative text; one that is a link, a button.
    """
    address = re.compile(rf"{re.escape(setting.url)}/(?:blob|tree)/{re.escape(setting.ref)}/(.+)")

    def led(found: re.Match) -> str:
        path, anchor = found["path"], found["anchor"] or ""
        own = address.fullmatch(path)
        if not path or (not own and (path.startswith("/") or re.match(r"[a-z+]+:", path, re.IGNORECASE))):
            return found[0]
        there = normpath(own[1] if own else join(dirname(place), path))
        if there in pages:
            path = re.sub(r"\.ipynb$", ".md", relpath(there, dirname(place) or "."))
        elif not own and there not in pictures(root) and (root / there).exists() and not there.startswith(".."):
            kind = "tree" if (root / there).is_dir() else "blob"
            path = f"{setting.url}/{kind}/{setting.ref}/{there}"
        return f"{found['before']}{path}{anchor}"

    def outside_code(part: str) -> str:
        part = BADGE.sub(r"[\1](\2){ .md-button }", part)
        return TARGET.sub(led, REMOTE_PICTURE.sub(r"\1", part))

    parts: list[str] = []
    end = 0
    for code in CODE.finditer(text):
        parts += [outside_code(text[end : code.start()]), code[0]]
        end = code.end()
    return wide_lists("".join([*parts, outside_code(text[end:])]))


def wide_lists(text: str) -> str:
    """The same lists as Python-Markdown reads them: four spaces a level, and a blank line before the first item, before
    a block of code and after it.

    GitHub and Jupyter take what is indented as far as the item's text, and need no such lines.
    """
    lines: list[str] = []
    columns: list[int] = []  # where the text of each open item begins
    fence, closed = "", False  # what opened the block of code that this is in; whether one ended above
    for line in text.split("\n"):
        if closed and line.strip():
            lines.append("")
        closed = False
        indent = len(line) - len(line.lstrip(" "))
        item = None if fence else ITEM.match(line)
        if not line.strip():
            lines.append(line)
            continue
        blank = not lines or not lines[-1].strip()
        if not fence and (item or blank or line.lstrip().startswith(("#", "```"))):
            while columns and indent < columns[-1]:
                columns.pop()
        inside = not (columns or blank or ITEM.match(lines[-1]) or lines[-1].startswith(" "))  # of a paragraph
        if inside and item and item["marker"][0].isdigit() and item["marker"][:-1] != "1":
            item = None  # a number that begins a line
        if item and indent - (columns[-1] if columns else 0) < 4:
            if inside:
                lines.append("")
            lines.append(" " * 4 * len(columns) + f"{item['marker']} {line[item.end() :]}")
            columns.append(item.end())
        else:
            inner = columns[-1] if columns else 0
            lines.append(" " * (4 * len(columns) + max(0, indent - inner)) + line.lstrip(" "))
        if found := re.match(r" *(`{3,})", line):
            if not fence and not blank:
                lines.insert(-1, "")
            closes = fence and line.strip() == fence
            fence = "" if closes else fence or found[1]
            closed = bool(closes)
    return "\n".join(lines)
