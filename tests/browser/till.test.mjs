// To the checkout and back, with and without JavaScript, and every page on the way as it should look.
import assert from 'node:assert/strict';
import { looksRight } from './lib/inspect.mjs';
import { fill, generate } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';

const packs = `
[packs.small]
credits = 100
amount = 400
[packs.year]
credits = 2000
amount = 6000
expires_days = 365
`;
const studio = await openStudio({ painter: [0.02, 0.1], config: packs });
const { journey, place } = studio;
const prompt = 'A lamp & its "shade", in two words';

for (const script of [true, false]) {
  const with_ = script ? 'with scripts' : 'without scripts';

  journey(`out of credits, paid, and back to the form as it was left, ${with_}`, async (arrive) => {
    const email = `buyer-${script}@example.com`;
    await place.account(email, 2);
    const visitor = await (await arrive({ script })).signIn(email);
    const { page, meter } = visitor;
    await fill(page, { prompt, count: 4, seed: '9' });
    if (!script) await generate(page).first().click();
    await page.getByRole('button', { name: /^Top up/ }).click();
    await page.getByRole('button', { name: /^100 credits/ }).click();
    await page.waitForURL('**/dev/checkout/**');
    await page.getByRole('button', { name: 'Have the card declined' }).click();
    await page.getByRole('alert').filter({ hasText: 'declined' }).waitFor();
    await page.getByRole('button', { name: 'Pay 4.00 USD' }).click();
    await page.getByRole('heading', { level: 1, name: '100 credits added' }).waitFor();
    assert.equal(await meter.innerText(), '102 credits');
    await page.getByRole('button', { name: 'Back to your picture' }).click();
    assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), prompt);
    assert.equal(await page.getByLabel('Seed', { exact: true }).inputValue(), '9');
    assert.ok(await page.getByRole('radio', { name: '4', exact: true }).isChecked());
    await generate(page).first().click();
    await page.waitForURL('**/studio/generations/*');
  });
}

journey('what goes back takes its credits, and the page says what happened', async (arrive) => {
  await place.account('returns@example.com');
  const visitor = await (await arrive({ script: false })).signIn('returns@example.com');
  const { page, meter } = visitor;
  await visitor.go('/billing');
  await page.getByRole('button', { name: /^100 credits/ }).click();
  await page.getByRole('button', { name: 'Pay 4.00 USD' }).click();
  await page.getByRole('link', { name: 'Receipt' }).click();
  await page.getByRole('button', { name: 'Refund half' }).click();
  await shows(visitor, 'Partly refunded');
  assert.equal(await meter.innerText(), '50 credits');
  await page.getByRole('link', { name: 'Receipt' }).click();
  await page.getByRole('button', { name: 'The last refund fails' }).click();
  await shows(visitor, 'Paid');
  assert.equal(await meter.innerText(), '100 credits');
  await page.getByText('Payment came again').waitFor();
});

/** The inbox acts a moment after it was told. */
async function shows(visitor, says) {
  for (let left = 50; left > 0; left -= 1) {
    await visitor.go('/billing');
    if (await visitor.page.getByRole('cell', { name: says }).count()) return;
    await visitor.page.waitForTimeout(100);
  }
  assert.fail(`the order never says ${says}`);
}

journey('every page on the way looks right', async (arrive) => {
  await place.account('looks@example.com');
  const visitor = await (await arrive({ calm: true })).signIn('looks@example.com');
  const { page } = visitor;
  for (const path of ['/billing', '/pricing', '/dev/checkout']) {
    await visitor.go(path);
    await looksRight(page, path);
  }
  await visitor.go('/billing');
  await page.getByRole('button', { name: /^2,000 credits/ }).click();
  await page.waitForURL('**/dev/checkout/**');
  await looksRight(page, 'the play checkout');
  await page.getByRole('link', { name: 'Back without paying' }).click();
  await page.getByRole('heading', { level: 1, name: 'Nothing was charged' }).waitFor();
  await looksRight(page, 'a cancelled order');
  await page.getByRole('button', { name: 'Go to the checkout' }).click();
  await page.getByRole('button', { name: 'Pay by a way that takes days' }).click();
  await page.getByRole('heading', { level: 1, name: 'The money is on its way' }).waitFor();
  await visitor.go('/dev/checkout');
  await page.getByRole('main').getByRole('rowheader').getByRole('link').first().click();
  await page.getByRole('button', { name: 'The money arrives' }).click();
  await page.getByRole('link', { name: 'Back to the studio' }).click();
  await page.getByRole('heading', { level: 1, name: '2,000 credits added' }).waitFor();
  await looksRight(page, 'a paid order');
  await visitor.go('/billing');
  await looksRight(page, 'billing with an order');
});

journey('only a browser that followed the printed link gets to the checkout and the outbox', async (arrive) => {
  await place.account('stranger@example.com');
  const stranger = await (await arrive({ stranger: true })).signIn('stranger@example.com');
  const { page } = stranger;
  for (const path of ['/dev/outbox', '/dev/checkout']) {
    await stranger.witness.during(/404/, async () => assert.equal(await stranger.go(path), 404, path));
  }
  await stranger.go('/billing');
  await stranger.witness.during(/404/, async () => {
    await page.getByRole('button', { name: /^100 credits/ }).click();
    await page.waitForURL('**/dev/checkout/**');
    await page.getByText('404').waitFor();
  });
  const checkout = page.url();
  assert.equal(await stranger.go(studio.server.devLink), 200);
  assert.equal(await stranger.go('/dev/outbox'), 200);
  assert.equal((await page.goto(checkout)).status(), 200);
  await page.getByRole('button', { name: 'Pay 4.00 USD' }).click();
  await page.getByRole('heading', { level: 1, name: '100 credits added' }).waitFor();
});
