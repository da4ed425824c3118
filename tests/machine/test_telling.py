"""What people are told, wherever they read it."""

import sys
from types import SimpleNamespace

import pytest

from dt_helpers.machine.telling import as_html, in_notebook


@pytest.mark.parametrize(
    ("shell", "notebook"), [(SimpleNamespace(kernel=None), True), (SimpleNamespace(), False), (None, False)]
)
def test_a_kernel_is_a_notebook_and_ipython_in_a_terminal_is_none(monkeypatch, shell, notebook):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert in_notebook() == notebook
    monkeypatch.delitem(sys.modules, "IPython")
    assert not in_notebook()


def test_words_become_html_and_what_they_hold_stays_text():
    assert as_html("use `a < b`\nand <b>") == "use <code>a &lt; b</code><br>and &lt;b&gt;"
