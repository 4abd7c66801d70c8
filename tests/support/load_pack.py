#!/usr/bin/env python3
"""Checks what makes a pack invalid: `load_pack.py PACKER PACK`.

Contains a loader with exactly the checks of "What makes a pack invalid" in `docs/specs/runtime-artifact.md`, with
nothing but the standard library. It spoils the pack in each way that the page lists:

- What is invalid must be refused by the loader and by `verify`.
- What only the strict reader refuses must be refused by `verify`, and not by the loader.
- Random changes of the header: the loader refuses nothing that `verify` accepts.

Exit codes: 0 the page is right, 1 it is not, 2 a wrong command line.
"""

import json
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HEADER_LIMIT, DEPTH_LIMIT, MAX_ID, MAX_RATE = 64 << 20, 64, 2**31 - 1, 192_000
MEMBERS = {"asset_id": int, "asset_name": str, "bank_type": str, "codec": str, "decoded_size": int, "metadata": dict,
           "offset": int, "size": int}
RANDOM_CHANGES = 200


class Invalid(Exception):
    """The boot rejects the cartridge."""


def need(holds, problem):
    if not holds:
        raise Invalid(problem)


def within(value, low, high):
    return type(value) is int and low <= value <= high


def load(file):
    """The slices of a pack that is not invalid, as ranges of the file, by asset id."""
    need(len(file) >= 32, "shorter than the prelude")
    magic, version, header_len, payload_offset, flags, _reserved = struct.unpack("<4sIIQIQ", file[:32])
    need(magic == b"ASPA" and version == 1 and flags == 0, "prelude")
    need(header_len <= HEADER_LIMIT and 32 + header_len <= len(file), "header_len")
    need(32 + header_len <= payload_offset <= len(file), "payload_offset")
    try:
        header = json.loads(file[32 : 32 + header_len].decode())
    except (ValueError, RecursionError) as error:
        raise Invalid("the header is not JSON") from error
    need(depth(header) <= DEPTH_LIMIT, "too deep")
    need(type(header) is dict, "the header is not an object")
    table, preload = header.get("asset_table"), header.get("preload")
    need(type(table) is list and type(preload) is list, "members of the header")
    entries = {}
    for entry in table:
        need(type(entry) is dict and all(type(entry.get(name)) is kind for name, kind in MEMBERS.items()), "members")
        need(within(entry["asset_id"], 1, MAX_ID) and entry["asset_id"] not in entries, "asset_id")
        need(entry["bank_type"] in ("GLYPH", "SOUNDS", "SCENE") and entry["codec"] == "NONE", "bank type or codec")
        need(entry["offset"] >= 0 and entry["size"] >= 0 and entry["decoded_size"] >= 0, "negative")
        need(payload_offset + entry["offset"] + entry["size"] <= len(file), "slice")
        {"GLYPH": load_glyph, "SOUNDS": load_sounds}.get(entry["bank_type"], lambda _: None)(entry)
        entries[entry["asset_id"]] = entry
    slots = set()
    for row in preload:
        need(type(row) is dict and row.get("asset_id") in entries and within(row.get("slot"), 0, 15), "preload")
        slot = (entries[row["asset_id"]]["bank_type"], row["slot"])
        need(slot not in slots, "slot")
        slots.add(slot)
    starts = {asset_id: payload_offset + entry["offset"] for asset_id, entry in entries.items()}
    return {asset_id: range(start, start + entries[asset_id]["size"]) for asset_id, start in starts.items()}


def depth(value):
    inner = value.values() if type(value) is dict else value if type(value) is list else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def load_glyph(entry):
    metadata = entry["metadata"]
    need((entry["size"], entry["decoded_size"]) == (34_816, 67_584), "sizes")
    need(type(metadata.get("tile_size")) is int and metadata["tile_size"] in (8, 16, 32), "tile_size")
    need(within(metadata.get("palette_authored"), 1, 64), "palette_authored")


def load_sounds(entry):
    samples = entry["metadata"].get("samples")
    need(entry["metadata"].get("channels") == 1 and type(samples) is dict and samples, "metadata")
    need(set(samples) == {str(index) for index in range(len(samples))}, "indices")
    for sample in samples.values():
        need(type(sample) is dict, "sample")
        offset, length = sample.get("offset"), sample.get("length")
        need(within(length, 2, entry["size"]) and within(offset, 0, entry["size"] - length), "place of a sample")
        need(length % 2 == 0 and offset % 2 == 0, "an odd place")
        need(within(sample.get("sample_rate"), 1, MAX_RATE), "rate")
        start, end = sample.get("loop_start"), sample.get("loop_end")
        if start is not None or end is not None:
            need(within(end, 1, length // 2) and within(start, 0, end - 1), "loop")


class Spoiled:
    """A pack that can be spoiled: the fields of its prelude, its header, and its payload region."""

    def __init__(self, file):
        fields = struct.unpack("<4sIIQIQ", file[:32])
        self.magic, self.version, header_len, _offset, self.flags, self.reserved = fields
        self.header = json.loads(file[32 : 32 + header_len])
        self.payloads = file[32 + header_len :]
        self.text = self.header_len = None  # as the header is, in its canonical form
        self.moved = 0

    def entry(self, bank_type):
        return next(entry for entry in self.header["asset_table"] if entry["bank_type"] == bank_type)

    def sample(self):
        return self.entry("SOUNDS")["metadata"]["samples"]["0"]

    def canonical(self):
        return json.dumps(self.header, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()

    def file(self):
        text = self.canonical() if self.text is None else self.text
        header_len = len(text) if self.header_len is None else self.header_len
        offset = 32 + len(text) + self.moved
        prelude = struct.pack("<4sIIQIQ", self.magic, self.version, header_len, offset, self.flags, self.reserved)
        return prelude + text + self.payloads


def assign(**fields):
    return lambda pack: vars(pack).update(fields)


def in_entry(kind, /, **members):
    return lambda pack: pack.entry(kind).update(members)


def in_metadata(kind, /, **members):
    return lambda pack: pack.entry(kind)["metadata"].update(members)


def in_sample(**members):
    return lambda pack: pack.sample().update(members)


def in_preload(row, **members):
    return lambda pack: pack.header["preload"][row].update(members)


def without(name):
    return lambda pack: pack.entry("GLYPH").pop(name)


def share_a_slot(pack):
    glyphs = [entry["asset_id"] for entry in pack.header["asset_table"] if entry["bank_type"] == "GLYPH"]
    for row in pack.header["preload"]:
        if row["asset_id"] in glyphs:
            row["slot"] = 7


def repeat_an_id(pack):
    pack.header["asset_table"][1]["asset_id"] = pack.header["asset_table"][0]["asset_id"]


def swap_preload(pack):
    pack.header["preload"][:2] = reversed(pack.header["preload"][:2])


def swap_entries(pack):
    pack.header["asset_table"][:2] = reversed(pack.header["asset_table"][:2])


def repeat_a_name(pack):
    pack.header["asset_table"][1]["asset_name"] = pack.header["asset_table"][0]["asset_name"]


def leave_a_gap(pack):
    pack.payloads = bytes(2) + pack.payloads
    for entry in pack.header["asset_table"]:
        entry["offset"] += 2


def move_payloads(pack):
    pack.payloads, pack.moved = bytes(3) + pack.payloads, 3


def overlap(pack):
    pack.header["asset_table"][1]["offset"] -= 2


def repeat_a_key(pack):
    pack.text = pack.canonical()[:-1] + b',"preload":[]}'


def add_white_space(pack):
    pack.text = b"{ " + pack.canonical()[1:]


def color_last_palette(pack):
    end = pack.entry("GLYPH")["offset"] + 34_816
    pack.payloads = pack.payloads[: end - 1] + b"\x01" + pack.payloads[end:]


def shorten_a_sample(pack):
    sample = pack.sample()
    sample["length"] -= 2
    sample["loop_start"], sample["loop_end"] = 0, 1


INVALID = {
    "a byte is missing": lambda pack: vars(pack).update(payloads=pack.payloads[:-1]),
    "magic": assign(magic=b"ASPB"),
    "version": assign(version=2),
    "flags": assign(flags=1),
    "header_len past the file": assign(header_len=0x3FF_FFFF),
    "header_len past its limit": assign(header_len=0xFFFF_FFFF),
    "payload_offset before the end of the header": assign(moved=-1),
    "payload_offset past the file": assign(moved=1 << 40),
    "not UTF-8": assign(text=b"\xff{}"),
    "not JSON": assign(text=b'{"asset_table":[],"preload":['),
    "too deep": assign(text=b'{"asset_table":' + b"[" * 64 + b"]" * 64 + b',"preload":[]}'),
    "no preload": lambda pack: pack.header.pop("preload"),
    "the table is an object": lambda pack: pack.header.update(asset_table={}),
    **{f"no {name}": without(name) for name in MEMBERS},
    "asset_id 0": in_entry("GLYPH", asset_id=0),
    "asset_id out of range": in_entry("GLYPH", asset_id=MAX_ID + 1),
    "the same asset_id": repeat_an_id,
    "bank type": in_entry("GLYPH", bank_type="TILES"),
    "codec": in_entry("GLYPH", codec="LZ4"),
    "slice past the file": in_entry("SOUNDS", offset=1 << 40),
    "size of GLYPH": in_entry("GLYPH", size=34_815),
    "decoded size of GLYPH": in_entry("GLYPH", decoded_size=34_816),
    "tile size": in_metadata("GLYPH", tile_size=64),
    "no palette": in_metadata("GLYPH", palette_authored=0),
    "65 palettes": in_metadata("GLYPH", palette_authored=65),
    "two channels": in_metadata("SOUNDS", channels=2),
    "no samples": in_metadata("SOUNDS", samples={}),
    "a sample past the slice": in_sample(length=1 << 30),
    "an empty sample": in_sample(length=0),
    "an odd length": in_sample(length=3),
    "an odd offset": in_sample(offset=1),
    "rate 0": in_sample(sample_rate=0),
    "rate past its limit": in_sample(sample_rate=MAX_RATE + 1),
    "an empty loop": in_sample(loop_start=1, loop_end=1),
    "a loop past the sample": in_sample(loop_start=0, loop_end=1 << 30),
    "half a loop": in_sample(loop_start=0),
    "an unknown id in preload": in_preload(0, asset_id=999),
    "slot 16": in_preload(0, slot=16),
    "the same slot": share_a_slot,
}

ONLY_STRICT = {
    "white space": add_white_space,
    "a key twice": repeat_a_key,
    "an unknown member of the header": lambda pack: pack.header.update(notes=1),
    "an unknown member of an entry": in_entry("GLYPH", notes=1),
    "an unknown member of the metadata": in_metadata("GLYPH", notes=1),
    "reserved": assign(reserved=5),
    "order of the entries": swap_entries,
    "order of preload": swap_preload,
    "a name that is not allowed": in_entry("GLYPH", asset_name="a b"),
    "a name twice": repeat_a_name,
    "payload_offset past the end of the header": move_payloads,
    "a gap": leave_a_gap,
    "an overlap": overlap,
    "bytes after the last payload": lambda pack: vars(pack).update(payloads=pack.payloads + b"x"),
    "height": in_metadata("GLYPH", height=128),
    "width": in_metadata("GLYPH", width=128),
    "palette_count": in_metadata("GLYPH", palette_count=16),
    "nominal rate": in_metadata("SOUNDS", sample_rate=0),
    "decoded size of SOUNDS": in_entry("SOUNDS", decoded_size=1),
    "samples with a gap": shorten_a_sample,
    "an undeclared palette": color_last_palette,
}


def is_invalid(file):
    try:
        slices = load(file)
    except Invalid:
        return True
    assert all(part.start >= 32 and part.stop <= len(file) for part in slices.values()), "a slice outside of the file"
    return False


def places(value):
    """Each object or array of a JSON value, and a key of it."""
    if type(value) in (dict, list):
        for key in list(value) if type(value) is dict else range(len(value)):
            yield value, key
            yield from places(value[key])


def change_at_random(pack, source):
    value, key = source.choice(list(places(pack.header)))
    old = value[key]
    number = [old - 1, old + 1, -1, 1 << 40] if type(old) is int else []
    value[key] = source.choice([*number, None, "x", {}, [], True])


def problems(packer, original):
    """Where page, loader and `verify` disagree."""

    def refused_by_verify(file):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "spoiled.pa"
            path.write_bytes(file)
            return subprocess.run([packer, "verify", path], capture_output=True, check=False).returncode != 0

    def spoil(change):
        pack = Spoiled(original)
        change(pack)
        return pack.file()

    if is_invalid(original) or refused_by_verify(original):
        yield "the pack itself is invalid"
    for name, change in INVALID.items():
        file = spoil(change)
        if not is_invalid(file):
            yield f"{name}: the loader accepts it"
        if not refused_by_verify(file):
            yield f"{name}: verify accepts it"
    for name, change in ONLY_STRICT.items():
        file = spoil(change)
        if is_invalid(file):
            yield f"{name}: the loader refuses it"
        if not refused_by_verify(file):
            yield f"{name}: verify accepts it"
    source = random.Random(1)
    for number in range(RANDOM_CHANGES):
        file = spoil(lambda pack: change_at_random(pack, source))
        if is_invalid(file) and not refused_by_verify(file):
            yield f"random change {number}: only the loader refuses it"


def main(args):
    if len(args) != 2:
        print("usage: load_pack.py PACKER PACK", file=sys.stderr)
        return 2
    found = list(problems(args[0], Path(args[1]).read_bytes()))
    print("\n".join(found) or f"{len(INVALID)} invalid packs, {len(ONLY_STRICT)} that only a strict reader refuses, "
          f"{RANDOM_CHANGES} random changes: the page is right")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
