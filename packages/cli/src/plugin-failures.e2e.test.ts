import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '@routeprofile/schema';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

/** A router plugin whose `fit` and `decide` are given as source. */
const router = (fit: string, decide = 'queries.texts.map(() => ({ model: models[0], ranked: [], reasons: [] }))') => `
const save = (models, ctx) => ({
  manifest: { version: 1, strategy: 'mine', options: {}, models, encoder: null, dimensions: null, seed: ctx.seed, state: {} },
  weights: {},
});
export default {
  kind: 'router', specVersion: 1, name: 'mine', summary: 'a test', needs: [],
  options: { safeParse: (data) => ({ success: true, data }), parse: (data) => data },
  async fit({ models }, options, ctx) {
    ${fit}
    return { models, decide: async (queries) => ${decide}, save: async () => save(models, ctx) };
  },
  async load({ manifest: { models } }, ctx) {
    return { models, decide: async (queries) => ${decide}, save: async () => save(models, ctx) };
  },
};
`;

const profile = (build: string) => `
export default {
  kind: 'profile', specVersion: 1, name: 'mine', summary: 'a test', needs: [],
  options: { safeParse: (data) => ({ success: true, data }), parse: (data) => data },
  designPoint: () => ({ form: 'flat', representation: 'index', hops: 0, learning: 'training-free' }),
  async build({ models }, options, ctx) {
    const provenance = { strategy: 'mine', options, designPoint: this.designPoint(), encoder: null, graph: null, seed: ctx.seed, versions: {} };
    ${build}
  },
};
`;
const rows = (data: string, count = 'models.length') =>
  `return { models, provenance, vectors: { rows: ${count}, cols: 2, data: new Float32Array(2 * ${count}).fill(${data}) } };`;

const encoder = (encode: string, more = '') => `
export default {
  kind: 'encoder', specVersion: 1, name: 'mine', summary: 'a test',
  create: async () => ({ specVersion: 1, id: 'mine', dimensions: 2, async encode(texts) { ${encode} }${more} }),
};
`;

describe('a plugin that misbehaves', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const plugin = (name: string, source: string): string => {
    const file = join(folder.path, `${name}.mjs`);
    writeFileSync(file, source);
    return file;
  };
  const common = ['--data', data, '--encoder', 'hash', '--limit-train', '60', '--limit-test', '20'];
  const go = (out: string, args: readonly string[]) => runReport([...common, '--out', join(folder.path, out), ...args]);
  const failures = ({ failed }: RunReport) => failed.map(({ code, message }) => `${code} ${message}`);

  beforeAll(async () => {
    expect((await routeprofile(['sample', data, '--quiet'])).code).toBe(0);
  });
  afterAll(() => folder.remove());

  it('is reported by name, and the other cells are computed', async () => {
    const routers = [
      plugin('throws', router("throw new Error('no luck')")),
      plugin('late', router("setTimeout(() => { throw new Error('from nowhere'); }); await new Promise(() => {});")),
      plugin('exits', router('process.exit(3);')),
      plugin(
        'nan',
        router(
          '',
          'queries.texts.map(() => ({ model: models[0], ranked: [{ model: models[0], score: NaN }], reasons: [] }))',
        ),
      ),
      plugin('few', router('', '[]')),
      plugin('nothing', router('return undefined;')),
      plugin('import', "throw new Error('at import');"),
      plugin('half', router('').replace('async load', 'async forget')),
      plugin(
        'schema',
        router('').replace(
          'safeParse: (data) => ({ success: true, data })',
          "safeParse: () => { throw new Error('in the schema'); }",
        ),
      ),
    ];
    const { code, report, stderr } = await go('routers', [
      '--profile',
      'index',
      '--router',
      [...routers, 'sim'].join(','),
    ]);
    expect(code).toBe(1);
    expect(report.rows.map((row) => row.router)).toEqual(['sim']);
    const said = failures(report);
    const expected = [
      'no luck',
      'from nowhere',
      'exit code 3',
      'not a finite number',
      '0 decisions',
      'failed',
      'at import',
      'load: is not a function',
      'in the schema',
    ];
    expect(said).toHaveLength(expected.length);
    expected.forEach((text, i) => {
      expect(said[i]).toMatch(/^PLUGIN_FAILED /);
      expect(said[i]).toContain(text);
      expect(said[i]).toContain(routers[i]);
    });
    expect(stderr).toContain('9 cells failed');
    expect(Object.keys(report.baselines)).toEqual(expect.arrayContaining(['task-table', 'knn']));
  });

  it('is reported by name when its profiles are none; lookups do without them', async () => {
    const profiles = [
      plugin('profile-nan', profile(rows('NaN'))),
      plugin('profile-short', profile(rows('1', '2'))),
      plugin('profile-throws', profile("throw new Error('no luck');")),
    ];
    const { report } = await go('profiles', ['--profile', [...profiles, 'index'].join(','), '--router', 'sim']);
    expect(report.rows).toHaveLength(1);
    const said = failures(report);
    ['is NaN', '2 × 2', 'no luck'].forEach((text, i) => {
      expect(said[i]).toMatch(/^PLUGIN_FAILED /);
      expect(said[i]).toContain(text);
      expect(said[i]).toContain(profiles[i]);
    });
    expect(Object.keys(report.baselines)).toEqual(expect.arrayContaining(['task-table', 'knn']));
  });

  it('that hangs is ended after its time, whether it loops or waits', async () => {
    const routers = [
      plugin('loops', router('for (;;);')),
      plugin('waits', router('await new Promise(() => {}); ')),
      plugin('prints', router("console.log('not a result');")),
    ];
    const { code, report } = await go('hang', [
      ...['--profile', 'index', '--router', ['sim', ...routers].join(','), '--plugin-timeout', '4'],
    ]);
    expect(code).toBe(1);
    expect(report.rows).toHaveLength(2);
    expect(failures(report)).toEqual(
      ['loops', 'waits'].map((name) => expect.stringMatching(`${name}.mjs gave no sign of life for 4 s`) as string),
    );
  });

  it('is refused before the run when there is nothing else to run', async () => {
    const only = plugin('alone', "throw new Error('at import');");
    const { code, stderr } = await routeprofile([
      'run',
      ...common,
      '--router',
      only,
      '--out',
      join(folder.path, 'none'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('at import');
    expect(stderr).toContain(only);
  });

  it('is computed anew when its code has changed', async () => {
    const file = plugin('changes', "import './part.mjs';" + router(''));
    plugin('part', 'export const first = 1;');
    const last = router('', 'queries.texts.map(() => ({ model: models.at(-1), ranked: [], reasons: [] }))');
    const args = ['--profile', 'index', '--router', file];
    const selection = async () => (await go('changes', args)).report.rows[0]!.selection;
    const before = await selection();
    plugin('changes', "import './part.mjs';" + last);
    const after = await selection();
    expect(after).not.toEqual(before);
    expect(await selection()).toEqual(after);
  });

  const ENCODE = `return { rows: texts.length, cols: 2, data: Float32Array.from({ length: 2 * texts.length }, (_, i) => i) };`;

  it.each([
    ['throws', "throw new Error('no eyes');", 'no eyes'],
    [
      'short',
      'return new Float64Array(1);',
      'encoder mine: the share of a text that it cannot see is not between 0 and 1',
    ],
    [
      'wrong',
      'return texts.map(() => 7);',
      'encoder mine: the share of a text that it cannot see is not between 0 and 1',
    ],
  ])('as an encoder that tells what it cannot see ends the run with its name: %s', async (name, unseen, text) => {
    const file = plugin(`unseen-${name}`, encoder(ENCODE, `, async unseen(texts) { ${unseen} }`));
    const { code, stderr } = await routeprofile([
      ...['run', '--data', data, '--encoder', file, '--profile', 'index', '--router', 'sim'],
      ...['--out', join(folder.path, `unseen-${name}`), '--quiet'],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
  });

  it('as an encoder may tell what it cannot see, and the report says it', async () => {
    const file = plugin(
      'unseen',
      encoder(ENCODE, ', async unseen(texts) { return new Float64Array(texts.length).fill(0.6); }'),
    );
    const { report } = await runReport([
      ...['--data', data, '--encoder', file, '--profile', 'index', '--router', 'sim'],
      ...['--out', join(folder.path, 'unseen')],
    ]);
    expect(report.warnings[0]).toMatch(
      /^(\S+) of \1 distinct queries \(100 %\) are mostly unknown to the encoder mine: /,
    );
  });

  it.each([
    ['throws', "throw new Error('no luck');", 'no luck'],
    ['short', 'return { rows: 1, cols: 2, data: new Float32Array(2) };', 'what it returned is 1 × 2'],
    ['nan', 'return { rows: texts.length, cols: 2, data: new Float32Array(2 * texts.length).fill(NaN) };', 'returned'],
    ['loops', 'for (;;);', 'gave no sign of life for 3 s'],
  ])(
    'as an encoder ends the run with its name: %s',
    async (name, encode, text) => {
      const file = plugin(`encoder-${name}`, encoder(encode));
      const { code, stderr } = await routeprofile([
        ...['run', '--data', data, '--encoder', file, '--profile', 'index', '--router', 'sim'],
        ...[
          '--plugin-timeout',
          name === 'loops' ? '3' : '60',
          '--out',
          join(folder.path, `encoder-${name}`),
          '--quiet',
        ],
      ]);
      expect(code).toBe(1);
      expect(stderr).toContain(text);
      expect(stderr).toContain(name === 'throws' || name === 'loops' ? file : 'encoder mine');
    },
    60_000,
  );

  it('as a metric is left out, and told of; one that works is in the report', async () => {
    const metric = (name: string, evaluate: string) =>
      plugin(
        `metric-${name}`,
        `export default { kind: 'metric', specVersion: 1, name: '${name}', summary: 'a test', higherIsBetter: true, evaluate(run) { ${evaluate} } };`,
      );
    const metrics = [
      metric('rows', 'return run.choices.length;'),
      metric('nan', 'return NaN;'),
      metric('throws', "throw new Error('no luck');"),
      metric('loops', 'for (;;);'),
      metric('sometimes', "if (run.choices.length < 20) throw new Error('too few'); return 1;"),
    ];
    const args = ['--profile', 'index', '--router', 'sim', '--plugin-timeout', '3', '--metric', metrics.join(',')];
    const { code, report, stderr } = await go('metrics', args);
    expect(code).toBe(1);
    expect(report.rows[0]!.metrics).toMatchObject({ rows: 20, sometimes: 1 });
    expect(report.baselines['best-single']!.metrics['rows']).toBe(20);
    expect(Object.keys(report.rows[0]!.metrics)).not.toContain('nan');
    const expected = [
      ['nan', 'gave NaN'],
      ['throws', 'failed: no luck'],
      ['loops', 'gave no sign of life for 3 s'],
      ['sometimes', 'failed: too few'],
    ].map(([name, text]) => `metric ${join(folder.path, `metric-${name}.mjs`)} ${text}`);
    for (const problem of expected) {
      expect(report.warnings).toContain(problem);
      expect(stderr).toContain(problem);
    }
  });

  it('as a router named by its file is asked again only by naming that file', async () => {
    // One that routes, and within the margin: a constant in disguise, or a worse one, is not recommended.
    const asked = ['--profile', 'index', '--margin', '0.5'];
    const alternating = 'queries.texts.map((text) => ({ model: models[text.length % 2], ranked: [], reasons: [] }))';
    const file = plugin('asked', router('', alternating));
    expect((await go('asked', [...asked, '--router', file])).code).toBe(0);
    const again = ['run', ...common, '--out', join(folder.path, 'asked'), ...asked, '--router', file];
    expect((await routeprofile(again)).stdout).toMatch(
      new RegExp(`Ask it: .*route .*--plugin ${file} "your question"`),
    );
    const saved = readdirSync(join(folder.path, 'asked', 'routers')).find((name) => name.includes('asked'));
    // The page holds no path of this machine: it says what has to be named.
    expect(readFileSync(join(folder.path, 'asked', 'report.html'), 'utf8')).toMatch(
      /route --router routers\/\S+ --plugin NAME "your question"<\/code\s*>, where NAME is the plugin/,
    );
    const ask = ['route', '--router', join(folder.path, 'asked', 'routers', saved!), '--json', '2 + 2?'];
    const refused = await routeprofile(ask);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`--plugin ${file}`);
    const answered = await routeprofile([...ask, '--plugin', file]);
    expect(answered.stderr).toBe('');
    expect(answered.code).toBe(0);
  });
});
