import { UnusableAnswer } from '@routeprofile/providers';
import {
  answerJson as answer,
  openModelServer,
  type ModelHandler,
  type ModelResponse,
  type ModelServer,
} from '@routeprofile/providers/testing';
import { parseOptions, RouteProfileError, type ProfileSet, type RunContext } from '@routeprofile/schema';
import { syntheticProfileInput } from '@routeprofile/schema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../testing/language-model.js';
import { readHopTexts } from '../hops.js';
import { defineTextGnnProfile, type TextGnnEnvironment } from '../text-gnn-profile.js';
import { wholeSentences } from './endpoint.js';

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
type Handler = ModelHandler<Asked>;

const promptOf = ({ messages, prompt }: Asked) => prompt ?? messages!.map(({ content }) => content).join('\n');
const say = (response: ModelResponse, content: string | null, finish_reason = 'stop') =>
  answer(response, 200, {
    choices: [{ message: { role: 'assistant', content }, text: content, finish_reason }],
    usage: { prompt_tokens: 50, completion_tokens: 10 },
  });
const behave: Handler = (asked, response) =>
  say(response, `A text of ${promptOf(asked).length} characters about ${/^\w+: (.*)$/m.exec(promptOf(asked))?.[1]}.`);

let server: ModelServer<Asked>;
beforeAll(async () => {
  server = await openModelServer(behave);
});
afterAll(() => server.close());
afterEach(() => server.reset());

const build = async (
  options: Record<string, unknown> = {},
  ctx: Partial<RunContext> = {},
  environment: TextGnnEnvironment = {},
): Promise<ProfileSet> => {
  const profile = defineTextGnnProfile({
    env: { ROUTEPROFILE_LLM_BASE_URL: server.baseUrl, ROUTEPROFILE_LLM_MODEL: 'toy', ROUTEPROFILE_LLM_API_KEY: KEY },
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
    expect(server.requests).toHaveLength(PROMPTS);
    expect(server.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      key: `Bearer ${KEY}`,
      body: {
        model: 'toy',
        temperature: 0,
        max_tokens: 500,
        seed: 7,
        messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      },
    });
    expect(texts?.[0]).toMatch(/^A text of \d+ characters about alpha\.$/);
    expect(provenance.diagnostics).toMatchObject({
      llmPrompts: 10,
      llmAttempts: 10,
      llmPromptTokens: 500,
      llmCompletionTokens: 100,
    });
    expect(provenance.options).toMatchObject({ model: 'toy', summarizer: 'llm' });
    expect(provenance.notes?.[0]).toContain(`toy at ${server.baseUrl.slice('http://'.length)} (chat)`);
  });

  it('sends the bare prompt to BASE/completions as published, and newer names of the limit', async () => {
    await build({ compat: true, maxTokensField: 'max_completion_tokens', temperature: null });
    expect(server.requests[0]).toMatchObject({
      path: '/v1/completions',
      body: { prompt: expect.any(String) as string, max_completion_tokens: 500 },
    });
    expect(server.requests[0]?.body).not.toHaveProperty('messages');
    expect(server.requests[0]?.body).not.toHaveProperty('temperature');
  });

  it('gets through everything that passes', async () => {
    server.script = [
      (_, r) => answer(r, 429, { error: { message: 'slow down' } }, { 'retry-after': '0.02' }),
      (_, r) => answer(r, 500, 'oops'),
      () => undefined,
      (_, r) => answer(r, 200, '{"choices": [{"message": {"content": "A te'),
      (_, r) => say(r, ''),
      (_, r) => void r.destroy(),
      (_, r) => say(r, 'cut within the first sen', 'length'),
    ];
    const troubled = await build({ timeout: 2, concurrency: 1, retries: 10 });
    expect(server.requests).toHaveLength(PROMPTS + 7);
    expect(troubled.texts).toEqual((await build()).texts);
    // What the unusable answers took is counted.
    expect(troubled.provenance.diagnostics).toMatchObject({ llmPrompts: 10, llmAttempts: 12, llmPromptTokens: 600 });
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
    server.standard = handler;
    const error = await failureOf(build({ retries: 2, concurrency: 1 }));
    expect(error.code).toBe('NETWORK');
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
    expect(server.requests).toHaveLength(tries);
  });

  it('stops at once when asked to, also while it waits', async () => {
    const busy: Handler = (_, r) => answer(r, 429, '', { 'retry-after': '3600' });
    for (const handler of [() => undefined, busy]) {
      const controller = new AbortController();
      server.standard = async (...asked) => {
        await handler(...asked);
        controller.abort();
      };
      // An hour: longer than any test may take.
      const delays = { firstDelay: 3_600_000, maximumDelay: 3_600_000 };
      expect((await failureOf(build({}, { signal: controller.signal }, { delays }))).code).toBe('ABORTED');
    }
  });

  it('says what is missing before anything is sent', async () => {
    const missing = await failureOf(build({}, {}, { env: { ROUTEPROFILE_LLM_BASE_URL: server.baseUrl } }));
    expect(missing).toMatchObject({
      code: 'BAD_OPTION',
      hint: expect.stringContaining('ROUTEPROFILE_LLM_MODEL') as string,
    });
    expect((await failureOf(build({ baseUrl: 'nowhere' }))).code).toBe('BAD_OPTION');
    expect(server.requests).toEqual([]);
  });
});

describe('an interrupted build', () => {
  it('goes on without paying twice, and ends with the same profiles', async () => {
    const whole = await build({ hops: 3, concurrency: 2 });
    server.requests = [];

    const store = memoryStore();
    const controller = new AbortController();
    let answered = 0;
    server.standard = (asked, response, request) => {
      if (++answered === 14) controller.abort();
      return behave(asked, response, request);
    };
    expect((await failureOf(build({ hops: 3, concurrency: 2 }, { store, signal: controller.signal }))).code).toBe(
      'ABORTED',
    );
    const kept = store.values.size;
    expect(kept).toBeGreaterThanOrEqual(10);
    const before = server.requests.length;

    const resumed = await build({ hops: 3, concurrency: 2 }, { store });
    expect(server.requests.length - before).toBe(3 * PROMPTS - kept);
    expect(bytesOf(resumed)).toBe(bytesOf(whole));

    const again = server.requests.length;
    expect(
      bytesOf(await build({ hops: 3, concurrency: 5 }, { store })).replace('"concurrency":5', '"concurrency":2'),
    ).toBe(bytesOf(whole));
    expect(server.requests).toHaveLength(again);
  });

  it('keeps what was under way when one request failed for good', async () => {
    const store = memoryStore();
    server.script = [(_, r) => answer(r, 400, 'no')];
    server.standard = async (...asked) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await behave(...asked);
    };
    await failureOf(build({ concurrency: 4 }, { store }));
    expect(store.values.size).toBe(3);
    expect(server.requests).toHaveLength(4);
  });

  it('asks anew for another model, another prompt and another setting, and for what it cannot read', async () => {
    const store = memoryStore();
    const paid = async (options: Record<string, unknown>) => {
      server.requests = [];
      await build(options, { store });
      return server.requests.length;
    };
    expect(await paid({})).toBe(PROMPTS);
    expect(await paid({ retries: 1, timeout: 9 })).toBe(0);
    expect(await paid({ model: 'other' })).toBe(PROMPTS);
    expect(await paid({ temperature: 0.5 })).toBe(PROMPTS);
    expect(await paid({ templates: { domain: 'Sum up {{name}}: {{text}}' } })).toBe(1);
    const warnings: string[] = [];
    for (const key of store.values.keys()) store.values.set(key, new TextEncoder().encode('{"text": ""'));
    server.requests = [];
    await build({}, { store, logger: { info: () => undefined, warn: (message) => warnings.push(message) } });
    expect([server.requests.length, warnings.length]).toEqual([PROMPTS, PROMPTS]);
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
    server.standard = (_, response, request) =>
      say(response, `You sent ${request.headers.authorization}, also ${encodeURIComponent(KEY)}.`);
    const ctx: Partial<RunContext> = {
      store,
      logger: { info: (message) => heard.push(message), warn: (message) => heard.push(message) },
      onProgress: (progress) => heard.push(JSON.stringify(progress)),
    };
    const env = {
      ROUTEPROFILE_LLM_BASE_URL: `${server.baseUrl}/${KEY}`,
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
      server.standard = (_, response, request) =>
        answer(response, status, `${request.headers.authorization} ${forms.join(' ')}`);
      const error = await failureOf(build({ retries: 1 }));
      expect(clean(everything(error) + error.hint)).toBe(true);
    }
  });

  it('is refused in options, and when no header can hold it', async () => {
    for (const options of [
      { baseUrl: `${server.baseUrl}/${KEY}` },
      { system: `Use ${KEY}.` },
      { body: { key: KEY } },
    ]) {
      const error = await failureOf(build(options));
      expect(error.code).toBe('BAD_OPTION');
      expect(clean(everything(error) + error.hint)).toBe(true);
    }
    const error = await failureOf(build({}, {}, { apiKey: () => `${KEY}\n` }));
    expect(error.code).toBe('BAD_OPTION');
    expect(clean(everything(error))).toBe(true);
    expect(server.requests).toEqual([]);
  });

  it('may come from a function', async () => {
    await build(
      { model: 'toy' },
      {},
      { env: { ROUTEPROFILE_LLM_BASE_URL: server.baseUrl }, apiKey: async () => 'another-key' },
    );
    expect(server.requests[0]?.key).toBe('Bearer another-key');
  });

  it('of OpenAI goes to its own host only', async () => {
    const keyFor = async (env: Record<string, string>, options: Record<string, unknown> = {}) => {
      server.requests = [];
      await build({ model: 'toy', ...options }, {}, { env });
      return server.requests[0]?.key;
    };
    expect(await keyFor({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: server.baseUrl })).toBe(`Bearer ${KEY}`);
    expect(await keyFor({ OPENAI_API_KEY: KEY, ROUTEPROFILE_LLM_BASE_URL: server.baseUrl })).toBeUndefined();
    expect(await keyFor({ OPENAI_API_KEY: KEY }, { baseUrl: server.baseUrl })).toBeUndefined();
    expect(
      await keyFor({ OPENAI_API_KEY: 'other-key', ROUTEPROFILE_LLM_API_KEY: KEY }, { baseUrl: server.baseUrl }),
    ).toBe(`Bearer ${KEY}`);
  });
});

describe('an answer that the token limit ended', () => {
  const limited = (content: string) => wholeSentences({ content, finish: 'length' });

  it('goes back to the last whole sentence', () => {
    expect(limited('One 3.5 text. Another te')).toEqual({ text: 'One 3.5 text.', truncated: true });
    expect(limited('A whole text.')).toEqual({ text: 'A whole text.', truncated: false });
    expect(limited('<think>hm.</think>“Well.” A te')).toEqual({ text: '“Well.”', truncated: true });
    expect(wholeSentences({ content: 'no sentence', finish: 'stop' })).toEqual({
      text: 'no sentence',
      truncated: false,
    });
  });

  it('is of no use before its first sentence ends', () => {
    expect(() => limited('no sentence yet 3.5')).toThrow(UnusableAnswer);
    expect(() => limited('no sentence yet 3.5')).toThrow('within its first sentence');
  });
});
