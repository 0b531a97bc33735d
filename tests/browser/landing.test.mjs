// The landing page: the reveal plays once over a picture that is there from the start, and what programs read of the site is true.
import assert from 'node:assert/strict';
import { looksRight, steady } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const config = 'signup_bonus = 12\n[models.flux-schnell]\nprice = 2\n[models.flux-dev]\nprice = 5\n[packs.small]\ncredits = 100\namount = 999\n[packs.large]\ncredits = 1000\namount = 7900\nexpires_days = 365\n';
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
    for (const text of ['2 credits. One picture', 'Start with 12 credits', 'up to 5 credits', 'FLUX.1 dev', '1,000 credits', '79.00 USD', 'After 365 days']) {
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

for (const theme of ['light', 'dark']) {
  journey(`the pictures of the product are true to their size, ${theme}`, async (arrive) => {
    const visitor = await arrive({ theme, calm: true });
    const { page } = visitor;
    await visitor.go('/');
    const shots = page.locator('.shot img:visible');
    assert.equal(await shots.count(), 3);
    for (const shot of await shots.all()) {
      await shot.scrollIntoViewIfNeeded();
      await until('it is loaded', () => shot.evaluate((image) => image.complete && image.naturalWidth > 0));
      assert.deepEqual(await shot.evaluate(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]), [1280, 800]);
      assert.match(await shot.getAttribute('src'), new RegExp(`-${theme}\\.webp$`));
    }
  });
}
