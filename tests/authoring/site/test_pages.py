"""Markdown of the checkout as pages of the site: where links lead, what becomes of remote pictures, lists."""

import pytest

from dt_helpers.authoring.setting import Setting
from dt_helpers.authoring.site import pages
from tests.course_tree import REPOSITORY

SETTING = Setting("ada/course", "1.0.0")
THERE = {"README.md", "docs/checks.md", "solutions/README.md", "notebooks/decision_transformer/01_setup.ipynb"}
CODE = "https://github.com/ada/course"


@pytest.fixture
def root(tmp_path):
    for name in ("docs/images/a.png", "tests/test_a.py", "Makefile", *THERE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        ("docs/a.md", "[checks](checks.md#more)", "[checks](checks.md#more)"),
        ("docs/a.md", "[guide](../solutions/README.md)", "[guide](../solutions/README.md)"),
        ("docs/a.md", "![picture](images/a.png)", "![picture](images/a.png)"),
        ("docs/a.md", "[make](../Makefile)", f"[make]({CODE}/blob/v1.0.0/Makefile)"),
        ("docs/a.md", "[tests](../tests/)", f"[tests]({CODE}/tree/v1.0.0/tests)"),
        ("docs/a.md", "[make]: ../Makefile", f"[make]: {CODE}/blob/v1.0.0/Makefile"),
        ("README.md", f"[checks]({CODE}/blob/v1.0.0/docs/checks.md#a)", "[checks](docs/checks.md#a)"),
        ("README.md", f"[old]({CODE}/blob/v0.1.0/docs/checks.md)", f"[old]({CODE}/blob/v0.1.0/docs/checks.md)"),
        (
            "README.md",
            "[a](https://a.org/docs/checks.md), [b](#there)",
            "[a](https://a.org/docs/checks.md), [b](#there)",
        ),
        ("README.md", "[gone](docs/gone.md)", "[gone](docs/gone.md)"),
        (
            "notebooks/decision_transformer/02_dataset.md",
            "[before](01_setup.ipynb#takeaways)",
            "[before](01_setup.md#takeaways)",
        ),
        ("docs/glossary.md", "`[a](../Makefile)`", "`[a](../Makefile)`"),
        ("docs/a.md", "```\n[a](../Makefile)\n```", "```\n[a](../Makefile)\n```"),
        ("docs/a.md", "see [`a`](../Makefile)", f"see [`a`]({CODE}/blob/v1.0.0/Makefile)"),
    ],
)
def test_links(root, place, before, after):
    assert pages.prepared(before, place, root, THERE, SETTING) == after


def test_no_picture_of_another_host_is_left(root):
    text = "[![Open in Colab](https://a.org/badge.svg)](https://b.org/c)\n\n![a chart](//c.org/x.png) stays text"
    wanted = "[Open in Colab](https://b.org/c){ .md-button }\n\na chart stays text"
    assert pages.prepared(text, "README.md", root, THERE, SETTING) == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\n  b\n- c", "- a\n    b\n- c"),
        ("1. a\n\n   ```python\n   x = 1\n   ```\n\n2. b", "1. a\n\n    ```python\n    x = 1\n    ```\n\n2. b"),
        ("- a\n  - b\n    - c\n- d", "- a\n    - b\n        - c\n- d"),
        ("text:\n- a\n- b", "text:\n\n- a\n- b"),
        ("text of\n2024. A year", "text of\n2024. A year"),
        ("- a\n\nno item", "- a\n\nno item"),
        ("```\n- a\n  - b\n```", "```\n- a\n  - b\n```"),
        ("- a\n  ```\n  b\n  ```\n- c", "- a\n\n    ```\n    b\n    ```\n\n- c"),
        ("a\n```\nb\n```\nc\n\nd", "a\n\n```\nb\n```\n\nc\n\nd"),
        ("    - code\n      more", "    - code\n      more"),
        ("10. a\n    b", "10. a\n    b"),
        ("- a\n# b\n  c", "- a\n# b\n  c"),
    ],
)
def test_lists_are_indented_by_four(before, after):
    assert pages.wide_lists(before) == after


def test_the_pages_of_the_course_are_found():
    found = pages.texts(REPOSITORY)
    assert {"README.md", "CONTRIBUTING.md", "docs/glossary.md", "solutions/README.md", "experts/README.md"} <= set(
        found
    )
    assert "docs/images/check.png" in pages.pictures(REPOSITORY)
