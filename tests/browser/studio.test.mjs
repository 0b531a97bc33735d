// Asking for pictures: composing, watching them come up, the price of it, and what is refused.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { ask, fill, finished, generate, pictures, prompts, slots, stage, whole } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.3, 2.5] });
const { journey, place } = studio;
const prompt = prompts.lighthouse;

journey('four pictures come up one by one and the balance falls', async (arrive) => {
  await place.account('ada@example.com', 10);
  const ada = await (await arrive()).signIn('ada@example.com');
  const { page, meter } = ada;
  assert.equal(await meter.innerText(), '10 credits');
  await fill(page, { prompt, count: 4 });
  assert.match(await generate(page).innerText(), /Generate 4\s+4 credits/);
  await page.getByText('leaves 6 of 10').waitFor();

  // Every number of whole pictures the page ever showed.
  await page.evaluate((prompt) => {
    globalThis.counts = [];
    const count = () => {
      const shown = document.querySelectorAll(`main ol img[alt="${prompt}"]`).length;
      if (globalThis.counts.at(-1) !== shown) globalThis.counts.push(shown);
    };
    new MutationObserver(count).observe(document.querySelector('main'), { childList: true, subtree: true });
  }, prompt);
  await generate(page).click();
  await finished(page, prompt);
  await whole(page, prompt);
  assert.equal(await pictures(page, prompt).count(), 4);
  const counts = await page.evaluate(() => globalThis.counts.slice());
  assert.ok(counts.some((n) => n > 0 && n < 4), `all came at once: ${counts}`);
  assert.deepEqual(counts, counts.toSorted((a, b) => a - b), 'a picture that is there stays there');
  await ada.page.getByRole('status').filter({ hasText: '4 of 4 ready' }).waitFor();
  assert.equal(await meter.innerText(), '6 credits');
  await page.getByText('leaves 2 of 6').waitFor();
});

journey('a reload in the middle loses nothing', async (arrive) => {
  const api = await Api.of(studio, 'reload@example.com', 8);
  const { page, meter } = await (await arrive()).signIn('reload@example.com');
  await ask(page, { prompt, count: 4 });
  await stage(page, prompt).locator('[aria-busy="true"]').first().waitFor();
  await page.reload();
  assert.equal(await slots(page, prompt).count(), 4);
  await finished(page, prompt);
  assert.equal(await pictures(page, prompt).count(), 4);
  assert.equal(await meter.innerText(), '4 credits');
  assert.equal((await api.images()).length, 4);
  // Coming back by the front door shows the same.
  await page.goto('/studio');
  assert.equal(await pictures(page, prompt).count(), 4);
});

journey('pressing twice pays once', async (arrive) => {
  const api = await Api.of(studio, 'twice@example.com', 9);
  const { page } = await (await arrive({ script: false })).signIn('twice@example.com');
  await fill(page, { prompt });
  const form = await page.getByRole('form', { name: 'New pictures' }).evaluate((form) => [...new FormData(form)]);
  const send = () => page.context().request.post('/studio', {
    form: Object.fromEntries(form),
    headers: { 'sec-fetch-site': 'same-origin' },
    maxRedirects: 0,
  });
  const answers = await Promise.all([send(), send()]);
  const places = answers.map((answer) => answer.headers().location);
  assert.match(places[0], /^\/studio\/generations\//);
  assert.equal(places[0], places[1], 'both lead to the same pictures');
  const { id, renders } = await api.newest();
  assert.equal(await api.credits(), 9 - renders.length);
  assert.equal((await api.get('/generations')).items.length, 1);
  await api.ended(id);
});

journey('cancelled pictures end, and what comes back is on the meter', async (arrive) => {
  const api = await Api.of(studio, 'cancel@example.com', 4);
  const { page, meter } = await (await arrive()).signIn('cancel@example.com');
  await ask(page, { prompt, count: 4 });
  const stop = stage(page, prompt).getByRole('button', { name: /^(Cancel|Stop) picture/ });
  await stop.last().click();
  await finished(page, prompt);
  const { renders } = await api.ended((await api.newest()).id);
  const paid = renders.filter(({ refunded }) => !refunded).length;
  assert.ok(renders.some(({ state }) => state === 'cancelled'), `it came too late: ${renders.map((r) => r.state)}`);
  assert.equal(await pictures(page, prompt).count(), paid);
  assert.equal(await meter.innerText(), `${4 - paid} credit${4 - paid === 1 ? '' : 's'}`);
  assert.equal(await stage(page, prompt).getByText(/^\d credits? returned$/).count(), 4 - paid);
  // A cancelled one can be asked for again, as a request of its own.
  await stage(page, prompt).getByRole('button', { name: /^Try .*again · 1 credit$/ }).first().click();
  await finished(page, prompt, 1);
});

journey('without enough credits the form stays as it is and leads to billing', async (arrive) => {
  await place.account('poor@example.com', 2);
  const poor = await (await arrive()).signIn('poor@example.com');
  const { page } = poor;
  await fill(page, { prompt, count: 4 });
  assert.equal(await generate(page).count(), 0, 'nothing can be pressed that cannot be paid');
  await page.getByRole('button', { name: 'Top up 2 credits' }).click();
  await page.waitForURL('**/billing/top-up');
  await page.goBack();
  const typed = page.getByLabel('Prompt', { exact: true });
  await until('the form is as it was left', async () => (await typed.inputValue()) === prompt);
  await fill(page, { count: 2 });
  await generate(page).click();
  await finished(page, prompt, 2);
  assert.equal(await poor.meter.innerText(), '0 credits');
});

journey('what is refused is said under its field, and all that was typed stays', async (arrive) => {
  await place.account('wrong@example.com', 5);
  for (const manner of [{ script: true }, { script: false }]) {
    const visitor = await (await arrive(manner)).signIn('wrong@example.com');
    const { page } = visitor;
    await visitor.witness.during(/^answered 422: POST .*\/studio$/, async () => {
      await fill(page, { prompt, count: 3, seed: 'not a number' });
      await generate(page).click();
      await page.getByRole('alert').filter({ hasText: /seed/i }).waitFor();
    });
    const seed = page.getByLabel('Seed', { exact: true });
    assert.equal(await seed.getAttribute('aria-invalid'), 'true');
    assert.equal(await seed.inputValue(), 'not a number');
    assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), prompt);
    assert.ok(await page.getByRole('group', { name: 'Pictures' }).getByRole('radio', { name: '3' }).isChecked());
    assert.equal(await visitor.meter.innerText(), '5 credits');
  }
});
