// Signing in and out: by code with scripts, without them and by keyboard alone, and by link.
import assert from 'node:assert/strict';
import { mailed } from './lib/outbox.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ config: 'signup_bonus = 10\n' });
const { journey } = studio;

async function ask(page, email, from = '/sign-in') {
  await page.goto(from);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByText(`A code is on its way to ${email}`).waitFor();
}

async function type(page, code) {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
}

/** Signed in, with the welcome credits in the bar. */
async function welcomed({ page, meter }) {
  await page.goto('/pricing');
  assert.equal(await meter.innerText(), '10 credits');
}

/** What is sent with every page; the token for the outbox is sent there alone. */
const cookies = async ({ context, studio }) => (await context.cookies(studio.url)).map((cookie) => cookie.name).sort();

for (const [how, manner] of [['with scripts', {}], ['without scripts', { script: false }]]) {
  journey(`a code signs in ${how}`, async (arrive) => {
    const visitor = await arrive(manner);
    const { page } = visitor;
    const email = `code-${how.replace(' ', '-')}@example.com`;
    await ask(page, email);
    const { code } = await mailed(visitor, email);
    await type(page, code);
    await page.waitForURL('**/studio');
    await welcomed(visitor);
    assert.deepEqual(await cookies(visitor), ['device', 'session'], 'the browser token is gone');
  });
}

journey('a code signs in by keyboard alone', async (arrive) => {
  const visitor = await arrive();
  const { page } = visitor;
  const { keyboard } = page;
  await visitor.go('/');
  await keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await keyboard.press('Enter');
  await keyboard.press('Tab');
  assert.ok(
    await page.evaluate(() => document.querySelector('main').contains(document.activeElement)),
    'the skip link leads into the page',
  );
  await keyboard.press('Enter');
  await page.waitForURL('**/sign-in');
  await tabTo(page, page.getByLabel('E-mail'));
  await keyboard.type('keys@example.com');
  await keyboard.press('Enter');
  await page.getByText('A code is on its way').waitFor();
  const { code } = await mailed(visitor, 'keys@example.com');
  assert.ok(await focused(page.getByLabel('Code')), 'the code can be typed at once');
  await keyboard.type(code.toLowerCase().replace('-', ''));
  await keyboard.press('Enter');
  await page.waitForURL('**/studio');
  await welcomed(visitor);
});

const focused = (locator) => locator.evaluate((element) => element === document.activeElement);

async function tabTo(page, locator) {
  for (let presses = 0; presses < 30; presses += 1) {
    if (await focused(locator)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('no number of tabs gets there');
}

journey('a link works in the browser that asked, and in no other', async (arrive) => {
  const [mine, other] = [await arrive(), await arrive()];
  await ask(mine.page, 'link@example.com');
  const { link } = await mailed(mine, 'link@example.com');

  await other.page.goto(link);
  await other.page.getByText('only in the browser where it was asked for').waitFor();
  const buttons = other.page.getByRole('main').getByRole('button');
  assert.equal(await buttons.count(), 0);
  const forced = await other.request('POST', link);
  assert.equal(forced.status(), 422);
  assert.deepEqual(await cookies(other), []);

  // The other browser's try has burnt nothing, and looking does not use it up.
  await mine.page.goto(link);
  await mine.page.goto(link);
  await mine.page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await mine.page.waitForURL('**/studio');
  await welcomed(mine);

  await other.page.goto(link);
  await other.page.getByText('works only in the browser').waitFor();
});

journey('wrong codes are counted, keep what was typed, and burn the attempt', async (arrive) => {
  const visitor = await arrive();
  const { page } = visitor;
  await ask(page, 'wrong@example.com');
  const { code } = await mailed(visitor, 'wrong@example.com');
  const challenge = await page.locator('input[name="challenge"]').inputValue();
  for (const left of [4, 3, 2, 1]) {
    await type(page, 'AAAA-AAAA');
    await page.getByRole('alert').filter({ hasText: `${left} more` }).waitFor();
    const field = page.getByLabel('Code');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.match(await description(field), /That is not the code/);
  }
  await type(page, 'AAAA-AAAA');
  await page.getByRole('alert').filter({ hasText: 'Send a new one' }).waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'wrong@example.com');
  const late = await visitor.request('POST', '/sign-in/code', { form: { challenge, code } });
  assert.equal(late.status(), 422);
  assert.ok(!(await cookies(visitor)).includes('session'), 'a burnt code signs nobody in');
});

const description = (field) =>
  field.evaluate((element) =>
    element.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' '));

journey('an address that is none is said under the field', async (arrive) => {
  const { page } = await arrive();
  await page.goto('/sign-in');
  // The browser's own check lets this one pass; ours does not.
  await page.getByLabel('E-mail').fill('ada@localhost');
  await page.getByRole('button', { name: 'Send the code' }).click();
  const field = page.getByLabel('E-mail');
  await page.getByRole('alert').waitFor();
  assert.equal(await field.inputValue(), 'ada@localhost');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await description(field), await page.getByRole('alert').textContent());
});

journey('a page asked for before signing in is where one arrives', async (arrive) => {
  const visitor = await arrive({ script: false });
  const { page } = visitor;
  await ask(page, 'back@example.com', '/sign-in?return_to=/pricing');
  await type(page, (await mailed(visitor, 'back@example.com')).code);
  await page.waitForURL('**/pricing');

  const lured = await arrive({ script: false });
  await ask(lured.page, 'lured@example.com', '/sign-in?return_to=https://evil.example/');
  await type(lured.page, (await mailed(lured, 'lured@example.com')).code);
  await lured.page.waitForURL(`${studio.url}/studio`);
});

journey('nobody acts from another site', async (arrive) => {
  const visitor = await arrive();
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, {}]) {
    const form = { email: 'csrf@example.com' };
    const answer = await visitor.request('POST', '/sign-in', { headers, form });
    assert.equal(answer.status(), 403, JSON.stringify(headers));
  }
});
