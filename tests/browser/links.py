"""The links of a folder of HTML pages: which lead nowhere, and what is loaded from another host."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

LOADED = {"img": "src", "script": "src", "video": "src", "source": "src", "audio": "src", "iframe": "src"}
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "manifest"}


@dataclass
class Page(HTMLParser):
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag, attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if address := given.get(LOADED.get(tag, "")):
            self.loaded.append(address)
        if tag == "link" and LOADED_LINKS & set(given.get("rel", "").split()):
            self.loaded.append(given["href"])


@cache
def read(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def broken(site: Path, address: str) -> Iterator[str]:
    """What is wrong with the pages of the folder `site`, which is published at `address` (``https://a.github.io/b/``)."""
    for path in sorted(site.rglob("*.html")):
        place = path.relative_to(site).as_posix()
        page = read(path)
        here = urljoin(address, place.removesuffix("index.html"))
        for link in page.loaded:
            if not urljoin(here, link).startswith((address, "data:")):
                yield f"{place} loads {link}"
        for link in [*page.links, *page.loaded]:
            to = urlsplit(urljoin(here, link))
            if not to.geturl().startswith(address):
                continue
            file = site / unquote(to.geturl().partition("#")[0].partition("?")[0].removeprefix(address))
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file():
                yield f"{place}: {link} is not there"
            elif to.fragment and file.suffix == ".html" and unquote(to.fragment) not in read(file).anchors:
                yield f"{place}: {link} has no such anchor"
