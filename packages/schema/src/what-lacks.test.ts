import { describe, expect, it } from 'vitest';
import type { Requirements } from './requirements.js';
import { whatLacks, type Offer } from './what-lacks.js';

const nothing: Offer = { capabilities: {} };
const everything: Required<Pick<Requirements, 'jsonMode' | 'jsonSchema' | 'tools' | 'vision' | 'audio' | 'logprobs'>> =
  {
    jsonMode: true,
    jsonSchema: true,
    tools: true,
    vision: true,
    audio: true,
    logprobs: true,
  };

describe('whatLacks', () => {
  it.each<[string, Offer, Requirements, string | null]>([
    ['nothing declared: as any chat model', {}, { ...everything, reasoning: true }, null],
    ['but where it runs is never assumed', {}, { local: true }, 'not local'],
    ['nor in which region', {}, { region: 'eu' }, 'not in eu'],
    ['declared: what is absent is missing', nothing, { tools: true }, 'no tools'],
    ['', nothing, { vision: true }, 'no vision'],
    ['', nothing, { audio: true }, 'no audio'],
    ['', nothing, { jsonMode: true }, 'no JSON mode'],
    ['', nothing, { jsonSchema: true }, 'no JSON schemas'],
    ['', nothing, { logprobs: true }, 'no log probabilities'],
    ['', nothing, { reasoning: true }, 'no reasoning'],
    ['so with where it runs alone', { capabilities: { local: true } }, { local: true, tools: true }, 'no tools'],
    ['denied as if absent', { capabilities: { tools: false } }, { tools: true }, 'no tools'],
    ['schemas include JSON mode', { capabilities: { jsonSchema: true } }, { jsonMode: true }, null],
    ['JSON mode no schemas', { capabilities: { jsonMode: true } }, { jsonSchema: true }, 'no JSON schemas'],
    [
      'all there',
      { capabilities: { ...everything, region: 'eu', local: true } },
      { ...everything, region: 'eu' },
      null,
    ],
    ['', { capabilities: { region: 'us' } }, { region: 'eu' }, 'not in eu'],
    ['nothing needed', nothing, {}, null],
    ['', nothing, { tools: false, local: false }, null],
    ['limits', { limits: { maxOutputTokens: 5 } }, { outputTokens: 6 }, 'answers of 5 tokens, 6 needed'],
    ['', { limits: { maxOutputTokens: 5 } }, { outputTokens: 5 }, null],
    [
      '',
      { limits: { contextTokens: 10 } },
      { contextTokens: 5, outputTokens: 6 },
      'context of 10 tokens, about 11 needed',
    ],
    ['', { limits: { contextTokens: 11 } }, { contextTokens: 5, outputTokens: 6 }, null],
  ])('%s: %j for %j is %s', (_, offer, demand, lack) => {
    expect(whatLacks(offer, demand)).toBe(lack);
  });
});
