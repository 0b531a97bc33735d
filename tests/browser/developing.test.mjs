// While pictures develop: nothing moves but what lies on the paper, and the page is accessible all along.
import { looksRight, steady } from './lib/inspect.mjs';
import { ask, finished, prompts, stage } from './lib/making.mjs';
import { openStudio } from './lib/studio.mjs';

const studio = await openStudio({ painter: [1, 3] });
const { journey, place } = studio;

for (const [device, width, height] of [['a desk', 1280, 860], ['a phone', 390, 844]]) {
  journey(`the layout keeps still while pictures come up, on ${device}`, async (arrive) => {
    const email = `still-${width}@example.com`;
    await place.account(email, 10);
    const { page } = await (await arrive({ width, height })).signIn(email);
    await page.goto('/studio');
    await ask(page, { prompt: prompts.lighthouse, count: 4 });
    // From here on nobody touches anything: every shift counts.
    const still = await steady(page);
    await page.reload();
    await finished(page, prompts.lighthouse);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));
    await still();
  });
}

journey('developing pictures are accessible', async (arrive) => {
  await place.account('axe@example.com', 10);
  const { page } = await (await arrive({ calm: true })).signIn('axe@example.com');
  await ask(page, { prompt: prompts.owl, count: 4 });
  await stage(page, prompts.owl).locator('[aria-busy="true"]').first().waitFor();
  await looksRight(page, 'developing');
});
