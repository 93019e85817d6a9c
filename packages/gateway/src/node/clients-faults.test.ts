// What clients that people really use make of model servers that fail, through the gateway and over a real connection.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exchange } from '../serve/exchange.js';
import type { ClientSettings } from '../testing/clients/client.js';
import { EVERY_CLIENT, type ClientName } from '../testing/clients/index.js';
import type { Behaviour } from '../testing/misbehaving-upstream.js';
import { openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { RECORDINGS, recordedAnswer } from '../testing/recordings.js';
import { listen, type Listening } from './listen.js';

let opened: OpenedGateway;
let listening: Listening;
let requests: number;
beforeEach(async () => {
  opened = openGateway();
  requests = 0;
  const counted = {
    ...opened.gateway,
    handle: (request: Exchange) => {
      requests++;
      return opened.gateway.handle(request);
    },
  };
  listening = await listen(counted, { port: 0 });
});
afterEach(() => listening.close(0));

const SAID = 'Seventeen times three is 51.';
const settings = (maxRetries = 0): ClientSettings => ({ url: listening.url, maxRetries });
const asked = () => opened.upstream.sent.map(({ endpoint }) => endpoint);

const times = (count: number, behaviour: Behaviour): Behaviour[] => Array.from({ length: count }, () => behaviour);

/** Events of the chat wire with something done to them. */
const chatWith = (change: (events: string[]) => string[]) => ({
  events: change([...RECORDINGS.chat.events]),
  answer: RECORDINGS.chat.answer,
});
/** How often each client asks again that may do so once: those of OpenAI and Anthropic obey `x-should-retry`. */
const OBEYS: Readonly<Record<ClientName, boolean>> = {
  'openai, chat completions': true,
  'openai, chat completions, .stream()': true,
  'openai, responses': true,
  '@anthropic-ai/sdk, messages': true,
  'ai + @ai-sdk/openai-compatible, chat completions': false,
  'ai + @ai-sdk/openai, responses': false,
  '@langchain/openai, chat completions': false,
};

describe.each(EVERY_CLIENT)('%s', (name, client) => {
  const streamed = async () => {
    let said = '';
    const failure: unknown = await client
      .stream(settings(), (text) => (said += text))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    return { said, failure };
  };

  const after = RECORDINGS[client.wire].firstContent + 2;
  it.each<[string, Behaviour]>([
    ['closes quietly', { kind: 'cut', after }],
    ['is reset', { kind: 'break', after }],
    ['says that it is overloaded', { kind: 'error', after }],
    ['is no longer of the wire', { kind: 'garble', after }],
  ])('sees an error where a stream %s after content, and nothing twice', async (_, behaviour) => {
    opened.upstream.script.set('a', [behaviour]);
    const { said, failure } = await streamed();
    expect(failure).toBeInstanceOf(Error);
    expect(said).not.toBe('');
    expect(said).not.toBe(SAID);
    expect(SAID.startsWith(said)).toBe(true);
    expect(asked()).toEqual(['a']);
    expect(requests).toBe(1);
  });

  it.each<[string, Behaviour]>([
    ['closes quietly', { kind: 'cut', after: 1 }],
    ['is reset', { kind: 'break', after: 1 }],
    ['says that it is overloaded', { kind: 'error', after: 1 }],
    ['is no longer of the wire', { kind: 'garble', after: 1 }],
    ['is empty', { kind: 'good', said: recordedAnswer(client.wire, []) }],
    ['is not there', { kind: 'reset' }],
    ['is refused with 429', { kind: 'refuse', status: 429, headers: { 'retry-after': '7' } }],
    ['is refused with 529', { kind: 'refuse', status: 529 }],
  ])('sees nothing of a stream that %s before content', async (_, behaviour) => {
    opened.upstream.script.set('a', [behaviour]);
    expect(await streamed()).toEqual({ said: SAID, failure: undefined });
    expect(asked()).toEqual(['a', 'b']);
    expect(requests).toBe(1);
  });

  it.each([429, 503])('is told to try no more when everybody refuses with %i', async (status) => {
    for (const id of ['a', 'b']) opened.upstream.script.set(id, times(4, { kind: 'refuse', status }));
    await expect(client.whole(settings(1))).rejects.toMatchObject(OBEYS[name] ? { status } : {});
    expect(requests).toBe(OBEYS[name] ? 1 : 2);
  });

  it('is given a refusal of its own request at once', async () => {
    opened.upstream.script.set('a', [
      { kind: 'refuse', status: 400, body: '{"error":{"message":"no such parameter"}}' },
    ]);
    await expect(client.whole(settings(1))).rejects.toThrow('no such parameter');
    expect(requests).toBe(1);
    expect(asked()).toEqual(['a']);
  });
});

const CHAT_CLIENTS = EVERY_CLIENT.filter(([, { wire }]) => wire === 'chat');
describe.each(CHAT_CLIENTS)('%s', (_, client) => {
  const text = async () => {
    let said = '';
    await client.stream(settings(), (piece) => (said += piece));
    return said;
  };

  it.each<[string, (events: string[]) => string[]]>([
    [
      'choices: null beside the usage',
      (events) => events.map((event) => event.replace('"choices":[],', '"choices":null,')),
    ],
    ['no [DONE]', (events) => events.slice(0, -1)],
    ['comments before and between chunks', (events) => events.flatMap((event) => [': PROCESSING\n\n', event])],
    ['lines that end in CRLF', (events) => events.map((event) => event.replaceAll('\n', '\r\n'))],
    [
      'usage: null in each chunk',
      (events) => events.map((event) => event.replace('"choices":[{', '"usage":null,"choices":[{')),
    ],
    ['a model that changes', (events) => events.map((event, i) => event.replace('small-1', `small-${i}`))],
  ])('reads a stream with %s', async (_name, change) => {
    const said = chatWith(change);
    expect(said.events).not.toEqual(RECORDINGS.chat.events);
    opened.upstream.script.set('a', [{ kind: 'good', said }]);
    expect(await text()).toBe(SAID);
    expect(asked()).toEqual(['a']);
  });

  const inError = chatWith((events) =>
    events.map((event) => event.replace('"finish_reason":"stop"', '"finish_reason":"error"')),
  );
  it('sees an error where a stream ends with finish_reason: error, and does not take it for whole', async () => {
    opened.upstream.script.set('a', [{ kind: 'good', said: inError }]);
    await expect(text()).rejects.toThrow('The answer is not whole');
    expect(asked()).toEqual(['a']);
  });

  it('sees nothing of an answer that ends with finish_reason: error where another model can give one', async () => {
    const empty = { ...inError, events: [inError.events[0]!, ...inError.events.slice(-3)] };
    const [choice] = RECORDINGS.chat.answer['choices'] as object[];
    const answer = { ...RECORDINGS.chat.answer, choices: [{ ...choice, finish_reason: 'error' }] };
    opened.upstream.script.set('a', [
      { kind: 'good', said: empty },
      { kind: 'good', said: { ...inError, answer } },
    ]);
    expect(await text()).toBe(SAID);
    expect(await client.whole(settings())).toBe(SAID);
    expect(asked()).toEqual(['a', 'b', 'a', 'b']);
  });
});

describe('@langchain/openai', () => {
  it('asks again for a structured answer that is not JSON, as often as it may', async () => {
    const client = EVERY_CLIENT.find(([name]) => name.startsWith('@langchain'))![1];
    opened.upstream.script.set('a', times(3, { kind: 'good', said: recordedAnswer('chat', ['Fifty-one.']) }));
    await expect(client.structured(settings(1))).rejects.toThrow();
    expect(requests).toBe(2);
  });
});
