// By keyboard alone: from the prompt to the picture, through the gallery, to the trash and back.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { focused, tabTo } from './lib/keyboard.mjs';
import { finished, pictures, prompts, stage } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.1, 0.5] });
const prompt = prompts.owl;

studio.journey('a picture is made, kept, found and thrown away without a pointer', async (arrive) => {
  const api = await Api.of(studio, 'keys@example.com', 10);
  const visitor = await (await arrive()).signIn('keys@example.com');
  const { page } = visitor;
  const { keyboard } = page;
  await visitor.go('/studio');
  await tabTo(page, page.getByLabel('Prompt', { exact: true }));
  await keyboard.type(prompt);
  await tabTo(page, page.getByRole('group', { name: 'Pictures' }).getByRole('radio'));
  await keyboard.press('ArrowLeft');
  const count = await page.getByRole('group', { name: 'Pictures' }).getByRole('radio', { checked: true }).inputValue();
  await tabTo(page, page.getByRole('button', { name: /^Generate/ }));
  await keyboard.press('Enter');
  await finished(page, prompt, Number(count));
  assert.equal(await pictures(page, prompt).count(), Number(count));
  assert.equal(await api.credits(), 10 - Number(count));

  await tabTo(page, stage(page, prompt).getByRole('link', { name: prompt }));
  await keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: prompt }).waitFor();
  await page.waitForLoadState('load');
  await keyboard.press('f');
  await until('it is liked', async () => (await api.images('&liked=true')).length === 1);
  const first = page.url();
  await keyboard.press('ArrowRight');
  await page.waitForURL((url) => url.href !== first);
  await keyboard.press('ArrowLeft');
  await page.waitForURL(first);
  await keyboard.press('m');
  await page.getByRole('dialog', { name: 'Move to…' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await until('the focus comes back', () => focused(page.getByRole('button', { name: 'Move to a folder' })));

  await visitor.go('/gallery');
  await keyboard.press('/');
  assert.ok(await focused(page.getByRole('searchbox')), '/ leads to the search');
  await keyboard.type('owl');
  await keyboard.press('Enter');
  await page.waitForURL(/q=owl/);
  await tabTo(page, page.getByRole('checkbox', { name: `Select: ${prompt}` }));
  await keyboard.press('Space');
  await tabTo(page, page.getByRole('toolbar').getByRole('button', { name: 'Trash' }));
  await keyboard.press('Enter');
  await until('it is in the trash', async () => (await api.images('&trashed=true')).length === 1);
  await page.getByRole('button', { name: /^Undo/ }).waitFor();
  await keyboard.press('u');
  await until('it is back', async () => (await api.images('&trashed=true')).length === 0);
});

studio.journey('Ctrl+Enter asks for the pictures from the prompt', async (arrive) => {
  await studio.place.account('ctrl@example.com', 10);
  const { page } = await (await arrive()).signIn('ctrl@example.com');
  await page.getByLabel('Prompt', { exact: true }).focus();
  await page.keyboard.type(prompt);
  await page.keyboard.press('Control+Enter');
  await stage(page, prompt).getByRole('listitem').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('li[aria-busy="true"]'));
});
