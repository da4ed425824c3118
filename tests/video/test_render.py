import subprocess
import sys
import textwrap

import mujoco
import numpy as np
import pytest

from dt_helpers import envs
from dt_helpers.video import render
from tests.hidden_libraries import run_without


@pytest.fixture
def cheetah():
    env = envs.make("HalfCheetah-v5")
    env.reset(seed=0)
    yield env.unwrapped
    env.close()


@pytest.fixture
def no_probe(monkeypatch):
    """Answers in place of probes: ``no_probe(egl="", osmesa="its reason")``, empty for a backend that works."""

    def answer(**reasons):
        monkeypatch.setattr(render, "_probe", lambda name: render.Probe(name, not reasons[name], reasons[name]))

    monkeypatch.delenv("MUJOCO_GL", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    return answer


def move(robot, x, z=0.0):
    qpos = robot.init_qpos.copy()
    qpos[:2] = x, z
    robot.set_state(qpos, robot.init_qvel)


@pytest.mark.parametrize(
    ("platform", "wish", "expected"),
    [
        ("linux", None, ["egl", "osmesa"]),
        ("linux", "osmesa", ["osmesa", "egl"]),
        ("linux", "EGL ", ["egl", "osmesa"]),
        ("linux", "glx", ["glfw", "egl", "osmesa"]),
        ("linux", "disable", []),
        ("linux", "drawing", ["egl", "osmesa"]),
        ("darwin", None, ["cgl"]),
        ("win32", None, ["glfw"]),
        ("win32", "wgl", ["glfw"]),
    ],
)
def test_what_is_tried_first_depends_on_the_system_and_on_the_wish(monkeypatch, platform, wish, expected):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    if wish is not None:
        monkeypatch.setenv("MUJOCO_GL", wish)
    assert render.candidates() == expected


def test_the_first_that_works_is_chosen(no_probe):
    no_probe(egl="libEGL.so.1: no such file", osmesa="")
    assert render.choose() == "osmesa"
    assert render.backends() == [render.Probe("egl", False, "libEGL.so.1: no such file"), render.Probe("osmesa", True)]
    no_probe(egl="a", osmesa="b")
    assert render.choose() == "drawing"


def test_a_probe_tells_of_the_machine_and_not_of_what_this_process_uses(cheetah):
    before = {probe.name: probe.works for probe in render.backends()}
    render.Renderer(cheetah.model, 64, 64).close()
    assert {name: render._probe.__wrapped__(name).works for name in before} == before


@pytest.mark.parametrize(
    ("child", "reason"),
    [
        (subprocess.CompletedProcess([], -11, "", ""), "crashed (Segmentation fault)"),
        (subprocess.CompletedProcess([], 1, "ImportError: no display\n", "noise"), "ImportError: no display"),
        (subprocess.CompletedProcess([], 1, "", "Traceback\nKeyError: 1\n"), "KeyError: 1"),
        (subprocess.CompletedProcess([], 3, "", ""), "exit code 3"),
        (subprocess.TimeoutExpired("python", 60), "no answer within 60 s"),
    ],
)
def test_a_probe_says_why_it_failed(monkeypatch, child, reason):
    def run(*args, **kwargs):
        if isinstance(child, Exception):
            raise child
        return child

    monkeypatch.setattr(subprocess, "run", run)
    assert render._probe.__wrapped__("egl") == render.Probe("egl", False, reason)


REPLAY = """
import numpy as np
from dt_helpers import envs
from dt_helpers.video import render

print([(probe.name, probe.works, probe.reason) for probe in render.backends()])
env = envs.make("HalfCheetah-v5").unwrapped
env.reset(seed=0)
renderer = render.Renderer(env.model, 320, 240)
first = renderer.render(env.data)
for _ in range(5):
    env.step(env.action_space.sample())
assert renderer.backend == {backend!r}, renderer.backend
for frame in (first, renderer.render(env.data)):
    assert frame.shape == (240, 320, 3) and frame.dtype == np.uint8 and frame.std() > 10, frame.std()
assert np.ptp(first[:, 160].astype(int), axis=0).max() > 60
kept = render.Renderer(env.model)  # never closed: the end of the process has to cope
"""


@pytest.mark.parametrize("hidden", [[], ["EGL"], ["EGL", "OSMesa"]], ids=["all", "no EGL", "neither"])
def test_frames_are_made_with_whatever_libraries_there_are(hidden, tmp_path):
    here = {probe.name: probe.works for probe in render.backends()}
    usable = [name for name in ("egl", "osmesa") if here[name] and name not in map(str.lower, hidden)]
    code = textwrap.dedent(REPLAY).format(backend=[*usable, "drawing"][0])
    child = run_without(hidden, code, tmp_path)
    assert child.returncode == 0, child.stderr
    assert "Exception ignored" not in child.stderr
    for library in hidden:
        assert f"lib{library}.so" in child.stdout  # the reason names what is missing


def test_the_robot_moves_in_the_picture(cheetah):
    with render.Renderer(cheetah.model, 160, 120) as renderer:
        before = renderer.render(cheetah.data)
        move(cheetah, 0.0, 0.8)
        after = renderer.render(cheetah.data)
    assert before.shape == (120, 160, 3)
    assert before.dtype == np.uint8
    assert np.abs(after.astype(int) - before).max() > 50


@pytest.mark.parametrize("name", ["HalfCheetah-v5", "Hopper-v5", "Walker2d-v5"])
def test_there_is_a_floor_below_the_robot_after_a_kilometre(name):
    env = envs.make(name)
    env.reset(seed=0)
    robot = env.unwrapped
    with render.Renderer(robot.model, 160, 120) as renderer:
        near = renderer.render(robot.data)
        height = robot.init_qpos[1]
        move(robot, 1000.0, height)
        far = renderer.render(robot.data)
        frames = []
        for x in np.linspace(39.0, 41.0, 201):  # the floor's own end is at 40 m
            move(robot, x, height)
            frames.append(renderer.render(robot.data)[-12:].astype(int))
    env.close()
    assert near[-30:, :, 1].std() > 2 * near[:10, :, 1].std()  # the floor is below, the sky above
    assert abs(near[-30:].mean() - far[-30:].mean()) < 25
    assert near[-30:].std() == pytest.approx(far[-30:].std(), rel=0.4)
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))  # a jump of the floor's pattern would stand out
    assert steps.max() < 12


def test_another_renderer_does_not_turn_frames_black(cheetah):
    with render.Renderer(cheetah.model, 64, 64) as renderer:
        before = renderer.render(cheetah.data)
        other = render.Renderer(cheetah.model, 96, 96)
        assert other.render(cheetah.data).shape == (96, 96, 3)
        np.testing.assert_array_equal(renderer.render(cheetah.data), before)
        other.close()
        np.testing.assert_array_equal(renderer.render(cheetah.data), before)
        other = render.Renderer(cheetah.model, 96, 96)
        del other
        np.testing.assert_array_equal(renderer.render(cheetah.data), before)


def test_the_callers_model_is_left_alone(cheetah):
    quality, size = cheetah.model.vis.quality, cheetah.model.geom_size.copy()
    before = (quality.shadowsize, quality.offsamples, cheetah.model.vis.global_.offwidth)
    with render.Renderer(cheetah.model, 800, 600) as renderer:
        assert renderer.render(cheetah.data).shape == (600, 800, 3)
    assert (quality.shadowsize, quality.offsamples, cheetah.model.vis.global_.offwidth) == before
    np.testing.assert_array_equal(cheetah.model.geom_size, size)


class Black:
    def __init__(self, *args):
        self.closed = False

    def render(self, data):
        return np.zeros((64, 64, 3), np.uint8)

    def close(self):
        self.closed = True


class Broken(Black):
    def render(self, data):
        raise mujoco.FatalError("gladLoadGL error")


@pytest.mark.parametrize(("painter", "word"), [(Black, "a black frame"), (Broken, "gladLoadGL error")])
def test_when_opengl_fails_later_the_drawing_takes_over_with_a_word(monkeypatch, no_probe, cheetah, painter, word):
    no_probe(egl="")
    monkeypatch.setattr(render, "OpenGL", painter)
    with render.Renderer(cheetah.model, 64, 64) as renderer:
        opengl = renderer._painter
        assert renderer.backend == "egl"
        with pytest.warns(UserWarning, match=f"EGL failed .*{word}.*drawing"):
            frame = renderer.render(cheetah.data)
        assert renderer.backend == "drawing"
        assert opengl.closed
        assert frame.std() > 10
        np.testing.assert_array_equal(renderer.render(cheetah.data), frame)


def test_when_opengl_fails_at_once_the_drawing_takes_over_unless_it_was_asked_for(monkeypatch, no_probe, cheetah):
    def no_opengl(*args):
        raise ImportError("Cannot initialize a EGL device display")

    no_probe(egl="", osmesa="libOSMesa.so.8: cannot open shared object file")
    monkeypatch.setattr(render, "OpenGL", no_opengl)
    with pytest.warns(UserWarning, match="EGL failed .*device display"):
        renderer = render.Renderer(cheetah.model, 64, 64)
    assert renderer.backend == "drawing"
    assert renderer.render(cheetah.data).any()
    with pytest.raises(RuntimeError, match=r"EGL does not work here: .*device display"):
        render.Renderer(cheetah.model, 64, 64, backend="egl")
    with pytest.raises(RuntimeError, match=r"OSMesa does not work here: libOSMesa\.so\.8"):
        render.Renderer(cheetah.model, 64, 64, backend="osmesa")


def test_bad_requests_are_refused(cheetah):
    for width, height in ((481, 480), (480, 0), (480, 33.5), (-2, 480)):
        with pytest.raises(ValueError, match="even number of pixels"):
            render.Renderer(cheetah.model, width, height)
    with pytest.raises(ValueError, match="no backend 'vulkan'"):
        render.Renderer(cheetah.model, backend="vulkan")


def test_a_closed_renderer_says_so(cheetah):
    renderer = render.Renderer(cheetah.model, 64, 64)
    renderer.close()
    renderer.close()
    with pytest.raises(RuntimeError, match="closed"):
        renderer.render(cheetah.data)
