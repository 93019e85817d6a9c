import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json } from '../testing/requests.js';

const candidates: Candidate[] = [
  { id: 'a', model: 'a', capabilities: { tools: true, region: 'us' } },
  { id: 'b', model: 'b', capabilities: { local: true, region: 'eu' } },
];
/** Says what each call is expected to cost, as routers with `+estimate` do: b is right less often, and cheaper. */
const priced = listedRouter(candidates, {
  strategy: 'listed+estimate',
  route: async (texts) =>
    texts.map(() => ({
      model: 'a',
      ranked: [
        { model: 'a', score: 0.9, probability: 0.9, expectedCost: 0.1 },
        { model: 'b', score: 0.6, probability: 0.6, expectedCost: 0.01 },
      ],
      reasons: [{ kind: 'listed', text: 'a is first' }],
    })),
});
const open = (settings: object = {}) => openGateway({ routes: { default: settings } }, { routes: { default: priced } });
const chosen = async (settings: object, more: object = {}) => {
  const { headers } = await open(settings).ask('chat', false, more);
  return [headers.get('x-routeprofile-model'), headers.get('x-routeprofile-reason')];
};

describe('wrappers around a route', () => {
  it('choose otherwise, without training', async () => {
    expect(await chosen({})).toEqual(['a', 'a is first']);
    expect((await chosen({ wrappers: ['cost:lambda=5'] }))[0]).toBe('b');
    expect((await chosen({ wrappers: ['cost:lambda=0.1'] }))[0]).toBe('a');
    expect(await chosen({ wrappers: ['constraints:region=eu', 'fallback'] })).toEqual(['b', 'left out a: not in eu']);
  });

  it('say of a request that nobody can answer what each model lacks, and what to do', async () => {
    const response = await open().ask('chat', false, { model: 'auto:region=asia' });
    expect(await errorOf(response)).toMatchObject({
      code: 'no_candidate',
      message:
        'No model of the route default has what this request needs (a: not in asia, b: not in asia). Send one that needs less, or name another route.',
    });
  });

  it('let the model stand in that is most like the one that fails', async () => {
    const models = ['a', 'b', 'c'];
    const own = models.map((id): Candidate => ({ id, model: id }));
    const profiles = { rows: 3, cols: 2, data: Float32Array.of(1, 0, 0, 1, 0.9, 0.1) };
    const router = listedRouter(own, { likeness: { models, profiles } });
    const served = async (wrappers: string[]) => {
      const endpoints = models.map((id) => ({
        ...{ id, candidate: id, baseUrl: `https://${id}.example/v1`, wires: ['chat' as const] },
      }));
      const opened = openGateway({ endpoints, routes: { default: { wrappers } } }, { routes: { default: router } });
      opened.upstream.script.set('a', [{ kind: 'refuse', status: 500, body: '' }]);
      return (await opened.ask('chat', false)).headers.get('x-routeprofile-model');
    };
    expect([await served([]), await served(['fallback']), await served(['fallback:next=profile'])]).toEqual([
      'b',
      'b',
      'c',
    ]);
  });

  it('are named in records', async () => {
    const { ask, store } = open({ wrappers: ['constraints:region=eu'] });
    await (await ask('chat', false)).text();
    const record = await store.find('id-1');
    expect(record).toMatchObject({ model: 'b', router: { strategy: 'listed+estimate+constraints' } });
    expect(record!.ranked.map(({ model }) => model)).toEqual(['b']);
  });

  it('are refused at the start, with all that is wrong', () => {
    const wrappers = [
      'cost:budget=0.002',
      'cost:lambda=-1',
      'constraints:colour=red',
      'threshold:percent=10',
      'fallback:next=profile',
    ];
    const plain = listedRouter(candidates);
    let details: readonly string[] = [];
    try {
      openGateway(
        { routes: { default: { wrappers }, plain: { wrappers: ['cost:lambda=1'] } } },
        { routes: { default: priced, plain } },
      );
    } catch (error) {
      details = (error as { details: readonly string[] }).details;
    }
    expect(details).toEqual([
      expect.stringMatching(/^routes\.default\.wrappers\.0: cost: budget is found on training rows/),
      expect.stringMatching(/^routes\.default\.wrappers\.1: cost: lambda/),
      expect.stringMatching(/^routes\.default\.wrappers\.2: constraints: .*colour/),
      expect.stringMatching(/^routes\.default\.wrappers\.3: no wrapper called threshold/),
      expect.stringMatching(/^routes\.default\.wrappers\.4: fallback: next=profile/),
      expect.stringMatching(/^routes\.plain\.wrappers\.0: cost: the router listed does not say/),
    ]);
  });
});

describe('options behind a name', () => {
  it.each([
    ['auto:lambda=5', 'b'],
    ['routeprofile/default:lambda=0.1', 'a'],
    ['routeprofile/default:lambda=0.1,region=eu', 'b'],
    ['auto:region=us:lambda=5[1m]', 'a'],
    ['auto:output-tokens=10', 'a'],
  ])('%s is answered by %s', async (model, served) => {
    const { ask, store } = open();
    await (await ask('chat', false, { model })).text();
    expect(await store.find('id-1')).toMatchObject({ served, route: 'default' });
  });

  it.each([
    ['auto', 'b'],
    ['auto:lambda=0', 'a'],
    ['auto:lambda=0.1', 'a'],
  ])('take the place of a cost weight that the route has: %s is answered by %s', async (model, served) => {
    const { headers } = await open({ wrappers: ['cost:lambda=5'] }).ask('chat', false, { model });
    expect(headers.get('x-routeprofile-model')).toBe(served);
  });

  it('are kept with the decision', async () => {
    const { ask, store } = open();
    await (await ask('chat', false, { model: 'auto:region=eu:lambda=5' })).text();
    expect(await store.find('id-1')).toMatchObject({ overrides: { region: 'eu', lambda: 5 } });
  });

  it('make a route stricter, and never undo what it demands', async () => {
    const wrappers = ['constraints:pii=true:region=eu'];
    const messages = [{ role: 'user', content: 'write to jane.doe@example.org' }];
    expect((await chosen({ wrappers }, { model: 'auto:pii=false', messages }))[0]).toBe('b');
    const { ask } = open({ wrappers });
    expect((await ask('chat', false, { model: 'auto:region=us' })).status).toBe(400);
  });

  it.each([
    [
      'auto:colour=red',
      'default has no option colour. Options: lambda, json, tools, vision, region, local, outputTokens, pii.',
    ],
    ['auto:lambda=much', 'cost: lambda'],
    ['auto:lambda=1:lambda=2', 'twice'],
    ['auto:budget=1', 'default has no option budget'],
  ])('%s is refused', async (model, message) => {
    const { ask } = open();
    const response = await ask('chat', false, { model });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({
      code: 'bad_option',
      message: expect.stringContaining(message) as string,
    });
  });

  it('belong to routes only', async () => {
    const { ask } = open();
    for (const model of ['a:lambda=1', 'nobody:lambda=1', '=', ':x=1'])
      expect([model, (await ask('chat', false, { model })).status].join(' ')).toMatch(/ 40[04]$/);
  });
});

describe('personal data', () => {
  const filler = 'why do rivers run to the sea? '.repeat(2_000);
  const messages = [
    { role: 'user', content: `My address is jane.doe@example.org. ${filler}` },
    { role: 'assistant', content: 'Thank you.' },
    { role: 'user', content: 'Now tell me why.' },
  ];

  it('in the first turn of a long request keeps it on local models', async () => {
    expect(JSON.stringify(messages).length).toBeGreaterThan(60_000);
    const { ask, store } = open({ wrappers: ['constraints:pii=true'] });
    const response = await ask('chat', false, { messages });
    expect([response.headers.get('x-routeprofile-model'), response.headers.get('x-routeprofile-reason')]).toEqual([
      'b',
      'the request holds personal data (email), for local models only',
    ]);
    await response.text();
    expect(await store.find('id-1')).toMatchObject({ requirements: { local: true }, model: 'b' });
  });

  it('counts in instructions, in what tools gave and in predictions, on any wire', async () => {
    const system = 'You write for jane.doe@example.org.';
    const result = { role: 'user', content: [{ type: 'tool_result', content: system }] };
    const turns = [result, { role: 'user', content: 'Why?' }];
    for (const [wire, more] of [
      ['messages', { system }],
      ['messages', { messages: turns }],
      ['responses', { instructions: system }],
      ['chat', { prediction: { type: 'content', content: system } }],
    ] as const) {
      const { ask } = open({ wrappers: ['constraints:pii=true'] });
      expect((await ask(wire, false, more)).headers.get('x-routeprofile-model')).toBe('b');
    }
  });

  it('goes nowhere where no model is local, not even to whoever answers for a late router', async () => {
    const hosted = listedRouter([{ id: 'a', model: 'a' }], { route: () => Promise.reject(new Error('down')) });
    const { ask, upstream } = openGateway(
      {
        endpoints: [{ candidate: 'a', baseUrl: 'https://a.example', wires: ['chat'] }],
        routes: { default: { wrappers: ['constraints:pii=true'], onLate: 'a' } },
      },
      { routes: { default: hosted } },
    );
    const response = await ask('chat', false, { messages });
    expect([response.status, await errorOf(response)]).toMatchObject([400, { code: 'no_candidate' }]);
    expect(upstream.sent).toEqual([]);
  });

  it('is looked for where the saved router was trained to do so, and nowhere else', async () => {
    const trained = { ...priced, wrappers: [{ name: 'constraints', options: { pii: true } }] };
    const served = async (router: typeof priced) => {
      const { ask, store } = openGateway({}, { routes: { default: router } });
      await json(await ask('chat', false, { messages }));
      return (await store.find('id-1'))!.served;
    };
    expect([await served(trained), await served(priced)]).toEqual(['b', 'a']);
  });
});
