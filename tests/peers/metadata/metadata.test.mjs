// ExifTool reads what our files say: those written on the spot, and those a studio made and handed out.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { createInterface } from 'node:readline';
import { installed } from '../lib/simulator.mjs';

const run = promisify(execFile);
const exiftool = join(dirname(installed('metadata').resolve('exiftool-vendored.pl/package.json')), 'bin', 'exiftool');
const folder = mkdtempSync(join(tmpdir(), 'metadata-'));
after(() => rmSync(folder, { recursive: true }));
const source = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/** All that ExifTool finds, by group and name, with what it warns of. */
async function read(file) {
  const { stdout } = await run('perl', [exiftool, '-json', '-G1', '-n', '-a', file], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout)[0];
}
const words = (found) => found['PNG:Parameters'] ?? found['ExifIFD:UserComment'];
const calm = (found) => Object.entries(found).filter(([name]) => /Warning|Error/.test(name));

async function address(demo) {
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, found] = /address +(\S+)/.exec(line) ?? [];
    if (found) return found;
  }
  throw new Error('the demo said no address');
}

const { stdout } = await run(join(process.env.PEERS, 'bin', 'labelled'), [folder]);
const says = JSON.parse(stdout);

for (const kind of ['png', 'jpg', 'webp']) {
  test(`a ${kind} says all, its clean one says how it was made`, async () => {
    const [original, clean] = await Promise.all(['original', 'clean'].map((which) => read(join(folder, `${which}.${kind}`))));
    assert.equal(words(original), says.parameters);
    assert.equal(words(clean), undefined);
    for (const found of [original, clean]) {
      assert.equal(found['XMP-iptcExt:DigitalSourceType'], source);
      assert.equal(found['XMP-iptcExt:AISystemUsed'], 'flux-dev');
      assert.equal(found['XMP-xmp:CreatorTool'], 'Lamp & Co');
      assert.deepEqual(calm(found), []);
    }
    assert.doesNotMatch(JSON.stringify(clean), /heron|4711/);
  });
}

test('what a studio hands out says the same', async () => {
  const data = join(folder, 'demo');
  const demo = spawn(join(process.env.PEERS, 'bin', 'safelight'), ['demo', '--dir', data], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await address(demo), key = readFileSync(join(data, 'demo-key'), 'utf8').trim();
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const call = async (path, options = {}) => fetch(`${url}/api/v1${path}`, { headers, ...options });
    const asked = await (await call('/generations', { method: 'POST', body: JSON.stringify({ prompt: 'a heron, quite still', seed: '4711' }) })).json();
    let image;
    for (let looks = 0; !image && looks < 600; looks += 1) {
      const { data: generation } = await (await call(`/generations/${asked.data.id}`)).json();
      image = generation.renders[0].image_id;
      if (!image) await new Promise((done) => setTimeout(done, 50));
    }
    const saved = async (variant) => {
      const answer = await call(`/images/${image}/download?variant=${variant}`, { redirect: 'manual' });
      const bytes = answer.status === 303 ? await fetch(answer.headers.get('location')) : answer;
      const file = join(folder, `${variant}.of-a-studio`);
      writeFileSync(file, Buffer.from(await bytes.arrayBuffer()));
      return [file, await read(file)];
    };
    const [, original] = await saved('original'), [file, clean] = await saved('clean');
    assert.match(words(original), /^a heron, quite still\n.*Seed: 4711, Size: 1024x1024, Model: flux-schnell/);
    for (const found of [original, clean]) {
      assert.equal(found['XMP-iptcExt:DigitalSourceType'], source);
      assert.deepEqual(calm(found), []);
    }
    assert.ok(!readFileSync(file).includes('heron') && words(clean) === undefined);
  } finally {
    demo.kill('SIGKILL');
  }
});
