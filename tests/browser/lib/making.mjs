// The studio's page as a person uses it: words and roles, not markup.
import assert from 'node:assert/strict';

export const prompts = {
  lighthouse: 'A lighthouse at first light, a calm sea and thin fog',
  owl: 'Linocut of an owl, the moon behind it',
};

/** Fills the composer in, and leaves alone what is not named. */
export async function fill(page, { prompt, count, size, model, seed, folder } = {}) {
  const form = page.getByRole('form', { name: 'New pictures' });
  if (prompt !== undefined) await form.getByLabel('Prompt', { exact: true }).fill(prompt);
  const choose = async (group, name) => {
    const radio = form.getByRole('group', { name: group, exact: true }).getByRole('radio', { name });
    await reach(form, radio);
    await radio.check();
  };
  if (model) await choose('Model', model);
  if (size) await choose('Size', size);
  if (count) await choose('Pictures', String(count));
  if (seed !== undefined) {
    await reach(form, form.getByLabel('Seed', { exact: true }));
    await form.getByLabel('Seed', { exact: true }).fill(seed);
  }
  if (folder) {
    await reach(form, form.getByLabel('Save to'));
    await form.getByLabel('Save to').selectOption({ label: folder });
  }
}

/** On a small screen the settings are folded away. */
async function reach(form, field) {
  if (!(await field.isVisible())) await form.locator('details.settings > summary').click();
}

export const generate = (page) => page.getByRole('button', { name: /^Generate \d/ });

/** Where the pictures of one prompt come up. */
export const stage = (page, prompt) => page.getByRole('region', { name: prompt });
export const slots = (page, prompt) => stage(page, prompt).getByRole('listitem');
export const pictures = (page, prompt) => stage(page, prompt).getByRole('img', { name: prompt });

/** Presses the button and waits until the request was taken. */
export async function ask(page, order) {
  await fill(page, order);
  await generate(page).click();
  await stage(page, order.prompt).getByRole('listitem').first().waitFor();
}

/** Waits until nothing on the stage is unfinished, as a screen reader would hear it. */
export async function finished(page, prompt, count = 4) {
  await page.waitForFunction(
    ([prompt, count]) => {
      const stage = [...document.querySelectorAll('section')].find((s) => s.querySelector('h2')?.textContent === prompt);
      const slots = [...(stage?.querySelectorAll('li') ?? [])];
      return slots.length === count && slots.every((slot) => slot.ariaBusy !== 'true');
    },
    [prompt, count],
    { timeout: 40_000 },
  );
  assert.equal(await slots(page, prompt).count(), count);
}

/** Every picture shown is whole, and comes from here. */
export async function whole(page, prompt) {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));
  const widths = await pictures(page, prompt).evaluateAll((images) => images.map((image) => image.naturalWidth));
  assert.ok(widths.every((width) => width > 0), `broken pictures: ${widths}`);
}
