import { METRIC_RULES, type MetricRules } from './rules.js';
import { sameMathAnswer } from './math-form.js';

/** The contents of `{…}` starting at `open`, braces matched; undefined when they are not closed. */
function braced(text: string, open: number): string | undefined {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return text.slice(open + 1, i);
  }
  return undefined;
}

/** What the last `\boxed{…}`, `\fbox{…}` or `\boxed x` of a text holds; undefined without one. */
export function lastBoxed(text: string): string | undefined {
  const mark = [...text.matchAll(/\\(?:boxed|fbox)(?![a-zA-Z])\s*/g)].at(-1);
  if (mark === undefined) return undefined;
  const start = mark.index + mark[0].length;
  return text[start] === '{' ? braced(text, start) : /^[^\s${}]+/.exec(text.slice(start))?.[0];
}

/** As published: the truth anywhere in the response, or equal to the first box without nested braces. */
function publishedMath(response: string, truth: string): number {
  const expected = truth.replaceAll('\\boxed{', '').replaceAll('}', '');
  return response.includes(expected) || /\\boxed\{([^}]*)\}/.exec(response)?.[1] === expected ? 1 : 0;
}

/**
 * Competition mathematics: the last boxed answer of the response against the truth (its last box, if it has one), both in
 * the usual normal form of the MATH data set (see `mathForm`). A response without a box scores 0.
 * @param rules with `truthAnywhere` as published: a truth found anywhere in the response is enough
 */
export function math(
  response: string,
  truth: string,
  rules: Pick<MetricRules, 'truthAnywhere'> = METRIC_RULES.repaired,
): number {
  if (rules.truthAnywhere) return publishedMath(response, truth);
  const said = lastBoxed(response);
  return said !== undefined && sameMathAnswer(said, lastBoxed(truth) ?? truth) ? 1 : 0;
}
