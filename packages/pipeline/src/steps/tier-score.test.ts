import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importOutcomes, loadDataset } from '@routeprofile/data';
import { evaluateChoices } from '@routeprofile/eval';
import type { Dataset } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The tier score from the benchmark's format on, by hand. A token is 4 bytes; a message counts 4 more, a prompt 2. Dollars per
 * million tokens, so that a token × its price is a millionth of a dollar.
 */
const TIERS = ['low', 'mid', 'mid_high', 'high'];
const say = (role: string, tokens: number) => ({ role, content: 'word'.repeat(tokens) });
const step = (instance: string, index: number, benchmark: string, tier: number, messages: object[]) => ({
  ...{ id: `${instance}.${index}`, instance_id: instance, step_index: index, benchmark, messages },
  ...{ target_tier: TIERS[tier], target_tier_id: tier },
});
const fix = [say('user', 10), say('assistant', 20), say('tool', 5)];
const bank = [
  // A prompt of 10 + 4 + 2 = 16 tokens, which the next step's begins with: 16 + (20 + 4) + (5 + 4) = 49.
  // The first answered 20 + 4 = 24 tokens; the last counts as the mean of those before it, 24.
  step('fix', 1, 'swebench', 1, fix.slice(0, 1)),
  step('fix', 2, 'swebench', 0, fix),
  // Prompts of 1,006 and 106 tokens, alone: an answer counts as 500.
  step('ask', 1, 'qmsum', 3, [say('user', 1000)]),
  step('tell', 1, 'qmsum', 0, [say('user', 100)]),
];

let dir = '';
let dataset: Dataset;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rp-tiers-'));
  writeFileSync(join(dir, 'question_bank.jsonl'), bank.map((row) => JSON.stringify(row)).join('\n'));
  const out = join(dir, 'out');
  await importOutcomes(join(dir, 'question_bank.jsonl'), out);
  dataset = await loadDataset(out, { test: join(out, 'outcomes.jsonl') });
});
afterAll(() => rmSync(dir, { recursive: true }));

const metricsOf = (...tiers: string[]) => {
  const { candidates, newModels, test } = dataset;
  const choices = Int32Array.from(tiers, (tier) => test.models.indexOf(tier));
  return evaluateChoices({ candidates, newModels, table: test, choices }).metrics;
};

// Always high: written to the cache at 6.25, read from it at 0.50, answers at 25.
const [high1, high2] = [16 * 6.25 + 24 * 25, 16 * 0.5 + 33 * 6.25 + 24 * 25];
const [highAsk, highTell] = [1006 * 6.25 + 500 * 25, 106 * 6.25 + 500 * 25];

describe('the tier score of an imported question bank', () => {
  it('is the mean of rows passed, right-sized, trajectories passed and what is saved', () => {
    const metrics = metricsOf('mid', 'mid', 'mid_high', 'low');
    // The second step would have passed on low; the question on `ask` needs high.
    const [mid1, mid2] = [16 * 0.3 + 24 * 2, 16 * 0.059 + 33 * 0.3 + 24 * 2];
    const [ask, tell] = [1006 * 0.08333 + 500 * 5, 106 * 0.26 + 500 * 0.5];
    const swebench = (high1 + high2 - mid1 - mid2) / (high1 + high2);
    const qmsum = (-ask + (highTell - tell)) / (highAsk + highTell);
    const saved = (2 / 4) * swebench + (2 / 4) * qmsum;
    expect(metrics).toMatchObject({ avg_performance: 3 / 4, right_sized: 2 / 4, fell_short: 1 / 4, overpaid: 1 / 4 });
    expect(metrics['trajectory_pass']).toBe(3 / 4);
    expect(metrics['trajectory_savings']).toBeCloseTo(saved, 9);
    expect(metrics['tier_score']).toBeCloseTo((3 / 4 + 2 / 4 + 3 / 4 + saved) / 4, 9);
  });

  it('knows the extremes: always high saves nothing, always low fails what is hard', () => {
    expect(metricsOf('high', 'high', 'high', 'high')['tier_score']).toBeCloseTo((1 + 1 / 4 + 1 + 0) / 4, 12);
    const low = metricsOf('low', 'low', 'low', 'low');
    const fixing = 16 * 0.26 + 24 * 0.5 + (16 * 0.13 + 33 * 0.26 + 24 * 0.5);
    const [ask, tell] = [1006 * 0.26 + 250, 106 * 0.26 + 250];
    const saved = (-fixing / (high1 + high2) + (highTell - tell - ask) / (highAsk + highTell)) / 2;
    expect(low['trajectory_pass']).toBe(1 / 4);
    expect(low['tier_score']).toBeCloseTo((2 / 4 + 2 / 4 + 1 / 4 + saved) / 4, 9);
  });

  it('a switch of tiers reads nothing from a cache', () => {
    const right = metricsOf('mid', 'low', 'high', 'low');
    const cold = 16 * 0.3 + 24 * 2 + (49 * 0.26 + 24 * 0.5);
    const qmsum = (highTell - (106 * 0.26 + 250)) / (highAsk + highTell);
    expect(right['right_sized']).toBe(1);
    expect(right['trajectory_savings']).toBeCloseTo((1 - cold / (high1 + high2) + qmsum) / 2, 9);
  });
});
