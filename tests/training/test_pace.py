"""Training with a made-up clock: each step lasts as long as the test says for its number of threads."""

import json
from types import SimpleNamespace

import pytest
import torch

from dt_helpers import training
from dt_helpers.machine import threads
from dt_helpers.training import pace, progress, trainer
from tests.conftest import make_trajectories

TINY = {"batch_size": 4, "context_length": 2, "eval_steps": 1000, "held_out": 0.2, "save_steps": 1000}


class Machine:
    """A clock, and torch's number of threads, of which there are `cores` at first."""

    def __init__(self, monkeypatch, cores):
        self.now, self.threads, self.used = 0.0, cores, []
        monkeypatch.setattr(torch, "get_num_threads", lambda: self.threads)
        monkeypatch.setattr(torch, "set_num_threads", lambda number: setattr(self, "threads", number))
        for name in (*threads.NUMBER, threads.OURS):
            monkeypatch.delenv(name, raising=False)
        for name, value in {"_last": cores, "_most": None, "spinning": False}.items():
            monkeypatch.setattr(threads, name, value)

    def train(self, cost, steps=200, begin=0, recorded=None, device="cpu", pacer=None, until=None):
        """Numbers of threads of each step, where ``cost(step, threads)`` says its seconds; and the callback."""
        pacer = pacer or pace.Pace(lambda: self.now)
        args = SimpleNamespace(device=torch.device(device))
        callbacks = {} if recorded is None else {"Pace": recorded}
        state = SimpleNamespace(max_steps=steps, global_step=begin, stateful_callbacks=callbacks)
        pacer.on_train_begin(args, state, None)
        used = []
        for step in range(begin, until or steps):
            pacer.on_step_begin(args, state, None)
            used.append(self.threads)
            self.now += cost(step, self.threads)
            state.global_step += 1
            pacer.on_step_end(args, state, None)
        return used, pacer


def idle(step, number):
    return 1 / number


def busy(step, number):
    return 1 + 0.6 * (number - 1)


@pytest.fixture
def machine(monkeypatch):
    return lambda cores: Machine(monkeypatch, cores)


def test_an_idle_machine_keeps_all(machine, capsys):
    used, _ = machine(2).train(idle)
    assert used[0] == used[-1] == 2
    assert used.count(1) == 5 * 3  # compared at 4, 93 and 182
    assert capsys.readouterr().out == ""


def test_a_busy_machine_gets_one_and_says_so_once(machine, capsys):
    used, _ = machine(2).train(busy, 400)
    assert used[:4] == [2] * 4 and set(used[13:93]) == {1} and used[-1] == 1
    line = (
        "Training goes on with 1 thread, not 2: at the moment that is quicker here, 1000 ms per step instead of 1600.\n"
    )
    assert capsys.readouterr().out == line
    assert sum(busy(0, number) for number in used) / 400 < 1.06 * busy(0, 1)


@pytest.mark.parametrize(("cores", "best"), [(8, 1), (8, 2), (8, 4), (8, 8), (12, 3), (3, 1)])
def test_the_best_number_is_found_step_by_step(machine, cores, best):
    used, pacer = machine(cores).train(lambda step, number: 1 + abs(number - best))
    assert pacer.threads == best
    assert used.count(best) > 150


@pytest.mark.parametrize(("before", "after", "best"), [(idle, busy, 1), (busy, idle, 2)])
def test_load_comes_and_goes(machine, before, after, best):
    used, _ = machine(2).train(lambda step, number: (before if step < 200 else after)(step, number), 600)
    assert used[199] != best and set(used[300:304]) == {best}
    assert used[300:].count(best) > 0.93 * 300


def test_noise_changes_nothing(machine):
    slow = {6, 8, 12, 94}  # steps that something else got in the way of
    _, pacer = machine(2).train(lambda step, number: 10 if step in slow else 1)
    assert pacer.threads == 2


def test_where_it_is_over_soon_nothing_is_compared(machine):
    assert set(machine(2).train(busy, pace.SHORTEST - 1)[0]) == {2}


def test_a_gpu_has_no_pace(machine):
    assert set(machine(2).train(busy, device="cuda")[0]) == {2}


def test_a_user_has_the_last_word(machine, monkeypatch):
    here = machine(4)
    torch.set_num_threads(3)
    assert set(here.train(busy)[0]) == {3}
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    here.threads = 4
    assert set(here.train(busy)[0]) == {4}


def test_spinning_threads_are_not_tried(machine, monkeypatch):
    here = machine(2)
    monkeypatch.setattr(threads, "spinning", True)
    assert set(here.train(idle)[0]) == {1}


@pytest.mark.parametrize("cost", [idle, busy])
@pytest.mark.parametrize("killed", [2, 4, 8, 13, 14, 50, 93, 97, 102, 120])
def test_a_resumed_run_has_the_same_numbers(machine, cost, killed):
    """Wherever it was cut, amid a comparison too; the record goes through a file of the checkpoint."""
    whole, _ = machine(2).train(cost)
    _, cut = machine(2).train(cost, until=killed)
    resumed, _ = machine(2).train(cost, begin=killed, recorded=json.loads(json.dumps(cut.state())))
    assert resumed == whole[killed:]


def test_a_record_of_another_machine(machine):
    recorded = {"args": {}, "attributes": {"threads": 16, "direction": 1, "due": 90, "seconds": {"p": [], "t": []}}}
    used, _ = machine(2).train(busy, begin=60, recorded=recorded)
    assert used[0] == 2 and used[-1] == 1


def test_a_checkpoint_without_a_record(machine):
    """Of an older version of the course."""
    used, _ = machine(2).train(busy, begin=60)
    assert used[0] == 2 and used[-1] == 1


def test_a_new_training_begins_anew(machine):
    here = machine(2)
    _, pacer = here.train(busy)
    pacer.on_train_end(None, None, None)
    assert here.threads == 2
    used, _ = here.train(idle, pacer=pacer, recorded=pacer.state())
    assert used[0] == used[-1] == 2


def test_a_real_training_is_hooked_and_recorded(tmp_path, monkeypatch):
    """The number goes into the Trainer's checkpoint, and from there into the run that goes on."""
    used = []
    monkeypatch.setattr(threads, "settle", lambda: 2)
    monkeypatch.setattr(threads, "use", used.append)
    settings = training.preset("ci", **{**TINY, "steps": 60, "save_steps": 30})
    monkeypatch.setattr(training.MovingAverage, "copy_to", lambda *_: 1 / 0)  # before it has saved its model
    with pytest.raises(ZeroDivisionError):
        training.train(make_trajectories([20] * 5), settings, output=tmp_path)
    state = json.loads((tmp_path / "checkpoints" / "checkpoint-60" / "trainer_state.json").read_text())
    assert state["stateful_callbacks"]["Pace"]["attributes"]["threads"] in (1, 2)
    assert used.count(1) >= 5


def test_weights_after_a_change_of_threads(tmp_path, monkeypatch):
    """Real threads, and a clock that favours one: stopped amid a comparison, the run ends with the same weights."""
    seconds, before = [0.0], torch.get_num_threads()

    def clock():
        seconds[0] += busy(0, torch.get_num_threads())
        return seconds[0]

    def stop(self, args, state, control, **kwargs):
        if state.global_step == 11:
            raise KeyboardInterrupt

    for name in (*threads.NUMBER, threads.OURS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads, "_last", 2)
    monkeypatch.setattr(threads, "_most", None)
    monkeypatch.setattr(trainer, "Pace", lambda: pace.Pace(clock))
    settings = training.preset("ci", **{**TINY, "steps": 60, "save_steps": 10})
    torch.set_num_threads(2)
    try:
        whole = training.train(make_trajectories([20] * 5), settings, output=tmp_path / "whole")
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(progress.Progress, "on_step_end", stop)
            training.train(make_trajectories([20] * 5), settings, output=tmp_path / "cut")
        resumed = training.train(make_trajectories([20] * 5), settings, output=tmp_path / "cut")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, resumed.state_dict()[name]), name
