// Builds the page into dist/: node build.mjs. What it needs of models lies in models/, a folder for each, as
// dt-course export-web writes it.

import { build } from "esbuild";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";

import { record } from "./record.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const LIBRARIES = {
  "mujoco.wasm.gz": "node_modules/@mujoco/mujoco/mujoco.wasm",
  "ort.wasm.gz": "node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
};

await rm(here("dist"), { recursive: true, force: true });
await mkdir(here("dist"));
await build({
  entryPoints: { main: here("src/page/main.js"), worker: here("src/worker.js") },
  outdir: here("dist"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["module", "worker_threads"], // MuJoCo's, for Node alone
  legalComments: "none",
});
for (const file of await readdir(here("page"))) await cp(here(`page/${file}`), here(`dist/${file}`));
for (const [name, path] of Object.entries(LIBRARIES)) {
  await writeFile(here(`dist/${name}`), await promisify(gzip)(await readFile(here(path)), { level: constants.Z_BEST_COMPRESSION }));
}
await cp(here("../../LICENSE"), here("dist/apache-2.0.txt"));
await cp(here("models"), here("dist/models"), { recursive: true });
const models = [];
for (const folder of (await readdir(here("models"))).sort()) {
  const { name, env } = JSON.parse(await readFile(here(`models/${folder}/model.json`), "utf8"));
  models.push({ folder: `models/${folder}/`, name, env });
  const run = await record(here(`models/${folder}`), await readFile(here(LIBRARIES["ort.wasm.gz"])));
  await writeFile(here(`dist/models/${folder}/run.json`), JSON.stringify(run));
}
await writeFile(here("dist/models/index.json"), JSON.stringify(models));
