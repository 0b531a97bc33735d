// The account as a person meets it: a fresh code, another address, an export, leaving and coming back.
import assert from 'node:assert/strict';
import { looksRight } from './lib/inspect.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey, place } = studio;

/** The newest code to `email`; those of members come without a link. */
async function mailed(visitor, email) {
  const page = await visitor.context.newPage();
  await page.goto(visitor.studio.server.devLink);
  const mail = page.getByRole('article').filter({ hasText: `to ${email}` }).first();
  const code = /code is ([A-Z0-9]{4}-[A-Z0-9]{4})/.exec(await mail.innerText())?.[1];
  assert.ok(code, 'the mail holds a code');
  await page.close();
  return code;
}

async function type(visitor, email, button) {
  const code = await mailed(visitor, email);
  await visitor.page.getByLabel('Code').fill(code);
  await visitor.page.getByRole('main').getByRole('button', { name: button }).click();
}

for (const [how, manner] of [['with scripts', {}], ['without scripts', { script: false }]]) {
  const word = how.replace(' ', '-');

  journey(`a fresh code is typed and counts ${how}`, async (arrive) => {
    const email = `fresh-${word}@example.com`;
    await place.account(email);
    const visitor = await (await arrive({ ...manner, calm: true })).signIn(email);
    const { page } = visitor;
    await page.goto('/account/confirm?return_to=/account%23keys');
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByText(`A code is on its way to ${email}`).waitFor();
    await page.reload();
    if (manner.script !== false) await looksRight(page, 'the code of a member');
    await type(visitor, email, 'Confirm');
    await page.waitForURL('**/account#keys');
    await page.getByRole('button', { name: 'Make the key' }).waitFor();
  });

  journey(`an address is changed and everything is saved ${how}`, async (arrive) => {
    const [email, other] = [`old-${word}@example.com`, `new-${word}@example.com`];
    await place.account(email);
    const visitor = await (await arrive(manner)).signIn(email);
    const { page } = visitor;
    await page.goto('/account');
    await page.getByLabel('New e-mail').fill(other);
    await page.getByRole('button', { name: 'Send a code there' }).click();
    await page.getByText(`A code is on its way to ${other}`).waitFor();
    await type(visitor, other, 'Move to this address');
    await page.getByRole('status').filter({ hasText: 'has its new address' }).waitFor();
    await page.getByText(`${other} · since`).waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export everything' }).click();
    assert.match((await saving).suggestedFilename(), /^export-[0-9-]+\.zip$/);
  });

  journey(`an account is left and taken back ${how}`, async (arrive) => {
    const email = `leave-${word}@example.com`;
    await place.account(email);
    const visitor = await (await arrive(manner)).signIn(email);
    const { page } = visitor;
    await page.goto('/account');
    await page.getByRole('link', { name: 'Delete the account' }).click();
    await page.getByLabel('Delete this account and everything in it').check();
    await page.getByRole('button', { name: 'Delete the account' }).click();
    await page.getByRole('status').filter({ hasText: 'will be deleted' }).waitFor();
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByText('A code is on its way').waitFor();
    await type(visitor, email, 'Sign in');
    await page.getByRole('status').filter({ hasText: 'took the deletion back' }).waitFor();
  });
}
