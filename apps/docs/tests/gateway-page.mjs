// The page of the gateway, as `serve --demo` shows it, in a real browser. Needs Chromium or Chrome (see browser/chromium.mjs).
//
//   node apps/docs/tests/gateway-page.mjs [--shots DIR]
//
// --shots: pictures of the page and of one decision, in light and dark, at a desk and on a small phone.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Checks, assert } from '../../../tools/lib/checks.mjs';
import { graveContrast, graveFindings } from './browser/axe.mjs';
import { openChromium } from './browser/chromium.mjs';
import { KEY, openKeyedGateway } from './browser/keyed-gateway.mjs';
import { openDemoGateway } from './browser/demo-gateway.mjs';
import { PATIENCE, tooWide, WIDE, withPage } from './browser/visit.mjs';

/** Milliseconds between two looks of the page at the gateway. */
const LOOKS_EVERY_MS = 2_000;
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
/** The page's looks at the gateway from now on: how many begin, and how many have been answered. */
function looksOf(page) {
  const looks = { begun: 0, answered: 0 };
  const counts = (request) => /\/v1\/(overview|decisions\?)/.test(request.url());
  page.on('request', (request) => counts(request) && looks.begun++);
  for (const end of ['requestfinished', 'requestfailed'])
    page.on(end, (request) => counts(request) && looks.answered++);
  return looks;
}
/** Waits for what is counted outside of the page. */
async function until(page, condition, what) {
  const late = performance.now() + PATIENCE;
  while (!condition()) {
    assert(performance.now() < late, `${what}, ${PATIENCE / 1000} s later`);
    await page.waitForTimeout(50);
  }
}
/** Fails with what went wrong on the page meanwhile. */
const assertQuiet = (problems) => assert(problems.length === 0, problems.join('; '));

const assertRows = (rows, expected) =>
  assert(JSON.stringify(rows) === JSON.stringify(expected), `the table says ${JSON.stringify(rows)}`);

/** With spaces that break, as they are written here. */
const plain = (text) => text.replaceAll('\u00a0', ' ');
const rowsOf = async (page, id) =>
  (await page.locator(`#${id} tbody tr`).allInnerTexts()).map((row) =>
    plain(row)
      .split('\t')
      .map((cell) => cell.trim()),
  );

const decisionsAppear = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    const before = await decisions(page).first().elementHandle();
    // However many are there at the first look: a new one comes before them.
    await page.waitForFunction((item) => item !== item.parentElement?.firstElementChild, before);
    await decisions(page).nth(4).waitFor();
    const after = await decisions(page).first().textContent();
    assert(/sim-[\w-]+score .*runner-up .*attempt/s.test(after), `a decision says ${after}`);
    const note = await page.locator('#note').textContent();
    assert(/Sample traffic/.test(note), `the note says ${note}`);
    assert((await page.locator('#endpoints li').count()) === 8, 'not all endpoints are shown');
    await page.locator('#routes tbody tr', { hasText: 'default' }).waitFor();
    const shares = await page.locator('#shares tbody tr').allInnerTexts();
    assert(shares.length > 1 && shares.every((row) => /^sim-.*\d+\s%/s.test(row)), `the models' shares say ${shares}`);
    assert(await page.locator('#quality').isHidden(), 'there is quality without feedback');
    assertQuiet(problems);
    return `${await decisions(page).count()} seen`;
  });

/** One decision whole, judged by hand; what was said of it shows in the figures. */
const decisionIsOpened = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await decisions(page).first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    // What is under way when the page is paused may still put another decision first.
    const button = await page.getByRole('button', { name: 'The whole decision' }).first().elementHandle();
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'The whole decision' });
    for (const caption of ['Ranking', 'Attempts']) await dialog.getByRole('region', { name: caption }).waitFor();
    const text = plain(await dialog.innerText());
    for (const part of [
      ...['Chosen', 'with a chance of 100 %', 'Would have cost', '(estimated)', 'Reasons', 'tokens out'],
      'Nobody has judged this answer yet.',
    ])
      assert(text.includes(part), `the whole decision lacks '${part}': ${text}`);
    const found = [...(await graveFindings(page))];
    await dialog.getByRole('button', { name: 'No', exact: true }).click();
    await dialog.getByText('Kept: not useful.').waitFor();
    await dialog.getByRole('button', { name: 'Yes' }).click();
    await dialog.getByText('Kept: useful.').waitFor();
    const rows = await dialog.getByRole('region', { name: 'Feedback' }).locator('tbody tr').allInnerTexts();
    assert(rows.length === 1 && /up.*1\.00.*user/s.test(rows[0]), `feedback is ${rows}`);
    await shot(page, 'decision-desk-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(SMALL);
    found.push(...(await graveFindings(page)));
    const wide = await tooWide(page);
    await shot(page, 'decision-phone-dark');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert(await button.evaluate((element) => element === element.ownerDocument.activeElement), 'the focus is lost');
    await page.getByRole('button', { name: 'Go on' }).click();
    const judged = await page.locator('#quality tbody tr').first().innerText();
    assert(/^sim-.*1\.00.*0\.21 to 1\.00.*1.*\$/s.test(judged), `quality says ${judged}`);
    assert(found.length === 0, found.join('; '));
    assert(wide === null, wide);
    assertQuiet(problems);
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
    const looks = looksOf(page);
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
    // A look that was under way may still be shown.
    await until(page, () => looks.answered === looks.begun, 'a look at the gateway has no answer');
    await page.waitForTimeout(500);
    const held = [looks.begun, await decisions(page).count()];
    await page.waitForTimeout(LOOKS_EVERY_MS + 500);
    assert(looks.begun === held[0], 'the page looks at the gateway while it is paused');
    assert((await decisions(page).count()) === held[1], 'the list moves while it is paused');
    await page.locator('#decide').focus();
    await page.keyboard.press('Enter');
    await page.locator('#result table').waitFor();
    assertQuiet(problems);
  });

/** What no demo does, in a gateway's own words: routes that learn, conversations that stay, budgets, changes. */
const SELDOM = {
  learning: [
    {
      ...{ route: 'default', strategy: 'memory', mode: 'shadow', version: 120, observed: 128, waiting: 3 },
      ...{ catchingUp: false, skipped: { 'no-vector': 10, 'fell-back': 2 } },
    },
    {
      ...{ route: 'cheap', strategy: 'memory', mode: 'live', version: 0, observed: 0, waiting: 0 },
      ...{ catchingUp: true, skipped: {} },
    },
  ],
  pins: [
    { model: 'sim-lynx-pro', conversations: 9 },
    { model: 'sim-lynx-nano', conversations: 3 },
  ],
  budgets: [
    { kind: 'route', name: 'cheap', dollars: 20, per: 'month', left: 4.5, renewsInMs: 12 * 86_400_000, lambda: 404.4 },
  ],
  drift: {
    ...{ streams: 40, delta: 0.00005 },
    flags: [{ stream: 'faults:x', of: 'x', at: 0, worse: true, text: 'x fails more: 2 % before, 40 % since' }],
  },
};

const seldomIsShown = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    let looks = 0;
    await page.route('**/v1/overview', async (route) => {
      looks++;
      try {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), ...SELDOM } });
      } catch (error) {
        // The page may be closed while it asks; while it is open its tables would show that nothing came.
        if (!page.isClosed()) throw error;
      }
    });
    await openPage(page, demo.origin);
    await page.locator('#learning tbody tr').first().waitFor();
    assertRows(await rowsOf(page, 'learning'), [
      ['default', 'memory', 'shadow', '128', '120', '3', '10 no-vector, 2 fell-back'],
      ['cheap', 'memory', 'live', '0', '0', 'reads the past', 'none'],
    ]);
    assertRows(await rowsOf(page, 'pins'), [
      ['sim-lynx-pro', '75 %', '9'],
      ['sim-lynx-nano', '25 %', '3'],
    ]);
    const tiles = plain(await page.locator('#spend').innerText());
    for (const part of ['Budget of cheap', '$4.50', 'left of $20.00 per month, whole again in 12 days', '404'])
      assert(tiles.includes(part), `the tiles lack '${part}': ${tiles}`);
    await page.locator('#drift', { hasText: 'x fails more: 2 % before, 40 % since' }).waitFor();
    const region = page.getByRole('region', { name: 'Conversations, per model' });
    await region.focus();
    // Every look begins when the one before it is shown.
    const renewed = looks + 2;
    await until(page, () => looks >= renewed, 'the page does not look at the gateway again');
    assert(await region.evaluate((element) => element.matches(':focus')), 'a table loses the focus as it is renewed');
    const found = [...(await graveFindings(page))];
    await shot(page, 'seldom-desk-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize(SMALL);
    found.push(...(await graveFindings(page)));
    const wide = await tooWide(page);
    await shot(page, 'seldom-phone-dark');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    assert(found.length === 0, found.join('; '));
    assert(wide === null, wide);
    assertQuiet(problems);
  });

/** What axe-core finds in light, in dark, and on a phone of 360 px. */
const isAccessible = (browser, demo) =>
  withPage(browser, demo, async (page, problems) => {
    await openPage(page, demo.origin);
    await decisions(page).nth(7).waitFor();
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
      const tiles = plain(await page.locator('#spend').innerText());
      for (const part of [
        '$0.25',
        'the cost of 1 is not known',
        'always large, estimated',
        '75 %',
        '$0.75, over 1 of 2 decisions',
        'left of $50.00 per day, whole again in',
      ])
        assert(tiles.includes(part), `the tiles lack '${part}': ${tiles}`);
      const window = await page.locator('#window').innerText();
      assert(window === 'Of the last 200 decisions at most of team-a, and of no other key.', `the window is ${window}`);
      assertRows(await rowsOf(page, 'routes'), [
        ['default', '75 %', 'from 10 decisions on', '$0.25', '$1.00', '2 of 2', '1 of 2'],
      ]);
      assertRows(await rowsOf(page, 'quality'), [
        ['large', '0.00', '0.00 to 0.79', '1', 'not known'],
        ['small', '1.00', '0.21 to 1.00', '1', '$0.25'],
      ]);
      assert(await page.locator('#pins').isHidden(), 'conversations are pinned after a restart');
      await page.getByRole('button', { name: 'Get the answer' }).click();
      await page.locator('#result .answer', { hasText: 'Fifty-one.' }).waitFor();
      await page.getByText('answered by small (gone: auth)').waitFor();
      assertRows(await rowsOf(page, 'pins'), [['small', '100 %', '1']]);
      await page.getByRole('button', { name: 'The whole decision' }).last().click();
      await page.getByRole('dialog').getByText('<i>yes</i>').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
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
  await checks.check('gateway page: one decision whole, judged', () => decisionIsOpened(browser, of));
  await checks.check('gateway page: a query is decided on and answered, as text', () => queryIsTried(browser, of));
  await checks.check('gateway page: by keyboard', () => byKeyboard(browser, of));
  await checks.check('gateway page: what is seldom', () => seldomIsShown(browser, of));
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
