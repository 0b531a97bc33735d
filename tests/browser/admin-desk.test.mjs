// The back office's webhooks, generations, diagnostics and audit log: as they should look, and used
// without JavaScript. With PICTURES set they are also pictured into .peers/shots.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Api } from './lib/api.mjs';
import { looksRight } from './lib/inspect.mjs';
import { peers } from './lib/peers.mjs';
import { openStudio } from './lib/studio.mjs';
import { until } from './lib/wait.mjs';

const packs = '[packs.small]\ncredits = 100\namount = 400\n';
const studio = await openStudio({ painter: [0.02, 0.1], config: packs });
const { journey, place } = studio;
const prompt = 'A lighthouse nobody else should read of';
const office = 'grace@example.com';

await place.account(office);
await place.run('admin', 'grant', office);
const ada = await Api.of(studio, 'ada@example.com', 20);
await ada.make({ prompt, count: 4 });
await ada.make({ prompt: 'A second one [fail]', count: 2 });
await ada.make({ prompt: 'A third one [filter]', count: 1 });

/** Ada buys a pack and half of it goes back. */
async function trade(arrive) {
  const { page } = await (await arrive({ script: false })).signIn('ada@example.com');
  await page.goto('/billing');
  await page.getByRole('button', { name: /^100 credits/ }).click();
  await page.getByRole('button', { name: 'Pay 4.00 USD' }).click();
  await page.getByRole('link', { name: 'Receipt' }).click();
  await page.getByRole('button', { name: 'Refund half' }).click();
  await until('the inbox is done', async () => {
    const { deliveries, pending } = JSON.parse(await place.run('webhooks', 'list', '--json'));
    return pending === 0 && deliveries.length > 1;
  });
}

const shoot = async (page, name) => {
  if (!process.env.PICTURES) return;
  mkdirSync(join(peers, 'shots'), { recursive: true });
  for (const [width, theme] of [[1280, 'dark'], [1280, 'light'], [768, 'light'], [390, 'dark'], [320, 'light']]) {
    await page.setViewportSize({ width, height: 860 });
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(peers, 'shots', `${name}-${width}-${theme}.png`), fullPage: true });
  }
};

journey('the pages look right', async (arrive) => {
  await trade(arrive);
  const { page } = await (await arrive({ calm: true })).signIn(office);
  const right = async (name) => {
    await shoot(page, name);
    await looksRight(page, name);
    await page.setViewportSize({ width: 1280, height: 860 });
  };
  const seen = async (name, path) => {
    assert.equal((await page.goto(path)).status(), 200, path);
    await right(name);
  };
  await seen('admin-webhooks', '/admin/webhooks');
  await seen('admin-webhooks-none', '/admin/webhooks?state=dead');
  await page.goto('/admin/webhooks');
  await page.getByRole('table').getByRole('link', { name: /completed/ }).first().click();
  await right('admin-webhook');
  await page.getByRole('button', { name: 'Tell what would happen' }).click();
  await page.getByText('Nothing of this was done.').waitFor();
  await right('admin-webhook-dry-run');
  await seen('admin-generations', '/admin/generations');
  await seen('admin-generations-stuck', '/admin/generations?show=stuck');
  await page.goto('/admin/generations');
  await page.getByRole('table').getByRole('row').nth(1).getByRole('link').first().click();
  await right('admin-generation');
  await page.getByLabel('Reason').fill('a complaint');
  await page.getByRole('button', { name: 'Show the prompt' }).click();
  await page.getByText('That you read it').waitFor();
  await right('admin-generation-words');
  await seen('admin-audit', '/admin/audit');
  await seen('admin-audit-narrow', '/admin/audit?name=sensitive_read&actor=cli');
  await seen('admin-diagnostics', '/admin/diagnostics');
  await page.getByRole('button', { name: 'Look it over' }).click();
  await page.getByRole('heading', { name: 'To show somebody who helps' }).waitFor();
  await right('admin-diagnostics-ran');
});

journey('a notice is tried out and replayed without JavaScript', async (arrive) => {
  const { page } = await (await arrive({ script: false })).signIn(office);
  const before = await ada.credits();
  await page.goto('/admin/webhooks');
  await page.getByLabel('Type').selectOption('checkout.session.completed');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('table').getByRole('link', { name: /completed/ }).first().click();
  await page.getByRole('button', { name: 'Tell what would happen' }).click();
  await page.getByText('It stays applied.').waitFor();
  await page.getByLabel('Reason').fill('a drill');
  await page.getByRole('button', { name: 'Replay' }).click();
  await page.getByText('Acted on again. It is applied now.').waitFor();
  await page.goto('/admin/webhooks');
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByLabel('Reason').fill('all of them');
  await page.getByRole('button', { name: 'Replay what is ticked' }).click();
  await page.getByText(/\d+ put back/).waitFor();
  await until('they are acted on', async () => JSON.parse(await place.run('webhooks', 'list', '--json')).pending === 0);
  assert.equal(await ada.credits(), before, 'nothing moved twice');
  await page.goto('/admin/audit?name=webhook_replayed');
  assert.ok(await page.getByRole('cell', { name: /a drill/ }).count());
});

journey('what was written is read for a reason, and its person is told', async (arrive) => {
  const admin = await (await arrive({ script: false })).signIn(office);
  const { page } = admin;
  await page.goto('/admin/generations');
  assert.equal(await page.getByText(prompt).count(), 0, 'not in the list');
  await page.getByRole('table').getByRole('row').last().getByRole('link').first().click();
  assert.equal(await page.getByText(prompt).count(), 0, 'not on its page');
  await page.getByLabel('Reason').fill('they asked for help');
  await page.getByRole('button', { name: 'Show the prompt' }).click();
  await page.getByText(prompt).waitFor();
  const person = await (await arrive({ script: false })).signIn('ada@example.com');
  await person.go('/account/activity');
  await person.page.getByText('they asked for help').waitFor();
});

journey('the doctor answers without JavaScript, and its text tells no address', async (arrive) => {
  const { page } = await (await arrive({ script: false })).signIn(office);
  await page.goto('/admin/diagnostics');
  await page.getByRole('button', { name: 'Look it over' }).click();
  const support = await page.getByLabel('Support text').innerText();
  const { checks } = JSON.parse(await place.run('doctor', '--json'));
  const ids = support.split('\n').map((line) => line.slice(6).split(' ')[0]);
  assert.deepEqual(ids, checks.map(({ id }) => id), 'the same as on the command line');
  assert.ok(!support.includes(place.dir) && !support.includes(studio.url.slice(7)), support);
});
