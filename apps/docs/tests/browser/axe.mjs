/* global document -- in the page */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = new Set(['serious', 'critical']);
/** Names that do not say what is seen are an experiment of axe-core's, but Lighthouse reports them. */
const ALSO = ['label-content-name-mismatch'];

/**
 * What VitePress writes around its search box, found by axe-core there and nowhere else: the box is a button that holds an input,
 * results are options that hold links, named by their path of headings.
 */
export const KNOWN_OF_SEARCH_BOX = ['nested-interactive', 'label-content-name-mismatch'];

/**
 * Serious and critical findings of axe-core, a line each.
 * @param {import('playwright-core').Page} page
 * @param {{ only?: string[], not?: string[] }} options rules to run, or not to run; without them, all
 */
export async function graveFindings(page, { only, not = [] } = {}) {
  // By the debugger rather than by a script element, which a page's own policy may forbid.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(source);
  const options = only
    ? { runOnly: { type: 'rule', values: only } }
    : { rules: Object.fromEntries([...ALSO, ...not].map((rule) => [rule, { enabled: !not.includes(rule) }])) };
  const { violations } = await page.evaluate((given) => globalThis.axe.run(document, given), {
    ...options,
    resultTypes: ['violations'],
  });
  return violations
    .filter(({ impact }) => GRAVE.has(impact))
    .map(
      ({ id, impact, help, nodes }) =>
        `${id} (${impact}): ${help}: ${nodes
          .map(({ target }) => target.join(' '))
          .slice(0, 3)
          .join(', ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`,
    );
}

/** What is different when only colours are. */
export const graveContrast = (page) => graveFindings(page, { only: ['color-contrast', 'link-in-text-block'] });
