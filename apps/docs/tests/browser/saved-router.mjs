/* global Worker, Blob, program -- in the page */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from '../../../../tools/lib/checks.mjs';
import {
  assertSame,
  bundle,
  decideInNode,
  decisionsOf,
  untrained,
} from '../../../../tools/saved-router/everywhere.mjs';
import { withPage } from './visit.mjs';

/** Engines may give `Math.exp` and its like another last bit, and Chromium's does; figures follow, choices and their order do not. */
const OTHER_ENGINE = 1e-9;

/** Decides in the page. As JSON, in which what is undefined is left out, as in the decisions to compare with. */
const inPage = async (cases) => JSON.stringify(await program.decide(cases));

/** Decides in a worker thread of the page. */
function inWorker({ text, cases }) {
  const answer = ';onmessage = async ({ data }) => postMessage(JSON.stringify(await program.decide(data)));';
  const worker = new Worker(URL.createObjectURL(new Blob([text, answer], { type: 'text/javascript' })));
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(cases);
  });
}

/** Bundled for the web, saved routers decide in a page and in its worker as they do in Node. */
export async function decidesAsInNode(browser, site) {
  const work = mkdtempSync(join(tmpdir(), 'routeprofile-saved-router-'));
  try {
    const { programs, cases, decisions } = await decideInNode({ work });
    const some = untrained(cases);
    return await withPage(browser, site, async (page, problems) => {
      await page.goto(site.origin);
      await page.addScriptTag({ content: await bundle(programs, 'web-all') });
      assertSame('In a page', JSON.parse(await page.evaluate(inPage, cases)), decisions, OTHER_ENGINE);
      const inside = await page.evaluate(inWorker, { text: await bundle(programs, 'web'), cases: some });
      assertSame('In a worker', JSON.parse(inside), decisionsOf(some, decisions), OTHER_ENGINE);
      assert(problems.length === 0, problems.join('\n     '));
      return `${Object.keys(cases.routers).length} routers, ${cases.queries.length} queries`;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
