// The witness itself: what every other journey asserts to be absent is here, and seen.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { chromium } from './lib/peers.mjs';
import { until } from './lib/wait.mjs';
import { Visitor } from './lib/visitor.mjs';

const policy = "default-src 'none'; script-src 'self'; img-src * data:";
const pages = {
  '/inline': '<style>p { color: red }</style><p>An inline style</p>',
  '/scripts': '<script src="/bad.js"></script>',
  '/elsewhere': '<img src="http://127.0.0.1:9/pixel.png" alt="">',
  '/missing': '<img src="/gone.png" alt="">',
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
