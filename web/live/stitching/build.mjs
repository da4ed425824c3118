// Builds the stitching board into dist/stitching/, beside the page of the robots, whose style and runtime it shares:
// node stitching/build.mjs. The board's files are in stitching/board/, as dt_helpers.stitching.export_board writes them.

import { build } from "esbuild";
import { existsSync } from "node:fs";
import { cp, readdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = here("../dist/stitching");

if (!existsSync(here("board"))) {
  throw new Error("The board's files are not there. make live makes them, by python -m dt_helpers.stitching.export_board.");
}
await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: { main: here("src/main.js") },
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
});
for (const file of await readdir(here("page"))) await cp(here(`page/${file}`), `${folder}/${file}`);
await cp(here("board"), `${folder}/board`, { recursive: true });
