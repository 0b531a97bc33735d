//! Paints prompts and lays the pictures out on one sheet, for judging them with one's own eyes:
//!
//! `cargo run -p safelight-adapters-local --example contact_sheet -- OUT.png [PROMPT]...`
//!
//! Every prompt gets a row of four seeds.

use std::{error::Error, sync::Arc, time::Instant};

use image::{RgbImage, imageops};
use safelight_adapters_local::{Pace, Painter};
use safelight_domain::{ModelSlug, Order, Prompt, RenderId, Seed, Size, Uuid};
use safelight_ports::{Delivery, Provider};
use safelight_testkit::ManualClock;

const SIDE: u32 = 512;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let out = args.next().ok_or("name a file to write")?;
    let prompts: Vec<String> = args.collect();
    let painter = Painter::new(Arc::new(ManualClock::new()), Pace::default());
    let delivery = Delivery { location: format!("painter:paint-{}-0", RenderId(Uuid::nil())) };
    let mut sheet = RgbImage::new(4 * SIDE, u32::try_from(prompts.len())? * SIDE);
    for (y, prompt) in (0..).zip(&prompts) {
        for x in 0..4 {
            let order = Order {
                prompt: Prompt::parse(prompt)?,
                negative: None,
                model: ModelSlug("flux-schnell".to_owned()),
                size: Size::SquareHd,
                seed: Seed(101 + u64::from(x)),
            };
            let before = Instant::now();
            let bytes = painter.fetch(&order, &delivery).await?;
            println!("{prompt} {x}: {:?}, {} KB", before.elapsed(), bytes.len() / 1_000);
            let picture = image::load_from_memory(&bytes)?.into_rgb8();
            let small = imageops::thumbnail(&picture, SIDE, SIDE);
            imageops::replace(&mut sheet, &small, i64::from(x * SIDE), i64::from(y * SIDE));
        }
    }
    sheet.save(out)?;
    Ok(())
}
