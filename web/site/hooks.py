"""MkDocs calls this: the pages of the site, made from the files of the checkout."""

import logging
import sys
from pathlib import Path

from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Link

from dt_helpers.authoring import formulas
from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.site import gallery, notebooks, pages, reference
from dt_helpers.authoring.tree import Tree

TREE = Tree.find(Path(__file__).parent)
HERE = Path(__file__).parent
# Diagrams are drawn by it: `make site` has fetched it by npm. The theme would take it from another host.
MERMAID = Path(sys.prefix) / "node/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"
# It warns of what it can't know without an import: names that a module adds to __all__ while it runs.
logging.getLogger("mkdocs.plugins.griffe").setLevel(logging.ERROR)
# What in the theme's own HTML is not valid, or has no name for those who don't see it
FIXED = {
    '<div class="md-search" data-md-component="search" role="dialog">': (
        '<div class="md-search" data-md-component="search" role="dialog" aria-label="Search">'
    ),
    ' id="__drawer" autocomplete="off"': ' id="__drawer"',
    ' id="__search" autocomplete="off"': ' id="__search"',
    ' tabindex=""': "",
}
LIVE = TREE.root / "web/live/dist"  # a page of its own, where it was built


class Site:
    """What one build knows, from its configuration on."""

    def __init__(self) -> None:
        self.setting = Setting.read(TREE)
        names = [path.stem for path in sorted(TREE.notebooks.glob("*.ipynb"))]
        self.notebooks = {
            TREE.student(name).relative_to(TREE.root).with_suffix("").as_posix(): notebooks.read(TREE, name)
            for name in names
        }
        for path in (script.with_suffix(".ipynb") for script in TREE.pages()):
            self.notebooks[path.relative_to(TREE.root).with_suffix("").as_posix()] = notebooks.of_page(path)
        self.texts = pages.texts(TREE.root)
        self.made = reference.pages(TREE.root / "dt_helpers")
        self.made |= {f"{place}.md": page.text for place, page in self.notebooks.items()}
        if films := gallery.text(self.notebooks):
            self.made[gallery.PLACE] = films
        self.places = {*self.texts, *(f"{place}.ipynb" for place in self.notebooks)}  # what links may lead to


site = Site()


def on_config(config):
    config.site_url = site.setting.site
    config.extra["social"] = [
        {"icon": "fontawesome/brands/github", "link": site.setting.url, "name": site.setting.repository}
    ]
    config.copyright = f"Version {site.setting.version}"
    nav = []
    for entry in config.nav:
        [(title, value)] = entry.items()
        if isinstance(value, str) and value.endswith("/*"):
            nav.append({title: [place for place in site.made if place.startswith(value[:-1])]})
        elif isinstance(value, list) or value in site.texts or value in site.made:
            nav.append(entry)
    config.nav = nav
    return config


def on_files(files, config):
    """The theme's own files and ours; docs_dir is but one of the folders that ours come from."""
    own = [file for file in files if file.src_dir != config.docs_dir]

    def add(place, **content):
        own.append(File.generated(config, place, **content))

    for place in [*site.texts, *pages.pictures(TREE.root)]:
        add(place, abs_src_path=str(TREE.root / place))
    for place, text in site.made.items():
        add(place, content=text)
    for place, page in site.notebooks.items():
        add(f"{place}.ipynb", abs_src_path=str(TREE.root / f"{place}.ipynb"))
        for name, content in page.files.items():
            add(f"{place}/{name}", content=content)
    add("assets/site.css", abs_src_path=str(HERE / "site.css"))
    add("assets/mermaid.js", abs_src_path=str(MERMAID))
    for path in sorted(LIVE.rglob("*")) if LIVE.is_dir() else ():
        if path.is_file():
            add(f"live/{path.relative_to(LIVE).as_posix()}", abs_src_path=str(path))
    return Files(own)


def on_nav(nav, config, files):
    if (LIVE / "index.html").exists():
        nav.items.insert(2, Link("Live", "live/"))
    if (LIVE / "stitching/index.html").exists():
        nav.items.insert(3, Link("Stitching", "live/stitching/"))
    return nav


def on_page_markdown(markdown, page, config, files):
    place = page.file.src_uri
    if place.startswith(f"{reference.FOLDER}/"):
        return markdown
    page.meta["mermaid"] = "```mermaid" in markdown
    return pages.prepared(markdown, place, TREE.root, site.places, site.setting)


def on_page_content(html, page, config, files):
    html = formulas.drawn(html)
    if found := site.notebooks.get(page.file.src_uri.removesuffix(".md")):
        html = notebooks.with_outputs(html, found.outputs)
    return html.replace("<table", '<table tabindex="0"')  # what is wider than the window can be moved by keys


def on_post_page(output, page, config):
    for theirs, ours in FIXED.items():
        output = output.replace(theirs, ours)
    return output
