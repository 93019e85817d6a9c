import { generateText } from 'ai';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord } from '@routeprofile/gateway';
import { createRouteProfile } from './index.js';
import { candidatesOf, listedRouter } from './testing/listed-router.js';
import { model } from './testing/mock-models.js';

const MAIL = 'Write to ada@example.org.';

/** Candidate `b` runs here, and is the best single model; the router keeps personal data on such ones. */
function open() {
  const [a, b] = candidatesOf('a', 'b');
  const router = {
    ...listedRouter([a!, { ...b!, capabilities: { local: true } }]),
    bestSingle: 'b',
    sharedPrefixes: ['Answer the question. '],
    wrappers: [{ name: 'constraints', options: { pii: true } }],
  };
  const records: DecisionRecord[] = [];
  const models = { a: model('a'), b: model('b') };
  const routeprofile = createRouteProfile({ router, models, onDecision: (record) => void records.push(record) });
  return { router, records, routeprofile };
}

describe('a call is decided as the gateway decides a request', () => {
  it('with personal data anywhere in it, by local models alone', async () => {
    const { routeprofile, router, records } = open();
    const messages = [
      { role: 'user' as const, content: MAIL },
      { role: 'assistant' as const, content: 'Done.' },
      { role: 'user' as const, content: 'And now?' },
    ];
    // What a caller says does not take back what was found.
    const providerOptions = { routeprofile: { requirements: { local: false } } };
    await generateText({ model: routeprofile('auto'), messages, providerOptions });
    expect(router.asked).toMatchObject([{ text: 'And now?', requirements: { local: true } }]);
    expect(records).toMatchObject([{ served: 'b', reasons: [{ kind: 'personal-data' }, { kind: 'listed' }] }]);
    expect(JSON.stringify(records[0]?.reasons)).not.toContain('ada');
  });

  it('without, by all; and one that names its model by that one, whatever it holds', async () => {
    const { routeprofile, records } = open();
    await generateText({ model: routeprofile('auto'), prompt: 'What is 17 * 3?' });
    await generateText({ model: routeprofile('a'), prompt: MAIL });
    expect(records).toMatchObject([{ served: 'a' }, { served: 'a', reasons: [{ kind: 'pinned' }] }]);
  });

  it('by what comes after a beginning that the router does not read, however long', async () => {
    const { routeprofile, router } = open();
    const question = 'x'.repeat(1_990);
    await generateText({ model: routeprofile('auto'), prompt: `Answer the question. ${question}` });
    expect(router.asked[0]?.text.endsWith(question)).toBe(true);
  });

  it('and its record says what the best single model would have cost', async () => {
    const { routeprofile, records } = open();
    await generateText({ model: routeprofile('auto'), prompt: 'What is 17 * 3?' });
    expect(records[0]?.bestSingle).toEqual({ model: 'b', cost: records[0]?.cost });
  });
});
