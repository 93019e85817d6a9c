import { METRIC_RULES, type MetricRules } from './rules.js';

const finalPart = (truth: string): string => truth.split('####').at(-1)!;

/** As published: runs of digits, dots and commas, then equality of what is left without `,` `$` `.`. */
function publishedGsm8k(response: string, truth: string): number {
  const bare = (text: string) => text.replace(/[,$.]/g, '').trim();
  const runs = response.match(/-?[0-9.,]+/g) ?? [];
  const last = runs.findLast((run) => run !== '' && run !== '.') ?? runs[0];
  return last !== undefined && bare(last) === bare(finalPart(truth)) ? 1 : 0;
}

const NUMBER = /(?<![\d.])-?\$?\d+(?:,\d{3})*(?:\.\d+)?/g;
const valueOf = (number: string): number => Number(number.replace(/[$,]/g, ''));

/**
 * Grade-school mathematics: the last number of the response against the number after the last `####` of the truth.
 * The repaired rule compares values (18.00 = 18, 3.5 ≠ 35); the published one deletes decimal points.
 */
export function gsm8k(
  response: string,
  truth: string,
  rules: Pick<MetricRules, 'decimalPoints'> = METRIC_RULES.repaired,
): number {
  if (!rules.decimalPoints) return publishedGsm8k(response, truth);
  const said = response.match(NUMBER)?.at(-1);
  const expected = finalPart(truth).match(NUMBER)?.at(-1);
  return said !== undefined && expected !== undefined && valueOf(said) === valueOf(expected) ? 1 : 0;
}
