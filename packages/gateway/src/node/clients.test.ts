// Clients that people really use, over a real connection.
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVERY_CLIENT } from '../testing/clients/index.js';
import type { ClientSettings } from '../testing/clients/client.js';
import { CALLED, TOOL_CALLS } from '../testing/clients/tool-calls.js';
import { openGateway, type OpenedGateway } from '../testing/open-gateway.js';
import { recordedAnswer } from '../testing/recordings.js';
import { listen, type Listening } from './listen.js';

let opened: OpenedGateway;
let listening: Listening;
beforeEach(async () => {
  opened = openGateway();
  listening = await listen(opened.gateway, { port: 0 });
});
afterEach(() => listening.close(0));

const SAID = 'Seventeen times three is 51.';
const once = (): ClientSettings => ({ url: listening.url, maxRetries: 0 });
const asked = () => opened.upstream.sent.map(({ endpoint }) => endpoint);
/** Once the first call has ended at the model server. */
async function ended() {
  for (let i = 0; i < 200 && !opened.upstream.sent[0]?.over; i++) await new Promise((done) => setTimeout(done, 10));
  return opened.upstream.sent[0];
}

describe.each(EVERY_CLIENT)('%s', (_, client) => {
  const streamed = async () => {
    let said = '';
    const failure: unknown = await client
      .stream(once(), (text) => (said += text))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    return { said, failure };
  };

  it('is answered, streamed or not', async () => {
    expect(await client.whole(once())).toBe(SAID);
    expect(await streamed()).toEqual({ said: SAID, failure: undefined });
    expect(asked()).toEqual(['a', 'a']);
  });

  it('is answered by the next candidate where the first fails before content', async () => {
    opened.upstream.script.set('a', [
      { kind: 'refuse', status: 503 },
      { kind: 'error', after: 0 },
    ]);
    expect(await client.whole(once())).toBe(SAID);
    expect(await streamed()).toEqual({ said: SAID, failure: undefined });
    expect(asked()).toEqual(['a', 'b', 'a', 'b']);
  });

  it('is given calls of tools, streamed or not', async () => {
    const said = TOOL_CALLS[client.wire];
    opened.upstream.script.set('a', [
      { kind: 'good', said },
      { kind: 'good', said },
    ]);
    expect(await client.tool(once())).toEqual(CALLED);
    expect(await client.streamedTool(once())).toEqual(CALLED);
    expect(opened.upstream.sent.map(({ body }) => body['tools'])).toMatchObject([[{}], [{}]]);
  });

  it('is given answers that keep to a schema', async () => {
    const said = recordedAnswer(client.wire, ['{"answer":', ' 51}']);
    opened.upstream.script.set('a', [{ kind: 'good', said }]);
    expect(await client.structured(once())).toEqual({ answer: 51 });
    expect(opened.upstream.sent[0]?.text).toContain('json_schema');
  });

  it('ends the call when it leaves, before content and after it', async () => {
    opened.upstream.script.set('a', [{ kind: 'stall', after: 6 }]);
    await client.leaves(once()).catch(() => {});
    expect(await ended()).toMatchObject({ aborted: true, over: true });
    for (const streams of [false, true]) {
      opened.upstream.sent.length = 0;
      opened.upstream.script.set('a', [{ kind: 'hang' }]);
      const leave = new AbortController();
      const settings = { ...once(), signal: leave.signal };
      const asking = streams ? client.stream(settings, () => {}) : client.whole(settings);
      // The AI SDK ends an aborted stream without an error.
      const over = asking.then(
        () => 'over',
        () => 'over',
      );
      for (let i = 0; i < 200 && opened.upstream.sent.length === 0; i++)
        await new Promise((done) => setTimeout(done, 10));
      leave.abort();
      expect(await over).toBe('over');
      expect(await ended()).toMatchObject({ aborted: true, over: true });
      expect(asked()).toEqual(['a']);
    }
  });
});

describe('openai', () => {
  it('lists the models that may be asked for', async () => {
    const ids: string[] = [];
    const openai = new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: 'none' });
    for await (const { id } of openai.models.list()) ids.push(id);
    expect(ids).toContain('auto');
  });
});
