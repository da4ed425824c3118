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

# The present frame as it was decoded, without the controls over it: brightness of 64 x 64 points, 0 to 255.
DECODED = """video => {
    const canvas = new OffscreenCanvas(64, 64);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 64);
    const data = context.getImageData(0, 0, 64, 64).data;
    return Array.from({length: 64 * 64}, (_, i) => (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3);
}"""


def watch(video: Locator) -> dict:
    """What a playing <video> says of itself; AssertionError if it stands still, is blank, or shows one picture only."""
    video.scroll_into_view_if_needed()
    state = video.evaluate(PLAYING)
    decoded = np.array(video.evaluate(DECODED))
    assert decoded.std() > 5, f"the picture is blank: all of it is about {decoded.mean():.0f}"
    first, later = _frame(video), None
    for _ in range(20):
        later = _frame(video)
        if np.abs(first - later).mean() > 0.5:
            break
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
    shot = video.screenshot(timeout=180_000)  # a busy machine draws seconds apart, and the film goes on
    picture = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), float)
    return picture[: int(0.6 * len(picture))]
