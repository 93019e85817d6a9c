import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProfileSet, readRouterArtifact } from '@routeprofile/data';
import { rowOf, runReportSchema, type Decision, type ModelCardFile } from '@routeprofile/schema';
import { addModelCommand, routerAddModelCommand } from './commands/add-model.js';
import type { Io } from './io.js';
import { routeprofile, runReport, temporaryFolder, type Outcome } from './testing/harness.js';

const NAME = 'sim-heron-coder';
const MLP = 'mlp:epochs=2:hidden=16:output=8';

/** A command called as the program calls it. */
async function called(command: (io: Io) => Promise<number>): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => void (written[name] += text),
    columns: 120,
  });
  async function* stdin(): AsyncGenerator<string> {}
  const signal = new AbortController().signal;
  const code = await command({ stdout: sink('stdout'), stderr: sink('stderr'), stdin: stdin(), signal });
  return { code, ...written };
}

describe('a model that has just come out', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const quick = ['--encoder', 'hash:dimensions=64', '--cache', at('cache')];
  const ok = async (...args: string[]) => {
    const outcome = await routeprofile(args);
    expect(outcome.stderr).not.toContain('error');
    expect(outcome.code).toBe(0);
    return outcome;
  };

  beforeAll(async () => {
    await ok('sample', at('sample'));
    // The same dataset as it was before the model came out, and the model's card.
    mkdirSync(at('before'));
    const rows = readFileSync(at('sample', 'outcomes.jsonl'), 'utf8').trim().split('\n');
    const without = rows.map((line) => {
      const row = JSON.parse(line) as { models: Record<string, unknown> };
      const { [NAME]: _gone, ...models } = row.models;
      return JSON.stringify({ ...row, models });
    });
    writeFileSync(at('before', 'outcomes.jsonl'), without.join('\n'));
    const { [NAME]: card, ...cards } = JSON.parse(readFileSync(at('sample', 'models.json'), 'utf8')) as Record<
      string,
      ModelCardFile
    >;
    writeFileSync(at('before', 'models.json'), JSON.stringify(cards));
    writeFileSync(at('before', 'meta.json'), readFileSync(at('sample', 'meta.json')));
    const detailed_scores = { 'code-tracing': 95, 'string-manipulation': 90, arithmetic: 20, unheard: 1 };
    writeFileSync(at('card.json'), JSON.stringify({ [NAME]: { ...card, detailed_scores } }));
  });
  afterAll(() => folder.remove());

  it('is kept from every router by --new-model, and the report judges it', async () => {
    const base = ['--data', at('sample'), ...quick, '--profile', 'emb-gnn', '--router', `sim,${MLP},knn,task-table`];
    const { code, report } = await runReport([...base, '--new-model', NAME, '--out', at('run')]);
    expect(code).toBe(0);
    expect([report.mode, report.newModels, report.candidates.length]).toEqual(['newllm', [NAME], 8]);
    expect(report.baselines['best-single']?.model).not.toBe(NAME);
    expect(report.baselines[`constant:${NAME}`]?.metrics).toMatchObject({ new_model_share: 1, new_model_recall: 1 });
    for (const { metrics } of report.rows) {
      for (const name of ['new_model_share', 'new_model_hit', 'new_model_recall', 'avg_performance_without_new'])
        expect(metrics[name]).toEqual(expect.any(Number));
      if (metrics['new_model_share'] === 0) {
        expect(metrics['new_model_performance']).toBeNull();
        expect(metrics['avg_performance_without_new']).toBe(metrics['avg_performance']);
      } else expect(metrics['new_model_performance']).toEqual(expect.any(Number));
    }
    // task-table ranks an unmeasured model last, knn never above the best of those it is like.
    const shares = Object.fromEntries(report.rows.map((row) => [row.router, row.metrics['new_model_share']]));
    expect([shares['task-table'], shares['knn']]).toEqual([0, 0]);
    const html = readFileSync(at('run', 'report.html'), 'utf8');
    expect(html).toContain('Without training outcomes');
    expect(html).toContain(`always ${NAME}`);
    const unknown = await routeprofile(['run', ...base, '--new-model', 'ghost', '--out', at('ghost')]);
    expect([unknown.code, unknown.stdout]).toEqual([2, '']);
    expect(unknown.stderr).toContain('ghost');
  });

  it.each(['index', 'flat', 'emb-gnn'])('joins %s profiles; the others keep every bit', async (profile) => {
    await ok('profile', 'build', '--data', at('before'), ...quick, '--profile', profile, '--out', at('profiles'));
    const path = at('profiles', `${profile}.npz`);
    const flags = { data: at('before'), cache: at('cache'), to: path, out: at('extended'), json: true };
    const { code, stdout, stderr } = await called((io) => addModelCommand(at('card.json'), flags, io));
    expect(code).toBe(0);
    expect(stderr).toContain('unheard');
    const made = JSON.parse(stdout) as { path: string; added: string[] };
    expect(made).toMatchObject({ path: at('extended', `${profile}.npz`), added: [NAME] });

    const [old, extended] = [await readProfileSet(path), await readProfileSet(made.path)];
    expect(extended.models).toEqual([...old.models, NAME]);
    const bytes = (data: Float32Array) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const file = readFileSync(made.path);
    old.models.forEach((_, m) => {
      expect(bytes(rowOf(extended.vectors, m)).equals(bytes(rowOf(old.vectors, m)))).toBe(true);
      expect(file.includes(bytes(rowOf(old.vectors, m)))).toBe(true);
    });
    expect(rowOf(extended.vectors, old.models.length).some((x) => x !== 0)).toBe(true);
    const again = called((io) => addModelCommand(at('card.json'), { ...flags, to: made.path }, io));
    await expect(again).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each(['sim', MLP, 'knn', 'task-table:source=cards'])(
    'joins a fitted router, and is routed to: %s',
    async (reference) => {
      const name = reference.split(':')[0]!;
      const profiles = at('profiles', 'emb-gnn.npz');
      const train = ['--data', at('before'), ...quick, '--profiles', profiles, '--router', reference];
      await ok('router', 'train', ...train, '--out', at('routers', name));
      const extended = at('routers', `${name}-extended`);
      const flags = { router: at('routers', name), profiles: at('extended', 'emb-gnn.npz'), out: extended };
      const { code, stdout } = await called((io) => routerAddModelCommand(at('card.json'), flags, io));
      expect([code, stdout]).toEqual([0, expect.stringContaining(`${NAME} joined 7 models`)]);
      const { manifest } = await readRouterArtifact(extended);
      expect([manifest.models.at(-1), manifest.state['joined'], manifest.profile]).toEqual([NAME, [NAME], 'emb-gnn']);

      const question = 'What does this program print? for i in range(3): print(i)';
      const ask = ['--cache', at('cache'), '--task', 'code-tracing', '--json', '--top', '9', question];
      const decision = async (router: string) =>
        JSON.parse((await ok('route', '--router', router, ...ask)).stdout) as Decision;
      const [before, after] = [await decision(at('routers', name)), await decision(extended)];
      expect(after.ranked.filter(({ model }) => model !== NAME)).toEqual(before.ranked);
      expect(after.ranked).toHaveLength(8);
      if (name === 'task-table') expect(after.model).toBe(NAME);

      const evaluate = ['--data', at('sample'), ...quick, '--new-model', NAME, '--router', extended];
      const { stdout: json } = await ok('evaluate', ...evaluate, '--out', at('evaluation', name), '--json', '--quiet');
      const report = runReportSchema.parse(JSON.parse(json));
      expect([report.newModels, report.rows[0]?.router]).toEqual([[NAME], name]);
      expect(report.rows[0]?.metrics['avg_performance_without_new']).toEqual(expect.any(Number));
    },
  );

  it('cannot join what does not take models in', async () => {
    const io = (command: (io: Io) => Promise<number>) => called(command);
    const bare = at('bare.npz');
    writeFileSync(bare, readFileSync(at('profiles', 'index.npz')));
    const flags = { data: at('before'), to: bare, out: at('nowhere') };
    await expect(io((own) => addModelCommand(at('card.json'), flags, own))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    const other = { ...flags, to: at('profiles', 'flat.npz'), encoder: 'hash:dimensions=32', cache: at('cache') };
    await expect(io((own) => addModelCommand(at('card.json'), other, own))).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringMatching(/made with the encoder hash.*64, not with hash/) as string,
    });
    const same = { router: at('routers', 'sim'), profiles: at('profiles', 'emb-gnn.npz'), out: at('nowhere') };
    await expect(io((own) => routerAddModelCommand(undefined, same, own))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});
