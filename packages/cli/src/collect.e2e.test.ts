import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStandInModels, type StandInModels } from '@routeprofile/providers/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { routeprofile, temporaryFolder } from './testing/harness.js';

let folder: ReturnType<typeof temporaryFolder>;
let server: StandInModels;
beforeEach(async () => {
  folder = temporaryFolder();
  server = await openStandInModels({
    answer: ({ model, prompt }) => {
      const [, a, b] = /(\d+) \+ (\d+)/.exec(prompt)!.map(Number) as [number, number, number];
      return `It is ${model === 'small' && a % 3 === 0 ? 'hard to say' : a + b}.`;
    },
  });
  const prompts = Array.from({ length: 60 }, (_, i) => ({
    query: `What is ${i} + 1?`,
    task: i % 2 ? 'odd' : 'even',
    reference: `${i + 1}`,
  }));
  writeFileSync(join(folder.path, 'prompts.jsonl'), prompts.map((row) => JSON.stringify(row)).join('\n'));
  config('metric');
});
afterEach(async () => {
  await server.close();
  folder.remove();
});

const path = () => join(folder.path, 'routeprofile.config.mjs');
/** As a program writes it: one model behind an endpoint, one object of the AI SDK. */
function config(grader: string) {
  writeFileSync(
    path(),
    `const large = {
      specificationVersion: 'v3', provider: 'toy', modelId: 'large',
      async doGenerate({ prompt }) {
        const [, a, b] = /(\\d+) \\+ (\\d+)/.exec(JSON.stringify(prompt)).map(Number);
        return {
          content: [{ type: 'text', text: 'It is ' + (a + b) + '.' }], finishReason: { unified: 'stop', raw: 'stop' },
          usage: { inputTokens: { total: 9 }, outputTokens: { total: 3 } }, warnings: [],
        };
      },
    };
    export default { seed: 7, collect: {
      prompts: 'prompts.jsonl', out: 'collected', grader: ${JSON.stringify(grader)},
      models: {
        small: { baseUrl: ${JSON.stringify(server.baseUrl)}, price: { input: 1, output: 2 }, maxOutputTokens: 50 },
        large: { languageModel: large, price: { input: 10, output: 20 }, maxOutputTokens: 50 },
      },
    } };`,
  );
}
const collect = (...args: string[]) => routeprofile(['collect', '--config', path(), ...args]);
const collected = (name: string) => join(folder.path, 'collected', name);

describe('routeprofile collect', () => {
  it('says what it would cost, and asks nothing', async () => {
    const { code, stdout } = await collect('--dry-run', '--budget', '0.001');
    expect([code, server.arrived, existsSync(collected('answers.jsonl'))]).toEqual([0, 0, false]);
    expect(stdout).toMatch(/small +60 +0 +\d+ +1,500 +\$0\.00\d+/);
    expect(stdout).toContain('The budget of $0.0010 may not cover all of it');
  });

  it('makes a dataset that run reads', async () => {
    const { code, stdout, stderr } = await collect();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/small +60 +0\.667 of 1/);
    expect(stdout).toMatch(/large +60 +1\.000 of 1/);
    const run = [
      'run',
      '--data',
      join(folder.path, 'collected'),
      '--out',
      join(folder.path, 'run'),
      '--json',
      '--quiet',
    ];
    const ran = await routeprofile([...run, '--encoder', 'hash:dimensions=32', '--profile', 'flat', '--router', 'sim']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ candidates: ['small', 'large'] });
    const again = await collect('--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ requests: 0, notAsked: 0 });
  });

  it('grades again another way, asking nobody', async () => {
    await collect('--quiet');
    const { stdout } = await collect('--grade-only', '--grader', 'regex:pattern=hard to say', '--json');
    const { models } = JSON.parse(stdout) as { models: { meanScore: number }[] };
    expect(models.map(({ meanScore }) => meanScore)).toEqual([20 / 60, 0]);
    expect(readFileSync(collected('grades.jsonl'), 'utf8')).toContain('regex:');
  });

  it('takes a grader of a plugin', async () => {
    writeFileSync(
      join(folder.path, 'short.mjs'),
      `const options = { safeParse: (data) => ({ success: true, data: data ?? {} }) };
       export default { kind: 'grader', specVersion: 1, name: 'short', summary: 'short answers', options, create: () => ({
         specVersion: 1, name: 'short', grade: async (item, { text }) => ({ score: text.length < 12 ? 1 : 0 }) }) };`,
    );
    config('./short.mjs');
    const { code, stdout, stderr } = await collect('--json');
    expect(code, stderr).toBe(0);
    const { models } = JSON.parse(stdout) as { models: { meanScore: number }[] };
    expect(models.map(({ meanScore }) => meanScore)).toEqual([40 / 60, 1]);
  });

  it('refuses a wrong section, naming the setting', async () => {
    const { code, stderr } = await routeprofile(['collect', '--config', join(folder.path, 'none.json')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is no config file')]);
    writeFileSync(
      path(),
      'export default { collect: { prompts: "p", models: { a: { baseUrl: "http://x", key: "sk-1" } } } }',
    );
    const wrong = await collect();
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/collect\.models\.a.*env:NAME/)]);
    expect(wrong.stderr).not.toContain('sk-1');
  });
});
