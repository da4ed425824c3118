"""A notebook that is open in JupyterLab, and what a student does with it: type, run, read, look."""

import json
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

PANEL = "window.jupyterapp.shell.currentWidget"
SCROLLER = f"{PANEL}.content.outerNode"
HEIGHT = f"{PANEL}.content.widgets.reduce((sum, cell) => sum + cell.node.getBoundingClientRect().height, 0)"
READY = """() => {
    const panel = window.jupyterapp?.shell.currentWidget;
    const kernel = panel?.context?.isReady && panel.context.sessionContext.session?.kernel;
    return Boolean(kernel) && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
CELLS = f"""() => {PANEL}.content.widgets.map(({{model}}) => ({{
    id: model.id, kind: model.type, source: model.sharedModel.getSource(),
    grade_id: model.getMetadata('nbgrader')?.grade_id
}}))"""
# Numbers are taken away before cells run. Running is over when each of them has one, or when one of them has failed.
UNNUMBER = f"""([first, last]) => {PANEL}.content.widgets.slice(first, last + 1).forEach(({{model}}) => {{
    if (model.type === 'code') model.executionCount = null;
}})"""
RAN = f"""([first, last]) => {{
    const code = {PANEL}.content.widgets.slice(first, last + 1).map(cell => cell.model).filter(m => m.type === 'code');
    const done = m => m.executionCount !== null;
    const failed = m => m.outputs.toJSON().some(output => output.output_type === 'error');
    return code.every(done) || code.some(m => done(m) && failed(m));
}}"""
MINUTE = 60_000  # ms


@dataclass(frozen=True)
class Cell:
    index: int
    id: str
    kind: str  # "code", "markdown"
    source: str
    grade_id: str | None


class Notebook:
    """The notebook in front. Cells are given by their place: `cells()[i].index`, or `find(grade_id)`."""

    def __init__(self, page: Page, screenshots: Path):
        self.page, self.screenshots = page, screenshots
        page.wait_for_function(READY, timeout=2 * MINUTE)
        self.path = page.evaluate(f"() => {PANEL}.context.path")
        self.name = Path(self.path).stem

    def cells(self) -> list[Cell]:
        return [Cell(index, **{"grade_id": None, **cell}) for index, cell in enumerate(self.page.evaluate(CELLS))]

    def find(self, grade_id: str) -> int:
        """The place of the cell that nbgrader calls so. LookupError with the names that there are."""
        places = {cell.grade_id: cell.index for cell in self.cells() if cell.grade_id}
        if grade_id not in places:
            raise LookupError(f"{self.name} has no cell {grade_id}; it has {', '.join(places)}.")
        return places[grade_id]

    def element(self, index: int) -> Locator:
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell").nth(index)

    def outputs(self, index: int) -> list[dict]:
        """As the notebook's file has them (nbformat)."""
        return self.page.evaluate(f"i => {PANEL}.content.widgets[i].model.outputs?.toJSON() ?? []", index)

    def shown(self, index: int) -> str:
        """The text of a cell's outputs, as it is to be read on the page."""
        return self.element(index).locator(".jp-Cell-outputArea").inner_text()

    # What a student does

    def run(self, index: int, timeout: float = 5 * MINUTE) -> str:
        """Shift+Enter in the cell; returns what is then shown below it."""
        self.page.evaluate(UNNUMBER, [index, index])
        self.element(index).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(RAN, arg=[index, index], timeout=timeout)
        return self.shown(index)

    def run_all(self, timeout: float = 10 * MINUTE) -> None:
        """Restarts the kernel and runs all cells, by the menu. It stops at the first cell that fails."""
        everything = [0, len(self.cells()) - 1]
        self.page.evaluate(UNNUMBER, everything)
        self._menu("Run", "runmenu:restart-and-run-all")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.page.wait_for_function(RAN, arg=everything, timeout=timeout)

    def write_body(self, index: int, body: str) -> None:
        """Types `body` (its lines indented as they shall be) over everything that stands below the docstring."""
        header, _, old = self.cells()[index].source.rpartition('"""\n')
        self.element(index).locator(".cm-content").click()
        keyboard = self.page.keyboard
        keyboard.press("Control+End")
        for _ in old.splitlines():
            keyboard.press("Shift+ArrowUp")
        keyboard.press("Shift+End")
        for line in body.splitlines():
            keyboard.press("Enter")
            keyboard.press("Shift+Home")  # what the editor has indented is typed over
            keyboard.type(line)
        typed, wanted = self.cells()[index].source, f'{header}"""\n{body}'
        assert typed == wanted, f"typed {wanted!r}, and the cell holds {typed!r}"

    def follow_last_link(self) -> "Notebook":
        """Clicks on the notebook's last link, and returns the notebook that it opens."""
        self.page.locator(
            ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-RenderedMarkdown a[href]:not(.jp-InternalAnchorLink)"
        ).last.click()
        self.page.wait_for_function(f"name => !{PANEL}.context?.path.endsWith(name)", arg=f"{self.name}.ipynb")
        return Notebook(self.page, self.screenshots)

    def save(self) -> None:
        self.page.evaluate(f"() => {PANEL}.context.save()")

    def shut_down(self) -> None:
        """A kernel with torch in it holds half a gigabyte."""
        self.page.evaluate("path => window.jupyterapp.serviceManager.sessions.stopIfNeeded(path)", self.path)

    # What there is to see

    def errors(self) -> dict[int, str]:
        """Cell -> name and message of the error below it."""
        return {
            cell.index: f"{output['ename']}: {output['evalue']}"
            for cell in self.cells()
            for output in self.outputs(cell.index)
            if output["output_type"] == "error"
        }

    def stderr(self) -> dict[int, str]:
        """Cell -> what stands in red boxes below it."""
        texts: dict[int, str] = {}
        for cell in self.cells():
            for output in self.outputs(cell.index):
                if output["output_type"] == "stream" and output["name"] == "stderr":
                    texts[cell.index] = texts.get(cell.index, "") + "".join(output["text"])
        return texts

    def look(self, moment: str, index: int | None = None) -> Path:
        """A screenshot of the window, with the given cell's lower end at two thirds of its height."""
        if index is not None:
            self.element(index).evaluate(f"""cell => {{
                cell.scrollIntoView({{block: 'end'}});
                {SCROLLER}.scrollBy(0, {SCROLLER}.clientHeight / 3);
            }}""")
        self.page.wait_for_timeout(300)  # the theme's transitions
        path = self.screenshots / f"{self.name}_{moment}.png"
        self.page.screenshot(path=path)
        return path

    def look_at_all(self, moment: str) -> Path:
        """A screenshot of the whole notebook, in a window that is as high as it is."""
        size = self.page.viewport_size
        height = self.page.evaluate(f"() => Math.ceil({HEIGHT})")
        self.page.set_viewport_size({"width": size["width"], "height": min(height + 150, 15_000)})
        self.page.evaluate(f"() => {{ {SCROLLER}.scrollTop = 0; }}")
        try:
            return self.look(moment)
        finally:
            self.page.set_viewport_size(size)

    def theme(self, name: str) -> None:
        """Changes JupyterLab's theme: "JupyterLab Dark", "JupyterLab Light"."""
        self.page.evaluate(
            "async name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})", name
        )
        light = json.dumps("light" in name.lower())
        self.page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{light}'", timeout=MINUTE)

    def _menu(self, menu: str, command: str) -> None:
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
        self.page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def open_notebook(page: Page, path: str, screenshots: Path) -> Notebook:
    """Opens a notebook as a student does: folder by folder in the file browser. `page` shows JupyterLab."""
    browser = page.locator(".jp-DirListing")
    page.locator(".jp-BreadCrumbs-home").first.click()
    for part in path.split("/"):
        browser.locator(".jp-DirListing-itemText", has_text=part).first.dblclick()
    page.wait_for_function(f"path => {PANEL}?.context?.path === path", arg=path, timeout=MINUTE)
    return Notebook(page, screenshots)
