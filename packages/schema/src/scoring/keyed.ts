import { RouteProfileError } from '../errors.js';
import type { KeyedScores, ProfileSet } from '../profile.js';

/**
 * The keyed scores of a profile set, for routers that cannot do without.
 * @throws RouteProfileError BAD_INPUT for a set that carries none
 */
export function keyedScores(strategy: string, { keyed, provenance }: ProfileSet): KeyedScores {
  if (keyed && keyed.keys.rows > 0) return keyed;
  throw new RouteProfileError('BAD_INPUT', `${strategy}: the profiles (${provenance.strategy}) carry no scores`, {
    hint: 'Build score-carrying profiles: `advantage` from model cards or outcomes, or `outcomes` from measured outcomes.',
  });
}
