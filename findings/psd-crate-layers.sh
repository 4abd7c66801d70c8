#!/usr/bin/env bash
# psd 0.3.5 (Rust) calls hidden layers visible, and draws groups, clipped layers and indexed images wrong.
#
# Photoshop sets a bit of the flags if a layer is hidden; `visible` returns true for exactly these.
# `flatten_layers_rgba` ignores the opacity of a group, and leaves out a layer that is clipped to the one below it.
# `rgba` shows the indices of an indexed PSD as grays. It reports nothing.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat > Cargo.toml <<'END'
[package]
name = "observe"
version = "0.0.0"
edition = "2021"

[dependencies]
psd = "=0.3.5"
END
cat > src/main.rs <<'END'
use psd::Psd;

fn plane(channel: i16, value: u8) -> (i16, Vec<u8>) {
    (channel, [vec![0, 0], vec![value; 4]].concat())
}

/// A layer of 2 × 2 pixels in one color: its record and its pixels. Without a color, it begins or ends a group.
fn layer(name: &str, color: Option<[u8; 3]>, [opacity, clipped, flags]: [u8; 3], group: Option<u32>) -> [Vec<u8>; 2] {
    let side: i32 = if color.is_some() { 2 } else { 0 };
    let planes = color.map_or(Vec::new(), |[red, green, blue]| {
        vec![plane(-1, 255), plane(0, red), plane(1, green), plane(2, blue)]
    });
    let mut record = [0, 0, side, side].iter().flat_map(|edge| edge.to_be_bytes()).collect::<Vec<_>>();
    record.extend((planes.len() as u16).to_be_bytes());
    for (channel, data) in &planes {
        record.extend(channel.to_be_bytes());
        record.extend((data.len() as u32).to_be_bytes());
    }
    record.extend(*b"8BIMnorm");
    record.extend([opacity, clipped, flags, 0]);
    let mut extra = vec![0; 8];
    extra.push(name.len() as u8);
    extra.extend(name.bytes());
    extra.resize(extra.len().next_multiple_of(4), 0);
    if let Some(kind) = group {
        extra.extend(*b"8BIMlsct");
        extra.extend(4u32.to_be_bytes());
        extra.extend(kind.to_be_bytes());
    }
    record.extend((extra.len() as u32).to_be_bytes());
    record.extend(extra);
    [record, planes.into_iter().flat_map(|(_, data)| data).collect()]
}

fn psd(mode: u16, palette: &[u8], layers: &[[Vec<u8>; 2]], planes: &[u8]) -> Vec<u8> {
    let mut body = (layers.len() as u16).to_be_bytes().to_vec();
    body.extend(layers.iter().flat_map(|[record, _]| record.clone()));
    body.extend(layers.iter().flat_map(|[_, pixels]| pixels.clone()));
    body.resize(body.len().next_multiple_of(2), 0);
    let mut file = b"8BPS\0\x01\0\0\0\0\0\0".to_vec();
    file.extend((planes.len() as u16 / 4).to_be_bytes());
    file.extend([2u32.to_be_bytes(), 2u32.to_be_bytes()].concat());
    file.extend([8u16.to_be_bytes(), mode.to_be_bytes()].concat());
    file.extend((palette.len() as u32).to_be_bytes());
    file.extend(palette);
    file.extend(0u32.to_be_bytes());
    if layers.is_empty() {
        file.extend(0u32.to_be_bytes());
    } else {
        file.extend((body.len() as u32 + 8).to_be_bytes());
        file.extend((body.len() as u32).to_be_bytes());
        file.extend(body);
        file.extend(0u32.to_be_bytes());
    }
    file.extend([0, 0]);
    file.extend(planes);
    file
}

fn main() {
    println!("psd 0.3.5");
    let usual = [255, 0, 0];
    let sea = || layer("sea", Some([0, 0, 255]), usual, None);
    let gull = |values| layer("gull", Some([255, 255, 255]), values, None);
    let files = [
        ("gull hidden", vec![sea(), gull([255, 0, 2])]),
        ("gull clipped to the sea", vec![sea(), gull([255, 1, 0])]),
        (
            "gull in a group of 50 %",
            vec![
                sea(),
                layer("end", None, usual, Some(3)),
                gull(usual),
                layer("birds", None, [128, 0, 0], Some(1)),
            ],
        ),
    ];
    for (name, layers) in files {
        let psd = Psd::from_bytes(&psd(3, &[], &layers, &[0; 12])).unwrap();
        let visible = psd.layers().iter().map(|layer| format!("{} {}", layer.name(), layer.visible()));
        let flat = psd.flatten_layers_rgba(&|_| true).unwrap();
        println!("{name}: visible: {}; flattened: {:?}", visible.collect::<Vec<_>>().join(", "), &flat[..4]);
    }
    // A palette holds 256 reds, then 256 greens, then 256 blues: here one red and 255 blacks.
    let mut palette = vec![0; 768];
    palette[1] = 250;
    let indexed = Psd::from_bytes(&psd(2, &palette, &[], &[1; 4])).unwrap();
    println!("indexed, in red: {:?}", &indexed.rgba()[..4]);
}
END
CARGO_TARGET_DIR=target cargo run --quiet | tee seen
diff seen - <<'END'
psd 0.3.5
gull hidden: visible: gull true, sea false; flattened: [255, 255, 255, 255]
gull clipped to the sea: visible: gull false, sea false; flattened: [0, 0, 255, 255]
gull in a group of 50 %: visible: gull false, sea false; flattened: [255, 255, 255, 255]
indexed, in red: [1, 1, 1, 255]
END
