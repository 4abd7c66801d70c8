#!/usr/bin/env python3
"""Aseprite files that crates and npm packages contain: `sprites.py [--in FOLDER]`.

Each is decoded by the packer and by `tests/support/read_aseprite.py`, and all pixels of all frames are compared. Then
each becomes a bank, once for all of its frames and once for each tag and each slice, and the packed banks are compared
with their files by `tests/support/verify_pack.py`. What is rejected must have a finding with help.

`--in` names the folder of `packages.py`. `PACKER` names the binary, and `DECODED_PIXELS` the example of that name.

Exit codes: 0 no fault; 1 a difference, a crash, or a rejection without help.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import packages
from common import packer, verify_pack

import read_aseprite


def run(*words):
    """The exit code and the JSON answer of the packer."""
    ended = subprocess.run([packer(), "--format", "json", *map(str, words)], capture_output=True, timeout=60)
    return ended.returncode, json.loads(ended.stdout)


def compare_pixels(path):
    """How many pixels the packer decodes, and a difference from the second reader, if there is one."""
    (line,) = subprocess.run([os.environ["DECODED_PIXELS"], path], capture_output=True, check=True).stdout.splitlines()
    decoded = json.loads(line)
    if decoded["error"] is not None:
        return 0, decoded["error"]
    text = decoded["pixels"]
    found = [(text[at], *bytes.fromhex(text[at + 1 : at + 9])) for at in range(0, len(text), 9)]
    _, _, frames = read_aseprite.frames(path.read_bytes())
    expected = [pixel for frame in frames for pixel in frame]
    if len(found) != len(expected):
        return 0, f"{len(found)} pixels instead of {len(expected)}"
    for at, (pixel, wanted) in enumerate(zip(found, expected)):
        if pixel[1:] != wanted[:4] and not (pixel[0] == "c" and wanted[3] == 0):
            return 0, f"pixel {at} is {pixel} instead of {wanted}"
    return len(found), None


def banks_of(path):
    """Which parts of a sprite become banks: their keys."""
    sprite = read_aseprite.Sprite(path.read_bytes())
    yield {}
    yield from ({"tag": name} for name, *_ in sprite.tags)
    yield from ({"slice": name} for name, _ in sprite.slices)


def pack_bank(scratch, path, keys):
    """Packs a bank of a part of a sprite, at the largest tile size that works, and verifies it. Returns the codes of the
    findings that keep it out, and a fault, if there is one."""
    for size in (32, 16, 8):
        project = scratch / f"project{size}"
        shutil.rmtree(project, ignore_errors=True)
        run("init", project)
        words = ["--type", "glyph_bank", "--tile-size", size, "--skip-blank", "--force"]
        code, answer = run("create", project, "bank", *words, path)
        anchor = project / "assets" / "bank" / "asset.json"
        if not anchor.is_file():
            continue
        declaration = json.loads(anchor.read_text())
        declaration["artifacts"][0] |= keys
        anchor.write_text(json.dumps(declaration))
        included, answer = run("include", project, "bank")
        code, packed = run("pack", project) if included == 0 else (included, answer)
        if code == 0:
            verified = subprocess.run([sys.executable, verify_pack.__file__, project], capture_output=True, text=True)
            return [], verified.stdout[-2000:] if verified.returncode else None
        answer = packed
        if code != 1:
            return ["crash"], f"exit code {code}"
    errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    is_helpful = errors and all(finding["help"] for finding in errors)
    return sorted({finding["code"] for finding in errors}), None if is_helpful else f"no help: {answer['findings']}"


def main():
    """Compares all files, and packs them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="folder", type=Path, help="where downloads are kept and found again")
    args = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.folder or Path(scratch) / "downloads").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        rejected = collections.Counter()
        print("| package | files | frames | pixels | differences | banks | packed |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        for name, paths in packages.sprites(folder).items():
            row = collections.Counter(files=len(paths))
            for path in paths:
                pixels, problem = compare_pixels(path)
                row["pixels"] += pixels
                row["frames"] += len(read_aseprite.Sprite(path.read_bytes()).frames)
                if problem:
                    row["differences"] += 1
                    print("fault:", path.name, problem)
                for keys in banks_of(path):
                    codes, fault = pack_bank(Path(scratch), path, keys)
                    row["banks"] += 1
                    row["packed"] += not codes
                    rejected.update(codes)
                    if fault:
                        faults += 1
                        print("fault:", path.name, keys, codes, fault)
            faults += row["differences"] + (not paths)
            columns = ("files", "frames", "pixels", "differences", "banks", "packed")
            print(f"| {name} | " + " | ".join(f"{row[column]:,}" for column in columns) + " |")
    print("rejected for:", dict(rejected))
    print(f"{faults} faults")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
