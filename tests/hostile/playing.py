"""Episodes that are not played as they should: the environment and the model are the grader's."""

from tests.grading.course import POINTS

from .register import case

LOST = POINTS - 4


def play(kind: int, name: str, body: str, says: str = "") -> None:
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    text = f"def run_episode(model, env, target_return, max_steps, seed):\n{lines}\n"
    case(kind, name, LOST, says=says, run_episode=text)


play(0, "rewards made up", "return [target_return / max_steps] * max_steps")
play(
    0,
    "an environment of one's own",
    """
env.reset(seed=seed)
class Mine:
    def __getattr__(self, name): return lambda *args, **kwargs: ([0.0], 1.0, True, False, {})
env.__class__ = Mine
return [env.step(None)[1]]
""",
)
play(
    0,
    "the environment's state looked for",
    """
import gc
worlds = [thing for thing in gc.get_objects() if type(thing).__name__ in ('World', 'Policy', '_Run', '_Asked')]
return [world.scale for world in worlds]
""",
)
play(0, "another object asked", "return env.ask.func(env.ask.args[0], 0, 'seen')", says="can't be read")
play(
    3,
    "steps without an end",
    """
env.reset(seed=seed)
while True:
    try: env.step([0.0] * model.config.act_dim)
    except Exception: pass
""",
    says="more than 500 times",
)
play(3, "a huge action", "env.reset(seed=seed)\nreturn [env.step(np.zeros(1 << 22))[1]]", says="16 MiB")
play(3, "an object as an action", "env.reset(seed=seed)\nreturn [env.step(object())[1]]", says="stopped with")
play(3, "a window without an end", "return model(*[torch.zeros(1, 1 << 18, 3)] * 6)", says="no episode is longer")
