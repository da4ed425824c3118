// Physics and model, beside the page, so that it never stutters. The page sends orders, this sends what happened.

import { Agent } from "./agent.js";
import { Environment } from "./environment.js";
import { Episode } from "./episode.js";
import { physics, runtime } from "./libraries.js";
import { fetchBytes, fetchFacts, PlainError, requireWebAssembly, started } from "./loading.js";
import { SETTINGS } from "./window.js";

const LATE = 200; // ms behind the clock, beyond which lost time is not made up for

let episode;
let number; // of its model, or of the one that is on its way, as the page counts them
let newest; // of the model that was asked for last
const settings = { ...SETTINGS };
let running = false;
let speed = 1; // times real time; 0 for as fast as it goes
let queue = Promise.resolve(); // steps and orders, one after another

const ORDERS = {
  async load({ folder, number: mine }) {
    if (mine !== newest) return; // the reader has chosen another one meanwhile
    episode = null;
    number = mine;
    const base = new URL(folder, self.location.href);
    requireWebAssembly();
    // One large file after another: what is here starts while the next one is on its way.
    const [facts, xml, physicsBytes] = await Promise.all([
      fetchFacts(new URL("model.json", base)),
      fetchBytes(new URL("robot.xml", base), "The robot's description"),
      physics.fetch(),
    ]);
    const readXml = (mujoco) => new Environment(mujoco, new TextDecoder().decode(xml), facts);
    const [runtimeBytes, environment] = await Promise.all([
      runtime.fetch(),
      physics
        .run(physicsBytes)
        .then((mujoco) => started(() => readXml(mujoco), "MuJoCo can't read the robot's description, robot.xml.")),
    ]);
    const [onnx, ort] = await Promise.all([
      fetchBytes(new URL("model.onnx", base), "The model's file"),
      runtime.run(runtimeBytes),
    ]);
    const agent = await started(
      () => Agent.load(ort, onnx, facts),
      "The model's file, model.onnx, is damaged or is no ONNX model. Export it again: dt-course export-web.",
    );
    episode = new Episode(environment, agent, facts);
    say("ready", { facts, seconds: environment.seconds, shapes: environment.shapes(), frame: environment.frame() });
  },
  reset({ seed }) {
    episode.reset(seed);
    say("reset", { seed, frame: episode.environment.frame() });
  },
  push: ({ metresPerSecond }) => episode.push(metresPerSecond),
  step: () => step(),
};

self.onmessage = ({ data: { type, ...order } }) => {
  if (type === "load") newest = order.number;
  if (type === "settings") Object.assign(settings, order);
  else if (type === "speed") speed = order.speed;
  else if (type === "run") run(order.running);
  else enqueue(() => (episode || type === "load" ? ORDERS[type](order) : undefined));
};

function enqueue(task) {
  queue = queue.then(task).catch((error) => {
    running = false;
    const plain = error instanceof PlainError;
    say("failed", { message: plain ? error.message : `Something went wrong that nobody thought of: ${error?.message ?? error}` });
  });
  return queue;
}

async function step() {
  if (episode.over) return;
  const begin = performance.now();
  const shown = await episode.step(settings);
  say("step", { ...shown, milliseconds: performance.now() - begin });
}

let loops = 0;
async function run(wanted) {
  running = wanted;
  const mine = ++loops;
  await queue; // a reset, for one
  let due = performance.now();
  while (running && mine === loops && episode && !episode.over) {
    await enqueue(step);
    if (!episode) return;
    const now = performance.now();
    due = speed ? Math.max(due + (1000 * episode.environment.seconds) / speed, now - LATE) : now;
    await (due > now ? new Promise((resolve) => setTimeout(resolve, due - now)) : breath());
  }
}

/** Lets orders come in. A timer without a delay waits for four milliseconds, half a step of the Hopper. */
function breath() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function say(type, what) {
  self.postMessage({ type, number, ...what });
}
