import { defineGrader, RouteProfileError, throwIfAborted, z, type Grade, type PromptItem } from '@routeprofile/schema';
import { METRIC_RULES } from '../rules.js';
import { resolveMetric } from '../names.js';
import { scoreResponse } from '../score.js';
import { gradeProgram } from './code.js';
import { referencesOf } from './references.js';

const noReference: Grade = { score: null, reason: 'the item has no reference' };

/** By the metric that an item names, or by one for all: the rules that recorded answers are rescored by too. */
export const metricGrader = /* @__PURE__ */ defineGrader({
  name: 'metric',
  summary: "compares the answer with the item's reference, by the metric that the item or an option names",
  options: z.strictObject({
    /** For items that name none. */
    metric: z.string().min(1).default('cem'),
    rules: z.enum(['published', 'repaired']).default('repaired'),
  }),
  create({ metric, rules }, parts) {
    const chosen = METRIC_RULES[rules];
    // A typing mistake is found before anything is asked.
    resolveMetric(metric, null, chosen);
    let sandbox: ReturnType<NonNullable<typeof parts.openSandbox>> | undefined;
    return {
      specVersion: 1,
      name: `metric:metric=${metric}:rules=${rules}`,
      async grade(item, { text }, ctx) {
        throwIfAborted(ctx);
        const named = metricOf(item, metric, chosen);
        if (named === 'code_eval') {
          if (!parts.openSandbox) return { score: null, reason: 'running programs was not allowed' };
          return gradeProgram(item, text, await (sandbox ??= parts.openSandbox()), ctx);
        }
        const score = scoreResponse(named, text, referencesOf(item), chosen);
        return score === null ? noReference : { score };
      },
    };
  },
});

function metricOf(
  { id, metric, task = null }: PromptItem,
  otherwise: string,
  rules: (typeof METRIC_RULES)['repaired'],
) {
  try {
    return resolveMetric(metric ?? otherwise, task ?? null, rules);
  } catch (error) {
    if (!RouteProfileError.isInstance(error)) throw error;
    throw new RouteProfileError(error.code, `query ${id}: ${error.message}`, { hint: error.hint, cause: error });
  }
}
