import { RouteProfileError } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { postJson, UnusableAnswer, type PostPolicy } from './post-json.js';

const KEY = 'sk-0123456789';

/** A server of canned answers, one a request; the last one stays. */
function serverOf(...answers: (() => Response)[]) {
  let asked = 0;
  const send = async () => answers[Math.min(asked++, answers.length - 1)]!();
  return { send, asked: () => asked };
}
const ask = (send: typeof fetch, more: Partial<PostPolicy> = {}, apiKey = KEY) =>
  postJson(
    { who: 'test', url: new URL('http://host.test/v1/thing'), apiKey },
    {},
    (body) => {
      if (body === '') throw new UnusableAnswer('an empty answer');
      if (body === 'bug') throw new TypeError('a mistake of ours');
      return body;
    },
    { retries: 2, timeout: 5, delays: { firstDelay: 1, maximumDelay: 5 }, fetch: send, ...more },
  );

describe('postJson', () => {
  it('asks again when the reader calls an answer unusable, and says so in the end', async () => {
    const recovers = serverOf(
      () => new Response(''),
      () => new Response('good'),
    );
    expect(await ask(recovers.send)).toBe('good');
    const never = serverOf(() => new Response(''));
    await expect(ask(never.send, { hint: ({ status }) => `status ${status}` })).rejects.toMatchObject({
      code: 'NETWORK',
      message: 'test: an empty answer after 3 attempts',
      hint: 'status 200',
    });
    expect(never.asked()).toBe(3);
  });

  it('does not ask again after a mistake of the reader', async () => {
    const server = serverOf(() => new Response('bug'));
    await expect(ask(server.send)).rejects.toThrow(TypeError);
    expect(server.asked()).toBe(1);
  });

  it('waits as long as the server asks', async () => {
    const server = serverOf(
      () => new Response('', { status: 429, headers: { 'retry-after': '0.2' } }),
      () => new Response('good'),
    );
    const start = performance.now();
    await ask(server.send, { delays: { firstDelay: 1, maximumDelay: 10_000 } });
    expect(performance.now() - start).toBeGreaterThanOrEqual(190);
  });

  it('masks the key in answers and errors, but no placeholder for one', async () => {
    expect(await ask(serverOf(() => new Response(`you are ${KEY}`)).send)).toBe('you are ***');
    expect(await ask(serverOf(() => new Response('run ollama')).send, {}, 'ollama')).toBe('run ollama');
    const error = await ask(serverOf(() => new Response(KEY, { status: 401 })).send, { refused: 'BAD_OPTION' }).catch(
      (reason: unknown) => reason,
    );
    if (!RouteProfileError.isInstance(error)) throw error;
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toBe('test: HTTP 401: ***');
  });
});
