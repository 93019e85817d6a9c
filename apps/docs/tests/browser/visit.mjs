/* global document, getComputedStyle, innerWidth, PerformanceObserver -- in the page */
import { graveContrast, graveFindings } from './axe.mjs';
import { IN_PIECES } from './server.mjs';
import { watch } from './watch.mjs';

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Sums shifts of the layout that no input caused; runs in the page before anything of its own. */
function recordShifts() {
  globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** Scripts in the head that the page has to wait for: neither module, async nor defer, and not a few inline lines. */
function blockingScripts() {
  const SMALL = 1024;
  return [...document.head.querySelectorAll('script')]
    .filter(({ type, async, defer }) => !(type && !/javascript/.test(type)) && !async && !defer)
    .filter(({ src, text }) => src !== '' || text.length > SMALL)
    .map(({ src, text }) => src || `${text.length} characters inline`);
}

/** How much wider than the window the page is, in pixels, and what reaches out furthest. */
function overflow() {
  const root = document.documentElement;
  const excess = Math.max(root.scrollWidth, document.body.scrollWidth) - innerWidth;
  if (excess <= 0) return null;
  // What scrolls or is clipped inside of something does not make the page wider.
  const clips = (element) =>
    element !== null &&
    element !== document.body &&
    (getComputedStyle(element).overflowX !== 'visible' || clips(element.parentElement));
  const guilty = [...document.body.querySelectorAll('*')].filter(
    (element) => element.getBoundingClientRect().right > innerWidth && !clips(element.parentElement),
  );
  const named = guilty.slice(0, 3).map(({ tagName, className }) => `${tagName.toLowerCase()} "${className}"`);
  return `${excess} px too wide, by ${named.join(', ')}`;
}

export const tooWide = (page) => page.evaluate(overflow);

/** A machine that builds and tests beside is slow; what never comes fails all the same. */
export const PATIENCE = 120_000;

/** Opens an address and waits until the page answers to keys: silence on the network comes before its scripts have run. */
export async function open(page, address) {
  await page.goto(address, { waitUntil: 'networkidle' });
  await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
}

/** As a reader has it who prefers dark; the site's script notes the change a moment later. */
export async function inScheme(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    (dark) => document.documentElement.classList.contains('dark') === dark,
    colorScheme === 'dark',
  );
}

/** A page in a context of its own, so that nothing is cached. The problems are noted while `body` runs. */
export async function withPage(browser, { origin, viewport = WIDE, colorScheme = 'light' }, body) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    const problems = watch(page, origin);
    await page.addInitScript(recordShifts);
    return await body(page, problems);
  } finally {
    await context.close();
  }
}

/** Bytes over the network, as they were sent; what is only fetched ahead for other pages is left out. */
function countBytes(page) {
  const requests = [];
  page.on('requestfinished', (request) => requests.push(request));
  return async () => {
    const sizes = await Promise.all(
      requests.filter((request) => request.headers()['sec-purpose'] !== 'prefetch').map((request) => request.sizes()),
    );
    return sizes.reduce(
      (sum, { responseBodySize, responseHeadersSize }) => sum + responseBodySize + responseHeadersSize,
      0,
    );
  };
}

/** Opens a page as a first visit, in one width. */
const load = (browser, site, path, viewport, body) =>
  withPage(browser, { ...site, viewport }, async (page, problems) => {
    const bytes = countBytes(page);
    await open(page, `${site.origin}${path}`);
    return await body({ page, problems, bytes: await bytes(), layoutShift: await page.evaluate('layoutShift') });
  });

/** How much a page moves that comes in pieces, as its reader sees each before the next is there. */
export const shiftInPieces = (browser, site, path) =>
  load(browser, site, `${path}${IN_PIECES}`, WIDE, ({ layoutShift }) => layoutShift);

/**
 * What a visitor of a page meets: at a desk in light and in dark, then on a phone.
 * @param {{ path: string, phoneLoad: boolean }} what `phoneLoad`: loads it on a phone again, to see whether it moves while loading
 */
export async function visit(browser, site, { path, phoneLoad }) {
  const seen = await load(browser, site, path, WIDE, async ({ page, problems, bytes, layoutShift }) => {
    const blocking = await page.evaluate(blockingScripts);
    const light = await graveFindings(page);
    await inScheme(page, 'dark');
    const dark = await graveContrast(page);
    await page.setViewportSize(PHONE);
    const overflow = await tooWide(page);
    return { path, problems, bytes, layoutShift, blocking, light, dark, overflow };
  });
  if (!phoneLoad) return seen;
  const phone = await load(browser, site, path, PHONE, async ({ page, layoutShift }) => ({
    phoneShift: layoutShift,
    phone: await graveFindings(page),
  }));
  return { ...seen, ...phone };
}
