// The built site and the HTML reports, as a reader has them in a real browser. Needs Chromium or Chrome (see browser/chromium.mjs).
//
//   node apps/docs/tests/browser.mjs [--dist DIR] [--all]
//
// Every page is opened, but of the API reference only two: its index, and the page of middle length. --all: every page, and the interactive
// page with its large encoder.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Checks, assert } from '../../../tools/lib/checks.mjs';
import { openChromium } from './browser/chromium.mjs';
import { skipLink, tabThrough } from './browser/keyboard.mjs';
import * as playground from './browser/playground.mjs';
import { mapPool } from './browser/pool.mjs';
import { makeReports, readReport } from './browser/reports.mjs';
import { decidesAsInNode } from './browser/saved-router.mjs';
import { searchFinds } from './browser/search.mjs';
import { serveSite } from './browser/server.mjs';
import { shiftInPieces, visit } from './browser/visit.mjs';
import { builtSite, filesIn } from './site.mjs';

/** Opening a page is in part waiting for silence on the network. */
const SIDE_BY_SIDE = 3;
const MAX_SHIFT = 0.1;
const MAX_KB = 500;
/** The interactive page fetches the vectors of its encoder, 4.2 MB, once it is there; its select says how much that is. */
const WITH_ENCODER_KB = 4_700;
const maxKb = (path) => (path === '/playground' ? WITH_ENCODER_KB : MAX_KB);
/** Pages that are loaded on a phone too: one of each kind. */
const MAIN = ['/', '/getting-started', '/guides/cost', '/packages/profiles', '/results', '/playground'];

const { values: options } = parseArgs({
  options: { dist: { type: 'string' }, all: { type: 'boolean', default: false } },
});
const folder = builtSite(options.dist);

/** The address of a page without `.html`, as links of the site have it. */
const addressOf = (file) => `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '$1')}`;

const sizeOf = (file) => statSync(join(folder, file)).size;

function someOfApi(files) {
  const bySize = [...files].sort((a, b) => sizeOf(a) - sizeOf(b));
  return files.filter((file) => file === 'api/index.html' || file === bySize[Math.floor(bySize.length / 2)]);
}

const html = filesIn(folder).filter((file) => file.endsWith('.html') && file !== '404.html');
const api = html.filter((file) => file.startsWith('api/'));
const pages = [...html.filter((file) => !api.includes(file)), ...(options.all ? api : someOfApi(api))].map(addressOf);

/** Fails with a line for everything that one of the items has to say of itself. */
function assertNone(items, problemsOf) {
  const lines = items.flatMap((item) => problemsOf(item).map((problem) => `${item.path ?? item.name}: ${problem}`));
  assert(lines.length === 0, `\n     ${lines.join('\n     ')}`);
  return `${items.length}`;
}

const kb = (bytes) => `${(bytes / 1024).toFixed(0)} KB`;
const over = (value, limit, what) => (value > limit ? [`${what} ${value}`] : []);

async function checkPages(checks, browser, site) {
  let visits = [];
  await checks.check(
    `${pages.length} pages open, ${api.length - pages.filter((path) => path.startsWith('/api/')).length} of the API reference left out`,
    async () => {
      visits = await mapPool(pages, SIDE_BY_SIDE, (path) =>
        visit(browser, site, { path, phoneLoad: MAIN.includes(path) }),
      );
      assert(
        visits.filter(({ phone }) => phone).length === MAIN.length,
        `of the main pages, some are not in the site: ${MAIN.join(', ')}`,
      );
    },
  );
  const each = (name, problemsOf, say) =>
    checks.check(name, () => {
      assert(visits.length > 0, 'no page could be visited');
      assertNone(visits, problemsOf);
      return say?.();
    });
  const ofPath = (path) => visits.find((seen) => seen.path === path);
  const main = () => MAIN.map(ofPath);
  await each('no error on a console, no failed request, nothing asked of other hosts', ({ problems }) => problems);
  await each('nothing blocks in the head', ({ blocking }) => blocking);
  await each(
    `a first visit loads less than ${MAX_KB} KB, gzipped; ${WITH_ENCODER_KB} with an encoder`,
    ({ path, bytes }) => (bytes < maxKb(path) * 1024 ? [] : [kb(bytes)]),
    () => MAIN.map((path) => `${path} ${kb(ofPath(path).bytes)}`).join(', '),
  );
  await each(
    `the layout shifts by less than ${MAX_SHIFT} while a page loads`,
    ({ layoutShift, phoneShift = 0 }) => [
      ...over(layoutShift, MAX_SHIFT, 'at a desk by'),
      ...over(phoneShift, MAX_SHIFT, 'on a phone by'),
    ],
    () =>
      main()
        .map(
          ({ path, layoutShift, phoneShift }) =>
            `${path} ${layoutShift.toFixed(3)}, on a phone ${phoneShift.toFixed(3)}`,
        )
        .join('; '),
  );
  await each('no page scrolls sideways on a phone', ({ overflow }) => (overflow ? [overflow] : []));
  await each('axe-core finds nothing serious, in light', ({ light }) => light);
  await each('nor in dark', ({ dark }) => dark);
  await each('nor on a phone', ({ phone = [] }) => phone);
}

async function movesLittle(browser, site) {
  const shift = await shiftInPieces(browser, site, '/getting-started');
  assert(shift <= MAX_SHIFT, `it moves by ${shift}`);
  return shift.toFixed(3);
}

/** What is done on pages, a few at a time. */
function checkBehaviour(checks, browser, site) {
  const behaviour = [
    ['interactive page: the slider changes the choice, keys alone', playground.sliderByKeyboard],
    ['interactive page: routes a typed query', playground.routesTypedQuery],
    ['interactive page: another router', playground.otherRouter],
    ['interactive page: the explorer filters', playground.explorerFilters],
    ['interactive page: use-lite begins to load, and can be cancelled', playground.cancelsUseLite],
    ...(options.all ? [['interactive page: use-lite loads, and routes', playground.loadsUseLite]] : []),
    ['saved routers decide in a page and in its worker as in Node', decidesAsInNode],
    [`a page that comes in pieces moves by less than ${MAX_SHIFT}`, movesLittle],
    ['search finds emb-gnn, offline, by keyboard', searchFinds],
    ['Tab goes from the skip link to the content', (...on) => tabThrough(...on, '/getting-started', 'light')],
    ['the focus is seen in the dark, too', (...on) => tabThrough(...on, '/', 'dark')],
    ['the skip link skips', (...on) => skipLink(...on, '/getting-started')],
  ];
  return mapPool(behaviour, SIDE_BY_SIDE, ([name, body]) => checks.check(name, () => body(browser, site)));
}

async function checkReports(checks, browser, reports) {
  let read = [];
  await checks.check('HTML reports open from their files', async () => {
    read = await mapPool(await reports.files(), SIDE_BY_SIDE, (file) => readReport(browser, file));
    return read.map(({ name }) => name).join(', ');
  });
  const each = (name, problemsOf) =>
    checks.check(name, () => {
      assert(read.length > 0, 'no report could be read');
      assertNone(read, problemsOf);
    });
  await each('reports: no error on a console, nothing loaded from anywhere', ({ problems }) => problems);
  await each('reports: what is folded away opens', ({ stillFolded }) => (stillFolded ? [`${stillFolded} do not`] : []));
  await each('reports: none scrolls sideways on a phone', ({ onPhone }) => (onPhone ? [onPhone] : []));
  await each('reports: paper shows all', ({ onPaper }) => onPaper);
  await each('reports: axe-core finds nothing serious, in light, in dark, on a phone', ({ light, dark, phone }) => [
    ...light,
    ...dark,
    ...phone,
  ]);
}

const started = performance.now();
const checks = new Checks();
const browser = await openChromium().catch(({ message }) => {
  console.error(message);
  process.exit(1);
});
const site = await serveSite(folder);
const reports = makeReports();
try {
  await checkPages(checks, browser, site);
  await checkBehaviour(checks, browser, site);
  await checkReports(checks, browser, reports);
} finally {
  await browser.close();
  site.close();
  await reports.remove();
}
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
process.exitCode = checks.end();
