// Acts on many pictures: ranges, all that match, folders by dragging and by dialog, what is liked, what is new.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { looksRight, steady } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.02, 0.06] });
const { journey } = studio;

async function member(arrive, name, count, manner) {
  const email = `${name}@example.com`;
  const api = await Api.of(studio, email, count + 20);
  for (let made = 0; made < count; made += 4) await api.make({ prompt: `lamp ${made}`, count: Math.min(4, count - made) });
  const visitor = await (await arrive(manner)).signIn(email);
  return { api, visitor, page: visitor.page };
}

const picks = (page) => page.getByRole('checkbox', { name: /^Select/ });
const bar = (page) => page.getByRole('toolbar', { name: 'Selected pictures' });
const tiles = (page) => page.locator('.tile:visible').count();

journey('Shift takes a range, Ctrl+A all that are shown, Escape none', async (arrive) => {
  const { page } = await member(arrive, 'range', 8, {});
  await page.goto('/gallery');
  await picks(page).nth(1).check();
  await picks(page).nth(5).click({ modifiers: ['Shift'] });
  assert.equal(await page.locator('.pick :checked').count(), 5);
  await page.locator('.tile > a').nth(7).click();
  assert.equal(await page.locator('.pick :checked').count(), 6, 'a press selects while others are');
  await page.locator('.tile > a').first().focus();
  await page.keyboard.press('Control+a');
  assert.equal(await page.locator('.pick :checked').count(), 8);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.pick :checked').count(), 0);
  await page.keyboard.press('x');
  assert.equal(await page.locator('.pick :checked').count(), 1);
});

journey('all that match go beyond what is shown, liked ones stay, one undo brings all back', async (arrive) => {
  const { api, page } = await member(arrive, 'all', 68, { calm: true });
  const [first, second] = await api.images();
  for (const { id } of [first, second]) await api.call('PATCH', `/images/${id}`, { liked: true });
  await page.route('**/gallery?cursor=*', () => { /* it does not come */ });
  await page.goto('/gallery');
  assert.equal(await page.locator('.tile').count(), 60);
  await picks(page).first().check();
  await bar(page).getByText('All that match').click();
  await bar(page).getByText('All 68 that match').waitFor();
  await bar(page).getByRole('button', { name: 'Trash' }).click();
  await page.getByRole('status').filter({ hasText: '66 pictures moved to trash, 2 liked pictures were kept' }).waitFor();
  await until('they are in the trash', async () => (await api.images('&trashed=true')).length === 66);
  assert.equal(await tiles(page), 2);
  await page.keyboard.press('u');
  await until('they are back', async () => (await api.images('&trashed=true')).length === 0);
  assert.equal(await page.locator('.tile').count(), 60);
});

journey('pictures are dragged into a folder, or moved into a new one by the dialog', async (arrive) => {
  const { api, page } = await member(arrive, 'drag', 4, { calm: true });
  const coast = await api.call('POST', '/folders', { name: 'Coast' });
  await page.goto('/gallery');
  await picks(page).nth(0).check();
  await picks(page).nth(1).check();
  await bar(page).getByText('All that match').click();
  await bar(page).getByText('All 4 that match').waitFor();
  await looksRight(page, 'all that match');
  await page.setViewportSize({ width: 1280, height: 860 });
  await bar(page).getByText('All 4 that match').click();
  const folders = page.getByRole('navigation', { name: 'Folders' });
  await page.locator('.tile').nth(1).dragTo(folders.getByRole('link', { name: 'Coast' }));
  await page.getByRole('status').filter({ hasText: '2 pictures moved' }).waitFor();
  await until('both are filed', async () => (await api.images(`&folder_id=${coast.id}`)).length === 2);

  await picks(page).nth(3).check();
  await bar(page).getByRole('button', { name: /^Move/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Move to…' });
  await dialog.getByLabel('Find a folder').fill('oas');
  assert.equal(await dialog.getByRole('radio').count(), 1);
  await dialog.getByLabel('Find a folder').fill('');
  await dialog.getByLabel('Or into a new folder').fill('Hills');
  await looksRight(page, 'a new folder in the dialog');
  await page.setViewportSize({ width: 1280, height: 860 });
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await folders.getByRole('link', { name: 'Hills' }).click();
  await page.waitForURL('**/gallery?folder_id=*');
  assert.equal(await page.locator('.tile').count(), 1);
});

journey('all that match without scripts', async (arrive) => {
  const { api, page } = await member(arrive, 'plain-all', 62, { script: false });
  await page.goto('/gallery');
  await picks(page).first().check();
  await bar(page).getByText('All that match').click();
  await bar(page).getByRole('button', { name: 'Trash' }).click();
  await page.getByRole('status').filter({ hasText: '62 pictures moved to trash' }).waitFor();
  assert.equal((await api.images('&trashed=true')).length, 62);
});

journey('older pictures follow by themselves, none twice, and nothing shifts', async (arrive) => {
  const { visitor } = await member(arrive, 'endless', 124, {});
  const page = await visitor.context.newPage();
  const still = await steady(page);
  await page.goto('/gallery');
  await page.mouse.move(640, 500);
  for (let turns = 0; (await page.locator('.tile').count()) < 124 && turns < 80; turns += 1) {
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(60);
  }
  const ids = await page.locator('.tile').evaluateAll((all) => all.map((tile) => tile.id));
  assert.equal(new Set(ids).size, 124);
  assert.equal(await page.getByRole('link', { name: 'Older pictures' }).count(), 0);
  await still();
});

journey('what is new is told and put in only when asked for', async (arrive) => {
  const { api, page } = await member(arrive, 'news', 2, { calm: true });
  await page.goto('/gallery');
  await api.make({ prompt: 'a newcomer', count: 2 });
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  const link = page.getByRole('status').getByRole('link', { name: '2 new' });
  await link.waitFor();
  assert.equal(await page.locator('.tile').count(), 2);
  await looksRight(page, 'news');
  await link.click();
  await page.waitForFunction(() => document.querySelectorAll('.tile').length === 4);
});
