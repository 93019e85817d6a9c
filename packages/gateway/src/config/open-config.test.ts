import { RouteProfileError, type Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { environmentSecrets } from '../contracts/secret.js';
import { listedRouter } from '../testing/open-gateway.js';
import { openConfig } from './open-config.js';

const SECRET = 'sk-secret-0123456789';
const price = { input: 1, output: 1 };
const candidates: Candidate[] = [
  { id: 'a', model: 'a', price },
  { id: 'b', model: 'b' },
];
const endpoint = (more: object = {}) => ({
  candidate: 'a',
  baseUrl: 'https://llm.example/v1',
  wires: ['chat'],
  ...more,
});
const open = (config: object, routers = { default: listedRouter(candidates) }) =>
  openConfig(config, routers, environmentSecrets({ KEY: SECRET, SAME: SECRET, BROKEN: 'two\nlines' })).snapshot;

/** What is wrong, one line each. */
function problemsOf(config: object, routers?: Parameters<typeof open>[1]): readonly string[] {
  try {
    open(config, routers);
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    expect(JSON.stringify([error.message, error.details])).not.toContain(SECRET);
    expect(error.code).toBe('BAD_OPTION');
    return error.details;
  }
  return [];
}

describe('a configuration', () => {
  it('has defaults, and names for its endpoints', () => {
    const { endpoints, targets, secrets, config } = open({
      endpoints: [endpoint(), endpoint({ key: 'env:KEY', model: 'a-2026' }), endpoint({ id: 'own', candidate: 'b' })],
    });
    expect(endpoints.get('a')).toMatchObject([
      { id: 'a at llm.example', model: 'a', timeouts: { firstContentMs: 120_000 }, askUsage: true },
      { id: 'a at llm.example (2)', model: 'a-2026' },
    ]);
    expect(secrets.get('a at llm.example (2)')).toBe(SECRET);
    expect([...targets.keys()]).toEqual(['routeprofile/default', 'auto', 'a', 'b']);
    expect(config.limits).toEqual({ bodyBytes: 10_000_000, inflatedBytes: 40_000_000 });
  });

  it.each<[string, object, string]>([
    ['unknown settings', { endpoints: [endpoint()], budget: 1 }, 'budget'],
    ['no endpoint', { endpoints: [] }, 'endpoints'],
    [
      'a candidate that nobody knows',
      { endpoints: [endpoint({ candidate: 'c' })] },
      'no router knows c; they know a, b',
    ],
    [
      'routes without a router',
      { endpoints: [endpoint()], routes: { x: {} } },
      'routes.x: has no router; there are: default',
    ],
    ['two endpoints of a name', { endpoints: [endpoint({ id: 'e' }), endpoint({ id: 'e' })] }, 'e names two endpoints'],
    ['a secret in the open', { endpoints: [endpoint({ key: SECRET })] }, 'never the secret itself'],
    [
      'a secret that is not there',
      { endpoints: [endpoint({ key: 'env:NONE' })] },
      'the environment variable NONE is not set, or empty: export it where the gateway starts',
    ],
    ['a secret that no header may hold', { endpoints: [endpoint({ key: 'env:BROKEN' })] }, 'no HTTP header may hold'],
    ['a secret in a file', { endpoints: [endpoint({ key: 'file:/run/key' })] }, 'cannot be read here'],
    ['an alias that is taken', { endpoints: [endpoint()], routes: { default: { aliases: ['a'] } } }, 'a already names'],
    ['a deadline alone', { endpoints: [endpoint()], routes: { default: { deadlineMs: 5 } } }, 'who answers then'],
    [
      'a default that cannot be called',
      { endpoints: [endpoint()], routes: { default: { onLate: 'b' } } },
      'b has no endpoint',
    ],
    [
      'one secret twice',
      {
        endpoints: [endpoint()],
        keys: [
          { id: 'x', key: 'env:KEY' },
          { id: 'y', key: 'env:SAME' },
        ],
      },
      'is the same secret as that of x',
    ],
    [
      'one key twice',
      {
        endpoints: [endpoint()],
        keys: [
          { id: 'x', key: 'env:KEY' },
          { id: 'x', key: 'env:NONE' },
        ],
      },
      'x names two keys',
    ],
    [
      'a key for no route',
      { endpoints: [endpoint()], keys: [{ id: 'x', key: 'env:KEY', routes: ['y'] }] },
      'there is no route y',
    ],
    [
      'a budget without prices',
      { endpoints: [endpoint({ candidate: 'b' })], keys: [{ id: 'x', key: 'env:KEY', budget: { dollars: 1 } }] },
      'no price: b',
    ],
    [
      'an address with a password',
      { endpoints: [endpoint({ baseUrl: 'https://u:p@x.example' })] },
      'holds a user name or password',
    ],
    ['prompts in the clear', { endpoints: [endpoint({ baseUrl: 'http://x.example' })] }, 'insecure: true'],
    [
      'the address of secrets',
      { endpoints: [endpoint({ baseUrl: 'http://169.254.169.254/v1', insecure: true })] },
      'link-local',
    ],
    [
      'the same in other words',
      { endpoints: [endpoint({ baseUrl: 'http://0xA9FEA9FE/v1', insecure: true })] },
      'link-local',
    ],
    ['its name', { endpoints: [endpoint({ baseUrl: 'https://metadata.google.internal./v1' })] }, 'credentials'],
    ['a header with a line break', { endpoints: [endpoint({ headers: { x: 'a\r\nb: c' } })] }, 'headers'],
  ])('is refused with %s', (_, config, problem) => {
    expect(problemsOf(config).join('\n')).toContain(problem);
  });

  it('is refused where a route can call nobody, or there is none', () => {
    const routers = { default: listedRouter(candidates), other: listedRouter([{ id: 'z', model: 'z' }]) };
    expect(problemsOf({ endpoints: [endpoint()] }, routers)).toEqual([
      'routes.other: none of its candidates has an endpoint: z',
    ]);
    expect(problemsOf({ endpoints: [endpoint()] }, {} as typeof routers).join()).toContain('there is no router');
  });

  it('is refused where two routes mean different candidates by one id', () => {
    const others = (more: Partial<Candidate>) => ({
      default: listedRouter(candidates),
      other: listedRouter([{ ...candidates[0]!, ...more }]),
    });
    const config = { endpoints: [endpoint()] };
    expect(problemsOf(config, others({ price: { output: 1, input: 1 }, latency: { total: 2 } }))).toEqual([]);
    expect(problemsOf(config, others({ price: { input: 1, output: 9 }, model: 'a-2027' }))).toEqual([
      'routes.other: its candidate a is not that of routes.default (model, price); train both routers with the same candidates, or give one another id',
    ]);
  });

  it('is told every problem at once', () => {
    const config = { endpoints: [endpoint({ candidate: 'c' }), endpoint({ key: 'env:NONE' })], routes: { x: {} } };
    expect(problemsOf(config)).toHaveLength(3);
    expect(problemsOf({ endpoints: [{}, {}] }).length).toBeGreaterThan(5);
  });

  it('may speak in the clear to this machine', () => {
    for (const host of ['localhost:8000', '127.0.0.1', '[::1]:11434'])
      expect(problemsOf({ endpoints: [endpoint({ baseUrl: `http://${host}/v1` })] })).toEqual([]);
  });
});
