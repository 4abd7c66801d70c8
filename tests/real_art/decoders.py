#!/usr/bin/env python3
"""Compares what the packer reads with other decoders: `decoders.py [--in FOLDER]`.

Images: all of PngSuite, pixel by pixel, with Pillow. Sounds: every form that SoX can write, frame by frame, with what
SoX itself reads. Whatever is not equal must be refused, with a finding that is expected here.

`--in` names the folder of `packages.py`. `PACKER` names the binary, and `DECODED_PIXELS` the example of that name.

Exit codes: 0 no fault; 1 a difference, a crash, or an unexpected finding.
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import packages
from common import packer, verify_pack


def run(*words):
    """The exit code and the JSON answer of the packer."""
    ended = subprocess.run([packer(), "--format", "json", *map(str, words)], capture_output=True, timeout=60)
    return ended.returncode, json.loads(ended.stdout)


class Faults:
    """What is not as it must be."""

    def __init__(self):
        self.found = []

    def check(self, holds, problem):
        """Notes a problem."""
        if not holds:
            self.found.append(problem)
            print("fault:", problem)


# --- images -----------------------------------------------------------------------------------------------------------


def header(path):
    """Bit depth and color type of an image."""
    return path.read_bytes()[24:26]


def transparent_sample(path):
    """The samples of a gray or RGB image that tRNS makes transparent, at the depth of the file."""
    data, at = path.read_bytes(), 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"tRNS":
            return struct.unpack(f">{length // 2}H", data[at + 8 : at + 8 + length])
        at += 12 + length
    return None


def expected_pixels(path, image_module):
    """The pixels as Pillow reads them: (red, green, blue, alpha) in bits of 8, and whether a channel has more bits.

    Pillow keeps 16 bits of gray alone; of other images it keeps the high bytes, so that their low bytes are unknown.
    It compares tRNS with samples that it has widened, so that is done here.
    """
    depth, color = header(path)
    with image_module.open(path) as image:
        image.load()
        size = image.size
        if color in (0, 2):
            image.info.pop("transparency", None)
        if depth == 16 and color == 0:
            raw = list(image.getdata())
            pixels = [((value >> 8,) * 3 + (255,), value % 257 != 0) for value in raw]
            clear = transparent_sample(path)
            if clear:
                pixels = [((*p[:3], 0), deep) if v == clear[0] else (p, deep) for v, (p, deep) in zip(raw, pixels)]
            return size, pixels
        pixels = [(pixel, None if depth == 16 else False) for pixel in image.convert("RGBA").getdata()]
    clear = transparent_sample(path) if color in (0, 2) else None
    if clear:
        if color == 0:
            clear = (clear[0] * 255 // ((1 << depth) - 1),) * 3
        elif depth == 16:
            clear = tuple(value >> 8 for value in clear)
        pixels = [((*p[:3], 0), deep) if p[:3] == clear else (p, deep) for p, deep in pixels]
    return size, pixels


def differs(found, expected, deep):
    """Whether a decoded pixel is not the expected one."""
    kind, red, green, blue, alpha = found
    wanted = expected[3]
    if kind == "c":
        return wanted != 0
    if kind == "p":
        # The finding shows the alpha; that of 16 bits is rounded, but never to clear or opaque.
        return deep is False and alpha != wanted or wanted == 0 and deep is False
    if kind == "d":
        return deep is False
    if kind == "n":
        return True
    # Where the low bytes are unknown, an opaque pixel must have equal bytes, of which the high one is known.
    return deep is True or (red, green, blue) != expected[:3] or wanted != 255


def compare_images(folder, faults):
    """Decodes all of PngSuite twice."""
    sys.path.insert(0, str(packages.pillow(folder)))
    from PIL import Image, ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    paths = sorted(packages.pngsuite(folder).glob("*.png"))
    paths = [path for path in paths if path.name != "PngSuite.png"]
    faults.check(len(paths) >= 160, f"PngSuite has only {len(paths)} images")
    program = os.environ["DECODED_PIXELS"]
    lines = subprocess.run([program, *paths], capture_output=True, check=True).stdout.splitlines()
    equal = refused = 0
    for path, line in zip(paths, map(json.loads, lines), strict=True):
        if path.name.startswith("x"):
            faults.check(line["error"] is not None, f"{path.name} is damaged, but it was read")
            refused += 1
            continue
        if line["error"] is not None:
            faults.check(False, f"{path.name} is valid, but: {line['error']}")
            continue
        (width, height), expected = expected_pixels(path, Image)
        faults.check(line["size"] == [width, height], f"{path.name}: {line['size']} instead of {width} × {height}")
        text = line["pixels"]
        found = [(text[at], *bytes.fromhex(text[at + 1 : at + 9])) for at in range(0, len(text), 9)]
        wrong = [
            (at % width, at // width, pixel, *wanted)
            for at, (pixel, wanted) in enumerate(zip(found, expected, strict=True))
            if differs(pixel, *wanted)
        ]
        faults.check(not wrong, f"{path.name}: {len(wrong)} pixels differ, first {wrong[:1]}")
        equal += not wrong
    print(f"PngSuite: {equal} images are equal to Pillow's, {refused} damaged ones are refused")
    return paths


def pack_images(paths, scratch, faults):
    """Creates a bank of each image: the exit code is 0 or 1, and 1 has a finding with help; damaged ones have 1."""
    project = scratch / "images"
    run("init", project)
    codes = {}
    for path in paths:
        code, answer = run("create", project, f"png/{path.stem}", "--type", "glyph_bank", "--tile-size", "8", path)
        errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
        faults.check(code == int(bool(errors)), f"{path.name}: exit code {code}, {len(errors)} errors")
        faults.check(all(error["help"] and error["file"] for error in errors), f"{path.name}: no help or file: {errors}")
        if path.name.startswith("x"):
            faults.check(code == 1, f"{path.name} is damaged, but a bank was created from it")
        for error in errors or [{"code": "packed"}]:
            codes[error["code"]] = codes.get(error["code"], 0) + 1
    code, answer = run("pack", project)
    faults.check(code == 0, f"the images that could be created must pack: {answer['findings'][:1]}")
    print("banks of PngSuite:", ", ".join(f"{count} {code}" for code, count in sorted(codes.items())))


# --- sounds -----------------------------------------------------------------------------------------------------------

WAV_FORMS = [
    ("signed-integer", 16), ("signed-integer", 24), ("signed-integer", 32), ("unsigned-integer", 8),
    ("floating-point", 32), ("floating-point", 64), ("a-law", 8), ("mu-law", 8), ("ima-adpcm", 4), ("ms-adpcm", 4),
    ("gsm-full-rate", 0),
]  # fmt: skip
FLAC_FORMS = [("signed-integer", 8), ("signed-integer", 16), ("signed-integer", 24)]
# The findings about a form that is not supported.
REFUSED = {
    "wav": {"wav-coding", "wav-format"},
    "wavpcm": {"wav-coding", "wav-format"},
    "flac": {"flac-format"},
    "amb": {"wav-coding"},
}
# SoX writes these only to a sound card, as text, or to nowhere.
NO_FILES = {"alsa", "ao", "coreaudio", "oss", "ossdsp", "pulseaudio", "sndio", "sunau", "waveaudio", "null", "dat"}


def write_sound(path, kind, rate, channels, form=None):
    """Writes a short sound of noise with SoX; false if SoX cannot write it in this form."""
    encoding, bits = form or ("", 0)
    options = (["-e", encoding] if encoding else []) + (["-b", str(bits)] if bits else [])
    words = ["sox", "-D", "-R", "-r", str(rate), "-n", "-t", kind, "-r", str(rate), "-c", str(channels), *options]
    ended = subprocess.run([*words, path, "synth", "0.02", "pinknoise"], capture_output=True)
    return ended.returncode == 0 and path.is_file() and path.stat().st_size > 0


def about(path):
    """What SoX reports about a file: encoding, bits, channels and rate."""
    text = subprocess.run(["soxi", path], capture_output=True, text=True).stdout
    found = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    found = {key.strip(): value.strip() for key, value in found.items()}
    bits = int(found.get("Precision", "0-bit").split("-")[0])
    return found.get("Sample Encoding", ""), bits, int(found.get("Channels", 0)), float(found.get("Sample Rate", 0))


def is_supported(path, kind):
    """Whether the packer documents that it reads this form. Some kinds of SoX are WAVs under another name; of these,
    only `amb`, whose channels are not those of loudspeakers, has a coding of its own."""
    encoding, _, channels, rate = about(path)
    start = path.read_bytes()[:12]
    is_wav = start[:4] == b"RIFF" and start[8:] == b"WAVE" and "Integer PCM" in encoding and kind != "amb"
    is_aiff = start[:4] == b"FORM" and start[8:] in (b"AIFF", b"AIFC")
    return (is_wav or is_aiff or start[:4] == b"fLaC") and channels in (1, 2) and rate <= 192_000


def is_lossy(path):
    """Whether it is a form that is decoded when it is added, and not exactly as SoX decodes it: `sounds.py`."""
    start = path.read_bytes()[:4]
    return start in (b"OggS",) or start[:3] == b"ID3" or start[:2] in (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")


def frames_of(path, kind):
    """The frames that SoX reads, mixed and reduced as the packer documents it; and the rate."""
    words = ["sox", "-D", "-t", kind, path, "-t", "raw", "-e", "signed-integer", "-b", "32", "-L", "-"]
    values = array("i", subprocess.run(words, capture_output=True, check=True).stdout)
    if sys.byteorder == "big":
        values.byteswap()
    _, depth, channels, rate = about(path)
    at_depth = [value >> (32 - depth) for value in values]
    if channels == 2:
        at_depth = [(left + right) >> 1 for left, right in zip(at_depth[::2], at_depth[1::2])]
    shift = depth - 16
    return [value >> shift if shift > 0 else value << -shift for value in at_depth], rate


def sounds(folder):
    """Every form: a path, and the kind of SoX."""
    listed = subprocess.run(["sox", "--help"], capture_output=True, text=True).stdout
    (kinds,) = [line.split(":", 1)[1].split() for line in listed.splitlines() if line.startswith("AUDIO FILE FORMATS")]
    for kind in ("wav", "wavpcm"):
        for form in WAV_FORMS:
            for channels in (1, 2, 3):
                for rate in (8000, 44100) if channels < 3 else (8000,):
                    path = folder / f"{kind}-{form[0]}-{form[1]}-{channels}-{rate}.wav"
                    if write_sound(path, kind, rate, channels, form):
                        yield path, kind
    for rate in (11025, 22050, 32000, 48000, 96000, 192000, 384000):
        path = folder / f"wav-{rate}.wav"
        if write_sound(path, "wav", rate, 1, ("signed-integer", 16)):
            yield path, "wav"
    for form in FLAC_FORMS:
        for channels in (1, 2, 3):
            for level in ("0", "5", "8"):
                path = folder / f"flac-{form[1]}-{channels}-{level}.flac"
                words = ["sox", "-D", "-R", "-r", "22050", "-n", "-b", str(form[1]), "-c", str(channels), "-C", level]
                subprocess.run([*words, path, "synth", "0.1", "pinknoise"], capture_output=True, check=True)
                yield path, "flac"
    for kind in sorted(set(kinds) - NO_FILES - {"wav", "wavpcm", "flac"}):
        for channels in (1, 2):
            path = folder / f"other-{kind}-{channels}.wav"
            if write_sound(path, kind, 8000, channels) and not is_lossy(path):
                yield path, kind


def compare_sounds(scratch, faults):
    """Creates a bank of each sound, packs them, and compares the frames."""
    folder, project = scratch / "sounds", scratch / "banks"
    folder.mkdir()
    run("init", project)
    accepted, codes = {}, {}
    for n, (path, kind) in enumerate(sounds(folder)):
        _, bits, channels, _ = about(path)
        options = ["--downmix"] * (channels == 2) + ["--reduce-bit-depth"] * (bits > 16)
        code, answer = run("create", project, f"bank/{n}", "--type", "sound_bank", *options, path)
        errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
        faults.check(code == int(bool(errors)), f"{path.name}: exit code {code}, {len(errors)} errors")
        faults.check(bool(errors) != is_supported(path, kind), f"{path.name}: {about(path)}, but {errors[:1]}")
        for error in errors:
            expected = REFUSED.get(kind, {"sound-not-wav"})
            faults.check(error["code"] in expected, f"{path.name}: {error['code']}: {error['message']}")
            faults.check(error["help"] and error["file"], f"{path.name}: no help or file: {error}")
            codes[error["code"]] = codes.get(error["code"], 0) + 1
        if not errors:
            accepted[f"bank/{n}"] = (path, kind)
    code, answer = run("pack", project)
    faults.check(code == 0, f"the banks must pack: {answer['findings'][:1]}")
    pack = verify_pack.Pack((project / "build/assets.pa").read_bytes())
    registry = json.loads((project / "assets/.prometeu/index.json").read_text())
    roots = {asset["asset_id"]: asset["root"] for asset in registry["assets"]}
    for entry in pack.table:
        path, kind = accepted.pop(roots[entry["asset_id"]])
        frames, rate = frames_of(path, kind)
        found = list(struct.unpack(f"<{entry['size'] // 2}h", pack.slice(entry)))
        faults.check(found == frames, f"{path.name}: the frames differ from SoX's")
        faults.check(entry["metadata"]["sample_rate"] == rate, f"{path.name}: {entry['metadata']}, not {rate} Hz")
    faults.check(len(pack.table) >= 50, f"only {len(pack.table)} sounds were compared")
    faults.check(not accepted, f"missing in the pack: {accepted}")
    print(f"SoX: {len(pack.table)} sounds have its frames; refused: ", end="")
    print(", ".join(f"{count} {code}" for code, count in sorted(codes.items())))


def main():
    """Runs both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--in", dest="folder", type=Path, help="where downloads are kept and found again")
    args = parser.parse_args()
    faults = Faults()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.folder or Path(scratch) / "downloads").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        images = compare_images(folder, faults)
        pack_images(images, Path(scratch), faults)
        compare_sounds(Path(scratch), faults)
    print(f"{len(faults.found)} faults")
    return int(bool(faults.found))


if __name__ == "__main__":
    sys.exit(main())
