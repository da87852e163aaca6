"""Fills a man page's template with what the programs say of themselves.

    manual.py TEMPLATE VERSION DATE RUNNING.md PROGRAM.json...

A PROGRAM.json is what `PROGRAM --experimental-dump-help` prints. In the template, which is
mdoc(7), these lines are replaced:

    @synopsis COMMAND@      a synopsis of the command and each of its subcommands
    @description COMMAND@   what its help says above the options
    @options COMMAND@       its arguments and options
    @commands COMMAND@      both, for each of its subcommands
    @exit-status COMMAND@   the section EXIT STATUS of its help
    @exit-statuses COMMAND@ the same of each of its subcommands
    @environment@           the table of variables in RUNNING.md, their one description

COMMAND is as typed: `fdtrack` or `fdtrack run`. @VERSION@ and @DATE@ stand within lines.
"""

import json
import re
import sys
import textwrap


def escaped(text):
    """Text as roff takes it literally, but for what starts a line."""
    text = text.replace("\\", "\\e")
    # An option's hyphens are ASCII, to be copied and searched for; a word's are hyphens.
    return re.sub(r"(?<![\w-])--?(?=\s|$|[a-zA-Z])[\w-]*", lambda m: m[0].replace("-", "\\-"), text)


def inline(markdown):
    """One sentence of Markdown: `code` in bold, links as their text."""
    markdown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    parts = markdown.split("`")
    for index, part in enumerate(parts):
        parts[index] = f"\\fB{escaped(part)}\\fR" if index % 2 else escaped(part)
    return "".join(parts)


def sentences(text):
    """Each sentence on a line of its own, as mdoc(7) asks, so that its end is spaced as one."""
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", " ".join(text.split()))


def prose(text):
    """Lines of text, none of which is taken for a macro."""
    lines = [
        line for sentence in sentences(text) for line in textwrap.wrap(
            inline(sentence), 79, break_long_words=False, break_on_hyphens=False)]
    return [re.sub(r"^([.'])", r"\\&\1", line) for line in lines]


def argument(word):
    """A word among macro arguments, where names of macros would be called."""
    word = escaped(word)
    if re.fullmatch(r"[A-Z%][a-z0-9]{1,2}|[A-Z]{2}", word):
        return "\\&" + word
    return f'"{word}"' if " " in word else word


class Command:
    """One command of a program, with what its help says."""

    def __init__(self, name, facts):
        self.name = name
        self.abstract = facts.get("abstract", "")
        self.arguments = [a for a in facts.get("arguments", []) if a["shouldDisplay"]]
        self.subcommands = [
            Command(f"{name} {sub['commandName']}", sub)
            for sub in facts.get("subcommands", [])
            if sub["shouldDisplay"] and sub["commandName"] != "help"
        ]
        self.sections = parted(facts.get("discussion") or "")

    def find(self, name):
        if name == self.name:
            return self
        return next((found for sub in self.subcommands if (found := sub.find(name))), None)

    @property
    def operands(self):
        return [a for a in self.arguments if a["kind"] == "positional"]

    @property
    def options(self):
        return [a for a in self.arguments if a["kind"] != "positional"]

    @property
    def heading(self):
        """`.Nm` or `.Nm` `.Cm run`."""
        words = self.name.split()
        return [f".Nm {words[0]}"] + [f".Cm {argument(word)}" for word in words[1:]]

    def synopsis(self):
        lines = []
        if not self.subcommands:
            lines += self.heading
            lines += [f".Op {flags(option, first=True)}" for option in self.options
                      if option["valueName"] not in ("help", "version")]
            for operand in self.operands:
                value = ".Ar " + argument(operand["valueName"])
                lines.append(value + " ..." if operand["isRepeating"] else value)
        for sub in self.subcommands:
            lines += sub.synopsis()
        if self.name.count(" ") == 0:
            lines += self.heading + [".Fl -help | -version"]
        return lines

    def description(self):
        lines = paragraphs(self.sections.get("", []), after=prose(self.abstract))
        for heading, text in self.sections.items():
            if heading not in ("", "EXIT STATUS"):
                lines += [".Pp", f"{heading.capitalize()}:"] + paragraphs(text)
        return lines

    def option_list(self):
        if not self.arguments:
            return []
        lines = [".Bl -tag -width Ds"]
        for each in self.operands + self.options:
            if each["kind"] == "positional":
                term = f".It Ar {argument(each['valueName'])}"
                term += " ..." if each["isRepeating"] else ""
            else:
                term = f".It {flags(each)}"
            lines += [term] + prose(each.get("abstract", "")) + prose(values(each))
        return lines + [".El"]

    def commands(self):
        lines = []
        for sub in self.subcommands:
            lines += [f".Ss {sub.name}"] + sub.description()
            lines += [".Pp", "Its arguments:"] + sub.option_list()
        return lines

    def exit_status(self):
        return paragraphs(self.sections.get("EXIT STATUS", []))

    def exit_statuses(self):
        lines = []
        for sub in self.subcommands:
            if status := sub.exit_status():
                lines += [".Pp"] * bool(lines) + [f"Of \\fB{sub.name}\\fR:"] + status
        return lines


def flags(option, first=False):
    """`Fl o , Fl -output Ar file`, or its first name only."""
    names = [("-" if name["kind"] == "long" else "") + name["name"] for name in option["names"]]
    value = ""
    if option["kind"] == "option":
        value = " Ar " + argument(option["valueName"])
    if first:
        return f"Fl {names[0]}{value}" + (" ..." if option["isRepeating"] else "")
    return " , ".join(f"Fl {name}" for name in names) + value


def values(option):
    """What the help puts in parentheses behind an option."""
    text = []
    if option.get("allValues"):
        *others, last = option["allValues"]
        text.append(f"One of {', '.join(others)} and {last}." if others else f"Only {last}.")
    if default := option.get("defaultValue"):
        text.append(f"The default is `{default}`.")
    return " ".join(text)


def parted(discussion):
    """The lines of a help's text by their headings, which are lines in capitals."""
    sections = {"": []}
    lines = sections[""]
    for line in discussion.splitlines():
        if re.fullmatch(r"[A-Z][A-Z ]+", line):
            lines = sections.setdefault(line, [])
        else:
            lines.append(line)
    return sections


def paragraphs(lines, after=()):
    """Paragraphs and lists; an item is an indented word, two spaces, and its text."""
    out, is_list, gap = list(after), False, bool(after)
    for line in lines:
        item = re.fullmatch(r"\s+(\S+)\s{2,}(.+)", line)
        if is_list and not item:
            out.append(".El")
        if item:
            if not is_list:
                out.append(".Bl -tag -width Ds -compact")
            out += [f".It {argument(item[1])}"] + prose(item[2])
        elif line.strip():
            out += [".Pp"] * gap + prose(line)
        gap = not line.strip() and bool(out)
        is_list = bool(item)
    return out + [".El"] * is_list


def environment(running):
    """The rows of the table of variables: | `NAME` | meaning |"""
    rows = re.findall(r"^\| `(FDTRACK_\w+)` \| (.*?) \|$", running, re.MULTILINE)
    if not rows:
        sys.exit("manual: there is no table of variables in the description of running")
    lines = [".Bl -tag -width Ds"]
    for name, meaning in rows:
        meaning = meaning[0].upper() + meaning[1:] if not meaning.startswith("`") else meaning
        lines += [f".It Ev {name}"] + prose(meaning.rstrip(".") + ".")
    return lines + [".El"]


def main(template, version, date, running, *programs):
    roots = []
    for path in programs:
        with open(path, encoding="utf-8") as file:
            facts = json.load(file)["command"]
        roots.append(Command(facts["commandName"], facts))

    def command(name):
        found = next((found for root in roots if (found := root.find(name))), None)
        if not found:
            sys.exit(f"manual: {template} speaks of '{name}', which no program knows")
        return found

    makers = {
        "synopsis": Command.synopsis, "description": Command.description,
        "options": Command.option_list, "commands": Command.commands,
        "exit-status": Command.exit_status, "exit-statuses": Command.exit_statuses,
    }
    with open(template, encoding="utf-8") as file:
        for line in file.read().splitlines():
            place = re.fullmatch(r"@([a-z-]+)(?: ([\w -]+))?@", line)
            if place and place[1] == "environment":
                with open(running, encoding="utf-8") as text:
                    print("\n".join(environment(text.read())))
            elif place:
                print("\n".join(makers[place[1]](command(place[2]))))
            else:
                print(line.replace("@VERSION@", version).replace("@DATE@", date))


if __name__ == "__main__":
    main(*sys.argv[1:])
