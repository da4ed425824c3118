"""The gallery: every film of the notebooks' pages."""

from __future__ import annotations

from html import escape

from dt_helpers.authoring.site.notebooks import NotebookPage

PLACE = "gallery.md"
HEAD = "# Films\n\nEvery film of the notebooks, with the heading above it there.\n"


def text(pages: dict[str, NotebookPage]) -> str:
    """The page's Markdown, of all pages (``notebooks/…/01_setup`` -> page) that show films; "" if none does."""
    sections = [_section(place, page) for place, page in pages.items() if page.films]
    return "\n".join([HEAD, *sections]) if sections else ""


def _section(place: str, page: NotebookPage) -> str:
    figures = "\n\n".join(
        '<figure class="dt-film">\n'
        f'<video controls loop muted playsinline preload="metadata" src="../{place}/{film.file}"'
        f' aria-label="Film: {escape(film.about, quote=True)}"></video>\n</figure>\n\n'
        f"[{film.about}]({place}.md#{film.anchor})"
        for film in page.films
    )
    return f"## {page.title}\n\n{figures}\n"
