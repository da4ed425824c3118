// The pure parts of the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepsShown } from "../src/agent.js";
import { PlainError, requireWebAssembly } from "../src/loading.js";
import { Film } from "../src/page/film.js";
import { meanOfLayers, niceUnit, number, stop } from "../src/page/numbers.js";
import { ending, story } from "../src/page/words.js";
import { isHealthy, observe, reward } from "../src/rules.js";
import { stripped } from "../strip.mjs";
import { remaining, SETTINGS, toAction, windowOf } from "../src/window.js";

const FACTS = {
  context_length: 3, state_dim: 2, act_dim: 1, max_ep_len: 10, return_scale: 100,
  state_mean: [1, 2], state_std: [2, 4], action_low: [-1], action_high: [1],
}; // prettier-ignore
const HISTORY = [
  { state: [1, 2], earned: 0, action: [0.5] },
  { state: [3, 6], earned: 40, action: null },
];
const ASKED = { ...SETTINGS, target: 500 };

test("a window is padded on the left, normalised, scaled, and counted down", () => {
  const window = windowOf(FACTS, HISTORY, 1, ASKED);
  assert.deepEqual([...window.states], [0, 0, 0, 0, 1, 1]);
  assert.deepEqual([...window.actions], [0, 0.5, 0]);
  assert.deepEqual([...window.returns_to_go], [0, 5, 4.6].map(Math.fround));
  assert.deepEqual([...window.timesteps], [0n, 0n, 1n]);
  assert.deepEqual([...window.attention_mask], [0n, 1n, 1n]);
});

test("a target that is moved counts for the whole window", () => {
  const window = windowOf(FACTS, HISTORY, 1, { ...ASKED, target: 900 });
  assert.deepEqual([...window.returns_to_go], [0, 9, 8.6].map(Math.fround));
});

test("what is taken from the model is missing in its window", () => {
  const settings = { ...ASKED, hidePastActions: true, rawStates: true, constantTarget: true, context: 1 };
  assert.deepEqual([...windowOf(FACTS, HISTORY, 1, { ...settings, context: 2 }).actions], [0, 0, 0]);
  const window = windowOf(FACTS, HISTORY, 1, settings);
  assert.deepEqual([...window.states], [0, 0, 0, 0, 3, 6]);
  assert.deepEqual([...window.returns_to_go], [0, 0, 5]);
  assert.deepEqual([...window.attention_mask], [0n, 0n, 1n]);
  assert.equal(remaining(settings, 40), 500);
  assert.equal(remaining(ASKED, 40), 460);
});

test("timesteps stop at the last one that the model knows", () => {
  assert.deepEqual([...windowOf(FACTS, HISTORY, 10, ASKED).timesteps], [0n, 9n, 9n]);
});

test("actions stay within their bounds, and are scaled to them", () => {
  assert.deepEqual([...toAction(FACTS, Float32Array.of(0.25))], [0.25]);
  assert.deepEqual([...toAction(FACTS, Float32Array.of(7))], [1]);
  assert.deepEqual([...toAction({ action_low: [0], action_high: [4] }, Float32Array.of(0.5))], [3]);
});

const RULES = {
  hidden: 1, ctrl_cost_weight: 0.1, healthy_reward: 1, healthy_z: [0.7, null], healthy_angle: [-0.2, 0.2],
  healthy_state: 100, velocity_clip: 10, falling_is_rewarded: false,
}; // prettier-ignore

test("observations leave out x, and velocities are clipped", () => {
  assert.deepEqual([...observe(RULES, [9, 1, 0.1], [50, -50, 3])], [1, 0.1, 10, -10, 3]);
  assert.deepEqual([...observe({ hidden: 1, velocity_clip: null }, [9, 1], [50])], [1, 50]);
});

test("a robot is healthy within its bounds", () => {
  assert.ok(isHealthy(RULES, [0, 1, 0], [0, 0, 0]));
  assert.ok(!isHealthy(RULES, [0, 0.7, 0], [0, 0, 0]));
  assert.ok(!isHealthy(RULES, [0, 1, 0.2], [0, 0, 0]));
  assert.ok(!isHealthy(RULES, [0, 1, 0], [0, 100, 0]));
});

test("the reward is for the way, and for standing, less the effort", () => {
  const effort = Float32Array.of(1, -1);
  assert.ok(Math.abs(reward(RULES, 0.1, 0.05, true, effort) - (2 + 1 - 0.2)) < 1e-7);
  assert.ok(Math.abs(reward(RULES, 0.1, 0.05, false, effort) - (2 - 0.2)) < 1e-7);
  assert.ok(Math.abs(reward({ ...RULES, falling_is_rewarded: true }, 0, 1, false, effort) - (1 - 0.2)) < 1e-7);
});

test("a film plays between its frames, and never lags by more than a step or two", () => {
  const film = new Film();
  film.clear(Float32Array.of(0));
  film.add([Float32Array.of(1), Float32Array.of(2)]);
  assert.equal(film.advance(0.5)[0], 0.5);
  assert.equal(film.advance(1)[0], 1.5);
  assert.equal(film.advance(99)[0], 2);
  film.add([Float32Array.of(3), Float32Array.of(4)]);
  assert.equal(film.advance(0)[0], 2);
  for (let i = 5; i < 40; i += 2) film.add([Float32Array.of(i), Float32Array.of(i + 1)]);
  assert.equal(film.advance(0)[0], 36);
});

test("layers are averaged, or taken one by one", () => {
  const weights = Float32Array.of(1, 0, 0, 0.5);
  assert.deepEqual([...meanOfLayers(weights, 2, 0)], [0.5, 0.25]);
  assert.deepEqual([...meanOfLayers(weights, 2, 2)], [0, 0.5]);
});

test("numbers and words", () => {
  assert.equal(number(8555.4), "8,555");
  assert.equal(number(-0.3), "0");
  assert.equal(stop(9000), 50);
  assert.equal(niceUnit(9000), 2000);
  assert.equal(
    story({ timestep: 120, velocity: 6.08, earned: 512.2, target: 9000 }),
    "Step 120: 6.1 metres per second, earned 512 of 9,000, 8,488 remain.",
  );
  assert.match(ending({ over: "fell", timestep: 30, earned: 50, target: 900 }), /^It fell at step 30: asked for 900, it earned 50/);
});

test("a WebAssembly file is stripped of its custom sections, and of nothing else", () => {
  const [header, type] = [[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], [1, 4, 1, 0x60, 0, 0]];
  const note = [0, 0x82, 0x00, 1, 0x6e]; // a section named "n", its size written in two bytes
  const long = [0, 0x83, 0x01, 1, 0x6e, ...Array(129).fill(7)];
  for (const custom of [[], note, long, [...note, ...long]]) {
    const found = stripped(Uint8Array.from([...header, ...custom, ...type, ...custom]));
    assert.deepEqual([...found], [...header, ...type]);
    assert.ok(WebAssembly.validate(found));
  }
});

test("a browser that lacks something is told so", () => {
  requireWebAssembly();
  const without = (name, said) => {
    const kept = Object.getOwnPropertyDescriptor(globalThis, name);
    delete globalThis[name];
    assert.throws(requireWebAssembly, (error) => error instanceof PlainError && said.test(error.message));
    Object.defineProperty(globalThis, name, kept);
  };
  without("DecompressionStream", /^This browser is too old/);
  without("WebAssembly", /^WebAssembly is blocked here/);
  requireWebAssembly();
});

test("a window slides, or is begun again with its newer half", () => {
  const shown = (settings) => {
    const counts = [];
    for (let i = 1; i <= 12; i++) counts.push(stepsShown(4, Math.min(i, 4), counts.at(-1) ?? 0, { ...SETTINGS, ...settings }));
    return counts.join("");
  };
  assert.equal(shown({}), "123444444444");
  assert.equal(shown({ context: 3 }), "123333333333");
  assert.equal(shown({ refill: true }), "123423423423");
  assert.equal(shown({ refill: true, context: 3 }), "123232323232");
  assert.equal(shown({ refill: true, context: 1 }), "111111111111");
  assert.equal(stepsShown(4, 4, 4, { ...SETTINGS, context: 2, refill: true }), 1, "less is shown at once");
});
