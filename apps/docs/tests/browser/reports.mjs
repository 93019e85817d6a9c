/* global document, getComputedStyle -- in the page */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { renderDesignSpaceHtml, renderHtmlReport } from '@routeprofile/report/html';
import { CLI, runProcess } from '../../../../tools/lib/process.mjs';
import { assert } from '../../../../tools/lib/checks.mjs';
import { graveContrast, graveFindings } from './axe.mjs';
import { PHONE, tooWide, WIDE, withPage } from './visit.mjs';

const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));
/** What is left of A4 between usual margins, in CSS pixels; browsers shrink what is wider, but no more than to a half. */
const PAPER = { width: 718, height: 1000 };
const SHRINKS = 2;

const committed = (example) =>
  readdirSync(join(examples, example, 'reports')).map((file) => ({
    name: basename(file, '.json'),
    report: JSON.parse(readFileSync(join(examples, example, 'reports', file), 'utf8')),
  }));

/**
 * HTML reports of every kind, in a temporary folder: of a run that the command line makes, and of the committed figures. The run goes on
 * beside other checks; `files` waits for it.
 */
export function makeReports() {
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-reports-'));
  const write = (name, text) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, text);
    return file;
  };
  const demo = async () => {
    const out = join(folder, 'demo');
    const args = [
      CLI,
      'demo',
      '--encoder',
      'hash',
      '--profile',
      'emb-gnn',
      '--router',
      'sim,knn',
      '--out',
      out,
      '--quiet',
    ];
    const { code, stderr } = await runProcess(process.execPath, args);
    assert(code === 0, `demo ended with ${code}: ${stderr.slice(-1000)}`);
    return join(out, 'run', 'report.html');
  };
  const files = async () => [
    await demo(),
    write('design-space', renderDesignSpaceHtml({ name: 'published data', scenarios: committed('design-space') })),
    ...committed('better-routing')
      .filter(({ name }) => ['newllm-regraded-distrust', 'routerbench'].includes(name))
      .map(({ name, report }) => write(name, renderHtmlReport(report))),
  ];
  const made = files();
  // A failure is the business of who waits for the files; until then it does not count as unhandled.
  made.catch(() => {});
  return {
    files: () => made,
    remove: () => made.catch(() => {}).then(() => rmSync(folder, { recursive: true, force: true })),
  };
}

/** What a reader of a report meets, opening the file itself: at a desk in light and dark, on a phone, on paper. */
export async function readReport(browser, file) {
  const address = pathToFileURL(file).href;
  return withPage(browser, { origin: address, viewport: WIDE }, async (page, problems) => {
    await page.goto(address);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize(PAPER);
    const onPaper = await page.evaluate(printed, PAPER.width * SHRINKS);
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    await page.setViewportSize(WIDE);
    const folded = page.locator('details:not([open]) > summary');
    // Opening one may show others.
    for (let left = 50; left > 0 && (await folded.count()) > 0; left--) await folded.first().click();
    const stillFolded = await folded.count();
    const light = await graveFindings(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await graveContrast(page);
    await page.setViewportSize(PHONE);
    const onPhone = await tooWide(page);
    const phone = await graveFindings(page);
    return { name: basename(file), problems, stillFolded, light, dark, phone, onPhone, onPaper };
  });
}

/** What paper would not show: what is folded away or scrolls, and what reaches over the widest page that is still shrunk to fit. */
function printed(widest) {
  const cut = [...document.querySelectorAll('main *')].filter(
    (element) =>
      element.scrollWidth > element.clientWidth + 1 &&
      getComputedStyle(element).overflowX !== 'visible' &&
      element.clientWidth > 0,
  );
  const folded = [...document.querySelectorAll('details > *')].filter(
    (element) => !element.checkVisibility() || element.getBoundingClientRect().height === 0,
  );
  const { backgroundColor } = getComputedStyle(document.body);
  const wide = document.documentElement.scrollWidth;
  return [
    ...cut.map((element) => `${element.tagName.toLowerCase()}.${element.className} is cut`),
    ...folded.map((element) => `${element.tagName.toLowerCase()}.${element.className} is folded away`),
    ...(backgroundColor === 'rgb(255, 255, 255)' ? [] : [`the paper is ${backgroundColor}`]),
    ...(wide > widest ? [`${wide} px wide`] : []),
  ];
}
