import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('models', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  afterAll(() => folder.remove());

  const chat = (provider: string, input: number, output: number) => ({
    litellm_provider: provider,
    mode: 'chat',
    input_cost_per_token: input,
    output_cost_per_token: output,
    max_input_tokens: 64000,
    supports_function_calling: true,
  });
  beforeAll(() => {
    mkdirSync(at('data'));
    const rows = Array.from({ length: 40 }, (_, i) => ({
      id: `q${i}`,
      split: i < 30 ? 'train' : 'test',
      query: `What is ${i} plus ${i * 7}?`,
      models: Object.fromEntries(
        ['heron-large', 'wren_mini-latest', 'finch', 'owl'].map((model, m) => [
          model,
          { score: Number((i + m) % 3 > 0), inputTokens: 1000, outputTokens: 100 },
        ]),
      ),
    }));
    writeFileSync(at('data', 'outcomes.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    writeFileSync(
      at('prices.json'),
      JSON.stringify({
        'heron-large': chat('heron', 1e-6, 2e-6),
        'wren-mini-20260214': chat('wren', 1.5e-7, 6e-7),
        'a/finch': chat('a', 1e-6, 1e-6),
        'b/finch': chat('b', 2e-6, 2e-6),
        'heron-embed': { litellm_provider: 'heron', mode: 'embedding' },
      }),
    );
    const now = Date.now() / 1000;
    utimesSync(at('prices.json'), now, now - 3 * 86_400);
    mkdirSync(at('profiles'));
    writeFileSync(
      at('profiles', 'owl.yaml'),
      'model_id: owl\ncapabilities: { task_types: [{ sums: { metrics: { accuracy: 0.82 } } }] }\ncost_per_token: 0.000005\n',
    );
  });

  it('without a list says where lists are, and what the dataset itself knows', async () => {
    const { code, stdout } = await routeprofile(['models', '--data', at('data')]);
    expect(code).toBe(0);
    expect(stdout).toContain('curl -o prices.json https://raw.githubusercontent.com/BerriAI/litellm/');
    expect(stdout).toMatch(/^heron-large {2,}– {2,}– /m);
    const json = await routeprofile(['models', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ lists: [], models: [], priceLists: [{}, {}, {}] });
  });

  it('prints a list with its age, what is left out, and what is searched', async () => {
    const { code, stdout } = await routeprofile(['models', '--prices', at('prices.json'), 'wren']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/4 models in the form of litellm, of [\d-]+, 3 days old \(when the file was last written\)/);
    expect(stdout).toContain('- left out: mode embedding: 1 model (heron-embed)');
    expect(stdout).toMatch(/^wren-mini-20260214 +0\.15 +0\.6 +– +64,000 +tools +prices\.json/m);
    expect(stdout).not.toMatch(/^heron-large/m);
    const none = await routeprofile(['models', '--prices', at('prices.json'), 'parrot']);
    expect(none.stdout).toContain('No model in the catalogue has "parrot"');
  });

  it('finds candidates by a rule that is shown, and writes prices that the next run uses', async () => {
    const args = ['models', '--data', at('data'), '--prices', at('prices.json'), '--profiles', at('profiles')];
    const { code, stdout, stderr } = await routeprofile(args);
    expect(code).toBe(0);
    expect(stderr).toContain('cost_per_token does not say what input and output cost');
    expect(stdout).toContain('3 of 4 candidates of');
    expect(stdout).toMatch(/^heron-large +heron-large +1 +2 .* the same id$/m);
    expect(stdout).toMatch(/^wren_mini-latest +wren-mini-20260214 +0\.15 .* also with \. - _ as one$/m);
    expect(stdout).toMatch(/^owl +owl +5 +5 .*owl\.yaml/m);
    expect(stdout).toContain('- finch (without provider, in lower case): a/finch 1 / 1, b/finch 2 / 2');

    const run = ['--data', at('data'), '--encoder', 'hash:dimensions=16', '--cache', at('cache'), '--profile', 'flat'];
    const once = [...run, '--router', 'knn', '--out', at('out')];
    expect((await runReport(once)).report.rows[0]!.metrics['cost_per_1k']).toBeNull();

    const file = at('data', 'models.json');
    const written = await routeprofile([...args, '--provider', 'heron,wren,a', '--write', file]);
    expect([written.code, written.stderr.includes('error')]).toEqual([0, false]);
    expect(written.stdout).toContain('cards of 4 candidates, 4 with a price from the catalogue');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      'heron-large': { input_price: 1, output_price: 2, context_tokens: 64000, capabilities: { tools: true } },
      finch: { input_price: 1, output_price: 1 },
      owl: { input_price: 5, output_price: 5 },
    });
    const { report } = await runReport(once);
    expect(report.rows[0]!.metrics['cost_per_1k']).toBeGreaterThan(0);

    const again = await routeprofile([...args, '--write', file]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--replace')]);
    const replaced = await routeprofile([...args, '--write', file, '--replace', '--json']);
    expect(replaced.code).toBe(0);
    expect(JSON.parse(replaced.stdout)).toMatchObject({
      lists: [{ format: 'litellm', dateFrom: 'modified', ageDays: 3, models: 4 }],
      data: { ambiguous: [{ id: 'finch' }], unmatched: [] },
      written: { file, priced: ['heron-large', 'wren_mini-latest', 'owl'], replaced: [] },
    });
  });

  it.each([
    [['--write', 'x.json'], /--write needs --data/],
    [['--replace'], /--replace needs --write/],
    [['--provider', 'heron'], /--provider needs --prices/],
    [['--prices', 'none.json'], /none\.json: there is no such file/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await routeprofile(['models', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('writes nothing when nothing was found', async () => {
    writeFileSync(at('other.json'), JSON.stringify({ parrot: chat('p', 1e-6, 1e-6) }));
    const file = at('nothing.json');
    const args = ['models', '--data', at('data'), '--prices', at('other.json'), '--write', file];
    const { code, stderr } = await routeprofile(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is not written: no candidate')]);
  });
});
