// Fetching the board and its policies, with errors that say in plain words what is wrong.

import { fetchBytes, fetchJson, PlainError, started } from "../../src/loading.js";
import { Policy } from "./policy.js";

export { PlainError };

const FORMAT = 1; // of board.json, as dt_helpers.stitching.export_board writes it
const AGAIN = "Build the board again: make live.";

/** Graph and walks. `base`: the page's address. */
export async function fetchBoard(base) {
  const board = await fetchJson(new URL("board/board.json", base), "The board's description", AGAIN);
  if (board.format !== FORMAT) {
    throw new PlainError(
      `The board was exported for another version of this page: its format is ${board.format}, and ${FORMAT} is expected. ${AGAIN}`,
    );
  }
  return board;
}

/** The board's policies, ready to run. */
export async function fetchPolicies(ort, board, base) {
  requireWebAssembly();
  const [runtime, ...files] = await Promise.all([
    fetchBytes(new URL("../ort.wasm.gz", base), "The models' runtime"),
    ...board.policies.map(({ file }) => fetchBytes(new URL(`board/${file}`, base), `The model's file ${file}`)),
  ]);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = runtime;
  const policies = [];
  for (const [i, facts] of board.policies.entries()) {
    const load = () => Policy.load(ort, files[i], board, facts);
    policies.push(await started(load, `The model's file ${facts.file} is damaged or is no ONNX model. ${AGAIN}`));
  }
  return policies;
}

function requireWebAssembly() {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)); // the smallest there is
  } catch {
    throw new PlainError(
      "WebAssembly is blocked here, and the models need it: the graph, its walks and Dijkstra's paths are shown without " +
        "them. Either the browser has it switched off (a strict security mode, an extension), or the server forbids it: " +
        "its Content-Security-Policy has to allow 'wasm-unsafe-eval' for scripts.",
    );
  }
}
