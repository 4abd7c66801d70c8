"""The round trip: compares the files that `extract` writes with the sources, without any code of the packer."""

import re

from common import verify_pack

SHEET = verify_pack.SHEET


def differences(asset, folder):
    """The number of pixels and frames of the sources that were compared with an asset's extracted files, and the
    differences."""
    compare = tiles if asset.family == "glyph_bank" else samples
    try:
        return compare(asset, folder)
    except Exception as error:  # a file that cannot be read counts as a difference
        return 0, [f"{folder.name}: {type(error).__name__}: {error}"]


def tiles(asset, folder):
    """`sheet.png` shows index 0 where the source is transparent, and has the source's colors in one of the `.gpl`.

    A pack does not contain the number of a bank's tiles, so rows of blank tiles at the end may be missing.
    """
    sheet = verify_pack.decode_png((folder / "sheet.png").read_bytes())
    palettes = [gpl(path) for path in numbered(folder, "palette-*.gpl")]
    size = asset.output["metadata"]["tile_size"]
    compared, problems = 0, []
    for artifact in asset.artifacts:
        transparent = verify_pack.transparency(artifact)
        tile_id = artifact["index"]
        tried = [palettes[artifact["palette"]]] if "palette" in artifact else palettes
        image = verify_pack.decode_png(asset.files[artifact["file"]])
        for left, top, pixels in verify_pack.cells_of(image, artifact, size, artifact["file"]):
            if artifact.get("skip_blank") and all(map(transparent, pixels)):
                continue
            row, column = divmod(tile_id, SHEET // size)
            rows = sheet.rows[row * size : (row + 1) * size]
            indices = [pixel[4] for line in rows for pixel in line[column * size : (column + 1) * size]]
            indices = indices or [0] * len(pixels)
            wanted = [None if transparent(pixel) else verify_pack.rgb565(*pixel[:3]) for pixel in pixels]
            shown = ([None if index == 0 else colors[index] for index in indices] for colors in tried)
            if wanted not in shown:
                problems.append(f"{folder.name}/sheet.png: tile {tile_id} is not ({left}, {top}) of {artifact['file']}")
            compared += len(pixels)
            tile_id += 1
    return compared, problems


def numbered(folder, pattern):
    """The files with a number in their name, from 0 to n-1, in order."""
    files = {int(re.sub(r"\D", "", path.stem)): path for path in folder.glob(pattern)}
    return [files[number] for number in range(len(files))]


def gpl(path):
    """The colors of a GIMP palette in RGB565; indices past its end have no color."""
    rows = re.findall(r"^ *(\d+) +(\d+) +(\d+)\t", path.read_text(), re.MULTILINE)
    colors = [verify_pack.rgb565(*map(int, row)) for row in rows]
    return colors + [-1] * (verify_pack.COLORS - len(colors))


def samples(asset, folder):
    """`N.wav` contains the frames, the rate and the loop of sample N's source."""
    compared, problems = 0, []
    files = numbered(folder, "*.wav")
    for artifact in asset.artifacts:
        path, data = files[artifact["index"]], asset.files[artifact["file"]]
        source = verify_pack.decode_flac(data) if data[:4] == b"fLaC" else verify_pack.decode_wav(data)
        sound = verify_pack.decode_wav(path.read_bytes())
        wanted = verify_pack.console_samples(source, artifact.get("convert", {}))
        form = (source.rate, 1, 16, verify_pack.loop_of(source, artifact))
        if (sound.rate, sound.channels, sound.depth, verify_pack.loop_of(sound, {})) != form:
            problems.append(f"{folder.name}/{path.name}: the rate, the format or the loop differs from its source")
        if [frame[0] for frame in sound.frames] != wanted:
            problems.append(f"{folder.name}/{path.name}: its frames differ from {artifact['file']}")
        compared += len(wanted)
    return compared, problems
