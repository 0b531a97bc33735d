// A studio to test: folder, server, browser; and `journey`, a test that ends with nobody complaining.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { chromium, peers } from './peers.mjs';
import { Gate } from './gate.mjs';
import { Place } from './place.mjs';
import { Server, freePort } from './server.mjs';
import { Visitor } from './visitor.mjs';

const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Opens a studio for the tests of one file; `gate` puts a door that can be shut before it,
 * `prepare` fills the folder before the server starts. */
export async function openStudio({ gate = false, prepare, ...terms } = {}) {
  const place = new Place({ ...terms, bare: Boolean(prepare) });
  await prepare?.(place);
  const server = new Server(place, await freePort());
  const studio = { place, server, url: server.url };
  if (gate) {
    studio.gate = await Gate.open(server.url);
    studio.url = studio.gate.url;
  }
  place.settings = { APP_URL: studio.url };
  await server.start();
  studio.chromium = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args,
  });
  after(async () => {
    await studio.chromium.close();
    studio.gate?.close();
    await server.kill();
    place.remove();
  });
  studio.journey = (name, act) => test(name, () => run(studio, name, act));
  return studio;
}

async function run(studio, name, act) {
  const visitors = [];
  const arrive = async (manner) => {
    const visitor = await Visitor.arrive(studio, manner);
    visitors.push(visitor);
    return visitor;
  };
  try {
    await act(arrive);
    for (const visitor of visitors) visitor.assertCalm();
    await studio.place.audit();
  } catch (error) {
    await keep(visitors, name);
    throw error;
  } finally {
    for (const visitor of visitors) await visitor.context.close();
  }
}

/** What everybody saw when it went wrong. */
async function keep(visitors, name) {
  const dir = join(peers, 'failures');
  mkdirSync(dir, { recursive: true });
  for (const [index, { page }] of visitors.entries()) {
    const file = `${name.replaceAll(/\W+/g, '-')}-${index + 1}.png`;
    await page.screenshot({ path: join(dir, file), fullPage: true }).catch(() => {});
  }
}
