// Another studio out of the folder that `safelight new` writes: its name, colours, mark, mails and legal text everywhere,
// and ours nowhere: in no page, no mail, no document, no header, no file a page is made of.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { looksRight } from './lib/inspect.mjs';
import { mailed } from './lib/outbox.mjs';
import { furnished, open } from './lib/pages.mjs';
import { Place } from './lib/place.mjs';
import { openStudio } from './lib/studio.mjs';

const ours = /safe\s*light/i;

/** Puts what `safelight new` wrote into place, and makes it somebody's own. */
async function rebranded(place) {
  await place.run('new', place.dir);
  const at = (path) => join(place.dir, path);
  const change = (path, act) => writeFileSync(at(path), act(readFileSync(at(path), 'utf8')));
  change('safelight.toml', (text) => `${text
    .replace('name = "Your studio"', 'name = "Northlight"')
    .replace('dir = "brand"', `dir = ${JSON.stringify(at('brand'))}`)
    .replace('# key_prefix = "sl_live_"', 'key_prefix = "north_"')
    .replace('[limits]\n', '[limits]\nrequests_per_minute = 1000000\n')}\n[painter]\nseconds = [0.1, 0.3]\n`);
  change('brand/static/brand.css', (css) => `${css}\n:root { --lamp: light-dark(oklch(0.45 0.15 250), oklch(0.78 0.12 240)); }\n`);
  change('brand/templates/mark.html', () => '<svg aria-hidden="true" viewBox="0 0 24 24"><path d="M12 2v20M2 12h20"/></svg>');
  change('brand/templates/operator.html', () => '<p>Northlight Studios, 1 Harbour Road, Bergen. <a href="mailto:hello@northlight.example">hello@northlight.example</a></p>');
  change('brand/templates/terms.html', (text) => text.replace('<h1>Terms</h1>', '<h1>Terms of Northlight</h1>'));
  change('brand/mails/sign-in.txt', () => 'Subject: {brand} lets you in: {code}\n\nHello from the north. Your code is {code}; it opens the door, and so does this:\n\n{link}\n');
}

const studio = await openStudio({ prepare: rebranded });
const { journey, place } = studio;

journey('every page says the new name and never ours', async (arrive) => {
  const mine = await furnished(studio, 'ada@example.org');
  const visitor = await arrive({ calm: true });
  const bodies = new Map();
  visitor.context.on('response', (response) => bodies.set(response.url(), response));
  const look = async (pages) => {
    for (const [name, path, status] of pages) {
      assert.equal(await visitor.go(path), status, name);
      const html = await visitor.page.content();
      assert.doesNotMatch(html, ours, name);
      assert.match(html, /Northlight/, name);
    }
  };
  await look(open);
  await visitor.signIn('ada@example.org');
  await look(mine);
  // Headers, styles, scripts, fonts and pictures too: whatever came with those pages.
  assert.ok(bodies.size > 40, `${bodies.size} answers`);
  for (const [url, response] of bodies) {
    assert.doesNotMatch(JSON.stringify(response.headers()), ours, url);
    const type = response.headers()['content-type'] ?? '';
    if (/text|javascript|json|svg|xml/.test(type) && response.status() === 200) assert.doesNotMatch(await response.text().catch(() => ''), ours, url);
  }
});

journey('documents, errors, the manifest and the mail say it too', async (arrive) => {
  const visitor = await arrive({ calm: true });
  const { page } = visitor;
  for (const path of ['/api/openapi.json', '/manifest.webmanifest', '/robots.txt', '/sitemap.xml', '/healthz', '/readyz', '/api/v1/images', '/api/v1/nowhere', '/nowhere', '/problems/unauthorized']) {
    const answer = await visitor.request('GET', path);
    assert.doesNotMatch(`${JSON.stringify(answer.headers())} ${await answer.text()}`, ours, path);
  }
  const document = await (await visitor.request('GET', '/api/openapi.json')).json();
  assert.match(document.info.title, /Northlight/);
  const manifest = await (await visitor.request('GET', '/manifest.webmanifest')).json();
  assert.equal(manifest.name, 'Northlight');
  assert.match(await place.key('ada@example.org'), /^north_/);

  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByRole('button', { name: 'Send the code' }).click();
  const drawer = await visitor.request('GET', '/dev/outbox');
  const mail = await drawer.text();
  assert.match(mail, /Northlight lets you in: /);
  assert.match(mail, /Hello from the north\./);
  assert.doesNotMatch(mail, ours);
  const { link } = await mailed(visitor, 'ada@example.org');
  await page.goto(link);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/studio');
});

journey('colours, the mark and the legal pages are the operator’s', async (arrive) => {
  const visitor = await arrive({ calm: true });
  const { page } = visitor;
  await visitor.go('/');
  const lamp = await page.evaluate(() => getComputedStyle(document.querySelector('.strip-button')).backgroundColor);
  assert.match(lamp, /oklch\(0\.45 0\.15 250\)|rgb\(/);
  assert.match(lamp, /250/);
  assert.equal(await page.locator('.wordmark path').getAttribute('d'), 'M12 2v20M2 12h20');
  await looksRight(page, 'the landing page in other colours');
  await visitor.go('/terms');
  await page.getByRole('heading', { name: 'Terms of Northlight' }).waitFor();
  await page.getByText('1 Harbour Road').waitFor();
  await visitor.go('/privacy');
  await page.getByText('1 Harbour Road').waitFor();
});

journey('what is there is never written over', async () => {
  const before = readFileSync(join(place.dir, 'safelight.toml'), 'utf8');
  await assert.rejects(place.run('new', place.dir), /is there already/);
  assert.equal(readFileSync(join(place.dir, 'safelight.toml'), 'utf8'), before);
  await place.run('new', place.dir, '--template', 'landing.html');
  assert.ok(existsSync(join(place.dir, 'brand/templates/landing.html')));
});

// The looking itself can fail: an unbranded studio is full of the name.
const plain = await openStudio({});
plain.journey('an unbranded studio says ours', async (arrive) => {
  const visitor = await arrive();
  await visitor.go('/');
  assert.match(await visitor.page.content(), ours);
  assert.ok(plain.place instanceof Place);
});
