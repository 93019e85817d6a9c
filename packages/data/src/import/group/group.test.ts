import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../calls.js';
import { IdGiver } from '../ids.js';
import { Grouper, type Query } from './group.js';
import { hash53, HashSet } from './hash.js';
import { LineStore, ScratchFolder } from './line-store.js';

const call = fc.record<Call>({
  query: fc.constantFrom('one', ' one ', 'two', 'a long question '.repeat(80), `a long question ${'x'.repeat(2000)}`),
  task: fc.constantFrom(null, 't', 'u'),
  split: fc.constantFrom(null, 'train'),
  id: fc.constantFrom(null, '1', '2', '1#2'),
  answer: fc.constantFrom(null, 'yes', 'no'),
  time: fc.option(fc.integer({ min: 0, max: 100 })),
  outcomes: fc.array(
    fc.tuple(fc.constantFrom('a', 'b'), fc.record({ score: fc.constantFrom(0, 1) }, { requiredKeys: [] })),
    {
      maxLength: 2,
    },
  ),
});

async function groupsOf(
  calls: readonly Call[],
  held: number,
): Promise<{ seen: number; queries: Query[]; left: boolean }> {
  const folder = new ScratchFolder();
  const grouper = new Grouper(folder, undefined, held);
  for (const one of calls) await grouper.add(one);
  await grouper.tellApart();
  let seen = 0;
  await grouper.group(() => seen++);
  const queries: Query[] = [];
  for await (const query of grouper.inOrder()) queries.push(query);
  const path = await folder.get();
  await folder.remove();
  return { seen, queries, left: existsSync(path) };
}

/** The same, as one would do it in memory. */
function plainly(calls: readonly Call[]): { key: string; calls: number; scores: Record<string, number> }[] {
  const groups = new Map<string, { key: string; calls: number; scores: Record<string, number> }>();
  for (const { query, task, split, outcomes } of calls) {
    const key = JSON.stringify([split, task, query.trim()]);
    const group = groups.get(key) ?? { key, calls: 0, scores: {} };
    groups.set(key, group);
    group.calls++;
    for (const [model, { score }] of outcomes)
      if (score !== undefined) group.scores[model] = (group.scores[model] ?? 0) + score;
  }
  return [...groups.values()];
}

describe('calls grouped by query', () => {
  it('are the same whether they lie in memory or on disk, in the order of their first calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 60 }), async (calls) => {
        const inMemory = await groupsOf(calls, Infinity);
        const onDisk = await groupsOf(calls, 300);
        expect(onDisk).toEqual(inMemory);
        const { queries, seen, left } = onDisk;
        expect([seen, left]).toEqual([queries.length, false]);
        expect(
          queries.map(({ split, task, query, models, calls: count }) => ({
            key: JSON.stringify([split, task, query.trim()]),
            calls: count,
            scores: Object.fromEntries(models.flatMap(([model, { score }]) => (score ? [[model, score[0]]] : []))),
          })),
        ).toEqual(plainly(calls));
      }),
      { numRuns: 60 },
    );
  });

  it('are the same in memory and on disk where a text stands for several questions, each under all that was asked', async () => {
    const whole = fc.record({
      whole: fc.constantFrom('one of one', 'two', 'one of two'),
      system: fc.constantFrom(0, 1),
    });
    const asked = fc.tuple(call, fc.option(whole, { nil: {} })).map(([one, more]): Call => ({ ...one, ...more }));
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 60 }), async (calls) => {
        const inMemory = await groupsOf(calls, Infinity);
        expect(await groupsOf(calls, 300)).toEqual(inMemory);
        const orders = inMemory.queries.map(({ order }) => order);
        expect(orders).toEqual(orders.toSorted((a, b) => a - b));
        expect(inMemory.queries.reduce((sum, query) => sum + query.calls, 0)).toBe(calls.length);
      }),
      { numRuns: 60 },
    );
  });

  it('get ids that are unique, their own where nobody else has it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 30 }), async (calls) => {
        const { queries } = await groupsOf(calls, Infinity);
        const giver = new IdGiver();
        for (const query of queries) giver.see(query);
        if (giver.needsSecondPass) for (const query of queries) giver.compare(query);
        const ids = queries.map((query) => giver.idOf(query));
        expect(new Set(ids).size).toBe(ids.length);
        for (const [i, { ids: own }] of queries.entries()) {
          const first = own[0];
          const isShared = queries.filter((query) => query.ids.includes(first ?? '')).length > 1;
          if (first !== undefined && !isShared && !ids.slice(0, i).includes(first)) expect(ids[i]).toBe(first);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('what holds much in little', () => {
  it('a set of hashes is a set', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 3000 }), (texts) => {
        const set = new HashSet();
        const plain = new Set<string>();
        for (const text of texts) {
          expect(set.add(hash53(text))).toBe(!plain.has(text));
          plain.add(text);
        }
        expect(set.size).toBe(plain.size);
        expect([...plain].every((text) => set.has(hash53(text)))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('lines come back in order, part by part, from memory and disk', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat({ max: 2 }),
            fc.string().map((text) => JSON.stringify(text)),
          ),
        ),
        async (lines) => {
          const folder = new ScratchFolder();
          const store = new LineStore(folder, 'x', 3, 40);
          for (const [part, line] of lines) await store.add(part, line);
          for (const part of [0, 1, 2]) {
            const found: string[] = [];
            for await (const line of store.lines(part)) found.push(line);
            expect(found).toEqual(lines.filter(([of]) => of === part).map(([, line]) => line));
          }
          await folder.remove();
        },
      ),
      { numRuns: 60 },
    );
  });
});
