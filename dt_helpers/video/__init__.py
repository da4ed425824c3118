"""Videos of episodes: H.264 in MP4 at the environment's true rate, small enough to embed in a notebook.

One call for an episode::

    video.record_episode(env, lambda observation: expert(observation[None])[0], "replay.mp4")

or step by step, in a loop of your own::

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
    note: str = ""  # a line below the video
    words: str = ""  # what it shows, for those who can't see it

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.path.read_bytes()).decode("ascii")
        note = f'<div style="opacity: 0.75; font-size: 90%">{html.escape(self.note)}</div>' if self.note else ""
        words = html.escape(self.words or f"Film: {self.path.stem}")
        return (
            f'<video controls loop muted autoplay playsinline aria-label="{words}" width="{self.width}" '
            f'style="max-width: 100%; height: auto" src="data:video/mp4;base64,{data}"></video>{note}'
        )

    def __repr__(self) -> str:
        return f"<Video {self.path.name}>"


def show(path: str | Path, width: int = 480, note: str = "", words: str = "") -> Video:
    """The MP4 at `path`, `width` pixels wide, to be a notebook cell's last value; `words` are for a screen reader.

    Warns if the file is over 10 MB, which makes the notebook large. FileNotFoundError if there is none.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no video at {path}: record one first.")
    size = path.stat().st_size
    if size > LARGE:
        warnings.warn(
            f"{path.name} has {size / 2**20:.0f} MB, and showing it adds a third more than that to the notebook. "
            "Record fewer steps, or use a higher `stride`.",
            stacklevel=2,
        )
    return Video(path, width, note, words)


def record(frames: Iterable[np.ndarray], path: str | Path, fps: float, crf: int = CRF) -> Path:
    """Encode frames (height, width, 3), uint8, as they come, and return the path.

    The file appears only when complete. Raises ValueError for no frames, other shapes or dtypes, odd sizes (yuv420p has
    one colour for two by two pixels), and a path that doesn't end in ``.mp4``.
    """
    with _encoding(path, fps, crf) as write:
        for frame in frames:
            write(frame)
    return Path(path)


class Recorder:
    """Records a gymnasium environment: ``with Recorder(env, path) as recorder``, then `capture` after each step.

    env:     a MuJoCo environment; its `dt`, the seconds per step, gives the frame rate. Others are filmed by their own
             `render()`, if made with ``render_mode="rgb_array"``, at the frame rate in their metadata
    path:    the MP4; it appears, complete, when the block ends without an exception
    width, height: pixels, even
    stride:  keep every `stride`-th step, so that fast environments (125 steps per second) give smaller files; the
             video still plays in real time
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
            raise ValueError(f"`stride` must be a whole number of steps, at least 1, not {stride!r}.")
        self.path = _mp4(path)
        self.fps = 1 / (cameras.seconds(env) * stride)
        self.frames = 0  # written so far
        self._caption = ""  # the last
        self._env, self._stride, self._crf = env, stride, crf
        self.width, self.height, self._backend = width, height, backend
        self._steps = 0
        self._render: Callable[[Any], np.ndarray] | None = None
        self._used: str | None = None

    @property
    def backend(self) -> str | None:
        """The backend in use, a key of `render.NAMES`; None before the block, or if the environment renders itself."""
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
        """Add a frame of the environment's current state, with a small caption at the top (one or more lines).

        Raises RuntimeError outside the ``with`` block.
        """
        if self._render is None:
            raise RuntimeError("Capture frames inside a block: `with Recorder(env, path) as recorder: ...`.")
        if self._steps % self._stride == 0:
            frame = self._render(self._env)
            self.height, self.width = frame.shape[:2]
            self._write(_captioned(frame, caption) if caption else frame)
            self.frames += 1
            self._caption = caption or self._caption
        self._steps += 1

    def summary(self) -> str:
        """One line: what was recorded, and by which backend."""
        size = f", {self.path.stat().st_size / 2**20:.1f} MB" if self.path.exists() else ""
        backend = NAMES.get(self.backend or "", "its own render()")
        return f"{self.frames} frames at {self.fps:.4g} per second{size}, by {backend}"

    def words(self) -> str:
        """What the film shows, for those who can't see it: its length, and the last caption."""
        ends = f". At its end: {', '.join(self._caption.splitlines())}" if self._caption else ""
        return f"Film of {self.frames / self.fps:.0f} seconds{ends}."


def record_episode(
    env,
    act: Callable[[np.ndarray], np.ndarray],
    path: str | Path,
    *,
    seed: int | None = None,
    max_steps: int | None = None,
    **options,
) -> Video:
    """Play one episode with ``action = act(observation)`` and return its video, ready to show.

    The episode ends when the environment ends it, or after `max_steps`. The frames show the return so far; the backend
    is named below. `options` go to `Recorder`.
    """
    observation, _ = env.reset(seed=seed)
    total, step, done = 0.0, 0, False
    with Recorder(env, path, **options) as recorder:
        recorder.capture(_caption(0, 0.0))
        while not done and (max_steps is None or step < max_steps):
            observation, reward, terminated, truncated, _ = env.step(act(observation))
            total, step, done = total + float(reward), step + 1, terminated or truncated
            recorder.capture(_caption(step, total))
    return show(recorder.path, recorder.width, recorder.summary(), recorder.words())


def _caption(step: int, total: float) -> str:
    return f"step {step}\nreturn {round(total):,}"


def _mp4(path: str | Path) -> Path:
    path = Path(path)
    if path.suffix.lower() != ".mp4":
        raise ValueError(f"Videos are MP4: the path must end in .mp4, not {path}.")
    return path


@contextmanager
def _encoding(path: str | Path, fps: float, crf: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Yields a function that takes the frames one by one; the video is at `path` after the block."""
    import imageio_ffmpeg

    path = _mp4(path)
    if not fps > 0:
        raise ValueError(f"`fps`, frames per second, must be over 0, not {fps!r}.")
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
            raise ValueError(
                f"All frames must be like the first, {shape}, uint8, but one is {frame.shape}, {frame.dtype}."
            )
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
        raise ValueError(f"A frame must be (height, width, 3), uint8, not {frame.shape}, {frame.dtype}.")
    if frame.shape[0] % 2 or frame.shape[1] % 2:
        raise ValueError(f"H.264 needs an even height and width, not {frame.shape[0]} by {frame.shape[1]} pixels.")
    return frame.shape


def _check_readable(staged: Path, path: Path) -> None:
    """The encoder's exit code is not available; after a full disk, the file has no header."""
    import imageio_ffmpeg

    reader = imageio_ffmpeg.read_frames(str(staged))
    try:
        next(reader)
    except (OSError, StopIteration) as error:
        raise OSError(f"The video {path} could not be written: is the disk full?") from error
    finally:
        reader.close()


def _captioned(frame: np.ndarray, caption: str) -> np.ndarray:
    """The frame with the caption on a dark, half-transparent background in the upper left corner."""
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
