/* global document, navigator -- in the page */
import { assert } from '../../../../tools/lib/checks.mjs';
import { graveFindings, KNOWN_OF_SEARCH_BOX } from './axe.mjs';
import { open, withPage } from './visit.mjs';

const WORD = 'emb-gnn';

/** The text under a heading, down to the next one. */
function sectionAt(id) {
  const heading = id ? document.getElementById(id) : document.querySelector('.vp-doc h1');
  const texts = [heading.textContent];
  for (let next = heading.nextElementSibling; next && !/^H[1-6]$/.test(next.tagName); next = next.nextElementSibling)
    texts.push(next.textContent);
  return texts.join('\n');
}

/** Nothing is fetched ahead: what is under way when the network is cut would fail. */
const savesData = () => Object.defineProperty(navigator.connection, 'saveData', { value: true });

/** The search box finds a word with the network cut, by keyboard alone, and Enter leads to a page that has it. */
export const searchFinds = (browser, site) =>
  withPage(browser, site, async (page, problems) => {
    await page.addInitScript(savesData);
    await open(page, `${site.origin}/`);
    // The index comes with the box, from the site itself.
    const index = page.waitForResponse(/@localSearchIndex/);
    await page.keyboard.press('Control+k');
    const box = page.locator('.VPLocalSearchBox');
    await box.locator('input:focus').waitFor();
    await (await index).finished();
    await page.context().setOffline(true);
    await page.keyboard.type(WORD);
    const results = box.locator('[role=option] a');
    await results
      .first()
      .waitFor()
      .catch(() => assert(false, `no result for ${WORD}; ${problems.join('; ')}`));
    const listed = await results.count();
    const findings = await graveFindings(page, { not: KNOWN_OF_SEARCH_BOX });
    assert(findings.length === 0, `the open search box: ${findings.join('; ')}`);

    await page.context().setOffline(false);
    const first = await results.first().getAttribute('href');
    await page.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
    await page.waitForURL(`**${first}`);
    const id = decodeURIComponent(new URL(page.url()).hash.slice(1));
    await page.locator(id ? `[id="${id}"]` : '.vp-doc h1').waitFor();
    const section = await page.evaluate(sectionAt, id);
    assert(section.includes(WORD), `the section ${first} does not contain ${WORD}, but: ${section.slice(0, 200)}`);
    assert(problems.length === 0, problems.join('\n     '));
    return `${listed} results, the first is ${first}`;
  });
