// A policy walks, step by step, as in notebook 7.

import { lengthOf, neighbours, pathLength } from "./graph.js";
import { chances } from "./policy.js";

export class Walk {
  /** `target`: the return that is asked for, negative. */
  constructor(policy, start, goal, target) {
    Object.assign(this, { policy, board: policy.board, goal, left: -target, path: [start], asked: [], steps: [] });
  }

  get here() {
    return this.path.at(-1);
  }

  get arrived() {
    return this.here === this.goal;
  }

  get over() {
    return this.arrived || this.path.length > this.board.steps;
  }

  /** What the policy thinks of the next step: `asked` return, `node`, `nodes` it can go to, their `chances`, `chosen`. */
  async look() {
    this.next ??= this.weigh();
    return this.next;
  }

  async weigh() {
    const { board, path, here, left } = this;
    const asked = [...this.asked, Math.min(board.longest, Math.max(1, left))];
    const logits = await this.policy.logits(path, asked, this.goal);
    const nodes = neighbours(board, here);
    const chosen = nodes.reduce((best, node) => (logits[node] > logits[best] ? node : best));
    return { asked: -asked.at(-1), node: here, nodes, chances: chances(logits, nodes), chosen };
  }

  /** Go to the likeliest neighbour. */
  async step() {
    const seen = await this.look();
    this.asked.push(-seen.asked);
    this.steps.push(seen);
    this.left -= lengthOf(this.board, seen.node, seen.chosen);
    this.path.push(seen.chosen);
    this.next = null;
  }

  async finish() {
    while (!this.over) await this.step();
    return this;
  }
}

/** What comes of asking for each return from -1 down: {target, achieved}, -Infinity if it never arrives. */
export async function tries(policy, start, goal) {
  const found = [];
  for (let target = -1; target >= -policy.board.longest; target--) {
    const walk = await new Walk(policy, start, goal, target).finish();
    found.push({ target, achieved: walk.arrived ? -pathLength(policy.board, walk.path) : -Infinity });
  }
  return found;
}
