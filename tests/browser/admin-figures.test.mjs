// The overview and everybody's journal, on a studio with months behind it.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { looksRight, steady, themes, weigh, widths } from './lib/inspect.mjs';
import { peers } from './lib/peers.mjs';
import { openStudio } from './lib/studio.mjs';

const admin = 'office@example.com';
const studio = await openStudio({
  prepare: async (place) => {
    writeFileSync(join(place.dir, 'safelight.toml'), '[limits]\nrequests_per_minute = 1000000\n');
    const crowd = ['--users', '300', '--entries', '30000', '--deliveries', '2000'];
    await place.run('bench', 'office', ...crowd, '--keep', join(place.dir, 'data'));
  },
});
const { journey, place } = studio;
// A crowd has no pictures, and an audit would say so after every journey.
place.audit = async () => {};

const shots = join(peers, 'shots');
mkdirSync(shots, { recursive: true });

/** Pictures of a page for people to look at. */
async function shoot(page, name) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 860 });
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
}

for (const [name, path] of [
  ['admin-overview-7', '/admin?days=7'],
  ['admin-overview', '/admin'],
  ['admin-overview-90', '/admin?days=90'],
  ['admin-credits', '/admin/credits'],
  ['admin-credits-refunds', '/admin/credits?kind=refund'],
  ['admin-credits-nobody', '/admin/credits?account=nobody%40example.com'],
]) {
  journey(`${path} looks right`, async (arrive) => {
    const visitor = await (await arrive({ calm: true })).signIn(admin);
    const weight = weigh(visitor.page);
    const still = await steady(visitor.page);
    assert.equal(await visitor.go(path), 200);
    await still();
    await weight();
    await shoot(visitor.page, name);
    for (const details of await visitor.page.locator('details.behind').all()) {
      await details.locator('summary').click();
    }
    await looksRight(visitor.page, path);
  });
}

journey('without scripts: from the overview to a span, a table, a list and its older lines', async (arrive) => {
  const visitor = await (await arrive({ script: false })).signIn(admin);
  const { page } = visitor;
  await visitor.go('/admin');
  await page.getByRole('navigation', { name: 'Days' }).getByRole('link', { name: '90 days' }).click();
  await page.waitForURL('**/admin?days=90');
  const charts = page.getByRole('img', { name: /^Credits, Spent/ });
  assert.equal(await charts.count(), 1);
  const credits = page.getByRole('region', { name: 'Credits', exact: true });
  await credits.getByText('Credits as a table').click();
  const rows = credits.getByRole('row');
  assert.equal(await rows.count(), 91, 'a row a day and one for the columns');

  // The table adds up to what stands above the chart.
  const number = (text) => Number(text.replaceAll(',', ''));
  const heads = await credits.getByRole('columnheader').allInnerTexts();
  const spent = await rows.locator(`td:nth-child(${heads.indexOf('Spent') + 1})`).allInnerTexts();
  const told = await credits.locator('figure', { hasText: 'Spent' }).locator('b').innerText();
  assert.equal(spent.map(number).reduce((a, b) => a + b), number(told));

  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Credits' }).click();
  await page.waitForURL('**/admin/credits');
  await page.getByLabel('Kind').selectOption('refund');
  await page.getByRole('button', { name: 'Show' }).click();
  const kinds = page.locator('td[data-label="Kind"]');
  assert.equal(await kinds.count(), 50);
  const first = await page.locator('tbody tr').allInnerTexts();
  await page.getByRole('link', { name: 'Older' }).click();
  const second = await page.locator('tbody tr').allInnerTexts();
  assert.deepEqual([...new Set(await kinds.allInnerTexts())], ['Refund']);
  assert.ok(second.length > 0 && second.every((row) => !first.includes(row)));
  const answer = await visitor.request('GET', await page.getByRole('link', { name: 'CSV' }).getAttribute('href'));
  assert.equal(answer.status(), 200);
  assert.match(await answer.text(), /^account,line,time,kind/);
});

journey('to a member there is no such place', async (arrive) => {
  await place.account('member@example.com');
  const visitor = await (await arrive()).signIn('member@example.com');
  for (const path of ['/admin', '/admin/credits', '/admin/credits/lines.csv']) {
    assert.equal((await visitor.request('GET', path)).status(), 404, path);
  }
});
