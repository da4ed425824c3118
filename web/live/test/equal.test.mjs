// The same physics and the same agent as in Python, which wrote what is expected: tests/web/test_live.py.

import loadMujoco from "@mujoco/mujoco";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import * as ort from "onnxruntime-web/wasm";

import { Agent } from "../src/agent.js";
import { Environment } from "../src/environment.js";
import { Episode } from "../src/episode.js";
import { SETTINGS } from "../src/window.js";

const FOLDER = process.env.LIVE_CASES;
const cases = FOLDER ? JSON.parse(readFileSync(join(FOLDER, "cases.json"), "utf8")) : { robots: {} };
let mujoco;

before(async () => {
  mujoco = await loadMujoco({ print: () => {}, printErr: () => {} });
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = readFileSync(new URL("../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm", import.meta.url));
});

function near(found, expected, tolerance, what) {
  assert.equal(found.length, expected.length, what);
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - found[i])));
  assert.ok(apart <= tolerance, `${what}: ${apart} apart, and ${tolerance} is allowed`);
  return apart;
}

for (const [name, { facts, xml, seed, actions, observations, rewards, fell }] of Object.entries(cases.robots)) {
  test(`${name} moves as in Python`, (t) => {
    const environment = new Environment(mujoco, xml, facts);
    near(environment.reset(seed), observations[0], 0, "the beginning");
    let apart = 0;
    actions.forEach((action, i) => {
      const step = environment.step(Float32Array.from(action));
      apart = Math.max(apart, near(step.observation, observations[i + 1], 1e-9, `the observation after step ${i + 1}`));
      near([step.reward], [rewards[i]], 1e-9, `the reward of step ${i + 1}`);
      assert.equal(step.fell, fell[i]);
    });
    t.diagnostic(`after ${actions.length} steps at most ${apart} apart`);
  });
}

for (const { seed, target, actions, rewards } of cases.agent ?? []) {
  test(`asked for ${target}, the agent acts as in Python`, async (t) => {
    const read = (file) => readFileSync(join(FOLDER, "model", file));
    const facts = JSON.parse(read("model.json"));
    const agent = await Agent.load(ort, read("model.onnx"), facts);
    const episode = new Episode(new Environment(mujoco, read("robot.xml").toString(), facts), agent, facts);
    episode.reset(seed);
    let apart = 0;
    for (const [i, action] of actions.entries()) {
      const shown = await episode.step({ ...SETTINGS, target });
      apart = Math.max(apart, near(shown.action, action, 1e-4, `action ${i + 1}`));
      near([shown.earned], [rewards.slice(0, i + 1).reduce((sum, reward) => sum + reward)], 1e-2, "what was earned");
      const sum = shown.attention.slice(0, 3 * facts.context_length).reduce((a, b) => a + b);
      near([sum], [1], 1e-5, "the sum of the attention");
    }
    t.diagnostic(`after ${actions.length} actions at most ${apart} apart`);
  });
}

const CHANGES = { 9: { target: 500 }, 24: { hidePastActions: true }, 28: { context: 7 }, 33: { rawStates: true }, 36: { context: 20 } };

for (const refill of cases.agent ? [false, true] : []) {
  test(`what is kept gives what the whole window gives, ${refill ? "which is refilled" : "which slides"}`, async () => {
    const read = (file) => readFileSync(join(FOLDER, "model", file));
    const facts = JSON.parse(read("model.json"));
    const [agent, other] = [await Agent.load(ort, read("model.onnx"), facts), await Agent.load(ort, read("model.onnx"), facts)];
    const settings = { ...SETTINGS, target: 9000, refill };
    const act = agent.act.bind(agent);
    agent.act = async (history, timestep) => {
      const shown = await act(history, timestep, settings);
      const whole = await other.act(history, timestep, settings);
      other.kept.settings = ""; // so that nothing of it is taken up
      near(shown.prediction, [...whole.prediction], 1e-5, `the action of step ${timestep}`);
      near(shown.attention, [...whole.attention], 1e-5, `its attention`);
      assert.deepEqual(shown.window, whole.window);
      return shown;
    };
    const episode = new Episode(new Environment(mujoco, read("robot.xml").toString(), facts), agent, facts);
    for (let step = 0; step < 60; step++) {
      Object.assign(settings, CHANGES[step]);
      if (step === 50) episode.reset(3);
      if (step === 55) episode.push(3);
      await episode.step(settings);
    }
  });
}
