"""The command line, as a newcomer meets it."""

import json
import re
import subprocess
import sys

import pytest

import dt_helpers
from dt_helpers import cli, data, options
from dt_helpers.rollout.sweep import default_targets
from dt_helpers.training import settings
from tests.course_tree import add_script, edit, make_tree

COMMANDS = [
    "check-env", "doctor", "data", "train", "replay", "sweep", "push", "gallery", "course", "release", "export-web",
    "collect", "grade", "feedback", "report", "export", "gradescope", "classroom",
]  # fmt: skip


@pytest.fixture
def in_course(tmp_path, monkeypatch):
    """The current folder is a released small course."""
    tree = make_tree(tmp_path / "course", released=True)
    monkeypatch.chdir(tree.root)
    return tree


@pytest.fixture
def in_workspace(tmp_path, monkeypatch, cheetah_data):
    """Little data, ready at once, and a workspace of its own."""
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr(data, "load", lambda name="halfcheetah-expert", *_, **__: cheetah_data)
    return tmp_path / "workspace"


# Help and mistakes on the command line


def test_help_lists_every_command(capsys):
    assert cli.main(["--help"]) == 0
    listed = re.findall(r"^  ([a-z-]+)  +\S", capsys.readouterr().out.partition("Commands:")[2], re.MULTILINE)
    assert listed == COMMANDS


def test_the_version_by_either_way(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"dt-course {dt_helpers.__version__}\n"
    said = subprocess.run([sys.executable, "-m", "dt_helpers", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"dt-course {dt_helpers.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_an_example_that_the_command_line_accepts(command, capsys, monkeypatch):
    assert cli.main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    examples = re.findall(r"^    dt-course (.*)$", shown, re.MULTILINE)
    assert examples
    for example in examples:
        assert cli.main([*example.split(), "--help"]) == 0, example
    for option in re.findall(r"^  (--[a-z-]+)", shown, re.MULTILINE):
        assert re.search(rf"^  {option}\b.* [A-Za-z]", shown, re.MULTILINE), f"{option} has no explanation"


def test_help_is_quick_because_nothing_heavy_is_imported():
    heavy = ("torch", "transformers", "datasets", "gymnasium", "mujoco", "matplotlib", "nbformat", "nbgrader", "numpy")
    code = (
        "import sys; from dt_helpers.cli import main; assert main(['train', '--help']) == 0; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["fly"], "fly"),
        (["train", "--preset", "huge"], "'ci', 'quick', 'tutorial'"),
        (["train", "--seed", "three"], "--seed"),
        (["train", "--sede", "3"], "--sede"),
        (["course", "--still-minutes", "0"], "still-minutes"),
        (["release", "--check", "--execute"], "cannot be combined"),
        (["release", "02_window"], "--execute"),
    ],
)
def test_a_command_line_that_makes_no_sense_exits_with_2(arguments, named, capsys):
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert named in shown.err
    assert "Traceback" not in shown.err


def test_the_presets_are_those_of_the_settings():
    assert [preset.value for preset in options.Preset] == [*sorted(settings.PRESETS)]


def test_the_installed_command_passes_the_exit_code_on():
    command = [sys.executable, "-m", "dt_helpers.cli", "data", "no-such-set"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("dt-course: ")
    assert "no-such-set" in run.stderr
    assert "halfcheetah-expert" in run.stderr, "the names that there are"
    assert "\x1b" not in run.stderr
    assert run.stderr.count("\n") == 1


# check-env


def test_check_env_tells_and_its_exit_code_says_whether_all_is_well(capsys, monkeypatch):
    from dt_helpers.machine import check_environment

    report = check_environment.check_environment()
    assert cli.main(["check-env"]) == (0 if report.ok else 1)
    assert "Python" in capsys.readouterr().out
    broken = check_environment.EnvironmentReport(
        [check_environment.Row("rendering", "none", "fail", "install something")]
    )
    monkeypatch.setattr(check_environment, "check_environment", lambda: broken)
    assert cli.main(["check-env"]) == 1
    assert "install something" in capsys.readouterr().out


# doctor


def test_doctor_explains_the_error_in_a_file_and_owns_up_to_one_that_it_does_not_know(tmp_path, capsys):
    (tmp_path / "known.txt").write_text("RuntimeError: Dataset scripts are no longer supported, but found x.py")
    assert cli.main(["doctor", str(tmp_path / "known.txt")]) == 0
    assert "data.load('halfcheetah-expert-v2')" in capsys.readouterr().out
    (tmp_path / "new.txt").write_text("ZeroDivisionError: division by zero")
    assert cli.main(["doctor", str(tmp_path / "new.txt")]) == 1
    assert "not a known one" in capsys.readouterr().out


def test_doctor_looks_at_the_machine(capsys):
    assert cli.main(["doctor"]) == 0
    assert "grading in a sandbox" in capsys.readouterr().out


# data, train


def test_data_says_what_is_in_the_set(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DT_CACHE", str(tmp_path))
    assert cli.main(["data", "halfcheetah-expert", "--episodes", "1", "--seed", "3"]) == 0
    shown = capsys.readouterr().out
    assert "1 episodes, 1,000 steps" in shown
    assert re.search(r"Returns from [\d,]+ to [\d,]+, 1000 to 1000 steps each", shown)


def test_data_opens_a_file(trajectories, tmp_path, capsys):
    from dt_helpers.data.formats import to_parquet

    assert cli.main(["data", str(to_parquet(trajectories, tmp_path))]) == 0
    shown = capsys.readouterr().out
    assert "made up: 5 episodes, 108 steps." in shown and "1 to 50 steps each" in shown
    assert cli.main(["data", str(tmp_path / "missing.hdf5")]) == 1
    assert "There is no" in capsys.readouterr().err


def test_data_refuses_no_episodes(capsys):
    assert cli.main(["data", "--episodes", "0"]) == 1
    assert capsys.readouterr().err.startswith("dt-course: episodes must be a whole number of at least 1")


def test_a_stopped_training_says_how_to_go_on(monkeypatch, capsys, in_workspace):
    from dt_helpers import data, training

    def stop(*_, **__):
        raise KeyboardInterrupt("Stopped at step 8; the same call goes on from checkpoint-6.")

    monkeypatch.setattr(data, "load", lambda name: None)
    monkeypatch.setattr(training, "train", stop)
    assert cli.main(["train"]) == 130
    assert capsys.readouterr().err == "dt-course: Stopped at step 8; the same call goes on from checkpoint-6.\n"


def test_train_saves_a_model_and_replay_measures_and_films_it(in_workspace, capsys):
    assert cli.main(["train", "--preset", "ci", "--seed", "3"]) == 0
    assert json.loads((in_workspace / "model" / "training.json").read_text())["preset"] == "ci"
    assert f"The model is in {in_workspace / 'model'}" in capsys.readouterr().out
    assert cli.main(["replay", "--episodes", "2", "--steps", "20"]) == 0
    shown = capsys.readouterr().out
    assert f"Using the model that you have trained: {in_workspace / 'model'}" in shown
    target = float(re.search(r"Asking for a return of ([\d,]+),", shown)[1].replace(",", ""))
    assert f"target return {target:,.0f}: mean return" in shown
    assert "over 2 episodes" in shown
    assert b"ftyp" in (in_workspace / "replay.mp4").read_bytes()[:12]
    assert "over 2 episodes" in (in_workspace / "model" / "README.md").read_text()


def test_sweep_of_a_trained_model(in_workspace, capsys, cheetah_data):
    targets = len(default_targets(cheetah_data.returns))  # another machine's recordings are others
    assert cli.main(["train", "--preset", "ci", "--output", str(in_workspace / "model-mixed")]) == 0
    assert cli.main(["sweep", "--episodes", "1", "--steps", "5"]) == 0
    shown = capsys.readouterr().out
    assert f"Using the model that you have trained: {in_workspace / 'model-mixed'}" in shown
    assert "rank correlation up to the data's best" in shown
    table = (in_workspace / "targets.csv").read_text().splitlines()
    assert table[0].startswith("target,episodes,mean") and len(table) == 1 + targets


def test_replay_of_a_folder_without_a_model(tmp_path, capsys):
    assert cli.main(["replay", "--model", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"dt-course: There is no trained model in {tmp_path}")


def test_replay_in_an_environment_that_the_model_was_not_made_for(cheetah_data, tmp_path, capsys):
    from dt_helpers import training
    from dt_helpers.collator import DecisionTransformerGymDataCollator

    training.make_model(DecisionTransformerGymDataCollator(cheetah_data), training.preset("ci")).save_pretrained(
        tmp_path
    )
    arguments = [
        "--model",
        str(tmp_path),
        "--env",
        "Hopper-v5",
        "--target-return",
        "100",
        "--output",
        str(tmp_path / "x.mp4"),
    ]
    assert cli.main(["replay", *arguments]) == 1
    assert "Hopper-v5 has 11 state and 3 action dimensions" in capsys.readouterr().err
    assert not (tmp_path / "x.mp4").exists()


# course, release


def test_outside_of_a_checkout_the_commands_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for command in ("course", "release"):
        assert cli.main([command]) == 1
        assert re.fullmatch(r"dt-course: .*run this in a checkout of the course\.\n", capsys.readouterr().err)


def test_release_check_fails_on_drift_and_release_mends_it(in_course, monkeypatch, capsys):
    assert cli.main(["release", "--check"]) == 0
    edit(in_course.solutions / "02_window.py", "# # Windows", "# # Windows and walls")
    assert cli.main(["release", "--check"]) == 1
    assert "notebooks/decision_transformer/02_window.ipynb: not up to date" in capsys.readouterr().out
    monkeypatch.chdir(in_course.solutions)  # from a folder inside as well
    assert cli.main(["release"]) == 0
    assert "notebooks/decision_transformer/02_window.ipynb: written" in capsys.readouterr().out
    assert cli.main(["release", "--check"]) == 0


def test_release_as_a_module(in_course):
    command = [sys.executable, "-m", "dt_helpers.authoring.build", "--check"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Not executed since they changed: 01_returns (6 cells), 02_window (3 cells).")


def test_course_runs_into_the_folder_that_was_asked_for(in_course, in_workspace, tmp_path, capsys):
    assert cli.main(["course", "--preset", "ci", "--output", str(tmp_path / "made")]) == 0
    assert (tmp_path / "made" / "course.html").is_file()
    assert "preset          ci" in capsys.readouterr().out


def test_a_failing_cell_is_shown_without_a_traceback_of_our_own(in_course, in_workspace, capsys):
    add_script(in_course, "00_broken", "raise ValueError('the reason')")
    assert cli.main(["course"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("dt-course: 00_broken, cell 1, failed:")
    assert error.rstrip().endswith("ValueError: the reason")
    assert "Traceback" not in error
    assert (in_course.root / "output" / "course.html").is_file()


def test_the_traceback_is_there_for_those_who_ask(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError):
        cli.main(["--traceback", "release"])


def test_a_missing_extra_is_named_with_the_way_to_get_it(in_course):
    code = "import sys; sys.modules['jupytext'] = None; from dt_helpers.cli import main; sys.exit(main(['release']))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 1
    assert (
        run.stderr
        == "dt-course: jupytext is not installed. In a checkout of the course: pip install -e '.[lab,grade]'\n"
    )
