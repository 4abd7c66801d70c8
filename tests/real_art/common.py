"""What both programs share: the packer under test, the independent verifier, and a writer of plain PNGs."""

import functools
import os
import struct
import sys
import zlib
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "support"))

import verify_pack  # noqa: E402

# Each image is read for the pack and for the round trip, and a large one for each of its parts.
verify_pack.decode_png = functools.lru_cache(maxsize=32)(verify_pack.decode_png)


def packer():
    """The binary that `PACKER` names, otherwise the newest build."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", TESTS.parent / "target"))
    built = [path for path in target.glob("*/prometeu-packer") if path.is_file()]
    named = os.environ.get("PACKER")
    if not named and not built:
        raise SystemExit("there is no packer: run `cargo build --release -p packer-services`, or name one in PACKER")
    return named or str(max(built, key=lambda path: path.stat().st_mtime))


def write_png(rows, width, height):
    """An RGBA image of these rows of (red, green, blue, alpha), padded with transparent pixels."""
    lines = [b"".join(map(bytes, row)).ljust(4 * width, b"\0") for row in rows]
    lines += [bytes(4 * width)] * (height - len(lines))
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + line for line in lines))),
        (b"IEND", b""),
    ):
        parts += [struct.pack(">I", len(body)), kind, body, struct.pack(">I", zlib.crc32(kind + body))]
    return b"".join(parts)
