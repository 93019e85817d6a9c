import type { Candidate } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { listedRouter, openGateway, SECRETS } from '../testing/open-gateway.js';
import { RECORDINGS } from '../testing/recordings.js';
import { post } from '../testing/requests.js';

describe('what an endpoint is sent', () => {
  it('is what the client sent, with the endpoint’s name of the model and key, and nothing of the client', async () => {
    const { gateway, upstream } = openGateway();
    const text =
      '{ "model" : "auto",\n "temperature": 1.0, "messages": [{"role":"user","content":"K\\u00f6ln"}], "x": {"model": 1} }';
    await gateway.fetch(
      post('/v1/chat/completions', text, {
        authorization: 'Bearer client-key',
        'x-api-key': 'client-key',
        cookie: 'c=1',
        'x-openwebui-user-email': 'a@b.example',
        'x-routeprofile-id': 'forged',
        'openai-organization': 'org-of-the-client',
        'openai-beta': 'assistants=v2',
        'anthropic-beta': 'one,two',
      }),
    );
    const [sent] = upstream.sent;
    expect(sent!.text).toBe(text.replace('"auto"', '"model-a"'));
    expect(sent!.url).toBe('https://a.example/v1/chat/completions');
    expect(sent!.headers).toEqual({
      'openai-beta': 'assistants=v2',
      'anthropic-beta': 'one,two',
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: `Bearer ${SECRETS['env:UPSTREAM_KEY']}`,
    });
  });

  it('has the key where messages have it, and the beta of the address', async () => {
    const { gateway, upstream } = openGateway();
    const body = JSON.stringify(RECORDINGS.messages.request);
    await gateway.fetch(post('/v1/messages?beta=true&x=1', body));
    expect(upstream.sent[0]).toMatchObject({
      url: 'https://a.example/v1/messages?beta=true',
      headers: { 'x-api-key': SECRETS['env:UPSTREAM_KEY'], 'anthropic-version': '2023-06-01' },
    });
  });

  it('has the settings of the candidate', async () => {
    const candidate: Candidate = { id: 'a', model: 'm', params: { reasoning_effort: 'high' } };
    const { ask, upstream } = openGateway(
      { endpoints: [{ candidate: 'a', baseUrl: 'https://a.example/v1', wires: ['chat'], model: 'm-2026' }] },
      { routes: { default: listedRouter([candidate]) } },
    );
    await ask('chat', false, { reasoning_effort: 'low' });
    expect(upstream.sent[0]!.body).toMatchObject({ model: 'm-2026', reasoning_effort: 'high' });
  });

  it('asks for usage that the client then does not see', async () => {
    const { ask, upstream, gateway, store } = openGateway();
    const text = await (await ask('chat', true)).text();
    expect(upstream.sent[0]!.body['stream_options']).toEqual({ include_usage: true });
    expect(text).toBe(RECORDINGS.chat.events.filter((event) => !event.includes('prompt_tokens')).join(''));
    await gateway.close();
    expect((await store.find('id-1'))?.attempts[0]?.usage).toEqual(RECORDINGS.chat.usage);
  });
});
