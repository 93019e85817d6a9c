import { readJsonLines } from '@routeprofile/data';
import {
  issueText,
  outcomeRowSchema,
  queryText,
  RouteProfileError,
  type OutcomeRow,
  type RunContext,
} from '@routeprofile/schema';
import { LeftOutCounter, type DecisionLog, type LoggedDecision } from './decision.js';

/** The outcome of a row that a policy chose; a reason where there is not one. */
function decisionOf(row: OutcomeRow): LoggedDecision | string {
  const stated = Object.entries(row.models).filter(([, { propensity }]) => typeof propensity === 'number');
  if (stated.length === 0) return 'rows that do not say with which chance their model was chosen';
  // What was asked on purpose beside it has the chance 1.
  const drawn = stated.length === 1 ? stated : stated.filter(([, { propensity }]) => propensity !== 1);
  const [only, ...others] = drawn;
  if (only === undefined || others.length > 0) return 'rows on which several models were chosen';
  const [model, { score, cost, propensity }] = only;
  const text = queryText(row.query);
  return {
    id: row.id,
    at: null,
    ...(text !== null && text.trim() !== '' && { text }),
    model,
    propensity: propensity!,
    reward: score,
    cost: cost ?? null,
  };
}

/**
 * Logged decisions in the outcomes layout: rows whose model has a `propensity`, in the order of the file.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT, ABORTED
 */
export async function readOutcomeLog(path: string, ctx: Pick<RunContext, 'signal'>): Promise<DecisionLog> {
  const leftOut = new LeftOutCounter();
  const decisions: LoggedDecision[] = [];
  for await (const { line, value } of readJsonLines(path, { ...(ctx.signal && { signal: ctx.signal }) })) {
    const parsed = outcomeRowSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'See what is wrong with all of it: npx @routeprofile/cli data check DIR',
      });
    const found = decisionOf(parsed.data);
    if (typeof found === 'string') leftOut.add(found);
    else decisions.push(found);
  }
  return { path, kind: 'outcomes', decisions, leftOut: leftOut.list() };
}
