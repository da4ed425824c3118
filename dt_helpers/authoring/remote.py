"""What a page would load from somebody else's server, cut out of it."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag

REMOTE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)


def cut_remote(body: BeautifulSoup) -> None:
    """A remote picture becomes its alternative text, a remote script or style is left out, links stay links."""
    for tag in body.find_all(["script", "link", "iframe", "object", "embed"]):
        if REMOTE.match(attribute(tag, "src", "href", "data")):
            tag.decompose()
    for tag in body.find_all(["img", "video", "audio", "source", "track"]):
        if REMOTE.match(attribute(tag, "poster")):
            del tag["poster"]
        if REMOTE.match(attribute(tag, "src")):
            tag.replace_with(attribute(tag, "alt"))
        elif tag.get("srcset"):
            del tag["srcset"]
    for style in body.find_all("style"):
        style.string = _without_remote_urls(style.get_text())
    for tag in body.find_all(style=True):
        tag["style"] = _without_remote_urls(attribute(tag, "style"))


def attribute(tag: Tag, *names: str) -> str:
    """The first of these attributes that has a value, or ""."""
    return next((str(tag[name]) for name in names if tag.get(name)), "")


def _without_remote_urls(css: str) -> str:
    css = re.sub(r"@import[^;]*;", "", css)
    return re.sub(r"url\(\s*['\"]?\s*(https?:)?//[^)]*\)", "none", css, flags=re.IGNORECASE)
