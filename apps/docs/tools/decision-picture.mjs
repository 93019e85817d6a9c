// The picture of a decision that the README and the home page begin with, out of what `serve --demo` really decided:
//
//   node apps/docs/tools/decision-picture.mjs             draws it again from decision-picture/record.json
//   node apps/docs/tools/decision-picture.mjs --record    asks the demo first: the first decision of its traffic that fell back
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDemoGateway } from '../tests/browser/demo-gateway.mjs';
import { drawDecision, THEME_NAMES } from './decision-picture/draw.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const RECORD = file('decision-picture/record.json');
/** Queries per minute; the demo asks one after the other. */
const TRAFFIC = 600;
/** Looks before it gives up, a second between two. */
const LOOKS = 900;

const fellBack = ({ served, model, attempts, text }) =>
  served !== null && served !== model && attempts.length > 1 && text.length < 90 && !text.includes('\n');

async function recordDecision() {
  const demo = await openDemoGateway(TRAFFIC);
  try {
    for (let look = 0; look < LOOKS; look++) {
      const { data } = await (await globalThis.fetch(`${demo.origin}/v1/decisions?limit=200`)).json();
      const found = data.findLast(fellBack);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    throw new Error(`no decision fell back within ${LOOKS} s`);
  } finally {
    await demo.close();
  }
}

const { values: options } = parseArgs({ options: { record: { type: 'boolean', default: false } } });
if (options.record) writeFileSync(RECORD, `${JSON.stringify(await recordDecision(), null, 2)}\n`);
const record = JSON.parse(readFileSync(RECORD, 'utf8'));
for (const theme of THEME_NAMES) writeFileSync(file(`../public/decision-${theme}.svg`), drawDecision(record, theme));
