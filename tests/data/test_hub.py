"""Every way in which the Hub may fail, over a real HTTP server; in children, since HF_ENDPOINT is read at import."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from dt_helpers.data import downloading, hub
from dt_helpers.data.downloading import HubUnavailable
from dt_helpers.data.lists import features
from dt_helpers.data.trajectories import Trajectories
from tests.conftest import make_trajectories
from tests.hub_server import HubServer, child_environment, parquet

NAME = "halfcheetah-expert-v2"
PARTS = [make_trajectories([80, 60, 90], 17, 6, seed=i) for i in (0, 1)]
FILES = {f"{NAME}/train/000{i}.parquet": parquet(part) for i, part in enumerate(PARTS)}

CHILD = """
import json, os, pathlib, sys, tempfile, urllib.parse, urllib.request
if "libraries first" in sys.argv:
    import datasets, huggingface_hub
    from huggingface_hub import HfApi
from dt_helpers import hub
from dt_helpers.data import downloading

name, out, *steps = sys.argv[1:]
downloading.PROBE_SECONDS = 1
for step in steps:
    fault, _, patience = step.partition("@")
    downloading.PATIENCE_SECONDS = float(patience or 15)
    if fault == "libraries first":
        continue
    if fault == "damage what was downloaded":
        for blob in pathlib.Path(os.environ["HF_HOME"]).glob("hub/*/blobs/*"):
            blob.write_bytes(b"PAR1" + blob.read_bytes()[:1000])
    elif fault != "as it is":
        url = f"{os.environ['HF_ENDPOINT']}/fault/{urllib.parse.quote(fault)}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        try:
            rows = hub.read(name, scratch)
            rows.to_parquet(f"{out}/{len(os.listdir(out))}.parquet")
            print(json.dumps([step, "rows", len(rows)]), flush=True)
        except hub.HubUnavailable as error:
            print(json.dumps([step, "reason", error.reason]), flush=True)
"""


def child(tmp_path, endpoint, *steps, name=NAME, **env):
    out = tmp_path / "out"
    out.mkdir()
    env = child_environment(HF_ENDPOINT=endpoint, HF_HOME=str(tmp_path / "hf"), **env)
    command = [sys.executable, "-c", CHILD, name, str(out), *steps]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    for noise in ("Retrying", "Traceback", "Warning"):
        assert noise not in done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def server():
    with HubServer(FILES) as server:
        yield server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_reads_all_files_of_the_branch_and_recovers_from_every_failure(server, tmp_path):
    expected = {
        "no dataset": "no dataset",
        "no branch": "no branch refs/convert/parquet",
        "error": "HTTP error 500",
        "portal": "login page",
        "hung head": "did not answer within 1 seconds",
        "hung store": "did not answer within 1 seconds",
        "truncated": "damaged",
        "cut": "broke off",
    }
    steps = [*expected, "", "damage what was downloaded", "as it is"]
    answers = child(tmp_path, server.url, *steps)
    assert [step for step, *_ in answers] == steps
    for step, kind, reason in answers[: len(expected)]:
        assert kind == "reason", step
        assert expected[step] in reason, step
        assert "\n" not in reason
    assert answers[-3] == ["", "rows", 6]
    assert answers[-2][1] == "reason" and "damaged" in answers[-2][2]
    assert answers[-1] == ["as it is", "rows", 6]

    from datasets import Dataset

    for file in sorted((tmp_path / "out").glob("*.parquet")):
        rows = Dataset.from_parquet(str(file), cache_dir=str(tmp_path / "cache"))
        assert rows.features == features()
        got = Trajectories.from_dataset(rows)
        for column in ("observations", "actions", "rewards", "dones"):
            np.testing.assert_array_equal(
                getattr(got, column), np.concatenate([getattr(part, column) for part in PARTS])
            )


def test_gives_up_on_a_transfer_that_stands_still_also_when_the_libraries_were_imported_before(server, tmp_path):
    answers = child(tmp_path, server.url, "libraries first", "hung head", "hung body@2")
    assert answers[0][2].endswith(("did not answer within 1 seconds", "sent nothing for 2 seconds"))  # what comes first
    assert "sent nothing for 2 seconds" in answers[1][2]


def test_each_answer_to_a_small_request_is_a_sign_of_life(server, monkeypatch):
    """So that three slow answers are not taken for silence."""
    for variable in os.environ:
        if variable.endswith("_OFFLINE"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.url)
    seen = []

    def at_once(task, place, patience, signs):
        seen.append(signs())
        task()
        seen.append(signs())
        raise HubUnavailable("that will do")

    monkeypatch.setattr(downloading, "in_background", at_once)
    with pytest.raises(HubUnavailable, match="that will do"):
        hub.read(NAME, "nowhere")
    assert seen == [0, 2]


def test_a_set_that_the_branch_lacks(server, tmp_path):
    [[_, kind, reason]] = child(tmp_path, server.url, "as it is", name="hopper-expert-v2")
    assert kind == "reason" and "404" in reason


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "the-hub.invalid"])
def test_no_connection(host, tmp_path):
    endpoint = f"http://{host.format(port=free_port())}"
    [[_, kind, reason]] = child(tmp_path, endpoint, "as it is")
    assert kind == "reason"
    assert f"no connection to {endpoint.removeprefix('http://')}" in reason


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"])
def test_offline_is_said_without_trying(variable, server, tmp_path):
    [[_, kind, reason]] = child(tmp_path, server.url, "as it is", **{variable: "1"})
    assert kind == "reason" and variable in reason
    assert server.requests == []
