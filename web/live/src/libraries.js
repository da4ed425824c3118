// MuJoCo and ONNX Runtime: each is fetched once, and starts while the page fetches what comes next.

import loadMujoco from "@mujoco/mujoco";
import * as ort from "onnxruntime-web/wasm";

import { fetchBytes, started } from "./loading.js";

// The smallest ONNX model, y = x. A session of it starts ONNX Runtime, which has no function for that.
const SAME = "CAgSADo2ChAKAXgSAXkiCElkZW50aXR5EgBaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR";

class Library {
  constructor(file, what, start) {
    Object.assign(this, { file, what, start, running: null });
  }

  /** The library's bytes from beside the page; null if it runs already. */
  async fetch() {
    return this.running ? null : fetchBytes(new URL(this.file, self.location.href), this.what);
  }

  /** Start it with its bytes, if it doesn't run; gives its module. */
  async run(bytes) {
    this.running ??= await started(() => this.start(bytes), `${this.what} does not start.`);
    return this.running;
  }
}

export const physics = new Library("mujoco.wasm.gz", "The physics", (wasmBinary) => loadMujoco({ wasmBinary }));

export const runtime = new Library("ort.wasm.gz", "The model's runtime", async (wasmBinary) => {
  Object.assign(ort.env.wasm, { numThreads: 1, wasmBinary });
  const session = await ort.InferenceSession.create(Uint8Array.from(atob(SAME), (letter) => letter.charCodeAt(0)));
  await session.release();
  return ort;
});
