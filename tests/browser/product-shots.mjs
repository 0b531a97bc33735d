// The landing page's pictures of the product, taken of the product: node tests/browser/product-shots.mjs
// Run it when the studio, the gallery or billing look different. SAFELIGHT_BIN names the binary, CHROMIUM the browser.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, peers, repository } from './lib/peers.mjs';
import { webp } from './lib/webp.mjs';

const binary = process.env.SAFELIGHT_BIN ?? join(peers, 'safelight');
const out = join(repository, 'crates/web/static/img/shots');
const dir = mkdtempSync(join(tmpdir(), 'safelight-shots-'));
mkdirSync(out, { recursive: true });
writeFileSync(join(dir, 'safelight.toml'), 'signup_bonus = 50\n[painter]\nseconds = [3.0, 16.0]\n');

const demo = spawn(binary, ['--config', join(dir, 'safelight.toml'), 'demo', '--dir', join(dir, 'demo')], { env: { PATH: process.env.PATH } });
process.on('exit', () => { demo.kill('SIGKILL'); rmSync(dir, { recursive: true, force: true }); });
const link = await new Promise((done, failed) => {
  let said = '';
  demo.stdout.on('data', (piece) => {
    said += piece;
    const found = /http:\S+\/sign-in\/link\/\S+/.exec(said);
    if (found) done(found[0]);
  });
  demo.on('exit', () => failed(new Error(`the demo ended: ${said}`)));
});

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, reducedMotion: 'reduce', locale: 'en-GB' });
context.setDefaultTimeout(30_000);
const page = await context.newPage();
const packer = await context.newPage();
const here = new URL(link).origin;

const shown = () => page.waitForFunction(() => !document.querySelector('.pic.is-waiting .sharp:not([loading])') && [...document.images].every((image) => image.complete || !image.checkVisibility()));
// Without the bar: the picture is of the product, whatever it is called.
const clip = { x: 0, y: 57, width: 1280, height: 800 };
async function shoot(name) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await page.evaluate(() => document.activeElement.blur());
    await shown();
    writeFileSync(join(out, `${name}-${theme}.webp`), await webp(packer, await page.screenshot({ clip }), 0.8));
  }
}

await page.goto(link);
await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
await page.waitForURL('**/studio');
const ask = async (prompt, count) => {
  await page.getByLabel('Prompt', { exact: true }).fill(prompt);
  await page.locator('input[name="size"][value="landscape_4_3"]').check({ force: true });
  await page.locator(`input[name="count"][value="${count}"]`).check({ force: true });
  await page.getByRole('button', { name: /^Generate/ }).click();
  await page.locator('#stage-h', { hasText: prompt }).waitFor();
};
const over = () => page.waitForFunction(() => !document.querySelector('[data-busy]'), null, { timeout: 60_000 });

await page.goto(`${here}/gallery`);
const boxes = page.getByRole('checkbox', { name: /^Select/ });
for (const n of [3, 7]) await boxes.nth(n).check({ force: true });
await page.getByRole('button', { name: /trash/i }).last().click();
await page.getByText(/moved to trash/).waitFor();
await page.evaluate(() => scrollTo(0, 0));
await shoot('gallery');

// So that there is something to say of how long one usually takes, and one that came back.
await page.goto(`${here}/studio`);
await ask('A calm sea under a pale sun, thin haze', 4);
await over();
await ask('Paper dunes in warm light, one long shadow', 4);
await page.getByRole('button', { name: /^(Stop|Cancel) picture 4/ }).click();
await over();
await ask('Silk in coral and teal, folds catching the light', 4);
await page.waitForFunction(() => document.querySelectorAll('.slot.ready').length === 2, null, { timeout: 60_000 });
await page.evaluate(() => scrollTo(0, 0));
await shoot('studio');
await over();

await page.goto(`${here}/billing`);
await page.getByText(/return/i).first().waitFor();
await shoot('billing');
await browser.close();
process.exit(0);
