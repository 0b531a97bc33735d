// What must hold for any page: accessible in both themes at three widths, narrow enough, light,
// still while it loads.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { findings } from './axe.mjs';

export const widths = [320, 390, 768, 1280];
export const themes = ['light', 'dark'];
const mostScript = 40_000;
const mostStyle = 20_000;
const mostShift = 0.02;

/** Looks at what the visitor's page shows now, in every theme and width. */
export async function looksRight(page, what) {
  const wrong = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 860 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) wrong.push(`${width} px: ${wide} px wider than the window, by ${await culprit(page)}`);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      const found = await findings(page, { onlyColours: theme !== themes[0] });
      wrong.push(...found.map((line) => `${width} px ${theme}: ${line}`));
    }
  }
  assert.deepEqual(wrong, [], what);
}

const culprit = (page) => page.evaluate(() => {
  const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5);
  return wide.slice(-3).map((e) => e.outerHTML.slice(0, 100)).join(' | ');
});

/** Counts what a page loads from now on; `check` holds it against the budget. */
export function weigh(page) {
  const loaded = [];
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    if (kind === 'script' || kind === 'stylesheet') loaded.push({ kind, body: response.body() });
  });
  return async () => {
    const total = { script: 0, stylesheet: 0 };
    for (const { kind, body } of loaded) total[kind] += gzipSync(await body, { level: 9 }).length;
    assert.ok(total.stylesheet > 0, 'no style was loaded: nothing was weighed');
    assert.ok(total.script <= mostScript, `scripts weigh ${total.script} bytes`);
    assert.ok(total.stylesheet <= mostStyle, `styles weigh ${total.stylesheet} bytes`);
    return total;
  };
}

/** Measures layout shift in every page opened from now on; `check` holds it against the budget. */
export async function steady(page) {
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts.push(entry);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return async () => {
    const [total, moved] = await page.evaluate(() => [
      globalThis.shifts.reduce((sum, entry) => sum + entry.value, 0),
      globalThis.shifts.flatMap((e) => e.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? '?')),
    ]);
    assert.ok(total < mostShift, `the layout shifted by ${total.toFixed(4)}: ${moved.join(' | ')}`);
    return total;
  };
}
