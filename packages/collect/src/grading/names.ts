import { unknownName } from '@routeprofile/schema';
import type { MetricRules } from './rules.js';

/** Every metric on a response. `code_eval` runs programs: see `openCodeSandbox`. */
export const RESPONSE_METRICS = [
  'em',
  'em_mc',
  'cem',
  'f1',
  'gsm8k',
  'math',
  'commongen_coverage',
  'code_eval',
] as const;
/** Name of a metric on a response: one of `RESPONSE_METRICS`. */
export type ResponseMetric = (typeof RESPONSE_METRICS)[number];

/** What one spelling of a metric's name means. */
export interface MetricAlias {
  /** As the data spells it. */
  name: string;
  /** On this task only. */
  task?: string;
  metric: ResponseMetric;
  /** Where the repaired rules read the name differently. */
  repaired?: ResponseMetric;
}

/** What the names in the published data mean; a closed list. An alias of a task goes before the name itself. */
export const METRIC_ALIASES: readonly MetricAlias[] = [
  // The published scorer knew neither name and fell back to cover exact match; its labels are exactly that.
  { name: 'f1_score', metric: 'cem' },
  { name: 'math', task: 'agentverse-mgsm', metric: 'cem', repaired: 'math' },
  { name: 'MATH', task: 'agentverse-mgsm', metric: 'cem', repaired: 'math' },
  { name: 'MATH', metric: 'math' },
  { name: 'GSM8K', metric: 'gsm8k' },
];

const isMetric = (name: string): name is ResponseMetric => (RESPONSE_METRICS as readonly string[]).includes(name);

/**
 * The metric that a row's `metric` field stands for.
 * @param name as the data spells it, letter case included
 * @param task the row's task, for aliases of one task
 * @param rules `METRIC_RULES.published` or `.repaired`
 * @throws RouteProfileError UNKNOWN_NAME listing the known names.
 */
export function resolveMetric(
  name: string,
  task: string | null,
  rules: Pick<MetricRules, 'mgsmBoxed'>,
): ResponseMetric {
  const alias =
    METRIC_ALIASES.find((entry) => entry.name === name && entry.task === task) ??
    METRIC_ALIASES.find((entry) => entry.name === name && entry.task === undefined);
  if (alias !== undefined) return (rules.mgsmBoxed ? alias.repaired : undefined) ?? alias.metric;
  if (isMetric(name)) return name;
  const known = [...new Set([...RESPONSE_METRICS, ...METRIC_ALIASES.map((entry) => entry.name)])];
  throw unknownName(`metric '${name}' is unknown`, {
    written: name,
    names: known,
    hint: `Known metrics: ${known.join(', ')}.`,
  });
}
