import { RouteProfileError, type ModelCard, type DatasetOptions } from '@routeprofile/schema';
import type { OutcomeRows } from './rows.js';
import { plural, someOf } from './text.js';

/** What makes a model new: nothing of it in what routers learn from. The rules that layouts share. */

/**
 * @param named models the user calls new
 * @param known every model that could be chosen
 * @throws RouteProfileError UNKNOWN_NAME for names that are not those of candidates; BAD_INPUT when nothing is left to learn from.
 */
export function assertNamedModels(named: readonly string[], known: readonly string[]): void {
  const unknown = named.filter((model) => !known.includes(model));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `new models: there is no candidate called ${unknown.join(', ')}`, {
      hint: `Candidates: ${someOf(known, 20)}.`,
      details: unknown,
    });
  if (named.length > 0 && known.every((model) => named.includes(model)))
    throw new RouteProfileError(
      'BAD_INPUT',
      'new models: every candidate is named as new, so no training data are left',
      {
        hint: 'Leave at least one candidate that a router can learn from, better two.',
      },
    );
}

/**
 * A new model is judged on test rows only.
 * @throws RouteProfileError BAD_INPUT naming the models that have no outcome there; never when there are no test rows.
 */
export function assertTested(named: readonly string[], rows: OutcomeRows, indices: readonly number[]): void {
  if (indices.length === 0) return;
  const counts = rows.coverage(indices);
  const untested = named.filter((model) => (counts[rows.models.indexOf(model)] ?? 0) === 0);
  if (untested.length > 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `new models: ${untested.join(', ')} ${untested.length === 1 ? 'has' : 'have'} no outcome on the ${plural(indices.length, 'test row')}`,
      { hint: 'Add their outcomes to the test rows: without them there is nothing to judge a choice by.' },
    );
}

interface GuardedCards {
  cards: ModelCard[];
  warnings: string[];
}

/**
 * Scores on tasks that the router trains on may have been measured on its own training queries: a model is not new to a
 * router that knows them. They are dropped or warned of, as the options say.
 * @param routed tasks of the training queries
 */
export function guardCards(
  cards: readonly ModelCard[],
  newModels: readonly string[],
  routed: ReadonlySet<string>,
  { newModels: named, leakedScores }: Pick<DatasetOptions, 'newModels' | 'leakedScores'>,
): GuardedCards {
  const drop = named.length > 0 || leakedScores === 'drop';
  const warnings: string[] = [];
  const guarded = cards.map((card) => {
    const leaked = newModels.includes(card.name) ? [...card.scores.keys()].filter((task) => routed.has(task)) : [];
    if (leaked.length === 0) return card;
    const what = `${plural(leaked.length, 'score')} on tasks that routers train on (${someOf(leaked, 20)})`;
    warnings.push(
      drop
        ? `The new model ${card.name} loses ${what}: they may have been measured on the training queries.`
        : `The card of the new model ${card.name} has ${what}, maybe measured on the training queries; leakedScores 'drop' takes them off.`,
    );
    return drop ? { ...card, scores: new Map([...card.scores].filter(([task]) => !routed.has(task))) } : card;
  });
  return { cards: guarded, warnings };
}
