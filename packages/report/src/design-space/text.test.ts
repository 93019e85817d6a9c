import { describe, expect, it } from 'vitest';
import { designSpaceFixture } from '@routeprofile/eval/testing';
import { renderDesignSpaceText } from './text.js';

const space = designSpaceFixture({ rows: 40 });
const text = renderDesignSpaceText(space);
const lines = text.split('\n');

describe('renderDesignSpaceText', () => {
  it('fits a terminal', () => {
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(100);
    for (const line of lines) expect(line).toBe(line.trimEnd());
  });

  it("shows both tables with the paper's numbers, gaps and constants", () => {
    expect(lines.filter((line) => line.startsWith('Emb-GNN 4 hops'))).toHaveLength(4);
    expect(lines.find((line) => line.startsWith('Emb-GNN 4 hops'))).toMatch(
      /^Emb-GNN 4 hops +0\.\d{3}[* ] \[[+−]\.\d\d,[+−]\.\d\d\] \.577 .* \.605 .* \.614$/,
    );
    expect(lines).toContainEqual(expect.stringMatching(/^Text-GNN 4 hops +· \.580 +· \.624 +· \.610=$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Trainable GNN 3 hops +· \.611 +! \.613= +· \.604$/));
    expect(lines).toContainEqual(expect.stringMatching(/^Trainable GNN 4 hops +0\.\d{3}\* \[.*\.613=.*\.557=.*\.516$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ compat +0\.\d{3}/));
    expect(lines.filter((line) => line.startsWith(' query-task-domain'))).toHaveLength(12);
  });

  it('tells scenarios, failures, differences and warnings', () => {
    for (const { name } of space.scenarios) expect(text).toContain(`${name} · `);
    expect(text).toContain('! trainable-gnn:layers=3 × mlp (seed 42): NOT_FINITE the loss is NaN');
    expect(text).toContain('- Texts are encoded with use-lite; the paper used allenai/longformer-base-4096.');
    expect(text).toContain('- 7 test queries are also training queries');
    expect(text).toContain("The paper's best cell is 0.630.");
    expect(text).toContain('It sends ');
  });

  it('has colours only when asked, and never the control characters of names', () => {
    const evil = designSpaceFixture({ rows: 20, prefix: '\u001b[31m\u202e' });
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(renderDesignSpaceText(evil)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(renderDesignSpaceText(space, { color: true })).toContain('\u001b[33m');
  });
});
