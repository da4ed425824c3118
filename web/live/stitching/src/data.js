// The random walks that were the data. Pure functions; `board` is what board.json says.

import { lengthOf } from "./graph.js";

/** How many steps of the walks took each street, as "from,to" -> count. */
export function counts(board) {
  const taken = new Map();
  for (const walk of board.walks) {
    for (let i = 1; i < walk.length; i++) {
      const street = `${walk[i - 1]},${walk[i]}`;
      taken.set(street, (taken.get(street) ?? 0) + 1);
    }
  }
  return taken;
}

/** A walk up to the goal; the whole walk if it doesn't come there. */
export function until(walk, goal) {
  const arrival = walk.indexOf(goal);
  return arrival < 0 ? walk : walk.slice(0, arrival + 1);
}

/** The best return with which a walk went on from each node to the goal, -Infinity where none did. */
export function bestInData(board, goal) {
  const best = board.places.map((_, node) => (node === goal ? 0 : -Infinity));
  for (const walk of board.walks) {
    const moved = until(walk, goal);
    if (moved.at(-1) !== goal) continue;
    let toGo = 0;
    for (let i = moved.length - 2; i >= 0; i--) {
      toGo -= lengthOf(board, moved[i], moved[i + 1]);
      best[moved[i]] = Math.max(best[moved[i]], toGo);
    }
  }
  return best;
}

/**
 * The walks that a path is stitched from, as few as possible: {walk, first, last} says that the path's nodes from
 * `first` to `last` follow each other in that walk. A path within one walk has one piece; null if some step is in none.
 */
export function pieces(board, path) {
  const found = [];
  for (let first = 0; first < path.length - 1; ) {
    let last = path.length - 1;
    let walk = -1;
    for (; last > first; last--) {
      const piece = path.slice(first, last + 1);
      walk = board.walks.findIndex((nodes) => holds(nodes, piece));
      if (walk >= 0) break;
    }
    if (walk < 0) return null;
    found.push({ walk, first, last });
    first = last;
  }
  return found;
}

function holds(walk, piece) {
  for (let i = 0; i + piece.length <= walk.length; i++) {
    if (piece.every((node, j) => walk[i + j] === node)) return true;
  }
  return false;
}
