//! Where a chunked body ends (RFC 9112, 7.1). Nothing is decoded: the HTTP library does that.

/// As long as the line before a chunk may be: its size and whatever extensions nobody reads.
const LINE: usize = 256;
/// As many bytes of trailer fields as a body may end with.
const TRAILERS: usize = 4_096;

/// A chunked body as far as it was seen.
#[derive(Debug)]
pub struct Chunks {
    at: At,
    /// The line that is being read, without what follows the carriage return.
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, so that only a line feed may follow.
    returned: bool,
    trailers: usize,
}

#[derive(Debug, Clone, Copy)]
enum At {
    /// In the line with the size.
    Size,
    /// So many bytes before the end of a chunk.
    Data(u64),
    /// In the line end after a chunk's data.
    Ended,
    /// In the trailer fields.
    Trailer,
}

/// The body does not follow the rules: nobody can say where the next request begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

impl Default for Chunks {
    fn default() -> Self {
        Self { at: At::Size, line: Vec::new(), returned: false, trailers: 0 }
    }
}

impl Chunks {
    /// How many of these bytes belong to the body, and whether it ends with them.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(usize, bool), Broken> {
        let mut taken = 0;
        while let Some(byte) = bytes.get(taken) {
            if let At::Data(left) = self.at {
                let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - taken);
                taken += here;
                let left = left - here as u64;
                self.at = if left == 0 { At::Ended } else { At::Data(left) };
                continue;
            }
            taken += 1;
            if self.ends_line(*byte)? && self.end_line()? {
                return Ok((taken, true));
            }
        }
        Ok((taken, false))
    }

    /// Takes a byte of a line; whether the line ends with it.
    fn ends_line(&mut self, byte: u8) -> Result<bool, Broken> {
        match (self.returned, byte) {
            (true, b'\n') => {
                self.returned = false;
                return Ok(true);
            }
            (true, _) | (false, b'\n') => return Err(Broken),
            (false, b'\r') => self.returned = true,
            (false, byte) => self.line.push(byte),
        }
        if self.line.len() > LINE { Err(Broken) } else { Ok(false) }
    }

    /// Whether the body ends with the line that just ended.
    fn end_line(&mut self) -> Result<bool, Broken> {
        let line = std::mem::take(&mut self.line);
        match self.at {
            At::Size => {
                let size = size(&line).ok_or(Broken)?;
                self.at = if size == 0 { At::Trailer } else { At::Data(size) };
            }
            At::Ended if line.is_empty() => self.at = At::Size,
            At::Ended | At::Data(_) => return Err(Broken),
            At::Trailer if line.is_empty() => return Ok(true),
            At::Trailer => {
                self.trailers += line.len();
                if self.trailers > TRAILERS {
                    return Err(Broken);
                }
            }
        }
        Ok(false)
    }
}

/// The size before the extensions.
fn size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii_end();
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| plain)?;
    u64::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same whether it comes at once or byte by byte.
    fn taken(body: &str) -> Result<(usize, bool), Broken> {
        let whole = Chunks::default().take(body.as_bytes());
        let mut chunks = Chunks::default();
        let mut slowly = Ok((0, false));
        for (n, byte) in body.as_bytes().iter().enumerate() {
            slowly = chunks.take(&[*byte]).map(|(_, ends)| (n + 1, ends));
            if !matches!(slowly, Ok((_, false))) {
                break;
            }
        }
        assert_eq!(whole, slowly, "{body:?}");
        whole
    }

    #[test]
    fn a_body_ends_after_its_last_chunk_and_trailers() {
        for (body, rest) in [
            ("0\r\n\r\n", "GET"),
            ("3\r\nabc\r\n0\r\n\r\n", "GET"),
            ("3;name=value\r\nabc\r\n00\r\nTrailer: x\r\n\r\n", ""),
            ("A \r\n0123456789\r\n0\r\n\r\n", "\r\n"),
        ] {
            assert_eq!(taken(&format!("{body}{rest}")), Ok((body.len(), true)), "{body:?}");
        }
        assert_eq!(taken("3\r\nab"), Ok((5, false)));
    }

    #[test]
    fn a_body_that_two_readers_could_end_in_two_places_is_broken() {
        let long = format!("3;{}\r\nabc\r\n", "x".repeat(LINE));
        let trailers = format!("0\r\n{}", format!("A: {}\r\n", "b".repeat(200)).repeat(30));
        for body in [
            "3\nabc\r\n",
            "3\r\nabcd\r\n",
            "\r\n",
            "x\r\n",
            "-1\r\n",
            " 3\r\nabc\r\n",
            "0x3\r\nabc\r\n",
            "3\r\nabc\n",
            "0\r\n\n",
            "0\r\nA: b\rc\r\n",
            "11111111111111111\r\n",
            &long,
            &trailers,
        ] {
            assert_eq!(taken(body), Err(Broken), "{body:?}");
        }
    }
}
