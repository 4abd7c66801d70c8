//! Screen distances as whole numbers.

/// `length` without its fraction; 0 if it is negative or no number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before, and a cast saturates")]
pub fn whole(length: f32) -> u32 {
    length.max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_dropped_and_nonsense_is_nothing() {
        assert_eq!([whole(2.9), whole(-1.0), whole(f32::NAN)], [2, 0, 0]);
    }
}
