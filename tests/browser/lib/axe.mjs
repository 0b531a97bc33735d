// axe-core, brought in by the debugger so that the pages' own content policy stays as it is.
import { axeSource } from './peers.mjs';

/** The conformance we promise. */
const promised = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
/** What a change of theme can break: a theme is colours and nothing else. */
const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** What axe finds wrong on the page as it stands: one line a node. The page must run scripts. */
export async function findings(page, { onlyColours = false } = {}) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  const { violations, passes, incomplete } = await page.evaluate(
    (runOnly) => globalThis.axe.run(document, { runOnly }),
    onlyColours ? colours : promised,
  );
  if (passes.length + violations.length + incomplete.length === 0) throw new Error('axe checked nothing');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary.replaceAll(/\s+/g, ' ')}`));
}
