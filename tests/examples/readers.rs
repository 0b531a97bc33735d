//! What a thousand live views weigh while nothing happens, for docs/PERFORMANCE.md.
//!
//!     cargo build --release -p safelight-cli
//!     SAFELIGHT_BIN=target/release/safelight cargo run -p safelight-tests --example readers
//!
//! Needs some 2,100 open files: `ulimit -n 4096`.

use std::{io::Read, net::TcpStream, thread, time::Duration};

use safelight_tests::{Client, Place, Server, live, resident_kb};

const PEOPLE: usize = 125;
/// Sign-ins one address may try a minute, and some to spare.
const SIGN_INS: usize = 50;
/// What one account may have open.
const EACH: usize = 8;

fn main() {
    let place = Place::new("[limits]\nrequests_per_minute = 1000000\n");
    let emails: Vec<_> = (0..PEOPLE).map(|n| format!("p{n}@example.com")).collect();
    let keys: Vec<_> = emails.iter().map(|email| place.member(email, 1)).collect();
    let links: Vec<_> = emails.iter().map(|email| place.print(&["login-link", email])).collect();
    let server = Server::start(&place);
    let before = resident_kb(server.pid());
    let mut streams = Vec::new();
    for (n, (key, link)) in keys.iter().zip(&links).enumerate() {
        if n > 0 && n % SIGN_INS == 0 {
            // One address may sign in so often a minute.
            thread::sleep(Duration::from_secs(61));
        }
        // A stream is open only while something is unfinished.
        Client::new(&server.url, key).generate("a lamp [stall]", 1);
        let cookie = live::sign_in(&server.url, link);
        streams.extend((0..EACH).map(|_| live::open(&server.url, &cookie)));
    }
    let rendered = resident_kb(server.pid());
    // Long enough for heartbeats and looks at places in line.
    thread::sleep(Duration::from_secs(20));
    let after = resident_kb(server.pid());
    let open = streams.iter().filter(|stream| heard(stream)).count();
    let each = after.saturating_sub(before) / streams.len() as u64;
    println!("resident before          {} MB", before / 1024);
    println!(
        "with {} readers        {} MB, after 20 s {} MB",
        streams.len(),
        rendered / 1024,
        after / 1024
    );
    println!("each                     {each} kB; {open} of them were heard of meanwhile");
}

/// Whether a stream answered 200 and something came over it.
fn heard(mut stream: &TcpStream) -> bool {
    let mut bytes = [0; 4096];
    let read = stream.read(&mut bytes).unwrap_or(0);
    bytes[..read].starts_with(b"HTTP/1.1 200")
}
