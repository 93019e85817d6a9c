import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseOptions, z, type ModelCard, type RouterInput } from '@routeprofile/schema';
import { describeRouterContract, emptyOutcomes, syntheticRouterInput } from '@routeprofile/schema/testing';
import { describe, expect, it } from 'vitest';
import { taskTableRouter } from './task-table.js';

describeRouterContract({ describe, it, expect }, taskTableRouter, { options: { source: 'cards' } });

const ctx = { seed: 1 };
const choose = async (input: RouterInput, raw: Record<string, unknown>, tasks: (string | null)[]) => {
  const router = await taskTableRouter.fit(input, parseOptions(taskTableRouter, raw), ctx);
  return router.decide({ texts: tasks.map(() => 'q'), tasks });
};
const card = (name: string, scores: Record<string, number>): ModelCard => ({
  name,
  text: name,
  family: null,
  scores: new Map(Object.entries(scores).map(([task, value]) => [task, { value }])),
  price: null,
  auxiliary: false,
});

describe('task-table', () => {
  const base = syntheticRouterInput({ models: 2 }).input;
  const nothing = { queries: { texts: [] }, tasks: [], pairs: [], outcomes: null };
  const cards = [card('model-0', { a: 80, b: 10, only: 99 }), card('model-1', { a: 70, b: 50 })];

  it('takes the better card score as it stands, and falls back to all tasks', async () => {
    const decisions = await choose({ ...base, cards, training: nothing }, {}, ['a', 'b', 'unseen', null, 'only']);
    // Over a and b model-1 is 15 better on average; `only` was measured for one model and cannot compare.
    expect(decisions.map(({ model }) => model)).toEqual(['model-0', 'model-1', 'model-1', 'model-1', 'model-1']);
    expect(decisions.map(({ reasons }) => reasons[0]?.kind)).toEqual([
      'task',
      'task',
      'fallback',
      'fallback',
      'fallback',
    ]);
    expect(decisions[0]?.ranked[0]?.score).toBe(80);
    expect(decisions[2]?.reasons[0]?.text).toContain("'unseen'");
  });

  it('ranks a model last where it was not measured', async () => {
    const three = {
      ...base,
      models: ['model-1', 'model-0', 'x'],
      cards: [...cards, card('x', { a: 100 })],
      training: nothing,
    };
    const [onB] = await choose(three, {}, ['b']);
    expect(onB?.ranked.map(({ model }) => model)).toEqual(['model-1', 'model-0', 'x']);
  });

  it('shrinks means of few rows towards task + model', async () => {
    // Model 0 leads by far on `big`; a single row of `small` says otherwise.
    const tasks = [...Array.from({ length: 20 }, () => 'big'), 'small'];
    const outcomes = emptyOutcomes(21, 2);
    for (let q = 0; q < 20; q++) outcomes.score.set([1, 0], 2 * q);
    outcomes.score.set([0, 1], 40);
    const input = { ...base, training: { queries: { texts: tasks.map(String) }, tasks, pairs: [], outcomes } };
    expect((await choose(input, { shrinkage: 0 }, ['small']))[0]?.model).toBe('model-1');
    expect((await choose(input, { shrinkage: 5 }, ['small']))[0]?.model).toBe('model-0');
  });

  it('reads pairs task by task', async () => {
    const { input } = syntheticRouterInput({ pairsOnly: true });
    const decisions = await choose(input, { source: 'pairs' }, ['arithmetic', 'history', 'code']);
    expect(decisions.map(({ model }) => Number(model.slice(-1)) % 3)).toEqual([0, 1, 2]);
  });

  it('says what it misses', async () => {
    await expect(choose({ ...base, cards: [], training: nothing }, {}, ['a'])).rejects.toMatchObject({
      code: 'NO_TRAINING_DATA',
    });
    await expect(choose({ ...base, training: nothing }, { source: 'pairs' }, ['a'])).rejects.toThrow(/no pairs/);
    await expect(choose({ ...base, models: ['model-0'] }, {}, ['a'])).rejects.toThrow(/at least 2/);
  });
});

const data = process.env['ROUTEPROFILE_DATA'];

describe.runIf(data)('task-table on the published data', () => {
  const read = <T>(schema: z.ZodType<T>, ...path: string[]) =>
    schema.parse(JSON.parse(readFileSync(join(data ?? '', 'routeprofile', ...path), 'utf8')));
  const cardsFile = z.record(z.string(), z.object({ detailed_scores: z.record(z.string(), z.number().nullable()) }));
  const rowsFile = z.array(
    z.object({
      task_name: z.string(),
      model_performance: z.record(z.string(), z.object({ task_performance: z.number() })),
    }),
  );

  // The same lookup, computed apart from this code: argmax of the feature file's scores, the first of equals.
  it.each([
    ['routing_dev_data.json', 0.6522922858676482],
    ['routing_dev_data_regraded.json', 0.7589589525343149],
  ])('is the lookup in the feature file on %s', async (file, expected) => {
    const features = read(cardsFile, 'profile_data', 'model_feature_standard.json');
    const models = Object.keys(read(cardsFile, 'profile_data', 'candidate_models.json'));
    const measured = (name: string) =>
      Object.fromEntries(
        Object.entries(features[name]!.detailed_scores).filter((entry): entry is [string, number] => entry[1] !== null),
      );
    const input = {
      ...syntheticRouterInput().input,
      models,
      cards: models.map((name) => card(name, measured(name))),
      training: { queries: { texts: [] }, tasks: [], pairs: [], outcomes: null },
    };
    const rows = read(rowsFile, 'route_data', file);
    const decisions = await choose(
      input,
      { source: 'cards' },
      rows.map((row) => row.task_name),
    );
    const total = rows.reduce((sum, row, q) => sum + row.model_performance[decisions[q]!.model]!.task_performance, 0);
    expect(total / rows.length).toBeCloseTo(expected, 12);
  });
});
