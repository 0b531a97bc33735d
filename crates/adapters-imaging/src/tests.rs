//! What comes out for good bytes, and what for bad ones.

mod fixtures;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use image::ImageFormat;
use safelight_ports::{Imaging, IngestError, Ingested};

use super::Imager;
use fixtures::{encode, exif_rotated, photo, png_claiming};

async fn ingest(bytes: Vec<u8>) -> Result<Ingested, IngestError> {
    Imager::new(2).ingest(bytes).await
}

async fn slug(bytes: Vec<u8>) -> &'static str {
    match ingest(bytes).await {
        Err(IngestError::Unusable(slug)) => slug,
        other => panic!("should be unusable: {other:?}"),
    }
}

#[tokio::test]
async fn every_format_is_known_by_its_content_and_measured() {
    for (format, media_type) in [
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Png, "image/png"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let bytes = encode(&photo(1_000, 701), format);
        let ingested = ingest(bytes.clone()).await.unwrap();
        assert_eq!(
            (ingested.media_type, ingested.width, ingested.height),
            (media_type, 1_000, 701)
        );
        assert!(ingested.original == bytes, "the original is untouched");
        for (thumbnail, size) in [(&ingested.w320, (320, 224)), (&ingested.w640, (640, 449))] {
            assert_eq!((thumbnail.width, thumbnail.height), size);
            let shown = image::load_from_memory_with_format(&thumbnail.bytes, ImageFormat::Jpeg);
            assert_eq!((shown.as_ref().unwrap().width(), shown.unwrap().height()), size);
            assert!(thumbnail.bytes.len() < bytes.len());
        }
        assert!((10..=30).contains(&ingested.thumbhash.len()), "{}", ingested.thumbhash.len());
    }
}

#[tokio::test]
async fn nothing_is_enlarged() {
    for (width, height) in [(1, 1), (1, 9), (64, 64), (320, 100), (100, 900), (319, 5_000)] {
        let ingested = ingest(encode(&photo(width, height), ImageFormat::Png)).await.unwrap();
        for thumbnail in [&ingested.w320, &ingested.w640] {
            assert_eq!((thumbnail.width, thumbnail.height), (width, height));
        }
    }
    let ingested = ingest(encode(&photo(321, 640), ImageFormat::Png)).await.unwrap();
    assert_eq!((ingested.w320.width, ingested.w320.height), (320, 638));
    assert_eq!((ingested.w640.width, ingested.w640.height), (321, 640));
}

#[tokio::test]
async fn long_and_thin_keeps_a_pixel() {
    let ingested = ingest(encode(&photo(4_000, 2), ImageFormat::Png)).await.unwrap();
    assert_eq!((ingested.w320.width, ingested.w320.height), (320, 1));
    assert_eq!((ingested.width, ingested.height), (4_000, 2));
}

#[tokio::test]
async fn a_small_jpeg_is_its_own_thumbnail_when_that_is_lighter() {
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 30);
    photo(300, 200).write_with_encoder(encoder).unwrap();
    let ingested = ingest(bytes.clone()).await.unwrap();
    assert!(ingested.w320.bytes == bytes && ingested.w640.bytes == bytes);
}

#[tokio::test]
async fn a_picture_is_measured_as_it_is_shown() {
    // Orientation 6: the camera was held upright, the rows are its columns.
    let ingested = ingest(exif_rotated(&photo(400, 200), 6)).await.unwrap();
    assert_eq!((ingested.width, ingested.height), (200, 400));
    let shown = image::load_from_memory(&ingested.w320.bytes).unwrap().into_rgb8();
    assert_eq!(shown.dimensions(), (200, 400));
    // The photo is bright at its left, which a quarter turn clockwise brings to the top.
    assert!(shown.get_pixel(100, 20)[0] > shown.get_pixel(100, 380)[0] + 100);
}

#[tokio::test]
async fn what_is_transparent_lies_on_white() {
    let clear = image::DynamicImage::new_rgba8(500, 500);
    let ingested = ingest(encode(&clear, ImageFormat::Png)).await.unwrap();
    let shown = image::load_from_memory(&ingested.w320.bytes).unwrap().into_rgb8();
    assert!(shown.pixels().all(|pixel| pixel.0.iter().all(|channel| *channel > 250)));
}

#[tokio::test]
async fn black_is_black_in_every_format_and_a_single_light_is_not() {
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    let black = image::DynamicImage::new_rgb8(512, 400);
    let mut night = black.clone().into_rgb8();
    night.put_pixel(511, 399, image::Rgb([0, 0, 90]));
    for format in formats {
        assert!(ingest(encode(&black, format)).await.unwrap().is_black, "{format:?}");
        assert!(!ingest(encode(&photo(64, 64), format)).await.unwrap().is_black, "{format:?}");
    }
    let mut grey = black.into_rgb8();
    grey.pixels_mut().for_each(|pixel| pixel.0 = [9; 3]);
    for lit in [night, grey] {
        assert!(!ingest(encode(&lit.into(), ImageFormat::Png)).await.unwrap().is_black);
    }
}

#[tokio::test]
async fn what_is_no_picture_is_not_tried() {
    for bytes in [
        b"".as_slice(),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><title>502 Bad Gateway</title>",
        b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
        b"BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00",
        b"%PDF-1.7",
        b"{\"detail\":\"not found\"}",
        &[0; 4_096],
    ] {
        assert_eq!(slug(bytes.to_vec()).await, "not_an_image");
    }
}

#[tokio::test]
async fn a_bomb_is_refused_by_its_header() {
    for (width, height) in
        [(100_000, 100_000), (u32::MAX >> 1, 1), (8_000, 5_001), (16_385, 10), (10, 16_385)]
    {
        assert_eq!(slug(png_claiming(width, height)).await, "image_too_large", "{width} {height}");
    }
    // The same header within the limits gets as far as its missing pixels.
    assert_ne!(slug(png_claiming(8_000, 5_000)).await, "image_too_large");
}

#[tokio::test]
async fn whatever_is_cut_off_is_unusable() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encode(&photo(120, 90), format);
        for tenth in 1..10 {
            let cut = bytes[..bytes.len() * tenth / 10].to_vec();
            assert_eq!(slug(cut).await, "truncated_image", "{format:?} {tenth}");
        }
    }
    // A cut photograph may hold a whole thumbnail in its EXIF.
    let mut exif = exif_rotated(&photo(120, 90), 1);
    let scan = exif.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    exif[30..32].copy_from_slice(&[0xff, 0xd9]);
    exif.truncate(scan + 200);
    assert_eq!(slug(exif).await, "truncated_image");
}

#[tokio::test]
async fn noise_behind_a_good_header_harms_nobody() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let good = encode(&photo(120, 90), format);
        for n in 0..200 {
            let mut bytes = good.clone();
            let at = 16 + (n * 7_919) % (bytes.len() - 16);
            bytes[at] ^= 0x55;
            // It may still be a picture; it may not be a fault.
            if let Err(error) = ingest(bytes).await {
                assert!(matches!(error, IngestError::Unusable(_)), "{format:?} {at}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_more_at_once_than_there_are_permits() {
    let imager = Arc::new(Imager::new(3));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let jobs = (0..24).map(|_| {
        let (imager, now, most) = (Arc::clone(&imager), Arc::clone(&now), Arc::clone(&most));
        tokio::spawn(async move {
            let work = move || {
                let working = now.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(working, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
                std::thread::current().name().map(str::to_owned)
            };
            imager.apart(work).await.unwrap().unwrap()
        })
    });
    for job in jobs.collect::<Vec<_>>() {
        assert_eq!(job.await.unwrap().as_deref(), Some("imaging"), "never the caller's thread");
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_panic_ends_one_picture_and_gives_its_permit_back() {
    let imager = Imager::new(1);
    for _ in 0..3 {
        let nothing: Option<()> = imager.apart(|| panic!("a bug in a decoder")).await.unwrap();
        assert_eq!(nothing, None);
    }
    assert!(imager.ingest(encode(&photo(10, 10), ImageFormat::Png)).await.is_ok());
}

#[tokio::test]
async fn whoever_hangs_up_does_not_free_the_permit_early() {
    let imager = Imager::new(1);
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let job = imager.apart(move || wait.recv());
    tokio::time::timeout(Duration::from_millis(20), job).await.unwrap_err();
    assert_eq!(imager.permits.available_permits(), 0, "the thread is still at it");
    go.send(()).unwrap();
    assert!(imager.apart(|| ()).await.unwrap().is_some());
}
