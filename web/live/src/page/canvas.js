// A canvas that is as sharp as the screen, and colours from the style sheet.

/** The canvas' context, with one unit a CSS pixel, cleared; and its size in CSS pixels. */
export function cleared(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

const NAMES = ["text", "faint", "page", "panel", "line", "R", "s", "a", "R-text", "s-text", "sky", "far", "floor", "tile", "shadow"];
const ROBOT = ["torso", "hind", "fore", "edge"];
let known = null;

/** The colours of the style sheet by name, as they are in the light or in the dark. */
export function colors() {
  if (!known) {
    const style = getComputedStyle(document.documentElement);
    known = Object.fromEntries([...NAMES, ...ROBOT].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  return known;
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (known = null));
