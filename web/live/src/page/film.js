// Between the worker's steps and the screen's frames: where the robot is at this moment.

/** Frames of several steps, played one after another. `seconds`: how long a step lasts on the screen. */
export class Film {
  constructor() {
    this.clear(null);
  }

  clear(frame) {
    this.frames = frame ? [frame] : [];
    this.place = 0; // of the frame that is shown, with a fraction
  }

  /** The frames of a step; what is more than a step behind is skipped. */
  add(frames) {
    const behind = this.frames.slice(Math.floor(this.place));
    this.place -= Math.floor(this.place);
    this.frames = [...behind, ...frames];
    const most = 2 * frames.length + 1;
    if (this.frames.length > most) {
      this.frames = this.frames.slice(-most);
      this.place = 0;
    }
  }

  /** The robot after `count` more frames, which may be a fraction: between two frames it is in between. */
  advance(count) {
    if (!this.frames.length) return null;
    this.place = Math.min(this.place + count, this.frames.length - 1);
    const first = Math.floor(this.place);
    const [a, b] = [this.frames[first], this.frames[Math.min(first + 1, this.frames.length - 1)]];
    const share = this.place - first;
    return a.map((value, i) => value + (b[i] - value) * share);
  }
}
