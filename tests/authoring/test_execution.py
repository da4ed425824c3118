"""One notebook in one kernel."""

import nbformat
import psutil
import pytest

from dt_helpers.authoring.execution import CellFailed, Execution, Stopped
from dt_helpers.authoring.stillness import process_tree


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])


def texts(notebook):
    return [output.text for cell in notebook.cells for output in cell.outputs if output.output_type == "stream"]


def test_it_tells_how_far_it_is_what_is_printed_and_what_it_has_used(tmp_path):
    told = []
    cells = notebook("import os\nprint(os.getcwd(), os.environ['SAID'])", "sum(range(20_000_000))")
    run = Execution(cells, tmp_path, name="any", environment={"SAID": "yes"}, on_progress=lambda *now: told.append(now))
    run.run()
    assert texts(cells) == [f"{tmp_path} yes\n"]
    assert told == [(0, ""), (0, f"{tmp_path} yes"), (1, "")]
    assert run.seconds > run.cpu > 0.1


def test_a_cell_that_computes_for_longer_than_the_limit_without_a_word_is_not_stopped(tmp_path):
    cells = notebook(
        "import time\nend = time.process_time() + 3\nwhile time.process_time() < end:\n    pass", "print(1)"
    )
    Execution(cells, tmp_path, name="any", still=1).run()
    assert texts(cells) == ["1\n"]


def test_a_cell_that_prints_now_and_then_is_not_stopped(tmp_path):
    cells = notebook("import time\nfor i in range(6):\n    print(i, flush=True)\n    time.sleep(0.7)")
    Execution(cells, tmp_path, name="any", still=2).run()
    assert texts(cells) == ["0\n1\n2\n3\n4\n5\n"]


def test_a_cell_that_sleeps_while_what_it_started_computes_is_not_stopped(tmp_path):
    compute = "import time\nwhile time.process_time() < 3: pass"
    cells = notebook(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {compute!r}])\nprint('done')")
    Execution(cells, tmp_path, name="any", still=1).run()
    assert texts(cells) == ["done\n"]


def test_each_cell_has_the_limit_to_itself_and_a_still_one_is_interrupted(tmp_path):
    cells = notebook(*["import time\ntime.sleep(0.7)"] * 3, "time.sleep(1000)", "print('never')")
    with pytest.raises(CellFailed, match=r"It was stopped: for 1\.5 seconds nothing had moved") as failure:
        Execution(cells, tmp_path, name="any", numbers=[1, 2, 3, 14, 15], still=1.5).run()
    assert failure.value.number == 14
    assert cells.cells[3].outputs[0].ename == "KeyboardInterrupt"


def test_a_still_cell_that_does_not_answer_loses_its_kernel(tmp_path, monkeypatch):
    monkeypatch.setattr("dt_helpers.authoring.execution.GRACE", 0.5)
    deaf = "import signal, subprocess, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    cells = notebook(f"{deaf}child = subprocess.Popen(['sleep', '1000'])\nprint(child.pid)\ntime.sleep(1000)")
    before = set(process_tree(psutil.Process().pid))
    with pytest.raises(CellFailed, match="It was stopped"):
        Execution(cells, tmp_path, name="any", still=1).run()
    assert set(process_tree(psutil.Process().pid)) <= before
    child = int(texts(cells)[0])
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    assert "It was stopped" in cells.cells[0].outputs[-1].traceback[0], "the page says why"


def test_a_cell_may_end_its_kernel(tmp_path):
    cells = notebook("print('before', flush=True)", "import os\nos._exit(3)")
    with pytest.raises(CellFailed, match="kernel died"):
        Execution(cells, tmp_path, name="any").run()
    assert texts(cells) == ["before\n"]


def test_a_kernel_that_does_not_start_is_no_riddle(tmp_path):
    with pytest.raises(CellFailed, match=r"(?s)any, cell 0, .* did not start"):
        Execution(notebook("1"), tmp_path, name="any", environment={"PYTHONHOME": "/nowhere"}).run()


def test_it_can_be_stopped_before_it_has_begun(tmp_path):
    cells = notebook("print(1)")
    run = Execution(cells, tmp_path, name="any")
    run.stop()
    with pytest.raises(Stopped):
        run.run()
    assert texts(cells) == []
