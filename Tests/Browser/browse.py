#!/usr/bin/env python3
"""Opens a page in headless Chromium, takes steps in it, and prints JSON about it.

    browse.py [OPTION...] URL [STEP...]

A step is `js:EXPRESSION` or `key:NAME`, such as `key:j` or `key:Escape`. Printed are the
`results` of the expressions, the addresses of all `requests` that the page made, and what the
browser `logged`: refusals of its policy, errors of its script.

It speaks the DevTools protocol over pipes (--remote-debugging-pipe), for which the standard
library is enough.
"""

import argparse
import base64
import json
import os
import subprocess
import sys
import tempfile


class Browser:
    """One Chromium, and a session with one page of it."""

    def __init__(self, profile):
        commands, self.commands = os.pipe()
        self.events, events = os.pipe()
        # The protocol's pipes are 3 and 4. As root, and in containers, there is no sandbox.
        start = f'exec chromium "$@" 3<&{commands} 4>&{events}'
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", start, "chromium", "--headless=new", "--remote-debugging-pipe",
             "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--hide-scrollbars", f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(commands, events), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(events)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.requests = []
        self.logged = []
        self.loaded = False

    def send(self, method, **parameters):
        """Sends a command and returns its result."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]

    def receive(self):
        while b"\0" not in self.buffer:
            data = os.read(self.events, 1 << 16)
            if not data:
                sys.exit("chromium went away")
            self.buffer += data
        text, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(text)
        self.note(message.get("method"), message.get("params", {}))
        return message

    def note(self, event, parameters):
        if event == "Page.loadEventFired":
            self.loaded = True
        elif event == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif event == "Log.entryAdded":
            self.logged.append(parameters["entry"]["text"])
        elif event == "Runtime.exceptionThrown":
            self.logged.append(parameters["exceptionDetails"].get("text", "exception"))
        elif event == "Audits.issueAdded":
            self.logged.append(parameters["issue"]["code"])

    def open(self, url, options):
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", width=options.width,
                  height=options.height, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if options.dark else "light"
        self.send("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.send("Emulation.setScriptExecutionDisabled", value=options.no_script)
        self.send("Page.navigate", url=url)
        while not self.loaded:
            self.receive()

    def press(self, name):
        named = {"Escape": 27, "Enter": 13, "Tab": 9, "ArrowLeft": 37, "ArrowRight": 39}
        key = {"key": name, "windowsVirtualKeyCode": named.get(name, ord(name[0].upper()))}
        if name == "Enter":
            key["text"] = "\r"
        elif name not in named:
            key["text"] = name
        self.send("Input.dispatchKeyEvent", type="keyDown", **key)
        self.send("Input.dispatchKeyEvent", type="keyUp", **key)

    def evaluate(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            sys.exit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-script", action="store_true", help="as with JavaScript off")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--screenshot", metavar="PNG", help="of the whole page, after the steps")
    parser.add_argument("--pdf", metavar="PDF", help="the page as printed, after the steps")
    parser.add_argument("url")
    parser.add_argument("steps", nargs="*")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.open(options.url, options)
            results = []
            for step in options.steps:
                kind, _, text = step.partition(":")
                if kind == "key":
                    browser.press(text)
                elif kind == "js":
                    results.append(browser.evaluate(text))
                else:
                    sys.exit(f"no such step: {step}")
            if options.screenshot:
                image = browser.send("Page.captureScreenshot", captureBeyondViewport=True)
                with open(options.screenshot, "wb") as file:
                    file.write(base64.b64decode(image["data"]))
            if options.pdf:
                paper = browser.send("Page.printToPDF", printBackground=True)
                with open(options.pdf, "wb") as file:
                    file.write(base64.b64decode(paper["data"]))
            print(json.dumps({
                "results": results, "requests": browser.requests, "logged": browser.logged}))
        finally:
            browser.process.kill()
            browser.process.wait()


main()
