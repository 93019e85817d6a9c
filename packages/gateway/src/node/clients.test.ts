// Clients that people really use, over a real connection.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { listen, type Listening } from './listen.js';

let opened: OpenedGateway;
let listening: Listening;
beforeEach(async () => {
  opened = openGateway();
  listening = await listen(opened.gateway, { port: 0 });
});
afterEach(() => listening.close(0));

const SAID = 'Seventeen times three is 51.';
const messages = [{ role: 'user' as const, content: 'What is 17 * 3?' }];
const openai = () => new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: 'none', maxRetries: 0 });
const anthropic = () => new Anthropic({ baseURL: listening.url, apiKey: 'none', maxRetries: 0 });

/** Each client: an answer, a stream's text, and a stream that is left after its first content. */
const CLIENTS = {
  'openai, chat completions': {
    whole: async () =>
      (await openai().chat.completions.create({ model: 'auto', messages })).choices[0]?.message.content,
    stream: async (onText: (text: string) => void) => {
      for await (const chunk of await openai().chat.completions.create({ model: 'auto', messages, stream: true }))
        onText(chunk.choices[0]?.delta.content ?? '');
    },
    leaves: async () => {
      const stream = await openai().chat.completions.create({ model: 'auto', messages, stream: true });
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    },
  },
  'openai, responses': {
    whole: async () => (await openai().responses.create({ model: 'auto', input: messages })).output_text,
    stream: async (onText: (text: string) => void) => {
      for await (const event of await openai().responses.create({ model: 'auto', input: messages, stream: true }))
        if (event.type === 'response.output_text.delta') onText(event.delta);
    },
    leaves: async () => {
      const stream = await openai().responses.create({ model: 'auto', input: messages, stream: true });
      for await (const event of stream) if (event.type === 'response.output_text.delta') break;
    },
  },
  'anthropic, messages': {
    whole: async () => {
      const { content } = await anthropic().messages.create({ model: 'auto', max_tokens: 100, messages });
      return content[0]?.type === 'text' ? content[0].text : undefined;
    },
    stream: async (onText: (text: string) => void) => {
      const stream = await anthropic().messages.create({ model: 'auto', max_tokens: 100, messages, stream: true });
      for await (const event of stream)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') onText(event.delta.text);
    },
    leaves: async () => {
      const stream = await anthropic().messages.create({ model: 'auto', max_tokens: 100, messages, stream: true });
      for await (const event of stream) if (event.type === 'content_block_delta') break;
    },
  },
};

describe.each(Object.entries(CLIENTS))('%s', (_, client) => {
  const streamed = async () => {
    let said = '';
    const failure: unknown = await client
      .stream((text) => (said += text))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    return { said, failure };
  };

  it('is answered, streamed or not', async () => {
    expect(await client.whole()).toBe(SAID);
    expect(await streamed()).toEqual({ said: SAID, failure: undefined });
  });

  it('is answered by the next candidate where the first fails before content', async () => {
    opened.upstream.script.set('a', [
      { kind: 'refuse', status: 503 },
      { kind: 'error', after: 0 },
    ]);
    expect(await client.whole()).toBe(SAID);
    expect(await streamed()).toEqual({ said: SAID, failure: undefined });
    expect(opened.upstream.sent.map(({ endpoint }) => endpoint)).toEqual(['a', 'b', 'a', 'b']);
  });

  it('sees an error where a stream breaks after content, and nothing twice', async () => {
    opened.upstream.script.set('a', [{ kind: 'break', after: 6 }]);
    const { said, failure } = await streamed();
    expect(failure).toBeInstanceOf(Error);
    expect(said).not.toBe('');
    expect(SAID.startsWith(said)).toBe(true);
    expect(opened.upstream.sent).toHaveLength(1);
  });

  it('ends the call when it leaves', async () => {
    opened.upstream.script.set('a', [{ kind: 'stall', after: 6 }]);
    await client.leaves();
    for (let i = 0; i < 200 && !opened.upstream.sent[0]?.over; i++) await new Promise((done) => setTimeout(done, 10));
    expect(opened.upstream.sent[0]).toMatchObject({ aborted: true, over: true });
  });
});

describe('openai', () => {
  it('lists the models that may be asked for', async () => {
    const ids: string[] = [];
    for await (const { id } of openai().models.list()) ids.push(id);
    expect(ids).toContain('auto');
  });
});
