//! The words of a text, as they are indexed and as they are looked for.
//!
//! Invariant: prompts and searches go through this one function, so that what looks alike is alike.
//! A word holds ASCII letters and digits and characters above ASCII, nothing else: no word can be
//! an operator of a store's query language.

use std::iter::Peekable;

use icu_normalizer::{
    ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed,
    properties::CanonicalCombiningClassMapBorrowed,
};

const KEYCAP: char = '\u{20E3}';

/// The words of `text`, in order: in compatibility form, case and accents folded.
///
/// Scripts that put no spaces between words (Chinese, Japanese, Korean, Thai and their
/// neighbours) give a word a character, so that any part of a run can be found; so does every
/// emoji, and a flag or a keycap is one. Skin tones and invisible characters are left out.
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut letters = folded.chars().peekable();
    while let Some(c) = letters.next() {
        if let Some(alone) = alone(c, &mut letters) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            words.push(alone);
        } else if c.is_alphanumeric() || is_mark(c) && !word.is_empty() {
            word.push(c);
        } else {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// Whether more letters could follow in the same word: it was not a word a character.
pub fn may_go_on(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric() && !is_unspaced(c) && !is_symbol(c) || is_mark(c))
}

/// The word that begins with `c` and is no longer than one written character, if it is such.
fn alone(c: char, rest: &mut Peekable<impl Iterator<Item = char>>) -> Option<String> {
    if is_flag_letter(c) {
        let second = rest.next_if(|next| is_flag_letter(*next));
        return Some(std::iter::once(c).chain(second).collect());
    }
    let on_a_key = c.is_ascii_digit() || matches!(c, '#' | '*');
    if on_a_key && rest.next_if_eq(&KEYCAP).is_some() {
        // As wide signs, which are above ASCII.
        let base = match c {
            '#' => '\u{FF03}',
            '*' => '\u{FF0A}',
            digit => digit,
        };
        return Some([KEYCAP, base].into_iter().collect());
    }
    (is_symbol(c) || is_unspaced(c)).then(|| c.to_string())
}

/// One form for all ways to write the same: NFKD, then case and accents folded, then composed again.
fn fold(text: &str) -> String {
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(text.chars());
    let mut folded = String::with_capacity(text.len());
    for c in apart.filter(|c| !is_ignored(*c) && !is_accent(*c)) {
        match plain(c) {
            Some(plain) => folded.push_str(plain),
            // There and back, because some letters differ in one direction only: the sharp s, the
            // final sigma, the dotless i.
            None => folded
                .extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
        }
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(&folded).into_owned()
}

/// Letters with a stroke and joined letters, which have no decomposition.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' => "d",
        'ħ' | 'Ħ' => "h",
        'ŧ' | 'Ŧ' => "t",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        _ => return None,
    })
}

/// Marks that change how a letter sounds or is stressed: accents of Latin, Greek and Cyrillic,
/// points of Hebrew and Arabic. Marks of other scripts make another letter and stay.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20E2}' | '\u{20E4}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E4}' | '\u{6E7}' | '\u{6E8}' | '\u{6EA}'..='\u{6ED}')
}

/// Characters that show nothing of their own: joiners, selectors, tags, marks of direction; and
/// skin tones, which are to an emoji what an accent is to a letter.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_mark(c: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(c) != 0
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Emoji, arrows, currencies and other signs one may look for.
fn is_symbol(c: char) -> bool {
    matches!(c,
        '¢'..='¥' | '©' | '®' | '\u{20A0}'..='\u{20CF}' | '\u{2100}'..='\u{2BFF}'
        | '\u{1F000}'..='\u{1FBFF}')
        && !matches!(c, '\u{2150}'..='\u{218F}')
}

/// Letters and marks of scripts without spaces between words, or whose words carry endings.
fn is_unspaced(c: char) -> bool {
    let script = matches!(c,
        '\u{E01}'..='\u{E3A}' | '\u{E40}'..='\u{E4E}' | '\u{E50}'..='\u{E59}'
        | '\u{E80}'..='\u{EFF}' | '\u{1000}'..='\u{1049}' | '\u{1050}'..='\u{109F}'
        | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17D3}' | '\u{17D7}' | '\u{17DD}'..='\u{17E9}'
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{309A}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{312F}' | '\u{3130}'..='\u{318F}'
        | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}');
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_form_however_it_is_written() {
        for (text, expected) in [
            ("A red fox, running!", "a red fox running"),
            ("Café cafe\u{301} CAFÉ", "cafe cafe cafe"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("ΟΔΟΣ οδος Σίσυφος", "οδοσ οδοσ σισυφοσ"),
            ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
            ("Łódź Øre ŒUVRE", "lodz ore oeuvre"),
            ("ｆｕｌｌ　ｗｉｄｔｈ １２", "full width 12"),
            ("ﾈｺ ネコ", "ネ コ ネ コ"),
            ("黒猫cat", "黒 猫 cat"),
            ("ガラス カラス", "ガ ラ ス カ ラ ス"),
            ("고양이", "고 양 이"),
            ("\u{1100}\u{1161}", "가"),
            ("แมวดำ", "แ ม ว ด \u{e4d} า"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد أحمد", "محمد احمد"),
            ("हिन्दी", "हिन्दी"),
            ("so\u{ad}ft zero\u{200b}width", "soft zerowidth"),
            ("don't don’t", "don t don t"),
            ("snake_case a-b", "snake case a b"),
            ("!!! ... -- «»", ""),
            ("👍🏽 👩🏽\u{200d}🚀", "👍 👩 🚀"),
            ("🇩🇪🇫🇷", "🇩🇪 🇫🇷"),
            ("1\u{fe0f}\u{20e3} #\u{fe0f}\u{20e3} 1", "\u{20e3}1 \u{20e3}＃ 1"),
            ("❤️ ♥", "❤ ♥"),
            ("→ € ☂", "→ € ☂"),
            ("\u{200b}\u{feff}", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn no_word_holds_a_sign_of_a_query_language() {
        for n in 0..=0x10_FFFF {
            let Some(c) = char::from_u32(n) else { continue };
            for word in words(&format!("{c}")) {
                let fits = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
                assert!(word.chars().all(fits) && !word.is_empty(), "U+{n:04X}: {word:?}");
                assert_eq!(words(&word).concat(), word, "U+{n:04X} is folded once");
            }
        }
    }
}
