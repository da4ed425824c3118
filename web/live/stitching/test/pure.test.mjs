// The pure parts of the stitching board.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bestInData, counts, pieces, until } from "../src/data.js";
import { lengthOf, neighbours, pathLength, shortest, shortestPath } from "../src/graph.js";
import { chances, tokens } from "../src/policy.js";
import { ended, percent, promise, seams, signed, stepped } from "../src/words.js";

// 0 ← 1 ← 2 ← 3, a long street from 3 to 0, and 4, which leads to 0 alone
const BOARD = {
  steps: 4, longest: 20, places: [[0], [0], [0], [0], [0]],
  edges: [[1, 0, 1], [3, 0, 5], [2, 1, 1], [3, 2, 2], [0, 3, 1], [4, 0, 1]],
  walks: [[3, 2, 1, 0, 3], [3, 0, 3, 2, 1], [4, 0, 3, 0, 3]],
}; // prettier-ignore

test("neighbours ascend, and lengths add up", () => {
  assert.deepEqual(neighbours(BOARD, 3), [0, 2]);
  assert.deepEqual(neighbours(BOARD, 1), [0]);
  assert.equal(lengthOf(BOARD, 3, 0), 5);
  assert.equal(pathLength(BOARD, [3, 2, 1, 0]), 4);
  assert.equal(pathLength(BOARD, [3]), 0);
});

test("Dijkstra's path is the shortest by length, not by steps", () => {
  assert.deepEqual(shortest(BOARD, 0), [0, 1, 2, 4, 1]);
  assert.deepEqual(shortestPath(BOARD, 3, 0), [3, 2, 1, 0]);
  assert.deepEqual(shortestPath(BOARD, 0, 0), [0]);
  assert.equal(shortestPath(BOARD, 3, 4), null, "no street leads to 4");
});

test("a walk ends at the goal, where it comes there", () => {
  assert.deepEqual(until([3, 2, 1, 0, 3], 1), [3, 2, 1]);
  assert.deepEqual(until([3, 2, 1, 0, 3], 4), [3, 2, 1, 0, 3]);
  assert.deepEqual(until([3, 2], 3), [3]);
});

test("the best return is that of the best walk that came through", () => {
  assert.deepEqual(bestInData(BOARD, 0), [0, -1, -2, -4, -1]);
  assert.deepEqual(bestInData(BOARD, 1), [-4, 0, -1, -3, -Infinity]);
  assert.deepEqual(bestInData(BOARD, 4), [-Infinity, -Infinity, -Infinity, -Infinity, 0]);
});

test("steps are counted on each street", () => {
  const taken = counts(BOARD);
  assert.equal(taken.get("0,3"), 4);
  assert.equal(taken.get("3,2"), 2);
  assert.equal(taken.get("1,2"), undefined);
});

test("a path is stitched from as few walks as possible", () => {
  assert.deepEqual(pieces(BOARD, [3, 2, 1]), [{ walk: 0, first: 0, last: 2 }]);
  assert.deepEqual(pieces(BOARD, [4, 0, 3, 2, 1]), [{ walk: 2, first: 0, last: 2 }, { walk: 0, first: 2, last: 4 }]);
  assert.equal(pieces(BOARD, [1, 4]), null);
});

test("goal and return are one token, and what is not known is 0", () => {
  const given = tokens(BOARD, [3, 2], [4, 2], 2);
  assert.deepEqual([...given.states], [3n, 2n, 0n, 0n]);
  assert.deepEqual([...given.actions], [2n, 0n, 0n, 0n]);
  assert.deepEqual([...given.returns_to_go], [48n, 46n, 0n, 0n]);
});

test("chances sum to 1, however large the logits are", () => {
  assert.deepEqual(chances([5, 0, 5], [0, 2]), [0.5, 0.5]);
  assert.deepEqual(chances([1e4, 0, -1e4], [0, 2]), [1, 0]);
  assert.deepEqual(chances([-7], [0]), [1]);
});

test("words", () => {
  assert.deepEqual([-9, 0, -Infinity].map(signed), ["−9", "0", "never"]);
  assert.deepEqual([0.001, 0.345, 1].map(percent), ["0%", "35%", "100%"]);
  const seen = { asked: -4, node: 3, nodes: [0, 2], chances: [0.25, 0.75], chosen: 2 };
  assert.equal(stepped({ name: "the model", conditioned: true }, seen), "The model at node 3, asked for −4: node 2 has 75%, node 0 has 25%. It goes to 2.");
  assert.equal(stepped({ name: "cloning", conditioned: false }, seen), "Cloning at node 3: node 2 has 75%, node 0 has 25%. It goes to 2.");
  assert.match(ended({ arrived: false, target: -1, goal: 0 }), /does not come to node 0/);
  const end = { arrived: true, length: 4, best: 4, goal: 0, pieces: [{ walk: 3 }, { walk: 8 }] };
  assert.match(ended({ ...end, target: -5 }), /with −4, as asked: a shortest path\. No walk holds .* 2 walks, 3 and 8\.$/);
  assert.match(ended({ ...end, target: -3, best: 3 }), /later than asked: 1 longer than the shortest path/);
  assert.equal(seams([{ walk: 7 }]), "It is part of walk 7.");
  assert.equal(promise({ target: -4, achieved: -6 }, 4), "asked for −4: late: −6, the shortest path's length");
  assert.equal(promise({ target: -9, achieved: -Infinity }, 4), "asked for −9: never arrives");
});
