// A page as it looked when somebody last looked at it: a small picture of it, kept beside the tests. Each of its dots is the mean
// of a square of the page, so that another way of smoothing letters is no difference and a missing button is one.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const square = 8;
/** A dot differs when a channel is off by more than this, of 255. */
const most = 40;
/** So many of a thousand dots may differ: times of the day, and lines that break elsewhere. */
const few = 15;

/** The dots of a PNG, and a PNG of them. `scratch` is a page nobody looks at. */
async function dots(scratch, png, size) {
  return scratch.evaluate(async ({ source, size }) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const wide = Math.round(image.width / size);
    const high = Math.round(image.height / size);
    const canvas = new OffscreenCanvas(wide, high);
    const brush = canvas.getContext('2d');
    brush.imageSmoothingQuality = 'high';
    brush.drawImage(image, 0, 0, wide, high);
    const { data } = brush.getImageData(0, 0, wide, high);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return { wide, high, data: [...data], png: [...new Uint8Array(await blob.arrayBuffer())] };
  }, { source: `data:image/png;base64,${png.toString('base64')}`, size });
}

/** How many of a thousand dots differ. */
function apart(one, other) {
  if (one.wide !== other.wide || one.high !== other.high) return 1000;
  let off = 0;
  for (let at = 0; at < one.data.length; at += 4) {
    const differs = [0, 1, 2].some((channel) => Math.abs(one.data[at + channel] - other.data[at + channel]) > most);
    off += differs ? 1 : 0;
  }
  return (4000 * off) / one.data.length;
}

/** Holds a screenshot against the one kept at `path`; with UPDATE_SNAPSHOTS=1 keeps this one instead. Returns what is off. */
export async function holds(scratch, png, path, seen) {
  const now = await dots(scratch, png, square);
  if (process.env.UPDATE_SNAPSHOTS === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(now.png));
    return null;
  }
  assert.ok(existsSync(path), `${path} is not there: look at the page, then run with UPDATE_SNAPSHOTS=1`);
  const off = apart(now, await dots(scratch, readFileSync(path), 1));
  if (off <= few) return null;
  mkdirSync(seen, { recursive: true });
  const told = join(seen, path.split('/').at(-1));
  writeFileSync(told, png);
  return `${path}: ${off.toFixed(1)} of 1,000 dots differ; as it is now: ${told}`;
}
