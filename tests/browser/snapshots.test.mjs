// Pages look as they did when somebody last looked. After a change that is meant: UPDATE_SNAPSHOTS=1, and look at every picture.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { furnished, open } from './lib/pages.mjs';
import { peers, repository } from './lib/peers.mjs';
import { holds } from './lib/snapshot.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [0.02, 0.1] });
const { journey } = studio;
const ours = await furnished(studio, 'ada@example.org');
const kept = join(repository, 'tests/browser/snapshots');
const seen = join(peers, 'snapshots');

const anybodys = ['landing', 'pricing', 'sign-in', 'not-found'];
const members = ['studio', 'generation', 'gallery', 'gallery-trash', 'image', 'billing', 'account'];
const manners = [
  ['1280-light', { width: 1280, theme: 'light' }],
  ['1280-dark', { width: 1280, theme: 'dark' }],
  ['390-light', { width: 390, height: 844, theme: 'light' }],
  ['390-dark', { width: 390, height: 844, theme: 'dark' }],
];

async function still(visitor, path) {
  await visitor.go(path);
  await visitor.page.evaluate(() => document.fonts.ready);
  await visitor.page.waitForFunction(() => [...document.images].every((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return image.complete || top > innerHeight || bottom < 0 || !image.checkVisibility();
  }));
  // Of two pictures that were asked for together, either may be first. Their places are looked at, not they.
  await visitor.page.evaluate(() => { for (const pic of document.querySelectorAll('main .pic')) pic.style.opacity = '0'; });
  return visitor.page.screenshot({ animations: 'disabled' });
}

for (const [manner, look] of manners) {
  journey(`pages look as they did, ${manner}`, async (arrive) => {
    const anybody = await arrive({ ...look, calm: true });
    const member = await (await arrive({ ...look, calm: true })).signIn('ada@example.org');
    const scratch = await (await arrive()).context.newPage();
    const wrong = [];
    for (const [visitor, names, pages] of [[anybody, anybodys, open], [member, members, ours]]) {
      for (const name of names) {
        const [, path] = pages.find(([other]) => other === name);
        wrong.push(await holds(scratch, await still(visitor, path), join(kept, `${name}-${manner}.png`), seen));
      }
    }
    assert.deepEqual(wrong.filter(Boolean), []);
  });
}

journey('a page without its button does not look as it did', async (arrive) => {
  if (process.env.UPDATE_SNAPSHOTS === '1') return;
  const member = await (await arrive({ calm: true })).signIn('ada@example.org');
  const scratch = await (await arrive()).context.newPage();
  await still(member, '/studio');
  await member.page.evaluate(() => { for (const button of document.querySelectorAll('main button, main .button, main fieldset')) button.remove(); });
  const png = await member.page.screenshot({ animations: 'disabled' });
  assert.match(await holds(scratch, png, join(kept, 'studio-1280-light.png'), seen), /dots differ/);
});
