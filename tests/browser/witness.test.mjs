// The witness itself: what every other journey asserts to be absent is here, and seen.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { chromium } from './lib/peers.mjs';
import { until } from './lib/wait.mjs';
import { looksRight, steady } from './lib/inspect.mjs';
import { Visitor } from './lib/visitor.mjs';

const policy = "default-src 'none'; script-src 'self'; img-src * data:";
const pages = {
  '/inline': '<style>p { color: red }</style><p>An inline style</p>',
  '/scripts': '<script src="/bad.js"></script>',
  '/elsewhere': '<img src="http://127.0.0.1:9/pixel.png" alt="">',
  '/missing': '<img src="/gone.png" alt="">',
  '/poor': '<main><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p>Pale words</p><p>that stand in the way of what comes</p></main>',
  '/good': '<p>Nothing to see</p>',
};

async function faulty(t) {
  const server = http.createServer((request, response) => {
    const script = request.url === '/bad.js';
    const page = pages[request.url];
    response.writeHead(script || page ? 200 : 404, {
      'content-type': script ? 'text/javascript' : 'text/html',
      'content-security-policy': policy,
    });
    const icon = '<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,">';
    response.end(script ? 'console.error("told"); missing();' : icon + (page ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  t.after(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });
  return { chromium: browser, url: `http://127.0.0.1:${server.address().port}` };
}

test('the witness sees every kind of complaint', async (t) => {
  const site = await faulty(t);
  for (const [path, words, manner] of [
    ['/inline', /^CSP style-src/, {}],
    ['/inline', /^CSP style-src/, { script: false }],
    ['/scripts', /^console error: told/, {}],
    ['/scripts', /^script error: .*missing is not defined/, {}],
    ['/elsewhere', /^third party: http:\/\/127\.0\.0\.1:9\//, {}],
    ['/elsewhere', /^failed: http:\/\/127\.0\.0\.1:9\//, {}],
    ['/missing', /^answered 404: GET .*gone\.png/, {}],
  ]) {
    const visitor = await Visitor.arrive(site, manner);
    await visitor.go(path);
    const { seen } = visitor.witness;
    await until(`${path} is told as ${words}`, () => seen.some((what) => words.test(what)), 5);
    assert.throws(() => visitor.assertCalm(), /something to complain of/);
    await visitor.context.close();
  }
  const visitor = await Visitor.arrive(site);
  await visitor.go('/good');
  visitor.assertCalm();
});

test('looking sees missing words, pale ones and a page too wide', async (t) => {
  const { page } = await Visitor.arrive(await faulty(t));
  await page.goto('/poor');
  await page.evaluate(() => {
    const { style } = document.querySelector('p');
    style.color = '#ccc';
    style.width = '2000px';
  });
  await assert.rejects(looksRight(page, 'a poor page'), ({ message }) => {
    const told = [/image-alt/, /px wider than the window/, /light: color-contrast/, /dark: color-contrast/];
    for (const words of told) assert.match(message, words);
    return true;
  });
});

test('a page that moves is seen to move', async (t) => {
  const { page } = await Visitor.arrive(await faulty(t));
  const check = await steady(page);
  await page.goto('/poor');
  assert.equal(await check(), 0);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.evaluate(() => { document.querySelector('img').style.cssText = 'display: block; height: 600px'; });
  await until('the shift is seen', () => check().then(() => false, ({ message }) => /shifted by/.test(message)), 5);
});
