// Every page of a member: accessible, narrow, light, steady while its pictures arrive, and silent.
import assert from 'node:assert/strict';
import { looksRight, steady, weigh } from './lib/inspect.mjs';
import { fill, generate, prompts } from './lib/making.mjs';
import { furnished } from './lib/pages.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey, place } = studio;
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

journey('a newcomer’s empty pages look right', async (arrive) => {
  await place.account('new@example.com');
  const { page } = await (await arrive({ calm: true })).signIn('new@example.com');
  for (const path of ['/studio', '/gallery', '/gallery?trashed=true', '/billing', '/account']) {
    await page.goto(path);
    await looksRight(page, path);
  }
});

journey('open dialogs, a toast and a new key look right', async (arrive) => {
  const { page } = await (await arrive({ calm: true })).signIn('ada@example.com');
  await page.goto('/gallery');
  await page.getByRole('checkbox', { name: /^Select/ }).first().check();
  await looksRight(page, 'a selection');
  await page.getByRole('toolbar').getByRole('button', { name: /^Move/ }).click();
  await page.getByRole('dialog').waitFor();
  await looksRight(page, 'the dialog to move');
  await page.keyboard.press('Escape');
  await page.getByRole('toolbar').getByRole('button', { name: 'Trash' }).click();
  const undo = page.getByRole('status').getByRole('button', { name: /Undo/ });
  await undo.focus();
  await looksRight(page, 'a toast');
  await undo.click();
  await page.goto(pages.find(([name]) => name === 'image')[1]);
  for (const name of ['Full size', 'Keyboard shortcuts', 'Move to a folder']) {
    await page.getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor();
    await looksRight(page, name);
    await page.keyboard.press('Escape');
  }
  await page.goto('/account');
  await page.getByLabel('Name').fill('A key');
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Make the key' }).click();
  await page.getByText(/^sl_live_\w+$/).waitFor();
  await looksRight(page, 'a new key');
});

journey('a refused form and an empty purse look right', async (arrive) => {
  await place.account('poor@example.com', 1);
  const visitor = await (await arrive({ calm: true })).signIn('poor@example.com');
  const { page } = visitor;
  await fill(page, { prompt: prompts.owl, count: 1, seed: 'none' });
  await visitor.witness.during(/^answered 422: POST/, async () => {
    await generate(page).click();
    await page.getByRole('alert').waitFor();
  });
  await looksRight(page, 'a refused form');
  await fill(page, { seed: '', count: 4 });
  await page.getByRole('link', { name: /^Top up/ }).waitFor();
  await looksRight(page, 'an empty purse');
});
