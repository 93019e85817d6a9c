import {
  createMatrix,
  parseOptions,
  RouteProfileError,
  throwIfAborted,
  z,
  type ErrorCode,
  type Matrix,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import { heldOutFolds, scoreHeldOut } from './out-of-fold.js';

/** Something a router is composed of that cannot work with the data at hand, and why. */
export interface Skipped {
  name: string;
  reason: string;
}

export interface MemberScores {
  strategy: RouterStrategy;
  /** [training queries × models], each query by a fit that did not see it. */
  scores: Matrix;
}

/** What a member says of data it was not made for. Anything else is a failure, and is not passed over. */
const NOT_FOR_IT: readonly ErrorCode[] = [
  'BAD_INPUT',
  'NO_TRAINING_DATA',
  'SHAPE_MISMATCH',
  'UNKNOWN_NAME',
  'UNSUPPORTED',
  'LIMIT_EXCEEDED',
];

const namesIn = (members: string | readonly string[]): string[] =>
  (typeof members === 'string' ? members.split(/[;,]/) : [...members]).map((name) => name.trim());

/** Training queries that routers are compared on, at most. Why not fewer by default: docs/decisions/0036. */
export const comparedOption = () => z.union([z.number().int().min(2), z.literal('all')]).default('all');

/** `linear;knn`, or a list of names: some of the strategies, each once. Default: all, in the order given. */
export const membersOption = (strategies: readonly RouterStrategy[]) =>
  z
    .union([z.string(), z.array(z.string()).min(1)])
    .default(strategies.map(({ name }) => name).join(';'))
    .superRefine((members, ctx) => {
      const names = namesIn(members);
      for (const [i, name] of names.entries())
        if (!strategies.some((strategy) => strategy.name === name))
          ctx.addIssue({
            code: 'custom',
            message: `there is no member '${name}', expected some of ${strategies.map((s) => s.name).join(', ')}`,
          });
        else if (names.indexOf(name) < i) ctx.addIssue({ code: 'custom', message: `'${name}' is listed twice` });
    });

export const membersNamed = (
  strategies: readonly RouterStrategy[],
  members: string | readonly string[],
): RouterStrategy[] => namesIn(members).flatMap((name) => strategies.filter((strategy) => strategy.name === name));

/** A member is used as it comes. */
export const memberOptions = (strategy: RouterStrategy): Record<string, unknown> => parseOptions(strategy, {});

/**
 * Out-of-fold scores of the members that can work with the input; the others are named in a warning. Fold after fold: the members share
 * what is computed of a fold's queries.
 * @param foldOf fold of each training query, the same for all
 * @throws RouteProfileError of the first member, with what every one said, when none can
 */
export async function membersOutOfFold(
  name: string,
  members: readonly RouterStrategy[],
  input: RouterInput,
  foldOf: Int32Array,
  ctx: RunContext,
): Promise<{ usable: MemberScores[]; skipped: Skipped[] }> {
  const refusals = new Map<RouterStrategy, { reason: string; code: ErrorCode }>();
  for (const strategy of members)
    if (strategy.needs.includes('tasks'))
      refusals.set(strategy, {
        reason: 'it reads task labels, which a query to route does not carry',
        code: 'UNSUPPORTED',
      });
  const scores = new Map(members.map((s) => [s, createMatrix(input.training.tasks.length, input.models.length)]));
  const total = foldOf.reduce((most, fold) => Math.max(most, fold), 0) + 1;
  for (const part of heldOutFolds(input, foldOf, ctx))
    for (const [m, strategy] of members.entries()) {
      throwIfAborted(ctx);
      if (refusals.has(strategy)) continue;
      try {
        await scoreHeldOut(strategy, memberOptions(strategy), part, scores.get(strategy)!);
      } catch (error) {
        if (!RouteProfileError.isInstance(error) || !NOT_FOR_IT.includes(error.code)) throw error;
        refusals.set(strategy, { reason: error.message, code: error.code });
      }
      ctx.onProgress?.({
        stage: `${name}: out of fold`,
        done: part.fold * members.length + m + 1,
        total: total * members.length,
        unit: 'fits',
        note: strategy.name,
      });
    }
  const usable = members.filter((strategy) => !refusals.has(strategy));
  const skipped = members.flatMap((strategy) => {
    const refusal = refusals.get(strategy);
    return refusal ? [{ name: strategy.name, ...refusal }] : [];
  });
  const details = skipped.map((entry) => `${entry.name}: ${entry.reason}`);
  if (usable.length === 0)
    throw new RouteProfileError(
      skipped[0]?.code ?? 'BAD_OPTION',
      `${name}: none of its routers can work with these data`,
      {
        hint: details.join('; '),
        details,
      },
    );
  for (const line of details) ctx.logger?.warn(`${name}: left out ${line}`);
  return {
    usable: usable.map((strategy) => ({ strategy, scores: scores.get(strategy)! })),
    skipped: skipped.map((entry) => ({ name: entry.name, reason: entry.reason })),
  };
}
