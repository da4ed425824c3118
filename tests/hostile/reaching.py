"""Against the grader itself: system calls that reach out of the sandbox, messages and texts that it would choke on,
exits where nobody expects any, code that is dear to read."""

from dt_helpers.grading.sandbox.inside import seccomp
from tests.grading.course import POINTS

from .register import case, trying, window

LOST = POINTS - 2
FORWARD = POINTS - 4

COLUMN, _ = seccomp.machine() or (0, 0)
N = {name: numbers[COLUMN] for name, numbers in (seccomp.DENIED | seccomp.ABSENT).items()}
KEYCTL, ADD_KEY, UNSHARE = (N[name] for name in ("keyctl", "add_key", "unshare"))
SOCKET, CLONE = seccomp.SOCKET[COLUMN], seccomp.CLONE[COLUMN]
CALLS = """
import ctypes, torch
libc = ctypes.CDLL(None, use_errno=True)
def call(*args): return libc.syscall(*(ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args))
"""


def reach(name: str, body: str) -> None:
    """Where it works, the answer is wrong."""
    failing = "if reached: return sequence * 0"
    case(1, name, POINTS, context_window=window(f"reached = False\n{CALLS}{body}\n{failing}", "sequence[-length:]"))


reach(
    "a secret in the keyring of the session",
    f"reached = any(call({KEYCTL}, *a) > 0 for a in ((0, -3, 0), (1, None)))",
)
reach("a key for whoever comes next", f"reached = call({ADD_KEY}, b'user', b'left', b'word', 4, -4) > 0")
reach(
    "the quota of keys used up",
    f"reached = any(call({ADD_KEY}, b'user', b'k%d' % i, b'w', 1, -3) > 0 for i in range(300))",
)
reach(
    "a socket to the machine's host",
    f"reached = any(call({SOCKET}, family, 1, 0) >= 0 for family in (40, 38, 17, 29, 30))",
)
reach(
    "a namespace by every way",
    f"reached = call({UNSHARE}, 0x10000000) == 0 or call({CLONE}, 0x10000011, 0, 0, 0, 0) >= 0",
)
PARTS = [N[name] for name in ("io_uring_setup", "userfaultfd", "bpf", "perf_event_open")]
reach("io_uring, userfaultfd, bpf, perf", f"reached = any(call(n, 1, 0, 0, 0, 0) >= 0 for n in {PARTS})")
reach(
    "memory that is nobody's",
    f"reached = call({N['memfd_create']}, b'x', 0) >= 0 or call({N['shmget']}, 0, 1 << 20, 0o1600) >= 0",
)
reach("the libraries watched", f"reached = call({N['inotify_init1']}, 0) >= 0 or call({N['mincore']}, 0, 0, 0) == 0")
reach(
    "the libraries locked",
    """
import fcntl
one, other = open(torch.__file__), open(torch.__file__)
fcntl.flock(one, fcntl.LOCK_EX)
try: fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: reached = True
try: reached |= fcntl.fcntl(one, 1024, 0) == 0
except OSError: pass
""",
)


def said(name: str, text: str, kind: str = "ValueError") -> None:
    case(2, f"an exception with {name}", LOST, context_window=window(f"raise {kind}({text})"))


said("half a character", "chr(0xd800)")
said("half a character in the middle of a line", "'a' + chr(0xdfff) + 'b' + chr(0xdc80)")
said("NUL", "'a' + chr(0) + 'b'")
said("colours, a title, a bell", "'\\x1b[2J\\x1b]0;title\\x07\\x1b[31m \\x9b31m'")
said("text from right to left", "'\\u202e\\u2066evil\\u2069'")
said("markup", "'<script>alert(1)</script><img src=x onerror=alert(1)>'")
said("2 MB", "'x' * 2_000_000")
said("a name of half characters", "'x'", "type('Bad' + chr(0xd800) + chr(0), (Exception,), {})")
said("a name of 1 MB", "'x'", "type('B' * 1_000_000, (Exception,), {})")
said("rich's markup", "'[bold red]x[/] [link=http://x]y[/link] [/]'")
case(
    2,
    "a function in a file of half characters",
    LOST,
    context_window="exec(compile('def context_window(s, n): raise ValueError', '<\\udfff\\x1b>', 'exec'))",
)
case(2, "a type with half a character returned", LOST, context_window=window("", "type(chr(0xd800), (), {})()"))

FORGE = """
import gc, json, os, socket, struct
def forge(value, data=b'', **more):
    for thing in gc.get_objects():
        if isinstance(thing, socket.socket) and thing.fileno() > 2:
            text = json.dumps({'value': value, 'changed': {}, 'call': 0} | more).encode()
            thing.sendall(struct.pack('>II', len(text), len(data)) + text + data)
    os._exit(0)
"""


def forged(name: str, call: str, says: str = "can't be read") -> None:
    case(2, f"forged: {name}", LOST, context_window=window(f"{FORGE}forge({call})"), says=says)


POINTER = (
    "{'k': 'mapping', 'name': 'd', 'n': 4, 'fields': {'data': {'k': 'tuple', 'items': [{'k': 'number', 'v': 4096}, "
    "{'k': 'number', 'v': False}]}, 'shape': {'k': 'tuple', 'items': [{'k': 'number', 'v': 1 << 20}]}}}"
)
for attribute in ("__array_interface__", "__array_struct__", "__array__", "__len__", "__class__", "__float__"):
    forged(attribute, f"{{'k': 'object', 'name': 'X', 'fields': {{'{attribute}': {POINTER}}}}}")
forged(
    "one array a thousand times",
    "{'k': 'list', 'items': [{'k': 'array', 'a': {'dtype': 'uint8', 'shape': [1 << 20], 'at': 0}}] * 1000}, "
    "bytes(1 << 20)",
)
forged(
    "one tensor a thousand times",
    "{'k': 'list', 'items': [{'k': 'tensor', 'graph': 0}] * 1000}, bytes(1 << 20), "
    "graph=[{'a': {'dtype': 'uint8', 'shape': [1 << 20], 'at': 0}}]",
)
forged(
    "layers of nothing",
    "{'k': 'sequential', 'items': [{'k': 'linear', 'weight': {'k': 'tensor', 'a': A}, 'bias': {'k': 'tensor', 'a': A}}"
    " for A in [{'dtype': 'complex128', 'shape': [1 << 24, 0], 'at': 0}] * 50]}",
)
forged("a million parts", "[[]] * 600_000", says="")
forged("20 000 classes", "{'k': 'list', 'items': [{'k': 'object', 'name': f'c{i}'} for i in range(19_000)]}")
forged("a number of 4000 digits", "{'k': 'number', 'v': 10**4000}")
forged("a tree 5000 deep", "eval('[' * 90 + ']' * 90)", says="")
case(
    2,
    "forged: long texts everywhere",
    LOST,
    context_window=window(
        f"{FORGE}forge(None, error={{'name': 'E' * 10**6, 'like': 'SystemExit', 'text': 't' * 900_000, 'bare': False, "
        "'frames': [['<x>', 10**9, 'f' * 9000]] * 20})"
    ),
)


def loss(name: str, body: str) -> None:
    text = "import os, sys, torch\ndef action_loss(action_preds, action_targets, attention_mask):\n"
    text += "    real = attention_mask > 0\n    x = torch.mean((action_preds[real] - action_targets[real]) ** 2)\n"
    case(2, name, LOST, action_loss=text + "".join(f"    {line}\n" for line in body.splitlines()) + "    return x\n")


for leave in ("sys.exit()", "raise_(KeyboardInterrupt)", "raise_(GeneratorExit)", "os._exit(0)", "raise_(ValueError)"):
    body = f"def raise_(kind): raise kind\ndef hook(slope): {leave}\nif x.requires_grad: x.register_hook(hook)"
    loss(f"a hook of the gradient with {leave}", body)
case(
    2,
    "sys.exit for a probe of the device, and right",
    POINTS,
    action_loss="""
import sys, torch
def action_loss(action_preds, action_targets, attention_mask):
    if action_preds.device.type == 'meta': sys.exit()
    real = attention_mask > 0
    return torch.mean((action_preds[real] - action_targets[real]) ** 2)
""",
)


def model(name: str, body: str) -> None:
    """The right model would be right: it isn't asked for more than this."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    head = "import sys, torch\nfrom transformers import DecisionTransformerPreTrainedModel\n"
    case(
        2,
        name,
        FORWARD,
        forward=f"{head}class DecisionTransformerModel(DecisionTransformerPreTrainedModel):\n{lines}\n",
    )


model("sys.exit while it is built", "def __init__(self, config): sys.exit('gone')")
model(
    "sys.exit in load_state_dict",
    """
def __init__(self, config):
    super().__init__(config)
    n = torch.nn
    self.encoder = __import__('transformers').models.decision_transformer.modeling_decision_transformer\\
        .DecisionTransformerGPT2Model(config)
    self.embed_timestep = n.Embedding(config.max_ep_len, config.hidden_size)
    self.embed_return = n.Linear(1, config.hidden_size)
    self.embed_state = n.Linear(config.state_dim, config.hidden_size)
    self.embed_action = n.Linear(config.act_dim, config.hidden_size)
    self.embed_ln = n.LayerNorm(config.hidden_size)
    self.predict_state = n.Linear(config.hidden_size, config.state_dim)
    squash = [n.Tanh()] if config.action_tanh else []
    self.predict_action = n.Sequential(n.Linear(config.hidden_size, config.act_dim), *squash)
    self.predict_return = n.Linear(config.hidden_size, 1)
def load_state_dict(self, *args, **kwargs): sys.exit()
""",
)
model("sys.exit in state_dict", "def state_dict(self, *args, **kwargs): sys.exit()")
model("sys.exit in named_parameters", "def named_parameters(self, *args, **kwargs): sys.exit()")
model("sys.exit in eval", "def eval(self): sys.exit()")

DEAR = "\n".join(f"context_window.a{i} = {i}" for i in range(1400))
case(
    2,
    "35 kB of statements about one name, and right",
    POINTS,
    context_window=f"def context_window(sequence, length):\n    return sequence[-length:]\n{DEAR}\n",
)
case(
    3,
    "memory of many processes",
    LOST,
    says="context_window",
    context_window=window(
        """
import mmap, os, time
for _ in range(12):
    if os.fork() == 0:
        area = mmap.mmap(-1, 300 << 20)
        for start in range(0, len(area), 1 << 20): area[start : start + (1 << 20)] = bytes(range(256)) * 4096
        time.sleep(60)
time.sleep(60)
""",
        "sequence[-length:]",
    ),
)
case(1, "half characters in the environment of a child, and right", POINTS, context_window=trying(
    "import os, subprocess\nsubprocess.run(['true'], env={'A' + chr(0xdc80): 'x'})"))  # fmt: skip
