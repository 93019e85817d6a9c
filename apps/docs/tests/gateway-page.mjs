// The page of the gateway, as `serve --demo` shows it, in a real browser. Needs Chromium or Chrome (see browser/chromium.mjs).
//
//   node apps/docs/tests/gateway-page.mjs [--shots DIR]
//
// --shots: pictures of the page, in light and dark, at a desk and on a small phone.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Checks, assert } from '../../../tools/lib/checks.mjs';
import { graveContrast, graveFindings } from './browser/axe.mjs';
import { openChromium } from './browser/chromium.mjs';
import { KEY, openKeyedGateway } from './browser/keyed-gateway.mjs';
import { openDemoGateway } from './browser/demo-gateway.mjs';
import { tooWide, WIDE, withPage } from './browser/visit.mjs';

const SMALL = { width: 360, height: 740 };
/** Queries per minute: enough that something is soon seen. */
const TRAFFIC = 120;
/** A prompt that would run, and be seen, if it became markup. */
const HOSTILE = '<img src=x onerror="document.title=\'hostile\'"><b id="hostile">What is 17 * 3?</b>';

const { values: options } = parseArgs({ options: { shots: { type: 'string' } } });

const openPage = (page, origin) => page.goto(`${origin}/`, { waitUntil: 'load' });
const decisions = (page) => page.locator('#list .decision');
const shot = async (page, name) => {
  if (options.shots) await page.screenshot({ path: join(options.shots, `${name}.png`), fullPage: true });
};
/** Fails with what went wrong on the page meanwhile. */
const assertQuiet = (problems) => assert(problems.length === 0, problems.join('; '));

const decisionsAppear = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await decisions(page).first().waitFor();
    const [before] = await decisions(page).allTextContents();
    await decisions(page).nth(4).waitFor();
    const [after] = await decisions(page).allTextContents();
    assert(before !== after, 'the newest decision does not stand first');
    assert(/sim-[\w-]+score .*runner-up .*attempt/s.test(after), `a decision says ${after}`);
    const note = await page.locator('#note').textContent();
    assert(/Sample traffic/.test(note), `the note says ${note}`);
    assert((await page.locator('#endpoints li').count()) === 8, 'not all endpoints are shown');
    await page.getByText('Reasons, ranking, attempts').first().click();
    await page.locator('#list table').first().waitFor();
    await page.waitForTimeout(2_500);
    assert(await page.locator('#list details[open]').isVisible(), 'what was opened is folded again');
    assertQuiet(problems);
    return `${await decisions(page).count()} seen`;
  });

const queryIsTried = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await page.getByRole('textbox', { name: 'Query' }).fill(HOSTILE);
    await page.getByRole('button', { name: 'Show the decision' }).click();
    await page.locator('#result table').waitFor();
    const chosen = await page.locator('#result .chosen').textContent();
    assert(/^sim-/.test(chosen), `chosen is ${chosen}`);
    await page.getByRole('button', { name: 'Get the answer' }).click();
    await page.locator('#result .answer', { hasText: '17 * 3 = 51.' }).waitFor();
    await page.locator('#list .query', { hasText: HOSTILE }).first().waitFor();
    assert((await page.title()) === 'RouteProfile gateway', 'a prompt has run');
    assert((await page.locator('#hostile').count()) === 0, 'a prompt has become markup');
    assertQuiet(problems);
    return chosen;
  });

/** Everything can be done by keys, in the order in which it is read; what moves can be stopped. */
const byKeyboard = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await decisions(page).first().waitFor();
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.className');
    const stops = [];
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('Tab');
      stops.push(await focused());
      if (stops.at(-1) === 'pause') await page.keyboard.press('Enter');
    }
    assert(stops.join(' ') === 'skip pause query model decide answer', `Tab goes to ${stops.join(', ')}`);
    assert((await page.locator('#live').textContent()) === 'Paused.', 'Pause does not pause');
    const held = await decisions(page).count();
    await page.waitForTimeout(2_500);
    assert((await decisions(page).count()) === held, 'the list moves while it is paused');
    await page.locator('#decide').focus();
    await page.keyboard.press('Enter');
    await page.locator('#result table').waitFor();
    assertQuiet(problems);
  });

/** What axe-core finds in light, in dark, and on a phone of 360 px. */
const isAccessible = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await decisions(page).nth(7).waitFor();
    await page.getByText('Reasons, ranking, attempts').first().click();
    await page.getByRole('button', { name: 'Show the decision' }).click();
    await page.locator('#result table').waitFor();
    const found = [...(await graveFindings(page))];
    await shot(page, 'desk-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    found.push(...(await graveContrast(page)));
    await shot(page, 'desk-dark');
    await page.setViewportSize(SMALL);
    found.push(...(await graveFindings(page)));
    const wide = await tooWide(page);
    await shot(page, 'phone-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await shot(page, 'phone-light');
    assert(found.length === 0, found.join('; '));
    assert(wide === null, wide);
    assertQuiet(problems);
  });

/** With keys the page knows nothing before it has one, and then what is that key's. */
async function asksForKey(browser) {
  const keyed = await openKeyedGateway();
  try {
    return await withPage(browser, keyed, async (page, problems) => {
      await openPage(page, keyed.origin);
      const field = page.getByLabel('Key of the gateway');
      await field.waitFor();
      assert((await decisions(page).count()) === 0, 'decisions are shown before there is a key');
      await shot(page, 'key');
      const found = await graveFindings(page);
      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('The key is missing or wrong.').waitFor();
      await field.fill(KEY);
      await page.keyboard.press('Enter');
      await decisions(page).nth(1).waitFor();
      assert(!(await page.content()).includes('a secret of team b'), 'what is of others is shown');
      const tiles = await page.locator('#spend').innerText();
      for (const part of [
        '$0.25',
        'the cost of 1 is not known',
        'always large, estimated',
        '75 %',
        '$0.75, over 1 of 2 decisions',
      ])
        assert(tiles.includes(part), `the tiles lack '${part}': ${tiles}`);
      await page.getByRole('button', { name: 'Get the answer' }).click();
      await page.locator('#result .answer', { hasText: 'Fifty-one.' }).waitFor();
      await page.getByText('answered by small (gone: auth)').waitFor();
      const out = await page.locator('#endpoints li', { hasText: 'gone' }).innerText();
      assert(/out.*auth; not asked until the configuration is loaded again/s.test(out), `the endpoint says ${out}`);
      found.push(...(await graveFindings(page)));
      assert(found.length === 0, found.join('; '));
      // Without a key, and with a wrong one, the gateway refuses; the browser writes that on the console.
      assertQuiet(problems.filter((problem) => !/\b401\b/.test(problem)));
    });
  } finally {
    await keyed.close();
  }
}

const checks = new Checks();
const browser = await openChromium().catch(({ message }) => {
  console.error(message);
  process.exit(1);
});
const demo = await openDemoGateway(TRAFFIC);
const of = { ...demo, viewport: WIDE };
try {
  await checks.check('gateway page: decisions appear', () => decisionsAppear(browser, of));
  await checks.check('gateway page: a query is decided on and answered, as text', () => queryIsTried(browser, of));
  await checks.check('gateway page: by keyboard', () => byKeyboard(browser, of));
  await checks.check('gateway page: asks for a key, and shows what is its own', () => asksForKey(browser));
  await checks.check('gateway page: axe-core, light, dark, 360 px', () => isAccessible(browser, of));
} finally {
  await browser.close();
  await checks.check('serve --demo ends when it is told to', async () => {
    const code = await demo.close();
    assert(code === 0, `it ended with ${code}`);
  });
}
process.exit(checks.end());
