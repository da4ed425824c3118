// Fetching files and starting the libraries, with errors that say in plain words what is wrong.

export const FORMAT = 1; // of model.json, as dt_helpers.rollout.export_web writes it

export class PlainError extends Error {}

/** The bytes at `url`, unpacked if they are gzip's. `what` names them in errors. */
export async function fetchBytes(url, what) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new PlainError(`${what} could not be loaded: the server does not answer. Reload the page to try again.`);
  }
  if (!response.ok) throw new PlainError(`${what} is missing: ${url.pathname ?? url} gives ${response.status}.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes; // some servers unpack by themselves
  const unpacked = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
  try {
    return new Uint8Array(await unpacked.arrayBuffer());
  } catch {
    throw new PlainError(`${what} is damaged: it can't be unpacked. Build the page again: make live.`);
  }
}

/** What model.json says, checked. */
export async function fetchFacts(url) {
  const text = new TextDecoder().decode(await fetchBytes(url, "The model's description"));
  let facts;
  try {
    facts = JSON.parse(text);
  } catch {
    throw new PlainError("The model's description, model.json, is damaged. Export the model again: dt-course export-web.");
  }
  if (facts.format !== FORMAT) {
    throw new PlainError(
      `The model was exported for another version of this page: its format is ${facts.format}, and ${FORMAT} is ` +
        "expected. Export it again: dt-course export-web.",
    );
  }
  return facts;
}

/** Throws if the browser, or the page's server, doesn't let WebAssembly run. */
export function requireWebAssembly() {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)); // the smallest there is
    new Function("return 0"); // MuJoCo's functions are made like this
  } catch {
    throw new PlainError(
      "WebAssembly is blocked here, and the physics and the model need it. Either the browser has it switched off (a " +
        "strict security mode, an extension), or the server forbids it: its Content-Security-Policy has to allow " +
        "'wasm-unsafe-eval' and 'unsafe-eval' for scripts.",
    );
  }
}

/** What `start` gives; what it throws, in other words. */
export async function started(start, otherwise) {
  try {
    return await start();
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError(`${otherwise} (${error?.message ?? error})`);
  }
}
