"""When a training is killed or interrupted, what is on disk can be read, and the same call ends in the same weights.

`tests.sizes` says how many moments of each kind are tried: operations on files, spread over all there are, of which
``DT_CAMPAIGN="kills=1000"`` tries every one, and random times.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

from . import kills, sizes

KILLS = sizes.size("kills", small=2, whole=20)
WHOLE = "import sys; from pathlib import Path; from tests import kills; kills.train(Path(sys.argv[1]))"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of a model that is there before, and of what an undisturbed training makes."""
    folder = tmp_path_factory.mktemp("kills")
    assert kills.run(kills.make_old, folder / "old") == 0
    assert kills.run(kills.train, folder / "new") == 0
    return folder / "old", folder / "new"


@pytest.mark.parametrize("interrupt", [False, True], ids=["killed", "interrupted"])
@pytest.mark.parametrize("replacing", [False, True], ids=["first", "again"])
def test_at_every_operation_on_files(models, tmp_path, interrupt, replacing):
    old, new = models
    old = old if replacing else None
    folder = tmp_path / "model"
    prepare(folder, old)
    assert kills.run(kills.count_moments, folder, tmp_path / "count") == 0
    total = int((tmp_path / "count").read_text())
    offset = random.random()
    moments = sorted(
        {1 + int((i + offset) * total / KILLS) for i in range(KILLS)} if total > KILLS else range(1, total + 1)
    )
    for moment in moments:
        prepare(folder, old)
        code = kills.run(kills.train_until, folder, moment, interrupt)
        assert code == (1 if interrupt else -signal.SIGKILL), f"at moment {moment} of {total}"
        assert kills.run(kills.look_and_go_on, folder, old, new) == 0, f"after moment {moment} of {total}"


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_at_random_times_again_and_again(models, tmp_path, stop):
    old, new = models
    begin = time.monotonic()
    assert kills.run(kills.train, tmp_path / "undisturbed") == 0
    lasts = time.monotonic() - begin
    for i in range(KILLS):
        folder = tmp_path / str(i)
        prepare(folder, old)
        for _ in range(3):
            process = kills.start(kills.train, folder)
            process.join(random.uniform(0, lasts))
            if process.exitcode is None:
                os.kill(process.pid, stop)
            process.join()
            assert kills.run(kills.look, folder, old, new) == 0
        assert kills.run(kills.look_and_go_on, folder, old, new) == 0


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_from_the_first_import_on(models, tmp_path, stop):
    old, new = models
    begin = time.monotonic()
    command = [sys.executable, "-c", WHOLE]
    subprocess.run([*command, tmp_path / "undisturbed"], check=True, capture_output=True)
    lasts = time.monotonic() - begin
    for i in range((KILLS + 2) // 3):
        folder = tmp_path / str(i)
        prepare(folder, old)
        child = subprocess.Popen([*command, folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            child.wait(random.uniform(0, lasts))
        except subprocess.TimeoutExpired:
            child.send_signal(stop)
            child.wait()
        assert kills.run(kills.look_and_go_on, folder, old, new) == 0


def prepare(folder, old) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if old is not None:
        shutil.copytree(old, folder)
