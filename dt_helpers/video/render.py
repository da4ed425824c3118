"""Render a MuJoCo model: by OpenGL where it works (EGL, then OSMesa), else by our own drawing.

OpenGL is tried in a child process, since a process can choose its OpenGL only once and a broken one may crash.
`drawing.Drawing` needs no OpenGL, so rendering works on every machine.
"""

import atexit
import copy
import ctypes
import os
import signal
import subprocess
import sys
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from numbers import Integral
from typing import Any

import numpy as np

DRAWING = "drawing"
NAMES = {"egl": "EGL", "osmesa": "OSMesa", "cgl": "CGL", "glfw": "GLFW", DRAWING: "our own drawing (no OpenGL)"}
OPENGL = [name for name in NAMES if name != DRAWING]
LIBRARIES = {"egl": ("libGL.so.1", "libEGL.so.1"), "osmesa": ("libOSMesa.so.8",)}
OFF = ("disable", "disabled", "off", "false", "0")
PROBE_SECONDS = 60  # a second or less when the machine is idle
PROBE_MODEL = "<mujoco><worldbody><light pos='0 0 3'/><geom size='1'/></worldbody></mujoco>"


@dataclass(frozen=True)
class Probe:
    """The result of trying one backend in a child process; `reason` says why it doesn't work."""

    name: str
    works: bool
    reason: str = ""


def candidates() -> list[str]:
    """OpenGL backends worth trying here, best first. ``$MUJOCO_GL`` names one to try first, or turns OpenGL off."""
    wish = os.environ.get("MUJOCO_GL", "").strip().lower()
    if wish in OFF:
        return []
    usual = {"linux": ["egl", "osmesa"], "darwin": ["cgl"]}.get(sys.platform, ["glfw"])
    wish = {"wgl": "glfw", "glx": "glfw"}.get(wish, wish)
    return [wish, *(name for name in usual if name != wish)] if wish in OPENGL else usual


def backends() -> list[Probe]:
    """Every candidate, and whether it works. All are tried in parallel; the results are cached in the process."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_probe, candidates()))


def choose() -> str:
    """The first candidate that works, ``"drawing"`` if none does."""
    return next((name for name in candidates() if _probe(name).works), DRAWING)


@cache
def _probe(name: str) -> Probe:
    path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    inherited = {key: value for key, value in os.environ.items() if key != "PYOPENGL_PLATFORM"}  # this process's choice
    code = f"from dt_helpers.video.render import _try; _try({name!r})"
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", code],
            env=inherited | {"MUJOCO_GL": name, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PROBE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Probe(name, False, f"no answer within {PROBE_SECONDS} s")
    if child.returncode == 0:
        return Probe(name, True)
    if child.returncode < 0:
        return Probe(name, False, f"crashed ({signal.strsignal(-child.returncode)})")
    said = child.stdout.strip() or child.stderr.strip() or f"exit code {child.returncode}"
    return Probe(name, False, said.splitlines()[-1])


def _try(name: str) -> None:
    """Runs in the child: exits with 0 after a frame that isn't black, else with 1 and the reason on stdout."""
    try:
        import mujoco

        model = mujoco.MjModel.from_xml_string(PROBE_MODEL)
        data = mujoco.MjData(model)
        mujoco.mj_forward(model, data)
        painter = OpenGL(model, 64, 64, name)
        seen = painter.render(data).any()
        painter.close()
    except Exception as error:
        print(_missing_library(name) or f"{type(error).__name__}: {error}")
        sys.exit(1)
    if not seen:
        print("it renders black frames")
        sys.exit(1)


def _missing_library(name: str) -> str:
    for library in LIBRARIES.get(name, ()):
        try:
            ctypes.CDLL(library)
        except OSError as error:
            return str(error)
    return ""


class OpenGL:
    """Renders with MuJoCo's own renderer in an offscreen context. Raises whatever the OpenGL in use raises."""

    def __init__(self, model, width: int, height: int, backend: str):
        self._gl: Any = None  # mujoco's GLContext, until closed
        self._context: Any = None
        before = os.environ.get("MUJOCO_GL")
        os.environ["MUJOCO_GL"] = backend  # MuJoCo reads it once, at the first context; it stays set if that works
        try:
            import mujoco

            self._mujoco = mujoco
            self._model = copy.copy(model)  # leaves the caller's settings alone
            self._model.vis.quality.shadowsize = 0  # without a GPU, shadows take eight times as long as all the rest
            self._model.vis.quality.offsamples = 0
            self._model.vis.global_.offwidth = width
            self._model.vis.global_.offheight = height
            self._gl = import_module(f"mujoco.{backend}").GLContext(width, height)
            self._gl.make_current()
            self._context = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_100.value)
        except BaseException:
            os.environ.pop("MUJOCO_GL")
            if before is not None:
                os.environ["MUJOCO_GL"] = before
            raise
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)
        self._scene = mujoco.MjvScene(self._model, maxgeom=1000)
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SHADOW] = 0
        self._scene.flags[mujoco.mjtRndFlag.mjRND_REFLECTION] = 0
        self._floors = self._floor_periods()
        self._option = mujoco.MjvOption()
        self._camera = self._following_camera()
        self._rectangle = mujoco.MjrRect(0, 0, width, height)
        _close_at_exit(self)

    def _floor_periods(self) -> dict[int, float]:
        """For each level floor, the distance in metres along x after which its pattern repeats."""
        model, periods = self._model, {}
        level = (model.geom_type == self._mujoco.mjtGeom.mjGEOM_PLANE) & (model.geom_quat[:, 0] == 1)
        for geom in np.flatnonzero(level & (model.geom_size[:, 0] > 0)):
            material = model.geom_matid[geom]
            repeats = model.mat_texrepeat[material, 0] if material >= 0 else 0.0
            uniform = material >= 0 and model.mat_texuniform[material]
            length = 1.0 if uniform else 2 * model.geom_size[geom, 0]  # that holds `repeats` repeats
            periods[int(geom)] = float(length / repeats if repeats > 0 else 1.0)
        return periods

    def _bring_floors_along(self) -> None:
        """A floor ends after 40 m, which a good runner passes in seconds: move the drawn one along with the camera."""
        camera = float(self._scene.camera[0].pos[0])
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.type == self._mujoco.mjtGeom.mjGEOM_PLANE and geom.objid in self._floors:
                period = self._floors[geom.objid]
                geom.pos[0] += period * round((camera - float(geom.pos[0])) / period)

    def _following_camera(self):
        mujoco = self._mujoco
        camera = mujoco.MjvCamera()
        mujoco.mjv_defaultFreeCamera(self._model, camera)
        track = mujoco.mj_name2id(self._model, mujoco.mjtObj.mjOBJ_CAMERA, "track")
        if track >= 0:
            camera.type, camera.fixedcamid = mujoco.mjtCamera.mjCAMERA_FIXED, track
        elif self._model.nbody > 1:
            camera.type, camera.trackbodyid = mujoco.mjtCamera.mjCAMERA_TRACKING, 1
        return camera

    def render(self, data) -> np.ndarray:
        """A frame (height, width, 3), uint8."""
        mujoco = self._mujoco
        self._gl.make_current()  # another context may be current: the frame would be black, without an error
        everything = mujoco.mjtCatBit.mjCAT_ALL.value
        mujoco.mjv_updateScene(self._model, data, self._option, None, self._camera, everything, self._scene)
        self._bring_floors_along()
        mujoco.mjr_render(self._rectangle, self._scene, self._context)
        frame = np.empty((self._rectangle.height, self._rectangle.width, 3), dtype=np.uint8)
        mujoco.mjr_readPixels(frame, None, self._rectangle, self._context)
        return np.ascontiguousarray(frame[::-1])  # OpenGL's first row is the lowest

    def close(self) -> None:
        gl, self._gl = self._gl, None
        if gl is not None:
            gl.make_current()
            if self._context is not None:
                self._context.free()  # frees in the current context, hence the line above
            gl.free()

    __del__ = close


class Renderer:
    """Frames of a model, by a backend that works here; the camera follows the robot.

    `backend` None takes the first that works (`choose`); a name takes that one, and raises RuntimeError if it doesn't
    work. If OpenGL fails later, or renders a black frame, our own drawing takes over with a warning. Width and height
    are in pixels and even, as H.264 needs; ValueError otherwise. Close it, or use it in a ``with`` block.
    """

    def __init__(self, model, width: int = 480, height: int = 480, backend: str | None = None):
        for side, pixels in (("width", width), ("height", height)):
            if not isinstance(pixels, Integral) or pixels < 2 or pixels % 2:
                raise ValueError(f"The {side} must be an even number of pixels, at least 2, not {pixels!r}.")
        if backend is not None and backend not in NAMES:
            raise ValueError(f"There is no backend {backend!r}. Available: {', '.join(NAMES)}.")
        self._model, self._size = model, (int(width), int(height))
        self.backend = backend or choose()
        self._painter = None
        if self.backend == DRAWING:
            self._painter = self._drawing()
            return
        try:
            if not _probe(self.backend).works:
                raise RuntimeError(_probe(self.backend).reason)
            self._painter = OpenGL(model, *self._size, self.backend)
        except Exception as error:
            if backend is not None:
                raise RuntimeError(
                    f"{NAMES[backend]} does not work here: {error} (leave out `backend` to use one that works)"
                ) from error
            self._fall_back(f"{type(error).__name__}: {error}")

    def _drawing(self):
        from dt_helpers.video.drawing import Drawing

        return Drawing(self._model, *self._size)

    def _fall_back(self, problem: str) -> None:
        warnings.warn(f"{NAMES[self.backend]} failed ({problem}): drawing takes over.", stacklevel=3)
        with suppress(Exception):
            self.close()
        self.backend = DRAWING
        self._painter = self._drawing()

    def render(self, data) -> np.ndarray:
        """The state in `data` (mujoco.MjData) as a frame (height, width, 3), uint8. RuntimeError after `close`."""
        if self._painter is None:
            raise RuntimeError("This renderer is closed: make a new one.")
        if self.backend != DRAWING:
            try:
                frame = self._painter.render(data)
                problem = "" if frame.any() else "a black frame"
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            if not problem:
                return frame
            self._fall_back(problem)
        return self._painter.render(data)

    def close(self) -> None:
        """Free the OpenGL context, if there is one. May be called again."""
        painter, self._painter = self._painter, None
        if painter is not None and self.backend != DRAWING:
            painter.close()

    def __enter__(self) -> "Renderer":
        return self

    def __exit__(self, *exception) -> None:
        self.close()


_open: "weakref.WeakSet[OpenGL]" = weakref.WeakSet()


def _close_at_exit(painter: OpenGL) -> None:
    """Free contexts before the libraries that they use: otherwise OSMesa prints an error."""
    atexit.unregister(_close_all)
    atexit.register(_close_all)  # after MuJoCo's own hook, hence called before it
    _open.add(painter)


def _close_all() -> None:
    for painter in list(_open):
        painter.close()
