// Pictures of every page for people to look at, into .peers/shots; not a test.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { peers } from './lib/peers.mjs';
import { open } from './lib/pages.mjs';
import { mailed } from './lib/outbox.mjs';
import { openStudio } from './lib/studio.mjs';

const dir = join(peers, 'shots');
mkdirSync(dir, { recursive: true });
const studio = await openStudio({ config: 'signup_bonus = 10\n[actions]\nexport = 2\n' });

const manners = [
  ['1280-light', { width: 1280, theme: 'light' }],
  ['1280-dark', { width: 1280, theme: 'dark' }],
  ['390-dark', { width: 390, height: 844, theme: 'dark' }],
];

for (const [manner, look] of manners) {
  studio.journey(`pictures of the open pages, ${manner}`, async (arrive) => {
    const visitor = await arrive({ ...look, calm: true });
    const { page } = visitor;
    const shoot = (name) => page.screenshot({ path: join(dir, `${name}-${manner}.png`), fullPage: true });
    for (const [name, path] of open) {
      await visitor.go(path);
      await shoot(name);
    }
    const email = `ada-${manner}@example.org`;
    await visitor.go('/sign-in');
    await page.getByLabel('E-mail').fill(email);
    await page.getByRole('button', { name: 'Send the code' }).click();
    await page.getByLabel('Code').fill('AAAA-AAAA');
    await shoot('sign-in-code');
    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await shoot('sign-in-wrong');
    const { link } = await mailed(visitor, email);
    await visitor.go('/dev/outbox');
    await shoot('outbox-mail');
    await page.goto(link);
    await shoot('sign-in-link-mine');
  });
}
