// What a picture was made from comes back: by a link, by a file; and it does not come with a file that is given away.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Api } from './lib/api.mjs';
import { looksRight } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey } = studio;
const prompt = 'a heron, quite still, in “reeds”';

async function member(arrive, name, manner) {
  const email = `${name}@example.com`;
  const api = await Api.of(studio, email, 10);
  const [image] = await api.make({ prompt, model: 'flux-dev', size: 'portrait_4_3', seed: '4711' });
  const visitor = await (await arrive(manner)).signIn(email);
  return { api, image, visitor, page: visitor.page };
}

const fields = (page) => page.locator('#composer').evaluate((form) => Object.fromEntries(new FormData(form)));
const has = async (page, wanted) => {
  const is = await fields(page);
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, is[name]])), wanted);
};

async function saved(page, image, query = '') {
  const link = page.getByRole('link', { name: query ? 'Without the prompt' : 'Download' });
  await page.goto(`/images/${image.id}`);
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return { name: download.suggestedFilename(), path: await download.path(), bytes: await readFile(await download.path()) };
}

/** Whether the words are in the bytes, in any of the ways a picture's file may write them. */
function holds(bytes, words) {
  const wide = Buffer.from(words, 'utf16le'), swapped = Buffer.from(wide).swap16();
  return [Buffer.from(words), wide, swapped].some((way) => bytes.includes(way));
}

for (const [how, manner] of [['with scripts', {}], ['without scripts', { script: false }]]) {
  journey(`the file for giving away holds no word of the prompt, ${how}`, async (arrive) => {
    const { page, image } = await member(arrive, `clean-${how.split(' ')[0]}`, manner);
    const original = await saved(page, image), clean = await saved(page, image, 'clean');
    assert.ok(holds(original.bytes, 'heron') && holds(original.bytes, '4711'), 'the search finds what is there');
    for (const word of ['heron', 'reeds', '4711', 'Preset']) assert.ok(!holds(clean.bytes, word), word);
    for (const file of [original, clean]) assert.ok(holds(file.bytes, 'digitalsourcetype/trainedAlgorithmicMedia'));
    assert.doesNotMatch(clean.name, /heron/);
    for (const size of ['w320', 'w640']) {
      const small = Buffer.from(await (await fetch(image.urls[size])).arrayBuffer());
      assert.ok(!holds(small, 'heron') && holds(small, 'trainedAlgorithmicMedia'), size);
    }
  });

  journey(`parts of a picture are taken by a link, ${how}`, async (arrive) => {
    const { api, page, image } = await member(arrive, `parts-${how.split(' ')[0]}`, manner);
    await api.make({ prompt: 'an otter', model: 'flux-schnell', size: 'square' });
    for (const [query, wanted] of [
      ['', { prompt, model: 'flux-dev', size: 'portrait_4_3', seed: '' }],
      ['&parts=all', { prompt, model: 'flux-dev', size: 'portrait_4_3', seed: '4711' }],
      ['&parts=prompt', { prompt, model: 'flux-schnell', size: 'square', seed: '' }],
      ['&parts=seed', { prompt: '', model: 'flux-schnell', size: 'square', seed: '4711' }],
      ['&parts=model,size', { prompt: '', model: 'flux-dev', size: 'portrait_4_3', seed: '' }],
    ]) {
      await page.goto(`/studio?remix=${image.id}${query}`);
      await has(page, wanted);
    }
  });
}

journey('a link says what it changed in a form that was filled in, and one press takes it back', async (arrive) => {
  const { page, image } = await member(arrive, 'changed', { calm: true });
  await page.goto('/studio');
  await page.getByLabel('Prompt', { exact: true }).fill('half a thought');
  await page.locator('label', { has: page.locator('[name="size"][value="square_hd"]') }).click();
  await page.goto(`/studio?remix=${image.id}`);
  const line = page.locator('#recalled');
  await line.waitFor();
  assert.match(await line.innerText(), /Changed:\s+prompt\s+size 1:1 3:4/);
  await has(page, { prompt, size: 'portrait_4_3', model: 'flux-dev' });
  await looksRight(page, 'what changed');
  await line.getByRole('button', { name: 'Undo' }).click();
  await has(page, { prompt: 'half a thought', size: 'square_hd' });
  await page.goto(`/studio?remix=${image.id}&parts=size`);
  await has(page, { prompt: 'half a thought', size: 'portrait_4_3' });
});

journey('a file of ours gives its settings back, part by part; a clean one has none', async (arrive) => {
  const { page, image } = await member(arrive, 'file', { calm: true });
  const original = await saved(page, image), clean = await saved(page, image, 'clean');
  await page.goto('/studio');
  await page.getByLabel('Prompt', { exact: true }).fill('half a thought');
  const drop = ({ name, bytes }) => page.locator('#composer').evaluate((form, [name, bytes]) => {
    const list = new DataTransfer();
    list.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type: 'image/jpeg' }));
    form.dispatchEvent(new DragEvent('drop', { dataTransfer: list, bubbles: true, cancelable: true }));
  }, [name, bytes.toString('base64')]);
  await drop(original);
  const dialog = page.getByRole('dialog', { name: 'From this file' });
  await dialog.getByText(prompt).waitFor();
  await looksRight(page, 'what a file says');
  await dialog.getByRole('checkbox', { name: /^Prompt/ }).uncheck();
  await dialog.getByRole('button', { name: 'Use these settings' }).click();
  await has(page, { prompt: 'half a thought', model: 'flux-dev', size: 'portrait_4_3', seed: '4711' });
  await page.locator('#recalled').getByRole('button', { name: 'Undo' }).click();
  await has(page, { prompt: 'half a thought', seed: '' });
  await page.locator('input[type="file"]').setInputFiles(original.path);
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await has(page, { prompt: 'half a thought', seed: '' });
  await drop(clean);
  await page.getByText('This file does not say what it was made from.').waitFor();
});
