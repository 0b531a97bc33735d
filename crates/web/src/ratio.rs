//! The box that holds a picture's place before its bytes are there.

/// The class of the nearest shape: sizes that vary are finite classes, so no page needs a style.
pub fn ratio(width: u32, height: u32) -> &'static str {
    const CLASSES: [(&str, f64); 9] = [
        ("r1-1", 1.0),
        ("r4-3", 4.0 / 3.0),
        ("r3-4", 0.75),
        ("r16-9", 16.0 / 9.0),
        ("r9-16", 0.5625),
        ("r3-2", 1.5),
        ("r2-3", 2.0 / 3.0),
        ("r2-1", 2.0),
        ("r1-2", 0.5),
    ];
    let shape = f64::from(width) / f64::from(height.max(1));
    let away = |class: &(&str, f64)| (class.1 / shape).ln().abs();
    let near = |a: &(&str, f64), b: &(&str, f64)| away(a).total_cmp(&away(b));
    CLASSES.into_iter().min_by(near).map_or("r1-1", |class| class.0)
}

#[cfg(test)]
mod tests {
    use super::ratio;

    #[test]
    fn every_shape_has_a_class() {
        for (width, height, class) in [
            (1024, 1024, "r1-1"),
            (1024, 768, "r4-3"),
            (768, 1024, "r3-4"),
            (1024, 576, "r16-9"),
            (576, 1024, "r9-16"),
            (1216, 832, "r3-2"),
            (5000, 10, "r2-1"),
            (10, 5000, "r1-2"),
        ] {
            assert_eq!(ratio(width, height), class, "{width} × {height}");
        }
    }
}
