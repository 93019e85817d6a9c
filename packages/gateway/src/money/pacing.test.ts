// Paced budgets from end to end: keys and routes whose λ follows what answers cost.
import type { Candidate, RankedModel } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { withMovingLambda, type ServedWrapper } from '../decide/wrappers.js';
import { memoryStore } from '../store/memory.js';
import { settle } from '../testing/manual-clock.js';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';
import type { BudgetState } from '../serve/overview/budget-states.js';
import type { Upstream } from '../contracts/upstream.js';

const candidates: Candidate[] = [
  { id: 'large', model: 'large', price: { input: 0, output: 10 } },
  { id: 'small', model: 'small', price: { input: 0, output: 1 } },
];
/** A thousand tokens: a cent at the large model, a tenth of one at the small. */
const TOKENS = 1_000;
const DAY = 86_400_000;
const ranked: RankedModel[] = [
  { model: 'large', score: 0.9, probability: 0.9, expectedCost: 0.01 },
  { model: 'small', score: 0.8, probability: 0.8, expectedCost: 0.001 },
];
const PACING = { lambdas: [0, 20], costs: [0.01, 0.001], rate: 0.2 };

const upstream = (): Upstream => ({
  send: async () => ({
    status: 200,
    headers: new Headers({ 'content-type': 'application/json' }),
    body: (async function* () {
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'x' } }];
      const usage = { prompt_tokens: 0, completion_tokens: TOKENS };
      yield new TextEncoder().encode(JSON.stringify({ choices, usage }));
    })(),
  }),
});

function open(config: object, { strategy = 'listed+cost', told = true } = {}) {
  const router = listedRouter(candidates, {
    strategy,
    ...(told && { cost: { lambda: 0, pacing: PACING } }),
    route: async (texts) => texts.map(() => ({ model: 'large', ranked, reasons: [{ kind: 'listed', text: 'first' }] })),
  });
  const configured = {
    endpoints: candidates.map(({ id }) => ({
      candidate: id,
      baseUrl: `https://${id}.example/v1`,
      wires: ['chat' as const],
    })),
    ...config,
  };
  const routes = { default: router, other: router };
  const opened = openGateway(configured, { routes, upstream: upstream() });
  const headers = { authorization: `Bearer ${SECRETS['env:TEAM_A']}` };
  const say = async (more: object = {}) => {
    const response = await opened.ask(
      'chat',
      false,
      { model: 'routeprofile/default', max_tokens: TOKENS, ...more },
      { headers },
    );
    const body = await response.text();
    await settle();
    return {
      status: response.status,
      body,
      model: response.headers.get('x-routeprofile-model'),
      reason: response.headers.get('x-routeprofile-reason'),
    };
  };
  /** As many requests, evenly over the day that comes. */
  const day = async (requests: number, more: object = {}) => {
    await opened.clock.advance(DAY - (opened.clock.now() % DAY));
    const models: Record<string, number> = {};
    for (let i = 0; i < requests; i++) {
      await opened.clock.advance(86_000_000 / requests);
      const { model } = await say(more);
      models[model ?? 'none'] = (models[model ?? 'none'] ?? 0) + 1;
    }
    return models;
  };
  return { ...opened, headers, say, day, reload: () => opened.gateway.reload(configured, routes) };
}
const paced = (dollars: number, requests: number | 'learn' = 100, more: object = {}) => ({
  dollars,
  per: 'day',
  pacing: { requests, ...more },
});
const keyed = (budget: object, more: object = {}) => ({ keys: [{ id: 'team-a', key: 'env:TEAM_A', budget }], ...more });

it('λ that moves stands in for that of a route, else inside of load', () => {
  const named = (...names: string[]) =>
    names.map((name): ServedWrapper => ({ name, wrap: (router) => router, keepsPersonalData: false }));
  const order = (...names: string[]) => withMovingLambda(named(...names), () => 1).map(({ name }) => name);
  expect(order('constraints')).toEqual(['constraints', 'cost']);
  expect(order('constraints', 'load')).toEqual(['constraints', 'cost', 'load']);
  expect(order('cost', 'load')).toEqual(['cost', 'load']);
});

describe('a paced budget', () => {
  it('is spent over all of the window, nearly whole, where an unpaced one is used up at once', async () => {
    const fast = await open(keyed({ dollars: 0.4 })).day(100);
    expect(fast).toEqual({ large: 40, none: 60 });
    const { day, store } = open(keyed(paced(0.4)));
    const models = await day(100);
    expect(models.none).toBeUndefined();
    expect(models.small).toBeGreaterThan(50);
    const spent = await store.spent('key team-a', 'day');
    expect(spent).toBeGreaterThan(0.38);
    expect(spent).toBeLessThanOrEqual(0.4);
  });

  it('says λ in the reasons of decisions, in the metrics and in the overview', async () => {
    const { say, get, headers } = open(
      keyed(paced(0.4), { keys: [{ id: 'team-a', key: 'env:TEAM_A', operator: true, budget: paced(0.4) }] }),
    );
    expect((await say()).reason).toMatch(/at .* = 13\.3$/);
    const text = await (await get('/metrics', headers)).text();
    expect(text).toMatch(/routeprofile_budget_lambda\{budget="key team-a"\} 1\d\./);
    expect(text).toMatch(/routeprofile_budget_left_dollars\{budget="key team-a"\} 0\.399/);
    const { budgets } = await json<{ budgets: object[] }>(await get('/v1/overview', headers));
    expect(budgets).toMatchObject([{ kind: 'key', name: 'team-a', dollars: 0.4, per: 'day' }]);
    const [{ left, lambda, renewsInMs }] = budgets as [BudgetState];
    expect(left).toBeCloseTo(0.399, 9);
    // What was asked cost what it was due at this λ: 0.001 / 0.004 of what an average query is.
    expect(lambda).toBeCloseTo(13.3, 0);
    expect(renewsInMs).toBe(DAY / 2);
  });

  it('of a route holds beside that of a key, and the first that is used up refuses', async () => {
    const { say, store } = open(keyed({ dollars: 10 }, { routes: { default: { budget: { dollars: 0.025 } } } }));
    expect([(await say()).model, (await say()).model, (await say()).model]).toEqual(['large', 'large', 'small']);
    for (let i = 0; i < 4; i++) expect((await say()).model).toBe('small');
    const refused = await say();
    expect(refused.status).toBe(429);
    expect(refused.body).toContain('What is left of the route’s budget of $0.025 per day does not cover the request');
    // What did not fit the route gave the key its money back.
    expect(await store.spent('key team-a', 'day')).toBeCloseTo(await store.spent('route default', 'day'), 9);
    expect((await say({ model: 'routeprofile/other' })).model).toBe('large');
  });

  it('adds to λ what another budget and the name of the model say', async () => {
    const both = open(keyed(paced(100), { routes: { default: { budget: paced(100, 100, { lambda: 6, rate: 1 }) } } }));
    expect((await both.say()).reason).toMatch(/large .* at .* = 6$/);
    expect((await both.say({ model: 'routeprofile/default:lambda=7' })).reason).toMatch(
      /small .* instead of large .* at .* = 11\.6$/,
    );
  });

  it('carries λ over to the next window, and through a reload', async () => {
    const { day, say, clock, reload } = open(keyed(paced(0.4)));
    await day(100);
    const at = async () => Number(/= ([\d.]+)$/.exec((await say()).reason!)![1]);
    await clock.advance(DAY);
    const before = await at();
    expect(before).toBeGreaterThan(9);
    reload();
    expect(Math.abs((await at()) - before)).toBeLessThan(4);
  });

  it('takes nothing of a route that is not paced', async () => {
    expect((await open(keyed({ dollars: 10 })).say()).reason).toBe('first');
  });

  it('is refused where λ cannot move, or nobody says from where', () => {
    expect(() => open(keyed(paced(1)), { strategy: 'listed' })).toThrow(
      'keys.0.budget.pacing: cannot move λ of routes.default: the router listed does not say what a call is expected to cost',
    );
    expect(() => open(keyed(paced(1)), { told: false })).toThrow(
      'keys.0.budget.pacing: does not know where λ begins and how fast it moves',
    );
    expect(() => open(keyed(paced(1, 100, { lambda: 1, rate: 1 })), { told: false })).not.toThrow();
    expect(() => open({ routes: { default: { budget: { dollars: -1 } } } })).toThrow('routes.default.budget.dollars');
  });

  it('answers on where the store cannot say what is left, and says so', async () => {
    const store = { ...memoryStore(), spent: () => Promise.reject(new Error('down')) };
    const { ask, warnings } = openGateway(
      { routes: { default: { budget: { dollars: 1, pacing: { requests: 10, lambda: 1, rate: 1 } } } } },
      {
        store,
        routes: {
          default: listedRouter(
            ['a', 'b'].map((id) => ({ id, model: id, price: { input: 1, output: 1 } })),
            {
              strategy: 'listed+cost',
              route: async (texts) =>
                texts.map(() => ({ model: 'a', ranked: [{ model: 'a', score: 1, expectedCost: 0.001 }], reasons: [] })),
            },
          ),
        },
      },
    );
    expect((await ask('chat', false, { max_tokens: 10 })).status).toBe(200);
    await settle();
    expect(warnings).toEqual(['λ of route default stays as it is: down']);
  });
});
