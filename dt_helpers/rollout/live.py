"""A trained model runs below a notebook's cell, in the reader's browser, and obeys a slider (`docs/live.md`).

The page is exported into the workspace and served from there, to this machine alone. The browser decides: if it reaches
the page, it shows it, and if it doesn't, a film. It doesn't after the kernel has ended, on a remote machine without
jupyter-server-proxy, or in a notebook that is not trusted. As in `slider`, the handler is an attribute, without a
script or an id.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from dt_helpers import rollout, video
from dt_helpers.data.replay_facts import ReplayFacts
from dt_helpers.machine import released
from dt_helpers.model import DecisionTransformerModel, onnx_form
from dt_helpers.rollout import export_web
from dt_helpers.rollout.local_server import Served, serve
from dt_helpers.workspace import cache_dir, replacing, workspace

PARTS = ("index.html", "main.js", "worker.js", "style.css", "mujoco.wasm.gz", "ort.wasm.gz")
PACKAGE = Path(__file__).parents[1]
SOURCE = PACKAGE.parent / "web" / "live"  # in a checkout
ALIVE = "alive.svg"  # what the browser asks for, to see whether the page is within its reach
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
EMPTY = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="

ASKED = "The film shows the beginning of a run that was asked for {target:,.0f}."
SHOWN = (
    "The page with your model opens here while this notebook's kernel runs and your browser reaches it: on your own "
    "machine, on Colab, or on a server with jupyter-server-proxy. Run the cell again to open it."
)
LEFT_OUT = (
    "When you run this cell, your model runs here, in your browser, beside a slider that sets what it is asked for."
)
WITHOUT = "Your model can run here, in your browser. {what}, then run this cell again."
BUILD = (
    "The page for it has to be built once, which needs Node.js 20 or newer, with npm: run <code>{command}</code> "
    "in {where}"
)
# The browser runs this; `URL` alone would be the document's there. On the reader's own machine it tries the address
# itself, then JupyterLab's proxy.
OPEN = Template("""
const box = this.closest('.dt-live'), frame = box.querySelector('iframe'), link = box.querySelector('a');
const show = (base) => {
  frame.src = link.href = base + '$key/';
  box.querySelector('.dt-page').style.display = '';
  box.querySelector('.dt-film').style.display = 'none';
  box.querySelector('video').pause();
};
const own = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
const lab = document.getElementById('jupyter-config-data');
const bases = own ? ['http://127.0.0.1:$port/'] : [];
if (lab) bases.push(new window.URL(JSON.parse(lab.textContent).baseUrl + 'proxy/$port/', location.href).href);
const reach = () => {
  const base = bases.shift();
  if (!base) return;
  const probe = new Image();
  probe.onload = () => show(base);
  probe.onerror = reach;
  probe.src = base + '$key/$alive';
};
const colab = window.google?.colab?.kernel;
if (!colab) reach();
else if (colab.accessAllowed) colab.proxyPort($port).then((url) => show(new window.URL('/', url).href));
""")


@dataclass(frozen=True)
class Live:
    """A page with models, below a cell; a film where it can't be shown."""

    names: list[str]  # the models' data
    film: video.Video
    target: float  # what the film's run was asked for
    served: Served | None  # where the page is; None if there is only the film
    told: str  # HTML, above the film

    def __repr__(self) -> str:
        return f"<Live: {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        about = f"<p>{self.told} {escape(ASKED.format(target=self.target))}</p>"
        film = f'<div class="dt-film">{about}{self.film._repr_html_()}</div>'
        if self.served is None:
            return f'<div class="dt-live">{film}</div>'
        handler = OPEN.substitute(port=self.served.port, key=self.served.key, alive=ALIVE)
        return f"""<div class="dt-live">
<div class="dt-page" style="display: none">
<p>Your model runs on the page below: robot and model are computed in your browser. Everything can be done by the
keyboard, and what happens is said in words. <a target="_blank" rel="noopener">Open it in a tab of its own</a></p>
<iframe title="Your Decision Transformer, live: a robot runs, and a slider sets the target return" loading="eager"
 style="width: 100%; height: 760px; border: 1px solid rgba(128, 128, 128, 0.5); border-radius: 6px"></iframe></div>
{film}
<img alt="" style="display: none" src="{EMPTY}" onload="{escape(handler)}"></div>"""


def show(
    *models: DecisionTransformerModel,
    env_name: str | None = None,
    folder: Path | str | None = None,
    page: Path | str | None = None,
) -> Live:
    """The page on which `models` run, to be a notebook cell's last value; the first one is shown first.

    Page and models are put into `folder`, ``live`` in the workspace by default, which is replaced as a whole. The
    environment is `env_name`, or for each model that of its data. `page` is the folder with the built page; by default
    the one that `find_page` finds. If there is none, if the extra ``web`` is missing, or if the environment variable
    DT_LIVE is ``film``, only a film of the first model is shown, with a sentence that says what is missing.
    Raises ValueError as `export_web.export` does, and if there are no models.
    """
    if not models:
        raise ValueError("live.show needs at least one model: live.show(model).")
    facts = [ReplayFacts.of(model.config) for model in models]
    target = export_web.targets(facts[0])["suggested"]
    folder = Path(folder or workspace() / "live").expanduser().absolute()
    page = Path(page).expanduser() if page else find_page()
    robot = export_web.environment(facts[0], env_name)
    missing = _missing(page)
    with replacing(folder) as staged:
        staged.mkdir()
        film, _ = rollout.record(
            models[0], robot, target, staged / "film.mp4", max_steps=100, progress=False, width=320, height=320
        )
        if not missing:
            assert page is not None
            _fill(staged, page, models, env_name)
    film = video.show(folder / "film.mp4", film.width)
    served = None if missing else serve(folder)
    return Live(
        [each.dataset or export_web.environment(each, env_name) for each in facts],
        film,
        target,
        served,
        missing or SHOWN,
    )


def find_page() -> Path | None:
    """The folder with the built page: the package's own, a checkout's, or one in the cache. None if there is none."""
    places = (PACKAGE / "assets" / "live", SOURCE / "dist", cache_dir() / "live")
    return next((place for place in places if _is_page(place)), None)


def _is_page(folder: Path) -> bool:
    return all((folder / part).is_file() for part in PARTS)


def _missing(page: Path | None) -> str:
    """What is told where only a film is shown, in HTML; "" if the page can be shown."""
    if os.environ.get("DT_LIVE") == "film":
        return LEFT_OUT
    if page is None:
        checkout = (SOURCE / "build.mjs").exists()
        command, where = ("make live", "your clone of the course") if checkout else (escape(_command()), "a terminal")
        return WITHOUT.format(what=BUILD.format(command=command, where=where))
    if not _is_page(page):
        raise FileNotFoundError(f"{page} is not a built page: it has to have {', '.join(PARTS)}.")
    try:
        onnx_form.require_extra()
    except ImportError as error:
        return WITHOUT.format(what=escape(str(error)))
    return ""


def _command() -> str:
    """For a shell: builds the page of this version into the cache."""
    ref = "main" if "dev" in released.VERSION else f"v{released.VERSION}"
    return (
        f"git clone --depth 1 --branch {ref} https://github.com/{released.REPOSITORY} course && cd course/web/live && "
        f"npm ci --omit=dev && npm run build -- {shlex.quote(str(cache_dir() / 'live'))}"
    )


def _fill(folder: Path, page: Path, models: tuple[DecisionTransformerModel, ...], env_name: str | None) -> None:
    """Page and models, side by side."""
    shutil.copytree(page, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("models"))
    listed = []
    for number, model in enumerate(models):
        place = export_web.export(model, folder / "models" / str(number), env_name)
        described = json.loads((place / "model.json").read_text(encoding="utf-8"))
        listed.append({"folder": f"models/{number}/", "name": described["name"], "env": described["env"]})
    (folder / "models" / "index.json").write_text(json.dumps(listed), encoding="utf-8")
    (folder / ALIVE).write_text(PICTURE, encoding="utf-8")
