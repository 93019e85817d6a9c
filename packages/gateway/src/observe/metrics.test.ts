import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.js';
import { openGateway, SECRETS } from '../testing/open-gateway.js';
import { createRegistry } from './exposition.js';

/** Series by name and labels. */
const seriesOf = (text: string): Map<string, number> =>
  new Map(
    text.split('\n').flatMap((line) => {
      if (line === '' || line.startsWith('#')) return [];
      const [, series, value] = /^([a-z_]+(?:\{[^ ]*\})?) ([0-9.e+-]+|\+Inf)$/.exec(line) ?? [];
      if (series === undefined) throw new Error(`not a line of Prometheus: ${line}`);
      return [[series, Number(value)] as const];
    }),
  );

describe('GET /metrics', () => {
  it('counts what was decided, tried, taken and paid', async () => {
    const { ask, get, upstream } = openGateway();
    upstream.script.set('a', [{ kind: 'refuse', status: 503 }]);
    await ask('chat', false);
    await (await ask('messages', true)).text();
    await ask('chat', false, { model: 'b' });
    await ask('chat', false, { model: 'nobody' });
    await get('/nothing/here');
    await get('/v1/decisions/id-1');
    await settle();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const series = seriesOf(await response.text());
    const expected: Record<string, number> = {
      'routeprofile_requests_total{route="default",wire="chat",status="200"}': 1,
      'routeprofile_requests_total{route="default",wire="messages",status="200"}': 1,
      'routeprofile_requests_total{route="",wire="chat",status="200"}': 1,
      'routeprofile_decisions_total{route="",model="b",reason="pinned"}': 1,
      'routeprofile_served_total{route="default",model="b"}': 1,
      'routeprofile_attempts_total{endpoint="a",model="a",fault="overloaded"}': 1,
      'routeprofile_attempts_total{endpoint="a",model="a",fault="ok"}': 1,
      'routeprofile_attempts_total{endpoint="b",model="b",fault="ok"}': 2,
      'routeprofile_attempt_duration_seconds_count{model="a",wire="chat"}': 1,
      'routeprofile_attempt_duration_seconds_bucket{model="a",wire="chat",le="+Inf"}': 1,
      'routeprofile_overhead_seconds_count{route="default"}': 2,
      'routeprofile_replies_total{path="/v1/chat/completions",status="404"}': 1,
      'routeprofile_replies_total{path="other",status="404"}': 1,
      'routeprofile_replies_total{path="/v1/decisions/{id}",status="200"}': 1,
      'routeprofile_endpoint_usable{endpoint="a",model="a"}': 1,
      // The request for this text itself.
      routeprofile_requests_under_way: 1,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, series.get(name)]))).toEqual(expected);
    expect(series.get('routeprofile_tokens_total{model="b",kind="output"}')).toBeGreaterThan(0);
    expect(series.get('routeprofile_cost_dollars_total{model="b"}')).toBeGreaterThan(0);
  });

  it('is for operators, where there are keys', async () => {
    const keys = [
      { id: 'a', key: 'env:TEAM_A' },
      { id: 'b', key: 'env:TEAM_B', operator: true },
    ];
    const { get } = openGateway({ keys });
    const as = (name: string) => get('/metrics', { authorization: `Bearer ${SECRETS[name]}` });
    expect([(await get('/metrics')).status, (await as('env:TEAM_A')).status, (await as('env:TEAM_B')).status]).toEqual([
      401, 403, 200,
    ]);
  });
});

describe('a registry', () => {
  it('writes labels so that any text can stand in them, and buckets summed up', () => {
    const registry = createRegistry();
    registry.counter('odd', 'Odd.', ['name']).add(['a"b\\c\nd'], 2);
    const times = registry.histogram('times', 'Times.', [], [1, 2]);
    for (const value of [0.5, 1, 1.5, 9]) times.observe([], value);
    expect(registry.text()).toBe(
      [
        '# HELP odd Odd.',
        '# TYPE odd counter',
        'odd{name="a\\"b\\\\c\\nd"} 2',
        '# HELP times Times.',
        '# TYPE times histogram',
        'times_bucket{le="1"} 2',
        'times_bucket{le="2"} 3',
        'times_bucket{le="+Inf"} 4',
        'times_sum 12',
        'times_count 4',
        '',
      ].join('\n'),
    );
  });

  it('does not grow with the labels that it is given', () => {
    const registry = createRegistry();
    const counter = registry.counter('many', 'Many.', ['name']);
    for (let i = 0; i < 5_000; i++) counter.add([String(i)]);
    const series = seriesOf(registry.text());
    expect([series.size, series.get('many{name="other"}')]).toEqual([2_001, 3_000]);
  });
});
