// The landing page: the reveal plays once over a picture that is there from the start, and what programs read of the site is true.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './lib/peers.mjs';
import { looksRight, steady } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';

const config = 'signup_bonus = 12\n[models.flux-schnell]\nprice = 2\n[models.flux-dev]\nprice = 5\n';
const studio = await openStudio({ config });
const { journey } = studio;
const words = 'A lighthouse on a rock at first light';

journey('the prompt types itself, one price clicks off, the picture comes up, and it can be played again', async (arrive) => {
  const visitor = await arrive();
  const { page } = visitor;
  await page.addInitScript(() => {
    globalThis.seen = new Set();
    new MutationObserver(() => {
      const figure = document.querySelector('[data-develop]');
      for (const name of figure?.classList ?? []) globalThis.seen.add(name);
      if (figure?.querySelector('.typed')?.textContent.length > 20) globalThis.seen.add('typed');
    }).observe(document, { subtree: true, attributes: true, childList: true, characterData: true });
  });
  const still = await steady(page);
  await visitor.go('/');
  const again = page.getByRole('button', { name: 'Play again' });
  await again.waitFor({ timeout: 30_000 });
  const seen = await page.evaluate(() => [...globalThis.seen]);
  for (const step of ['is-typing', 'typed', 'is-spent', 'is-running', 'is-fixed']) assert.ok(seen.includes(step), `${step} of ${seen}`);
  assert.equal(await page.locator('.roll').evaluate((roll) => roll.textContent), '1210', 'from 12 credits to 10');
  await still();
  await again.click();
  await again.waitFor({ state: 'hidden' });
  await again.waitFor({ timeout: 30_000 });
});

journey('the largest paint is the picture the server sent', async (arrive) => {
  const visitor = await arrive();
  const { page } = visitor;
  await page.addInitScript(() => {
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.largest = entry.element?.outerHTML ?? ''; })
      .observe({ type: 'largest-contentful-paint', buffered: true });
  });
  await visitor.go('/');
  await page.waitForFunction(() => document.querySelector('.develop img').complete);
  await page.waitForFunction(() => globalThis.largest !== undefined);
  assert.match(await page.evaluate(() => globalThis.largest), /^<img[^>]*lighthouse/);
});

for (const [name, manner] of [['without JavaScript', { script: false }], ['under reduced motion', { calm: true }]]) {
  journey(`it is complete ${name}`, async (arrive) => {
    const visitor = await arrive(manner);
    const { page } = visitor;
    assert.equal(await visitor.go('/'), 200);
    await page.getByRole('img', { name: new RegExp(words) }).waitFor();
    await page.getByText(words).first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Play again' }).count(), 0);
    for (const text of ['2 credits. One picture', 'Start with 12 credits', 'up to 5 credits', 'FLUX.1 dev']) {
      assert.ok((await page.locator('main').innerText()).replaceAll(/\s+/g, ' ').includes(text), text);
    }
    await page.getByText('What if a picture fails?').click();
    await page.getByText('Its credits come back to the lot').waitFor();
  });
}

journey('every address on it leads somewhere, and the tags of sharing too', async (arrive) => {
  const visitor = await arrive({ calm: true });
  const { page } = visitor;
  await visitor.go('/');
  const links = await page.locator('a[href^="/"], link[href^="/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href').split('#')[0]));
  const shared = await page.locator('meta[property="og:image"]').getAttribute('content');
  assert.ok(shared.startsWith(studio.url), shared);
  for (const path of new Set([...links, shared.slice(studio.url.length)])) {
    const answer = await visitor.request('GET', path);
    assert.ok([200, 303].includes(answer.status()), `${path}: ${answer.status()}`);
  }
  await looksRight(page, 'the landing page, whole');
});

journey('robots, sitemap and manifest tell the truth', async (arrive) => {
  const visitor = await arrive();
  const get = async (path) => {
    const answer = await visitor.request('GET', path);
    assert.equal(answer.status(), 200, path);
    return answer.text();
  };
  const robots = await get('/robots.txt');
  assert.match(robots, new RegExp(`^Sitemap: ${studio.url}/sitemap.xml$`, 'm'));
  const map = await get('/sitemap.xml');
  const pages = [...map.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, page]) => page);
  assert.ok(pages.length >= 5);
  for (const page of pages) {
    const path = new URL(page).pathname;
    await get(path);
    assert.ok(!robots.split('\n').some((line) => line.startsWith('Disallow: ') && path.startsWith(line.slice(10))), path);
  }
  const manifest = JSON.parse(await get('/manifest.webmanifest'));
  assert.equal(manifest.name, 'Safelight');
  for (const { src, type } of manifest.icons) {
    const answer = await visitor.request('GET', src);
    assert.deepEqual([answer.status(), answer.headers()['content-type']], [200, type], src);
  }
});

journey('the pictures of the product are of both themes and none is missing', async () => {
  const template = readFileSync(join(repository, 'crates/web/templates/landing.html'), 'utf8');
  const named = [...template.matchAll(/shot\("(\w+)", (\d+), (\d+)/g)];
  assert.equal(named.length, 3);
  for (const [, name, width, height] of named) {
    for (const theme of ['light', 'dark']) {
      const bytes = readFileSync(join(repository, `crates/web/static/img/shots/${name}-${theme}.webp`));
      // WebP, lossy: the frame's size stands at 26 and 28.
      assert.deepEqual([bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff], [Number(width), Number(height)], name);
    }
  }
});
