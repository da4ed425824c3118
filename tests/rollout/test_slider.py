import imageio.v3 as iio
import numpy as np
import pytest
from bs4 import BeautifulSoup

from dt_helpers.rollout import slider


@pytest.fixture(scope="module")
def shown(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("slider") / "targets.mp4"
    settings = {"max_steps": 6, "size": (64, 48), "backend": "drawing", "progress": False}
    return slider.film(model, "HalfCheetah-v5", [-3000, 0, 9000], path, **settings)


def test_all_replays_are_in_one_film_true_to_time(shown):
    frames = iio.imread(shown.path)
    assert frames.shape == (4, 3 * 48, 64, 3)  # the start, and every second of six steps
    assert iio.immeta(shown.path)["fps"] == pytest.approx(10)  # the robot's own rate is 20
    first, last = (np.split(frames[i].astype(float), 3) for i in (0, -1))
    assert np.abs(first[0] - first[2]).mean() < 3, "all start alike"
    assert np.abs(last[0] - last[2]).mean() > 3, "and then do as they are told"


def test_the_page_has_a_stop_and_a_line_for_each_target_and_no_script(shown):
    page = BeautifulSoup(shown._repr_html_(), "html.parser")
    control = page.find("input", type="range")
    assert (control["min"], control["max"], control["step"]) == ("0", "2", "1")
    assert [label.get_text() for label in page.find_all("span")] == ["-3,000", "0", "9,000"]
    assert "asked for 9,000: " in page.get_text() and " in the first 6 steps" in page.get_text()
    assert page.video["src"].startswith("data:video/mp4;base64,")
    assert control["data-lm-suppress-shortcuts"] == "true"  # else JupyterLab takes the arrow keys
    assert not page.find_all(["script", "style"]) and not page.find_all(id=True)


def test_the_text_is_the_same_on_every_machine(shown):
    assert repr(shown) == "<Slider targets.mp4: -3,000, 0, 9,000>"
