/* global document, MutationObserver -- in the page */
import { assert } from '../../../../tools/lib/checks.mjs';
import { graveContrast, graveFindings } from './axe.mjs';
import { inScheme, withPage } from './visit.mjs';

const QUERY = 'A train travels 60 miles in 1.5 hours. What is its average speed in miles per hour?';
const MINUTE = 60_000;

const hook = (page, name) => page.getByTestId(name);
const textOf = async (page, name) => (await hook(page, name).innerText()).trim();
const rowsOf = (page, name) => hook(page, name).locator('tbody tr');

/** Waits until the page has routed. */
async function routed(page) {
  await page.waitForFunction(
    () => /^(ready|failed)$/.test(document.querySelector('[data-testid=status]')?.textContent ?? ''),
    null,
    { timeout: MINUTE },
  );
  const status = await textOf(page, 'status');
  assert(status === 'ready', `the page says: ${await page.locator('p.status').first().innerText()}`);
}

/** Resolves when the page is no longer ready, as it has noticed a change; rejects when it has not in that time. */
function noticesChange(milliseconds) {
  const status = document.querySelector('[data-testid=status]');
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('the page does not route again')), milliseconds);
    new MutationObserver(() => status.textContent !== 'ready' && resolve()).observe(status, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
}

/** Waits until the page has routed again after a change: a query is not read at every key. */
async function routedAgain(page, change) {
  const noticed = page.evaluate(noticesChange, MINUTE);
  await Promise.all([noticed, change()]);
  await routed(page);
}

/** Opens the interactive page and waits for its first answer. */
const withPlayground = (browser, site, body) =>
  withPage(browser, site, async (page, problems) => {
    await page.goto(`${site.origin}/playground`);
    await routed(page);
    const said = await body(page);
    assert(problems.length === 0, problems.join('\n     '));
    return said;
  });

async function assertNoGrave(page, when) {
  const light = await graveFindings(page);
  await inScheme(page, 'dark');
  const dark = await graveContrast(page);
  await inScheme(page, 'light');
  assert(light.length + dark.length === 0, `${when}: ${[...light, ...dark].join('; ')}`);
}

/** The model that the table of scores marks. */
const marked = (page) => rowsOf(page, 'scores').and(page.locator('.chosen')).locator('th').innerText();

async function assertWhole(page) {
  const models = await page.getByTestId('scores').locator('tbody th').allInnerTexts();
  const choice = await textOf(page, 'choice');
  assert(models.length === 8, `${models.length} models are scored, not 8`);
  assert((await marked(page)).startsWith(choice), `the choice is ${choice}, the table marks ${await marked(page)}`);
  const chances = await rowsOf(page, 'scores').locator('td .value').allInnerTexts();
  assert(
    chances.every((text) => /^\d+(\.\d+)? ?%$/.test(text)),
    `chances are ${chances.join(', ')}`,
  );
  const cosines = (await rowsOf(page, 'neighbours').locator('td:first-child').allInnerTexts()).map(Number);
  assert(
    cosines.length > 0 && cosines.every((cosine, i) => cosine <= (cosines[i - 1] ?? 1.005)),
    `cosines of the neighbours are ${cosines.join(', ')}`,
  );
  const shares = (await rowsOf(page, 'tasks').locator('td .value').allInnerTexts()).map(parseFloat);
  const sum = shares.reduce((total, share) => total + share, 0);
  assert(Math.abs(sum - 100) <= shares.length / 2, `shares of the tasks sum to ${sum} %`);
}

/** A query typed by hand is routed, and all that decided it is shown. */
export const routesTypedQuery = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    await assertWhole(page);
    const before = await rowsOf(page, 'neighbours').first().innerText();
    await routedAgain(page, () => hook(page, 'query').fill(QUERY));
    await assertWhole(page);
    assert(
      (await rowsOf(page, 'neighbours').first().innerText()) !== before,
      'another query has the same nearest training query',
    );
    await assertNoGrave(page, 'with an answer');
    return `${await textOf(page, 'choice')}, nearest: ${(await rowsOf(page, 'neighbours').first().locator('.question').innerText()).slice(0, 60)}`;
  });

export const otherRouter = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    const scores = () => rowsOf(page, 'scores').allInnerTexts();
    const before = (await scores()).join('\n');
    await routedAgain(page, () => hook(page, 'router').selectOption('knn'));
    await assertWhole(page);
    assert((await scores()).join('\n') !== before, 'knn shows the scores of the router before it');
    return `knn chooses ${await textOf(page, 'choice')}`;
  });

/**
 * The cost weight λ moves the choice, by the arrow keys: to a model that costs less, and back with Home. Only keys are used: query,
 * slider and tables are reached with Tab.
 */
export const sliderByKeyboard = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    await tabTo(page, 'query');
    await routedAgain(page, async () => {
      await page.keyboard.press('Control+a');
      await page.keyboard.type(QUERY);
      await page.keyboard.press('Enter');
    });
    const slider = await tabTo(page, 'lambda');
    const dollars = async () =>
      Number(
        (await rowsOf(page, 'scores').and(page.locator('.chosen')).locator('td').nth(1).innerText()).replace(
          /[^\d.]/g,
          '',
        ),
      );
    const first = { choice: await textOf(page, 'choice'), dollars: await dollars() };
    const steps = Number(await slider.getAttribute('max'));
    const passed = [first.choice];
    let moved = null;
    for (let i = 1; i <= steps; i++) {
      await page.keyboard.press('ArrowRight');
      const choice = await textOf(page, 'choice');
      if (choice === passed.at(-1)) continue;
      assert((await slider.getAttribute('aria-valuetext')).includes(choice), 'the slider does not tell the choice');
      await assertWhole(page);
      moved ??= { choice, position: i };
      passed.push(choice);
    }
    const position = Number(await slider.inputValue());
    assert(position === steps, `${steps} keys moved the slider to ${position}`);
    assert(moved !== null, `the choice stays ${first.choice} at every position`);
    assert((await dollars()) < first.dollars, `the last choice costs ${await dollars()}, the first ${first.dollars}`);
    await page.keyboard.press('Home');
    assert((await textOf(page, 'choice')) === first.choice, 'at the start again, the choice is another');
    return `${passed.join(' → ')}; the first change at position ${moved.position} of ${steps}`;
  });

async function tabTo(page, name) {
  const LIMIT = 120;
  for (let i = 0; i < LIMIT; i++) {
    await page.keyboard.press('Tab');
    if (await hook(page, name).evaluate((element) => element === document.activeElement)) return hook(page, name);
  }
  throw new Error(`${LIMIT} times Tab do not reach ${name}`);
}

/** The explorer shows the cells of the chosen dimension, and no others. */
export const explorerFilters = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    const explorer = hook(page, 'explorer');
    const rows = explorer.locator('tbody tr');
    const all = await rows.count();
    await explorer.getByLabel('Router').selectOption('graph');
    const names = await rows.locator('th').allInnerTexts();
    assert(
      names.length > 0 && names.length < all && names.every((name) => /× graph/.test(name)),
      `of ${all} cells, ${names.join(', ')}`,
    );
    await explorer.getByLabel('Hops').selectOption('2');
    const both = await rows.locator('th').allInnerTexts();
    assert(
      both.length > 0 && both.length < names.length,
      `of ${names.length} cells of graph, ${both.length} have 2 hops`,
    );
    await explorer.getByRole('button', { name: 'Show all' }).click();
    assert((await rows.count()) === all, 'Show all does not show all');
    const figures = async () => (await rows.locator('td.number:nth-of-type(5)').allInnerTexts()).join();
    const before = await figures();
    await explorer.getByLabel('Metric').selectOption({ index: 3 });
    assert((await figures()) !== before, 'another metric shows the same figures');
    return `${all} cells, ${names.length} of them with graph, ${both.length} of those with 2 hops`;
  });

/** The encoder's download shows its progress, and stops when told to. */
export const cancelsUseLite = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    const progress = hook(page, 'progress');
    // One file never comes, so that there is something to cancel, however late the second click.
    await page.route('**/group1-shard7of7-*.bin', () => {});
    await hook(page, 'use-lite').click();
    await progress.waitFor();
    await hook(page, 'use-lite').click();
    await progress.waitFor({ state: 'hidden', timeout: MINUTE });
    assert((await hook(page, 'encoder').inputValue()) === 'static-hash', 'cancelled, and still another encoder');
    const note = await page.locator('.loader .note').innerText();
    assert(note === 'cancelled', `cancelled, and the page says: ${note}`);
  });

/** Loaded to the end and routed with, its progress shown on the way. */
export const loadsUseLite = (browser, site) =>
  withPlayground(browser, site, async (page) => {
    const button = hook(page, 'use-lite');
    const progress = hook(page, 'progress');
    const shares = [];
    await page.exposeFunction('noteShare', (share) => shares.push(share));
    await progress.evaluate((element) =>
      new MutationObserver(() => globalThis.noteShare(element.value)).observe(element, { attributes: true }),
    );
    const started = performance.now();
    await button.click();
    await progress.waitFor();
    await progress.waitFor({ state: 'hidden', timeout: 2 * MINUTE });
    assert(
      (await hook(page, 'encoder').inputValue()) === 'use-lite',
      `not loaded: ${await page.locator('p.status').first().innerText()}`,
    );
    await routed(page);
    await assertWhole(page);
    const seen = new Set(shares.filter((share) => share > 0 && share < 1)).size;
    assert(seen > 3, `the progress bar stood at ${seen} places only`);
    await assertNoGrave(page, 'with use-lite');
    return `in ${((performance.now() - started) / 1000).toFixed(1)} s, ${seen} steps of progress, ${await textOf(page, 'choice')}`;
  });
