// A policy, run by ONNX Runtime.

export class Policy {
  /** `ort`: onnxruntime-web; `bytes`: an ONNX file of the board; `facts`: its entry in board.json's `policies`. */
  static async load(ort, bytes, board, facts) {
    const policy = new Policy();
    Object.assign(policy, { ort, board, ...facts });
    policy.session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    return policy;
  }

  /** The logits for the node after `path`, one for each node; `asked`: what may be spent, at each node of the path. */
  async logits(path, asked, goal) {
    const { ort, board } = this;
    const given = tokens(board, path, this.conditioned ? asked : asked.map(() => 0), goal);
    const feeds = Object.entries(given).map(([name, nodes]) => [name, new ort.Tensor("int64", nodes, [1, board.steps])]);
    const { logits } = await this.session.run(Object.fromEntries(feeds));
    const nodes = board.places.length;
    return logits.data.slice((path.length - 1) * nodes, path.length * nodes);
  }
}

/** The policy's inputs by name. What is not known yet is 0: no step sees a later one. */
export function tokens(board, path, asked, goal) {
  const at = (values) => BigInt64Array.from({ length: board.steps }, (_, t) => BigInt(values[t] ?? 0));
  return {
    states: at(path),
    actions: at(path.slice(1)), // where each step led
    returns_to_go: at(asked.map((left) => goal * (board.longest + 2) + left)), // one token for the goal and the return
  };
}

/** The probabilities of the neighbours, which sum to 1. */
export function chances(logits, nodes) {
  const most = Math.max(...nodes.map((node) => logits[node]));
  const weights = nodes.map((node) => Math.exp(logits[node] - most));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
