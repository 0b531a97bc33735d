// A picture over the gallery: the same page as a dialog, by key, by finger, with an address of its own.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { looksRight, steady, weigh } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey } = studio;

async function member(arrive, name, prompts, manner) {
  const email = `${name}@example.com`;
  const api = await Api.of(studio, email, 50);
  for (const prompt of prompts) await api.make({ prompt });
  const visitor = await (await arrive(manner)).signIn(email);
  return { api, visitor, page: visitor.page };
}

const box = (page) => page.locator('#lightbox[open]');
const shows = (page, prompt) => box(page).getByRole('heading', { level: 1, name: prompt, exact: true }).waitFor();
const open = async (page, prompt) => {
  await page.getByRole('main').getByRole('link', { name: prompt, exact: true }).click();
  await shows(page, prompt);
};

journey('every act has its key, and the place is kept', async (arrive) => {
  const { api, page } = await member(arrive, 'keys', ['fog one', 'clear', 'fog two', 'fog three', 'fog four'], {});
  await page.goto('/gallery?q=fog');
  await open(page, 'fog three');
  assert.match(page.url(), /\/images\/[-0-9a-f]+\?q=fog$/);
  assert.match(await page.title(), /^fog three, /);
  await page.keyboard.press('ArrowRight');
  await shows(page, 'fog two');
  await page.keyboard.press('l');
  await shows(page, 'fog one');
  await page.keyboard.press('h');
  await shows(page, 'fog two');

  await page.keyboard.press('f');
  await until('the like is kept', async () => (await api.images('&liked=true')).length === 1);
  await page.keyboard.press('x');
  await box(page).getByRole('status').filter({ hasText: 'Selected' }).waitFor();

  const hang = box(page).locator('[data-hang]');
  await page.keyboard.press('z');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  const at = () => hang.evaluate((figure) => [figure.scrollLeft, figure.scrollWidth > figure.clientWidth]);
  const [before, larger] = await at();
  assert.ok(larger, 'it is larger than its room');
  await page.keyboard.press('ArrowRight');
  await shows(page, 'fog two');
  assert.ok((await at())[0] > before, 'the arrow looks around');
  await page.keyboard.press('0');
  assert.equal((await at())[1], false);
  await page.keyboard.press('i');
  await box(page).getByRole('heading', { level: 1 }).waitFor({ state: 'hidden' });
  await page.keyboard.press('i');

  await page.keyboard.press('m');
  await page.getByRole('dialog', { name: 'Move to…' }).waitFor();
  await page.keyboard.press('f');
  assert.equal((await api.images('&liked=true')).length, 1, 'keys rest under another dialog');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await page.keyboard.press('Escape');

  await page.keyboard.press('Delete');
  await shows(page, 'fog one');
  await until('it is in the trash', async () => (await api.images('&trashed=true')).length === 1);
  await page.keyboard.press('u');
  await shows(page, 'fog two');
  await until('it is back', async () => (await api.images('&trashed=true')).length === 0);

  await page.keyboard.press('Escape');
  await box(page).waitFor({ state: 'detached' }).catch(() => {});
  await page.waitForURL('**/gallery?q=fog');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('href')), new URL(await page.getByRole('main').getByRole('link', { name: 'fog two', exact: true }).evaluate((link) => link.href)).pathname + '?q=fog');
  assert.equal(await page.getByRole('button', { name: 'Like: fog two' }).getAttribute('aria-pressed'), 'true');
  assert.ok(await page.getByRole('checkbox', { name: 'Select: fog two' }).isChecked());
});

journey('the address is the page: back closes, forward opens, a reload shows it whole', async (arrive) => {
  const { page } = await member(arrive, 'address', ['one', 'two'], {});
  await page.goto('/gallery');
  await open(page, 'two');
  await page.goBack();
  await page.waitForFunction(() => !document.getElementById('lightbox').open);
  await page.goForward();
  await shows(page, 'two');
  await page.reload();
  assert.equal(await box(page).count(), 0);
  await page.getByRole('heading', { level: 1, name: 'two' }).waitFor();
  await page.goBack();
  await page.waitForURL('**/gallery');
});

journey('a finger turns the page', async (arrive) => {
  const { page, visitor } = await member(arrive, 'finger', ['one', 'two'], { width: 390, height: 844 });
  await page.goto('/gallery');
  await open(page, 'two');
  const touch = await visitor.context.newCDPSession(page);
  await touch.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  const { x, y, width, height } = await box(page).locator('.hang .pic').boundingBox();
  const point = (part) => [{ x: x + width * part, y: y + height / 2 }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: point(0.8) });
  for (const part of [0.6, 0.4, 0.2]) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: point(part) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await shows(page, 'one');
});

journey('it looks right open, full size, and with a toast, and weighs little', async (arrive) => {
  const { page, visitor } = await member(arrive, 'looks', ['a red boat', 'a long prompt '.repeat(40).trim(), 'a lighthouse'], { calm: true });
  const tab = await visitor.context.newPage();
  const weight = weigh(tab), still = await steady(tab);
  await tab.goto('/gallery');
  await open(tab, 'a lighthouse');
  await still();
  await looksRight(tab, 'an open picture');
  await tab.keyboard.press('z');
  await looksRight(tab, 'full size');
  await tab.keyboard.press('0');
  await tab.keyboard.press('i');
  await looksRight(tab, 'without details');
  await tab.keyboard.press('i');
  await tab.keyboard.press('Delete');
  await box(tab).getByRole('status').filter({ hasText: 'moved to trash' }).waitFor();
  await box(tab).getByRole('button', { name: /^Undo/ }).focus();
  await looksRight(tab, 'a toast over a picture');
  await weight();
  await page.close();
});
