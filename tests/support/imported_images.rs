//! Images in formats that are decoded when they are added to an asset, written here byte for byte.

/// Lossless WebP of 4 × 2 pixels, red and green in turn: `imports/make.py`.
pub const LOSSLESS_WEBP: &[u8] = include_bytes!("imports/lossless.webp");
/// The same, lossy.
pub const LOSSY_WEBP: &[u8] = include_bytes!("imports/lossy.webp");

/// An image with a palette.
#[derive(Clone, Debug)]
pub struct Indexed {
    /// In pixels.
    pub width: usize,
    /// Row by row from the top.
    pub indices: Vec<u8>,
    /// Red, green and blue.
    pub palette: Vec<[u8; 3]>,
}

/// An image without a palette.
#[derive(Clone, Debug)]
pub struct Colors {
    /// In pixels.
    pub width: usize,
    /// Red, green, blue and alpha, row by row from the top.
    pub pixels: Vec<[u8; 4]>,
}

fn two(value: usize) -> [u8; 2] {
    u16::try_from(value).expect("a small number").to_le_bytes()
}

fn four(value: usize) -> [u8; 4] {
    u32::try_from(value).expect("a small number").to_le_bytes()
}

fn byte(value: usize) -> u8 {
    u8::try_from(value).expect("a byte")
}

/// Values of `bits` bits, the first in the highest bits.
fn packed(values: &[u8], bits: usize) -> Vec<u8> {
    let byte = |chunk: &[u8]| chunk.iter().enumerate().fold(0, |byte, (n, value)| byte | value << (8 - bits * (n + 1)));
    values.chunks(8 / bits).map(byte).collect()
}

/// The header of a BMP and its color masks or palette, then its pixels. A header of 12 bytes is that of OS/2.
fn bmp(
    header: usize,
    size: [usize; 2],
    top_down: bool,
    bits: usize,
    coding: u8,
    colors: &[u8],
    data: &[u8],
) -> Vec<u8> {
    let [width, height] = size;
    let start = 14 + header + colors.len() - if header > 52 && coding == 3 { 16 } else { 0 };
    let mut bytes = [&b"BM"[..], &four(start + data.len()), &[0; 4], &four(start), &four(header)].concat();
    if header == 12 {
        bytes.extend([two(width), two(height), two(1), two(bits)].concat());
    } else {
        let signed = i32::try_from(height).expect("a small number");
        let signed = if top_down { -signed } else { signed };
        bytes.extend([&four(width)[..], &signed.to_le_bytes(), &two(1), &two(bits), &[coding, 0, 0, 0]].concat());
        bytes.extend([four(data.len()), [0; 4], [0; 4], [0; 4], [0; 4]].concat());
        bytes.truncate(14 + header);
    }
    if header == 40 || coding != 3 {
        bytes.resize(14 + header, 0);
    }
    bytes.extend(colors);
    bytes.resize(start, 0);
    [bytes, data.to_vec()].concat()
}

/// The rows of a BMP, each filled to four bytes.
fn bmp_rows(mut rows: Vec<Vec<u8>>, top_down: bool) -> Vec<u8> {
    rows.iter_mut().for_each(|row| row.resize(row.len().next_multiple_of(4), 0xAA));
    if !top_down {
        rows.reverse();
    }
    rows.concat()
}

/// A BMP, compressed or not, begins with this many bytes of header; see [`Indexed::bmp`].
pub const BMP_HEADERS: [usize; 6] = [12, 16, 40, 64, 108, 124];

impl Indexed {
    fn height(&self) -> usize {
        self.indices.len() / self.width
    }

    fn rows(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.indices.chunks(self.width)
    }

    /// A BMP of 1, 2, 4 or 8 bits, with a header of one of [`BMP_HEADERS`].
    pub fn bmp(&self, header: usize, bits: usize, top_down: bool) -> Vec<u8> {
        let rows = self.rows().map(|row| packed(row, bits)).collect();
        self.bmp_around(header, bits, top_down, 0, &bmp_rows(rows, top_down))
    }

    /// A BMP with run lengths of 4 or 8 bits.
    pub fn bmp_runs(&self, bits: usize) -> Vec<u8> {
        let mut data = Vec::new();
        for row in self.rows().rev() {
            for (n, chunk) in row.chunks(5).enumerate() {
                if n % 2 == 0 && chunk.len() > 2 {
                    let mut literal = packed(chunk, bits);
                    literal.resize(literal.len().next_multiple_of(2), 0);
                    data.extend([0, byte(chunk.len())]);
                    data.extend(literal);
                } else {
                    for index in chunk {
                        data.extend([1, if bits == 4 { index << 4 } else { *index }]);
                    }
                }
            }
            data.extend([0, 0]);
        }
        data.extend([0, 1]);
        self.bmp_around(40, bits, false, if bits == 8 { 1 } else { 2 }, &data)
    }

    /// A BMP with this data in place of its pixels: `coding` is 1 for run lengths of 8 bits, 2 for 4.
    pub fn bmp_around(&self, header: usize, bits: usize, top_down: bool, coding: u8, data: &[u8]) -> Vec<u8> {
        let fill: &[u8] = if header == 12 { &[] } else { &[0] };
        let colors: Vec<u8> = self.palette.iter().flat_map(|[r, g, b]| [&[*b, *g, *r], fill].concat()).collect();
        bmp(header, [self.width, self.height()], top_down, bits, coding, &colors, data)
    }

    /// A TGA whose palette has 24 bits, and begins with this color.
    pub fn tga(&self, corner: TgaCorner, compressed: bool, first: usize) -> Vec<u8> {
        let colors: Vec<u8> = self.palette[first..].iter().flat_map(|[r, g, b]| [*b, *g, *r]).collect();
        let map = [&two(first)[..], &two(self.palette.len() - first), &[24]].concat();
        let pixels: Vec<Vec<u8>> = self.indices.iter().map(|index| vec![*index]).collect();
        tga(1, &map, &colors, [self.width, self.height()], 8, corner, compressed, &pixels)
    }

    /// A PCX of 1, 4 or 8 bits, or of 1 bit in 4 planes.
    pub fn pcx(&self, bits: usize, planes: usize) -> Vec<u8> {
        let mut data = Vec::new();
        for row in self.rows() {
            for plane in 0..planes {
                let values: Vec<u8> =
                    row.iter().map(|index| if planes > 1 { index >> plane & 1 } else { *index }).collect();
                data.push(packed(&values, bits));
            }
        }
        let mut small: Vec<u8> = self.palette.iter().take(16).flatten().copied().collect();
        small.resize(48, 0);
        let mut bytes = pcx([self.width, self.height()], bits, planes, &small, data);
        if bits == 8 {
            let mut colors: Vec<u8> = self.palette.iter().flatten().copied().collect();
            colors.resize(768, 0);
            bytes.push(0x0C);
            bytes.extend(colors);
        }
        bytes
    }

    /// A GIF of one frame, which fills the screen.
    pub fn gif(&self, interlaced: bool, transparent: Option<u8>) -> Vec<u8> {
        let frame = GifFrame { interlaced, transparent, ..GifFrame::of(self) };
        gif([self.width, self.height()], &self.palette, &[frame])
    }
}

impl Colors {
    fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// A BMP of 16, 24 or 32 bits without masks; of 16 bits, only the highest five of a channel count.
    pub fn bmp(&self, bits: usize, top_down: bool) -> Vec<u8> {
        let row = |row: &[[u8; 4]]| {
            let pixel = |[r, g, b, a]: &[u8; 4]| match bits {
                16 => two(usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3)).to_vec(),
                24 => vec![*b, *g, *r],
                _ => vec![*b, *g, *r, *a],
            };
            row.iter().flat_map(pixel).collect()
        };
        let rows = self.pixels.chunks(self.width).map(row).collect();
        bmp(40, [self.width, self.height()], top_down, bits, 0, &[], &bmp_rows(rows, top_down))
    }

    /// A BMP of 32 bits with masks, the red ones in the lowest bits; alpha counts with a header of 108 bytes.
    pub fn masked_bmp(&self, header: usize) -> Vec<u8> {
        let masks: [u32; 4] = [0xFF, 0xFF00, 0xFF_0000, if header == 40 { 0 } else { 0xFF00_0000 }];
        let masks: Vec<u8> =
            masks[..if header == 40 { 3 } else { 4 }].iter().flat_map(|mask| mask.to_le_bytes()).collect();
        let rows = self.pixels.chunks(self.width).map(|row| row.as_flattened().to_vec()).collect();
        bmp(header, [self.width, self.height()], false, 32, 3, &masks, &bmp_rows(rows, false))
    }

    /// A TGA of 16, 24 or 32 bits; of 16 bits, only the highest five of a channel count.
    pub fn tga(&self, bits: usize, alpha_bits: u8, corner: TgaCorner, compressed: bool) -> Vec<u8> {
        let pixel = |[r, g, b, a]: &[u8; 4]| match bits {
            16 => {
                let five = usize::from(r >> 3) << 10 | usize::from(g >> 3) << 5 | usize::from(b >> 3);
                two(usize::from(a >> 7) << 15 | five).to_vec()
            }
            24 => vec![*b, *g, *r],
            _ => vec![*b, *g, *r, *a],
        };
        let pixels: Vec<Vec<u8>> = self.pixels.iter().map(pixel).collect();
        let mut bytes = tga(2, &[0; 5], &[], [self.width, self.height()], bits, corner, compressed, &pixels);
        bytes[17] |= alpha_bits;
        bytes
    }

    /// A gray TGA of the red channel.
    pub fn gray_tga(&self, compressed: bool) -> Vec<u8> {
        let pixels: Vec<Vec<u8>> = self.pixels.iter().map(|[red, ..]| vec![*red]).collect();
        tga(3, &[0; 5], &[], [self.width, self.height()], 8, TgaCorner::BottomLeft, compressed, &pixels)
    }

    /// A QOI, with and without runs.
    pub fn qoi(&self) -> Vec<u8> {
        let sides = [self.width, self.height()].map(|side| u32::try_from(side).expect("a side").to_be_bytes());
        let mut bytes = [&b"qoif"[..], sides.as_flattened(), &[4, 0]].concat();
        let mut last = [0, 0, 0, 255];
        for pixel in &self.pixels {
            if *pixel == last {
                bytes.push(0xC0);
            } else {
                bytes.push(0xFF);
                bytes.extend(pixel);
            }
            last = *pixel;
        }
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        bytes
    }

    /// A PCX of 24 bits.
    pub fn pcx(&self) -> Vec<u8> {
        let rows = self.pixels.chunks(self.width);
        let data = rows.flat_map(|row| (0..3).map(|channel| row.iter().map(|pixel| pixel[channel]).collect()));
        pcx([self.width, self.height()], 8, 3, &[0; 48], data.collect())
    }
}

/// Where the first pixel of a TGA is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TgaCorner {
    /// As most programs write it.
    BottomLeft,
    /// Rarely used.
    BottomRight,
    /// As a screen.
    TopLeft,
    /// Rarely used.
    TopRight,
}

impl TgaCorner {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::BottomLeft, Self::BottomRight, Self::TopLeft, Self::TopRight];
}

#[expect(clippy::too_many_arguments, reason = "the fields of a header")]
fn tga(
    kind: u8,
    map: &[u8],
    colors: &[u8],
    [width, height]: [usize; 2],
    bits: usize,
    corner: TgaCorner,
    compressed: bool,
    pixels: &[Vec<u8>],
) -> Vec<u8> {
    let mut rows: Vec<Vec<Vec<u8>>> = pixels.chunks(width).map(<[_]>::to_vec).collect();
    if matches!(corner, TgaCorner::BottomLeft | TgaCorner::BottomRight) {
        rows.reverse();
    }
    if matches!(corner, TgaCorner::BottomRight | TgaCorner::TopRight) {
        rows.iter_mut().for_each(|row| row.reverse());
    }
    let pixels = rows.concat();
    let mut bytes = vec![3, u8::from(kind == 1), kind + if compressed { 8 } else { 0 }];
    bytes.extend(map);
    bytes.extend([[0; 2], [0; 2], two(width), two(height)].concat());
    bytes.extend([byte(bits), byte(corner as usize) << 4]);
    bytes.extend(b"id!");
    bytes.extend(colors);
    if !compressed {
        return [bytes, pixels.concat()].concat();
    }
    // Packets go on into the next row, which many programs write.
    let mut rest = &pixels[..];
    while let Some(first) = rest.first() {
        let run = rest.iter().take(128).take_while(|pixel| *pixel == first).count();
        if run > 1 {
            bytes.push(0x80 | byte(run - 1));
            bytes.extend(first);
            rest = &rest[run..];
        } else {
            let literal = rest.len().min(3);
            bytes.push(byte(literal - 1));
            bytes.extend(rest[..literal].concat());
            rest = &rest[literal..];
        }
    }
    bytes
}

/// A PCX with these lines, each filled to an even number of bytes.
fn pcx([width, height]: [usize; 2], bits: usize, planes: usize, palette: &[u8], lines: Vec<Vec<u8>>) -> Vec<u8> {
    let line_bytes = (width * bits).div_ceil(8).next_multiple_of(2);
    let mut bytes = vec![0x0A, 5, 1, byte(bits), 0, 0, 0, 0];
    bytes.extend([two(width - 1), two(height - 1), two(72), two(72)].concat());
    bytes.extend(palette);
    bytes.extend([0, byte(planes)]);
    bytes.extend(two(line_bytes));
    bytes.resize(128, 0);
    for mut line in lines {
        line.resize(line_bytes, 0);
        for group in line.chunk_by(|a, b| a == b).flat_map(|group| group.chunks(63)) {
            if group.len() > 1 || group[0] >= 0xC0 {
                bytes.push(0xC0 | byte(group.len()));
            }
            bytes.push(group[0]);
        }
    }
    bytes
}

/// A frame of a GIF.
#[derive(Clone, Debug)]
pub struct GifFrame {
    /// Left, top and width, in pixels.
    pub place: [usize; 3],
    /// Row by row from the top.
    pub indices: Vec<u8>,
    /// Its own palette.
    pub palette: Option<Vec<[u8; 3]>>,
    /// The index that is transparent.
    pub transparent: Option<u8>,
    /// What is done after it: 1 nothing, 2 it becomes transparent, 3 what was before is restored.
    pub disposal: u8,
    /// Whether its rows are in four passes.
    pub interlaced: bool,
}

impl GifFrame {
    /// This image at the top left.
    pub fn of(image: &Indexed) -> Self {
        Self {
            place: [0, 0, image.width],
            indices: image.indices.clone(),
            palette: None,
            transparent: None,
            disposal: 1,
            interlaced: false,
        }
    }
}

/// A GIF with these frames, whose screen has this width and height.
pub fn gif([width, height]: [usize; 2], palette: &[[u8; 3]], frames: &[GifFrame]) -> Vec<u8> {
    let table = |palette: &[[u8; 3]]| {
        let bits = (1..8).find(|bits| palette.len() <= 1 << bits).unwrap_or(8);
        let mut colors = palette.to_vec();
        colors.resize(1 << bits, [0; 3]);
        (0x80 | byte(bits - 1), colors.into_flattened())
    };
    let (flags, colors) = table(palette);
    let mut bytes = [&b"GIF89a"[..], &two(width), &two(height), &[flags, 0, 0], &colors].concat();
    for frame in frames {
        let [left, top, width] = frame.place;
        let height = frame.indices.len() / width;
        let flags = frame.disposal << 2 | u8::from(frame.transparent.is_some());
        bytes.extend([0x21, 0xF9, 4, flags, 10, 0, frame.transparent.unwrap_or(0), 0]);
        let (flags, colors) = frame.palette.as_deref().map(table).unwrap_or_default();
        bytes.push(0x2C);
        bytes.extend([two(left), two(top), two(width), two(height)].concat());
        bytes.push(flags | u8::from(frame.interlaced) << 6);
        bytes.extend(colors);
        let passes: &[(usize, usize)] = if frame.interlaced { &[(0, 8), (4, 8), (2, 4), (1, 2)] } else { &[(0, 1)] };
        let rows = passes.iter().flat_map(|(first, step)| (*first..height).step_by(*step));
        let indices: Vec<u8> = rows.flat_map(|y| frame.indices[y * width..][..width].to_vec()).collect();
        bytes.push(8);
        for block in lzw(&indices).chunks(255) {
            bytes.push(byte(block.len()));
            bytes.extend(block);
        }
        bytes.push(0);
    }
    bytes.push(0x3B);
    bytes
}

/// The indices as LZW codes of 9 bits, without any compression: the table is cleared before a code would need 10.
fn lzw(indices: &[u8]) -> Vec<u8> {
    let codes =
        indices.chunks(200).flat_map(|chunk| std::iter::once(256).chain(chunk.iter().map(|index| u32::from(*index))));
    let (mut bits, mut filled) = (0_u32, 0);
    let mut bytes = Vec::new();
    for code in codes.chain([257]) {
        bits |= code << filled;
        filled += 9;
        while filled >= 8 {
            bytes.push(bits.to_le_bytes()[0]);
            bits >>= 8;
            filled -= 8;
        }
    }
    bytes.push(bits.to_le_bytes()[0]);
    bytes
}
