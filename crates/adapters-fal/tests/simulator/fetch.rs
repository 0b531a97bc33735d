//! Pictures come from allowed hosts at public addresses, whole, of the right kind and not too
//! large; and nobody but the queue ever sees the key.

use safelight_ports::{Delivery, Fault, Looked, Provider, chain};

use super::{Bench, says};

async fn fetched(bench: &Bench, prompt: &str) -> Result<Vec<u8>, Fault> {
    let id = bench.submit(prompt).await;
    match bench.fal.look(&says(prompt), &id).await.unwrap() {
        Looked::Done(delivery) => bench.fal.fetch(&says(prompt), &delivery).await,
        other => panic!("{prompt} should be done and is {other:?}"),
    }
}

#[tokio::test]
async fn what_may_come_back() {
    let bench = Bench::new();
    for (prompt, expected) in [
        ("a fox", "a picture"),
        ("[media teapot]", "a picture"),
        ("[media missing]", "the picture was answered 404"),
        ("[media short]", "Peer disconnected"),
        ("[media huge]", "too large"),
        ("[media endless]", "too large"),
        ("[media svg]", "not a PNG"),
        ("[media html]", "not a PNG"),
        ("[media moved]", "has moved"),
        ("[at https://evil.example/x]", "not where pictures may come from"),
        ("[at http://127.0.0.1:1/x]", "not where pictures may come from"),
        ("[at file:///etc]", "not where pictures may come from"),
        ("[at data:image/png;base64,AAAA]", "not where pictures may come from"),
    ] {
        let told = match fetched(&bench, prompt).await {
            Ok(bytes) => {
                let picture = image::load_from_memory(&bytes).unwrap();
                assert_eq!((picture.width(), picture.height()), (512, 512), "{prompt}");
                "a picture".to_owned()
            }
            Err(fault) => chain(&fault),
        };
        assert!(told.contains(expected), "{prompt}: {told}");
        assert!(!told.contains("127.0.0.1"), "{told}");
    }
    let stolen = bench.simulator.queue_received().into_iter().any(|r| r.path == "/steal");
    assert!(!stolen, "a redirect was followed");
    for received in bench.simulator.media_received() {
        assert_eq!(received.header("authorization"), None);
        let all = format!("{received:?}");
        assert!(!all.contains("secret"), "{all}");
    }
}

#[tokio::test]
async fn an_allowed_name_at_a_private_address_is_not_connected_to() {
    // Names that lead inside, as a poisoned or hostile name server would have them.
    for host in ["localhost", "127.0.0.1"] {
        let bench = Bench::with(|settings| settings.media_hosts = Some(host));
        let location = format!("https://{host}/files/x.jpeg");
        let fault = bench.fal.fetch(&says("a fox"), &Delivery { location }).await.unwrap_err();
        assert!(chain(&fault).contains("at no public address"), "{}", chain(&fault));
    }
}

#[tokio::test]
async fn the_price_is_the_models() {
    let bench = Bench::new();
    assert_eq!(bench.fal.cost_micros(&says("a fox"), (512, 512)), Some(3_000));
    assert_eq!(bench.fal.cost_micros(&says("a fox"), (1920, 1080)), Some(6_000));
}
