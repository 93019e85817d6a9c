import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { describeLayoutContract } from '@routeprofile/schema/testing';
import { folderOf, temporaryFolder } from '../../dataset/testing.js';
import { loadDataset } from '../load.js';
import { scoreMatrixLayout } from './score-matrix.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const folder = (files: Record<string, unknown>) => folderOf(root, `d${count++}`, files);

const models = ['a', 'b', 'c'];
const row = (query: string, split: string, scores: (number | null)[]) => ({ query, task: 'sums', split, scores });
const rows = [
  row('1 + 1?', 'train', [1, 0, 1]),
  row('2 + 2?', 'train', [0, 1, 1]),
  row('3 + 3?', 'test', [1, 0, 0]),
  row('4 + 4?', 'test', [0, null, 1]),
];
const good = () => folder({ 'scores.json': { models, rows } });

describeLayoutContract({ describe, it, expect }, scoreMatrixLayout, {
  good: async () => good(),
  foreign: async () => [folder({}), folder({ 'outcomes.jsonl': [] })],
  broken: async () => ({
    folder: folder({ 'scores.json': { models, rows: [...rows, row(' ', 'train', [1, 1, 1]), { query: 5 }] } }),
    problems: ['scores.json: rows[4].query', 'scores.json: rows[5].query', 'scores.json: rows[5].scores'],
  }),
  incomplete: async () => ({ folder: good(), file: 'absent.json', options: { test: 'absent.json' } }),
});

describe('score-matrix', () => {
  it('is found by loadDataset, which keeps what was not measured apart', async () => {
    const dataset = await loadDataset(good());
    expect(dataset.layout).toBe('score-matrix');
    expect(dataset.train.outcomes!.score).toEqual(Float64Array.of(1, 0, 1, 0, 1, 1));
    expect(dataset.test.values.score).toEqual(Float64Array.of(1, 0, 0, 0, NaN, 1));
  });
});
