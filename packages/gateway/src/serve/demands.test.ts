import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { listedRouter, openGateway } from '../testing/open-gateway.js';
import { errorOf, json } from '../testing/requests.js';

const candidates: Candidate[] = [
  { id: 'a', model: 'a', capabilities: { region: 'us' } },
  { id: 'b', model: 'b', capabilities: { region: 'eu' } },
];
const failing = (more: object = {}) =>
  listedRouter(candidates, { route: () => Promise.reject(new Error('out of memory')), ...more });
const endpoints = ['a', 'b'].map((id) => ({
  ...{ id, candidate: id, baseUrl: `https://${id}.example/v1`, wires: ['chat' as const] },
}));

describe('what a route demands holds where its router does not decide', () => {
  const answered = async (settings: object, router = failing(), more: object = {}) => {
    const { ask } = openGateway({ routes: { default: settings } }, { routes: { default: router } });
    const response = await ask('chat', false, more);
    return response.ok ? response.headers.get('x-routeprofile-model') : (await errorOf(response))['code'];
  };

  it('by wrappers, by the name in the request, and by what it was trained with', async () => {
    const trained = failing({ wrappers: [{ name: 'constraints', options: { region: 'eu' } }] });
    expect(await answered({ onLate: 'b', wrappers: ['constraints:region=eu'] })).toBe('b');
    expect(await answered({ onLate: 'a' }, failing(), { model: 'auto:region=eu' })).toBe('b');
    expect(await answered({ onLate: 'b' }, trained)).toBe('b');
    expect(await answered({ onLate: 'a' })).toBe('a');
  });

  it('each for itself: nobody is in two regions', async () => {
    const both = { onLate: 'b', wrappers: ['constraints:region=eu'] };
    expect(await answered(both, failing(), { model: 'auto:region=us' })).toBe('no_candidate');
  });

  it('unless the best may answer where nobody fulfils it', async () => {
    expect(await answered({ onLate: 'a', wrappers: ['constraints:region=eu:onEmpty=best'] })).toBe('a');
  });

  it('so that a default which does not fulfil it is refused', () => {
    const routes = { default: { onLate: 'a', wrappers: ['constraints:region=eu'] } };
    expect(() => openGateway({ routes }, { routes: { default: failing() } })).toThrow(
      expect.objectContaining({
        details: ['routes.default.onLate: a is not in eu, which the route demands of whoever answers'],
      }),
    );
  });

  it('also for conversations that stay: they move where a new configuration demands it', async () => {
    const routes = { default: listedRouter(candidates) };
    const session = { ttl: '10m' };
    const { ask, gateway } = openGateway({ routes: { default: { session } } }, { routes });
    const says = async () => {
      const { headers } = await ask('chat', false);
      return [headers.get('x-routeprofile-model'), headers.get('x-routeprofile-reason')];
    };
    await says();
    expect((await says())[0]).toBe('a');
    gateway.reload({ endpoints, routes: { default: { session, wrappers: ['constraints:region=eu'] } } }, routes);
    expect(await says()).toEqual(['b', 'a, which answered this conversation, may not answer this request (not in eu)']);
  });

  it('and says who was left out', async () => {
    const { gateway, ask } = openGateway({ routes: { default: { onLate: 'a' } } }, { routes: { default: failing() } });
    const looked = await gateway.fetch(
      new Request('http://gateway.example/v1/route', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto:region=eu', messages: [{ role: 'user', content: 'Why?' }] }),
      }),
    );
    expect(await json(looked)).toMatchObject({ leftOut: [{ model: 'a', why: 'not in eu' }] });
    expect((await ask('chat', false)).status).toBe(200);
  });
});
