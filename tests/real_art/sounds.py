#!/usr/bin/env python3
"""Compares what the packer decodes with libvorbis: `sounds.py [--in FOLDER]`.

The smallest Ogg sounds of `ardentryst`, or all with `--all`, are added to a sound bank, which decodes each into a WAV.
It must have as many frames as libsndfile reads with libvorbis, the same rate and channels, and samples that differ by
at most one. Each bank packs.

`--in` names the folder of `packages.py`, and `PACKER` the binary. Exit codes: 0 no fault; 1 a difference.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import packages
from common import packer


# How many sounds are compared, without `--all`.
SOUNDS = 60


def run(*words):
    """The exit code and the JSON answer of the packer."""
    ended = subprocess.run([packer(), "--format", "json", *map(str, words)], capture_output=True, timeout=120)
    return ended.returncode, json.loads(ended.stdout)


def wav_parts(data):
    """Channels, rate and samples of a WAV that the packer wrote."""
    size = int.from_bytes(data[40:44], "little")
    samples = array("h", data[44 : 44 + size])
    return data[22], int.from_bytes(data[24:28], "little"), samples


def compare(soundfile, path, wav):
    """The number of samples that differ by one, or a problem."""
    channels, rate, found = wav_parts(wav.read_bytes())
    with soundfile.SoundFile(path) as sound:
        expected = array("f", bytes(sound.buffer_read(dtype="float32")))
        if (channels, rate, len(found)) != (sound.channels, sound.samplerate, len(expected)):
            return f"{channels} channels, {rate} Hz, {len(found)} samples; libvorbis has {sound.channels}, " \
                f"{sound.samplerate}, {len(expected)}"
    differences = 0
    for n, (value, exact) in enumerate(zip(found, expected)):
        distance = abs(value - max(-32768.0, min(32767.0, exact * 32768.0)))
        if distance > 1.01:
            return f"sample {n} is {value}; libvorbis has {exact * 32768.0:.2f}"
        differences += distance > 0.51
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--in", dest="folder", type=Path, default=Path(tempfile.gettempdir()) / "real_art")
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(packages.soundfile(folder)))
    import soundfile

    place, version = packages.unpack("ardentryst", folder)
    # The music is hours long: all of it takes minutes.
    paths = sorted(packages.files(place, ".ogg"), key=lambda path: path.stat().st_size)
    paths = paths if arguments.all else paths[:SOUNDS]
    faults = samples = off_by_one = 0
    with tempfile.TemporaryDirectory() as project:
        run("init", project)
        for n, path in enumerate(paths):
            code, answer = run("create", project, f"s{n}", "--type", "sound_bank", "--downmix", path)
            codes = [finding["code"] for finding in answer["findings"]]
            result = f"exit {code}, {codes}"
            if code == 0 and "sound-imported" in codes:
                wav = Path(project) / "assets" / f"s{n}" / f"{path.stem}.wav"
                samples += (wav.stat().st_size - 44) // 2
                result = compare(soundfile, path, wav)
            if isinstance(result, str):
                faults += 1
                print(f"fault: {path.name}: {result}")
            else:
                off_by_one += result
        code, answer = run("pack", project)
        if code != 0:
            faults += 1
            print("fault: pack:", [finding["code"] for finding in answer["findings"]])
    print(f"ardentryst {version}: {len(paths)} Ogg sounds, {samples} samples, {off_by_one} differ by one, {faults} faults")
    return 1 if faults or len(paths) < SOUNDS else 0


if __name__ == "__main__":
    sys.exit(main())
