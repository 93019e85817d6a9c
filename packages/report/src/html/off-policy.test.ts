import type { OffPolicyPolicy } from '@routeprofile/schema';
import { richReport } from '@routeprofile/eval/testing';
import { describe, expect, it } from 'vitest';
import { renderTextTable } from '../text/text-table.js';
import { renderHtmlReport } from './render.js';

const report = richReport(['a', 'b', 'c']);
const known = (value: number) => ({ known: true as const, value, low: value - 0.1, high: value + 0.1 });
const few = { known: false as const, reason: 'small effective sample' as const, effectiveRows: 41.3, least: 100 };
const policyOf = (name: string, seed: number | null, more: Partial<OffPolicyPolicy> = {}): OffPolicyPolicy => ({
  name,
  seed,
  score: { dr: known(0.7), snips: known(0.7), ips: known(0.7) },
  costPer1k: known(2.5),
  difference: known(0.2),
  effectiveRows: 212.4,
  matchedShare: 0.4,
  ...more,
});
const logged = {
  ...report,
  offPolicy: {
    rows: 640,
    assumes: 'estimated propensities: no unseen confounder' as const,
    floor: 0.01,
    clipped: 0,
    calibrationError: 0.02,
    rewardModel: 'ridge',
    policies: [
      ...report.rows.map(({ label, seed }, i) =>
        policyOf(label, seed, i === 0 ? { score: { dr: few, snips: few, ips: few }, difference: few } : {}),
      ),
      policyOf('best-single', null, { model: 'model <b>', difference: null, costPer1k: null }),
    ],
    suggestions: {
      policies: [{ name: report.rows[0]!.label, seed: report.rows[0]!.seed }],
      needed: 73,
      ask: Array.from({ length: 8 }, (_, i) => ({ query: `q${i}`, model: 'a', propensity: 0.1, varianceShare: 0.1 })),
      measured: [],
    },
  },
};

describe('what a log says of routers', () => {
  it('stands in the place of the results, on the page and in the terminal, or why it says nothing', () => {
    const page = renderHtmlReport(logged);
    const text = renderTextTable(logged);
    for (const shown of [page, text]) {
      expect(shown).toContain('0.700 [0.600, 0.800]');
      expect(shown).toContain('too few rows (41)');
      expect(shown).toContain('212');
    }
    for (const shown of [page, text.replace(/\s+/g, ' ')]) {
      expect(shown).toContain('About 73 answers that are asked for on purpose would do.');
      expect(shown).toContain('ask a on 8 queries (q0, q1, q2, q3, q4, q5, …).');
      expect(shown).toContain('--suggest N');
    }
    expect(page).toContain('Estimates from the log');
    expect(page).toContain('model &lt;b&gt;');
    expect(page).not.toContain('Always one model');
    expect(text).toContain('640 logged test rows');
  });

  it('leaves a difference open that no further answers on these rows would tell', () => {
    expect(renderTextTable(logged)).not.toContain('stays open');
    const { offPolicy } = logged;
    const [first, ...others] = offPolicy.policies;
    const open = { ...first!, score: { dr: known(0.7), snips: known(0.7), ips: known(0.7) } };
    const enough = { ...offPolicy.suggestions, policies: [], needed: 0 };
    const text = renderTextTable({
      ...report,
      offPolicy: { ...offPolicy, policies: [open, ...others], suggestions: enough },
    }).replace(/\s+/g, ' ');
    expect(text).toContain('The log tells the mean score of every router.');
    expect(text).toMatch(
      /By how much .* differs from the best single model stays open: it chooses otherwise on too few/,
    );
  });

  it('is where plots of cost and quality come from, with the intervals', () => {
    const page = renderHtmlReport(logged);
    expect(page).toContain('All points are estimates from the log');
    expect(page).toContain('0.700 [0.600, 0.800] at $2.50 per 1,000 queries');
    expect(renderHtmlReport(report)).not.toContain('All points are estimates from the log');
  });

  it('may be that nothing can be recommended', () => {
    const { recommendation: _, ...rest } = logged;
    const undecided = {
      ...rest,
      notRecommended: 'No recommendation: the log cannot tell what flat × sim would have scored.',
    };
    for (const shown of [renderHtmlReport(undecided), renderTextTable(undecided).replace(/\s+/g, ' ')])
      expect(shown).toContain('No recommendation: the log cannot tell');
  });

  it('is absent from other reports', () => {
    expect(renderHtmlReport(report)).not.toContain('Estimates from the log');
  });
});
