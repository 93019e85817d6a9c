import { compareRuns } from '@routeprofile/eval';
import { rowsFileOf } from '@routeprofile/eval/testing';
import type { RowsFile } from '@routeprofile/schema';
import { describe, expect, it } from 'vitest';
import { renderComparison } from './comparison.js';

const routed = [0, 0, 1, 1, 0, 1];
const small = [0, 0, 0, 0, 0, 0];
const compare = (a: RowsFile, b: RowsFile) =>
  compareRuns({ name: 'A', file: a }, { name: 'B', file: b }, { seed: 1, resamples: 200 });

describe('renderComparison', () => {
  it('shows one pair in full, within 100 columns', () => {
    const text = renderComparison(
      compare(rowsFileOf([['one\u001b[31m', routed]]), rowsFileOf([['two'.repeat(60), small]])),
    );
    expect(text).toMatch(/^avg_performance +0\.700 +0\.400 +\+0\.300 \[too few rows\]$/m);
    expect(text).toMatch(/^y +2 +0\.750 +0\.000 .*2 \/ 0 \/ 0$/m);
    expect(text).toMatch(/^small → large +40\.0 % +0\.750 +0\.000 +\+0\.750$/m);
    expect(text).toContain('exact sign test (McNemar) p = 0.500');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('shows several pairs in a line each, coloured where it is clear', () => {
    const a = rowsFileOf([
      ['one', routed],
      ['two', small],
    ]);
    const text = renderComparison(compare(a, a), { color: true });
    expect(text).toMatch(/^one +0\.700 +0\.700 +0\.000 \[too few rows\] +0 \/ 5 \/ 0 +1\.000$/m);
    expect(text).toContain('\u001b[2m');
  });
});
