//! Screen distances as whole numbers.

/// `length` rounded down; 0 if it is negative or not a number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and a cast saturates")]
pub fn floor_to_u32(length: f32) -> u32 {
    length.max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_negatives_and_nan_are_handled() {
        assert_eq!([floor_to_u32(2.9), floor_to_u32(-1.0), floor_to_u32(f32::NAN)], [2, 0, 0]);
    }
}
