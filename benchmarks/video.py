"""A film of 1000 steps: ``python benchmarks/video.py``.

colabgymrender took 63 seconds for 1000 frames, playing the cheetah's steps and writing its file (measured once on two
cores, with gym 0.21 on Python 3.11, in an environment of its own: so it is a constant here). Ours is
`video.record_episode` with the shipped expert: steps, frames with their captions, H.264.
"""

import argparse
import tempfile
import time
from pathlib import Path

from figures import Figure, report
from machine import describe

from dt_helpers import envs, video
from dt_helpers.data import experts
from dt_helpers.video import render

COLABGYMRENDER = 63.0  # seconds for 1000 frames


def film(frames: int, size: int) -> tuple[float, str]:
    """Seconds for an episode of `frames` steps, and the line below its film."""
    env, expert = envs.make("HalfCheetah-v5"), experts.load()
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        shown = video.record_episode(
            env, lambda observation: expert(observation[None])[0], Path(folder) / "replay.mp4",
            seed=0, max_steps=frames, width=size, height=size,
        )  # fmt: skip
        seconds = time.perf_counter() - begin
    env.close()
    return seconds, shown.note


def frames_only(frames: int, size: int) -> float:
    """Seconds to render that many frames of a robot that stands still, which are thrown away."""
    env = envs.make("HalfCheetah-v5")
    env.reset(seed=0)
    with render.Renderer(env.unwrapped.model, size, size) as renderer:
        renderer.render(env.unwrapped.data)
        begin = time.perf_counter()
        for _ in range(frames):
            renderer.render(env.unwrapped.data)
        seconds = time.perf_counter() - begin
    env.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--frames", type=int, default=1000)
    parser.add_argument("--size", type=int, default=480, help="width and height in pixels")
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    print(describe())

    film(2, args.size)  # finds an OpenGL that works
    runs = [film(args.frames, args.size) for _ in range(args.repeats)]
    report(
        Figure(
            f"video, {args.frames} frames", "s", [seconds for seconds, _ in runs],
            [COLABGYMRENDER * args.frames / 1000], 4, "colabgymrender", floor=frames_only(args.frames, args.size),
            floor_is="the frames alone, with neither steps nor film; the encoder runs beside them",
            note=f"{runs[0][1]}; colabgymrender's 63 s were measured before, and are not measured again here.",
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
