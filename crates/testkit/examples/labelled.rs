//! Writes one picture of each kind into a folder, labelled and clean, for programs that read files:
//! `labelled FOLDER`. Prints what the labels say as one line of JSON.

use std::{fs, io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat, RgbImage};
use safelight_provenance::{Mark, Parameters, Source, write};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let words = Parameters {
        prompt: "a heron, quite still, in “reeds” 灯台".to_owned(),
        negative: Some("blur".to_owned()),
        values: vec![value("Steps", "4"), value("Seed", "4711"), value("Model", "flux-dev")],
    };
    let text = words.write();
    for (format, name) in
        [(ImageFormat::Png, "png"), (ImageFormat::Jpeg, "jpg"), (ImageFormat::WebP, "webp")]
    {
        let plain = picture(format);
        fs::write(Path::new(&folder).join(format!("plain.{name}")), &plain).expect("a file");
        for (which, parameters) in [("original", Some(text.as_str())), ("clean", None)] {
            let source = Source::TrainedAlgorithmicMedia;
            let mark = Mark { source, system: "flux-dev", tool: "Lamp & Co", parameters };
            let file = write(&plain, &mark).expect("a picture");
            fs::write(Path::new(&folder).join(format!("{which}.{name}")), file).expect("a file");
        }
    }
    println!("{}", serde_json::json!({ "parameters": text, "prompt": words.prompt }));
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let shade = |n: u32| u8::try_from(n % 251).unwrap_or(0);
    let pixels = RgbImage::from_fn(96, 64, |x, y| image::Rgb([shade(x * 3), shade(y * 5), 90]));
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(pixels).write_to(&mut file, format).expect("a picture in memory");
    file.into_inner()
}
