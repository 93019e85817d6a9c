import { APICallError, NoSuchModelError } from '@ai-sdk/provider';
import { createProviderRegistry, generateText } from 'ai';
import { describe, expect, it } from 'vitest';
import { createRouteProfile } from './index.js';
import { candidatesOf, listedRouter } from './testing/listed-router.js';
import { model } from './testing/mock-models.js';
import { openRouted as open, prompt, refusal } from './testing/open-routed.js';

describe('names', () => {
  it('of candidates call that model alone, whose errors are its own', async () => {
    const { routeprofile, router, records } = open([], {}, { b: [{ error: refusal(503) }] });
    expect(
      await generateText({ model: routeprofile('b'), prompt, maxRetries: 0 }).catch((error: unknown) => error),
    ).toBeInstanceOf(APICallError);
    expect(records).toMatchObject([{ route: null, router: null, model: 'b', served: null, status: 503 }]);
    // The AI SDK asks again, as it would ask the model itself.
    expect((await generateText({ model: routeprofile('b'), prompt })).text).toBe('I am b.');
    expect(router.asked).toEqual([]);
  });

  it('tell which addresses a model reads itself; of routed ones all are downloaded', () => {
    const supportedUrls = { 'image/*': [/^https:/] };
    const { provider, modelId, doGenerate, doStream } = model('b');
    const b = { provider, modelId, doGenerate, doStream, specificationVersion: 'v3' as const, supportedUrls };
    const { routeprofile } = open([], { models: { a: model('a'), b } });
    expect(routeprofile('b').supportedUrls).toBe(b.supportedUrls);
    expect(routeprofile('auto').supportedUrls).toEqual({});
  });

  it('that nothing answers to are refused with those that there are', () => {
    const { routeprofile } = open([], { aliases: ['cheap'] });
    expect(() => routeprofile('gpt-9')).toThrow('There is no model called "gpt-9". Use one of: auto, cheap, a, b, c.');
    const refused = () => routeprofile.languageModel('gpt-9');
    expect(refused).toThrow(NoSuchModelError);
    expect(() => routeprofile.embeddingModel('x')).toThrow('Only language models are routed.');
    expect(routeprofile('cheap').modelId).toBe('cheap');
  });

  it('are found in a registry of providers', async () => {
    const registry = createProviderRegistry({ routeprofile: open().routeprofile });
    expect((await generateText({ model: registry.languageModel('routeprofile:auto'), prompt })).text).toBe('I am a.');
  });
});

describe('settings', () => {
  it('are refused with all that is wrong', () => {
    const candidates = [...candidatesOf('a'), { id: 'b', model: 'b', params: { reasoning_effort: 'high' } }];
    const settings = {
      router: listedRouter(candidates),
      models: { b: model('b'), x: model('x'), a: 'openai/gpt-5' as never },
      onLate: 'c',
      attempts: 0,
    };
    let details: readonly string[] = [];
    try {
      createRouteProfile(settings);
    } catch (error) {
      ({ details } = error as { details: string[] });
    }
    expect(details).toEqual([
      'models.x: the router has no such candidate; it has a, b',
      'models.a: not a language model object of the AI SDK of specification v2 or v3',
      'onLate: c has no model',
      expect.stringContaining('b must be called with settings (params)'),
      expect.stringContaining('attempts: '),
    ]);
    expect(() => createRouteProfile({ router: listedRouter(candidatesOf('a')), models: {} })).toThrow(
      /these settings make no routed model/,
    );
  });

  it('are refused with the name that was meant by a misspelt one', () => {
    const settings = { router: listedRouter(candidatesOf('a')), models: { a: model('a') }, maxchars: 9, tennant: 'x' };
    expect(() => createRouteProfile(settings)).toThrow(
      expect.objectContaining({
        code: 'BAD_OPTION',
        hint: expect.stringMatching(/'maxChars' rather than 'maxchars'.*'tenant' rather than 'tennant'/) as string,
      }),
    );
  });

  it('may say that the models bring the settings of their candidates', async () => {
    const router = listedRouter([{ id: 'a', model: 'a', params: { reasoning_effort: 'high' } }]);
    const routeprofile = createRouteProfile({ router, models: { a: model('a') }, paramsInModels: true });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am a.');
  });

  it('leave out candidates without a model, and say so', async () => {
    const router = listedRouter(candidatesOf('a', 'b'));
    const routeprofile = createRouteProfile({ router, models: { b: model('b') } });
    const { text, providerMetadata } = await generateText({ model: routeprofile('auto'), prompt });
    expect(text).toBe('I am b.');
    expect(providerMetadata?.['routeprofile']).toMatchObject({
      model: 'a',
      served: 'b',
      leftOut: [{ model: 'a', why: 'no model' }],
      cost: (12 + 0.8 + 60) / 1e6,
    });
  });

  it('decide what happens to a router that fails, and to a listener that does', async () => {
    const failing = { ...listedRouter(candidatesOf('a', 'b')), route: () => Promise.reject(new Error('no weights')) };
    const { routeprofile, warnings, records } = open([], {
      router: failing,
      onLate: 'b',
      models: { a: model('a'), b: model('b') },
    });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am b.');
    expect(warnings).toEqual(['the router failed: no weights']);
    expect(records[0]?.reasons).toMatchObject([{ kind: 'failed' }]);
    const without = open([], { router: failing, models: { a: model('a') } });
    await expect(generateText({ model: without.routeprofile('auto'), prompt })).rejects.toThrow('no weights');
    const deaf = open([], { onDecision: () => Promise.reject(new Error('disk full')) });
    expect((await generateText({ model: deaf.routeprofile('auto'), prompt })).text).toBe('I am a.');
    expect(deaf.warnings).toEqual(['decision id-1 is not kept: disk full']);
  });

  it('hold to what the router was trained to demand, also where it fails', async () => {
    const candidates = candidatesOf('a', 'b').map((one) => ({
      ...one,
      capabilities: { region: one.id === 'a' ? 'us' : 'eu' },
    }));
    const router = {
      ...listedRouter(candidates),
      wrappers: [{ name: 'constraints', options: { region: 'eu' } }],
      route: () => Promise.reject(new Error('no weights')),
    };
    const { routeprofile, records } = open([], { router, onLate: 'a', models: { a: model('a'), b: model('b') } });
    expect((await generateText({ model: routeprofile('auto'), prompt })).text).toBe('I am b.');
    expect(records[0]).toMatchObject({ model: 'a', served: 'b', attempts: [{ candidate: 'b' }] });
  });

  it('keep the text and the session where they are wanted, and pass on what is for other providers', async () => {
    const { routeprofile, records, router, models } = open([], { keepText: true, tenant: 'team' });
    const providerOptions = {
      routeprofile: { session: 's1', requirements: { region: 'eu' } },
      mock: { effort: 'high' },
    };
    await expect(generateText({ model: routeprofile('auto'), prompt, providerOptions })).rejects.toThrow(
      'no model can answer this call (a: not in eu, b: not in eu, c: not in eu)',
    );
    expect(records).toMatchObject([
      { text: prompt, session: 's1', tenant: 'team', requirements: { region: 'eu' }, status: 400 },
    ]);
    await generateText({
      model: routeprofile('auto'),
      prompt,
      providerOptions: { ...providerOptions, routeprofile: {} },
    });
    expect(router.asked[0]).toMatchObject({ text: prompt, requirements: { region: 'eu' } });
    expect(models.a.doGenerateCalls[0]?.providerOptions).toEqual({ mock: { effort: 'high' } });
    await expect(
      generateText({ model: routeprofile('auto'), prompt, providerOptions: { routeprofile: { sesion: 'x' } } }),
    ).rejects.toThrow('providerOptions.routeprofile cannot be read');
  });
});
