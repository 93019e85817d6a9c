import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseOptions, RouteProfileError, type ProfileSet, type RunContext } from '@routeprofile/schema';
import { syntheticProfileInput } from '@routeprofile/schema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../testing/language-model.js';
import { readHopTexts } from '../hop-texts.js';
import { createTextGnnProfile, type TextGnnEnvironment } from '../text-gnn-profile.js';

const KEY = 'sk-test-0123456789+/abcdef';
/** Prompts of a hop on the synthetic graph: 3 tasks, 1 domain, 2 families, 4 models. */
const PROMPTS = 10;

interface Asked {
  model: string;
  messages?: { role: string; content: string }[];
  prompt?: string;
  max_tokens?: number;
  temperature?: number;
}
type Handler = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

const promptOf = ({ messages, prompt }: Asked) => prompt ?? messages!.map(({ content }) => content).join('\n');
const answer = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const say = (response: ServerResponse, content: string | null, finish_reason = 'stop') =>
  answer(response, 200, {
    choices: [{ message: { role: 'assistant', content }, text: content, finish_reason }],
    usage: { prompt_tokens: 50, completion_tokens: 10 },
  });
const behave: Handler = (asked, response) =>
  say(response, `A text of ${promptOf(asked).length} characters about ${/^\w+: (.*)$/m.exec(promptOf(asked))?.[1]}.`);

/** What the server does with the next requests, once each; then it behaves. */
let script: Handler[] = [];
let standard: Handler = behave;
let requests: (Asked & { key: string | undefined; path: string | undefined })[] = [];
let inFlight = 0;
let mostInFlight = 0;
const server = createServer((request, response) => {
  let text = '';
  mostInFlight = Math.max(mostInFlight, ++inFlight);
  response.on('close', () => inFlight--);
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    const asked = JSON.parse(text) as Asked;
    requests.push({ ...asked, key: request.headers.authorization, path: request.url });
    (script.shift() ?? standard)(asked, response, request);
  });
});
let baseUrl = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  script = [];
  standard = behave;
  requests = [];
  mostInFlight = 0;
});

const build = async (
  options: Record<string, unknown> = {},
  ctx: Partial<RunContext> = {},
  environment: TextGnnEnvironment = {},
): Promise<ProfileSet> => {
  const profile = createTextGnnProfile({
    env: { ROUTEPROFILE_LLM_BASE_URL: baseUrl, ROUTEPROFILE_LLM_MODEL: 'toy', ROUTEPROFILE_LLM_API_KEY: KEY },
    delays: { firstDelay: 1, maximumDelay: 50 },
    ...environment,
  });
  const given = parseOptions(profile, { summarizer: 'llm', hops: 1, ...options });
  return profile.build(await syntheticProfileInput(), given, { seed: 1, ...ctx });
};
const failureOf = async (work: Promise<unknown>): Promise<RouteProfileError> => {
  const error = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (!RouteProfileError.isInstance(error)) throw error;
  return error;
};
const bytesOf = (set: ProfileSet) => JSON.stringify({ ...set, vectors: [...set.vectors.data] });

describe('text-gnn against an OpenAI-compatible endpoint', () => {
  it('sends messages, model and limits with the key to BASE/chat/completions', async () => {
    const { texts, provenance } = await build({ system: 'Be brief.', body: { seed: 7 } });
    expect(requests).toHaveLength(PROMPTS);
    expect(requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      key: `Bearer ${KEY}`,
      model: 'toy',
      temperature: 0,
      max_tokens: 500,
      seed: 7,
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
    });
    expect(texts?.[0]).toMatch(/^A text of \d+ characters about alpha\.$/);
    expect(provenance.diagnostics).toMatchObject({
      llmPrompts: 10,
      llmAttempts: 10,
      llmPromptTokens: 500,
      llmCompletionTokens: 100,
    });
    expect(provenance.options).toMatchObject({ model: 'toy', summarizer: 'llm' });
    expect(provenance.notes?.[0]).toContain(`toy at ${baseUrl.slice('http://'.length)} (chat)`);
  });

  it('sends the bare prompt to BASE/completions as published, and newer names of the limit', async () => {
    await build({ compat: true, maxTokensField: 'max_completion_tokens', temperature: null });
    expect(requests[0]).toMatchObject({
      path: '/v1/completions',
      prompt: expect.any(String) as string,
      max_completion_tokens: 500,
    });
    expect(requests[0]).not.toHaveProperty('messages');
    expect(requests[0]).not.toHaveProperty('temperature');
  });

  it('gets through everything that passes', async () => {
    script = [
      (_, r) => answer(r, 429, { error: { message: 'slow down' } }, { 'retry-after': '0.02' }),
      (_, r) => answer(r, 500, 'oops'),
      () => undefined,
      (_, r) => answer(r, 200, '{"choices": [{"message": {"content": "A te'),
      (_, r) => say(r, ''),
      (_, r) => void r.destroy(),
      (_, r) => say(r, 'cut within the first sen', 'length'),
    ];
    const troubled = await build({ timeout: 0.3, concurrency: 1, retries: 10 });
    expect(requests).toHaveLength(PROMPTS + 7);
    expect(troubled.texts).toEqual((await build()).texts);
    // What the unusable answers took is counted.
    expect(troubled.provenance.diagnostics).toMatchObject({ llmPrompts: 10, llmAttempts: 12, llmPromptTokens: 600 });
  });

  it('waits as long as it is asked to', async () => {
    script = [(_, r) => answer(r, 429, '', { 'retry-after': '0.3' })];
    const start = performance.now();
    await build({ concurrency: 1 }, {}, { delays: { firstDelay: 1, maximumDelay: 5_000 } });
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  it.each<[string, RegExp, Handler, number]>([
    [
      'empty answers',
      /^text-gnn: hop 1: task arithmetic: toy at .*: the answer is empty after 3 attempts$/,
      (_, r) => say(r, ' '),
      3,
    ],
    ['truncated JSON', /task arithmetic.*not valid JSON/, (_, r) => answer(r, 200, '{"choices": ['), 3],
    ['no choices', /task arithmetic.*no `choices`/, (_, r) => answer(r, 200, { choices: [] }), 3],
    ['lasting overload', /task arithmetic.*HTTP 503 after 3 attempts/, (_, r) => answer(r, 503, ''), 3],
    [
      'a refused key',
      /task arithmetic.*HTTP 401: no such key/,
      (_, r) => answer(r, 401, { error: { message: 'no such key' } }),
      1,
    ],
    ['an unknown model', /task arithmetic.*HTTP 404/, (_, r) => answer(r, 404, { error: 'no model' }), 1],
  ])('names the node when it gets %s', async (_, message, handler, tries) => {
    standard = handler;
    const error = await failureOf(build({ retries: 2, concurrency: 1 }));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
    expect(requests).toHaveLength(tries);
  });

  it('asks as many at a time as it may', async () => {
    standard = (asked, response, request) => setTimeout(() => behave(asked, response, request), 10);
    for (const concurrency of [1, 3]) {
      mostInFlight = 0;
      await build({ concurrency });
      expect(mostInFlight).toBe(concurrency);
    }
  });

  it('stops at once when asked to, also while it waits', async () => {
    for (const handler of [
      () => undefined,
      (_: Asked, r: ServerResponse) => answer(r, 429, '', { 'retry-after': '30' }),
    ]) {
      standard = handler;
      const controller = new AbortController();
      const work = failureOf(
        build({}, { signal: controller.signal }, { delays: { firstDelay: 30_000, maximumDelay: 60_000 } }),
      );
      setTimeout(() => controller.abort(), 50);
      const start = performance.now();
      expect((await work).code).toBe('ABORTED');
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  });

  it('says what is missing before anything is sent', async () => {
    const missing = await failureOf(build({}, {}, { env: { ROUTEPROFILE_LLM_BASE_URL: baseUrl } }));
    expect(missing).toMatchObject({
      code: 'BAD_OPTION',
      hint: expect.stringContaining('ROUTEPROFILE_LLM_MODEL') as string,
    });
    expect((await failureOf(build({ baseUrl: 'nowhere' }))).code).toBe('BAD_OPTION');
    expect(requests).toEqual([]);
  });
});

describe('an interrupted build', () => {
  it('goes on without paying twice, and ends with the same profiles', async () => {
    const whole = await build({ hops: 3, concurrency: 2 });
    requests = [];

    const store = memoryStore();
    const controller = new AbortController();
    let answered = 0;
    standard = (asked, response, request) => {
      if (++answered === 14) controller.abort();
      behave(asked, response, request);
    };
    expect((await failureOf(build({ hops: 3, concurrency: 2 }, { store, signal: controller.signal }))).code).toBe(
      'ABORTED',
    );
    const kept = store.values.size;
    expect(kept).toBeGreaterThanOrEqual(10);
    const before = requests.length;

    const resumed = await build({ hops: 3, concurrency: 2 }, { store });
    expect(requests.length - before).toBe(3 * PROMPTS - kept);
    expect(bytesOf(resumed)).toBe(bytesOf(whole));

    const again = requests.length;
    expect(
      bytesOf(await build({ hops: 3, concurrency: 5 }, { store })).replace('"concurrency":5', '"concurrency":2'),
    ).toBe(bytesOf(whole));
    expect(requests).toHaveLength(again);
  });

  it('keeps what was under way when one request failed for good', async () => {
    const store = memoryStore();
    script = [(_, r) => answer(r, 400, 'no')];
    standard = (asked, response, request) => setTimeout(() => behave(asked, response, request), 20);
    await failureOf(build({ concurrency: 4 }, { store }));
    expect(store.values.size).toBe(3);
    expect(requests).toHaveLength(4);
  });

  it('asks anew for another model, another prompt and another setting, and for what it cannot read', async () => {
    const store = memoryStore();
    const paid = async (options: Record<string, unknown>) => {
      requests = [];
      await build(options, { store });
      return requests.length;
    };
    expect(await paid({})).toBe(PROMPTS);
    expect(await paid({ retries: 1, timeout: 9 })).toBe(0);
    expect(await paid({ model: 'other' })).toBe(PROMPTS);
    expect(await paid({ temperature: 0.5 })).toBe(PROMPTS);
    expect(await paid({ templates: { domain: 'Sum up {{name}}: {{text}}' } })).toBe(1);
    const warnings: string[] = [];
    for (const key of store.values.keys()) store.values.set(key, new TextEncoder().encode('{"text": ""'));
    requests = [];
    await build({}, { store, logger: { info: () => undefined, warn: (message) => warnings.push(message) } });
    expect([requests.length, warnings.length]).toEqual([PROMPTS, PROMPTS]);
  });
});

describe('the API key', () => {
  const forms = [KEY, encodeURIComponent(KEY), JSON.stringify(KEY).slice(1, -1), btoa(KEY).replace(/=+$/, '')];
  const clean = (text: string) => forms.every((form) => !text.includes(form));
  const everything = (error: unknown): string =>
    error instanceof Error
      ? [error.message, error.stack, everything(error.cause), JSON.stringify(error)].join('\n')
      : String(error);

  it('is in no artifact, stored answer, cache key, log or progress, even when the model repeats it', async () => {
    const heard: string[] = [];
    const store = memoryStore();
    standard = (_, response, request) =>
      say(response, `You sent ${request.headers.authorization}, also ${encodeURIComponent(KEY)}.`);
    const ctx: Partial<RunContext> = {
      store,
      logger: { info: (message) => heard.push(message), warn: (message) => heard.push(message) },
      onProgress: (progress) => heard.push(JSON.stringify(progress)),
    };
    const env = {
      ROUTEPROFILE_LLM_BASE_URL: `${baseUrl}/${KEY}`,
      ROUTEPROFILE_LLM_MODEL: 'toy',
      ROUTEPROFILE_LLM_API_KEY: KEY,
    };
    const set = await build({}, ctx, { env });
    expect(set.texts?.[0]).toContain('You sent Bearer ***');
    expect(clean(bytesOf(set) + store.dump() + heard.join('\n'))).toBe(true);
    expect(clean(JSON.stringify(await readHopTexts(store, set.provenance)))).toBe(true);
    expect(heard.length).toBeGreaterThan(PROMPTS);
  });

  it('is in no error when the server repeats it', async () => {
    for (const status of [200, 400, 401, 503]) {
      standard = (_, response, request) =>
        answer(response, status, `${request.headers.authorization} ${forms.join(' ')}`);
      const error = await failureOf(build({ retries: 1 }));
      expect(clean(everything(error) + error.hint)).toBe(true);
    }
  });

  it('is refused in options, and when no header can hold it', async () => {
    for (const options of [{ baseUrl: `${baseUrl}/${KEY}` }, { system: `Use ${KEY}.` }, { body: { key: KEY } }]) {
      const error = await failureOf(build(options));
      expect(error.code).toBe('BAD_OPTION');
      expect(clean(everything(error) + error.hint)).toBe(true);
    }
    const error = await failureOf(build({}, {}, { apiKey: () => `${KEY}\n` }));
    expect(error.code).toBe('BAD_OPTION');
    expect(clean(everything(error))).toBe(true);
    expect(requests).toEqual([]);
  });

  it('may come from a function', async () => {
    await build(
      { model: 'toy' },
      {},
      { env: { ROUTEPROFILE_LLM_BASE_URL: baseUrl }, apiKey: async () => 'another-key' },
    );
    expect(requests[0]?.key).toBe('Bearer another-key');
  });

  it('of OpenAI goes to its own host only', async () => {
    const keyFor = async (env: Record<string, string>, options: Record<string, unknown> = {}) => {
      requests = [];
      await build({ model: 'toy', ...options }, {}, { env });
      return requests[0]?.key;
    };
    expect(await keyFor({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: baseUrl })).toBe(`Bearer ${KEY}`);
    expect(await keyFor({ OPENAI_API_KEY: KEY, ROUTEPROFILE_LLM_BASE_URL: baseUrl })).toBeUndefined();
    expect(await keyFor({ OPENAI_API_KEY: KEY }, { baseUrl })).toBeUndefined();
    expect(await keyFor({ OPENAI_API_KEY: 'other-key', ROUTEPROFILE_LLM_API_KEY: KEY }, { baseUrl })).toBe(
      `Bearer ${KEY}`,
    );
  });
});
