import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { figuresOf } from '../tools/figures.mjs';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
const reports = ['better-routing', 'design-space'].flatMap((name) =>
  readdirSync(join(examples, name, 'reports')).map((file) => join(examples, name, 'reports', file)),
);
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));

test('the committed reports are what figures.mjs makes: figures only, and nothing that the schema does not know', () => {
  assert.equal(reports.length, 13);
  for (const path of reports) assert.deepEqual(figuresOf(read(path)), read(path), path);
});

test('rows of data and paths do not get through', () => {
  const report = read(reports[0]);
  const more = {
    ...report,
    queries: ['text of a query'],
    rows: report.rows.map((row) => ({ ...row, choices: [1, 2] })),
  };
  assert.deepEqual(figuresOf(more), report);
  assert.throws(
    () => figuresOf({ ...report, warnings: ['read /home/me/data/x.json'] }),
    /names a path of this machine/,
  );
});
