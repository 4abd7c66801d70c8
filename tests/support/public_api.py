#!/usr/bin/env python3
"""Compares the public API of the library `packer-services` with `docs/public-api.txt`: `public_api.py`.

The API is what rustdoc documents with the features of an embedder: every item, and the methods, fields and variants of
each. So the API grows only on purpose: whoever adds to it sees it in the diff of that file.

With `BLESS=1` the file is written again. Exit codes: 0 equal, 1 different, 2 rustdoc failed.
"""

import difflib
import html
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
LISTED = ROOT / "docs/public-api.txt"
CRATE = "packer_services"

# In an `id` of a page: the kind of a member, and what separates its name from that of its item.
MEMBERS = {
    "associatedconstant": "::",
    "associatedtype": "::",
    "method": "::",
    "structfield": ".",
    "tymethod": "::",
    "variant": "::",
}
# What a page lists after the item's own members.
OTHERS = re.compile(r'id="(trait-implementations|deref-methods-[^"]*|synthetic-implementations|implementors|foreign-impls)"')


def members(page: str, path: str) -> list[str]:
    """The members on the page of one item."""
    own = OTHERS.split(page)[0]
    found = []
    for kind, name in re.findall(r'id="([a-z]+)\.([^"]+)"', own):
        if kind in MEMBERS:
            # A field of a variant is `variant.Slot.field.n`; its list of fields is no member.
            name = html.unescape(unquote(name))
            if not name.endswith(".fields"):
                found.append(path + MEMBERS[kind] + name.replace(".field.", "."))
    return found


def public_api(docs: Path) -> list[str]:
    """Every public item with its kind, and its members."""
    index = (docs / "all.html").read_text()
    api = []
    for file in re.findall(r'<li><a href="([^"]+)">', index):
        kind, name, _ = Path(file).name.split(".")
        path = "::".join([*Path(file).parent.parts, name])
        api.append(f"{path} ({kind})")
        api += members((docs / file).read_text(), path)
    return sorted(set(api))


def main() -> int:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    command = "cargo doc --quiet --package packer-services --lib --no-deps --no-default-features --features watch"
    if subprocess.run(command.split(), cwd=ROOT).returncode != 0:
        return 2
    api = "".join(line + "\n" for line in public_api(target / "doc" / CRATE))
    if os.environ.get("BLESS"):
        LISTED.write_text(api)
    listed = LISTED.read_text() if LISTED.exists() else ""
    diff = difflib.unified_diff(listed.splitlines(), api.splitlines(), LISTED.name, "public API", n=0, lineterm="")
    difference = "\n".join(diff)
    if difference:
        print(difference)
        print("The public API is not as listed. If that is intended, run `BLESS=1 tests/support/public_api.py`.")
        return 1
    items = sum(line.endswith(")") for line in api.splitlines())
    print(f"public API: {items} items, {len(api.splitlines())} with their members")
    return 0


if __name__ == "__main__":
    sys.exit(main())
