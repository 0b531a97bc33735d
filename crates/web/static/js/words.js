// Reads the `parameters` a picture's file carries: PNG text, or the user comment in the EXIF of JPEG and WebP. Everything happens in the browser; the file goes nowhere.
const latin = (bytes) => String.fromCharCode(...bytes);
const utf8 = new TextDecoder();

function comment(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), little = latin(bytes.subarray(0, 2)) === 'II';
  const entry = (directory, tag) => {
    for (let n = 0, at = directory + 2; n < view.getUint16(directory, little); n += 1, at += 12) if (view.getUint16(at, little) === tag) return at;
    return null;
  };
  const exif = entry(view.getUint32(4, little), 0x8769);
  const found = exif !== null && entry(view.getUint32(exif + 8, little), 0x9286);
  if (!found) return null;
  const from = view.getUint32(found + 8, little), text = bytes.subarray(from, from + view.getUint32(found + 4, little));
  const code = latin(text.subarray(0, 7)), rest = text.subarray(8);
  return code === 'UNICODE' ? new TextDecoder(little ? 'utf-16le' : 'utf-16be').decode(rest) : utf8.decode(rest);
}

function png(bytes, view) {
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at), name = latin(bytes.subarray(at + 4, at + 8)), data = bytes.subarray(at + 8, at + 8 + length);
    const end = data.indexOf(0);
    if (/^[it]TXt$|^tEXt$/.test(name) && latin(data.subarray(0, end)) === 'parameters') {
      if (name === 'tEXt') return latin(data.subarray(end + 1));
      const parts = data.subarray(end + 3), language = parts.indexOf(0);
      if (data[end + 1] === 0) return utf8.decode(parts.subarray(parts.indexOf(0, language + 1) + 1));
    }
    at += length + 12;
  }
  return null;
}

function jpeg(bytes, view) {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    const length = view.getUint16(at + 2), data = bytes.subarray(at + 4, at + 2 + length);
    if (bytes[at + 1] === 0xe1 && latin(data.subarray(0, 4)) === 'Exif') return comment(data.subarray(6));
    at += 2 + length;
  }
  return null;
}

function webp(bytes, view) {
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (latin(bytes.subarray(at, at + 4)) === 'EXIF') return comment(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  return null;
}

// The text of a file, or null when it carries none.
export function text(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (bytes[0] === 0x89) return png(bytes, view);
    if (bytes[0] === 0xff) return jpeg(bytes, view);
    if (latin(bytes.subarray(0, 4)) === 'RIFF') return webp(bytes, view);
  } catch { /* it ends where it should not */ }
  return null;
}

// What the text says: prompt, negative prompt, and the values of its last line.
export function parameters(words) {
  const cut = words.trimEnd().lastIndexOf('\n'), last = words.slice(cut + 1), values = {};
  for (const [, name, value] of last.matchAll(/([\w][\w \-/]*): ?([^,]*)(?:, |,|$)/g)) values[name.trim()] = value.trim();
  if (cut < 0 || !('Seed' in values || 'Steps' in values)) return null;
  const [prompt, negative = ''] = words.slice(0, cut).split(/\nNegative prompt: ?/);
  return { prompt: prompt.trim(), negative: negative.trim(), values };
}
