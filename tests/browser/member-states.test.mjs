// What a member's pages look like at other times: empty, with a dialog or a toast open, refused, out of credits.
import { Api } from './lib/api.mjs';
import { looksRight } from './lib/inspect.mjs';
import { fill, generate, prompts } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey, place } = studio;

journey('a newcomer’s empty pages look right', async (arrive) => {
  await place.account('new@example.com');
  const { page } = await (await arrive({ calm: true })).signIn('new@example.com');
  for (const path of ['/studio', '/gallery', '/gallery?trashed=true', '/billing', '/account']) {
    await page.goto(path);
    await looksRight(page, path);
  }
});

journey('open dialogs, a toast and a new key look right', async (arrive) => {
  const api = await Api.of(studio, 'ada@example.com', 10);
  await api.call('POST', '/folders', { name: 'Coast' });
  const [picture] = await api.make({ prompt: prompts.lighthouse, count: 3 });
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
  await until('the studio knows', async () => (await api.images('&trashed=true')).length === 0);
  await page.goto(`/images/${picture.id}`);
  await page.getByRole('button', { name: 'Full size' }).click();
  await looksRight(page, 'full size');
  for (const name of ['Keyboard shortcuts', 'Move to a folder']) {
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
  await page.getByRole('button', { name: /^Top up/ }).waitFor();
  await looksRight(page, 'an empty purse');
});
