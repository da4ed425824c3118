"""Debian's Firefox, driven by WebDriver BiDi, which it speaks itself: Playwright drives only a Firefox of its own.

A page has the few methods of Playwright's pages that the walks need, with their names. websocket-client is imported
when it is needed.
"""

import base64
import itertools
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
EVENTS = ("log.entryAdded", "network.beforeRequestSent")
KEYS = {"ArrowUp": "\ue013", "ArrowDown": "\ue015", "End": "\ue010", "Home": "\ue011", "Tab": "\ue004"}
SECONDS = 60  # that an answer may take


class Firefox:
    """A Firefox of its own, without a screen. `close` ends it."""

    def __init__(self, profile: Path):
        import websocket

        command = [
            PROGRAM,
            "--headless",
            "--no-remote",
            "--profile",
            profile,
            "--remote-debugging-port=0",
            "about:blank",
        ]
        log = profile / "log.txt"
        with log.open("w") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        end = time.monotonic() + SECONDS
        while not (found := re.search(r"BiDi listening on (ws://\S+)", log.read_text())):
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise RuntimeError(f"{PROGRAM} did not begin to listen: {log.read_text()[-1000:]}")
            time.sleep(0.05)
        self.socket = websocket.create_connection(f"{found[1]}/session", suppress_origin=True, timeout=SECONDS)
        self.numbers = itertools.count()
        self.events = []
        self.version = self.ask("session.new", capabilities={})["capabilities"]["browserVersion"]
        self.ask("session.subscribe", events=EVENTS)

    def ask(self, method: str, **params) -> dict:
        """What the browser answers; events that come meanwhile are kept in `events`."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            self.events.append(answer)
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def new_page(self, behind: bool = False) -> "Page":
        """A tab in front of the others, which are hidden then, or one `behind` them."""
        return Page(self, self.ask("browsingContext.create", type="tab", background=behind)["context"])

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)


class Page:
    def __init__(self, firefox: Firefox, context: str):
        self.firefox, self.context = firefox, context
        self.ask("browsingContext.setViewport", viewport={"width": 1280, "height": 900})

    def ask(self, method: str, **params) -> dict:
        return self.firefox.ask(method, context=self.context, **params)

    def goto(self, url: str) -> None:
        self.ask("browsingContext.navigate", url=url, wait="complete")

    def go_back(self) -> None:
        here = self.evaluate("() => location.href")
        self.ask("browsingContext.traverseHistory", delta=-1)
        while self.firefox.ask("browsingContext.getTree", root=self.context)["contexts"][0]["url"] == here:
            time.sleep(0.05)

    def reload(self) -> None:
        self.ask("browsingContext.reload", wait="complete")

    def bring_to_front(self) -> None:
        self.ask("browsingContext.activate")

    def evaluate(self, function: str, *given):
        """What a function of JavaScript's gives, by way of JSON."""
        code = f"async () => JSON.stringify(await ({function})(...{json.dumps(given)}))"
        target = {"context": self.context}
        answer = self.firefox.ask("script.callFunction", functionDeclaration=code, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def wait_for_function(self, function: str, timeout: float = 1000 * SECONDS):
        end = time.monotonic() + timeout / 1000
        while not (found := self.evaluate(function)):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {timeout / 1000:.0f} seconds: {function}")
            time.sleep(0.05)
        return found

    def inner_text(self, selector: str) -> str:
        return self.evaluate("selector => document.querySelector(selector).innerText", selector)

    def input_value(self, selector: str) -> str:
        return self.evaluate("selector => document.querySelector(selector).value", selector)

    def select_option(self, selector: str, value: str) -> None:
        self.evaluate(
            """(selector, value) => { const list = document.querySelector(selector); list.value = value;
            list.dispatchEvent(new Event("change")); }""",
            selector,
            value,
        )

    def press(self, key: str) -> None:
        value = KEYS.get(key, key)
        actions = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
        self.ask("input.performActions", actions=[{"type": "key", "id": "keys", "actions": actions}])

    def click(self, selector: str) -> None:
        """A click of the mouse on the middle of an element."""
        self.evaluate("selector => document.querySelector(selector).scrollIntoView({block: 'center'})", selector)
        [node] = self.ask("browsingContext.locateNodes", locator={"type": "css", "value": selector})["nodes"]
        middle = {"type": "element", "element": {"sharedId": node["sharedId"]}}
        actions = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": middle},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self.ask("input.performActions", actions=[{"type": "pointer", "id": "mouse", "actions": actions}])

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.ask("browsingContext.captureScreenshot")["data"]))

    def close(self) -> None:
        self.ask("browsingContext.close")
