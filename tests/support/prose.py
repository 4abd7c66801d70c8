#!/usr/bin/env python3
"""Checks the prose of all tracked files against `docs/style.md`: `prose.py [FILE...]`.

- A Markdown line, and a comment line of code, has at most 120 columns. Exempt are tables, blocks of code, and lines that
  contain nothing but a link.
- No phrase of the table "Write this, not that" is used: not in prose, not in a message, not in an identifier.
- Each relative link of a page leads to a file, and to one of its headings.
- A spec uses no other marks than those that `docs/specs/README.md` explains.

Each row of the table has its patterns in `PHRASES`. A row without a pattern, and an exception that is not needed, are
errors too.

Exit codes: 0 nothing found, 1 something found, 2 the table of `docs/style.md` differs from `PHRASES`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH = 120
TABLE = "docs/style.md"

# The column "instead of", and the patterns that find it. Case is ignored.
PHRASES = {
    "tells, is told, says (of a finding, a change, a program)": [
        r"(tells?|telling|told)",
        r"says? (so|nothing)",
        r"(finding|message|packer|program|doctor|change|report|window)s? says?",
    ],
    "mends": [r"mend(s|ed|ing)?"],
    "the pack of before; stays as it was": [r"of before", r"as (it|they) (was|were|is|are)(?=[.,;:)])"],
    "anew": [r"anew"],
    "stands (for *is*)": [r"stands?(?! (for|out|alone))", r"standing", r"stood"],
    "make Y of X": [r"ma(ke|kes|king|de) (?!the rest)(\w+ ){0,3}of (it|them|this|that|a|an|its|two|one|each|all|what|the)"],
    "is no object; is no valid pack": [
        r"(?<!there )(is|are|was|were) no(?! (longer|more|less|one)\b)(?! \w+er\b)",
        r"(?<!there )(?<!there (could|would) )(?<!there (must|will) )be no(?! (longer|more|less)\b)(?! \w+er\b)",
    ],
    "stands where this file goes": [r"stands? where"],
    "Say it with `--tile-size 8`": [r"say it", r"(?<=[.:(] )say (the|which|what|how|where)"],
    "cannot be told from the pictures": [r"be told from"],
    "once a type; one a processor": [r"once an? (type|processor|bank|asset|file|line)", r"one an? \w+"],
    "a text is needed; whole number of frames": [r"a text is needed", r"whole number of (frames|samples)"],
    "agree to the loss; nobody agreed to it": [r"agree(s|d|ing)? (to|that)"],
    "who commits it lets the job look whether …": [r"look(s|ed|ing)? whether", r"who \w+s it lets"],
    'who (as a noun: "who opens it")': [r"(?<=[.:;({}¶] )who (\w+s|is|has|had|wants?|does) (?![^.?]*\?)"],
    "be it": [r"be (it|they)(?=[ ,.])"],
    "shall": [r"shall"],
    "all the same": [r"all the same(?! \w)"],
    "picture; small picture": [r"pictures?", r"pictured"],
    "lens": [r"lens(es)?"],
    "agrees with no warning": [r"agrees? with no"],
    "leaves errors and warnings alone": [r"leaves? [\w ]+ alone"],
    "judges (a file, an image)": [r"judge[sd]?", r"judging"],
    "another rate than the bank's; something else than": [r"another \w+ than", r"something else than"],
    "the upper left pixel": [r"upper left"],
    "is written over": [r"written over"],
    "if the file changed meanwhile": [r"(?<=\w )meanwhile(?=[.,;:)])"],
    "the color as it is declared; written as it is": [r"(?<!as long )(?<!as soon )(?<!as far )as it is (in|on|declared|written)"],
}

# Where a phrase is right, and why.
ALLOWED = {
    ("CHANGELOG.md", "picture"): "names of earlier versions",
    ("docs/decisions/0027-one-spelling-and-one-vocabulary.md", "picture"): "names of earlier versions",
}

# Files that quote the phrases, and files by others.
QUOTING = (TABLE, "tests/support/prose.py")
SKIPPED = ("LICENSE-APACHE", "LICENSE-MIT", "Cargo.lock")

# Where a rule of a spec comes from.
MARKS = ("spec 13", "spec 15", "practice", "pin")

COMMENT = re.compile(r"^\s*(//[/!]?|#!?|>|[-*])\s+")
LINK = re.compile(r"\s*(//[/!]? |# |[-*] )?(!?\[[^]]*\]\([^)]*\)|<?https?://\S+>?)")


def rows():
    """The right column of the table."""
    text = (ROOT / TABLE).read_text()
    table = text.split("| write | instead of |\n|---|---|\n")[1].split("\n\n")[0]
    return [row.split(" | ")[1].removesuffix(" |") for row in table.splitlines()]


def flat(text):
    """The text on one line, without the marks of comments and with identifiers split into words; and the number of the
    line of each place."""
    parts, numbers = [], []
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", COMMENT.sub("", line)).replace("_", " ")
        part = " ".join(line.split()) or "¶"
        parts.append(part)
        numbers += [number] * (len(part) + 1)
    return " ".join(parts), numbers


def phrases(text):
    """The line and the words of each phrase that is found."""
    text, numbers = flat(text)
    for pattern in (pattern for patterns in PHRASES.values() for pattern in patterns):
        for found in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            yield numbers[found.start()], found[0]


def wide_lines(name, text):
    """The numbers of the lines that are too long."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if name.endswith(".md"):
            fenced ^= line.lstrip().startswith("```")
            prose = not fenced and not line.startswith("|")
        else:
            prose = re.match(r"\s*(//|#)", line)
        if prose and len(line) > WIDTH and not LINK.fullmatch(line):
            yield number


def broken_links(name, text):
    """The targets that do not exist."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_code(text)):
        path, _, heading = target.partition("#")
        page = (ROOT / name).parent / path if path else ROOT / name
        if not page.exists() or heading and heading not in headings(page.read_text()):
            yield target


def unknown_marks(text):
    """The words in brackets of a spec that are neither a mark nor a link."""
    for found in re.findall(r"(?<![\w\]])\[([^]\n]+)\](?!\()", re.sub(r"`[^`]*`", "", without_code(text))):
        if found not in MARKS:
            yield found


def without_code(text):
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(text):
    """The headings of a page, as they are written in links."""
    found = re.findall(r"^#+ (.*)", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    return [name for name in listed.stdout.decode().split("\0") if name]


def text_of(name):
    """None for a file that is not text."""
    path = ROOT / name
    data = path.read_bytes() if path.is_file() else b"\0"
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None


def main(names):
    if rows() != list(PHRASES):
        print(f"the table of {TABLE} and PHRASES differ: {set(rows()) ^ set(PHRASES)}", file=sys.stderr)
        return 2
    problems, unused = [], set(ALLOWED)
    for name in names or tracked():
        text = None if name in SKIPPED else text_of(name)
        if text is None:
            continue
        for line, phrase in phrases(text) if name not in QUOTING else ():
            if (name, phrase) in ALLOWED:
                unused.discard((name, phrase))
            else:
                problems.append(f"{name}:{line}: write this another way ({TABLE}): {phrase}")
        problems += [f"{name}:{line}: more than {WIDTH} columns" for line in wide_lines(name, text)]
        if name.endswith(".md"):
            problems += [f"{name}: a link leads nowhere: {target}" for target in broken_links(name, text)]
        if name.startswith("docs/specs/"):
            problems += [f"{name}: no mark of the specs: [{mark}]" for mark in unknown_marks(text)]
    problems += [f"ALLOWED has an exception that is not needed: {entry}" for entry in ([] if names else unused)]
    print("\n".join(problems) if problems else "no phrase of the table, no line that is too long, no broken link, no unknown mark")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
