"""The page below a notebook's cell, and the film where it can't be shown. A browser sees it in tests/browser."""

import json
import sys
import urllib.request

import pytest
from bs4 import BeautifulSoup

from dt_helpers import data, live
from dt_helpers.rollout import live as module
from tests.rollout.test_export_web import cheetah_model


@pytest.fixture(autouse=True)
def little_data(monkeypatch, cheetah_data, tmp_path):
    monkeypatch.setattr(data, "load", lambda name, **options: cheetah_data)
    monkeypatch.setenv("DT_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("DT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("DT_LIVE", raising=False)
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "package")
    monkeypatch.setattr(module, "SOURCE", tmp_path / "checkout")


def built(folder):
    """What stands for the built page."""
    folder.mkdir(parents=True)
    for part in module.PARTS:
        (folder / part).write_text(part)
    (folder / "models").mkdir()
    (folder / "models" / "index.json").write_text("the course's")
    return folder


def get(url):
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read()


def test_page_and_models_are_in_the_workspace_and_served(tmp_path):
    built(tmp_path / "cache" / "live")
    shown = live.show(cheetah_model(), cheetah_model(dataset="halfcheetah-expert"))
    folder = tmp_path / "workspace" / "live"
    assert {file.name for file in folder.iterdir()} == {*module.PARTS, "models", "film.mp4", "alive.svg"}
    assert json.loads(get(shown.served.url + "models/index.json")) == [
        {"folder": "models/0/", "name": "halfcheetah-mixed", "env": "HalfCheetah-v5"},
        {"folder": "models/1/", "name": "halfcheetah-expert", "env": "HalfCheetah-v5"},
    ]
    assert len(get(shown.served.url + "models/1/model.onnx")) > 1000
    assert get(shown.served.url) == b"index.html" and b"<svg" in get(shown.served.url + "alive.svg")
    again = live.show(cheetah_model())
    assert again.served == shown.served, "the same cell, run again, has the same address"
    assert len(json.loads(get(shown.served.url + "models/index.json"))) == 1


def test_what_is_shown_has_words_a_film_and_no_script(tmp_path):
    shown = live.show(cheetah_model(), page=built(tmp_path / "elsewhere"))
    html = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert "live" in html.iframe["title"] and not html.iframe.get("src"), "the browser looks first"
    assert str(shown.served.port) in html.img["onload"] and shown.served.key in html.img["onload"]
    assert "$" not in html.img["onload"]
    assert html.video["src"].startswith("data:video/mp4;base64,")
    assert "display: none" in html.find(class_="dt-page")["style"] and not html.find(class_="dt-film").get("style")
    assert "Run the cell again to open it." in html.find(class_="dt-film").get_text()
    assert not html.find_all(["script", "style"]) and not html.find_all(id=True)
    assert repr(shown) == "<Live: halfcheetah-mixed>"


@pytest.mark.parametrize("place", ["package/assets/live", "checkout/dist", "cache/live"])
def test_the_built_page_is_found(tmp_path, place):
    assert live.find_page() is None
    folder = built(tmp_path / place)
    assert live.find_page() == folder
    (folder / "worker.js").unlink()
    assert live.find_page() is None, "a part is missing"


def without_page(tmp_path, monkeypatch):
    return "npm run build -- "


def in_a_checkout(tmp_path, monkeypatch):
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout" / "build.mjs").touch()
    return "make live"


def without_onnx(tmp_path, monkeypatch):
    built(tmp_path / "cache" / "live")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    return "needs onnxscript: pip install 'dt-helpers[web]'"


def executed_by_the_release(tmp_path, monkeypatch):
    built(tmp_path / "cache" / "live")
    monkeypatch.setenv("DT_LIVE", "film")
    return "When you run this cell"


@pytest.mark.parametrize("case", [without_page, in_a_checkout, without_onnx, executed_by_the_release])
def test_what_is_missing_is_said_and_the_film_is_shown(tmp_path, monkeypatch, case):
    said = case(tmp_path, monkeypatch)
    shown = live.show(cheetah_model())
    html = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert said in html.get_text() and shown.served is None
    assert html.video["src"].startswith("data:video/mp4;base64,")
    assert not html.find_all(["iframe", "img"])
    assert [file.name for file in (tmp_path / "workspace" / "live").iterdir()] == ["film.mp4"]


def no_model(tmp_path):
    return live.show()


def no_page(tmp_path):
    return live.show(cheetah_model(), page=tmp_path)


def no_robot(tmp_path):
    return live.show(cheetah_model(), env_name="Pendulum-v1")


@pytest.mark.parametrize(
    ("case", "error", "said"),
    [
        (no_model, ValueError, "at least one model"),
        (no_page, FileNotFoundError, "is not a built page: it has to have index.html"),
        (no_robot, ValueError, "the model acts in 'Pendulum-v1'"),
    ],
)
def test_what_cannot_be_shown_is_refused(tmp_path, case, error, said):
    with pytest.raises(error, match=said):
        case(tmp_path)
    assert not (tmp_path / "workspace" / "live").exists(), "nothing was replaced"
