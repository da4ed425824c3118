// The page: what the reader chooses starts the walks again, and each step is drawn and told.

import * as ort from "onnxruntime-web/wasm";

import { bestInData, counts, pieces, until } from "./data.js";
import { pathLength, shortestPath } from "./graph.js";
import { fetchBoard, fetchPolicies, PlainError } from "./loading.js";
import { Picture } from "./picture.js";
import { make, pathRows, stepRows } from "./tables.js";
import { tries, Walk } from "./walk.js";
import { ended, pathText, promise, seams, signed, stepped } from "./words.js";

const at = (id) => document.getElementById(id);
const PAUSE = 900; // ms between two steps of a run
const KINDS = ["model", "clone", "arrived"]; // as the style sheet names the policies
const START = 4; // far from the goal, which walks came to from here
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 50rem)");

const state = { board: null, policies: [], walks: [], running: false, drawn: { dijkstra: true, model: true, clone: true } };
window.board = state; // for those who want to look inside
let picture;
let queue = Promise.resolve(); // one thing after another

const chosen = () => ({ start: Number(at("start").value), goal: Number(at("goal").value), target: Number(at("target").value) });
const tell = (sentence) => (at("words").textContent = sentence);

/** Start and goal were chosen: the target becomes the best return that the walks had from there. */
function journey() {
  const { board } = state;
  const { start, goal } = chosen();
  state.best = shortestPath(board, start, goal);
  const seen = bestInData(board, goal)[start];
  at("target").value = Math.max(-board.longest, seen === -Infinity ? -board.longest : Math.min(-1, seen));
  const recorded = seen === -Infinity ? "No walk went on from the start to the goal." : `The best walk that came through the start went on with ${signed(seen)}.`;
  at("target-help").textContent = `A path's return is minus its length. ${recorded}`;
  at("tries").replaceChildren();
  restart();
  if (state.policies.length) enqueue(tryAll);
}

function restart() {
  run(false);
  const { start, goal, target } = chosen();
  at("target-shown").textContent = signed(target);
  at("target").setAttribute("aria-valuetext", `a return of ${signed(target)}`);
  for (const button of at("tries").children) button.setAttribute("aria-pressed", Number(button.value) === target);
  state.walks = state.policies.map((policy) => new Walk(policy, start, goal, target));
  tell(start === goal ? "Start and goal are the same node: choose another." : `From ${start} to ${goal}, asked for ${signed(target)}.`);
  enqueue(show);
}

/** Everybody takes a step. */
async function step() {
  const moving = state.walks.filter((walk) => !walk.over);
  if (!moving.length) return;
  for (const walk of moving) await walk.step();
  const walk = shownWalk();
  if (moving.includes(walk)) tell(stepped(walk.policy, walk.steps.at(-1)));
  if (state.walks.every(({ over }) => over)) {
    run(false);
    tell(`${at("words").textContent} ${ending()}`);
  }
  await show();
}

function ending() {
  const [{ arrived, path, goal }] = state.walks;
  const length = pathLength(state.board, path);
  const best = pathLength(state.board, state.best);
  return ended({ arrived, length, target: chosen().target, best, pieces: pieces(state.board, path), goal });
}

function run(wanted) {
  state.running = wanted && state.walks.some((walk) => !walk.over);
  at("run").textContent = state.running ? "Pause" : "Run";
  if (state.running) go();
}

async function go() {
  const mine = state.walks;
  while (state.running && mine === state.walks) {
    await enqueue(step);
    if (!calm.matches) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

const shownWalk = () => state.walks[Number(at("shown").value) || 0];

/** Draw all that is known now. */
async function show() {
  const { board, walks, drawn, best } = state;
  const { start, goal } = chosen();
  const walk = shownWalk();
  const look = walk && !walk.over ? await walk.look() : null;
  if (walk !== shownWalk()) return; // started again meanwhile
  const paths = [{ kind: "dijkstra", name: "Dijkstra, with the map", path: best, value: best ? signed(-pathLength(board, best)) : "never" }];
  walks.forEach(({ policy, path, arrived, over }, i) => {
    const soFar = signed(-pathLength(board, path));
    paths.push({ kind: KINDS[i], name: policy.name, path, value: arrived ? soFar : over ? "never" : `${soFar} so far` });
  });
  const toggled = (kind) => (checked) => {
    drawn[kind] = checked;
    enqueue(show);
  };
  at("paths").replaceChildren(...pathRows(paths.map((row) => ({ ...row, drawn: Boolean(drawn[row.kind]), onToggle: toggled(row.kind) }))));
  at("rows").replaceChildren(...(walk ? stepRows(walk, look) : []));
  at("seams").replaceChildren(...(walks[0]?.arrived && start !== goal ? origins(walks[0].path) : []));
  const one = at("one").checked ? board.walks[Number(at("walk").value)] : null;
  at("walk-text").textContent = one ? walkText(one, goal) : "";
  picture.draw({
    counts: at("counts").checked ? counts(board) : null,
    walk: one,
    paths: paths.filter(({ kind, path }) => drawn[kind] && path).map(({ path, kind }) => ({ nodes: path, kind })),
    look,
    start,
    goal,
    here: walk?.here,
  });
}

function walkText(walk, goal) {
  const steps = until(walk, goal).length - 1;
  const end = walk.includes(goal) ? `It comes to the goal after ${steps} steps.` : "It does not come to the goal.";
  return `${pathText(walk)}. ${end}`;
}

/** What the model's path is made of, and a button for each walk that holds a piece. */
function origins(path) {
  const found = pieces(state.board, path);
  const buttons = (found ?? []).map(({ walk, first, last }) => {
    const button = make("button", { type: "button" }, `walk ${walk}: ${pathText(path.slice(first, last + 1))}`);
    button.addEventListener("click", () => showWalk(walk));
    return button;
  });
  return [`The model's path. ${seams(found)} `, ...buttons];
}

function showWalk(number) {
  at("walk").value = number;
  at("one").checked = true;
  enqueue(show);
}

/** The ten squares. */
async function tryAll() {
  const { start, goal } = chosen();
  if (start === goal) return;
  const found = await tries(state.policies[0], start, goal);
  if (start !== chosen().start || goal !== chosen().goal) return;
  const best = pathLength(state.board, state.best);
  const squares = found.reverse().map(({ target, achieved }) => {
    const kind = achieved === -Infinity ? "never" : achieved >= target ? "kept" : "late";
    const words = promise({ target, achieved }, best);
    const square = make("button", { type: "button", value: target, className: -target === best ? `${kind} best` : kind, title: words }, signed(target));
    square.setAttribute("aria-label", words);
    square.addEventListener("click", () => {
      at("target").value = target;
      restart();
    });
    return square;
  });
  at("tries").replaceChildren(...squares);
  for (const button of squares) button.setAttribute("aria-pressed", Number(button.value) === chosen().target);
}

function clicked(node) {
  const what = document.querySelector("input[name=click]:checked").value;
  if (what === "goal" && !state.board.goals.includes(node)) return tell(`No street leads to node ${node}: it can't be the goal.`);
  at(what).value = node;
  journey();
}

const another = () => showWalk(Math.floor(Math.random() * state.board.walks.length));

function enqueue(task) {
  queue = queue.then(task).catch(failed);
  return queue;
}

function failed(error) {
  state.running = false;
  at("loading").hidden = true;
  at("problem").hidden = false;
  at("problem").textContent = error instanceof PlainError ? error.message : `Something went wrong that nobody thought of: ${error?.message ?? error}`;
}

const DO = { run: () => run(!state.running), step: () => enqueue(step), restart, another };
const KEYS = { " ": "run", ".": "step", r: "restart", w: "another" };

function listen() {
  for (const [id, act] of Object.entries(DO)) at(id).addEventListener("click", act);
  for (const id of ["start", "goal"]) at(id).addEventListener("change", journey);
  at("target").addEventListener("input", restart);
  for (const id of ["shown", "counts", "one", "walk"]) at(id).addEventListener("change", () => enqueue(show));
  narrow.addEventListener("change", () => {
    picture.turn(narrow.matches);
    enqueue(show);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, select, input, a")) return;
    const arrow = { ArrowUp: "stepUp", ArrowDown: "stepDown" }[event.key];
    if (!KEYS[event.key] && !arrow) return;
    event.preventDefault();
    if (KEYS[event.key]) return at(KEYS[event.key]).click();
    at("target")[arrow]();
    restart();
  });
}

async function begin() {
  const board = await fetchBoard(import.meta.url);
  state.board = board;
  picture = new Picture(at("graph"), board, clicked);
  picture.turn(narrow.matches);
  at("start").replaceChildren(...board.places.map((_, node) => new Option(node, node)));
  at("goal").replaceChildren(...board.goals.map((node) => new Option(node, node)));
  Object.assign(at("target"), { min: -board.longest, max: -1 });
  at("walk").max = board.walks.length - 1;
  at("start").value = START;
  at("goal").value = board.goal;
  listen();
  journey();
  state.policies = await fetchPolicies(ort, board, import.meta.url);
  at("shown").replaceChildren(...state.policies.map(({ name }, i) => new Option(name, i)));
  at("loading").hidden = true;
  for (const id of ["run", "step", "restart"]) at(id).disabled = false;
  journey();
}

begin().catch(failed);
