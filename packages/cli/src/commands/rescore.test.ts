import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { codeSandboxStatus } from '@routeprofile/collect';
import type { Io } from '../io.js';
import { temporaryFolder } from '../testing/harness.js';
import { rescoreCommand, type RescoreFlags } from './rescore.js';

const { ok: canRunCode } = await codeSandboxStatus();

const answers = (small: string, large: string) => ({
  small: { response: small, success: true, task_performance: 0, prompt_tokens: 3 },
  large: { task_performance: 1, response: large, success: true, prompt_tokens: 3 },
});
// Fields in an order of their own, some of them unknown to the format.
const ROWS = [
  {
    query: 'Which?',
    zeta: 1,
    task_name: 'mmlu',
    metric: 'em_mc',
    ground_truth: 'B',
    choices: null,
    model_performance: answers('(B)', 'B'),
  },
  {
    task_name: 'mbpp',
    query: 'Add one.',
    metric: 'code_eval',
    ground_truth: "['assert f(1) == 2']",
    model_performance: answers('[BEGIN]\ndef f(x):\n\n    return x + 1\n[Done]', '[BEGIN]\ndef f(x): return x\n[Done]'),
  },
];

describe('data rescore', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let source: string;
  let out: string;
  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder.path, 'route_data'));
    source = join(folder.path, 'route_data', 'routing_test_data.json');
    out = join(folder.path, 'new', 'rows.json');
    writeFileSync(source, JSON.stringify(ROWS));
  });
  afterEach(() => folder.remove());

  async function rescore(flags: RescoreFlags, path = source, signal = new AbortController().signal) {
    const written = { stdout: '', stderr: '' };
    const sink = (name: keyof typeof written) => ({
      write: (text: string) => void (written[name] += text),
      columns: 120,
    });
    async function* stdin(): AsyncGenerator<string> {}
    const io: Io = { stdout: sink('stdout'), stderr: sink('stderr'), stdin: stdin(), signal };
    const code = await rescoreCommand(path, { out, ...flags }, io);
    return { code, ...written };
  }
  const labels = () =>
    (JSON.parse(readFileSync(out, 'utf8')) as typeof ROWS).map(({ model_performance: { small, large } }) => [
      small.task_performance,
      large.task_performance,
    ]);

  it('writes a new file in which only labels differ, and runs no code', async () => {
    const before = readFileSync(source, 'utf8');
    const { code, stdout } = await rescore({});
    expect(code).toBe(0);
    expect(labels()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const blank = (text: string) => text.trim().replace(/"task_performance":\d/g, '"task_performance":_');
    expect(blank(readFileSync(out, 'utf8'))).toBe(blank(before));
    expect(readFileSync(source, 'utf8')).toBe(before);
    expect(stdout).toMatch(/mmlu +em_mc +2 +2 +2 +1 +1 +0 +0\.5000 +0\.5000/);
    expect(stdout).toMatch(/2 of mbpp: scoring it means running code/);
    expect(stdout).toMatch(/--allow-code-execution/);
  });

  it('prints the audit as one JSON document', async () => {
    const { stdout } = await rescore({ json: true, repaired: true, tasks: ['mmlu'] }, folder.path);
    expect(JSON.parse(stdout)).toMatchObject({
      source,
      out,
      rules: 'repaired',
      sandbox: null,
      total: { labels: 4, scored: 2, changed: 1, up: 1, down: 0 },
      kept: [{ reason: 'not-selected', labels: 2, tasks: ['mbpp'] }],
    });
    expect(labels()[0]).toEqual([1, 1]);
  });

  it.runIf(canRunCode)('runs code when it is allowed', async () => {
    const { stdout } = await rescore({ allowCodeExecution: true });
    expect(labels()[1]).toEqual([1, 0]);
    expect(stdout).toMatch(/Programs run in .*Python 3.*: 1 pass, 1 fail\./);
  });

  it.runIf(!canRunCode)('refuses to run code where it cannot be isolated', async () => {
    await expect(rescore({ allowCodeExecution: true })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(existsSync(out)).toBe(false);
  });

  it('overwrites nothing', async () => {
    await expect(rescore({ out: source })).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await expect(rescore({ out: join(source, '..', '..', 'route_data', 'routing_test_data.json') })).rejects.toThrow(
      /exists already/,
    );
    expect(JSON.parse(readFileSync(source, 'utf8'))).toEqual(ROWS);
  });

  it.each([
    [{ out: '' }, '', 'BAD_OPTION', /--out is missing/],
    [{ tasks: ['mml'] }, '', 'UNKNOWN_NAME', /no row is of task mml/],
    [{}, 'nowhere', 'MISSING_FILE', /nowhere does not exist/],
  ])('refuses %j', async (flags, name, code, message) => {
    await expect(rescore(flags, name === '' ? source : join(folder.path, name))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(out)).toBe(false);
  });

  it('asks which file is meant, and wants one', async () => {
    writeFileSync(join(folder.path, 'route_data', 'routing_train_data.json'), '[]');
    await expect(rescore({}, folder.path)).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('routing_test_data.json, routing_train_data.json') as string,
    });
    mkdirSync(join(folder.path, 'empty'));
    await expect(rescore({}, join(folder.path, 'empty'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it('names what is wrong in the rows', async () => {
    writeFileSync(
      source,
      JSON.stringify([{ ...ROWS[0], query: 3, model_performance: { small: { task_performance: 'x' } } }]),
    );
    await expect(rescore({})).rejects.toMatchObject({
      code: 'BAD_INPUT',
      details: [
        expect.stringMatching(/\[0\]\.query: /),
        expect.stringMatching(/small\.task_performance: /),
      ] as string[],
    });
    expect(readdirSync(folder.path)).toEqual(['route_data']);
  });

  it('stops when asked, leaving nothing', async () => {
    await expect(rescore({}, source, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(existsSync(out)).toBe(false);
  });
});
