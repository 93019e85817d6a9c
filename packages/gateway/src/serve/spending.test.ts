import type { Candidate } from '@routeprofile/schema';
import { expect, it } from 'vitest';
import { manualClock } from '../testing/manual-clock.js';
import type { Fields } from '../wire/format.js';
import { WIRES } from '../wire/formats.js';
import { readRequest } from '../wire/read-request.js';
import { spendingOf } from './spending.js';

/** A millionth of a dollar per token read, ten dollars per token written. */
const PRICE = { input: 1, output: 1e7 };

/** What is held back for a request: tokens read, without those of its text, and tokens written. */
async function held(wire: keyof typeof WIRES, body: Fields, more: Partial<Candidate> = {}) {
  let amount = NaN;
  const store = {
    reserve: async (_: string, dollars: number) => {
      amount = dollars;
      return { id: 'r' };
    },
    settle: async () => {},
  };
  const budget = { kind: 'key', scope: 'k', limit: { amount: 1e6, per: 'day' } } as const;
  const text = JSON.stringify(body);
  const candidate: Candidate = { id: 'a', model: 'a', price: PRICE, ...more };
  await spendingOf([budget], store, manualClock(), undefined)!.hold(candidate, readRequest(WIRES[wire], text, body));
  const beside = Math.round(amount * 1e6) - text.length;
  return { read: beside % 1e7, written: Math.floor(beside / 1e7) };
}

const chat = (...content: object[]) => ({ max_tokens: 3, messages: [{ role: 'user', content }] });
const picture = { type: 'image_url', image_url: { url: 'https://x.example/a.png' } };
const WINDOW = { limits: { contextTokens: 9_000 } };

it.each<[string, keyof typeof WIRES, Fields, number, Partial<Candidate>?]>([
  ['nothing more for words', 'chat', chat({ type: 'text', text: 'a picture' }), 0],
  ['50,000 tokens for each picture, wherever it lies', 'chat', chat(picture, picture), 100_000],
  [
    'of bytes too, as a small file can be a large picture',
    'messages',
    {
      max_tokens: 3,
      messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'base64', data: 'AAAA' } }] }],
    },
    50_000,
  ],
  ['no more than the candidate reads at once', 'chat', chat(picture), 9_000, WINDOW],
  ['all that the candidate reads for a file', 'chat', chat({ type: 'file', file: { file_id: 'f' } }), 9_000, WINDOW],
  [
    '1,048,576 tokens for a file where the candidate does not say what it reads',
    'responses',
    {
      max_output_tokens: 3,
      input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://x.example/a.pdf' }] }],
    },
    1_048_576,
  ],
  [
    'the same for a document by its address',
    'messages',
    {
      max_tokens: 3,
      messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://x.example/' } }] }],
    },
    9_000,
    WINDOW,
  ],
  [
    'nothing more for a document of words',
    'messages',
    {
      max_tokens: 3,
      messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'text', data: 'words' } }] }],
    },
    0,
    WINDOW,
  ],
  [
    'all that it reads for what a server has stored',
    'responses',
    {
      max_output_tokens: 3,
      input: 'And then?',
      previous_response_id: 'resp_1',
    },
    9_000,
    WINDOW,
  ],
  [
    'a picture of a screen',
    'responses',
    {
      max_output_tokens: 3,
      input: [{ type: 'computer_call_output', output: { type: 'computer_screenshot', file_id: 'f' } }],
    },
    50_000,
  ],
  [
    'all that it reads for a film',
    'chat',
    chat({ type: 'video_url', video_url: { url: 'https://x.example/' } }),
    9_000,
    WINDOW,
  ],
])('holds back %s', async (_, wire, body, more, candidate) => {
  expect(await held(wire, body, candidate)).toEqual({ read: more, written: 3 });
});

it.each<[string, keyof typeof WIRES, Fields, number, Partial<Candidate>?]>([
  ['the one limit', 'chat', { max_tokens: 7 }, 7],
  ['the other limit', 'chat', { max_completion_tokens: 8 }, 8],
  ['the larger of both', 'chat', { max_tokens: 70, max_completion_tokens: 8 }, 70],
  ['the larger of both, the other way around', 'chat', { max_tokens: 7, max_completion_tokens: 80 }, 80],
  [
    'the larger of what client and candidate set',
    'chat',
    { max_completion_tokens: 80 },
    80,
    { params: { max_tokens: 9 } },
  ],
  [
    'no limit of the client where one of both is none',
    'chat',
    { max_tokens: -1, max_completion_tokens: 8 },
    99,
    {
      limits: { maxOutputTokens: 99 },
    },
  ],
  ['the one that is not null', 'chat', { max_tokens: null, max_completion_tokens: 8 }, 8],
  [
    'no limit by a name that the wire does not have',
    'chat',
    { max_output_tokens: 7 },
    99,
    { limits: { maxOutputTokens: 99 } },
  ],
  ['the limit of its own wire', 'responses', { max_output_tokens: 7, max_tokens: 3 }, 7],
  ['the limit for each of several answers', 'chat', { max_tokens: 7, n: 3 }, 21],
  ['32,768 tokens where nobody says', 'chat', {}, 32_768],
])('holds back for the answer %s', async (_, wire, body, tokens, candidate) => {
  expect((await held(wire, body, candidate)).written).toBe(tokens);
});
