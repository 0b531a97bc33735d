// Going about by keyboard alone; a focus nobody can see is a failure.
import assert from 'node:assert/strict';

export const focused = (locator) =>
  locator.evaluateAll((found) => found.includes(document.activeElement));

/** Presses Tab until one of these has the focus. */
export async function tabTo(page, locator, most = 120) {
  for (let presses = 0; presses < most; presses += 1) {
    if (await focused(locator)) return assertVisible(page);
    await page.keyboard.press('Tab');
  }
  assert.fail(`${most} tabs do not get to ${locator}`);
}

/** Presses Tab, expecting to see at every stop where one is. */
async function assertVisible(page) {
  const seen = await page.evaluate(() => {
    const ring = (element) => {
      const style = getComputedStyle(element);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    };
    const element = document.activeElement;
    return ring(element) || ring(element.parentElement);
  });
  assert.ok(seen, 'the focus cannot be seen');
}
