// Builds the page into dist/, or into the folder that is named: node build.mjs [FOLDER]. Models are in models/, a folder
// for each, as dt-course export-web writes it. Without any, the page is built alone: dt_helpers.rollout.live adds some.

import { build } from "esbuild";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

import { record } from "./record.mjs";
import { stripped } from "./strip.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = process.argv[2] ? resolve(process.env.INIT_CWD ?? "", process.argv[2]) : here("dist");
const into = (path) => join(folder, path);
const LIBRARIES = {
  "mujoco.wasm.gz": "node_modules/@mujoco/mujoco/mujoco.wasm",
  "ort.wasm.gz": "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
};

if (!process.argv[2]) await rm(folder, { recursive: true, force: true }); // what else a named folder holds, stays
await mkdir(folder, { recursive: true });
await build({
  entryPoints: { main: here("src/page/main.js"), worker: here("src/worker.js") },
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["module", "worker_threads"], // MuJoCo's, for Node alone
  legalComments: "none",
});
for (const file of await readdir(here("page"))) await cp(here(`page/${file}`), into(file));
for (const [name, path] of Object.entries(LIBRARIES)) {
  const packed = await promisify(gzip)(stripped(await readFile(here(path))), { level: constants.Z_BEST_COMPRESSION });
  await writeFile(into(name), packed);
}
await cp(here("../../LICENSE"), into("apache-2.0.txt"));
await mkdir(into("models"), { recursive: true });
const models = [];
for (const name of (await readdir(here("models")).catch(() => [])).sort()) {
  const described = JSON.parse(await readFile(here(`models/${name}/model.json`), "utf8"));
  await cp(here(`models/${name}`), into(`models/${name}`), { recursive: true });
  models.push({ folder: `models/${name}/`, name: described.name, env: described.env });
  const run = await record(here(`models/${name}`), await readFile(here(LIBRARIES["ort.wasm.gz"])));
  await writeFile(into(`models/${name}/run.json`), JSON.stringify(run));
}
await writeFile(into("models/index.json"), JSON.stringify(models));
