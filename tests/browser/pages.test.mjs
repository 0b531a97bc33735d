// Every page open to anybody: accessible, narrow, light, steady and silent.
import assert from 'node:assert/strict';
import { looksRight, steady, weigh } from './lib/inspect.mjs';
import { mailed } from './lib/outbox.mjs';
import { open } from './lib/pages.mjs';
import { openStudio } from './lib/studio.mjs';

const { journey, place } = await openStudio({ config: 'signup_bonus = 10\n[actions]\nexport = 2\n' });

for (const [, path, status] of open) {
  journey(`${path} looks right`, async (arrive) => {
    const visitor = await arrive({ calm: true });
    const weight = weigh(visitor.page);
    const still = await steady(visitor.page);
    assert.equal(await visitor.go(path), status);
    await still();
    await looksRight(visitor.page, path);
    await weight();
  });
}

journey('the steps of signing in look right', async (arrive) => {
  const visitor = await arrive({ calm: true });
  const { page } = visitor;
  const email = 'somebody.with.quite.a.long.name@an-even-longer-domain.example.com';
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('ada@localhost');
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByRole('alert').waitFor();
  await looksRight(page, 'a refused address');

  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send the code' }).click();
  await page.getByLabel('Code').waitFor();
  await looksRight(page, 'the code');
  await page.getByLabel('Code').fill('AAAA-AAAA');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await looksRight(page, 'a wrong code');

  const { link } = await mailed(visitor, email);
  await page.goto('/dev/outbox');
  await looksRight(page, 'the outbox with a mail');
  await page.goto(link);
  await looksRight(page, 'the link');
});

journey('the theme is a choice that lasts', async (arrive) => {
  const { page } = await arrive({ theme: 'light' });
  await page.goto('/');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole('radio', { name: 'Dark' }).check();
  const dark = await ground();
  assert.notEqual(dark, light);
  await page.goto('/pricing');
  assert.equal(await ground(), dark);
});

journey('a member sees their credits on the open pages', async (arrive) => {
  await place.account('rich@example.com', 1234);
  const visitor = await (await arrive({ calm: true })).signIn('rich@example.com');
  for (const path of ['/', '/pricing']) {
    await visitor.go(path);
    assert.equal(await visitor.meter.innerText(), '1,244 credits');
    await looksRight(visitor.page, path);
  }
});
