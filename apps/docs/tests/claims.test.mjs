import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { claimsOf, verdictOf } from '../tools/claims.mjs';

const interval = (low, high) => ({ low, high });

test('a claim holds only where every scenario says so', () => {
  assert.equal(verdictOf([interval(0.1, 0.2), interval(0.01, 0.2)]), 'holds');
  assert.equal(verdictOf([interval(-0.2, -0.1), interval(-0.2, -0.01)]), 'the reverse');
  assert.equal(verdictOf([interval(-0.1, 0.2), interval(-0.1, 0)]), 'does not show here');
  assert.equal(verdictOf([interval(0.1, 0.2), interval(-0.1, 0.1)]), 'holds in 1 of 2');
  assert.equal(verdictOf([interval(0.1, 0.2), interval(-0.2, -0.1)]), 'mixed');
});

test('differences are those of the cells that a claim names, paired by row', () => {
  // Every cell scores 0, but for structured profiles, which score 1 on every other row.
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const depths = [1, 2, 3, 4];
  const labels = ['flat', ...depths.map((k) => `trainable-gnn:layers=${k}`)].concat(
    ['text-gnn', 'emb-gnn'].flatMap((name) => [
      ...depths.map((k) => `${name}:hops=${k}`),
      ...['query-task', 'task-domain', 'task', 'task-only'].map((graph) => `${name}@${graph}:hops=2`),
    ]),
  );
  const scoreOf = (label, row) => (/^(text|emb)-gnn:/.test(label) ? row % 2 : 0);
  const file = {
    rows: labels.flatMap((label) =>
      ['sim', 'mlp', 'graph'].map((router) => ({
        label: `${label} × ${router}`,
        scores: rows.map((row) => scoreOf(label, row)),
      })),
    ),
  };
  const claims = Object.fromEntries(claimsOf(() => file).map((claim) => [claim.id, claim]));
  assert.equal(claims.structure.verdict, 'holds');
  assert.deepEqual(
    claims.structure.scenarios.map(({ rows: used, difference, comparisons, above }) => [
      used,
      difference,
      comparisons,
      above,
    ]),
    Array(4).fill([40, 0.5, 24, 24]),
  );
  assert.equal(claims.trainable.verdict, 'the reverse');
  assert.equal(claims.queries.verdict, 'does not show here');
  assert.equal(claims['co-design'].verdict, 'does not show here');
  assert.throws(() => claimsOf(() => ({ rows: [] })), /the run has no cell/);
});

const committed = JSON.parse(
  readFileSync(new URL('../../../examples/design-space/claims.json', import.meta.url), 'utf8'),
);

test('the committed verdicts follow from the committed intervals', () => {
  assert.ok(committed.length > 0);
  for (const { id, verdict, scenarios } of committed) assert.equal(verdict, verdictOf(scenarios), id);
});

test('what the page says of the routers is so: only under sim does an interval exclude zero', () => {
  const own = committed.flatMap(({ scenarios }) => scenarios.flatMap(({ routers }) => routers));
  const excludes = own.filter(({ low, high }) => low > 0 || high < 0).map(({ router }) => router);
  assert.deepEqual([...new Set(excludes)].sort(), ['graph − sim', 'sim']);
});
