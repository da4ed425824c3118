"""Where the course is published and as which version: set once, in [tool.dt-course] of pyproject.toml.

What repeats the setting is written by the release: notebooks from placeholders in the scripts (see `setup_cell`), the
pages and files of `PAGES` by replacing the address and the ref of the release before, which are in
`dt_helpers/machine/released.py`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from dt_helpers.authoring.tree import Tree
from dt_helpers.machine import released
from dt_helpers.workspace import replacing

CITATION = "CITATION.cff"
# What may name the address and is not a notebook.
PAGES = (
    "pyproject.toml",
    CITATION,
    "*.md",
    "docs/**/*.md",
    "solutions/*.md",
    "experts/*.md",
    ".github/**/*.md",
    ".github/**/*.yml",
    ".devcontainer/*.json",
)
PYTHON = "Programming Language :: Python :: "
RELEASED = '''"""Which release of the course this is. `dt-course release` writes it, from pyproject.toml."""

REPOSITORY = "{}"
VERSION = "{}"
PYTHONS = ({})
'''
TABLE = "[tool.dt-course]\n"
HISTORY = "CHANGELOG.md"
UNRELEASED = "## Unreleased\n"
ONE, PER_NOTEBOOK = "one", "per notebook"  # assignments


@dataclass(frozen=True)
class Setting:
    """`repository` is ``owner/name`` on GitHub, `version` a version number as Python packages have.

    Raises ValueError for anything else.
    """

    repository: str
    version: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", self.repository):
            raise ValueError(f"The repository has to be owner/name, such as ada/my-course, not {self.repository!r}.")
        try:
            normal = str(Version(self.version))
        except InvalidVersion:
            normal = ""
        if normal != self.version:
            advice = f"write {normal}" if normal else "such as 1.0.0"
            raise ValueError(f"The version has to be one for a Python package, not {self.version!r}: {advice}.")

    @property
    def ref(self) -> str:
        """The git ref of the course: the version's tag; between releases (1.1.0.dev0), the branch main."""
        return "main" if Version(self.version).is_devrelease else f"v{self.version}"

    @property
    def url(self) -> str:
        return f"https://github.com/{self.repository}"

    @property
    def site(self) -> str:
        """Where GitHub Pages shows the course's site."""
        owner, name = self.repository.split("/")
        return f"https://{owner.lower()}.github.io/{name}/"

    @property
    def requirement(self) -> str:
        """What pip installs."""
        return f"dt-helpers @ git+{self.url}@{self.ref}"

    @classmethod
    def read(cls, tree: Tree) -> Setting:
        """The checkout's setting; where it has none, that of the running `dt_helpers`.

        Raises ValueError for a setting that is not a repository's name, or not a version.
        """
        own = _project(tree).get("tool", {}).get("dt-course", {})
        return cls(own.get("repository", released.REPOSITORY), own.get("version", released.VERSION))

    def write(self, tree: Tree) -> None:
        """Make it the checkout's. Comments stay. Raises ValueError if pyproject.toml has no such table."""
        head, table, rest = tree.project.read_text(encoding="utf-8").partition(TABLE)
        count = 0
        for key in ("repository", "version"):
            rest, found = re.subn(rf'^{key} = ".*?"', f'{key} = "{getattr(self, key)}"', rest, count=1, flags=re.M)
            count += found
        if count < 2:
            raise ValueError(f"{tree.project} has no {TABLE.strip()} with lines for repository and version.")
        with replacing(tree.project) as staged:
            staged.write_text(head + table + rest, encoding="utf-8", newline="\n")


def pythons(tree: Tree) -> list[str]:
    """The Python versions that the course is for, such as 3.13, oldest first: the classifiers in pyproject.toml."""
    said = _project(tree).get("project", {}).get("classifiers", [])
    return [line.removeprefix(PYTHON) for line in said if line.startswith(f"{PYTHON}3.")] or list(released.PYTHONS)


def shows_solutions(tree: Tree) -> bool:
    """Whether the package holds the exercises' solutions: ``solutions`` in the same table, true by default."""
    return bool(_project(tree).get("tool", {}).get("dt-course", {}).get("solutions", True))


def per_notebook(tree: Tree) -> bool:
    """Whether each notebook with points is an assignment of its own: ``assignments = "per notebook"`` in the same
    table. By default, ``"one"``, they are one assignment together. Raises ValueError for anything else.
    """
    said = _project(tree).get("tool", {}).get("dt-course", {}).get("assignments", ONE)
    if said not in (ONE, PER_NOTEBOOK):
        raise ValueError(f'{tree.project}: assignments has to be "{ONE}" or "{PER_NOTEBOOK}", not {said!r}.')
    return said == PER_NOTEBOOK


def kaggle_user(tree: Tree, setting: Setting) -> str:
    """Under whose name notebooks are pushed to Kaggle: ``kaggle`` in the same table, by default the repository's owner.
    Raises ValueError for what can't be a name there.
    """
    owner = setting.repository.split("/")[0].lower()
    said = _project(tree).get("tool", {}).get("dt-course", {}).get("kaggle", owner)
    if not isinstance(said, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", said):
        raise ValueError(f"{tree.project}: kaggle has to be a user's name on Kaggle, such as ada, not {said!r}.")
    return said


def _project(tree: Tree) -> dict:
    return tomllib.loads(tree.project.read_text(encoding="utf-8")) if tree.project.exists() else {}


def rewritten(tree: Tree, new: Setting) -> dict[Path, str]:
    """The checkout's pages that may name the course's address or version, with the setting `new` in them."""
    mark = tree.root / "dt_helpers" / "machine" / "released.py"
    if not mark.exists():
        return {}
    last = mark.read_text(encoding="utf-8")
    old = Setting(*(_said(last, name) for name in ("REPOSITORY", "VERSION")))
    pages = {mark: RELEASED.format(new.repository, new.version, ", ".join(f'"{name}"' for name in pythons(tree)))}
    for path in sorted({path for pattern in PAGES for path in tree.root.glob(pattern)}):
        text = _address(path.read_text(encoding="utf-8"), old, new)
        if path.name == CITATION:
            text = re.sub(r"^version: .*$", f"version: {new.version}", text, flags=re.M)
        pages[path] = text
    if (history := tree.root / HISTORY) in pages:
        pages[history] = _with_section(pages[history], new.version)
    return pages


def _said(text: str, name: str) -> str:
    found = re.search(rf'^{name} = "(.*)"$', text, re.M)
    if found is None:
        raise ValueError(f'dt_helpers/machine/released.py has no line {name} = "…": take it from the last commit.')
    return found[1]


def _address(text: str, old: Setting, new: Setting) -> str:
    """Replaces the repository's name everywhere, and the ref after it where that is the last release's."""
    name = rf"(?<![\w-]){re.escape(old.repository)}(?![\w-])"
    ref = rf"(?P<between>/(?:(?:blob|tree|raw|archive/refs/tags)/)?|@){re.escape(old.ref)}(?![\w-]|\.\w)"
    text = re.sub(
        rf"{name}(?:{ref})?",
        lambda found: new.repository + (found["between"] + new.ref if found["between"] else ""),
        text,
    )
    return text.replace(old.site, new.site)


def _with_section(text: str, version: str) -> str:
    """The changelog with a section for the version, which takes what was unreleased until then."""
    if re.search(rf"^## {re.escape(version)}(?!\S)", text, re.M) or Version(version).is_devrelease:
        return text
    return text.replace(UNRELEASED, f"{UNRELEASED}\n## {version}\n", 1)
