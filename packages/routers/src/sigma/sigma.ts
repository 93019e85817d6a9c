import { RouteProfileError } from '@routeprofile/schema';

/** What the agreement of samples says. */
export interface SigmaRoute {
  /** 0: all samples agree; 1: no two do. */
  sigma: number;
  /** How many models answer: 1 where all samples agree, 3 where no two do, else 2. */
  models: 1 | 2 | 3;
  /** The answer given most, the first of equals. */
  answer: string;
}

/**
 * How far several answers of one model to one query disagree, and how many models should answer therefore: the rule of ACAR (arXiv 2602.21231),
 * which draws three samples. σ = (distinct answers − 1) / (samples − 1); with three samples it is 0, 0.5 or 1. (The paper calls σ a
 * self-consistency variance; this form of it is ours.)
 *
 * @param samples at least two, as they are to be compared (the choice or the number, not the reasoning): equal texts agree, blanks around
 *   them aside
 * @throws RouteProfileError BAD_INPUT for fewer
 */
export function sigmaRoute(samples: readonly string[]): SigmaRoute {
  if (samples.length < 2)
    throw new RouteProfileError('BAD_INPUT', `agreement needs at least 2 samples, there are ${samples.length}`, {
      hint: 'Ask the model several times at a temperature above 0.',
    });
  const counts = votes(samples);
  const sigma = (counts.size - 1) / (samples.length - 1);
  return { sigma, models: sigma === 0 ? 1 : sigma === 1 ? 3 : 2, answer: mostVotes(counts) };
}

/** How often each answer was given, in the order in which they came. */
export function votes(answers: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer.trim(), (counts.get(answer.trim()) ?? 0) + 1);
  return counts;
}

/** The first of those that were given most. */
export const mostVotes = (counts: ReadonlyMap<string, number>): string =>
  [...counts].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
