//! The XMP packet (ISO 16684-1; IPTC Photo Metadata Standard 2025.1). It holds no prompt, so that
//! the same packet is in the file a person keeps and in the one they give away.

use crate::{Mark, Source};

/// The vocabulary of digital source types (IPTC NewsCodes).
const TYPES: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/// The packet for `mark`.
pub fn packet(mark: &Mark<'_>) -> Vec<u8> {
    let (kind, system, tool) = (term(mark.source), escaped(mark.system), escaped(mark.tool));
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">\
         <xmp:CreatorTool>{tool}</xmp:CreatorTool>\
         <Iptc4xmpExt:DigitalSourceType>{TYPES}{kind}</Iptc4xmpExt:DigitalSourceType>\
         <Iptc4xmpExt:AISystemUsed>{system}</Iptc4xmpExt:AISystemUsed>\
         </rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    )
    .into_bytes()
}

/// The source a packet names, if we know it.
pub fn source(packet: &[u8]) -> Option<Source> {
    let text = String::from_utf8_lossy(packet);
    let named = |source: &Source| {
        let whole = format!("{TYPES}{}", term(*source));
        text.match_indices(&whole).any(|(at, _)| {
            !text[at + whole.len()..].starts_with(|next: char| next.is_ascii_alphanumeric())
        })
    };
    [Source::TrainedAlgorithmicMedia, Source::AlgorithmicMedia].into_iter().find(named)
}

fn term(source: Source) -> &'static str {
    match source {
        Source::TrainedAlgorithmicMedia => "trainedAlgorithmicMedia",
        Source::AlgorithmicMedia => "algorithmicMedia",
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
