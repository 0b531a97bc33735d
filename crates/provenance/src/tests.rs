//! What goes in is found again by a reader of ours, what is taken out by a search of the bytes, and
//! the pixels by a decoder that is not ours.

use image::{DynamicImage, ImageFormat, RgbImage};
use proptest::prelude::*;

use super::*;

const PROMPT: &str = "a lighthouse at dusk, ‘glühend’ 灯台";
const FORMATS: [ImageFormat; 3] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];

fn picture(format: ImageFormat) -> Vec<u8> {
    let shade = |n: u32| u8::try_from(n % 251).unwrap_or(0);
    let pixels = RgbImage::from_fn(61, 40, |x, y| image::Rgb([shade(x * 7), shade(y * 5), 90]));
    let mut file = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn pixels(file: &[u8]) -> Vec<u8> {
    image::load_from_memory(file).unwrap().into_rgba8().into_raw()
}

fn parameters() -> Parameters {
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Parameters {
        prompt: format!("{PROMPT}\nsecond line, with: colons"),
        negative: Some("blur".to_owned()),
        values: vec![value("Seed", "4711"), value("Size", "61x40"), value("Model", "flux-dev")],
    }
}

fn mark(parameters: Option<&str>) -> Mark<'_> {
    let source = Source::TrainedAlgorithmicMedia;
    Mark { source, system: "flux-dev", tool: "Bits & <Pieces>", parameters }
}

/// Every way our formats could write a text plainly.
fn holds(file: &[u8], text: &str) -> bool {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let ways = [text.as_bytes().to_vec(), wide(u16::to_be_bytes), wide(u16::to_le_bytes)];
    ways.iter().any(|way| file.windows(way.len()).any(|part| part == way))
}

#[test]
fn what_is_written_is_found_and_no_pixel_changes() {
    for format in FORMATS {
        let plain = picture(format);
        assert_eq!(read(&plain).unwrap(), Found::default(), "{format:?}");
        let text = parameters().write();
        let file = write(&plain, &mark(Some(&text))).unwrap();
        let found = read(&file).unwrap();
        assert_eq!(found.source, Some(Source::TrainedAlgorithmicMedia), "{format:?}");
        assert_eq!(Parameters::read(&found.parameters.unwrap()), Some(parameters()), "{format:?}");
        assert!(pixels(&file) == pixels(&plain), "{format:?}");
        assert!(holds(&file, "digitalsourcetype/trainedAlgorithmicMedia"));
        assert!(holds(&file, "Bits &amp; &lt;Pieces&gt;"));
    }
}

#[test]
fn a_clean_file_keeps_the_mark_and_no_word_of_the_prompt() {
    for format in FORMATS {
        let text = parameters().write();
        let file = write(&picture(format), &mark(Some(&text))).unwrap();
        assert!(holds(&file, "lighthouse"), "the search finds what is there");
        let clean = write(&file, &mark(None)).unwrap();
        for word in ["lighthouse", "second line", "blur", "4711"] {
            assert!(!holds(&clean, word), "{format:?}: {word}");
        }
        let found = read(&clean).unwrap();
        assert_eq!(found.source, Some(Source::TrainedAlgorithmicMedia));
        assert_eq!(found.parameters, None);
        assert!(pixels(&clean) == pixels(&file), "{format:?}");
    }
}

#[test]
fn writing_again_changes_nothing() {
    for format in FORMATS {
        for parameters in [None, Some("a\nSeed: 1")] {
            let once = write(&picture(format), &mark(parameters)).unwrap();
            assert!(write(&once, &mark(parameters)).unwrap() == once, "{format:?}");
            let other = write(&once, &mark(Some("something else\nSeed: 2"))).unwrap();
            assert!(write(&other, &mark(parameters)).unwrap() == once, "{format:?}");
        }
    }
}

#[test]
fn what_others_wrote_into_the_file_is_left_out() {
    let mut jpeg = picture(ImageFormat::Jpeg);
    jpeg.splice(2..2, *b"\xff\xfe\x00\x0ea comment, x\xff\xed\x00\x068bim");
    jpeg.extend(b"behind the end");
    let png = picture(ImageFormat::Png);
    let mut chunk = b"tEXtComment\0a comment, x".to_vec();
    let sum = crc32fast::hash(&chunk).to_be_bytes();
    chunk.splice(0..0, u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
    let end = [png.as_slice(), b"behind the end"].concat();
    let png = [&end[..33], &chunk, &sum, &end[33..]].concat();
    for file in [jpeg, png] {
        assert!(holds(&file, "a comment") && holds(&file, "behind the end"));
        let ours = write(&file, &mark(None)).unwrap();
        assert!(
            !holds(&ours, "a comment") && !holds(&ours, "behind the end") && !holds(&ours, "8bim")
        );
        assert!(pixels(&ours) == pixels(&file));
    }
}

#[test]
fn a_turned_picture_stays_turned_and_colours_stay() {
    let exif = exif::write(Some(6), Some("old words")).unwrap();
    let segment = |name: &[u8], data: &[u8], marker: u8| {
        let length = u16::try_from(2 + name.len() + data.len()).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], name, data].concat()
    };
    let mut jpeg = picture(ImageFormat::Jpeg);
    jpeg.splice(2..2, segment(b"Exif\0\0", &exif, 0xe1));
    jpeg.splice(2..2, segment(b"ICC_PROFILE\0", b"\x01\x01colours", 0xe2));
    for parameters in [None, Some("new words\nSeed: 1")] {
        let file = write(&jpeg, &mark(parameters)).unwrap();
        assert_eq!(jpeg::read(&file).unwrap().turn, Some(6));
        assert!(holds(&file, "ICC_PROFILE") && !holds(&file, "old words"));
    }
}

#[test]
fn a_lossy_webp_and_one_with_alpha_get_the_header_they_need() {
    let lossy = include_bytes!("../../cli/assets/samples/pears.webp");
    let clear = DynamicImage::new_rgba8(9, 7);
    let mut alpha = std::io::Cursor::new(Vec::new());
    clear.write_to(&mut alpha, ImageFormat::WebP).unwrap();
    for plain in [lossy.as_slice(), alpha.get_ref()] {
        let file = write(plain, &mark(Some("words\nSeed: 1"))).unwrap();
        assert_eq!(&file[12..16], b"VP8X");
        assert!(pixels(&file) == pixels(plain));
        assert_eq!(read(&file).unwrap().parameters.as_deref(), Some("words\nSeed: 1"));
    }
}

#[test]
fn every_source_is_told_apart() {
    for source in [Source::TrainedAlgorithmicMedia, Source::AlgorithmicMedia] {
        let file = write(&picture(ImageFormat::Png), &Mark { source, ..mark(None) }).unwrap();
        assert_eq!(read(&file).unwrap().source, Some(source));
    }
}

#[test]
fn what_is_cut_off_is_unreadable() {
    for format in FORMATS {
        let file = write(&picture(format), &mark(Some("words\nSeed: 1"))).unwrap();
        for tenth in 0..10 {
            let cut = &file[..file.len() * tenth / 10];
            assert_eq!(write(cut, &mark(None)), Err(Unreadable), "{format:?} {tenth}");
        }
    }
    assert_eq!(read(b"<svg/>"), Err(Unreadable));
}

proptest! {
    #[test]
    fn hostile_bytes_harm_nobody(
        format in 0..3_usize, at in any::<prop::sample::Index>(), byte: u8, bytes: Vec<u8>,
    ) {
        let mut file = write(&picture(FORMATS[format]), &mark(Some("words\nSeed: 1"))).unwrap();
        let at = at.index(file.len());
        file[at] = byte;
        if let Ok(clean) = write(&file, &mark(None)) {
            prop_assert!(write(&clean, &mark(None)).is_ok());
        }
        let _ = read(&file);
        let _ = write(&[&file[..12], &bytes].concat(), &mark(None));
        exif::read(&bytes);
    }

    #[test]
    fn parameters_come_back(
        prompt in "[^\\s\u{0}-\u{1f}][^\r\u{0}-\u{8}]{0,80}[^\\s\u{0}-\u{1f}]", seed: u64,
    ) {
        prop_assume!(!prompt.contains("\nNegative prompt: "));
        let values = vec![("Seed".to_owned(), seed.to_string())];
        let all = Parameters { prompt, negative: None, values };
        let text = all.write();
        prop_assert_eq!(Parameters::read(&text), Some(all.clone()));
        for format in FORMATS {
            let file = write(&picture(format), &mark(Some(&text))).unwrap();
            prop_assert_eq!(read(&file).unwrap().parameters, Some(text.clone()));
        }
    }
}
