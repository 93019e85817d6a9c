import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { csv, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('the folder', () => {
  const text = csv('query,model,score', 'one,a,1', 'one,b,0');

  it.each(['outcomes.jsonl', 'meta.json'])('does not replace %s that is there, unless told', async (file) => {
    mkdirSync(bench.out);
    writeFileSync(join(bench.out, file), '{}\n');
    const error = await failureOf(() => bench.import('a.csv', text));
    expect([error.code, error.hint]).toEqual(['OUTPUT_UNWRITABLE', expect.stringContaining('--replace')]);
    expect(readdirSync(bench.out)).toEqual([file]);
    expect(readFileSync(join(bench.out, file), 'utf8')).toBe('{}\n');
    await bench.import('a.csv', text, { replace: true });
    expect(bench.rows()).toHaveLength(1);
  });

  it('keeps cards of an earlier dataset, and says so', async () => {
    mkdirSync(bench.out);
    writeFileSync(join(bench.out, 'models.json'), '{}\n');
    const { warnings } = await bench.import('a.csv', text, { replace: true });
    expect(warnings).toEqual([expect.stringMatching(/^models\.json of the earlier dataset was kept/)]);
  });
});
