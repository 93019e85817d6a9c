import type { TrainingData } from '@routeprofile/schema';
import { pairStrengths } from './bradley-terry.js';

/** The model that training data speak for, and what each one is worth there. */
export interface BestSingle {
  model: string;
  /** Its place among the models. */
  index: number;
  /** Shape [models]: mean outcome, or Bradley–Terry log strength; NaN for a model without training data. */
  worth: Float64Array;
  /** What `worth` is of. */
  from: 'outcomes' | 'pairs';
}

/**
 * The one model that training data speak for: the highest mean outcome where there are outcomes, else the highest
 * Bradley–Terry strength on the pairs (by Hunter's steps, Annals of Statistics 32:384, 2004). Models are compared on the rows that all of them were measured on, where there are
 * such rows. A model without training data is never it, nor is a new one; ties go to the earlier model.
 *
 * @param models the models that pairs and outcome columns index
 * @param newModels what the training data may not speak for, should they hold something of them
 * @returns null when there is nothing to learn from
 */
export function bestSingle(
  models: readonly string[],
  training: Pick<TrainingData, 'pairs' | 'outcomes'>,
  newModels: readonly string[] = [],
): BestSingle | null {
  const means = training.outcomes && meanOutcomes(models.length, training.outcomes.score);
  const from = means ? 'outcomes' : 'pairs';
  const worth = means ?? (training.pairs.length > 0 ? strengthsOfPlayers(models.length, training) : null);
  if (!worth) return null;
  let index = -1;
  worth.forEach((value, m) => {
    if (newModels.includes(models[m]!)) worth[m] = NaN;
    else if (!Number.isNaN(value) && (index < 0 || value > worth[index]!)) index = m;
  });
  return index < 0 ? null : { model: models[index]!, index, worth, from };
}

/** Column means of a [rows × models] table; null when it is empty. */
export function meanOutcomes(models: number, table: Float64Array): Float64Array | null {
  const rows = Array.from({ length: table.length / models }, (_, q) => table.subarray(q * models, (q + 1) * models));
  const measured = Array.from({ length: models }, (_, m) => rows.some((row) => !Number.isNaN(row[m]!)));
  if (!measured.includes(true)) return null;
  const complete = rows.filter((row) => row.every((value, m) => !measured[m] || !Number.isNaN(value)));
  const fair = complete.length > 0 ? complete : rows;
  return Float64Array.from(measured, (_, m) => {
    const values = fair.map((row) => row[m]!).filter((value) => !Number.isNaN(value));
    return values.length > 0 ? values.reduce((a, b) => a + b) / values.length : NaN;
  });
}

function strengthsOfPlayers(models: number, { pairs }: Pick<TrainingData, 'pairs'>): Float64Array {
  const players = new Set(pairs.flatMap(({ better, worse }) => [better, worse]));
  return pairStrengths(models, pairs).map((strength, m) => (players.has(m) ? strength : NaN));
}
