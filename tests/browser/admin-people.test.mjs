// The back office's people and keys: right in both themes at every width, and all of it without scripts.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { looksRight, themes, weigh, widths } from './lib/inspect.mjs';
import { Api } from './lib/api.mjs';
import { peers } from './lib/peers.mjs';
import { openStudio } from './lib/studio.mjs';

const packs = '[packs.small]\ncredits = 100\namount = 400\n';
const studio = await openStudio({ painter: [0.02, 0.1], config: packs });
const { journey, place } = studio;
const office = 'grace@example.com';
await place.account(office);
await place.run('admin', 'grant', office);
const long = 'somebody.with.quite.a.long.name@an-even-longer-domain.example.com';
for (const email of ['linus@example.net', 'mary@example.org', 'katsu@example.com', long]) await place.account(email, 7);
const api = await Api.of(studio, 'ada@example.com', 1200);
await api.make({ prompt: 'A red fox', size: 'square', count: 4 });
await place.run('keys', 'create', 'linus@example.net', '--scope', 'library');
await place.run('users', 'block', 'mary@example.org');

/** Where the list leads for an address. */
async function person(page, email) {
  await page.goto(`/admin/users?q=${encodeURIComponent(email)}`);
  await page.getByRole('link', { name: email }).click();
  await page.getByRole('heading', { level: 1, name: email }).waitFor();
  return new URL(page.url()).pathname;
}

const dir = join(peers, 'shots');
mkdirSync(dir, { recursive: true });

/** Keeps what it looks like for people to judge, at every width in both themes. */
async function shoot(page, name) {
  for (const width of widths) {
    for (const theme of themes) {
      await page.setViewportSize({ width, height: 860 });
      await page.emulateMedia({ colorScheme: theme });
      await page.screenshot({ path: join(dir, `${name}-${width}-${theme}.png`), fullPage: true });
    }
  }
}

journey('people and keys look right', async (arrive) => {
  const { page, go } = await admin(arrive, { calm: true });
  const ada = await person(page, 'ada@example.com');
  const pages = [
    ['admin-people', '/admin/users'],
    ['admin-people-none', '/admin/users?q=zebra'],
    ['admin-people-blocked', '/admin/users?standing=blocked'],
    ['admin-person', ada],
    ['admin-person-blocked', await person(page, 'mary@example.org')],
    ['admin-keys', '/admin/keys'],
  ];
  for (const [name, path] of pages) {
    const other = await page.context().newPage();
    const weight = weigh(other);
    assert.equal((await other.goto(path)).status(), 200);
    await weight();
    await other.close();
    await go(path);
    await looksRight(page, path);
    await shoot(page, name);
  }
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto('/admin/keys');
  await page.getByRole('main').getByRole('row').nth(1).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Revoke the key' }).waitFor();
  await looksRight(page, 'a key');
  await shoot(page, 'admin-key');
});

journey('somebody is found, adjusted, blocked and signed out without a script', async (arrive) => {
  const { page, go } = await admin(arrive, { script: false });
  await go('/admin/users');
  await page.getByLabel('Search people').fill('LINUS@');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'linus@example.net' }).click();

  const adjust = page.getByRole('form', { name: 'Adjust credits' });
  await adjust.getByLabel('Take').check();
  await adjust.getByLabel('Credits').fill('8');
  await adjust.getByLabel('Reason').fill('a duplicate');
  await adjust.getByRole('button', { name: 'Adjust' }).click();
  await page.getByRole('alert').filter({ hasText: 'There are only 7 credits to take' }).waitFor();
  assert.equal(await adjust.getByLabel('Credits').inputValue(), '8');
  assert.equal(await adjust.getByLabel('Reason').inputValue(), 'a duplicate');
  assert.ok(await adjust.getByLabel('Take').isChecked());
  await adjust.getByLabel('Credits').fill('3');
  await adjust.getByRole('button', { name: 'Adjust' }).click();
  await page.getByRole('status').filter({ hasText: 'The balance is adjusted' }).waitFor();
  await page.getByRole('cell', { name: '−3', exact: true }).or(page.getByRole('cell', { name: '-3', exact: true })).waitFor();

  const block = page.getByRole('form', { name: 'Block' });
  await block.getByLabel('Reason').fill('a stolen card');
  await block.getByRole('button', { name: 'Block' }).click();
  await page.getByRole('form', { name: 'Unblock' }).getByLabel('Reason').fill('it was not');
  await page.getByRole('form', { name: 'Unblock' }).getByRole('button', { name: 'Unblock' }).click();
  const out = page.getByRole('form', { name: 'Sign out everywhere' });
  await out.getByLabel('Reason').fill('a lost laptop');
  await out.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('status').filter({ hasText: 'Signed out everywhere' }).waitFor();
  for (const word of ['authn_login_lock', 'authn_login_unlock', 'session_expired']) {
    assert.equal(await page.getByRole('rowheader', { name: word, exact: true }).count(), 1, word);
  }
});

journey('a key is found and revoked without a script', async (arrive) => {
  const { page, go } = await admin(arrive, { script: false });
  await go('/admin/keys');
  const row = page.getByRole('row').filter({ hasText: 'linus@example.net' });
  await row.getByRole('link').first().click();
  await page.getByLabel('Reason').fill('it leaked');
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await page.getByRole('status').filter({ hasText: 'Revoked.' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Revoke the key' }).count(), 0);
});

journey('an order is shown beside what the provider says', async (arrive) => {
  const buyer = await (await arrive({ script: false })).signIn('linus@example.net');
  await buyer.go('/billing');
  await buyer.page.getByRole('button', { name: /^100 credits/ }).click();
  await buyer.page.getByRole('heading', { level: 1 }).waitFor();
  const { page } = await admin(arrive, { calm: true });
  await person(page, 'linus@example.net');
  await page.getByRole('button', { name: /^Ask the provider/ }).click();
  await page.getByRole('rowheader', { name: 'Purchase' }).waitFor();
  // Where it leads to, the bar may hide half a button; wherever one scrolls, it does.
  await page.evaluate(() => scrollTo(0, 0));
  await looksRight(page, 'an order and the provider');
  await shoot(page, 'admin-person-order');
});

journey('for a member there is no such page', async (arrive) => {
  const visitor = await (await arrive({ script: false })).signIn('katsu@example.com');
  for (const path of ['/admin/users', '/admin/keys', '/admin/users/people.csv']) {
    assert.equal(await visitor.go(path), 404, path);
  }
});

async function admin(arrive, manner) {
  const visitor = await (await arrive(manner)).signIn(office);
  return { page: visitor.page, go: (path) => visitor.go(path) };
}
