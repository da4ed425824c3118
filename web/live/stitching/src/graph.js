// The graph: its streets, and Dijkstra's shortest paths. Pure functions; `board` is what board.json says.

/** The nodes that streets from `node` lead to, in ascending order. */
export function neighbours(board, node) {
  return board.edges.flatMap(([here, there]) => (here === node ? [there] : [])).sort((i, j) => i - j);
}

/** The length of the street from one node to another. */
export function lengthOf(board, from, to) {
  return board.edges.find(([here, there]) => here === from && there === to)[2];
}

/** The length of a path, or of its beginning. */
export function pathLength(board, path) {
  return path.slice(1).reduce((sum, node, i) => sum + lengthOf(board, path[i], node), 0);
}

/** The length of the shortest path from each node to `goal`, by Dijkstra's algorithm; Infinity where there is none. */
export function shortest(board, goal) {
  const distance = board.places.map((_, node) => (node === goal ? 0 : Infinity));
  const open = new Set(distance.keys());
  while (open.size) {
    const nearest = [...open].reduce((best, node) => (distance[node] < distance[best] ? node : best));
    open.delete(nearest);
    for (const [here, there, length] of board.edges) {
      if (there === nearest) distance[here] = Math.min(distance[here], distance[nearest] + length);
    }
  }
  return distance;
}

/** A shortest path from `start` to `goal`, or null. */
export function shortestPath(board, start, goal) {
  const distance = shortest(board, goal);
  if (distance[start] === Infinity) return null;
  const path = [start];
  while (path.at(-1) !== goal) {
    const here = path.at(-1);
    path.push(neighbours(board, here).find((node) => distance[here] === distance[node] + lengthOf(board, here, node)));
  }
  return path;
}
