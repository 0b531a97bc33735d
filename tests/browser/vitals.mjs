// How fast the pages feel, in milliseconds: node tests/browser/vitals.mjs [RUNS]
// First byte, largest paint, slowest interaction, layout shift and bytes, of a window at full speed and of a phone on a slow
// line (1.6 Mbit/s, 150 ms away, a processor four times slower). SAFELIGHT_BIN names the binary: measure a release build.
import { Api } from './lib/api.mjs';
import { chromium } from './lib/peers.mjs';
import { Place } from './lib/place.mjs';
import { Server, freePort } from './lib/server.mjs';

const runs = Number(process.argv[2] ?? 5);
const place = new Place({ painter: [0.05, 0.1], config: 'signup_bonus = 10\n' });
const server = new Server(place, await freePort());
place.settings = { APP_URL: server.url };
await server.start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
process.on('exit', () => place.remove());

const email = 'ada@example.org';
const api = await Api.of({ place, server }, email, 100);
for (let n = 0; n < 10; n += 1) await api.make({ prompt: `A lamp, number ${n}`, size: 'landscape_4_3', count: 4 });
const link = await place.run('login-link', email);
const door = await browser.newContext({ baseURL: server.url });
const first = await door.newPage();
await first.goto(link);
await first.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
await first.waitForURL('**/studio');
const storageState = await door.storageState();
await door.close();

/** What a person does on each page while the slowest answer to it is measured. */
const acts = {
  '/': async (page) => { await page.getByText('What if a picture fails?').click(); await page.getByRole('radio', { name: 'Dark' }).check(); },
  '/studio': async (page) => {
    await page.getByLabel('Prompt', { exact: true }).pressSequentially('A lamp on a sill');
    await page.locator('input[name="count"][value="4"]').evaluate((radio) => radio.closest('details')?.setAttribute('open', ''));
    await page.locator('input[name="count"][value="4"]').check({ force: true });
    await page.keyboard.press('Tab');
  },
  '/gallery': async (page) => { await page.locator('.tile .like').first().click({ force: true }); await page.keyboard.press('Tab'); },
};

const manners = {
  window: { viewport: { width: 1280, height: 860 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true, slow: true },
};

async function once(path, { slow, ...look }) {
  const context = await browser.newContext({ baseURL: server.url, storageState, ...look });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let bytes = 0;
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
  if (slow) {
    const speed = 1.6e6 / 8;
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: speed, uploadThroughput: speed / 2 });
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }
  await page.addInitScript(() => {
    globalThis.vitals = { lcp: 0, inp: 0, cls: 0 };
    const see = (type, act, more) => new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true, ...more });
    see('largest-contentful-paint', (entry) => { globalThis.vitals.lcp = entry.startTime; });
    see('layout-shift', (entry) => { if (!entry.hadRecentInput) globalThis.vitals.cls += entry.value; });
    see('event', (entry) => { if (entry.interactionId) globalThis.vitals.inp = Math.max(globalThis.vitals.inp, entry.duration); }, { durationThreshold: 16 });
  });
  await page.goto(path, { waitUntil: 'load' });
  await page.waitForTimeout(slow ? 1500 : 500);
  const { lcp, cls, ttfb } = await page.evaluate(() => ({ ...globalThis.vitals, ttfb: performance.getEntriesByType('navigation')[0].responseStart }));
  const loaded = bytes;
  await acts[path](page);
  await page.waitForTimeout(500);
  const inp = await page.evaluate(() => globalThis.vitals.inp);
  await context.close();
  return { ttfb, lcp, inp, cls, kb: loaded / 1000 };
}

const middle = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
console.log('| page | as | first byte ms | LCP ms | INP ms | layout shift | kB |\n|---|---|---|---|---|---|---|');
for (const path of Object.keys(acts)) {
  for (const [manner, look] of Object.entries(manners)) {
    const seen = [];
    for (let run = 0; run < runs; run += 1) seen.push(await once(path, look));
    const of = (name) => middle(seen.map((one) => one[name]));
    // Below 16 ms the browser tells of no event at all.
    const inp = of('inp') || '< 16';
    console.log(`| ${path} | ${manner} | ${of('ttfb').toFixed(0)} | ${of('lcp').toFixed(0)} | ${inp} | ${of('cls').toFixed(3)} | ${of('kb').toFixed(0)} |`);
  }
}
await browser.close();
await server.kill();
