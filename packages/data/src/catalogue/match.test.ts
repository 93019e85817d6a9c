import { describe, expect, it } from 'vitest';
import type { CatalogueEntry } from './entry.js';
import { matchCatalogue } from './match.js';

const entry = (id: string, input?: number, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id,
  model: id,
  source: 'prices.json',
  date: '2026-11-01',
  ...(input !== undefined && { price: { input, output: 2 * input } }),
  ...more,
});
const candidate = (id: string, model = id) => ({ id, model });
const rulesOf = (ids: string[], entries: CatalogueEntry[]) => {
  const { matched, ambiguous, unmatched } = matchCatalogue(
    ids.map((id) => candidate(id)),
    entries,
  );
  return {
    matched: matched.map(({ id, rule, entry: found }) => [id, rule, found.id]),
    ambiguous: ambiguous.map(({ id, rule, entries: found }) => [id, rule, ...found.map((one) => one.id)]),
    unmatched,
  };
};

describe('matchCatalogue', () => {
  it('finds by the strictest rule that finds anything, and says which', () => {
    const entries = [
      entry('heron/Heron-Large', 1),
      entry('wren-mini-2026-02-14', 2),
      entry('finch-1.5', 3),
      entry('Heron-Large', 4),
    ];
    expect(
      rulesOf(['Heron-Large', 'x/heron-large', 'wren/wren-mini-latest', 'finch_1-5:beta', 'owl'], entries),
    ).toEqual({
      matched: [
        ['Heron-Large', 'exact', 'Heron-Large'],
        ['wren/wren-mini-latest', 'no-version', 'wren-mini-2026-02-14'],
        ['finch_1-5:beta', 'no-punctuation', 'finch-1.5'],
      ],
      ambiguous: [['x/heron-large', 'no-provider', 'heron/Heron-Large', 'Heron-Large']],
      unmatched: ['owl'],
    });
  });

  it('knows providers before a colon, and leaves tags alone', () => {
    const entries = [entry('gpt-4o-mini', 1), entry('claude-sonnet-4-20250514', 3), entry('llama3:8b', 0)];
    expect(
      rulesOf(['openai:gpt-4o-mini', 'anthropic:messages:claude-sonnet-4', 'llama3:8b', 'mine:gpt-4o-mini'], entries),
    ).toMatchObject({
      matched: [
        ['openai:gpt-4o-mini', 'no-provider', 'gpt-4o-mini'],
        ['anthropic:messages:claude-sonnet-4', 'no-version', 'claude-sonnet-4-20250514'],
        ['llama3:8b', 'exact', 'llama3:8b'],
      ],
      unmatched: ['mine:gpt-4o-mini'],
    });
  });

  it('takes several entries of one price, and none of several prices', () => {
    const same = [entry('a/m', 1), entry('b/m', 1, { price: { input: 1, output: 2, cachedInput: 0.1 } })];
    expect(matchCatalogue([candidate('m')], same).matched).toMatchObject([{ entry: { id: 'a/m' }, entries: 2 }]);
    expect(rulesOf(['m'], [...same, entry('c/m', 1, { price: { input: 1, output: 3 } })]).ambiguous).toEqual([
      ['m', 'no-provider', 'a/m', 'b/m', 'c/m'],
    ]);
    const cached = [0.1, 0.2].map((cachedInput, i) =>
      entry(`${i}/m`, 1, { price: { input: 1, output: 2, cachedInput } }),
    );
    expect(rulesOf(['m'], cached).ambiguous).toHaveLength(1);
  });

  it('does not take a free offer for the price of a model', () => {
    expect(rulesOf(['heron'], [entry('heron:free', 0)]).unmatched).toEqual(['heron']);
    expect(rulesOf(['heron:free', 'heron:beta'], [entry('x/heron:free', 0), entry('x/heron', 1)]).matched).toEqual([
      ['heron:free', 'no-provider', 'x/heron:free'],
      ['heron:beta', 'no-version', 'x/heron'],
    ]);
  });

  it('takes the entry of that id before what other providers call so', () => {
    const entries = [entry('relay/heron/m', 9, { model: 'heron/m' }), entry('heron/m', 1, { model: 'm' })];
    expect(rulesOf(['heron/m'], entries).matched).toEqual([['heron/m', 'exact', 'heron/m']]);
  });

  it('looks for what is called before the name of the candidate', () => {
    const { matched } = matchCatalogue([candidate('fast', 'heron-large')], [entry('fast', 1), entry('heron-large', 2)]);
    expect(matched.map(({ id, entry: found }) => [id, found.id])).toEqual([['fast', 'heron-large']]);
  });

  it('keeps a model whose price is not known where no entry has one', () => {
    const { matched } = matchCatalogue([candidate('m')], [entry('a/m'), entry('b/m')]);
    expect(matched).toMatchObject([{ entry: { id: 'a/m' } }]);
    expect(rulesOf(['m'], [entry('a/m'), entry('b/m', 1)]).matched).toEqual([['m', 'no-provider', 'b/m']]);
    // A looser rule must not find a price elsewhere.
    expect(matchCatalogue([candidate('r/auto')], [entry('r/auto'), entry('x/auto', 1)]).matched[0]!.entry.id).toBe(
      'r/auto',
    );
  });

  it('matches nothing to an id of which nothing is left', () => {
    expect(rulesOf([':tag', '/'], [entry(':paid', 1), entry('x/', 2)]).unmatched).toEqual([':tag', '/']);
  });

  it('is linear: 20,000 candidates in 20,000 entries', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `p/m-${i}`);
    const started = process.cpuUsage();
    const { matched } = matchCatalogue(
      ids.map((id) => candidate(id.slice(2))),
      ids.map((id) => entry(id, 1)),
    );
    const { user, system } = process.cpuUsage(started);
    expect(matched).toHaveLength(20_000);
    expect((user + system) / 1e6).toBeLessThan(5);
  });
});
