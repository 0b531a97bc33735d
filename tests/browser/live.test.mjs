// Pictures on their way survive what happens meanwhile: a dead server, a cut line, a second window.
import assert from 'node:assert/strict';
import { Api, done } from './lib/api.mjs';
import { ask, finished, generate, fill, pictures, prompts, slots, stage } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const studio = await openStudio({ painter: [1.2, 4], gate: true, config: '[pipeline]\nlost_seconds = 5\n' });
const { journey, gate, server } = studio;
const prompt = prompts.owl;
const cutOff = /^(failed|answered 5|console error: Failed to load)/;

/** Each slot once, with the picture the server knows it by. */
async function agrees(page, api) {
  const { renders } = await api.newest();
  const shown = await slots(page, prompt).evaluateAll((all) => all.map((slot) => slot.id));
  assert.equal(new Set(shown).size, renders.length, `slots: ${shown}`);
  const stored = renders.filter(({ state }) => state === 'stored').length;
  assert.equal(await pictures(page, prompt).count(), stored);
}

journey('a server killed in the middle of four renders finishes all four', async (arrive) => {
  const api = await Api.of(studio, 'kill@example.com', 10);
  const visitor = await (await arrive()).signIn('kill@example.com');
  const { page, meter } = visitor;
  await visitor.witness.during(cutOff, async () => {
    await ask(page, { prompt, count: 4 });
    assert.ok(done(await api.newest()) < 4, 'nothing was left to lose');
    await server.kill();
    await server.start();
    await finished(page, prompt);
  });
  const { renders } = await api.ended((await api.newest()).id);
  const stored = renders.filter(({ state }) => state === 'stored').length;
  assert.equal(renders.length, 4);
  for (const { state, refunded } of renders) assert.equal(state === 'stored', !refunded, state);
  await agrees(page, api);
  assert.equal(await api.credits(), 10 - stored);
  assert.equal(await meter.innerText(), `${10 - stored} credits`);
});

journey('a stream that breaks goes on from the last event it brought', async (arrive) => {
  const api = await Api.of(studio, 'stream@example.com', 10);
  const visitor = await (await arrive()).signIn('stream@example.com');
  const { page, meter } = visitor;
  const before = gate.streams.length;
  await visitor.witness.during(cutOff, async () => {
    await ask(page, { prompt, count: 4 });
    const mine = () => gate.events.filter(({ stream }) => gate.streams.indexOf(stream) >= before);
    await until('an event came', () => mine().some(({ id }) => id));
    const last = mine().findLast(({ id }) => id).id;
    const ended = done(await api.newest());
    gate.cut('slow');
    await until('something was missed', async () => done(await api.newest()) > ended);
    gate.mend();
    await finished(page, prompt);
    const again = gate.streams.slice(before).find((stream) => stream.again);
    assert.ok(again, 'the stream was not opened again');
    assert.equal(again.from, last, 'it went on from somewhere else');
    const ids = mine().map(({ id }) => id).filter(Boolean);
    assert.equal(new Set(ids).size, ids.length, `an event came twice: ${ids}`);
  });
  await agrees(page, api);
  await until('the meter agrees', async () => (await meter.innerText()) === `${await api.credits()} credits`);
});

journey('a line cut for the whole time shows everything once it is back', async (arrive) => {
  const api = await Api.of(studio, 'line@example.com', 10);
  const visitor = await (await arrive()).signIn('line@example.com');
  const { page, meter } = visitor;
  await visitor.witness.during(cutOff, async () => {
    await ask(page, { prompt, count: 4 });
    gate.cut('everything');
    await api.ended((await api.newest()).id);
    assert.ok(await stage(page, prompt).locator('[aria-busy="true"]').count() > 0, 'the page could not know');
    gate.mend();
    await finished(page, prompt);
  });
  await agrees(page, api);
  assert.equal(await meter.innerText(), `${await api.credits()} credits`);
});

journey('without any stream the page looks by itself', async (arrive) => {
  const api = await Api.of(studio, 'poll@example.com', 10);
  const visitor = await (await arrive()).signIn('poll@example.com');
  gate.cut('events');
  try {
    await visitor.witness.during(cutOff, async () => {
      await ask(visitor.page, { prompt, count: 2 });
      await finished(visitor.page, prompt, 2);
    });
  } finally {
    gate.mend();
  }
  await agrees(visitor.page, api);
});

journey('two windows agree', async (arrive) => {
  const api = await Api.of(studio, 'two@example.com', 10);
  const visitor = await (await arrive()).signIn('two@example.com');
  const { page, context } = visitor;
  await ask(page, { prompt, count: 4 });
  const other = await context.newPage();
  await other.goto('/studio');
  assert.equal(await slots(other, prompt).count(), 4);
  await stage(other, prompt).getByRole('button', { name: /^(Cancel|Stop) picture 4/ }).click();
  await Promise.all([finished(page, prompt), finished(other, prompt)]);
  const shows = async (window) => [
    await slots(window, prompt).evaluateAll((all) => all.map((slot) => slot.className)),
    await window.getByRole('banner').getByRole('link', { name: /credits?$/ }).innerText(),
  ];
  await until('both show the same', async () => {
    const [one, two] = await Promise.all([shows(page), shows(other)]);
    return JSON.stringify(one) === JSON.stringify(two);
  });
  await agrees(page, api);
  await agrees(other, api);
  assert.equal((await shows(page))[1], `${await api.credits()} credits`);
});

journey('several requests run at once and none is lost from sight', async (arrive) => {
  const api = await Api.of(studio, 'many@example.com', 10);
  const visitor = await (await arrive()).signIn('many@example.com');
  const { page } = visitor;
  await ask(page, { prompt, count: 2 });
  await fill(page, { prompt: prompts.lighthouse, count: 2 });
  await generate(page).click();
  await stage(page, prompts.lighthouse).waitFor();
  const flight = page.getByRole('complementary', { name: /in flight/i });
  await flight.getByText(prompt).waitFor();
  await finished(page, prompts.lighthouse, 2);
  await until('all have ended', async () => (await api.images()).length === 4);
  await flight.getByRole('heading', { name: 'In flight' }).waitFor({ state: 'detached' });
});
