// Fetching files and starting the libraries, with errors that say in plain words what is wrong.

export const FORMAT = 2; // of model.json, as dt_helpers.rollout.export_web writes it

export class PlainError extends Error {}

/** The bytes at `url`, unpacked as they arrive if they are gzip's. `what` names them in errors. */
export async function fetchBytes(url, what) {
  let response;
  try {
    response = await fetch(url);
  } catch {
    throw new PlainError(`${what} could not be loaded: the server does not answer. Reload the page to try again.`);
  }
  if (!response.ok) throw new PlainError(`${what} is missing: ${url.pathname ?? url} gives ${response.status}.`);
  try {
    return new Uint8Array(await new Response(await unpacked(response.body)).arrayBuffer());
  } catch {
    throw new PlainError(
      `${what} is damaged, or the connection broke off. Reload the page to try again, or build it again: make live.`,
    );
  }
}

/** A stream without gzip's packing, which some servers take off by themselves. */
async function unpacked(stream) {
  const reader = stream.getReader();
  const first = (await reader.read()).value ?? new Uint8Array();
  const whole = new ReadableStream({
    start: (controller) => controller.enqueue(first),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  return first[0] === 0x1f && first[1] === 0x8b ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

/** What a JSON file says. `remedy`: a sentence for the case that it is damaged. */
export async function fetchJson(url, what, remedy) {
  const text = new TextDecoder().decode(await fetchBytes(url, what));
  try {
    return JSON.parse(text);
  } catch {
    throw new PlainError(`${what}, ${url.pathname.split("/").at(-1)}, is damaged. ${remedy}`);
  }
}

/** What model.json says, checked. */
export async function fetchFacts(url) {
  const facts = await fetchJson(url, "The model's description", "Export the model again: dt-course export-web.");
  if (facts.format !== FORMAT) {
    throw new PlainError(
      `The model was exported for another version of this page: its format is ${facts.format}, and ${FORMAT} is ` +
        "expected. Export it again: dt-course export-web.",
    );
  }
  return facts;
}

/** Throws if the browser is too old, or if it, or the page's server, doesn't let WebAssembly run. */
export function requireWebAssembly() {
  if (typeof DecompressionStream === "undefined") {
    throw new PlainError("This browser is too old: it can't unpack files. Any one from the year 2023 on will do.");
  }
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
