import { builtInLearners } from '@routeprofile/routers';
import { expect, it } from 'vitest';
import { chancesRoute, meansLearner } from '../testing/learning-routers.js';
import { settle } from '../testing/manual-clock.js';
import { openGateway } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';
import type { LearningState } from './route-learner.js';

const MAIL = { messages: [{ role: 'user', content: 'Write to jane.doe@example.com, please.' }] };
const REPEATED = {
  messages: [
    { role: 'user', content: 'Fix it.' },
    ...[1, 2, 3].flatMap((i) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: `c${i}`, type: 'function', function: { name: 'bash', arguments: '{"run":"ls"}' } }],
      },
      { role: 'tool', tool_call_id: `c${i}`, content: 'nothing' },
    ]),
  ],
};

/** A route that learns from each judgement, whose candidates are all local. */
function open(route: object) {
  const { candidates, ...chances } = chancesRoute({ a: 0.8, b: 0.6 });
  const local = candidates.map((one) => ({ ...one, capabilities: { local: true, tools: true } }));
  const opened = openGateway(
    { routes: { default: { learn: { strategy: 'means', mode: 'live', every: 1 }, ...route } } },
    { routes: { default: { ...chances, candidates: local } }, learners: [meansLearner, ...builtInLearners] },
  );
  const turn = async (more: object) => {
    const asked = opened.ask('chat', false, more, { headers: { 'x-session-id': 's' } });
    await opened.clock.advance(100);
    const id = (await asked).headers.get('x-routeprofile-id')!;
    await settle();
    await opened.post('/v1/feedback', { id, value: true });
    await settle();
    return (await opened.store.find(id))!.reasons.map(({ kind }) => kind);
  };
  const look = async () => (await json<{ learning: LearningState[] }>(await opened.get('/v1/overview'))).learning[0];
  return { ...opened, turn, look };
}

it('a conversation that stays teaches nothing, whatever else is said of its decision', async () => {
  const { turn, look } = open({ session: { ttl: '1h' }, wrappers: ['constraints:pii=true'] });
  await turn(MAIL);
  expect(await turn(MAIL)).toEqual(['personal-data', 'session']);
  expect(await look()).toMatchObject({ observed: 1, skipped: { 'not-routed': 1 } });
});

it('nor does one that stays as nobody is above', async () => {
  const { turn, look } = open({ session: { ttl: '1h', monitors: ['stuck'], ladder: ['b', 'a'] } });
  await turn(MAIL);
  expect(await turn(REPEATED)).toEqual(['session', 'session']);
  expect(await look()).toMatchObject({ observed: 1, skipped: { 'not-routed': 1 } });
});

it('a record names what was learned only where that decided', async () => {
  const learn = { strategy: 'thompson:scale=0.5:confidence=0', mode: 'live', every: 1 };
  // What draws cannot go within a constraint, so that the fitted router decides.
  const { turn, look, warnings, store } = open({ learn, wrappers: ['constraints:local=true'] });
  for (let i = 0; i < 4; i++) await turn(MAIL);
  expect(await look()).toMatchObject({ version: 4 });
  expect(warnings.join()).toContain('routes.default.learn has no effect on some requests');
  const { router, reasons } = (await store.find('id-4'))!;
  expect([router?.learned, reasons.map(({ kind }) => kind)]).toEqual([0, ['chances']]);
});
