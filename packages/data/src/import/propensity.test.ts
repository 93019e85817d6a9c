import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadDataset } from '../layouts/load.js';
import { csv, jsonl, Workbench } from './testing.js';

const bench = new Workbench();
beforeEach(() => bench.next());
afterAll(() => bench.remove());

describe('chances and who gave the scores', () => {
  it.each(['propensity', 'action_prob', 'loggingProbability', 'pscore', 'Propensity Score'])(
    'are read from columns with usual names: %s',
    async (name) => {
      const text = csv(`query,model,score,${name},graded_by`, 'one,a,1,0.7,user', 'two,b,0,0.3,');
      const { columns, unused } = await bench.import('a.csv', text);
      expect(columns).toMatchObject({ propensity: name, source: 'graded_by', score: 'score' });
      expect(unused).toEqual([]);
      expect(bench.rows().map(({ models }) => models)).toEqual([
        { a: { score: 1, propensity: 0.7, source: 'user' } },
        { b: { score: 0, propensity: 0.3 } },
      ]);
    },
  );

  it.each(['prob', 'probability', 'p', 'source', 'logprob', 'score_probability', 'token_prob'])(
    'are not taken from a column that may hold something else: %s',
    async (name) => {
      const { columns, unused } = await bench.import('a.csv', csv(`query,model,score,${name}`, 'one,a,1,0.7'));
      expect(Object.keys(columns)).toEqual(['query', 'model', 'score']);
      expect(unused).toEqual([name]);
    },
  );

  it('are read from where the flags say', async () => {
    const record = { query: 'one', model: 'a', score: 1, router: { drawn: { p: 0.25 } }, source: 'judge:m' };
    await bench.import('a.jsonl', jsonl(record), { columns: { propensity: 'router.drawn.p', source: 'source' } });
    expect(bench.rows()[0]!.models).toEqual({ a: { score: 1, propensity: 0.25, source: 'judge:m' } });
  });

  it('come with an export of a tool where their paths are named', async () => {
    const request = {
      ...{ request_id: 'r', model: 'a', response: {}, spend: 0.1, startTime: 1, endTime: 2, call_type: 'acompletion' },
      ...{ messages: [{ role: 'user', content: 'one' }], metadata: { chance: 0.5, rater: 'user' }, score: 1 },
    };
    const { preset } = await bench.import('a.jsonl', jsonl(request), {
      preset: 'litellm',
      columns: { score: 'score', propensity: 'metadata.chance', source: 'metadata.rater' },
    });
    expect(preset).toBe('litellm');
    expect(bench.rows()[0]!.models['a']).toMatchObject({ score: 1, propensity: 0.5, source: 'user' });
  });

  it('have a column per model in a wide table', async () => {
    const text = csv(
      'query,a,a.propensity,a.source,b,b.propensity,b.source,propensity',
      'one,1,0.7,user,,,,0.7',
      'two,,,judge,0,0.3,judge,0.3',
    );
    const { models, unused } = await bench.import('a.csv', text);
    expect([models, unused]).toEqual([['a', 'b'], ['propensity']]);
    expect(bench.rows().map((row) => row.models)).toEqual([
      { a: { score: 1, propensity: 0.7, source: 'user' } },
      { b: { score: 0, propensity: 0.3, source: 'judge' } },
    ]);
  });

  it('have to be above 0 and up to 1; percentages are not guessed', async () => {
    const text = csv(
      'query,model,score,propensity',
      ...['0', '1.5', '70', '70%', '-1', '1'].map((p) => `q${p},a,1,${p}`),
    );
    const { message, details } = await bench.refused('a.csv', text);
    expect(message).toMatch(/5 problems/);
    for (const said of ['is 0,', 'is 1.5,', 'is 70,', 'is "70%",', 'is -1,'])
      expect(details.join('\n')).toContain(`propensity: ${said} expected a chance above 0 and up to 1`);
  });

  it('are averaged, and joined, where a model was asked twice; a judge that had a part is seen', async () => {
    const text = csv(
      'query,model,score,propensity,scored_by',
      ...['one,a,1,0.25,user', 'one,a,0,0.75,judge:m', 'one,b,1,,', 'two,a,1,,', 'two,b,1,,'],
    );
    await bench.import('a.csv', text);
    expect(bench.rows()[0]!.models['a']).toEqual({
      score: 0.5,
      propensity: 0.5,
      source: 'judge:m + user',
    });
    const { warnings } = await loadDataset(bench.out);
    expect(warnings.join('\n')).toMatch(/1 score was given by a language model \(judge:m \+ user: 1\)/);
  });

  it('do not make a score: who gave none is not kept', async () => {
    await bench.import('a.csv', csv('query,model,score,scored_by', 'one,a,,user', 'two,a,1,user'));
    expect(bench.rows()[0]!.models).toEqual({ a: { score: null } });
  });
});
