"""Whether a video that a notebook shows does play."""

import io

import numpy as np
from PIL import Image
from playwright.sync_api import Locator

PLAYING = """video => new Promise((resolve, reject) => {
    const begin = performance.now();
    const seen = [];
    const look = () => {
        if (video.error) return reject(new Error(`media error ${video.error.code}: ${video.error.message}`));
        seen.push(video.currentTime);
        if (video.readyState >= 3 && seen.some(t => t > 0) && new Set(seen).size > 5) return resolve({
            readyState: video.readyState, duration: video.duration, paused: video.paused, times: seen.slice(-6),
            width: video.videoWidth, height: video.videoHeight
        });
        if (performance.now() - begin > 20000) return reject(new Error(
            `does not play: readyState ${video.readyState}, paused ${video.paused}, at ${video.currentTime} s`));
        setTimeout(look, 100);
    };
    look();
})"""


def watch(video: Locator) -> dict:
    """What a playing <video> says of itself; AssertionError if it stands still, is blank, or shows one picture only."""
    video.scroll_into_view_if_needed()
    state = video.evaluate(PLAYING)
    first, later = _frame(video), None
    for _ in range(20):
        later = _frame(video)
        if np.abs(first - later).mean() > 0.5:
            break
    assert first.std() > 5, f"the picture is blank: all of it is about {first.mean():.0f}"
    assert np.abs(first - later).mean() > 0.5, "the picture stands still"
    return state


def seek(video: Locator, share: float) -> None:
    """Goes to that share of the film, 0 to 1, and plays on."""
    video.evaluate(
        """(video, share) => new Promise(resolve => {
        video.onseeked = resolve;
        video.currentTime = share * video.duration;
    })""",
        share,
    )


def _frame(video: Locator) -> np.ndarray:
    """The element as it is on the screen, (height, width, 3), without the controls at its lower end."""
    picture = np.asarray(Image.open(io.BytesIO(video.screenshot())).convert("RGB"), float)
    return picture[: int(0.6 * len(picture))]
