import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
afterAll(() => folder.remove());

function write(name: string, text: string): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
}
const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const importing = (...args: string[]) => routeprofile(['data', 'import', ...args, '--quiet']);
const running = (name: string, ...more: string[]) =>
  routeprofile([
    ...['run', '--data', at(name), '--encoder', 'hash', '--router', 'knn', '--selection-folds', '0', '--quiet'],
    ...['--out', at(`${name}-run`), '--cache', at('cache'), ...more],
  ]);
/** `big` knows every answer, `tiny` every second one. */
const isRight = (model: string, i: number) => model === 'big' || i % 2 === 0;

describe('from an export to a report, in two commands', () => {
  it('samples of lm-evaluation-harness', async () => {
    for (const model of ['big', 'tiny'])
      write(
        `harness/acme__${model}/samples_sums_2025-06-01T10-00-00.000000.jsonl`,
        lines(
          Array.from({ length: 40 }, (_, i) => ({
            ...{ doc_id: i, doc: { question: `What is ${i} + ${i}?` }, target: `${2 * i}`, filter: 'none' },
            ...{ arguments: [[`Q: What is ${i} + ${i}?`]], resps: [['x']], filtered_resps: ['x'] },
            ...{ metrics: ['exact_match'], exact_match: Number(isRight(model, i)) },
          })),
        ),
      );
    expect((await importing(at('harness'), at('from-harness'))).code).toBe(0);
    const { code, stdout, stderr } = await running('from-harness');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^from-harness · standard · 12 test rows/);
  });

  it('logs of Inspect, one per model: the first alone says what is missing', async () => {
    const log = (model: string) =>
      JSON.stringify({
        ...{ version: 2, status: 'success', eval: { model, task: 'sums', created: '2025-06-01T10:00:00+00:00' } },
        samples: Array.from({ length: 40 }, (_, i) => ({
          ...{ id: i + 1, epoch: 1, input: `What is ${i} + ${i}?`, target: `${2 * i}` },
          scores: { match: { value: isRight(model, i) ? 'C' : 'I' } },
        })),
      });
    write('big.json', log('big'));
    write('tiny.json', log('tiny'));
    const one = await importing(at('big.json'), at('from-inspect'));
    expect(one.stdout).toContain('import several files at once, or the others with --append');
    const refused = await running('from-inspect');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/only big has outcomes[\s\S]*outcomes of one model alone[\s\S]*--append/);
    expect((await importing(at('tiny.json'), at('from-inspect'), '--append')).code).toBe(0);
    const { code, stdout, stderr } = await running('from-inspect');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^from-inspect · standard · 12 test rows/);
  });

  it('spend logs of LiteLLM with scores of another file: a log, too small until told otherwise', async () => {
    const calls = Array.from({ length: 48 }, (_, i) => ({ id: `r${i}`, model: i % 2 === 0 ? 'big' : 'tiny', i }));
    write(
      'spend-logs.jsonl',
      lines(
        calls.map(({ id, model, i }) => ({
          ...{ request_id: id, call_type: 'acompletion', spend: 0.001, model, metadata: {}, response: {}, user: 'u' },
          ...{ startTime: '2025-06-01T10:00:00Z', endTime: '2025-06-01T10:00:01Z', total_tokens: 9 },
          messages: [{ role: 'user', content: `What is ${i} + ${i}?` }],
        })),
      ),
    );
    const unscored = await importing(at('spend-logs.jsonl'), at('from-litellm'));
    expect([unscored.code, unscored.stderr]).toEqual([2, expect.stringContaining('--scores FILE --join request_id')]);
    write(
      'grades.csv',
      ['request_id,score', ...calls.map(({ id, model, i }) => `${id},${Number(isRight(model, i))}`)].join('\n'),
    );
    const scores = ['--scores', at('grades.csv'), '--join', 'request_id'];
    expect((await importing(at('spend-logs.jsonl'), at('from-litellm'), ...scores)).code).toBe(0);
    const refused = await running('from-litellm');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--min-outcomes asks for fewer')]);
    const { code, stdout, stderr } = await running('from-litellm', '--min-outcomes', '10');
    expect(code, stderr).toBe(0);
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toContain('No recommendation: the log cannot tell');
    expect(said).toContain('Answers to its 14 test rows would not do: more test rows are needed.');
    expect(readFileSync(at('from-litellm-run', 'report.html'), 'utf8')).toContain('No recommendation: the log cannot');
  });
});
