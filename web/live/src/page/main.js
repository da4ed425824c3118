// The page: what the reader does goes to the worker, what the worker says is shown.

import { fetchJson } from "../loading.js";
import { Chart } from "./chart.js";
import { Film } from "./film.js";
import { number, stop } from "./numbers.js";
import { RobotView } from "./robot_view.js";
import { TokensView } from "./tokens_view.js";
import { ending, story } from "./words.js";

const at = (id) => document.getElementById(id);
const SWITCHES = ["hidePastActions", "rawStates", "constantTarget", "refill"];
const SHORT = 0.02; // seconds: a model whose steps are shorter begins with `refill`
const PUSH = 3; // metres per second
const TELL = 4000; // ms between two sentences for a screen reader
const FEW = 5; // of a recorded run, one frame in as many is drawn: meanwhile the libraries start, and have the processor
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const robot = new RobotView(at("robot"));
const chart = new Chart(at("chart"));
const tokens = new TokensView(at("tokens"));
const film = new Film();
const state = { facts: null, running: false, latest: null, told: 0, milliseconds: 0, frames: 0, steps: 0, rate: 0, factor: 0, since: 0, speeds: [] };
window.live = state; // for those who want to look inside

let loads = 0; // models that were chosen
let woken = false; // whether it runs as soon as the tab is seen again
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const order = (type, what = {}) => worker.postMessage({ type, ...what });
worker.onmessage = ({ data }) => {
  if (data.number === loads) HAPPENED[data.type](data); // else it is of a model that was chosen before
};
let dead; // why the worker can't do anything: known before or after the list of models has come
worker.onerror = (event) => {
  dead = {
    message: event.message
      ? `The page's own code does not start here (${event.message}). A newer browser may help.`
      : "A part of the page, worker.js, is missing, or the server does not answer. Reload the page to try again.",
  };
  failed(dead);
};

const HAPPENED = {
  ready({ facts, seconds, shapes, frame }) {
    Object.assign(state, { facts, seconds, recorded: null });
    at("hud").textContent = "";
    at("loading").hidden = true;
    robot.begin(shapes, frame);
    tokens.begin(facts);
    for (const control of document.querySelectorAll("button, #target, #model")) control.disabled = false;
    const { lowest, highest, suggested } = facts.targets;
    const step = stop(highest);
    Object.assign(at("target"), { min: 0, max: Math.ceil((1.1 * highest) / step) * step, step, value: suggested });
    at("known").textContent = `The episodes in its data earned ${number(lowest)} to ${number(highest)}.`;
    Object.assign(at("context"), { max: facts.context_length, value: facts.context_length });
    Object.assign(at("refill"), { checked: facts.keeps && seconds < SHORT, disabled: !facts.keeps });
    Object.assign(at("seed"), { max: facts.starts.length - 1 });
    const layers = document.createDocumentFragment();
    layers.append(new Option("all layers", 0));
    for (let i = 1; i <= facts.layers; i++) layers.append(new Option(`layer ${i}`, i));
    at("layer").replaceChildren(layers);
    tokens.layer = 0;
    settings();
    setPace(); // a browser that goes back to a page keeps what was chosen
    restart();
    woken = !calm.matches;
    run(woken && !document.hidden);
  },
  reset({ frame }) {
    film.clear(frame);
    robot.begin(robot.shapes, frame);
    Object.assign(state, { latest: null, speeds: [], told: performance.now() });
    chart.begin(state.facts.time_limit, state.facts.targets.highest);
    numbers({ earned: 0, remaining: target(), velocity: 0, timestep: 0 });
    chart.draw(target());
  },
  step(shown) {
    state.begun ??= performance.now();
    state.speeds.push(shown.velocity); // metres per second, of each step
    state.latest = { ...shown, velocity: lately() };
    state.steps += 1;
    state.milliseconds += 0.1 * (shown.milliseconds - state.milliseconds);
    film.add(calm.matches ? shown.frames.slice(-1) : shown.frames);
    chart.add(shown.earned, shown.target);
    if (shown.over) {
      run(false);
      tell(ending(shown));
    } else if (performance.now() - state.told > TELL && state.running) tell(story(state.latest));
  },
  failed,
};

function failed({ message }) {
  state.running = false;
  at("loading").hidden = true;
  at("problem").hidden = false;
  at("problem").textContent = message;
  at("model").disabled = at("model").length < 2;
}

function tell(sentence) {
  state.told = performance.now();
  at("words").textContent = sentence;
}

/** The mean speed over the last second: within a stride it goes up and down. */
function lately() {
  const last = state.speeds.slice(-Math.round(1 / state.seconds));
  return last.reduce((sum, speed) => sum + speed, 0) / last.length;
}

const target = () => Number(at("target").value);

function settings() {
  const chosen = Object.fromEntries(SWITCHES.map((name) => [name, at(name).checked]));
  order("settings", { ...chosen, target: target(), context: Number(at("context").value) });
  at("target-shown").textContent = number(target());
  at("target").setAttribute("aria-valuetext", `a return of ${number(target())}`);
  const seen = Number(at("context").value);
  at("context-shown").textContent = seen === 1 ? "1 step" : `${seen} steps`;
  const earned = state.latest?.earned ?? 0;
  at("remaining").textContent = number(at("constantTarget").checked ? target() : target() - earned);
}

function setPace() {
  order("speed", { speed: Number(at("speed").value) });
}

function numbers({ earned, remaining, velocity, timestep }) {
  at("earned").textContent = number(earned);
  at("remaining").textContent = number(remaining);
  at("velocity").textContent = `${velocity.toFixed(1)} m/s`;
  at("timestep").textContent = number(timestep);
}

function run(wanted) {
  if (wanted && state.latest?.over) restart();
  state.running = wanted;
  at("run").textContent = wanted ? "Pause" : "Run";
  order("run", { running: wanted });
}

function restart() {
  if (!state.facts) return; // the seed can be chosen meanwhile
  const seed = Math.round(Number(at("seed").value)) || 0;
  at("seed").value = Math.min(state.facts.starts.length - 1, Math.max(0, seed));
  order("reset", { seed: Number(at("seed").value) });
  if (state.running) order("run", { running: true });
}

function single() {
  run(false);
  if (!state.latest?.over) order("step");
}

function push(metresPerSecond) {
  order("push", { metresPerSecond });
  tell(metresPerSecond > 0 ? "Pushed on." : "Pushed back.");
}

function load(folder) {
  if (dead) return failed(dead);
  for (const control of document.querySelectorAll("button, #target")) control.disabled = true;
  run(false);
  at("problem").hidden = true;
  at("loading").hidden = false;
  state.facts = null;
  loads += 1;
  order("load", { folder, number: loads });
  showRecorded(folder);
}

/** A run that was recorded when the page was built, until the model runs by itself. */
async function showRecorded(folder) {
  const run = await fetchJson(new URL(`${folder}run.json`, import.meta.url), "The recorded run", "").catch(() => null);
  if (!run?.frames?.length || state.facts || folder !== at("model").value) return;
  state.drawn = performance.now();
  state.recorded = { frames: run.frames.map((frame) => Float32Array.from(frame)), seconds: run.seconds, place: 0 };
  robot.begin(run.shapes, state.recorded.frames[0]);
}

const DO = {
  run: () => run(!state.running), step: single, restart, "push-back": () => push(-PUSH), "push-on": () => push(PUSH),
}; // prettier-ignore
for (const [id, act] of Object.entries(DO)) at(id).addEventListener("click", act);
for (const id of [...SWITCHES, "target", "context"]) at(id).addEventListener("input", settings);
at("speed").addEventListener("change", setPace);
at("seed").addEventListener("change", restart);
at("model").addEventListener("change", () => load(at("model").value));
at("layer").addEventListener("change", () => (tokens.layer = Number(at("layer").value)));

const KEYS = { " ": "run", ".": "step", r: "restart", b: "push-back", f: "push-on" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !state.facts) return;
  const typing = event.target.closest("button, select, input, a");
  if (KEYS[event.key] && !typing) {
    at(KEYS[event.key]).click();
    event.preventDefault();
  } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && !typing) {
    at("target")[event.key === "ArrowUp" ? "stepUp" : "stepDown"](5);
    settings();
    event.preventDefault();
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) woken = state.running;
  if (document.hidden ? state.running : woken) run(!document.hidden);
});

let before = performance.now();
function draw(now) {
  requestAnimationFrame(draw);
  const seconds = (now - before) / 1000;
  before = now;
  state.frames += 1;
  if (now - state.since > 1000) {
    state.rate = (1000 * state.frames) / (now - state.since);
    state.factor = (1000 * state.steps * (state.seconds ?? 0)) / (now - state.since); // 1 is real time
    Object.assign(state, { frames: 0, steps: 0, since: now });
    if (state.running) {
      const pace = `${state.rate.toFixed(0)} frames a second, ${state.milliseconds.toFixed(1)} ms a step`;
      at("pace").textContent = `${pace}, ${state.factor.toFixed(1)} times real time.`;
    }
  }
  if (!state.facts) {
    if (state.recorded) replay(state.recorded, seconds);
    return;
  }
  const frames = calm.matches ? 1 : state.facts.frame_skip;
  const speed = Number(at("speed").value) || 1000;
  const frame = film.advance(((seconds * speed) / state.seconds) * frames);
  robot.draw(frame);
  if (state.latest) {
    numbers(state.latest);
    chart.draw(target());
    tokens.draw(state.latest);
    at("hud").textContent = `${state.latest.velocity.toFixed(1)} m/s · step ${number(state.latest.timestep)}`;
  }
}
requestAnimationFrame(draw);

function replay(recorded, seconds) {
  if (!calm.matches) recorded.place = (recorded.place + seconds / recorded.seconds) % recorded.frames.length;
  const shown = FEW * Math.floor(recorded.place / FEW);
  if (shown === recorded.shown) return;
  recorded.shown = shown;
  robot.draw(recorded.frames[shown]);
  at("hud").textContent = "recorded";
}

/** A robot's models in the list. */
function group(env, models) {
  const part = Object.assign(document.createElement("optgroup"), { label: env });
  part.append(...models.map(({ folder, name }) => new Option(name, folder)));
  return part;
}

async function begin() {
  const models = await fetchJson(new URL("models/index.json", import.meta.url), "The list of models", "Build the page again: make live.");
  if (!models.length) return failed({ message: "There is no model beside this page. Build it with models: make live." });
  const robots = [...new Set(models.map(({ env }) => env))];
  at("model").replaceChildren(...robots.map((robot) => group(robot, models.filter(({ env }) => env === robot))));
  const asked = new URLSearchParams(location.search).get("model"); // ?model=halfcheetah-mixed
  at("model").value = (models.find(({ name }) => name === asked) ?? models[0]).folder;
  load(at("model").value);
}

begin().catch(failed);
