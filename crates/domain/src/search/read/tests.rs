use super::*;

/// A search as text: groups in brackets, words joined by `_`, an open last word with `*`.
fn told(typed: &str) -> String {
    let search = match search(typed) {
        Ok(Some(search)) => search,
        Ok(None) => return "everything".to_owned(),
        Err(no) => {
            assert_eq!(no.field, "q");
            return format!("refused: {}", no.says);
        }
    };
    let mut told: Vec<_> = search
        .groups()
        .iter()
        .map(|group| {
            group
                .iter()
                .map(|term| {
                    let sign = if term.negated { "-" } else { "" };
                    let phrase = |phrase: &Phrase| {
                        format!("{}{}", phrase.words.join("_"), if phrase.open { "*" } else { "" })
                    };
                    let wanted = match &term.wanted {
                        Wanted::Prompt(words) => phrase(words),
                        Wanted::Model(words) => format!("model:{}", phrase(words)),
                        Wanted::Seed(seed) => format!("seed:{seed}"),
                    };
                    format!("{sign}{wanted}")
                })
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect();
    told.extend(search.liked().map(|liked| format!("liked:{liked}")));
    told.extend(search.since().map(|at| format!("since:{at}")));
    told.extend(search.until().map(|at| format!("until:{at}")));
    assert_eq!(search.finds_nothing(), told.is_empty());
    if told.is_empty() { "nothing".to_owned() } else { told.join(" ") }
}

#[test]
fn a_search_is_read_as_the_help_says() {
    for (typed, expected) in [
        ("", "everything"),
        (" \t\u{3000} ", "everything"),
        ("fox", "fox*"),
        ("Red Fox", "red fox*"),
        ("\"red fox\"", "red_fox"),
        ("\"red fox", "red_fox"),
        ("“red fox” “lamp”", "red_fox lamp"),
        ("fox \"red", "fox red"),
        ("-fog", "-fog"),
        ("fox -fog", "fox -fog"),
        ("fox –fog −mist －haze", "fox -fog -mist -haze"),
        ("fox -\"thick fog\"", "fox -thick_fog"),
        ("NOT fog", "-fog"),
        ("fox NOT fog", "fox -fog"),
        ("NOT -fog", "fog*"),
        ("a OR b", "a|b*"),
        ("a OR b OR c d", "a|b|c d*"),
        ("a OR -b", "a|-b"),
        ("red AND fox", "red fox*"),
        ("red or fox", "red or fox*"),
        ("fox - lamp", "fox lamp*"),
        ("fox --fog", "fox fog*"),
        ("red-fox", "red_fox*"),
        ("猫", "猫"),
        ("黒猫", "黒_猫"),
        ("cat猫", "cat_猫"),
        ("seed:48151", "seed:48151"),
        ("-seed:1 seed:2 OR seed:3", "-seed:1 seed:2|seed:3"),
        ("SEED：7", "seed:7"),
        ("model:flux-dev", "model:flux_dev"),
        ("model:\"flux dev\" fox", "model:flux_dev fox*"),
        ("liked:yes", "liked:true"),
        ("liked:NO fox", "fox* liked:false"),
        ("-liked:yes", "liked:false"),
        ("liked:yes liked:yes", "liked:true"),
        ("after:2026-11-30", "since:2026-11-30T00:00:00Z"),
        ("before:2026-02", "until:2026-02-01T00:00:00Z"),
        ("after:2025 before:2026", "since:2025-01-01T00:00:00Z until:2026-01-01T00:00:00Z"),
        ("after:2025 after:2026", "since:2026-01-01T00:00:00Z"),
        ("-before:2026", "since:2026-01-01T00:00:00Z"),
        ("-after:2026", "until:2026-01-01T00:00:00Z"),
        ("style:noir", "style_noir*"),
        ("12:30", "12_30*"),
        ("portrait: a fox", "portrait a fox*"),
        ("folder: a fox", "folder a fox*"),
        ("https://example.com/a", "https_example_com_a*"),
        ("fox*", "fox*"),
        ("fox NEAR(lamp 2)", "fox near_lamp 2*"),
        ("^fox prompt:fox", "fox prompt_fox*"),
        ("👍🏽", "👍"),
        // What holds nothing to look for finds nothing.
        ("!!!", "nothing"),
        ("\"\"", "nothing"),
        ("\"", "nothing"),
        ("-", "nothing"),
        ("-\"\"", "nothing"),
        ("--", "nothing"),
        ("OR", "nothing"),
        ("NOT", "nothing"),
        ("AND OR NOT", "nothing"),
        ("*", "nothing"),
        ("\u{200b}", "nothing"),
        ("() :", "nothing"),
        // Beside words it is punctuation.
        ("fox !!!", "fox"),
        ("OR fox", "fox*"),
        ("fox OR", "fox*"),
        ("fox OR !!! lamp", "fox lamp*"),
    ] {
        assert_eq!(told(typed), expected, "{typed}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_says_how_to_write_it() {
    for (typed, says) in [
        ("seed:", "seed:48151"),
        ("seed:x", "seed:48151"),
        ("seed:-1", "seed:48151"),
        ("seed:18446744073709551616", "up to 18446744073709551615"),
        ("model:", "model:flux-dev"),
        ("model:!!", "model:flux-dev"),
        ("liked:maybe", "liked:yes or liked:no"),
        ("liked:", "liked:yes or liked:no"),
        ("liked:yes liked:no", "leave one out"),
        ("before:", "before:2026-11-30"),
        ("before:yesterday", "before:2026-11-30"),
        ("before:2026-13", "before:2026-11-30"),
        ("after:2026-02-30", "after:2026-11-30"),
        ("after:26-02-01", "after:2026-11-30"),
        ("after:2026-1-1", "after:2026-11-30"),
        ("after:2026-01-01-01", "after:2026-11-30"),
        ("after:2026-01-01T00:00", "after:2026-11-30"),
        ("sed:1", "did you mean seed:?"),
        ("modle:flux", "did you mean model:?"),
        ("likes:yes", "did you mean liked:?"),
        ("befor:2026", "did you mean before:?"),
        ("folder:beach", "list of folders"),
        ("ratio:square", "beside the search box"),
        ("fox OR liked:yes", "without OR"),
        ("before:2026 OR fox", "without OR"),
        ("(red fox) OR lamp", "brackets cannot group"),
    ] {
        let told = told(typed);
        assert!(told.starts_with("refused: ") && told.contains(says), "{typed}: {told}");
    }
}

#[test]
fn a_search_has_a_most_of_everything() {
    let long = |text: &str| text.chars().cycle().take(Search::MAX).collect::<String>();
    assert!(!told(&long("a")).starts_with("refused"));
    for huge in
        ["a".repeat(10_000), "\"".repeat(10_000), "a OR ".repeat(1_000), "\u{fdfa}".repeat(200)]
    {
        assert!(told(&huge).starts_with("refused: the search "), "{}", &huge[..6]);
    }
    for much in ["a ", "a OR ", "-a ", "\"a\""] {
        assert!(told(&long(much)).starts_with("refused: the search has more"), "{much}");
    }
    // Any text is read or refused, and costs no more than its length.
    for odd in ["\"", ":", "-", "OR ", "a:\"", "«»", "：", "\u{1F1E6}", "seed:\""] {
        told(&long(odd));
    }
}
