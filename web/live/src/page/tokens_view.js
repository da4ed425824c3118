// The tokens of the current window, R, s and a of each step: what the action attends to, and the numbers themselves.

import { cleared, colors } from "./canvas.js";
import { meanOfLayers } from "./numbers.js";

const KINDS = ["R", "s", "a"];

export class TokensView {
  constructor(canvas) {
    this.canvas = canvas;
    this.layer = 0; // 0: the mean over all layers
  }

  begin(facts) {
    this.facts = facts;
    this.shown = null;
  }

  /** `attention` (layers, K, 3) flat, and the `window` of the model's inputs. */
  draw(shown) {
    this.shown = shown ?? this.shown;
    const { context, width, height } = cleared(this.canvas);
    if (!this.shown || !width) return;
    const { facts } = this;
    const K = facts.context_length;
    const weights = meanOfLayers(this.shown.attention, 3 * K, this.layer);
    const color = colors();
    const column = width / K;
    const bars = height * 0.42;
    this.bars(context, weights, column, bars, color);
    const rows = [
      [1, this.shown.window.returns_to_go, (value) => value * facts.return_scale, [0, facts.targets.highest]],
      [facts.state_dim, this.shown.window.states, (value) => value, [-2, 2]],
      [facts.act_dim, this.shown.window.actions, (value) => value, [-1, 1]],
    ];
    const room = height - bars - 8;
    const heights = [0.14, 0.53, 0.33].map((share) => share * room);
    let top = bars + 8;
    rows.forEach(([dim, values, convert, range], kind) => {
      this.strip(context, { dim, values, convert, range, top, high: heights[kind] - 3, column, color: color[KINDS[kind]] });
      top += heights[kind];
    });
  }

  /** A bar for each token, in the order in which the model reads them; a dot where nothing is shown to it. */
  bars(context, weights, column, high, color) {
    const wide = column / 3;
    const most = Math.max(0.15, ...weights);
    weights.forEach((weight, i) => {
      const real = this.shown.window.attention_mask[Math.floor(i / 3)] > 0n && i < weights.length - 1;
      const x = i * wide;
      context.fillStyle = real ? color[KINDS[i % 3]] : color.line;
      const tall = real ? Math.max(2, (high * weight) / most) : 2;
      context.fillRect(x + 0.5, high - tall, Math.max(1, wide - 1), tall);
    });
  }

  /** The numbers of one kind of token: a column for each step, a row for each number. */
  strip(context, { dim, values, convert, range: [low, high], top, high: tall, column, color }) {
    const K = this.facts.context_length;
    for (let step = 0; step < K; step++) {
      const real = this.shown.window.attention_mask[step] > 0n;
      for (let row = 0; row < dim; row++) {
        const value = (convert(values[step * dim + row]) - low) / (high - low);
        context.globalAlpha = real ? 0.12 + 0.88 * Math.min(1, Math.max(0, value)) : 0.05;
        context.fillStyle = color;
        context.fillRect(step * column + 1, top + (row * tall) / dim, column - 2, tall / dim + 0.3);
      }
    }
    context.globalAlpha = 1;
  }
}
