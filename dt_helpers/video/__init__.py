"""Videos of episodes: H.264 in MP4 at the environment's true rate, small enough to be embedded in a notebook.

One call for an episode::

    video.record_episode(env, lambda observation: expert(observation[None])[0], "replay.mp4")

or step by step, where the loop is somebody else's::

    with video.Recorder(env, "replay.mp4") as recorder:
        recorder.capture()  # once after the reset, then after each step
"""

import base64
import html
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dt_helpers.video import cameras
from dt_helpers.video.render import NAMES
from dt_helpers.workspace import replacing

CRF = 28  # x264's constant rate factor, 0 (no loss) to 51
LARGE = 10 * 2**20  # bytes


@dataclass(frozen=True)
class Video:
    """An MP4 file that a notebook shows inline, its bytes embedded, so that the saved notebook plays it anywhere."""

    path: Path
    width: int = 480
    note: str = ""  # a line below the picture

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.path.read_bytes()).decode("ascii")
        note = f'<div style="opacity: 0.75; font-size: 90%">{html.escape(self.note)}</div>' if self.note else ""
        return (
            f'<video controls loop muted autoplay playsinline width="{self.width}" '
            f'style="max-width: 100%; height: auto" src="data:video/mp4;base64,{data}"></video>{note}'
        )

    def __repr__(self) -> str:
        return f"<Video {self.path.name}>"


def show(path: str | Path, width: int = 480, note: str = "") -> Video:
    """The MP4 at `path` as the last value of a notebook's cell, `width` pixels wide.

    Warns when the file is over 10 MB, which makes the notebook heavy. FileNotFoundError if there is none.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no video at {path}: record one first.")
    size = path.stat().st_size
    if size > LARGE:
        warnings.warn(
            f"{path.name} has {size / 2**20:.0f} MB, and showing it makes the notebook a third more than that larger. "
            "Record fewer steps, or with a higher `stride`.",
            stacklevel=2,
        )
    return Video(path, width, note)


def record(frames: Iterable[np.ndarray], path: str | Path, fps: float, crf: int = CRF) -> Path:
    """Encodes frames (height, width, 3), uint8, as they come, and returns the path.

    The file appears when it is whole. ValueError for no frames, for other shapes or dtypes, for odd sizes (yuv420p has
    one colour for two by two pixels), and for a path that doesn't end in ``.mp4``.
    """
    with _encoding(path, fps, crf) as write:
        for frame in frames:
            write(frame)
    return Path(path)


class Recorder:
    """Records a gymnasium environment: ``with Recorder(env, path) as recorder``, then `capture` after each step.

    env:     a MuJoCo environment; its `dt`, the seconds a step lasts, gives the frame rate. Another one is filmed by
             its own `render()`, if it was made with ``render_mode="rgb_array"``, at the rate that its metadata state
    path:    the MP4; it appears, whole, when the block ends without an exception
    width, height: pixels, even
    stride:  keep every `stride`-th step, so that fast environments (125 steps a second) give smaller files; the
             film stays true to time
    backend: see `render.Renderer`
    """

    def __init__(
        self,
        env,
        path: str | Path,
        *,
        width: int = 480,
        height: int = 480,
        stride: int = 1,
        backend: str | None = None,
        crf: int = CRF,
    ):
        cameras.require_pictures(env)
        if not isinstance(stride, int) or stride < 1:
            raise ValueError(f"`stride` is a number of steps, at least 1; got {stride!r}.")
        self.path = _mp4(path)
        self.fps = 1 / (cameras.seconds(env) * stride)
        self.frames = 0  # written so far
        self._env, self._stride, self._crf = env, stride, crf
        self.width, self.height, self._backend = width, height, backend
        self._steps = 0
        self._render: Callable[[Any], np.ndarray] | None = None
        self._used: str | None = None

    @property
    def backend(self) -> str | None:
        """The backend in use, a key of `render.NAMES`; None before the block, and for an environment's own pictures."""
        return self._used

    def __enter__(self) -> "Recorder":
        with ExitStack() as stack:
            size = (self.width, self.height, self._backend)
            self._render, _ = cameras.camera(self._env, stack, *size)
            self._used = getattr(self._render, "backend", None)
            self._write = stack.enter_context(_encoding(self.path, self.fps, self._crf))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception) -> None:
        self._stack.__exit__(*exception)

    def capture(self, caption: str = "") -> None:
        """Adds the environment's present state, with a small caption at the top (lines separated by newlines).

        RuntimeError outside the ``with`` block.
        """
        if self._render is None:
            raise RuntimeError("Frames are captured inside a block: `with Recorder(env, path) as recorder: ...`.")
        if self._steps % self._stride == 0:
            frame = self._render(self._env)
            self.height, self.width = frame.shape[:2]
            self._write(_captioned(frame, caption) if caption else frame)
            self.frames += 1
        self._steps += 1

    def summary(self) -> str:
        """One line: what was recorded, and by which backend."""
        size = f", {self.path.stat().st_size / 2**20:.1f} MB" if self.path.exists() else ""
        backend = NAMES.get(self.backend or "", "its own render()")
        return f"{self.frames} frames at {self.fps:.4g} a second{size}, by {backend}"


def record_episode(
    env,
    act: Callable[[np.ndarray], np.ndarray],
    path: str | Path,
    *,
    seed: int | None = None,
    max_steps: int | None = None,
    **options,
) -> Video:
    """Plays one episode with ``action = act(observation)`` and returns it, ready to be shown.

    The episode ends as the environment says, or after `max_steps`. The return so far is written into the picture, the
    backend below it. `options` go to `Recorder`.
    """
    observation, _ = env.reset(seed=seed)
    total, step, done = 0.0, 0, False
    with Recorder(env, path, **options) as recorder:
        recorder.capture(_caption(0, 0.0))
        while not done and (max_steps is None or step < max_steps):
            observation, reward, terminated, truncated, _ = env.step(act(observation))
            total, step, done = total + float(reward), step + 1, terminated or truncated
            recorder.capture(_caption(step, total))
    return show(recorder.path, recorder.width, recorder.summary())


def _caption(step: int, total: float) -> str:
    return f"step {step}\nreturn {round(total):,}"


def _mp4(path: str | Path) -> Path:
    path = Path(path)
    if path.suffix.lower() != ".mp4":
        raise ValueError(f"Videos are MP4: the path has to end in .mp4; got {path}.")
    return path


@contextmanager
def _encoding(path: str | Path, fps: float, crf: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Yields a function that takes one frame after another; the video is at `path` after the block."""
    import imageio_ffmpeg

    path = _mp4(path)
    if not fps > 0:
        raise ValueError(f"`fps` is a number of frames a second, over 0; got {fps!r}.")
    encoder, shape = None, None

    def write(frame: np.ndarray) -> None:
        nonlocal encoder, shape
        frame = np.ascontiguousarray(frame)
        if encoder is None:
            shape = _checked_shape(frame)
            encoder = imageio_ffmpeg.write_frames(
                str(staged),
                (shape[1], shape[0]),
                fps=float(fps),
                codec="libx264",
                quality=None,
                macro_block_size=2,
                ffmpeg_log_level="error",
                output_params=["-crf", str(crf), "-preset", "superfast", "-movflags", "+faststart"],
            )
            encoder.send(None)
        if frame.shape != shape or frame.dtype != np.uint8:
            raise ValueError(f"The first frame was {shape}, uint8; another one is {frame.shape}, {frame.dtype}.")
        try:
            encoder.send(frame)
        except OSError as error:
            raise OSError(f"The video {path} could not be written: is the disk full?") from error

    with replacing(path) as staged:
        try:
            yield write
        finally:
            if encoder is not None:
                encoder.close()
        if encoder is None:
            raise ValueError(f"There were no frames to record: {path} was not written.")
        _check_readable(staged, path)


def _checked_shape(frame: np.ndarray) -> tuple[int, int, int]:
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
        raise ValueError(f"A frame is (height, width, 3), uint8; got {frame.shape}, {frame.dtype}.")
    if frame.shape[0] % 2 or frame.shape[1] % 2:
        raise ValueError(f"H.264 needs an even height and width; got {frame.shape[0]} by {frame.shape[1]} pixels.")
    return frame.shape


def _check_readable(staged: Path, path: Path) -> None:
    """The encoder's exit code is not handed on: a full disk shows in a file that has no header."""
    import imageio_ffmpeg

    reader = imageio_ffmpeg.read_frames(str(staged))
    try:
        next(reader)
    except (OSError, StopIteration) as error:
        raise OSError(f"The video {path} could not be written: is the disk full?") from error
    finally:
        reader.close()


def _captioned(frame: np.ndarray, caption: str) -> np.ndarray:
    """The frame with the caption on a dark, half-transparent ground in the upper left corner."""
    picture = Image.fromarray(frame)
    draw = ImageDraw.Draw(picture, "RGBA")
    size = max(10, frame.shape[0] // 30)
    font = ImageFont.load_default(size=size)
    corner = (size, size)
    left, top, right, bottom = draw.multiline_textbbox(corner, caption, font=font)
    pad = size // 2
    draw.rounded_rectangle((left - pad, top - pad, right + pad, bottom + pad), radius=pad, fill=(20, 24, 32, 170))
    draw.multiline_text(corner, caption, font=font, fill=(255, 255, 255))
    return np.array(picture)
