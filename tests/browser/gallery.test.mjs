// The gallery and its pictures: liking, filing, finding, turning, saving, making again, taking out.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Api } from './lib/api.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey } = studio;

/** A member whose gallery holds these prompts, one picture each, the last one newest. */
async function member(arrive, name, prompts, manner) {
  const email = `${name}@example.com`;
  const api = await Api.of(studio, email, 50);
  for (const prompt of prompts) await api.make({ prompt });
  const visitor = await (await arrive(manner)).signIn(email);
  await visitor.go('/gallery');
  return { api, visitor, page: visitor.page };
}

const titles = (page) => page.getByRole('main').locator('ul.rows').getByRole('img', { name: /./ })
  .evaluateAll((images) => images.map((image) => image.alt));
const open = (page, prompt) => page.getByRole('main').getByRole('link', { name: prompt, exact: true }).first().click();
const eventually = (what, page, wanted) =>
  until(what, async () => JSON.stringify(await titles(page).catch(() => null)) === JSON.stringify(wanted));

for (const [how, manner] of [['with scripts', {}], ['without scripts', { script: false }]]) {
  const tag = how.split(' ')[0];

  journey(`likes are kept and filtered by, ${how}`, async (arrive) => {
    const { api, page, visitor } = await member(arrive, `like-${tag}`, ['red fox', 'blue boat', 'green hill'], manner);
    assert.deepEqual(await titles(page), ['green hill', 'blue boat', 'red fox']);
    const like = page.getByRole('button', { name: 'Like: blue boat' });
    await like.click();
    await until('the like is kept', async () => (await api.images('&liked=true')).length === 1);
    assert.equal(await like.getAttribute('aria-pressed'), 'true');
    assert.deepEqual(await titles(page), ['green hill', 'blue boat', 'red fox'], 'nothing moved');
    await visitor.go('/gallery?liked=true');
    assert.deepEqual(await titles(page), ['blue boat']);
    await page.getByRole('button', { name: 'Like: blue boat' }).click();
    await until('the like is taken back', async () => (await api.images('&liked=true')).length === 0);
  });

  journey(`a folder is made, filled, renamed, moved and deleted, ${how}`, async (arrive) => {
    const { api, page, visitor } = await member(arrive, `folder-${tag}`, ['red fox', 'blue boat'], manner);
    const make = async (name, label) => {
      await page.locator('summary', { hasText: 'New folder' }).click();
      await page.getByLabel(label).fill(name);
      await page.getByRole('button', { name: 'Make' }).click();
    };
    const folders = page.getByRole('navigation', { name: 'Folders' });
    await make('Coast', 'Name');
    await folders.getByRole('link', { name: 'Coast' }).waitFor();

    // One picture is filed on its own page, where it can be done without scripts too.
    await visitor.go('/gallery');
    await open(page, 'blue boat');
    await page.getByRole('button', { name: 'Move to a folder' }).click();
    const dialog = page.getByRole('dialog', { name: 'Move to…' });
    await dialog.getByRole('radio', { name: 'Coast' }).check();
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByRole('definition').filter({ hasText: 'Coast' }).waitFor();

    await visitor.go('/gallery');
    await folders.getByRole('link', { name: 'Coast' }).click();
    await eventually('the folder holds its picture', page, ['blue boat']);
    await page.locator('summary', { hasText: /^\s*Folder\s*$/ }).click();
    await page.getByLabel('Name', { exact: true }).fill('Shore');
    await page.getByRole('button', { name: 'Rename' }).click();
    await folders.getByRole('link', { name: 'Shore' }).waitFor();

    await visitor.go('/gallery');
    await make('Posters', 'Name');
    await folders.getByRole('link', { name: 'Posters' }).waitFor();
    await visitor.go('/gallery');
    await make('Posters', 'Name');
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Posters');
    await visitor.go('/gallery');
    await folders.getByRole('link', { name: 'Shore' }).click();
    await page.locator('summary', { hasText: /^\s*Folder\s*$/ }).click();
    await page.getByLabel('Lies in').selectOption({ label: 'Posters' });
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await until('it lies in Posters', async () => {
      const { items } = await api.get('/folders');
      const [shore, posters] = ['Shore', 'Posters'].map((name) => items.find((folder) => folder.name === name));
      return shore.parent_id === posters.id;
    });

    await folders.getByRole('link', { name: 'Shore' }).click();
    await page.locator('summary', { hasText: /^\s*Folder\s*$/ }).click();
    await page.getByRole('button', { name: 'Delete the folder' }).click();
    await folders.getByRole('link', { name: 'Shore' }).waitFor({ state: 'detached' });
    await folders.getByRole('link', { name: 'Posters' }).click();
    await eventually('its picture moved up', page, ['blue boat']);
    assert.equal((await api.images()).length, 2, 'no picture was lost');
  });

  journey(`words, likes and models find pictures, ${how}`, async (arrive) => {
    const { api, page, visitor } = await member(arrive, `find-${tag}`, ['red fox in fog', 'blue boat in fog'], manner);
    await api.make({ prompt: 'red kite', model: 'flux-dev' });
    await visitor.go('/gallery');
    await page.getByRole('searchbox', { name: 'Search your pictures' }).fill('fog');
    await page.keyboard.press('Enter');
    await eventually('both in fog', page, ['blue boat in fog', 'red fox in fog']);
    await page.getByRole('searchbox').fill('red fo');
    await page.keyboard.press('Enter');
    await eventually('the start of a word is enough', page, ['red fox in fog']);
    await page.getByRole('searchbox').fill('zebra');
    await page.keyboard.press('Enter');
    await page.getByText('No pictures match').waitFor();
    await page.getByRole('link', { name: 'Clear the search' }).click();
    await eventually('everything again', page, ['red kite', 'blue boat in fog', 'red fox in fog']);
    await page.getByLabel('Model').selectOption({ label: 'FLUX.1 dev' });
    if (manner.script === false) await page.getByRole('button', { name: 'Show' }).click();
    await eventually('one by that model', page, ['red kite']);
  });

  journey(`a picture goes to the trash and comes back, ${how}`, async (arrive) => {
    const { api, page, visitor } = await member(arrive, `trash-${tag}`, ['red fox', 'blue boat', 'green hill'], manner);
    await open(page, 'blue boat');
    await page.getByRole('button', { name: 'Move to trash' }).click();
    // The place is kept: the next older one is shown, with the way back.
    await page.getByRole('heading', { name: 'red fox' }).waitFor();
    await page.getByRole('status').filter({ hasText: '1 picture moved to trash' }).waitFor();
    assert.equal((await api.images('&trashed=true')).length, 1);
    await page.getByRole('status').getByRole('button', { name: /^(Restore|Undo)/ }).click();
    await until('it is back', async () => (await api.images()).length === 3);

    await visitor.go('/gallery');
    await page.getByRole('checkbox', { name: 'Select: red fox' }).check();
    await page.getByRole('checkbox', { name: 'Select: green hill' }).check();
    await page.getByRole('toolbar', { name: 'Selected pictures' }).getByRole('button', { name: 'Trash' }).click();
    await eventually('two are gone', page, ['blue boat']);
    // The tiles go at once; the next page is asked for when the studio knows it too.
    await until('the studio knows', async () => (await api.images('&trashed=true')).length === 2);
    await visitor.go('/gallery?trashed=true');
    await eventually('two are in the trash', page, ['green hill', 'red fox']);
    await page.getByRole('checkbox', { name: 'Select: red fox' }).check();
    await page.getByRole('toolbar').getByRole('button', { name: 'Restore' }).click();
    await eventually('one is left there', page, ['green hill']);
    await until('the studio knows', async () => (await api.images('&trashed=true')).length === 1);
    await visitor.go('/gallery');
    await eventually('two are back', page, ['blue boat', 'red fox']);
  });

  journey(`one turns to the next picture within the filter, ${how}`, async (arrive) => {
    const { api, page } = await member(arrive, `turn-${tag}`, ['fog one', 'clear', 'fog two', 'fog three'], manner);
    await page.goto('/gallery?q=fog');
    await open(page, 'fog two');
    const heading = (name) => page.getByRole('heading', { level: 1, name }).waitFor();
    await heading('fog two');
    await page.getByRole('link', { name: 'Next picture' }).click();
    await heading('fog one');
    assert.equal(await page.getByRole('link', { name: 'Next picture' }).count(), 0, 'that was the last');
    await page.getByRole('link', { name: 'Previous picture' }).click();
    await page.getByRole('link', { name: 'Previous picture' }).click();
    await heading('fog three');
    await page.getByRole('link', { name: 'Gallery', exact: true }).last().click();
    await eventually('back in the search', page, ['fog three', 'fog two', 'fog one']);
    assert.equal((await api.images()).length, 4);
  });

  journey(`the original is saved byte for byte, ${how}`, async (arrive) => {
    const { api, page } = await member(arrive, `save-${tag}`, ['red fox'], manner);
    const [image] = await api.images();
    await open(page, 'red fox');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /red-fox.*\.(png|jpg|webp)$/);
    const saved = await readFile(await download.path());
    const original = Buffer.from(await (await fetch(image.urls.original)).arrayBuffer());
    assert.ok(saved.length > 1000 && saved.equals(original), 'the file differs from the original');
  });

  journey(`remix fills the composer, with the seed and without, ${how}`, async (arrive) => {
    const { api, page } = await member(arrive, `remix-${tag}`, [], manner);
    const [image] = await api.make({ prompt: 'red fox', model: 'flux-dev', size: 'portrait_4_3', seed: '4711' });
    for (const [link, seed] of [['Remix with a new seed', ''], ['Repeat exactly', '4711']]) {
      await page.goto(`/images/${image.id}`);
      await page.getByRole('link', { name: link }).click();
      await page.waitForURL('**/studio?**');
      assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), 'red fox');
      assert.equal(await page.getByLabel('Seed', { exact: true }).inputValue(), seed);
      const form = await page.getByRole('form', { name: 'New pictures' }).evaluate((form) => Object.fromEntries(new FormData(form)));
      assert.equal(form.model, 'flux-dev');
      assert.equal(form.size, 'portrait_4_3');
    }
  });
}

journey('one undo takes back one act, by pointer and by key', async (arrive) => {
  const { api, page } = await member(arrive, 'undo', ['red fox', 'blue boat'], {});
  for (const undo of [
    () => page.getByRole('button', { name: /^Undo/ }).click(),
    () => page.keyboard.press('u'),
  ]) {
    await page.getByRole('checkbox', { name: 'Select: red fox' }).check();
    await page.getByRole('toolbar').getByRole('button', { name: 'Trash' }).click();
    await page.getByRole('status').filter({ hasText: '1 picture moved to trash' }).waitFor();
    await eventually('it is out of sight', page, ['blue boat']);
    await undo();
    await eventually('it is where it was', page, ['blue boat', 'red fox']);
    assert.equal((await api.images()).length, 2);
  }
});

journey('liking far down keeps the scroll', async (arrive) => {
  const { page } = await member(arrive, 'scroll', Array.from({ length: 12 }, (_, n) => `picture ${n}`), { height: 400 });
  const like = page.getByRole('button', { name: 'Like: picture 0', exact: true });
  await like.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  assert.ok(before > 50, 'there was nowhere to scroll');
  await like.click();
  await page.waitForFunction((button) => button.getAttribute('aria-pressed') === 'true', await like.elementHandle());
  assert.equal(await page.evaluate(() => scrollY), before);
});

journey('days and pages: older pictures follow, none twice', async (arrive) => {
  const email = 'pages@example.com';
  const api = await Api.of(studio, email, 200);
  for (let round = 0; round < 13; round += 1) await api.make({ prompt: `batch ${round}`, count: 4 });
  const { page } = await (await arrive({ script: false })).signIn(email);
  await page.goto('/gallery');
  await page.getByRole('heading', { name: 'Today' }).waitFor();
  const seen = [];
  for (;;) {
    seen.push(...await page.locator('ul.rows a').evaluateAll((links) => links.map((link) => link.pathname)));
    const older = page.getByRole('link', { name: 'Older pictures' });
    if (!(await older.count())) break;
    await older.click();
    await page.waitForLoadState();
  }
  assert.equal(seen.length, 52);
  assert.equal(new Set(seen).size, 52);
});
