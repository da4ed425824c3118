// A short run that the page shows while physics and model are still on their way.

import loadMujoco from "@mujoco/mujoco";
import { readFile } from "node:fs/promises";
import * as ort from "onnxruntime-web/wasm";

import { Agent } from "./src/agent.js";
import { Environment } from "./src/environment.js";
import { Episode } from "./src/episode.js";
import { SETTINGS } from "./src/window.js";

const [FIRST, LAST] = [60, 110]; // steps that are shown: it is up to speed

/** The run of a model: `seconds` a frame, `shapes`, and `frames` to the millimetre. `wasm`: ONNX Runtime's. */
export async function record(folder, wasm) {
  const read = (file) => readFile(`${folder}/${file}`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm;
  const facts = JSON.parse(await read("model.json"));
  const environment = new Environment(await loadMujoco({ printErr() {} }), String(await read("robot.xml")), facts);
  const episode = new Episode(environment, await Agent.load(ort, await read("model.onnx"), facts), facts);
  const frames = [];
  while (episode.timestep < LAST && !episode.over) {
    const shown = await episode.step({ ...SETTINGS, target: facts.targets.suggested });
    if (episode.timestep > FIRST) frames.push(...shown.frames.map((frame) => Array.from(frame, (x) => Number(x.toFixed(3)))));
  }
  return { seconds: environment.seconds / facts.frame_skip, shapes: environment.shapes(), frames };
}
