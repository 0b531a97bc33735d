// Every page of a member: accessible, narrow, light, steady while its pictures arrive, and silent.
import assert from 'node:assert/strict';
import { looksRight, steady, weigh } from './lib/inspect.mjs';
import { furnished } from './lib/pages.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey } = studio;
const pages = await furnished(studio, 'ada@example.com');

for (const [name, path, status] of pages) {
  journey(`${name} looks right`, async (arrive) => {
    const visitor = await (await arrive({ calm: true })).signIn('ada@example.com');
    const page = await visitor.context.newPage();
    const weight = weigh(page);
    const still = await steady(page);
    const arrived = await late(page);
    const answer = await page.goto(path, { waitUntil: 'domcontentloaded' });
    assert.equal(answer.status(), status);
    await arrived();
    await still();
    await looksRight(page, path);
    await weight();
  });
}

/** Holds every picture back until the page stands without it. */
async function late(page) {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  await page.route('**/files/**', async (route) => {
    await released;
    await route.continue();
  });
  return async () => {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    release();
    await page.waitForLoadState('load');
    const lazy = await page.locator('img[loading="lazy"]').all();
    for (const image of lazy) if (await image.isVisible()) await image.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => [...document.images].every((image) => image.complete || !image.checkVisibility()));
    await page.evaluate(() => scrollTo(0, 0));
  };
}
