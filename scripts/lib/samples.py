"""Runs the commands that documents show and holds what they print against what stands there.

    samples.py check|write SCRATCH FIXTURES SOURCES PAGE...

A sample is a comment, a block of commands and a block of what they print, in this order;
text may stand between them:

    <!-- sample: indexer
    mkdir -p mail/archive
    -->
    ```sh
    fdtrack run -- ./indexer mail/*
    ```
    ```
    1 call site leaks ...
    ```

The comment's first line names programs of Tests/Fixtures that stand in the folder; what follows
is run first, and not shown: what it defines the commands may use. A comment that says `commands` instead of `sample` has no second
block: the commands have to succeed, and what they print is their own; of a YAML block for
continuous integration these are its steps, all of them. Without commands that are
shown, the comment's print the text; one that says `shows` is not checked, for what depends on how
fast things go. A function of a fixture is shown by

    <!-- code: symptoms/indexer.c index_file -->

What changes from run to run is no difference: times, pids, ports, offsets, and the frames of the
C library, which have names where its symbols are installed. See `steady`.
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter

import yaml

COMMENT = re.compile(r"<!-- (sample|shows|commands|code): (.*?)\s*-->\n", re.DOTALL)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATIENCE = 120  # seconds
SHOWN_FOLDER = "/home/you/demo"


class Failure(Exception):
    pass


def steady(text):
    """The words of each paragraph, without what is by chance; sorted, because wider numbers
    break lines elsewhere, also in the columns of a table."""
    text = re.sub(r"\b\d+(\.\d+)?\s+(ns|us|ms|s|min|h|days?)\b", "TIME", text)
    # Short ones could be counts as well, and are the same each time: port 1, pid 1.
    for pattern, name in (
        (r"\bpid (\d{3,})|^[\s│├└]+(\d{3,}) \S", "PID"),
        (r"(?:\d\.\d\.\d|::1\]):(\d{4,})", "PORT"),
    ):
        found = re.finditer(pattern, text, re.MULTILINE)
        for number in {match[match.lastindex] for match in found}:
            text = re.sub(rf"\b{number}\b", name, text)
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = " ".join(paragraph.split())
        for pattern, replacement in (
            (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "DATE"),
            (r"\[[0-9a-f]{16}\]", "[FINGERPRINT]"),
            (r"\+0x[0-9a-f]+", "+OFFSET"),
            (r"/tmp/tmp\.\w+", "FOLDER"),
            (r" (__libc_start\S*|_start) \S+", ""),
            (r" libc\.so\.6\+OFFSET| \(\+\d+ frames of start-up code\)", ""),
            (r"[\u2581-\u2588]+", "CHART"),
            # A loaded machine makes a second of it, of which there is a rate.
            (r"Not enough data for a rate\.|(About|On average) .*?more stay open[^.]*\."
             r"( At that rate the limit is reached in [^.]*\.)?", "RATE"),
        ):
            paragraph = re.sub(pattern, replacement, paragraph)
        paragraphs.append(sorted(paragraph.split()))
    return paragraphs


def run(name, setup, commands, must_succeed, fixtures, scratch):
    """What the commands print, from a folder of their own; nothing that they start outlives it."""
    with tempfile.TemporaryDirectory(prefix="d", dir="/tmp") as folder:
        for program in name.split():
            shutil.copy2(os.path.join(fixtures, program), folder)
        script = f"exec 3>&1 4>&2 >setup.log 2>&1\n{setup}\nexec >&3 2>&4 3>&- 4>&-\n{commands}"
        if not commands.strip():
            script = setup
        options = "-eu" if must_succeed else "-u"
        # A file, not a pipe: nobody waits for a reader, nor for what is left behind.
        printed = tempfile.TemporaryFile(dir=scratch)
        shell = subprocess.Popen(
            ["bash", options, "-c", script], cwd=folder, stdin=subprocess.DEVNULL,
            stdout=printed, stderr=subprocess.STDOUT, start_new_session=True)
        timer = signal.signal(signal.SIGALRM, lambda *_: os.killpg(shell.pid, signal.SIGKILL))
        signal.alarm(PATIENCE)
        try:
            status = shell.wait()
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, timer)
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        printed.seek(0)
        text = printed.read().decode(errors="replace")
        printed.close()
    # As long as the real one, so that lines break where they did.
    text = text.replace(folder, SHOWN_FOLDER)
    return status, re.sub(rf"(Z, on ){re.escape(os.uname().nodename)}\b", r"\1host", text)


def function(path, name):
    """The text of a C function, from its first line to its closing brace, with line numbers."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = re.search(
        rf"^[a-z][^\n;]*\b{name}\([^;{{]*\) \{{\n.*?^\}}\n", text, re.DOTALL | re.MULTILINE)
    if not found:
        raise Failure(f"{path} has no function {name}")
    first = text.count("\n", 0, found.start()) + 1
    lines = found[0].replace("OUT_OF_LINE ", "").splitlines()
    return "".join(f"{first + index:3}  {line}\n" for index, line in enumerate(lines))


def steps(text):
    """The commands of GitHub's jobs (steps' run) and GitLab's (before_script and script)."""
    tree = yaml.safe_load(text)
    jobs = tree.get("jobs", tree).values()
    commands = [step["run"] for job in jobs for step in job.get("steps", []) if "run" in step]
    for job in jobs:
        commands += job.get("before_script", []) + job.get("script", [])
    if not commands:
        raise Failure(f"there are no commands in:\n{text}")
    return "\n".join(commands)


class Page:
    def __init__(self, path, fixtures, sources, scratch):
        self.path, self.fixtures, self.sources, self.scratch = path, fixtures, sources, scratch
        with open(path, encoding="utf-8") as file:
            self.text = file.read()

    def fence(self, start, end):
        found = FENCE.search(self.text, start, end)
        if not found:
            line = self.text.count("\n", 0, start)
            raise Failure(f"{self.path}:{line}: a block is missing below the comment")
        return found

    def replace(self, fence, text):
        self.text = self.text[:fence.start(2)] + text + self.text[fence.end(2):]

    def renew(self, mode):
        """Runs every sample; afterwards `text` has what was printed. Returns what differs."""
        differences = []
        place = 0
        while comment := COMMENT.search(self.text, place):
            place = comment.end()
            following = COMMENT.search(self.text, place)
            end = following.start() if following else len(self.text)
            kind, (name, _, setup) = comment[1], comment[2].partition("\n")
            fence = self.fence(place, end)
            if kind == "shows" and mode == "check":
                continue
            if kind == "code":
                path, what = name.split()
                printed = function(os.path.join(self.sources, path), what)
                differs = printed != fence[2]
            else:
                commands = ""
                if fence[1] in ("sh", "yaml"):
                    commands = steps(fence[2]) if fence[1] == "yaml" else fence[2]
                    fence = self.fence(fence.end(), end) if kind == "sample" else fence
                status, printed = run(
                    name, setup, commands, kind == "commands", self.fixtures, self.scratch)
                if kind == "commands":
                    if status != 0:
                        differences.append(f"{self.path}: status {status} of:\n{commands}{printed}")
                    continue
                differs = steady(printed) != steady(fence[2])
            if differs:
                differences.append(difference(f"{self.path}: {name}", fence[2], printed))
                self.replace(fence, printed)
        return differences

    def write(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.text)


def difference(title, expected, printed):
    """The words of the first paragraph that differs, and all that was printed."""
    old, new = steady(expected), steady(printed)
    for before, after in itertools.zip_longest(old, new, fillvalue=[]):
        if before != after:
            gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
            return (f"{title}:\n  it says, but is not printed: {' '.join(gone.elements())}\n"
                    f"  is printed, but it does not say: {' '.join(come.elements())}\n{printed}")
    return f"{title}: differs\n{printed}"


def main(mode, scratch, fixtures, sources, *pages):
    differences = []
    for path in pages:
        page = Page(path, fixtures, sources, scratch)
        try:
            found = page.renew(mode)
        except Failure as failure:
            found = [str(failure)]
        if mode == "write" and found:
            page.write()
            print(f"renewed: {path}")
            found = [each for each in found if ": status " in each]
        differences += found
    print("\n".join(differences), end="\n" if differences else "")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
