import { describe, expect, it } from 'vitest';
import type { GatewayConfigInput } from '../config/config.js';
import { memoryStore } from '../store/memory.js';
import { settle } from '../testing/manual-clock.js';
import { openGateway, SECRETS } from '../testing/open-gateway.js';
import { errorOf, json, post as request } from '../testing/requests.js';
import type { FeedbackAnswer } from './answer-feedback.js';

/** A gateway that has answered `id-1`. */
async function answered(config: Partial<GatewayConfigInput> = {}) {
  const opened = openGateway(config);
  await (await opened.ask('chat', false)).text();
  await settle();
  const say = (body: unknown, headers?: Record<string, string>) => opened.post('/v1/feedback', body, headers);
  return {
    ...opened,
    say,
    said: async (body: unknown) => json<FeedbackAnswer>(await say(body)),
    wrong: async (body: unknown) => {
      const response = await say(body);
      return [response.status, (await errorOf(response))['message']];
    },
  };
}

describe('feedback', () => {
  it('is kept, shown with its decision, and counted', async () => {
    const { say, get } = await answered();
    const response = await say({ id: 'id-1', value: true, comment: 'Just right.' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({
      ...{ feedbackId: 'user quality', decision: 'id-1', status: 'stored', score: 1 },
    });
    const shown = await json<{ model: string; feedback: unknown[] }>(await get('/v1/decisions/id-1'));
    expect(shown).toMatchObject({
      model: 'a',
      feedback: [{ name: 'quality', value: true, score: 1, source: 'user', comment: 'Just right.', tenant: 'local' }],
    });
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('routeprofile_feedback_total{name="quality",source="user",status="stored"} 1');
    expect(metrics).toContain('routeprofile_replies_total{path="/v1/feedback",status="202"} 1');
  });

  it('of the same name and source is a change of mind, and by an id of its own another judgement', async () => {
    const { said, store } = await answered();
    const say = async (value: boolean, more: object = {}) => (await said({ id: 'id-1', value, ...more })).status;
    expect([await say(true), await say(true), await say(false), await say(true)]).toEqual([
      ...['stored', 'duplicate', 'replaced', 'replaced'],
    ]);
    expect([await say(false, { feedbackId: 'second' }), await say(false, { source: 'model' })]).toEqual([
      ...['stored', 'stored'],
    ]);
    expect((await store.said('id-1')).map(({ id, score }) => [id, score])).toEqual([
      ['user quality', 1],
      ['second', 0],
      ['model quality', 0],
    ]);
  });

  it('may be a word, and one that stands for no number is kept and says so', async () => {
    const { said } = await answered({ feedback: { words: { 'So so': 0.5, good: 0.9 } } });
    const score = async (value: string) => (await said({ id: 'id-1', value })).score;
    expect([await score('Thumbs-Down'), await score(' so SO '), await score('good')]).toEqual([0, 0.5, 0.9]);
    for (const word of ['meh', '__proto__', 'constructor']) {
      const kept = await said({ id: 'id-1', value: word });
      expect([kept.status, kept.score, kept.note]).toEqual([
        'replaced',
        null,
        expect.stringContaining('feedback.words') as string,
      ]);
    }
  });

  it('has the scale that the configuration gives its name, either way around', async () => {
    const { said, wrong } = await answered({
      feedback: { scales: { stars: { from: 1, to: 5 }, grade: { from: 6, to: 1 } } },
    });
    const score = async (name: string, value: number) => (await said({ id: 'id-1', name, value })).score;
    expect([await score('stars', 4), await score('grade', 1), await score('quality', 0.25)]).toEqual([0.75, 1, 0.25]);
    expect(await wrong({ id: 'id-1', name: 'stars', value: 0 })).toEqual([
      400,
      '"stars" has the value 0, expected a number from 1 to 5.',
    ]);
    expect(await wrong({ id: 'id-1', value: 4 })).toEqual([
      400,
      '"quality" has the value 4, expected a number from 0 to 1. For another scale, set feedback.scales in the gateway\'s configuration: the worst number as `from`, the best as `to`.',
    ]);
  });

  it.each([
    [{ traceId: 'id-1', name: 'q', value: 0.5, dataType: 'NUMERIC', id: 's1', comment: null, metadata: { a: 1 } }, 0.5],
    [{ traceId: 'id-1', name: 'q', value: 1, dataType: 'BOOLEAN', environment: 'production' }, 1],
    [{ traceId: 'id-1', name: 'q', value: 'correct', dataType: 'CATEGORICAL', source: 'EVAL' }, 1],
    [{ run_id: 'id-1', key: 'q', score: 0.25, comment: 'why', feedback_source: { type: 'api' } }, 0.25],
    [{ run_id: 'id-1', key: 'q', score: true, feedback_source: { type: 'model', metadata: {} } }, 1],
    [{ run_id: 'id-1', key: 'q', score: null, value: 'wrong', correction: null }, 0],
  ])('is read as Langfuse and LangSmith write it: %j', async (body, score) => {
    const { said, store } = await answered();
    expect(await said(body)).toMatchObject({ decision: 'id-1', status: 'stored', score });
    const [kept] = await store.said('id-1');
    const model = JSON.stringify(body).includes('EVAL') || JSON.stringify(body).includes('"model"');
    expect([kept?.name, kept?.source]).toEqual(['q', model ? 'model' : 'user']);
  });

  it('may come as a list, of which all or nothing is refused, and each decision is looked up', async () => {
    const { say, store } = await answered();
    expect(
      (
        await say([
          { id: 'id-1', value: 1 },
          { id: 'id-1', value: 2 },
        ])
      ).status,
    ).toBe(400);
    expect(await store.said('id-1')).toEqual([]);
    const response = await say([
      { id: 'id-1', value: true },
      { id: 'nobody', value: true },
      { id: 'id-1', value: false },
    ]);
    expect(response.status).toBe(202);
    const { data } = await json<{ data: FeedbackAnswer[] }>(response);
    expect(data.map(({ status }) => status)).toEqual(['stored', 'unknown', 'replaced']);
    expect(await store.said('id-1')).toMatchObject([{ score: 0 }]);
  });

  it.each([
    ['a member that there is not', { id: 'id-1', value: 1, feedback_id: 'x' }, /feedback_id/],
    ['no value', { id: 'id-1' }, /value/],
    ['a value that is none', { id: 'id-1', value: { a: 1 } }, /value.*expected a number, true, false, or a word/],
    ['a source that there is not', { id: 'id-1', value: 1, source: 'me' }, /source/],
    ['a name that is too long', { id: 'id-1', value: 1, name: 'n'.repeat(201) }, /name/],
    ['a comment that is too long', { id: 'id-1', value: 1, comment: 'n'.repeat(4_001) }, /comment/],
    ['a number as a category', { traceId: 'id-1', name: 'q', value: 1, dataType: 'CATEGORICAL' }, /expected a word/],
    ['neither score nor value', { run_id: 'id-1', key: 'q' }, /score/],
    ['an empty list', [], /empty/],
    ['a long list', Array.from({ length: 1_001 }, () => ({ id: 'id-1', value: 1 })), /1001/],
    ['a word in place of an object', 'good', /named fields/],
    ['null', null, /named fields/],
  ])('with %s is refused with one clear error', async (_, body, message) => {
    const { wrong, store } = await answered();
    const [status, text] = await wrong(body);
    expect([status, text]).toEqual([400, expect.stringMatching(message) as string]);
    expect(await store.said('id-1')).toEqual([]);
  });

  it('has a limit of its own, whatever requests for answers have', async () => {
    const { gateway } = await answered();
    const response = await gateway.fetch(request('/v1/feedback', JSON.stringify(['x'.repeat(1_000_000)])));
    expect(response.status).toBe(413);
    expect((await gateway.fetch(request('/v1/feedback', '{"id":'))).status).toBe(400);
    expect((await gateway.fetch(new Request('http://gateway.example/v1/feedback'))).status).toBe(405);
  });

  it('is for the tenant alone that was answered, and for anybody else there is no such decision', async () => {
    const keys = ['A', 'B'].map((team) => ({ id: `team-${team}`, key: `env:TEAM_${team}`, operator: team === 'B' }));
    const auth = (team: 'A' | 'B') => ({ authorization: `Bearer ${SECRETS[`env:TEAM_${team}`]}` });
    const { ask, post, store } = openGateway({ keys });
    await ask('chat', false, {}, { headers: auth('A') });
    await settle();
    const say = async (id: string, headers: Record<string, string>) => {
      const response = await post('/v1/feedback', { id, value: true }, headers);
      return [response.status, await response.text()];
    };
    expect((await say('id-1', {}))[0]).toBe(401);
    const others = await say('id-1', auth('B'));
    expect(others).toEqual(await say('nobody', auth('B')));
    expect(others[0]).toBe(404);
    expect(await store.said('id-1')).toEqual([]);
    expect((await say('id-1', auth('A')))[0]).toBe(202);
  });

  it('waits for the record of an answer that has just come, a while', async () => {
    const opened = openGateway();
    const stream = await opened.ask('chat', true);
    const saying = opened.post('/v1/feedback', { id: 'id-1', value: true });
    await stream.text();
    await settle();
    expect((await saying).status).toBe(202);
    expect(await opened.store.said('id-1')).toHaveLength(1);
    await opened.ask('chat', true);
    const early = opened.post('/v1/feedback', { id: 'id-3', value: true });
    await settle();
    await opened.clock.advance(2_001);
    expect((await early).status).toBe(404);
  });

  it('is bounded per decision: a client can replace what it said, and add no more', async () => {
    const { said, say, store } = await answered();
    const many = Array.from({ length: 130 }, (_, i) => ({ id: 'id-1', value: true, feedbackId: `f${i}` }));
    const { data } = await json<{ data: FeedbackAnswer[] }>(await say(many));
    expect(data.filter(({ status }) => status === 'stored').length).toBe(100);
    expect(data[100]).toMatchObject({
      status: 'full',
      note: expect.stringContaining('100 pieces of feedback') as string,
    });
    const refused = await say({ id: 'id-1', value: true });
    expect([refused.status, await errorOf(refused)]).toEqual([
      409,
      expect.objectContaining({
        code: 'feedback_full',
        message:
          'The decision has 100 pieces of feedback, and no more are kept. Say it under the feedbackId of one of them, which it then replaces.',
      }) as unknown,
    ]);
    expect((await said({ id: 'id-1', value: false, feedbackId: 'f7' })).status).toBe('replaced');
    expect(await store.said('id-1')).toHaveLength(100);
  });

  it('that a store cannot keep may be sent again', async () => {
    const store = memoryStore();
    const down = { ...store, feedback: () => Promise.reject(new Error('no disk')) };
    const { post, warnings } = openGateway({}, { store: down });
    const response = await post('/v1/feedback', { id: 'id-1', value: true });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(warnings).toEqual(['feedback is not kept: no disk']);
  });

  it('makes no more series of metrics than the configuration has names', async () => {
    const { said, get } = await answered();
    for (let i = 0; i < 50; i++) await said({ id: 'id-1', name: `mine ${i}`, value: true });
    const metrics = await (await get('/metrics')).text();
    expect(metrics.split('\n').filter((line) => line.startsWith('routeprofile_feedback_total'))).toEqual([
      'routeprofile_feedback_total{name="other",source="user",status="stored"} 50',
    ]);
  });
});
