"""A run that was interrupted or failed leaves one line, and so does the one after it."""

import re
import sys
from types import SimpleNamespace

import nbformat
import pytest

from dt_helpers import training
from dt_helpers.authoring import page, scripts
from dt_helpers.training import progress
from tests.conftest import make_trajectories

TINY = {"steps": 24, "batch_size": 8, "eval_steps": 6, "save_steps": 6, "context_length": 5}
SCALE = "made up: taken from the data: returns are divided by 10.6.\n"


@pytest.fixture
def notebook(monkeypatch):
    """As if in a notebook; what is displayed is printed as a line."""
    shell = SimpleNamespace(kernel=None)
    display = SimpleNamespace(update=lambda figure: None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(progress, "_new_display", lambda: print("the curve") or display)
    monkeypatch.setattr(progress.Progress, "_draw", lambda self, history: None)


def stop_at(step, error, monkeypatch):
    own = progress.Progress.on_step_end

    def stop(self, args, state, control, **kwargs):
        own(self, args, state, control, **kwargs)
        self.bar.refresh()
        if state.global_step == step:
            raise error

    monkeypatch.setattr(progress.Progress, "on_step_end", stop)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("out of memory")], ids=["interrupt", "error"])
def test_interrupted_and_run_again_there_is_a_line_each(tmp_path, monkeypatch, capsys, notebook, error):
    kept = []  # as IPython keeps a cell's last traceback, and the bar in it
    with monkeypatch.context() as patch:
        stop_at(8, error, patch)
        with pytest.raises(type(error)) as caught:
            training.train(make_trajectories([40] * 4), training.preset("ci", **TINY), output=tmp_path)
        kept.append(caught)
    out = capsys.readouterr().out
    assert out.startswith(f"{SCALE}the curve\n") and out.endswith("\n") and out.count("\n") == 3
    assert "8/24" in out.rpartition("\r")[2]
    stop_at(None, None, monkeypatch)
    training.train(make_trajectories([40] * 4), training.preset("ci", **TINY), output=tmp_path)
    out = capsys.readouterr().out
    assert out.startswith(f"Going on from checkpoint-6 of an interrupted run.\n{SCALE}the curve\n\rtraining:  25%")
    assert out.count("\n") == 4 and "24/24" in out.rpartition("\r")[2]
    assert "\x1b" not in out, "the bar moves among other bars"


def test_a_bar_that_nobody_closed_costs_the_next_one_no_lines(capsys):
    from dt_helpers.machine.bars import bar

    first = bar(5, "first")
    with bar(5, "second", leave=True) as second:
        for _ in range(5):
            second.update()
            second.refresh()
    first.close()
    assert capsys.readouterr().err.count("\n") == 1


def test_the_page_of_a_stopped_cell_has_a_bars_last_state_only():
    """nbclient leaves the messages as they came when a cell is stopped."""
    states = [nbformat.v4.new_output("stream", name="stdout", text=f"\rtraining: {i:4d}/2440") for i in range(2440)]
    figure = nbformat.v4.new_output("display_data", {"text/plain": "a curve"})
    cell = nbformat.v4.new_code_cell("train()", outputs=[*states[:3], figure, *states[3:]])
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=scripts.METADATA)
    shown = page.render({"05_training": notebook})
    assert re.findall(r"(\d+)/2440", shown) == ["2", "2439"]
