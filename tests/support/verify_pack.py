#!/usr/bin/env python3
"""Verifies a packed project against its sources: `verify_pack.py PROJECT`.

Written from `docs/specs/runtime-artifact.md` and the specs beside it, with nothing but the standard library, and
sharing nothing with the packer: it has its own readers of the pack, of PNG, of Aseprite files, of WAV and of FLAC.
From `PROJECT/assets/` it derives what `PROJECT/build/` must contain, and compares all of it: every byte of the header
and of the three companions, every tile, every palette, every sample.

A tile is compared twice. *Pixels*: with at least one palette that may draw it, it shows the source in RGB565, and is
transparent where the source has alpha 0 or the color key. *Indices*: they are those that the rule of the palette
search gives. An image that violates a rule has no correct pack, and counts as a difference.

Exit codes: 0 no difference, 1 a difference, 2 a wrong command line.
"""

import hashlib
import itertools
import json
import re
import struct
import sys
import zlib
from pathlib import Path

import read_aseprite

SHEET, PALETTES, COLORS = 256, 64, 16
GLYPH_SIZE = SHEET * SHEET // 2 + PALETTES * COLORS * 2
GLYPH_DECODED_SIZE = SHEET * SHEET + PALETTES * COLORS * 2
FORMATS = {"GLYPH/indexed_v1": ("GLYPH", "glyph_bank"), "SOUNDS/pcm16le_v1": ("SOUNDS", "sound_bank")}
MAX_INTEGER = 2**53 - 1
SHOWN = 8


class Bad(Exception):
    """The input violates the spec."""


class Part:
    """One row of the report."""

    def __init__(self, asset, kind):
        self.asset, self.kind = asset, kind
        self.compared = {}
        self.problems = []

    def wrong(self, problem):
        self.problems.append(problem)

    def check(self, holds, problem):
        if not holds:
            self.wrong(problem)
        return holds

    def count(self, what, number=1):
        self.compared[what] = self.compared.get(what, 0) + number

    def equal(self, what, found, wanted):
        return self.check(found == wanted, f"{what} is {short(found)}, expected {short(wanted)}")

    def equal_json(self, what, found, wanted):
        found, wanted = canonical(found), canonical(wanted)
        return self.check(found == wanted, f"{what} differs: {first_difference(found, wanted)}")

    def run(self, step, *args):
        """Runs a step. An exception is a difference, because a correct project raises none."""
        try:
            return step(self, *args)
        except Bad as bad:
            self.wrong(str(bad))
        except Exception as error:  # a verifier that crashes has verified nothing
            self.wrong(f"{type(error).__name__}: {error}")
        return None


def short(value):
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 200 else text[:200] + "..."


def first_difference(found, wanted):
    at = next((i for i, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1]), min(len(found), len(wanted)))
    near = slice(max(0, at - 40), at + 40)
    return f"at byte {at}, {found[near]!r} where {wanted[near]!r} is expected"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rgb565(red, green, blue):
    return red >> 3 << 11 | green >> 2 << 5 | blue >> 3


def hex_color(text):
    if not re.fullmatch("#[0-9A-Fa-f]{6}", text):
        raise Bad(f"{text!r} is not a color")
    return tuple(bytes.fromhex(text[1:]))


# JSON


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def parse_json(data, what):
    def refuse(token):
        raise Bad(f"{what}: the number {short(token)} is not an integer")

    def unique(pairs):
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise Bad(f"{what}: a key is repeated in {short(keys)}")
        return dict(pairs)

    try:
        return json.loads(data.decode(), parse_float=refuse, parse_constant=refuse, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Bad(f"{what} is not JSON: {error}") from None


def shape(value, keys, place):
    if not isinstance(value, dict) or set(value) != set(keys.split()):
        raise Bad(f"{place} must be an object with exactly the keys {keys}: {short(value)}")


def integer(value, low, high, place):
    if type(value) is not int or not low <= value <= high:
        raise Bad(f"{place} must be an integer from {low} to {high}: {short(value)}")
    return value


# The pack


class Pack:
    """The four regions of a well-formed `assets.pa`."""

    def __init__(self, data):
        if len(data) < 32:
            raise Bad("shorter than a prelude")
        magic, version, header_len, payload_offset, flags, reserved = struct.unpack_from("<4sIIQIQ", data)
        for field, found, wanted in (
            ("magic", magic, b"ASPA"),
            ("schema_version", version, 1),
            ("flags", flags, 0),
            ("reserved", reserved, 0),
            ("payload_offset", payload_offset, 32 + header_len),
        ):
            if found != wanted:
                raise Bad(f"prelude: {field} is {found!r}, expected {wanted!r}")
        if header_len > min(len(data) - 32, 8 << 20):
            raise Bad(f"prelude: header_len is {header_len} in a file of {len(data)} bytes")
        self.data = data
        self.header_bytes = data[32 : 32 + header_len]
        self.payload = data[payload_offset:]
        self.header = parse_json(self.header_bytes, "header")
        if canonical(self.header) != self.header_bytes:
            raise Bad("the header is not canonical JSON")
        shape(self.header, "asset_table preload", "header")
        self.table, self.preload = self.header["asset_table"], self.header["preload"]
        if not isinstance(self.table, list) or not isinstance(self.preload, list):
            raise Bad("asset_table and preload must be lists")
        self.check_table()
        self.check_preload()
        self.by_id = {entry["asset_id"]: entry for entry in self.table}

    def check_table(self):
        end, last_id, names = 0, 0, set()
        for row, entry in enumerate(self.table):
            place = f"asset_table[{row}]"
            shape(entry, "asset_id asset_name bank_type codec decoded_size metadata offset size", place)
            last_id = integer(entry["asset_id"], last_id + 1, 2**31 - 1, place + ".asset_id")
            name = entry["asset_name"]
            if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_./-]{1,64}", name) or name in names:
                raise Bad(f"{place}.asset_name is malformed or taken: {name!r}")
            names.add(name)
            if entry["codec"] != "NONE":
                raise Bad(f"{place}.codec is {entry['codec']!r}")
            integer(entry["offset"], end, end, place + ".offset")
            size = integer(entry["size"], 0, len(self.payload) - end, place + ".size")
            decoded = integer(entry["decoded_size"], 0, MAX_INTEGER, place + ".decoded_size")
            end += size
            metadata = entry["metadata"]
            if entry["bank_type"] == "GLYPH":
                if (size, decoded) != (GLYPH_SIZE, GLYPH_DECODED_SIZE):
                    raise Bad(f"{place}: sizes {size} and {decoded} are not those of a glyph bank")
                check_glyph_metadata(metadata, place + ".metadata")
            elif entry["bank_type"] == "SOUNDS":
                if size != decoded:
                    raise Bad(f"{place}: size {size} and decoded_size {decoded} differ")
                check_sounds_metadata(metadata, size, place + ".metadata")
            elif entry["bank_type"] != "SCENE" or not isinstance(metadata, dict):
                raise Bad(f"{place}: unknown bank type, or metadata that is not an object")
        if end != len(self.payload):
            raise Bad(f"{len(self.payload) - end} bytes follow the last payload")

    def check_preload(self):
        banks = {entry["asset_id"]: entry["bank_type"] for entry in self.table}
        last_id, taken = 0, set()
        for row, line in enumerate(self.preload):
            place = f"preload[{row}]"
            shape(line, "asset_id slot", place)
            last_id = integer(line["asset_id"], last_id + 1, 2**31 - 1, place + ".asset_id")
            slot = integer(line["slot"], 0, 15, place + ".slot")
            if last_id not in banks or (banks[last_id], slot) in taken:
                raise Bad(f"{place}: not in the table, or its slot is taken")
            taken.add((banks[last_id], slot))

    def slice(self, entry):
        return self.payload[entry["offset"] : entry["offset"] + entry["size"]]


def check_glyph_metadata(metadata, place):
    shape(metadata, "height palette_authored palette_count tile_size width", place)
    for key, low, high in (("height", 256, 256), ("width", 256, 256), ("palette_count", 64, 64)):
        integer(metadata[key], low, high, f"{place}.{key}")
    integer(metadata["palette_authored"], 1, 64, place + ".palette_authored")
    if integer(metadata["tile_size"], 8, 32, place + ".tile_size") not in (8, 16, 32):
        raise Bad(f"{place}.tile_size is {metadata['tile_size']}")


def check_sounds_metadata(metadata, size, place):
    shape(metadata, "channels sample_rate samples", place)
    integer(metadata["channels"], 1, 1, place + ".channels")
    integer(metadata["sample_rate"], 1, 192000, place + ".sample_rate")
    samples = metadata["samples"]
    if not isinstance(samples, dict) or not samples or set(samples) != {str(i) for i in range(len(samples))}:
        raise Bad(f"{place}.samples must have the keys 0 to n-1, at least one")
    end = 0
    for index in range(len(samples)):
        here, sample = f"{place}.samples.{index}", samples[str(index)]
        looped = isinstance(sample, dict) and "loop_start" in sample
        shape(sample, "length offset sample_rate" + " loop_end loop_start" * looped, here)
        integer(sample["offset"], end, end, here + ".offset")
        length = integer(sample["length"], 2, size - end, here + ".length")
        if length % 2:
            raise Bad(f"{here}.length is odd")
        integer(sample["sample_rate"], 1, 192000, here + ".sample_rate")
        if looped:
            integer(sample["loop_end"], 1, length // 2, here + ".loop_end")
            integer(sample["loop_start"], 0, sample["loop_end"] - 1, here + ".loop_start")
        end += length
    if end != size:
        raise Bad(f"{place}.samples fill {end} of {size} bytes")


class Glyph:
    """A decoded glyph bank."""

    def __init__(self, payload, tile_size):
        half = SHEET * SHEET // 2
        self.tile_size = tile_size
        self.indices = [nibble for byte in payload[:half] for nibble in (byte >> 4, byte & 15)]
        colors = struct.unpack(f"<{PALETTES * COLORS}H", payload[half:])
        self.palettes = [colors[at : at + COLORS] for at in range(0, len(colors), COLORS)]
        self.capacity = (SHEET // tile_size) ** 2

    def tile(self, tile_id):
        size = self.tile_size
        row, column = divmod(tile_id, SHEET // size)
        starts = ((row * size + y) * SHEET + column * size for y in range(size))
        return [index for start in starts for index in self.indices[start : start + size]]


# PNG


class Image:
    """A decoded image: rows of (red, green, blue, alpha, index, exact).

    Channels have 8 bits; alpha is 0, 255, or 128 for any value between; index is None unless the image is indexed;
    exact is False for a 16-bit color that is not equal to an 8-bit color.
    """

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows = [[None] * width for _ in range(height)]


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def png_chunks(data):
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise Bad("not a PNG file")
    at = 8
    while True:
        if at + 12 > len(data):
            raise Bad("the PNG file is cut")
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        if at + 12 + length > len(data):
            raise Bad(f"the PNG file is cut inside {kind}")
        if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"):
            if struct.unpack_from(">I", data, at + 8 + length)[0] != zlib.crc32(kind + body):
                raise Bad(f"the PNG chunk {kind} has a wrong CRC")
            yield kind, body
        elif not kind[0] & 0x20:
            raise Bad(f"the PNG chunk {kind} is critical and unknown")
        if kind == b"IEND":
            return
        at += 12 + length


def decode_png(data):
    header = palette = transparency = None
    packed = []
    for kind, body in png_chunks(data):
        if (kind == b"IHDR") != (header is None):
            raise Bad("a PNG file must begin with its only IHDR")
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"PLTE":
            palette = [tuple(body[i : i + 3]) for i in range(0, len(body) - 2, 3)]
        elif kind == b"tRNS":
            transparency = body
        elif kind == b"IDAT":
            packed.append(body)
    width, height, depth, color_type, compression, filtering, interlace = header
    if color_type not in DEPTHS or depth not in DEPTHS[color_type] or compression or filtering or interlace > 1:
        raise Bad(f"unknown PNG header {header}")
    if not 0 < width <= 16384 or not 0 < height <= 16384 or width * height > 64 << 20:
        raise Bad(f"the image is {width} x {height}")
    bits = depth * CHANNELS[color_type]
    passes = []
    for left, top, across, down in ADAM7 if interlace else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            passes.append((left, top, across, down, columns, rows, (columns * bits + 7) // 8))
    wanted = sum(rows * (1 + line) for *_, rows, line in passes)
    raw = zlib.decompressobj().decompress(b"".join(packed), wanted)
    if len(raw) != wanted:
        raise Bad(f"the PNG file has {len(raw)} of {wanted} bytes of pixels")

    image = Image(width, height)
    to_pixel = pixel_reader(depth, color_type, palette, transparency)
    known = {}
    at = 0
    for left, top, across, down, columns, rows, line in passes:
        above = bytes(line)
        for row in range(rows):
            above = unfilter(raw[at], raw[at + 1 : at + 1 + line], above, max(1, bits // 8))
            at += 1 + line
            values = samples_of(above, depth, columns * CHANNELS[color_type])
            target = image.rows[top + row * down]
            for column, value in enumerate(zip(*[iter(values)] * CHANNELS[color_type])):
                if value not in known:
                    known[value] = to_pixel(value)
                target[left + column * across] = known[value]
    return image


def unfilter(kind, line, above, step):
    if kind == 0:
        return line
    done = bytearray(line)
    for i, value in enumerate(line):
        left = done[i - step] if i >= step else 0
        up = above[i]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            corner = above[i - step] if i >= step else 0
            target = left + up - corner
            # of equal values, min takes the first: left, up, corner
            guess = min((left, up, corner), key=lambda near: abs(target - near))
        else:
            raise Bad(f"unknown PNG filter {kind}")
        done[i] = (value + guess) & 255
    return bytes(done)


def samples_of(line, depth, count):
    if depth == 8:
        return line
    if depth == 16:
        return struct.unpack(f">{count}H", line)
    per_byte = 8 // depth
    mask = (1 << depth) - 1
    return [line[i // per_byte] >> (8 - depth - i % per_byte * depth) & mask for i in range(count)]


def pixel_reader(depth, color_type, palette, transparency):
    """A function that turns the samples of one pixel into a pixel of an Image."""
    most = (1 << depth) - 1
    clear = None
    if transparency is not None and color_type in (0, 2):
        count = CHANNELS[color_type]
        clear = tuple(value & most for value in struct.unpack_from(f">{count}H", transparency))

    def indexed(value):
        (index,) = value
        if palette is None or index >= len(palette):
            raise Bad(f"a pixel has index {index}, past the PNG's palette")
        alpha = transparency[index] if transparency is not None and index < len(transparency) else 255
        return (*palette[index], alpha if alpha in (0, 255) else 128, index, True)

    def direct(value):
        channels = value[:1] * 3 if color_type in (0, 4) else value[:3]
        alpha = value[-1] if color_type in (4, 6) else most
        if value == clear:
            alpha = 0
        alpha = 0 if alpha == 0 else 255 if alpha == most else 128
        if depth == 16:
            exact = all(channel % 257 == 0 for channel in channels)
            return (*(channel >> 8 for channel in channels), alpha, None, exact)
        return (*(channel * 255 // most for channel in channels), alpha, None, True)

    return indexed if color_type == 3 else direct


# WAV and FLAC


class Sound:
    """A decoded sound file: one tuple of channels a frame, signed, at the file's own depth."""

    def __init__(self, rate, channels, depth, frames, smpl=None):
        self.rate, self.channels, self.depth, self.frames, self.smpl = rate, channels, depth, frames, smpl


PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")


def decode_wav(data):
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise Bad("not a WAV file")
    (riff_size,) = struct.unpack_from("<I", data, 4)
    found, at = {}, 12
    while at + 8 <= len(data):
        kind = data[at : at + 4]
        (length,) = struct.unpack_from("<I", data, at + 4)
        at += 8
        if kind == b"data" and b"fmt " in found and unknown_size(data, at, length, riff_size):
            length = streamed_length(data, at, length, found[b"fmt "])
            found[kind] = data[at : at + length]
            at = tail_start(data, at)
            continue
        if kind in (b"fmt ", b"data") and kind in found:
            raise Bad(f"a second {kind} chunk")
        if kind == b"data" and b"fmt " not in found:
            raise Bad("data is before fmt")
        if at + length > len(data):
            if kind in (b"fmt ", b"data", b"smpl"):
                raise Bad(f"the {kind} chunk is cut")
            break
        found[kind] = data[at : at + length]
        at += length + length % 2
    if b"data" not in found:
        raise Bad("no fmt or no data chunk")
    fmt = found[b"fmt "]
    tag, channels, rate, _, align, depth = struct.unpack_from("<HHIIHH", fmt)
    if tag == 0xFFFE:
        tag = 1 if fmt[24:40] == PCM_GUID else tag
    if tag != 1 or depth not in (8, 16, 24, 32) or align != channels * depth // 8 or not channels:
        raise Bad(f"not plain PCM: format {tag}, {channels} channels, {depth} bits, block align {align}")
    step = depth // 8
    body = found[b"data"]
    if len(body) % align:
        raise Bad("the data chunk ends inside a frame")
    if depth == 8:
        values = [byte - 128 for byte in body]
    else:
        values = [int.from_bytes(body[i : i + step], "little", signed=True) for i in range(0, len(body), step)]
    frames = list(zip(*[iter(values)] * channels))
    return Sound(rate, channels, depth, frames, found.get(b"smpl"))


def placeholder(size):
    return 0x7FFF0000 <= size <= 0x80000000 or size >= 0xFFFF0000 or size and size % 10**9 == 0


def unknown_size(data, at, size, riff_size):
    if size == 0:
        if riff_size == 0 or placeholder(riff_size):
            return True
        chunk = all(0x20 <= byte < 0x7F for byte in data[at : at + 4]) and len(data) >= at + 8
        chunk = chunk and at + 8 + int.from_bytes(data[at + 4 : at + 8], "little") <= len(data)
        return riff_size <= at < len(data) and not chunk
    return placeholder(size) or size > len(data) - at and size in (len(data), len(data) - 8)


TAIL_CHUNKS = b"LIST", b"cue ", b"smpl", b"inst", b"id3 ", b"ID3 ", b"bext", b"iXML", b"fact", b"JUNK", b"PAD "


def tail_start(data, body):
    """Where the chunks begin that end exactly with the file, or its end."""
    for start in range(max(body, len(data) - 65536), len(data)):
        at = start
        while data[at : at + 4] in TAIL_CHUNKS and at + 8 <= len(data):
            length = int.from_bytes(data[at + 4 : at + 8], "little")
            if at + 8 + length > len(data):
                break
            at += 8 + length + length % 2
            if at >= len(data):
                return start
    return len(data)


def streamed_length(data, at, size, fmt):
    length = tail_start(data, at) - at
    frame = struct.unpack_from("<H", fmt, 12)[0] or 1
    sox_pad = 0x7FFFEFF9 <= size <= 0x7FFFF000 and frame == 1 and length and length % 2 == 0
    if sox_pad and data[at + length - 1] == 0:
        return length - 1
    return length - length % frame


class Bits:
    """Bits from the most significant down."""

    def __init__(self, data, at):
        self.data, self.at = data, 8 * at

    def take(self, count):
        end = self.at + count
        if end > 8 * len(self.data):
            raise Bad("the FLAC file is cut")
        block = int.from_bytes(self.data[self.at >> 3 : (end + 7) >> 3], "big")
        self.at = end
        return block >> (-end & 7) & ((1 << count) - 1)

    def signed(self, count):
        value = self.take(count)
        return value - (value >> (count - 1) << count) if count else 0

    def unary(self):
        start = self.at
        while not self.take(1):
            if self.at & 7 == 0:
                while self.at >> 3 < len(self.data) and not self.data[self.at >> 3]:
                    self.at += 8
        return self.at - start - 1


FIXED = ((), (1,), (2, -1), (3, -3, 1), (4, -6, 4, -1))
FLAC_DEPTHS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}


def decode_flac(data):
    if data[:4] != b"fLaC":
        raise Bad("not a FLAC file")
    at, last, info, smpl = 4, False, None, None
    while not last:
        if at + 4 > len(data):
            raise Bad("the FLAC file is cut")
        last, kind, length = data[at] >> 7, data[at] & 127, int.from_bytes(data[at + 1 : at + 4], "big")
        if kind == 0:
            info = data[at + 4 : at + 4 + length]
        if kind == 2 and data[at + 4 : at + 12] == b"riffsmpl" and length >= 12:  # a chunk of the original WAV
            (size,) = struct.unpack_from("<I", data, at + 12)
            if smpl or size > length - 12:
                raise Bad("several loop chunks, or a truncated one")
            smpl = data[at + 16 : at + 16 + size]
        at += 4 + length
    if info is None or len(info) < 34:
        raise Bad("the FLAC file has no STREAMINFO")
    fields = int.from_bytes(info[10:18], "big")
    rate, channels = fields >> 44, (fields >> 41 & 7) + 1
    depth, total = (fields >> 36 & 31) + 1, fields & (1 << 36) - 1
    frames = []
    while at < len(data) and not (total and len(frames) >= total):
        block, at = flac_frame(data, at, channels, depth)
        frames.extend(zip(*block))
    if total and len(frames) != total:
        raise Bad(f"the FLAC file has {len(frames)} of {total} frames")
    width = (depth + 7) // 8
    if any(info[18:34]):
        flat = b"".join(value.to_bytes(width, "little", signed=True) for frame in frames for value in frame)
        if hashlib.md5(flat).digest() != info[18:34]:
            raise Bad("the MD5 of the FLAC file's sound does not match")
    return Sound(rate, channels, depth, frames, smpl)


def flac_frame(data, at, channels, depth):
    bits = Bits(data, at)
    if bits.take(15) != 0b111111111111100:
        raise Bad("a FLAC frame does not begin with its sync code")
    bits.take(1)
    size_code, rate_code, layout, depth_code = bits.take(4), bits.take(4), bits.take(4), bits.take(3)
    bits.take(1)
    lead = bits.take(8)
    while lead & 0xC0 == 0xC0:  # the frame number is longer by a byte for each further leading one
        bits.take(8)
        lead = lead << 1 & 0xFF
    if size_code == 0:
        raise Bad("reserved FLAC block size")
    if size_code in (6, 7):
        size = bits.take(8 * (size_code - 5)) + 1
    else:
        size = 192 if size_code == 1 else 576 << (size_code - 2) if size_code < 6 else 256 << (size_code - 8)
    bits.take({12: 8, 13: 16, 14: 16}.get(rate_code, 0))
    bits.take(8)  # the header's CRC
    if (layout + 1 if layout < 8 else 2) != channels or layout > 10 or FLAC_DEPTHS.get(depth_code, depth) != depth:
        raise Bad("a FLAC frame has a different format than its stream")
    block = []
    for channel in range(channels):
        wide = (layout, channel) in ((8, 1), (9, 0), (10, 1))
        block.append(flac_subframe(bits, size, depth + wide))
    if layout == 8:
        block[1] = [left - side for left, side in zip(*block)]
    elif layout == 9:
        block[0] = [side + right for side, right in zip(*block)]
    elif layout == 10:
        middle = [mid << 1 | side & 1 for mid, side in zip(*block)]
        block = [[(m + s) >> 1 for m, s in zip(middle, block[1])], [(m - s) >> 1 for m, s in zip(middle, block[1])]]
    bits.at = (bits.at + 7 & ~7) + 16  # the frame's CRC
    return block, bits.at >> 3


def flac_subframe(bits, size, depth):
    bits.take(1)
    kind = bits.take(6)
    wasted = bits.unary() + 1 if bits.take(1) else 0
    depth -= wasted
    if kind == 0:
        values = [bits.signed(depth)] * size
    elif kind == 1:
        values = [bits.signed(depth) for _ in range(size)]
    elif 8 <= kind <= 12 or kind >= 32:
        order = kind - 8 if kind <= 12 else kind - 31
        values = [bits.signed(depth) for _ in range(order)]
        weights, shift = FIXED[order] if kind <= 12 else None, 0
        if weights is None:
            precision, shift = bits.take(4) + 1, bits.signed(5)
            weights = [bits.signed(precision) for _ in range(order)]
        for residual in flac_residual(bits, size, order):
            guess = sum(weight * value for weight, value in zip(weights, reversed(values[-order:]))) if order else 0
            values.append(residual + (guess >> shift))
    else:
        raise Bad(f"reserved FLAC subframe {kind}")
    return [value << wasted for value in values]


def flac_residual(bits, size, order):
    method, partition_order = bits.take(2), bits.take(4)
    if method > 1:
        raise Bad("reserved FLAC residual")
    width = 4 + method
    for partition in range(1 << partition_order):
        parameter = bits.take(width)
        count = (size >> partition_order) - (order if partition == 0 else 0)
        if parameter == (1 << width) - 1:
            raw = bits.take(5)
            yield from [bits.signed(raw) for _ in range(count)]
            continue
        for _ in range(count):
            folded = bits.unary() << parameter
            folded |= bits.take(parameter)
            yield folded >> 1 ^ -(folded & 1)


def console_samples(sound, convert):
    """The frames in the console's format, converted as far as `convert` allows."""
    if sound.channels > 2:
        raise Bad(f"{sound.channels} channels cannot be packed")
    if sound.channels == 2 and not convert.get("downmix"):
        raise Bad("stereo is packed, but `downmix` does not allow it")
    if sound.depth > 16 and not convert.get("reduce_bit_depth"):
        raise Bad(f"{sound.depth} bits are packed, but `reduce_bit_depth` does not allow it")
    mono = [frame[0] if sound.channels == 1 else (frame[0] + frame[1]) >> 1 for frame in sound.frames]
    if sound.depth > 16:
        return [value >> (sound.depth - 16) for value in mono]
    return [value << (16 - sound.depth) for value in mono]


def loop_of(sound, artifact):
    if "loop" in artifact:
        loop = artifact["loop"]
        return None if loop is None else (loop["start"], loop["end"])
    if sound.smpl is None or sound.smpl[28:32] == bytes(4):
        return None
    (count,) = struct.unpack_from("<I", sound.smpl, 28)
    _, kind, start, end, fraction, plays = struct.unpack_from("<6I", sound.smpl, 36)
    if count > 1 or kind or fraction or plays:
        raise Bad("a loop of a kind that needs a `loop` in the artifact")
    if start == end == 0 or end == 0xFFFFFFFF:
        return None
    return start, end + (end != len(sound.frames))


# One asset against its sources


def palette_colors(data):
    """All colors of a palette file, as (red, green, blue)."""
    if data.startswith(b"\x89PNG"):
        return [tuple(color) for color in zip(*[iter(png_chunk(data, b"PLTE"))] * 3)]
    if data[4:6] == b"\xe0\xa5" and int.from_bytes(data[:4], "little") == len(data):
        return [tuple(color[:3]) for color in read_aseprite.Sprite(data).frames[0]["palette"]]
    if len(data) in (768, 772) and any(byte < 32 and byte not in b"\t\n\f\r" for byte in data):
        colors = [tuple(data[at : at + 3]) for at in range(0, 768, 3)]
        if len(data) == 772:
            return colors[: int.from_bytes(data[768:770], "big")]
        filled = len(colors) - len(list(itertools.takewhile(lambda color: color == (0, 0, 0), reversed(colors))))
        return colors[:filled] if filled < len(colors) - 1 else colors
    lines = [line.strip() for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    if lines[0] == "GIMP Palette":
        lines = [re.split(r"[\s,]+", line) for line in lines if line[0].isdigit()]
        return [tuple(int(number) for number in line[:3]) for line in lines]
    if lines[0] == "JASC-PAL":
        return [tuple(int(number) for number in line.split()[:3]) for line in lines[3:]]
    digits = [line.lstrip("#") for line in lines if not line.startswith(";")]
    return [tuple(bytes.fromhex(line)[-3:]) for line in digits]


def png_chunk(data, name):
    """The body of the first chunk of this name."""
    at = 8
    while data[at + 4 : at + 8] != name:
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return data[at + 8 : at + 8 + int.from_bytes(data[at : at + 4], "big")]


class Asset:
    """A registered, included asset: its declaration, and the source files of its payload."""

    def __init__(self, assets_dir, registered):
        self.id, self.uuid, self.root = registered["asset_id"], registered["asset_uuid"], registered["root"]
        self.assets_dir, self.folder = assets_dir, assets_dir / self.root
        self.files = {"asset.json": (self.folder / "asset.json").read_bytes()}
        self.declaration = parse_json(self.files["asset.json"], f"{self.root}/asset.json")
        self.name, self.output = self.declaration["name"], self.declaration["output"]
        self.bank_type, self.family = FORMATS[self.output["format"]]
        self.raw = "payload" in self.declaration["inputs"]
        self.artifacts = self.declaration.get("artifacts", [])
        for path in self.declaration["inputs"]["payload"] if self.raw else [a["file"] for a in self.artifacts]:
            self.files.setdefault(path, (self.folder / path).read_bytes())
        declared = self.output.get("pipeline", {}).get("palettes", [])
        declared = sorted(declared, key=lambda item: item["index"])
        if [item["index"] for item in declared] != list(range(len(declared))):
            raise Bad("palette indices are not 0 to n-1")
        self.palettes = [self.colors(item["palette"]) for item in declared]

    def colors(self, palette):
        """The colors of a declared palette, which may be a file."""
        if "colors" in palette:
            return palette["colors"]
        path = palette["file"]
        folder = self.assets_dir if path.startswith("/") else self.folder
        data = self.files.setdefault(path, (folder / path.lstrip("/")).read_bytes())
        row = 16 * palette.get("row", 0)
        colors = palette_colors(data)[row : row + 16]
        return ([palette["key"]] if "key" in palette else []) + ["#%02x%02x%02x" % tuple(color) for color in colors]

    def companion(self, payload):
        """Its entry of asset_table_metadata.json."""
        return {
            "asset_id": self.id,
            "asset_uuid": self.uuid,
            "palettes": [[color.lower() for color in colors] for colors in self.palettes],
            "payload_sha256": sha256(payload),
            "root": self.root,
            "sources": [
                {"path": path, "sha256": sha256(data), "size": len(data)}
                for path, data in sorted(self.files.items(), key=lambda item: item[0].encode())
            ],
        }


def verify_asset(part, asset, entry, payload):
    declaration = asset.declaration
    part.equal("asset_uuid", declaration["asset_uuid"], asset.uuid)
    part.equal("type", declaration["type"], asset.family)
    part.equal("asset_name", entry["asset_name"], asset.name)
    part.equal("codec", entry["codec"], asset.output["codec"])
    if not part.equal("bank_type", entry["bank_type"], asset.bank_type):
        return
    if asset.raw:
        part.count("raw bytes", len(payload))
        part.equal_json("metadata", entry["metadata"], asset.output["metadata"])
        (path,) = declaration["inputs"]["payload"]
        part.check(payload == asset.files[path], f"the payload is not {path}")
        if asset.bank_type == "GLYPH":
            glyph = Glyph(payload, entry["metadata"]["tile_size"])
            unused = glyph.palettes[entry["metadata"]["palette_authored"] :]
            part.check(not any(map(any, unused)), "a palette past palette_authored is not zero")
    elif asset.bank_type == "GLYPH":
        verify_glyph(part, asset, entry, payload)
    else:
        verify_sounds(part, asset, entry, payload)


def verify_glyph(part, asset, entry, payload):
    size = asset.output["metadata"]["tile_size"]
    declared = [[rgb565(*hex_color(color)) for color in colors] for colors in asset.palettes]
    metadata = {"height": 256, "palette_authored": len(declared), "palette_count": 64, "tile_size": size, "width": 256}
    part.equal_json("metadata", entry["metadata"], metadata)
    glyph = Glyph(payload, size)
    for number, found in enumerate(glyph.palettes):
        wanted = declared[number] if number < len(declared) else []
        part.count("palettes")
        part.equal(f"palette {number}", list(found), wanted + [0] * (COLORS - len(wanted)))

    used = set()
    images = {}
    for artifact in asset.artifacts:
        name = artifact["file"]
        keys = {key: artifact[key] for key in ("tag", "layer", "slice") if key in artifact}
        source = (name, *keys.items())
        if source not in images:
            images[source] = images_of(asset.files[name], keys)
        tile_id = artifact["index"]
        cells = (cell for image in images[source] for cell in cells_of(image, artifact, size, name))
        for left, top, pixels in cells:
            if artifact.get("skip_blank", False) and all(map(transparency(artifact), pixels)):
                part.count("blank cells")
                continue
            if tile_id in used or tile_id >= glyph.capacity:
                raise Bad(f"{name}: tile {tile_id} is declared twice, or past the sheet")
            used.add(tile_id)
            part.count("tiles")
            part.count("pixels", size * size)
            verify_tile(part, f"tile {tile_id} ({name}, {left},{top})", glyph.tile(tile_id), pixels, artifact, declared)
            tile_id += 1
        if tile_id == artifact["index"]:
            raise Bad(f"{name} has no tile")
    part.check(used == set(range(len(used))) and used, "tile ids are not 0 to n-1")
    for tile_id in range(len(used), glyph.capacity):
        part.check(not any(glyph.tile(tile_id)), f"tile {tile_id} is not used, and not zero")


def images_of(data, keys):
    """The image of a PNG, or those of the frames of an Aseprite file."""
    if data[4:6] != b"\xe0\xa5":
        if keys:
            raise Bad("a PNG has no tag, layer or slice")
        return [decode_png(data)]
    width, height, frames = read_aseprite.parts(data, **keys)
    images = []
    for frame in frames:
        image = Image(width, height)
        pixels = [(*pixel[:3], pixel[3] if pixel[3] in (0, 255) else 128, pixel[4], True) for pixel in frame]
        image.rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
        images.append(image)
    return images


def cells_of(image, artifact, size, name):
    """The cells of an artifact, row by row: the left edge, the top edge and the pixels of each."""
    region = artifact.get("region", {"h": image.height, "w": image.width, "x": 0, "y": 0})
    shape(region, "h w x y", f"{name}: region")
    margin, spacing = artifact.get("margin", 0), artifact.get("spacing", 0)
    for number in (*region.values(), margin, spacing):
        integer(number, 0, MAX_INTEGER, f"{name}: region, margin or spacing")
    if region["x"] + region["w"] > image.width or region["y"] + region["h"] > image.height:
        raise Bad(f"{name}: the region exceeds the image")

    def starts(first, length):
        """The start of each cell, from the first margin on; the last cell must end at the second margin."""
        at, end = first + margin, first + length - margin
        found = [at]
        while at + size < end:
            at += size + spacing
            found.append(at)
        if at + size != end:
            raise Bad(f"{name}: cells of {size} do not fill {length} pixels (margin {margin}, spacing {spacing})")
        return found

    lefts = starts(region["x"], region["w"])
    for top in starts(region["y"], region["h"]):
        for left in lefts:
            yield left, top, [pixel for row in image.rows[top : top + size] for pixel in row[left : left + size]]


def transparency(artifact):
    """A function that returns whether a pixel is transparent."""
    key = artifact.get("color_key")
    key565 = rgb565(*hex_color(key)) if key not in (None, "index0") else None

    def transparent(pixel):
        red, green, blue, alpha, index, _ = pixel
        return alpha == 0 or key == "index0" and index == 0 or key565 == rgb565(red, green, blue)

    return transparent


def verify_tile(part, where, indices, pixels, artifact, declared):
    transparent = transparency(artifact)
    wanted = [None if transparent(pixel) else rgb565(*pixel[:3]) for pixel in pixels]
    for pixel, color in zip(pixels, wanted):
        if color is not None and (pixel[3] != 255 or not pixel[5]):
            raise Bad(f"{where}: a pixel has partial alpha, or more than 8 bits")
    tried = [artifact["palette"]] if "palette" in artifact else range(len(declared))

    def differing(number):
        colors = declared[number]
        drawn = [None if i == 0 else colors[i] if i < len(colors) else -1 for i in indices]
        return sum(found != want for found, want in zip(drawn, wanted))

    fewest = min(map(differing, tried), default=len(pixels))
    part.check(fewest == 0, f"{where}: {fewest} pixels differ from the source with every palette tried")
    ruled = indices_by_rule(pixels, wanted, [declared[number] for number in tried])
    if part.check(ruled is not None, f"{where}: no palette tried holds the source") and fewest == 0:
        part.check(indices == ruled, f"{where}: its pixels are right, but its indices are not those of the rule")


def indices_by_rule(pixels, wanted, palettes):
    """The indices that the palette search gives, or None."""
    remaining = [(pixel[4], color) for pixel, color in zip(pixels, wanted) if color is not None]
    if pixels[0][4] is not None:
        rows = {index // 16 for index, _ in remaining}
        columns = [(index % 16, color) for index, color in remaining]
        for colors in palettes:
            if len(rows) < 2 and all(0 < column < len(colors) and colors[column] == color for column, color in columns):
                return [0 if color is None else pixel[4] % 16 for pixel, color in zip(pixels, wanted)]
    for colors in palettes:
        lowest = {}
        for index in range(len(colors) - 1, 0, -1):
            lowest[colors[index]] = index
        if all(color in lowest for _, color in remaining):
            return [0 if color is None else lowest[color] for color in wanted]
    return None


def verify_sounds(part, asset, entry, payload):
    rate = asset.output["metadata"]["sample_rate"]
    artifacts = sorted(asset.artifacts, key=lambda artifact: artifact["index"])
    if not artifacts or [artifact["index"] for artifact in artifacts] != list(range(len(artifacts))):
        raise Bad("sample indices are not 0 to n-1")
    samples, end = {}, 0
    for artifact in artifacts:
        name, index = artifact["file"], artifact["index"]
        data = asset.files[name]
        sound = decode_flac(data) if data[:4] == b"fLaC" else decode_wav(data)
        wanted = console_samples(sound, artifact.get("convert", {}))
        if not wanted:
            raise Bad(f"{name} has no frame")
        sample = {"length": 2 * len(wanted), "offset": end, "sample_rate": sound.rate}
        loop = loop_of(sound, artifact)
        if loop is not None:
            sample["loop_start"], sample["loop_end"] = loop
            part.check(0 <= loop[0] < loop[1] <= len(wanted), f"{name}: the loop {loop} is not inside the sound")
        samples[str(index)] = sample
        found = payload[end : end + 2 * len(wanted)]
        end += 2 * len(wanted)
        part.count("samples")
        part.count("frames", len(wanted))
        if part.equal(f"sample {index} ({name}): its length", len(found), 2 * len(wanted)):
            frames = struct.unpack(f"<{len(wanted)}h", found)
            places = [at for at, pair in enumerate(zip(frames, wanted)) if pair[0] != pair[1]]
            if places:
                first = places[0]
                part.wrong(
                    f"sample {index} ({name}): {len(places)} frames differ, the first at {first}: "
                    f"{frames[first]}, expected {wanted[first]}"
                )
    part.equal_json("metadata", entry["metadata"], {"channels": 1, "sample_rate": rate, "samples": samples})
    part.equal("payload length", len(payload), end)


# The whole project


def expected_preload(part, assets):
    """Declared slots first; then, by id, the lowest free one of the bank type."""
    active = [asset for asset in assets if asset.declaration["preload"]["enabled"]]
    slots, taken = {}, set()
    for asset in active:
        if "slot" in asset.declaration["preload"]:
            slots[asset.id] = slot = asset.declaration["preload"]["slot"]
            part.check((asset.bank_type, slot) not in taken, f"{asset.bank_type} slot {slot} is declared twice")
            taken.add((asset.bank_type, slot))
    for asset in active:
        if asset.id not in slots:
            free = (slot for slot in range(16) if (asset.bank_type, slot) not in taken)
            slots[asset.id] = slot = next(free, None)
            part.check(slot is not None, f"{asset.bank_type} has no slot left for asset {asset.id}")
            taken.add((asset.bank_type, slot))
    return [{"asset_id": asset_id, "slot": slots[asset_id]} for asset_id in sorted(slots)]


def verify_companions(part, build, pack, assets):
    part.check(not (build / ".prometeu").exists(), "the stage folder build/.prometeu is still there")

    def same(name, wanted):
        part.count("files")
        path = build / name
        if part.check(path.is_file(), f"{name} is missing"):
            found = path.read_bytes()
            part.check(found == wanted, f"{name} differs: {first_difference(found, wanted)}")

    same("asset_table.json", canonical(pack.table))
    same("preload.json", canonical(pack.preload))
    rows = [asset.companion(pack.slice(pack.by_id[asset.id])) for asset in assets if asset.id in pack.by_id]
    whole = {"sha256": sha256(pack.data), "size": len(pack.data)}
    same("asset_table_metadata.json", canonical({"assets": rows, "pack": whole, "schema_version": 1}))


def verify(project):
    """The rows of the report."""
    head = Part("assets.pa", "container")
    pack = head.run(lambda part: Pack((project / "build" / "assets.pa").read_bytes()))
    if pack is None:
        return [head]
    head.count("bytes", len(pack.data))
    head.count("entries", len(pack.table))

    def read_registry(part):
        index = parse_json((project / "assets" / ".prometeu" / "index.json").read_bytes(), "index.json")
        shape(index, "assets next_asset_id schema_version", "index.json")
        for number, row in enumerate(index["assets"]):
            shape(row, "asset_id asset_uuid included_in_build root", f"index.json: assets[{number}]")
        return sorted((row for row in index["assets"] if row["included_in_build"]), key=lambda row: row["asset_id"])

    registry = head.run(read_registry) or []
    head.equal("the table's ids", list(pack.by_id), [row["asset_id"] for row in registry])
    rows, assets = [head], []
    for registered in registry:
        entry = pack.by_id.get(registered["asset_id"])
        part = Part(f"{registered['asset_id']} {registered['root']}", entry["bank_type"] if entry else "absent")
        rows.append(part)
        asset = part.run(lambda part: Asset(project / "assets", registered))
        if asset is not None:
            assets.append(asset)
            if entry is not None:
                part.run(verify_asset, asset, entry, pack.slice(entry))

    slots = Part("preload", "slots")
    slots.count("slots", len(pack.preload))
    slots.run(lambda part: part.equal_json("preload", pack.preload, expected_preload(part, assets)))
    companions = Part("companions", "files")
    companions.run(verify_companions, project / "build", pack, assets)
    return [*rows, slots, companions]


def main(args):
    if len(args) != 1 or not Path(args[0]).is_dir():
        print("usage: verify_pack.py PROJECT, where PROJECT holds assets/ and build/", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(errors="backslashreplace")
    rows = verify(Path(args[0]))
    lines = [("asset", "kind", "compared", "differences")]
    for part in rows:
        compared = ", ".join(f"{number} {what}" for what, number in part.compared.items())
        lines.append((part.asset, part.kind, compared or "nothing", str(len(part.problems))))
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)) + "  " + line[3])
    for part in rows:
        for problem in part.problems[:SHOWN]:
            print(f"{part.asset}: {problem}")
        if len(part.problems) > SHOWN:
            print(f"{part.asset}: and {len(part.problems) - SHOWN} more")
    return 1 if any(part.problems for part in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
