"""The table of what a class has pushed."""

import pytest
from huggingface_hub import ModelCard

from dt_helpers import cli
from dt_helpers.training import gallery
from tests import warm
from tests.hub_server import HubServer, child_environment

CARD = """---
decision-transformer-course:
  version: 0.1.0
  dataset: {dataset}
  preset: quick
  steps: 500
model-index:
- name: Decision Transformer
  results:
  - task:
      type: reinforcement-learning
    dataset:
      name: {env}
      type: {env}
    metrics:
    - type: mean_reward
      value: {value}
      args:
        episodes: 16
---
# A model
"""


def card(value="8794.21 +/- 104.13", env="HalfCheetah-v5", dataset="halfcheetah-expert"):
    return CARD.format(value=value, env=env, dataset=dataset)


def test_a_file_of_names(tmp_path):
    path = tmp_path / "models.txt"
    path.write_text("# our class\nada/one\n\nhttps://huggingface.co/bob/two/  # Bob's\nada/one\n")
    assert gallery.names(path) == ["ada/one", "bob/two"]
    with pytest.raises(FileNotFoundError):
        gallery.names(tmp_path / "none.txt")


def test_by_environment_and_then_by_return(monkeypatch):
    cards = {
        "ada/low": card("-3.25 +/- 0.5"),
        "bob/hops": card("3000 +/- 20", "Hopper-v5", "hopper-mixed"),
        "cy/high": card(),
    }
    monkeypatch.setattr(gallery, "read", lambda name: gallery.row(name, ModelCard(cards[name])))
    assert gallery.table(cards).splitlines()[2:] == [
        "| [cy/high](https://huggingface.co/cy/high) | HalfCheetah-v5 | 8,794 ± 104 | 16 "
        "| quick, 500 steps, halfcheetah-expert | 0.1.0 |",
        "| [ada/low](https://huggingface.co/ada/low) | HalfCheetah-v5 | -3.25 ± 0.5 | 16 "
        "| quick, 500 steps, halfcheetah-expert | 0.1.0 |",
        "| [bob/hops](https://huggingface.co/bob/hops) | Hopper-v5 | 3,000 ± 20 | 16 "
        "| quick, 500 steps, hopper-mixed | 0.1.0 |",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# no entries at all\n",
        card().replace("mean_reward", "accuracy"),
        card("very good"),
        card("nan +/- 1"),
        card().replace("episodes: 16", "seeds: 16"),
        card().replace("decision-transformer-course", "other"),
    ],
)
def test_a_card_that_states_no_return_as_the_courses_do(text):
    with pytest.raises(ValueError, match="states no return as the course's cards do"):
        gallery.row("ada/one", ModelCard(text, ignore_metadata_errors=True))


@pytest.mark.parametrize("dataset", ["'x | y'", "'<script>alert(1)</script>'", "'[a](javascript:b) `c` *d*'"])
def test_other_peoples_words_are_plain_text_in_one_cell(dataset, monkeypatch):
    found = ModelCard(card(dataset=dataset))
    monkeypatch.setattr(gallery, "read", lambda name: gallery.row(name, found))
    line = gallery.table(["ada/one"]).splitlines()[2]
    assert line.replace("\\|", "").count("|") == 7
    assert "<" not in line and not any(f" {sign}" in line for sign in ("`c", "*d", "[a]"))


CHILD = "import sys; from dt_helpers.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize("output", [False, True])
def test_the_command_reads_the_hub_and_names_what_it_could_not_read(tmp_path, output):
    names, table = tmp_path / "models.txt", tmp_path / "gallery.md"
    names.write_text("bob/none\nnot a name\nada/one\n")
    with HubServer({"README.md": card().encode()}, "ada/one", "main", kind="model") as hub:
        hub.exists = True
        env = child_environment(HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "hf"), HF_HUB_DISABLE_XET="1")
        options = ["--output", str(table)] if output else []
        done = warm.python("-c", CHILD, "gallery", str(names), *options, env=env, timeout=120, anew="huggingface_hub")
    assert done.returncode == 0, done.stderr
    lines = (table.read_text(encoding="utf-8") if output else done.stdout).splitlines()
    assert lines[0].startswith("| model | environment | mean return | episodes |") and len(lines) == 5
    assert lines[2].startswith("| [ada/one](https://huggingface.co/ada/one) | HalfCheetah-v5 | 8,794 ± 104 | 16 |")
    assert lines[3].startswith("| bob/none | not read: the Hub has no model bob/none that can be read from here (404)")
    assert lines[4].startswith("| not a name | not read: A repository on the Hub has its owner's name")
    assert done.stderr == ""


def test_a_repository_without_a_card_is_said_to_have_none(tmp_path):
    (tmp_path / "models.txt").write_text("ada/one\n")
    with HubServer({"config.json": b"{}"}, "ada/one", "main", kind="model") as hub:
        hub.exists = True
        env = child_environment(HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path / "hf"))
        given = "gallery", str(tmp_path / "models.txt")
        done = warm.python("-c", CHILD, *given, env=env, timeout=120, anew="huggingface_hub")
    assert done.stdout.splitlines()[2:] == ["| ada/one | not read: it has no card | | | | |"]


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert cli.main(["gallery", str(tmp_path / "none.txt")]) == 2
    assert "none.txt" in capsys.readouterr().err
