#!/usr/bin/env python3
"""A second reader of Aseprite files, from the public description of the format, which shares no code with the packer.

`frames(data)` gives what Aseprite shows. The blend modes that are not in `CHANNELS`, and groups that are blended, are not
implemented: they raise `Unsupported`, so that nothing is compared with a guess.
"""

import struct
import zlib


class Unsupported(Exception):
    """The file has something that this reader does not implement."""


class Values:
    """Little-endian values, one after the other."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, form):
        """One value, or a tuple of several."""
        found = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return found[0] if len(found) == 1 else found

    def string(self):
        """A length and so many bytes of UTF-8."""
        length = self.take("H")
        self.at += length
        return self.data[self.at - length : self.at].decode("utf-8", "replace")


class Sprite:
    """What the chunks of a file contain."""

    def __init__(self, data):
        values = Values(data, 6)
        count, self.width, self.height, self.depth, self.flags, _ = values.take("HHHHIH")
        self.transparent = data[28] if self.depth == 8 else None
        colors = struct.unpack_from("<H", data, 32)[0] or 256
        self.layers, self.tilesets, self.tags, self.slices = [], {}, [], []
        self.frames, palette, is_current = [], [(0, 0, 0, 255)] * colors, False
        at = 128
        for _ in range(count):
            size, magic, old, _, _, new = struct.unpack_from("<IHHHHI", data, at)
            assert magic == 0xF1FA
            chunk, frame = at + 16, {"cels": {}}
            for _ in range(max(new, old) if old == 0xFFFF else old):
                length, kind = struct.unpack_from("<IH", data, chunk)
                content = data[chunk + 6 : chunk + length]
                if kind == 0x2019:
                    palette, is_current = self.new_palette(content, palette), True
                elif kind in (4, 11) and not is_current:
                    palette = old_palette(content, palette, kind == 11)
                elif kind == 0x2004:
                    self.add_layer(Values(content))
                elif kind == 0x2005:
                    self.add_cel(content, frame)
                elif kind == 0x2018:
                    self.add_tags(Values(content))
                elif kind == 0x2022:
                    self.add_slice(Values(content))
                elif kind == 0x2023:
                    self.add_tileset(Values(content))
                chunk += length
            frame["palette"] = palette
            self.frames.append(frame)
            at += size

    @staticmethod
    def new_palette(content, palette):
        """The palette after a current chunk."""
        values = Values(content)
        size, first, last = values.take("III")
        values.at += 8
        palette = (list(palette) + [(0, 0, 0, 255)] * size)[: size or len(palette)]
        for index in range(first, last + 1):
            flags, *color = values.take("HBBBB")
            palette[index] = tuple(color)
            if flags & 1:
                values.string()
        return palette

    def add_layer(self, values):
        """A layer: its parent follows from the levels."""
        flags, kind, level, _, _, mode, opacity = values.take("HHHHHHB")
        values.at += 3
        name = values.string()
        tileset = values.take("I") if kind == 2 else None
        above = [at for at, other in enumerate(self.layers) if other["level"] < level and other["kind"] == 1]
        parent = above[-1] if level and above else None
        if kind == 1:
            mode, opacity = (mode, opacity) if self.flags & 2 else (0, 255)
            if (mode, opacity) != (0, 255):
                raise Unsupported("a group that is blended")
        opacity = opacity if self.flags & 1 and not flags & 8 else 255
        mode = 0 if flags & 8 else mode
        self.layers.append(
            dict(flags=flags, kind=kind, level=level, mode=mode, opacity=opacity, name=name, tileset=tileset, parent=parent)
        )

    def add_cel(self, content, frame):
        """A cel, with its pixels or its tiles."""
        values = Values(content)
        layer, x, y, opacity, kind, z = values.take("HhhBHh")
        values.at += 5
        cel = dict(x=x, y=y, opacity=opacity, z=z)
        if kind == 1:
            cel["shown"] = self.frames[values.take("H")]["cels"][layer]["shown"]
        else:
            size = values.take("HH")
            masks = None
            if kind == 3:
                _, *masks = values.take("HIIII")
                values.at += 10
            pixels = content[values.at :]
            cel["shown"] = (size, pixels if kind == 0 else zlib.decompress(pixels), masks)
        frame["cels"][layer] = cel

    def add_tags(self, values):
        """Tags with their first and last frame."""
        count = values.take("H")
        values.at += 8
        for _ in range(count):
            first, last = values.take("HH")
            values.at += 13
            self.tags.append((values.string(), first, last))

    def add_slice(self, values):
        """A slice with its keys."""
        count, flags, _ = values.take("III")
        name, keys = values.string(), []
        for _ in range(count):
            keys.append(values.take("IiiII"))
            values.at += (16 if flags & 1 else 0) + (8 if flags & 2 else 0)
        self.slices.append((name, keys))

    def add_tileset(self, values):
        """The tiles of a tileset, each as its bytes."""
        number, flags, count, width, height = values.take("IIIHH")
        values.at += 16
        values.string()
        values.at += 8 if flags & 1 else 0
        pixels = b""
        if flags & 2:
            length = values.take("I")
            pixels = zlib.decompress(values.data[values.at : values.at + length])
        size = width * height * self.depth // 8
        tiles = [pixels[at * size : (at + 1) * size] for at in range(count)]
        self.tilesets[number] = (width, height, tiles, flags & 4)

    def is_visible(self, at, chosen):
        """Whether neither the layer nor a group around it is hidden; with a chosen layer, only as far as it."""
        while at is not None and at != chosen:
            layer = self.layers[at]
            if not layer["flags"] & 1 or layer["flags"] & 64:
                return False
            at = layer["parent"]
        return at == chosen

    def names_of(self, at):
        """The name of a layer, and that with the names of the groups around it."""
        path, above = self.layers[at]["name"], self.layers[at]["parent"]
        while above is not None:
            path, above = self.layers[above]["name"] + "/" + path, self.layers[above]["parent"]
        return self.layers[at]["name"], path

    def pixels_of(self, cel, layer):
        """The pixels of a cel with their places, as the file has them."""
        (width, height), data, masks = cel["shown"]
        size = self.depth // 8
        if masks is None:
            for at in range(width * height):
                yield cel["x"] + at % width, cel["y"] + at // width, data[at * size : (at + 1) * size]
            return
        tile_width, tile_height, tiles, is_first_empty = self.tilesets[layer["tileset"]]
        shift = (masks[0] & -masks[0]).bit_length() - 1
        for at, (value,) in enumerate(struct.iter_unpack("<I", data)):
            number = (value & masks[0]) >> shift
            if (number == 0 if is_first_empty else value == 0xFFFFFFFF) or number >= len(tiles):
                continue
            left = cel["x"] + at % width * tile_width
            top = cel["y"] + at // width * tile_height
            for y in range(tile_height):
                for x in range(tile_width):
                    u, v = x, y
                    if value & masks[1]:
                        u = tile_width - 1 - u
                    if value & masks[2]:
                        v = tile_height - 1 - v
                    if value & masks[3]:
                        u, v = v, u
                    start = (v * tile_width + u) * size
                    yield left + x, top + y, tiles[number][start : start + size]

    def draw(self, frame, chosen=None):
        """The pixels of a frame, row by row: red, green, blue, alpha, and the index of an indexed sprite.

        With a chosen layer, only this layer or group is drawn.
        """
        palette = frame["palette"]
        has_background = any(layer["flags"] & 8 and self.is_visible(at, chosen) for at, layer in enumerate(self.layers))
        empty = (0, 0, 0, 0, self.transparent)
        if self.transparent is not None and has_background and self.transparent < len(palette):
            empty = (*palette[self.transparent], self.transparent)
        canvas = [empty] * (self.width * self.height)
        order = sorted(frame["cels"].items(), key=lambda item: (item[0] + item[1]["z"], item[1]["z"]))
        for at, cel in order:
            layer = self.layers[at]
            if not self.is_visible(at, chosen):
                continue
            if layer["mode"] not in CHANNELS and self.depth != 8:
                raise Unsupported(f"blend mode {layer['mode']}")
            opacity = multiplied(cel["opacity"], layer["opacity"])
            for x, y, pixel in self.pixels_of(cel, layer):
                if not (0 <= x < self.width and 0 <= y < self.height):
                    continue
                place = y * self.width + x
                if self.depth == 8:
                    index = pixel[0]
                    if (index == self.transparent and not layer["flags"] & 8) or index >= len(palette):
                        continue
                    if palette[index][3] or canvas[place][3] == 0:
                        canvas[place] = (*palette[index], index)
                else:
                    color = tuple(pixel) if self.depth == 32 else (pixel[0],) * 3 + (pixel[1],)
                    canvas[place] = (*blended(canvas[place][:4], color, opacity, layer["mode"]), None)
        return canvas


def old_palette(content, palette, is_scaled):
    """The palette after a chunk of an old version."""
    values, palette, start = Values(content), list(palette), 0
    for _ in range(values.take("H")):
        skipped, count = values.take("BB")
        start += skipped
        for index in range(start, start + (count or 256)):
            color = values.take("BBB")
            if is_scaled:
                color = tuple(v << 2 | v >> 4 for v in color)
            palette += [(0, 0, 0, 255)] * (index + 1 - len(palette))
            palette[index] = (*color, 255)
    return palette


def multiplied(a, b):
    """a × b ÷ 255, rounded as Aseprite does."""
    product = a * b + 128
    return (product + (product >> 8)) >> 8


def over(below, above, opacity):
    """A color over another one."""
    alpha = multiplied(above[3], opacity)
    if below[3] == 0:
        return (*above[:3], alpha)
    if above[3] == 0:
        return below
    result = alpha + below[3] - multiplied(below[3], alpha)
    mixed = (b + int((a - b) * alpha / result) for a, b in zip(above, below[:3]))
    return (*mixed, result)


# The result of a blend mode for a channel below and above, by the number of the mode.
CHANNELS = {
    0: lambda b, s: s,
    1: multiplied,
    2: lambda b, s: b + s - multiplied(b, s),
    4: min,
    5: max,
    10: lambda b, s: abs(b - s),
    11: lambda b, s: b + s - 2 * multiplied(b, s),
    16: lambda b, s: min(b + s, 255),
    17: lambda b, s: max(b - s, 0),
}


def blended(below, above, opacity, mode):
    """A color over another one with a blend mode, which counts only as far as the color below is opaque."""
    plain = over(below, above, opacity)
    if mode == 0 or below[3] == 0:
        return plain
    color = (*(CHANNELS[mode](b, s) for b, s in zip(below[:3], above[:3])), above[3])
    color = over(below, color, opacity)
    first = between(plain, color, below[3])
    return between(first, color, multiplied(below[3], multiplied(above[3], opacity)))


def between(first, last, part):
    """The color so many parts of 255 from the first to the last."""
    mixed = tuple(a + multiplied(b - a, part) for a, b in zip(first, last))
    if mixed[3] == 0:
        return (0, 0, 0, 0)
    if first[3] == 0 or last[3] == 0:
        return (*(last if first[3] == 0 else first)[:3], mixed[3])
    return mixed


def frames(data):
    """Width, height, and the pixels of each frame: red, green, blue, alpha and index (`None` unless it is indexed)."""
    sprite = Sprite(data)
    return sprite.width, sprite.height, [sprite.draw(frame) for frame in sprite.frames]


def parts(data, tag=None, layer=None, slice=None):
    """Width, height, and the pixels of each frame of a part, as `frames` gives them."""
    sprite = Sprite(data)
    numbers, chosen = range(len(sprite.frames)), None
    if tag is not None:
        ((_, first, last),) = (found for found in sprite.tags if found[0] == tag)
        numbers = range(first, last + 1)
    if layer is not None:
        (chosen,) = (at for at in range(len(sprite.layers)) if layer in sprite.names_of(at))
    width, height, drawn = sprite.width, sprite.height, []
    keys = []
    if slice is not None:
        ((_, keys),) = (found for found in sprite.slices if found[0] == slice)
    for number in numbers:
        left = top = 0
        if slice is not None:
            _, left, top, width, height = [key for key in sorted(keys) if key[0] <= number][-1]
        pixels = sprite.draw(sprite.frames[number], chosen)
        rows = range(top, top + height)
        drawn.append([pixels[y * sprite.width + x] for y in rows for x in range(left, left + width)])
    return width, height, drawn
