import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset, readRouterArtifact } from '@routeprofile/data';
import { createHashEncoder } from '@routeprofile/encoders';
import { createEncoder } from '@routeprofile/encoders/node';
import {
  builtInRouters,
  builtInWrappers,
  knnRouter,
  openRouterFrom,
  packRouter,
  unpackRouter,
} from '@routeprofile/routers';
import type { Decision, ModelCardFile } from '@routeprofile/schema';
import { openRouter } from '@routeprofile/pipeline';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

describe('a saved router opened from a program', () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const ENCODER = 'hash:dimensions=64';
  const cache = at('cache');
  const QUERIES = ['What is 17 times 23?', 'Reverse the word lantern.'];
  let single: string | undefined;
  const saved = (router: string) => at('run', 'routers', router);

  beforeAll(async () => {
    expect((await routeprofile(['sample', at('sample'), '--quiet'])).code).toBe(0);
    const { report } = await runReport([
      ...['--data', at('sample'), '--encoder', ENCODER, '--cache', cache, '--limit-train', '90', '--limit-test', '9'],
      ...['--profile', 'emb-gnn', '--router', 'knn,knn+cost:lambda=2+fallback,task-table', '--out', at('run')],
    ]);
    expect(report.failed).toEqual([]);
    single = report.baselines['best-single']?.model;
    expect(single).toBeDefined();
  });
  afterAll(() => folder.remove());

  it('answers as the command does, wrappers and encoder included', async () => {
    const folders = readdirSync(at('run', 'routers'));
    expect(folders).toHaveLength(3);
    for (const name of folders) {
      const router = await openRouter(saved(name), { cache });
      try {
        const { manifest } = await readRouterArtifact(saved(name));
        expect(router.models).toEqual(manifest.models);
        expect([router.bestSingle, manifest.bestSingle]).toEqual([single, single]);
        expect(router.candidates).toEqual((await loadDataset(at('sample'), { limitTrain: 90 })).candidates);
        const decisions = await router.route(QUERIES);
        for (const [i, query] of QUERIES.entries()) {
          const command = ['route', query, '--router', saved(name), '--cache', cache, '--json', '--quiet'];
          expect(JSON.parse((await routeprofile(command)).stdout) as Decision).toEqual(decisions[i]);
        }
        const chat = [{ role: 'user' as const, content: QUERIES[0]! }];
        expect(await router.route([chat])).toEqual([decisions[0]]);
        const talk = [
          { role: 'system' as const, content: 'Be brief.' },
          { role: 'user' as const, content: 'Hi.' },
        ];
        expect(await router.route([[...talk, ...chat]])).toEqual([decisions[0]]);
        await expect(router.route([chat, [talk[0]!]])).rejects.toMatchObject({
          code: 'BAD_INPUT',
          message: 'query 2: the messages hold no text of a user',
        });
        expect(await router.route([])).toEqual([]);
      } finally {
        await router.dispose();
      }
    }
  });

  it('answers alike without its files, packed and opened by openRouterFrom', async () => {
    for (const name of readdirSync(at('run', 'routers'))) {
      const packed: unknown = JSON.parse(JSON.stringify(packRouter(await readRouterArtifact(saved(name)))));
      const shipped = await openRouterFrom(unpackRouter(packed), {
        encoder: createHashEncoder({ dimensions: 64 }),
        routers: builtInRouters,
        wrappers: builtInWrappers,
      });
      const opened = await openRouter(saved(name), { cache });
      const queries = [...QUERIES, [{ role: 'user' as const, content: QUERIES[1]! }]];
      expect(await shipped.route(queries)).toEqual(await opened.route(queries));
      expect(shipped).toMatchObject({
        models: opened.models,
        candidates: opened.candidates,
        strategy: opened.strategy,
        encoder: opened.encoder,
        profile: opened.profile,
      });
      await opened.dispose();
    }
  });

  it('takes an encoder of one’s own with the same id, and no other', async () => {
    const encoder = await createEncoder(ENCODER);
    const router = await openRouter(saved('emb-gnn.knn.seed42'), { encoder });
    const [decision] = await router.route([QUERIES[0]!]);
    expect(decision!.ranked).toHaveLength(router.models.length);
    await expect(openRouter(saved('emb-gnn.knn.seed42'), { encoder: 'hash', cache })).rejects.toMatchObject({
      code: 'BAD_OPTION',
    });
    await expect(router.route(QUERIES[0] as unknown as string[])).rejects.toMatchObject({
      code: 'BAD_OPTION',
      message: 'route: the queries must be a list, and are a string',
    });
    await expect(router.route(QUERIES, { tasks: ['arithmetic'] })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  });

  it('of a whole run is asked for by its folder', async () => {
    await expect(openRouter(at('run'), { cache })).rejects.toMatchObject({
      code: 'MISSING_FILE',
      message: `${at('run')} holds a whole run, not one router`,
      hint: expect.stringContaining(saved('emb-gnn.knn.seed42')) as string,
    });
    await expect(openRouter(at('nowhere'), { cache })).rejects.toMatchObject({ code: 'MISSING_FILE' });
  });

  it('reads task labels where its strategy does', async () => {
    const router = await openRouter(saved('emb-gnn.task-table.seed42'), { cache });
    const [maths, none] = await router.route([QUERIES[0]!, QUERIES[0]!], { tasks: ['arithmetic', null] });
    expect(maths!.ranked).not.toEqual(none!.ranked);
  });

  it('of a file without candidates calls each model by its id', async () => {
    const name = saved('emb-gnn.task-table.seed42');
    const file = join(name, 'router.json');
    const { candidates: _gone, ...rest } = JSON.parse(readFileSync(file, 'utf8')) as { candidates: unknown };
    writeFileSync(file, JSON.stringify(rest));
    const { candidates, models } = await openRouter(name, { cache });
    expect(candidates).toEqual(models.map((id) => ({ id, model: id })));
  });

  it('is named by the error of a strategy that did not make it', async () => {
    const wrapped = readdirSync(at('run', 'routers')).find((name) => name.includes('fallback'));
    const artifact = await readRouterArtifact(saved(wrapped!));
    const error: unknown = await knnRouter.load(artifact, { seed: 1 }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'CORRUPT_FILE',
      message: expect.stringContaining('the wrappers cost, fallback') as string,
      hint: expect.stringContaining('openRouter(folder)') as string,
    });
  });

  it('keeps its candidates when a model joins', async () => {
    const cards = JSON.parse(readFileSync(at('sample', 'models.json'), 'utf8')) as Record<string, ModelCardFile>;
    const [card] = Object.values(cards);
    writeFileSync(
      at('card.json'),
      JSON.stringify({ joiner: { ...card, model: 'vendor/joiner', params: { effort: 1 } } }),
    );
    const quick = ['--cache', cache, '--quiet'];
    const profiles = at('run', 'profiles', 'emb-gnn-seed42.npz');
    const extend = ['profile', 'add-model', at('card.json'), '--to', profiles, '--data', at('sample')];
    const extended = await routeprofile([...extend, '--out', at('extended'), ...quick]);
    expect(extended).toMatchObject({ code: 0, stderr: '' });
    const joined = await routeprofile([
      ...['router', 'add-model', at('card.json'), '--router', saved('emb-gnn.knn.seed42')],
      ...['--profiles', at('extended', 'emb-gnn-seed42.npz'), '--out', at('joined'), '--quiet'],
    ]);
    expect(joined).toMatchObject({ code: 0, stderr: '' });
    const router = await openRouter(at('joined'), { cache });
    expect(router.candidates.map(({ id }) => id)).toEqual(router.models);
    expect(router.candidates.at(-1)).toMatchObject({ id: 'joiner', model: 'vendor/joiner', params: { effort: 1 } });
    expect(router.candidates[0]!.price).toEqual(expect.objectContaining({ input: expect.any(Number) as number }));
  });
});
