//! Short sizes, for lists and meters. The exact number of bytes is shown on hover.

/// `34 KB`: in the largest unit that leaves a whole number, with one decimal below ten. A KB has 1024 bytes.
pub fn short_size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    if tenths < 100 {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    } else {
        format!("{} {}", tenths / 10, UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short_in_every_unit() {
        let sizes = [0, 1023, 1024, 34_816, 265_166, 1 << 20, 5 << 30].map(short_size);
        assert_eq!(sizes, ["0 B", "1023 B", "1.0 KB", "34 KB", "258 KB", "1.0 MB", "5.0 GB"]);
    }
}
