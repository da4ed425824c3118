import sys
from types import SimpleNamespace

import pytest

from dt_helpers.machine import bars


@pytest.mark.parametrize("notebook", [False, True])
def test_a_notebooks_bar_is_text_and_no_fault(monkeypatch, capsys, notebook):
    shell = SimpleNamespace(kernel=None) if notebook else SimpleNamespace()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    bar = bars.bar(3, "walking", leave=True)
    bar.update(3)
    bar.close()
    out, err = capsys.readouterr()
    shown, silent = (out, err) if notebook else (err, out)
    assert "walking: 100%" in shown and "3/3" in shown
    assert silent == ""


def test_a_bar_that_is_not_to_be_shown(capsys):
    bars.bar(3, "walking", show=False).update()
    assert capsys.readouterr() == ("", "")
