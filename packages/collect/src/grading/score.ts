import { cem, em, f1 } from './answers.js';
import { commongenCoverage } from './commongen.js';
import { gsm8k } from './gsm8k.js';
import { math } from './math.js';
import { emMc } from './multiple-choice.js';
import type { ResponseMetric } from './names.js';
import { METRIC_RULES, type MetricRules } from './rules.js';

/** The metrics that are functions of two texts. */
export type TextMetric = Exclude<ResponseMetric, 'code_eval'>;

const SCORERS: Readonly<Record<TextMetric, (response: string, truth: string, rules: MetricRules) => number | null>> = {
  em,
  em_mc: emMc,
  cem,
  f1,
  gsm8k,
  math,
  commongen_coverage: commongenCoverage,
};

/**
 * The score of a response, between 0 and 1.
 * @param truth one ground truth, or several that are all right: the best score counts
 * @returns null when there is no ground truth to compare with
 */
export function scoreResponse(
  metric: TextMetric,
  response: string,
  truth: string | readonly string[],
  rules: MetricRules = METRIC_RULES.repaired,
): number | null {
  const scores = (typeof truth === 'string' ? [truth] : truth)
    .filter((text) => text !== '')
    .map((text) => SCORERS[metric](response, text, rules))
    .filter((score) => score !== null);
  return scores.length === 0 ? null : Math.max(...scores);
}
