import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileLabel, profileFile, routerFile } from './labels.js';

/** Labels as strategies make them, and labels as nobody would. */
const word = fc.constantFrom(
  'knn',
  'flat',
  'emb-gnn@task',
  'con',
  'nul',
  'COM1',
  'Knn',
  './my.mjs',
  '@me/my-router',
  'a_b',
  'a.b',
);
const option = fc.constantFrom(
  '',
  ':k=5',
  ':k=40',
  ':within=0.02',
  ':Keys=Tasks',
  '+cost',
  ' int8',
  ' pca:16',
  ':x=1.',
  '_k=5',
  '.',
  ' ',
);
const label = fc.oneof(
  fc.array(fc.oneof(word, option), { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
);
const seed = fc.nat(3);
const cell = fc.tuple(label, label, seed);

describe('names of files', () => {
  it('are short and plain where labels are', () => {
    expect(routerFile('advantage', 'knn', 42)).toBe('advantage.knn.seed42');
    expect(routerFile('advantage', 'knn+cost:within=0.02', 42)).toBe('advantage.knn+cost_within=0.02.seed42');
    expect(routerFile('emb-gnn@task int8', './mine/my-router.mjs', 7)).toMatch(
      /^emb-gnn@task,int8\.my-router_mjs~[0-9a-f]{10}\.seed7$/,
    );
  });

  it('keep the seed, however long the labels are', () => {
    const long = 'advantage:keys=tasks:shrink=true:missing=mean:and=more';
    expect(routerFile(long, `mlp:${long}`, 1)).toMatch(/\.seed1$/);
    expect(routerFile(long, 'mlp', 1)).not.toBe(routerFile(long, 'mlp', 2));
    expect(routerFile(long, 'mlp', 1)).not.toBe(routerFile(`${long}:x=1`, 'mlp', 1));
  });

  it('differ where the cells differ, also without regard to case', () => {
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        fc.pre(a.join('\0') !== b.join('\0'));
        return routerFile(...a).toLowerCase() !== routerFile(...b).toLowerCase();
      }),
      { seed: 1, numRuns: 5_000 },
    );
    const tricky: [string, string][] = [
      ['a:b', 'a_b'],
      ['a b', 'a:b'],
      ['Knn', 'knn'],
      ['a.b', 'a'],
      ['con', 'con~'],
    ];
    for (const [a, b] of tricky) expect(fileLabel(a).toLowerCase()).not.toBe(fileLabel(b).toLowerCase());
    expect(routerFile('a', 'b.c', 1)).not.toBe(routerFile('a.b', 'c', 1));
  });

  it('are names that every system takes', () => {
    fc.assert(
      fc.property(cell, ([profile, router, number]) => {
        for (const name of [routerFile(profile, router, number), profileFile(profile, number)]) {
          expect(name).toMatch(/^[a-z0-9=+@,~._-]+$/);
          expect(name).toMatch(/seed\d+$/);
          expect(name).not.toMatch(/^[^a-z0-9]|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/);
          expect(name.length).toBeLessThan(120);
        }
      }),
      { seed: 2, numRuns: 3_000 },
    );
  });
});
