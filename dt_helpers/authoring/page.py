"""All notebooks of the course on one page that needs nothing from the network."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, pass_context
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import CoalesceStreamsPreprocessor
from nbformat import NotebookNode

from dt_helpers.authoring.formulas import formula
from dt_helpers.authoring.remote import cut_remote
from dt_helpers.authoring.styles import styles

TEMPLATES = Path(__file__).parent.parent / "assets" / "course"


def render(notebooks: dict[str, NotebookNode], title: str = "The Decision Transformer course") -> str:
    """The page of the `notebooks` (name -> notebook): a table of contents, then each with its outputs.

    Formulas are MathML, which browsers draw by themselves. Nothing is loaded: a remote image becomes its
    alternative text, a remote script is left out, links stay links. Only the last state of a progress bar is shown:
    where a cell was stopped or its kernel died, nbclient leaves every state, thousands of them.
    """
    exporter = _Exporter(
        template_name="lab",
        template_file="base.html.j2",  # the body only, without the page around it and its remote scripts
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.register_preprocessor(CoalesceStreamsPreprocessor, enabled=True)
    chapters = []
    for name, notebook in notebooks.items():
        body = BeautifulSoup(exporter.from_notebook_node(notebook)[0], "html.parser")
        for pilcrow in body.select("a.anchor-link"):
            pilcrow.decompose()
        cut_remote(body)
        _make_local(body, name, set(notebooks))
        headings = [(h.get("id"), h.get_text()) for h in body.find_all("h2") if h.get("id")]
        first = body.find("h1")
        chapters.append((name, first.get_text() if first else name, headings, Markup(body)))
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("page.html.j2")
    return page.render(title=title, chapters=chapters, css=styles(TEMPLATES / "page.css"))


class _Renderer(IPythonRenderer):
    """Markdown to HTML with MathML where nbconvert leaves the formula to a script from a remote server."""

    def block_math(self, body: str) -> str:
        return formula(body, "block")

    def inline_math(self, body: str) -> str:
        return formula(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


class _Exporter(HTMLExporter):
    @pass_context
    def markdown2html(self, context, source: str) -> str:
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = _Renderer(escape=False, attachments=attachments)
        return MarkdownWithMath(renderer=renderer).render(source)


def _make_local(body: BeautifulSoup, name: str, names: set[str]) -> None:
    """Gives each notebook anchors of its own, and makes links between notebooks lead to their place on the page."""
    for tag in body.find_all(id=True):
        tag["id"] = f"{name}--{tag['id']}"
    for link in body.find_all("a", href=True):
        link["href"] = _local_href(link, name, names)


def _local_href(link: Tag, name: str, names: set[str]) -> str:
    href = str(link["href"])
    if href.startswith("#"):
        return f"#{name}--{href[1:]}"
    path, _, anchor = href.partition("#")
    stem = path.removeprefix("./").removesuffix(".ipynb")
    if stem in names and path.endswith(".ipynb"):
        return f"#{stem}--{anchor}" if anchor else f"#{stem}"
    return href
