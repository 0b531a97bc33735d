// Pictures of every page for people to look at, into .peers/shots; with UPDATE_SHOTS=1 also the README's own.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, fill, pictures, prompts } from './lib/making.mjs';
import { mailed } from './lib/outbox.mjs';
import { furnished, open } from './lib/pages.mjs';
import { peers, repository } from './lib/peers.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';
import { webp } from './lib/webp.mjs';

const dir = join(peers, 'shots');
mkdirSync(dir, { recursive: true });
const studio = await openStudio({ painter: [0.05, 0.2], config: 'signup_bonus = 10\n[actions]\nexport = 2\n' });
const { journey } = studio;
const ours = await furnished(studio, 'ada@example.org');

const manners = [
  ['1280-light', { width: 1280, theme: 'light' }],
  ['1280-dark', { width: 1280, theme: 'dark' }],
  ['390-dark', { width: 390, height: 844, theme: 'dark' }],
];

for (const [manner, look] of manners) {
  const shoot = async ({ page }, name) => {
    for (const image of await page.locator('img[loading="lazy"]').all()) if (await image.isVisible()) await image.scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForFunction(() => [...document.images].every((image) => image.complete || !image.checkVisibility()));
    await page.screenshot({ path: join(dir, `${name}-${manner}.png`), fullPage: true });
  };

  journey(`pictures of all pages, ${manner}`, async (arrive) => {
    const anybody = await arrive({ ...look, calm: true });
    const member = await (await arrive({ ...look, calm: true })).signIn('ada@example.org');
    for (const [visitor, pages] of [[anybody, open], [member, ours]]) {
      for (const [name, path, status] of pages) {
        assert.equal(await visitor.go(path), status, path);
        await shoot(visitor, name);
      }
    }
    const { page } = anybody;
    const email = `new-${manner}@example.org`;
    await anybody.go('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('Code').fill('AAAA-AAAA');
    await shoot(anybody, 'sign-in-code');
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await shoot(anybody, 'sign-in-wrong');
    const { link } = await mailed(anybody, email);
    await anybody.go('/dev/outbox');
    await shoot(anybody, 'outbox-mail');
    await page.goto(link);
    await shoot(anybody, 'sign-in-link-mine');
  });
}

if (process.env.UPDATE_SHOTS === '1') {
  const slow = await openStudio({ painter: [0.5, 9] });
  slow.journey('the picture of the README', async (arrive) => {
    const name = 'ada@example.org';
    await slow.place.account(name, 38);
    const { page } = await (await arrive({ theme: 'dark', calm: true })).signIn(name);
    await fill(page, { size: /^4:3/ });
    await ask(page, { prompt: prompts.lighthouse, count: 4 });
    await until('two are ready', async () => (await pictures(page, prompts.lighthouse).count()) === 2);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
    const png = await page.screenshot();
    const out = join(repository, 'docs/shots');
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'studio.webp'), await webp(await (await arrive()).context.newPage(), png));
  });
}
