// The composer's comforts: styles, seeds, earlier prompts, drafts, keys that can be moved, signals, and the price in view on a phone.
import assert from 'node:assert/strict';
import { Api } from './lib/api.mjs';
import { focused } from './lib/keyboard.mjs';
import { ask, fill, finished, generate, stage } from './lib/making.mjs';
import { looksRight } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [0.1, 0.4] });
const { journey, place } = studio;
const field = (page) => page.getByLabel('Prompt', { exact: true });

async function member(arrive, email, credits = 30, manner = {}) {
  await place.account(email, credits);
  return (await arrive(manner)).signIn(email);
}

for (const script of [true, false]) {
  journey(`a style is written into the prompt, scripts ${script ? 'on' : 'off'}`, async (arrive) => {
    const email = `style-${script}@example.com`;
    const api = await Api.of(studio, email, 5);
    const { page } = await (await arrive({ script })).signIn(email);
    await field(page).fill('A fox');
    await page.getByText(/^Style:/).click();
    await page.getByRole('radio', { name: 'Linocut' }).check();
    await generate(page).click();
    await page.getByRole('heading', { level: 2, name: /^A fox, linocut print/ }).waitFor();
    const [made] = (await api.get('/generations')).items;
    assert.match(made.prompt, /^A fox, linocut print/);
    if (script) {
      assert.equal(await field(page).inputValue(), 'A fox', 'the words typed stay as typed');
      await page.getByText('Style: Linocut').waitFor();
    }
  });
}

journey('the seed is locked, counted on and let go', async (arrive) => {
  const { page } = await member(arrive, 'seed@example.com');
  const seed = page.getByLabel('Seed', { exact: true });
  const lock = page.getByRole('button', { name: 'Lock the seed' });
  await seed.fill('18446744073709551615');
  await page.getByRole('button', { name: '+1, the next seed' }).click();
  assert.equal(await seed.inputValue(), '0', 'seeds go round');
  assert.equal(await lock.getAttribute('aria-pressed'), 'true');
  await lock.click();
  assert.deepEqual([await seed.inputValue(), await lock.getAttribute('aria-pressed')], ['', 'false']);
  await ask(page, { prompt: 'A lamp', count: 2, seed: '41' });
  await finished(page, 'A lamp', 2);
  await lock.click();
  await lock.click();
  assert.equal(await seed.inputValue(), '41', 'the lock takes the seed on the stage');
});

journey('earlier prompts are searched, chosen, walked through, and outlive their pictures', async (arrive) => {
  const api = await Api.of(studio, 'again@example.com', 10);
  for (const prompt of ['A red fox in snow', 'A grey heron at dawn', 'A red lamp']) await api.make({ prompt, size: 'square', count: 1 });
  for (const { id } of await api.images()) await api.call('DELETE', `/images/${id}`);
  const visitor = await (await arrive({ calm: true })).signIn('again@example.com');
  const { page } = visitor;
  await field(page).fill('half a thought');
  await page.getByRole('link', { name: 'Earlier prompts' }).click();
  const dialog = page.getByRole('dialog', { name: 'Earlier prompts' });
  await dialog.getByText('A grey heron at dawn').waitFor();
  await looksRight(page, 'earlier prompts as a dialog');
  await dialog.getByRole('searchbox').fill('FOX red');
  await until('the search has found one', async () => (await dialog.getByRole('listitem').count()) === 1);
  await dialog.getByText('A red fox in snow').click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await field(page).inputValue(), 'A red fox in snow');
  assert.ok(await focused(field(page)));
  await page.keyboard.press('Control+z');
  assert.equal(await field(page).inputValue(), 'half a thought', 'the browser’s own undo brings it back');
  await page.keyboard.press('Alt+ArrowUp');
  await until('the newest', async () => (await field(page).inputValue()) === 'A red lamp');
  await page.keyboard.press('Alt+ArrowUp');
  await until('the one before', async () => (await field(page).inputValue()) === 'A grey heron at dawn');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await until('what was typed', async () => (await field(page).inputValue()) === 'half a thought');
});

journey('earlier prompts are a page of their own without scripts', async (arrive) => {
  const api = await Api.of(studio, 'plain-again@example.com', 5);
  await api.make({ prompt: 'A red fox in snow', size: 'portrait_4_3', count: 2 });
  const { page } = await (await arrive({ script: false })).signIn('plain-again@example.com');
  await page.getByRole('link', { name: 'Earlier prompts' }).click();
  await page.getByRole('searchbox').fill('fox');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /A red fox in snow/ }).click();
  assert.equal(await field(page).inputValue(), 'A red fox in snow');
  await page.getByText('Generate 2').waitFor();
});

journey('a draft outlives its window and goes with its owner', async (arrive) => {
  const visitor = await member(arrive, 'draft@example.com');
  const { page, context } = visitor;
  await fill(page, { prompt: 'An unfinished thought', count: 3 });
  await page.close();
  visitor.page = await context.newPage();
  await visitor.go('/studio');
  assert.equal(await field(visitor.page).inputValue(), 'An unfinished thought');
  await visitor.page.getByText('Generate 3').waitFor();
  await visitor.go('/account');
  await visitor.page.getByRole('button', { name: 'Sign out', exact: true }).first().click();
  await visitor.page.waitForURL((url) => url.pathname !== '/account');
  const left = await visitor.page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('draft:')));
  assert.deepEqual(left, [], 'nobody finds it at the same machine');
});

journey('single keys press what is on the page, are listed by ?, moved, and switched off', async (arrive) => {
  const visitor = await member(arrive, 'keyed@example.com', 9, { calm: true });
  const { page } = visitor;
  const { keyboard } = page;
  const out = () => page.evaluate(() => document.activeElement.blur());
  await out();
  await keyboard.press('3');
  await page.getByText('Generate 3').waitFor();
  await keyboard.press('n');
  assert.ok(await focused(field(page)));
  await keyboard.type('n4?');
  assert.equal(await field(page).inputValue(), 'n4?', 'keys rest while something is typed');
  await out();
  await keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard' });
  await sheet.getByText('Earlier prompts').waitFor();
  await looksRight(page, 'the keyboard as a dialog');
  await sheet.getByRole('button', { name: /^Move n,/ }).click();
  await keyboard.press('p');
  await sheet.getByText(/^p is taken/).waitFor();
  await sheet.getByRole('button', { name: /^Move n,/ }).click();
  await keyboard.press('w');
  await sheet.getByText(/^Now w/).waitFor();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await out();
  await keyboard.press('n');
  assert.ok(!(await focused(field(page))), 'the old key is silent');
  await keyboard.press('w');
  assert.ok(await focused(field(page)), 'the new one is heard');

  await visitor.go('/keys');
  await page.getByRole('checkbox', { name: /Single keys are on/ }).uncheck();
  await visitor.go('/studio');
  await out();
  await keyboard.press('?');
  await keyboard.press('2');
  await keyboard.press('w');
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.ok(!(await focused(field(page))), 'off, nothing is heard');
  await visitor.go('/keys');
  await page.getByRole('button', { name: 'Put all keys back' }).click();
  await visitor.go('/studio');
  await out();
  await keyboard.press('n');
  assert.ok(await focused(field(page)));
});

journey('who looks elsewhere is told by sound, notification and title, if they asked', async (arrive) => {
  const visitor = await arrive();
  await visitor.context.grantPermissions(['notifications'], { origin: studio.url });
  await visitor.context.addInitScript(() => {
    globalThis.told = { notes: [], tones: 0 };
    globalThis.Notification = class extends EventTarget {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, { body }) { super(); globalThis.told.notes.push([title, body]); }
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function count(...when) { globalThis.told.tones += 1; return start.apply(this, when); };
    Object.defineProperty(Document.prototype, 'hidden', { get: () => globalThis.away ?? false, configurable: true });
  });
  await place.account('away@example.com', 9);
  await visitor.signIn('away@example.com');
  const { page } = visitor;
  const told = () => page.evaluate(() => globalThis.told);
  await ask(page, { prompt: 'A quiet lamp', count: 1 });
  await page.waitForFunction(() => !document.querySelector('[data-busy]'));
  assert.deepEqual(await told(), { notes: [], tones: 0 }, 'nobody asked');
  await page.getByLabel('Sound').selectOption('chime');
  assert.equal((await told()).tones, 3, 'it is heard when it is chosen');
  await page.getByLabel('Notify me').check();
  await page.evaluate(() => { globalThis.away = true; });
  await ask(page, { prompt: 'A loud lamp', count: 2 });
  await page.waitForFunction(() => !document.querySelector('[data-busy]'));
  await until('it is told', async () => (await told()).notes.length === 1);
  const [[title, body]] = (await told()).notes;
  assert.match(title, /^Ready: /);
  assert.match(body, /2 of 2 ready, 6 credits left/);
  assert.equal((await told()).tones, 6);
  await page.evaluate(() => { globalThis.away = false; document.dispatchEvent(new Event('visibilitychange')); });
  assert.doesNotMatch(await page.title(), /^Ready/);
});

journey('on a phone the price is in view whatever is open', async (arrive) => {
  const visitor = await member(arrive, 'phone@example.com', 9, { width: 390, height: 700, calm: true });
  const { page } = visitor;
  const inView = () => generate(page).evaluate((button) => {
    const { top, bottom } = button.getBoundingClientRect();
    const at = document.elementFromPoint(innerWidth / 3, (top + bottom) / 2);
    return top >= 0 && bottom <= innerHeight && button.contains(at);
  });
  assert.ok(await inView(), 'closed');
  await page.locator('details.settings > summary').click();
  assert.ok(await inView(), 'open');
  const composer = page.getByRole('form', { name: 'New pictures' });
  await composer.evaluate((sheet) => sheet.scrollTo(0, sheet.scrollHeight / 2));
  assert.ok(await inView(), 'in the middle of the settings');
  await page.getByText(/^Style:/).click();
  await page.evaluate(() => { document.activeElement.blur(); document.getElementById('composer').scrollTo(0, 0); scrollTo(0, 0); });
  await looksRight(page, 'the settings open on a phone');
});

journey('how long one usually takes is told once there is something to tell from', async (arrive) => {
  const api = await Api.of(studio, 'pace@example.com', 20);
  const { page } = await (await arrive()).signIn('pace@example.com');
  const card = page.getByRole('radio', { name: /FLUX\.1 dev/ });
  assert.doesNotMatch(await card.evaluate((radio) => radio.parentElement.innerText), /\ds?\b.* s\b|under/);
  for (let n = 0; n < 3; n += 1) await api.make({ prompt: `Lamp ${n}`, size: 'square', count: 2, model: 'flux-dev' });
  await until('the card says it', async () => {
    await page.goto('/studio');
    return /under \d s|up to \d s|\d+–\d+ s/.test(await card.evaluate((radio) => radio.parentElement.innerText));
  }, 45);
  await ask(page, { prompt: 'One more lamp', count: 4, model: /FLUX\.1 dev/ });
  await finished(page, 'One more lamp', 4);
  await stage(page, 'One more lamp').getByText(/ready in/).first().waitFor();
});
