// The board's policies walk as Python's do. $BOARD_CASES names a folder with board/ and cases.json, made by
// tests/web/test_stitching_board.py.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import * as ort from "onnxruntime-web/wasm";

import { bestInData, pieces } from "../src/data.js";
import { shortest } from "../src/graph.js";
import { Policy } from "../src/policy.js";
import { Walk } from "../src/walk.js";

const folder = process.env.BOARD_CASES;
const json = async (file) => JSON.parse(await readFile(`${folder}/${file}`, "utf8"));
const board = await json("board/board.json");
const cases = await json("cases.json");
const CLOSE = 1e-5;

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = await readFile(new URL("../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", import.meta.url));

for (const [number, facts] of board.policies.entries()) {
  test(`${facts.name} walks as in Python`, async () => {
    const policy = await Policy.load(ort, await readFile(`${folder}/board/${facts.file}`), board, facts);
    let apart = 0;
    for (const { start, goal, target, path, chances } of cases.walks[number]) {
      const walk = await new Walk(policy, start, goal, target).finish();
      assert.deepEqual(walk.path, path, `from ${start} to ${goal}, asked for ${target}`);
      for (const [t, seen] of walk.steps.entries()) {
        for (const [i, share] of seen.chances.entries()) apart = Math.max(apart, Math.abs(share - chances[t][i]));
      }
    }
    console.log(`${facts.name}: ${cases.walks[number].length} paths, probabilities ${apart.toExponential(1)} apart`);
    assert.ok(apart < CLOSE);
  });
}

test("lengths, best returns and pieces are those of Python", () => {
  for (const [goal, { lengths, best, found }] of Object.entries(cases.goals)) {
    const infinite = (values, sign) => values.map((value) => value ?? sign * Infinity);
    assert.deepEqual(shortest(board, Number(goal)), infinite(lengths, 1));
    assert.deepEqual(bestInData(board, Number(goal)), infinite(best, -1));
    for (const { path, segments } of found) {
      assert.deepEqual(pieces(board, path)?.map(({ walk, first, last }) => [walk, first, last]) ?? null, segments);
    }
  }
});
