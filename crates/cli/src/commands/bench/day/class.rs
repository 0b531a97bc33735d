//! What people and programs do all day, and how often.

/// One kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Landing,
    Static,
    Studio,
    Gallery,
    Picture,
    Thumbnail,
    Api,
    Generate,
    SignIn,
}

/// So many of a day's 100,000 hits.
const DAY: [(Class, u32); 9] = [
    (Class::Landing, 18_000),
    (Class::Static, 20_000),
    (Class::Studio, 10_000),
    (Class::Gallery, 18_000),
    (Class::Picture, 7_000),
    (Class::Thumbnail, 15_000),
    (Class::Api, 8_000),
    (Class::Generate, 3_000),
    (Class::SignIn, 1_000),
];

impl Class {
    /// Its name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::Landing => "landing",
            Self::Static => "static",
            Self::Studio => "studio",
            Self::Gallery => "gallery",
            Self::Picture => "picture",
            Self::Thumbnail => "thumbnail",
            Self::Api => "api",
            Self::Generate => "generate",
            Self::SignIn => "sign in",
        }
    }
}

/// So many requests in the order they are sent: at any moment each class has had its share.
pub fn plan(requests: usize) -> Vec<Class> {
    let mut owed = [0; DAY.len()];
    let step = |_| {
        for (owed, (_, share)) in owed.iter_mut().zip(DAY) {
            *owed += i64::from(share);
        }
        let most = (0..DAY.len()).max_by_key(|n| owed[*n]).unwrap_or(0);
        owed[most] -= 100_000;
        DAY[most].0
    };
    (0..requests).map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_holds_every_class_at_its_share_and_so_does_any_part_of_it() {
        assert_eq!(DAY.iter().map(|(_, share)| share).sum::<u32>(), 100_000);
        let plan = plan(2_000);
        for part in [&plan[..1_000], &plan[1_000..]] {
            for (class, share) in DAY {
                let hits = part.iter().filter(|hit| **hit == class).count();
                assert!(hits.abs_diff(share as usize / 100) <= 1, "{class:?}: {hits}");
            }
        }
    }
}
