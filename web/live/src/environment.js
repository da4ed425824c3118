// A robot of the course in MuJoCo's WebAssembly build.

import { isHealthy, observe, reward } from "./rules.js";

const PLANE = 0; // mjGEOM_PLANE

export class Environment {
  /** `mujoco`: the loaded module; `xml`: robot.xml; `facts`: model.json. */
  constructor(mujoco, xml, facts) {
    this.mujoco = mujoco;
    this.facts = facts;
    this.model = mujoco.MjModel.from_xml_string(xml);
    this.data = new mujoco.MjData(this.model);
    for (const [name, values] of Object.entries(facts.changed)) this.model[name].set(values);
    if (Object.keys(facts.changed).length) mujoco.mj_setConst(this.model, this.data);
    this.seconds = this.model.opt.timestep * facts.frame_skip;
    this.solids = [...this.model.geom_type.keys()].filter((i) => this.model.geom_type[i] !== PLANE);
  }

  /** Begin as Python's reset(seed=seed) does; returns the observation. */
  reset(seed) {
    const start = this.facts.starts[seed];
    this.mujoco.mj_resetData(this.model, this.data);
    this.data.qpos.set(start.qpos);
    this.data.qvel.set(start.qvel);
    this.mujoco.mj_forward(this.model, this.data);
    return this.observation();
  }

  observation() {
    return observe(this.facts.rules, this.data.qpos, this.data.qvel);
  }

  /** One step with `action`, Float32Array (act_dim); `frames` has where the solids were at each of its moments. */
  step(action) {
    const { model, data, mujoco, facts } = this;
    const before = data.qpos[0];
    data.ctrl.set(action);
    const frames = [];
    for (let i = 0; i < facts.frame_skip; i++) {
      mujoco.mj_step(model, data);
      frames.push(this.frame());
    }
    mujoco.mj_rnePostConstraint(model, data);
    const healthy = isHealthy(facts.rules, data.qpos, data.qvel);
    const metres = data.qpos[0] - before;
    return {
      observation: this.observation(),
      reward: reward(facts.rules, metres, this.seconds, healthy, action),
      fell: !healthy,
      velocity: metres / this.seconds,
      frames,
    };
  }

  /** A blow: the whole robot is faster forward by `metresPerSecond` from now on. */
  push(metresPerSecond) {
    this.data.qvel[0] += metresPerSecond;
  }

  /** Radius and body of each solid, in the order of the frames. */
  shapes() {
    const { geom_size, geom_bodyid } = this.model;
    return this.solids.map((i) => ({ radius: geom_size[3 * i], body: geom_bodyid[i] }));
  }

  /** Each solid's two ends in the plane of the run: Float32Array of x1, z1, x2, z2, x1, ... in metres. */
  frame() {
    const { geom_size } = this.model;
    const { geom_xpos, geom_xmat } = this.data;
    return Float32Array.from(
      this.solids.flatMap((i) => {
        const half = geom_size[3 * i + 1]; // along the geom's own z axis
        const [x, z] = [geom_xpos[3 * i], geom_xpos[3 * i + 2]];
        const [dx, dz] = [half * geom_xmat[9 * i + 2], half * geom_xmat[9 * i + 8]];
        return [x - dx, z - dz, x + dx, z + dz];
      }),
    );
  }
}
