// The whole journey without JavaScript: sign in, compose, look again until ready, keep, find, leave.
import assert from 'node:assert/strict';
import { fill, finished, generate, pictures, prompts, slots, stage } from './lib/making.mjs';
import { mailed } from './lib/outbox.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [1, 3], config: 'signup_bonus = 10\n' });
const { journey } = studio;
const prompt = prompts.lighthouse;

journey('nothing needs a script', async (arrive) => {
  const visitor = await arrive({ script: false });
  const { page, meter } = visitor;
  await visitor.go('/');
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill('plain@example.com');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Code').waitFor();
  await page.getByLabel('Code').fill((await mailed(visitor, 'plain@example.com')).code);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/studio');
  assert.equal(await meter.innerText(), '10 credits');

  await fill(page, { prompt, count: 4, seed: '7' });
  await generate(page).click();
  await agree(page);
  await page.waitForURL('**/studio/generations/*');
  assert.equal(await slots(page, prompt).count(), 4);
  assert.equal(await meter.innerText(), '6 credits');
  assert.ok(await stage(page, prompt).locator('[aria-busy="true"]').count() > 0, 'it waits for the pictures');
  await finished(page, prompt);
  assert.equal(await pictures(page, prompt).count(), 4);
  assert.equal(await page.locator('meta[http-equiv="refresh"]').count(), 0, 'a page that is done stays');

  await stage(page, prompt).getByRole('link', { name: prompt }).first().click();
  await page.getByRole('button', { name: 'Like' }).click();
  await page.getByRole('link', { name: /^Remix with a new seed/ }).waitFor();
  await page.goto('/gallery?liked=true');
  assert.equal(await page.getByRole('main').getByRole('img', { name: prompt }).count(), 1);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Gallery' }).click();
  assert.equal(await page.getByRole('main').getByRole('img', { name: prompt }).count(), 4);

  await meter.click();
  await page.getByRole('heading', { level: 1, name: '6 credits' }).waitFor();
  assert.equal(await page.getByRole('cell', { name: '−1', exact: true }).count(), 4);
  await page.getByRole('banner').getByRole('link', { name: /account/i }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await visitor.go('/gallery');
  await page.waitForURL('**/sign-in?return_to=*');
});

/** Without scripts the price on the button cannot follow the count: it is said, and pressed again. */
async function agree(page) {
  const asked = page.getByRole('alert').filter({ hasText: 'press again' });
  if (await asked.count()) await generate(page).click();
}

journey('a count that costs more than the button said is asked about, not charged', async (arrive) => {
  await studio.place.account('agree@example.com');
  const visitor = await (await arrive({ script: false })).signIn('agree@example.com');
  const { page, meter } = visitor;
  const said = Number(/(\d+) credits?$/.exec(await generate(page).innerText())[1]);
  const other = said === 2 ? 3 : 2;
  await fill(page, { prompt, count: other });
  await generate(page).click();
  await page.getByRole('alert').filter({ hasText: `${other} credits` }).waitFor();
  assert.equal(await meter.innerText(), '10 credits');
  assert.match(await generate(page).innerText(), new RegExp(`${other} credits$`));
  await generate(page).click();
  await finished(page, prompt, other);
  assert.equal(await meter.innerText(), `${10 - other} credits`);
});

journey('out of credits the form keeps all and leads to billing', async (arrive) => {
  await studio.place.account('out@example.com');
  await studio.place.run('credits', 'adjust', 'out@example.com', '-9', '--reason', 'a test');
  const { page } = await (await arrive({ script: false })).signIn('out@example.com');
  await fill(page, { prompt, count: 3 });
  await page.getByRole('main').getByRole('button', { name: /^Generate/ }).first().click();
  await page.getByRole('button', { name: /^Top up/ }).waitFor();
  assert.equal(await page.getByLabel('Prompt', { exact: true }).inputValue(), prompt);
  assert.ok(await page.getByRole('group', { name: 'Pictures' }).getByRole('radio', { name: '3' }).isChecked());
  await page.getByRole('button', { name: /^Top up/ }).click();
  await page.getByRole('heading', { level: 1, name: '1 credit' }).waitFor();
});
