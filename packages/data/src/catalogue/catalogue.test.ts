import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { failureOf } from '../disk/testing.js';
import { matchModels, readCatalogue, searchCatalogue } from './catalogue.js';
import { LITELLM, MODELS_DEV } from './testing.js';

const root = mkdtempSync(join(tmpdir(), 'rp-catalogue-'));
afterAll(() => rmSync(root, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(root, name), text);
  return join(root, name);
};
const litellm = write('litellm.json', JSON.stringify(LITELLM));
const modelsDev = write('api.json', JSON.stringify(MODELS_DEV));
const heron = write('heron.yaml', 'model_id: heron-large\ncost_per_token: 0.000009\n');
const bare = write('wren.yaml', 'model_id: wren-mini\nlatency_profile: { p50: 1s }\n');

describe('readCatalogue', () => {
  it('puts lists and profiles together, each entry with its source', async () => {
    const { lists, profiles, entries } = await readCatalogue({
      prices: [litellm, modelsDev, litellm],
      profiles: [heron],
    });
    expect(lists.map(({ format }) => format)).toEqual(['litellm', 'models.dev']);
    expect(profiles).toHaveLength(1);
    expect(entries.map(({ id, source }) => [id, source]).slice(0, 2)).toEqual([
      ['heron-large', heron],
      ['heron-large', litellm],
    ]);
    expect(entries[0]!.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('of some providers keeps theirs and the profiles; one that no list has is named', async () => {
    const { entries } = await readCatalogue({ prices: [litellm, modelsDev], profiles: [heron], providers: ['cloud'] });
    expect(entries.map(({ id }) => id)).toEqual([
      'heron-large',
      'cloud/heron-large',
      'cloud/heron-large',
      'cloud/wren-open',
    ]);
    const error = await failureOf(() => readCatalogue({ prices: [litellm], providers: ['cloud', 'owl'] }));
    expect([error.code, error.message, error.hint]).toEqual([
      'UNKNOWN_NAME',
      'no price list has a provider called owl',
      'There are 4 providers: cloud, finch, heron, wren.',
    ]);
  });
});

describe('matchModels', () => {
  it('takes a profile with a price before any list, and one without after them', async () => {
    const catalogue = await readCatalogue({ prices: [litellm], profiles: [heron, bare] });
    const owl = await readCatalogue({ prices: [modelsDev], profiles: [bare] });
    expect(matchModels([{ id: 'wren-mini', model: 'wren-mini' }], owl).matched).toMatchObject([
      { entry: { source: bare } },
    ]);
    const ids = ['wren-mini', 'heron-large', 'owl'].map((id) => ({ id, model: id }));
    const { matched, ambiguous, unmatched } = matchModels(ids, catalogue);
    expect(matched.map(({ id, entry }) => [id, entry.source])).toEqual([
      ['wren-mini', litellm],
      ['heron-large', heron],
    ]);
    expect([ambiguous, unmatched]).toEqual([[], ['owl']]);
  });
});

describe('searchCatalogue', () => {
  it('finds every word in id or provider, in upper or lower case', async () => {
    const { entries } = await readCatalogue({ prices: [litellm, modelsDev] });
    expect(searchCatalogue(entries, 'LARGE  cloud').map(({ id }) => id)).toEqual([
      'cloud/heron-large',
      'cloud/heron-large',
    ]);
    expect(searchCatalogue(entries, ' ')).toHaveLength(entries.length);
    expect(searchCatalogue(entries, 'owl')).toEqual([]);
  });
});
