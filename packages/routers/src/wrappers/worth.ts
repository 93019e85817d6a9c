import { RouteProfileError, type Decision } from '@routeprofile/schema';

/**
 * What choosing each ranked model is worth, in chances of a correct answer: its `value`, else its `probability`. Shape [ranked].
 * @param who names the asker in messages
 * @throws RouteProfileError UNSUPPORTED for a decision that does not say it of every model
 */
export const worths = (who: string, { ranked }: Decision): Float64Array =>
  Float64Array.from(ranked, ({ model, value, probability }) => value ?? probability ?? unknown(who, model));

/**
 * Each ranked model's chance of a correct answer. Shape [ranked].
 * @param who names the asker in messages
 * @throws RouteProfileError UNSUPPORTED for a decision that does not say it of every model
 */
export const chancesOfAnswers = (who: string, { ranked }: Decision): Float64Array =>
  Float64Array.from(ranked, ({ model, probability }) => probability ?? unknown(who, model));

function unknown(who: string, model: string): never {
  throw new RouteProfileError('UNSUPPORTED', `${who}: the decision does not say how likely ${model} is right`, {
    hint: 'Train the router with +calibrate, or any wrapper that weighs costs, on outcomes between 0 and 1.',
  });
}

/** Whether no other model is worth more than the choice. Otherwise a rule chose, such as that of a cascade. */
export const choosesByWorth = (worth: Float64Array): boolean => worth.every((other) => other <= worth[0]!);
