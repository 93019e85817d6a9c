import {
  generateObject,
  generateText,
  jsonSchema,
  stepCountIs,
  streamObject,
  streamText,
  tool,
  wrapLanguageModel,
} from 'ai';
import type { LanguageModelV2 } from '@ai-sdk/provider';
import { MockLanguageModelV3 } from 'ai/test';
import { describe, expect, it } from 'vitest';
import { createRouteProfile, routeProfileMiddleware } from './index.js';
import { candidatesOf, listedRouter } from './testing/listed-router.js';
import { model, saying, streamOf, USAGE } from './testing/mock-models.js';

const FISH = 'How many fish are there?';
const schema = jsonSchema<{ fish: number }>({
  type: 'object',
  properties: { fish: { type: 'number' } },
  required: ['fish'],
});
const count = tool({
  description: 'Counts fish.',
  inputSchema: jsonSchema<{ pond: string }>({ type: 'object', properties: { pond: { type: 'string' } } }),
  execute: async () => ({ fish: 51 }),
});
const calling = {
  content: [{ type: 'tool-call' as const, toolCallId: 'c1', toolName: 'count', input: '{"pond":"north"}' }],
  finishReason: { unified: 'tool-calls' as const, raw: 'tool_calls' },
  usage: USAGE,
  warnings: [],
};

/** Candidate `a` can do nothing special, `b` everything. */
function open(b: MockLanguageModelV3 = model('b')) {
  const [first, second] = candidatesOf('a', 'b');
  const router = listedRouter([
    { ...first!, capabilities: {}, limits: { contextTokens: 1_000 } },
    { ...second!, capabilities: { tools: true, vision: true, jsonMode: true, jsonSchema: true } },
  ]);
  return { router, a: model('a'), b, routeprofile: createRouteProfile({ router, models: { a: model('a'), b } }) };
}

describe('what a call asks for', () => {
  const object = () =>
    new MockLanguageModelV3({
      doGenerate: async () => ({
        content: [{ type: 'text', text: '{"fish":51}' }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: USAGE,
        warnings: [],
      }),
      doStream: async () => ({ stream: streamOf(saying('{"fish": 51}')) }),
    });

  it('an object: who has no JSON mode is left out', async () => {
    const { routeprofile, router } = open(object());
    const { object: answer, providerMetadata } = await generateObject({
      model: routeprofile('auto'),
      schema,
      prompt: FISH,
    });
    expect(answer).toEqual({ fish: 51 });
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      model: 'a',
      served: 'b',
      leftOut: [{ model: 'a' }],
    });
    expect(router.asked).toMatchObject([{ text: FISH }]);
    expect(Object.keys(router.asked[0]?.requirements ?? {}).join()).toMatch(/json(Mode|Schema)/);
    const streamed = streamObject({ model: open(object()).routeprofile('auto'), schema, prompt: FISH });
    const partial: unknown[] = [];
    for await (const one of streamed.partialObjectStream) partial.push(one);
    expect(partial.at(-1)).toEqual({ fish: 51 });
  });

  it('tools: each step is decided by the last question, and its answer goes back to the model that is chosen', async () => {
    const answers = [
      calling,
      {
        content: [{ type: 'text' as const, text: 'There are 51.' }],
        finishReason: { unified: 'stop' as const, raw: 'stop' },
        usage: USAGE,
        warnings: [],
      },
    ];
    const { routeprofile, router, b } = open(new MockLanguageModelV3({ doGenerate: async () => answers.shift()! }));
    const { text, steps } = await generateText({
      model: routeprofile('auto'),
      tools: { count },
      prompt: FISH,
      stopWhen: stepCountIs(3),
    });
    expect(text).toBe('There are 51.');
    expect(steps).toHaveLength(2);
    expect(router.asked.map((one) => one.text)).toEqual([FISH, FISH]);
    expect(router.asked[0]?.requirements).toMatchObject({ tools: true });
    expect(steps[1]?.providerMetadata?.['routeprofile']).toMatchObject({
      leftOut: [{ model: 'a', why: 'no tools' }],
      served: 'b',
    });
    expect(b.doGenerateCalls[1]?.prompt.at(-1)).toMatchObject({
      role: 'tool',
      content: [{ output: { value: { fish: 51 } } }],
    });
  });

  it('tools in a stream: a tool call is content', async () => {
    const parts = [
      saying('')[0]!,
      { type: 'tool-input-start' as const, id: 'c1', toolName: 'count' },
      { type: 'tool-input-delta' as const, id: 'c1', delta: '{"pond":"north"}' },
      { type: 'tool-input-end' as const, id: 'c1' },
      calling.content[0]!,
      { type: 'finish' as const, finishReason: calling.finishReason, usage: USAGE },
    ];
    const turns = [parts, saying('There are 51.')];
    const { routeprofile } = open(
      new MockLanguageModelV3({ doStream: async () => ({ stream: streamOf(turns.shift()!) }) }),
    );
    expect(
      await streamText({ model: routeprofile('auto'), tools: { count }, prompt: FISH, stopWhen: stepCountIs(3) }).text,
    ).toBe('There are 51.');
  });

  it('pictures, also in what a tool gave', async () => {
    const { routeprofile, router } = open();
    const picture = new Uint8Array(200_000).fill(137);
    const user = {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: FISH },
        { type: 'image' as const, image: picture, mediaType: 'image/png' },
      ],
    };
    const { providerMetadata } = await generateText({ model: routeprofile('auto'), messages: [user] });
    expect(providerMetadata?.['routeprofile']).toMatchObject({ leftOut: [{ model: 'a', why: 'no vision' }] });
    const requirements = router.asked[0]?.requirements as { contextTokens: number };
    expect(requirements).toMatchObject({ vision: true });
    // Bytes of a picture are no words.
    expect(requirements.contextTokens).toBeLessThan(100);
    await routeprofile('auto').doGenerate({
      prompt: [
        { role: 'user', content: [{ type: 'text', text: FISH }] },
        { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'look', input: {} }] },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c1',
              toolName: 'look',
              output: {
                type: 'content',
                value: [{ type: 'image-data', data: 'A'.repeat(90_000), mediaType: 'image/png' }],
              },
            },
          ],
        },
      ],
    });
    const afterwards = router.asked[1]?.requirements as { contextTokens: number };
    expect(afterwards).toMatchObject({ vision: true });
    expect(afterwards.contextTokens).toBeLessThan(100);
  });

  it('long prompts: whoever reads less is left out; the router reads the last question alone, cut', async () => {
    const { router, b } = open();
    const routeprofile = createRouteProfile({ router, models: { b }, maxChars: 8 });
    const { providerMetadata } = await generateText({
      model: routeprofile('auto'),
      system: 'word '.repeat(2_000),
      messages: [
        { role: 'user', content: 'First?' },
        { role: 'assistant', content: 'Yes.' },
        { role: 'user', content: FISH },
      ],
      maxOutputTokens: 300,
    });
    expect(router.asked).toMatchObject([{ text: 'How many', requirements: { outputTokens: 300 } }]);
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      leftOut: [{ model: 'a' }],
      requirements: { contextTokens: expect.any(Number) as number },
    });
  });
});

describe('a middleware', () => {
  it('makes an existing model one of those that are chosen among', async () => {
    const router = listedRouter(candidatesOf('a', 'b'));
    const existing = model('b', { text: 'The wrapped one.' });
    const a = model('a', { text: 'Another.' }, { error: Object.assign(new Error('down'), { statusCode: 503 }) });
    const wrapped = wrapLanguageModel({
      model: existing,
      middleware: routeProfileMiddleware({ router, models: { a }, as: 'b' }),
    });
    expect(wrapped).toMatchObject({ provider: 'mock-b.chat', modelId: 'model-b' });
    expect((await generateText({ model: wrapped, prompt: FISH })).text).toBe('Another.');
    const { text, providerMetadata } = await generateText({ model: wrapped, prompt: FISH, temperature: 0.5 });
    expect(text).toBe('The wrapped one.');
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      model: 'a',
      served: 'b',
      attempts: [{ fault: 'overloaded' }, { candidate: 'b' }],
    });
    expect(existing.doGenerateCalls[0]?.temperature).toBe(0.5);
    expect(await streamText({ model: wrapped, prompt: FISH }).text).toBe('I am a.');
  });

  it('is refused where the wrapped model is no candidate', () => {
    const router = listedRouter(candidatesOf('a', 'b'));
    expect(() => routeProfileMiddleware({ router, models: {}, as: 'z' })).toThrow(
      'these settings make no routed model',
    );
  });
});

describe('models of specification v2', () => {
  const usage = { inputTokens: 20, outputTokens: 6, totalTokens: 26, cachedInputTokens: 8 };
  const v2 = (finishReason: 'stop' | 'other' | 'unknown'): LanguageModelV2 => ({
    specificationVersion: 'v2',
    provider: 'old',
    modelId: 'old-1',
    supportedUrls: {},
    doGenerate: async () => ({ content: [{ type: 'text', text: 'Old.' }], finishReason, usage, warnings: [] }),
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: [] });
          controller.enqueue({ type: 'text-start', id: 't' });
          controller.enqueue({ type: 'text-delta', id: 't', delta: 'Old.' });
          controller.enqueue({ type: 'text-end', id: 't' });
          controller.enqueue({ type: 'finish', finishReason, usage });
          controller.close();
        },
      }),
    }),
  });
  const open = (finish: 'stop' | 'other' | 'unknown') =>
    createRouteProfile({ router: listedRouter(candidatesOf('a')), models: { a: v2(finish) } })('auto');

  it('answer as those of v3, and are counted alike', async () => {
    const {
      text,
      providerMetadata,
      usage: counted,
      finishReason,
    } = await generateText({ model: open('stop'), prompt: FISH });
    expect([text, finishReason, counted.inputTokens, counted.cachedInputTokens]).toEqual(['Old.', 'stop', 20, 8]);
    expect(providerMetadata?.['routeprofile']).toMatchObject({ cost: (12 + 0.8 + 60) / 1e6 });
    expect(await streamText({ model: open('stop'), prompt: FISH }).text).toBe('Old.');
    expect(await streamText({ model: open('other'), prompt: FISH }).text).toBe('Old.');
  });

  it('that do not say why a stream ended broke off', async () => {
    await expect(streamText({ model: open('unknown'), prompt: FISH, onError: () => {} }).text).rejects.toThrow(
      'not whole',
    );
  });
});
