import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import gymnasium
import imageio_ffmpeg
import numpy as np
import pytest

from dt_helpers import envs, video
from dt_helpers.data import experts
from dt_helpers.video import render
from tests.hidden_libraries import run_without


def decode(path):
    """What ffmpeg reads in a file: its description, and its frames (n, height, width, 3)."""
    reader = imageio_ffmpeg.read_frames(str(path))
    about = next(reader)
    width, height = about["size"]
    return about, np.stack([np.frombuffer(frame, np.uint8).reshape(height, width, 3) for frame in reader])


def gradients(count, height=64, width=96):
    """Frames whose brightness grows to the right and with time."""
    x = np.linspace(0, 120, width)[None, :, None]
    return [np.broadcast_to(x + 5 * i, (height, width, 3)).astype(np.uint8) for i in range(count)]


@pytest.fixture
def cheetah():
    env = envs.make("HalfCheetah-v5")
    yield env
    env.close()


@pytest.fixture
def hopper():
    env = envs.make("Hopper-v5")
    env.action_space.seed(0)
    yield env
    env.close()


@pytest.mark.parametrize("fps", [20, 125, 31.25])
def test_frames_come_back_as_they_went_in(tmp_path, fps):
    frames = gradients(12)
    path = video.record(iter(frames), tmp_path / "new" / "film.mp4", fps)
    about, seen = decode(path)
    assert about["codec"] == "h264"
    assert about["pix_fmt"].startswith("yuv420p")
    assert about["fps"] == pytest.approx(fps, abs=0.01)
    assert seen.shape == (12, 64, 96, 3)
    assert np.abs(seen.astype(int) - np.stack(frames)).mean() < 4


def test_a_player_can_begin_before_it_has_the_whole_file(tmp_path):
    content = video.record(gradients(5), tmp_path / "film.mp4", 20).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_frames_are_not_collected(tmp_path):
    made = []

    def frames():
        for frame in gradients(6):
            made.append(len(list(tmp_path.glob(".film.mp4-*/film.mp4"))))
            yield frame

    video.record(frames(), tmp_path / "film.mp4", 20)
    assert made[0] == 0  # the encoder starts with the first frame
    assert len(made) == 6


def test_a_recording_that_fails_leaves_the_old_film_and_no_rest(tmp_path):
    path = video.record(gradients(3), tmp_path / "film.mp4", 20)
    before = path.read_bytes()

    def interrupted():
        yield from gradients(2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        video.record(interrupted(), path, 20)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([], "no frames"),
        ([np.zeros((64, 64), np.uint8)], r"\(height, width, 3\), uint8, not \(64, 64\)"),
        ([np.zeros((64, 64, 3))], "not .* float64"),
        ([np.zeros((63, 64, 3), np.uint8)], "even height and width, not 63 by 64"),
        (
            [*gradients(1), np.zeros((64, 64, 3), np.uint8)],
            r"like the first, \(64, 96, 3\).*one is \(64, 64, 3\)",
        ),
    ],
)
def test_frames_that_make_no_film_are_refused(tmp_path, frames, message):
    with pytest.raises(ValueError, match=message):
        video.record(frames, tmp_path / "film.mp4", 20)
    assert not list(tmp_path.iterdir())


def test_other_formats_and_no_rate_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"end in \.mp4, not .*film\.gif"):
        video.record(gradients(1), tmp_path / "film.gif", 20)
    with pytest.raises(ValueError, match=r"fps.*not 0"):
        video.record(gradients(1), tmp_path / "film.mp4", 0)


FULL = """
import resource, sys, numpy as np
from dt_helpers import video
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
frames = (np.random.default_rng(i).integers(0, 255, (256, 256, 3), dtype=np.uint8) for i in range(60))
try:
    video.record(frames, sys.argv[1], 20)
except OSError as error:
    print(error)
"""


def test_a_full_disk_is_named(tmp_path):
    path = tmp_path / "film.mp4"
    child = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, timeout=120)
    assert f"{path} could not be written: is the disk full?" in child.stdout, child.stderr
    assert not list(tmp_path.iterdir())


def test_an_episode_is_recorded_at_its_true_rate(tmp_path, cheetah):
    expert = experts.load()
    film = video.record_episode(
        cheetah,
        lambda observation: expert(observation[None])[0],
        tmp_path / "run.mp4",
        seed=0,
        max_steps=40,
        width=240,
        height=160,
    )
    about, frames = decode(film.path)
    assert about["fps"] == 20
    assert frames.shape == (41, 160, 240, 3)
    assert all(frame.std() > 10 for frame in frames)
    assert np.abs(np.diff(frames.astype(int), axis=0)).mean(axis=(1, 2, 3)).min() > 0.1  # it moves in each
    assert film.note.startswith("41 frames at 20 per second, 0.")
    assert film.note.endswith(f"by {render.NAMES[render.choose()]}")


def test_an_episode_ends_when_the_environment_says_so(tmp_path, hopper):
    steps = []

    def act(observation):
        steps.append(observation)
        return hopper.action_space.sample()

    film = video.record_episode(hopper, act, tmp_path / "fall.mp4", seed=0, width=64, height=64)
    about, frames = decode(film.path)
    assert 5 < len(steps) < 1000
    assert len(frames) == len(steps) + 1
    assert about["fps"] == 125


@pytest.mark.parametrize("name", ["HalfCheetah-v3", "Hopper-v3", "Walker2d-v3"])
@pytest.mark.parametrize("backend", [None, "drawing"])
def test_robots_with_the_old_physics_are_recorded_too(tmp_path, name, backend):
    env = envs.make(name)
    still = np.zeros(env.action_space.shape, np.float32)
    film = video.record_episode(
        env, lambda _: still, tmp_path / "run.mp4", seed=0, max_steps=5, width=128, height=128, backend=backend
    )
    about, frames = decode(film.path)
    assert about["fps"] == (20 if name == "HalfCheetah-v3" else 125)
    assert frames.shape == (6, 128, 128, 3)
    assert all(np.ptp(frame[:, 54:74].astype(int), axis=(0, 1)).max() > 60 for frame in frames)  # it is in the middle
    env.close()


@pytest.mark.parametrize("stride", [1, 5])
def test_a_stride_keeps_time_true(tmp_path, hopper, stride):
    hopper.reset(seed=0)
    with video.Recorder(hopper, tmp_path / "hop.mp4", width=64, height=64, stride=stride) as recorder:
        for _ in range(11):
            hopper.step(hopper.action_space.sample())
            recorder.capture()
    about, frames = decode(recorder.path)
    assert about["fps"] == recorder.fps == pytest.approx(125 / stride)
    assert len(frames) == recorder.frames == {1: 11, 5: 3}[stride]
    assert recorder.backend == render.choose()


def test_a_caption_covers_a_corner_only(tmp_path, cheetah):
    cheetah.reset(seed=0)
    with video.Recorder(cheetah, tmp_path / "run.mp4", crf=10) as recorder:
        recorder.capture()
        recorder.capture(caption="step 7\nreturn 5,321 of 11,300")
    _, (plain, captioned) = decode(recorder.path)
    changed = np.abs(captioned.astype(int) - plain).max(axis=-1) > 40
    assert changed[:70, :250].mean() > 0.2
    assert not changed[80:].any()
    assert not changed[:, 260:].any()
    assert captioned[:70, :250].max() > 240  # legible: white on dark
    assert captioned[:70, :250].min() < 90


def test_nothing_recorded_is_an_error(tmp_path, cheetah):
    with pytest.raises(ValueError, match="no frames to record"), video.Recorder(cheetah, tmp_path / "a.mp4"):
        pass
    with pytest.raises(RuntimeError, match="inside a block"):
        video.Recorder(cheetah, tmp_path / "a.mp4").capture()
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_recorded_is_refused(tmp_path, cheetah):
    pole = gymnasium.make("CartPole-v1")
    with pytest.raises(TypeError, match="not a MuJoCo environment: it has no model"):
        video.Recorder(pole, tmp_path / "a.mp4")
    with pytest.raises(ValueError, match="at least 1, not 0"):
        video.Recorder(cheetah, tmp_path / "a.mp4", stride=0)
    with pytest.raises(ValueError, match=r"end in \.mp4"):
        video.Recorder(cheetah, tmp_path / "a.avi")
    with (
        pytest.raises(ValueError, match="even number of pixels"),
        video.Recorder(cheetah, tmp_path / "a.mp4", width=63),
    ):
        pass


REPLAY = """
import json, sys
from dt_helpers import envs, experts, video
env, expert = envs.make("HalfCheetah-v5"), experts.load()
film = video.record_episode(env, lambda observation: expert(observation[None])[0], sys.argv[1], seed=0, max_steps=50)
print(json.dumps(film.note))
"""


@pytest.mark.parametrize("hidden", [[], ["EGL"], ["EGL", "OSMesa"]], ids=["all", "no EGL", "neither"])
def test_there_is_a_replay_with_whatever_libraries_there_are(hidden, tmp_path):
    works = [probe.name for probe in render.backends() if probe.works]
    used = [*(name for name in works if name not in map(str.lower, hidden)), "drawing"][0]
    path = tmp_path / "run.mp4"
    code = textwrap.dedent(REPLAY).replace("sys.argv[1]", repr(str(path)))
    child = run_without(hidden, code, tmp_path)
    assert child.returncode == 0, child.stderr
    assert json.loads(child.stdout).endswith(f"by {render.NAMES[used]}")
    about, frames = decode(path)
    assert about["fps"] == 20
    assert frames.shape == (51, 480, 480, 3)
    assert all(frame.std() > 10 for frame in frames)


def test_a_film_is_shown_with_its_bytes_inside(tmp_path):
    path = video.record(gradients(3), tmp_path / "film.mp4", 20)
    film = video.show(path, width=320, note="by <EGL>")
    html = film._repr_html_()
    assert re.search(r'<video [^>]*width="320"[^>]* src="data:video/mp4;base64,[A-Za-z0-9+/]+=*">', html)
    assert "by &lt;EGL&gt;" in html
    assert repr(film) == "<Video film.mp4>"


def test_a_missing_film_and_a_large_one_are_told(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"no video at .*film\.mp4"):
        video.show(Path(tmp_path) / "film.mp4")
    path = tmp_path / "large.mp4"
    path.write_bytes(bytes(11 * 2**20))
    with pytest.warns(UserWarning, match=r"large\.mp4 has 11 MB"):
        video.show(path)


def test_an_environment_without_a_render_of_its_own_is_told_so(tmp_path):
    class Plain(gymnasium.Env):
        metadata = {"render_modes": ["rgb_array"], "render_fps": 10}  # noqa: RUF012
        render_mode = "rgb_array"

    film = pytest.raises(TypeError, match=r"Plain can't be filmed: it has no render\(\) of its own")
    with film, video.Recorder(Plain(), tmp_path / "plain.mp4") as recorder:
        recorder.capture("step 0")
