import type { PreferencePair } from '@routeprofile/schema';

/** Half a win and half a loss against an imagined opponent of strength 1: joins what never met, keeps the unbeaten finite. */
const PSEUDO = 0.5;
const MAX_SWEEPS = 10_000;
const TOLERANCE = 1e-12;

/**
 * Log strengths under P(i beats j) = p_i / (p_i + p_j), by the minorisation–maximisation steps of Hunter (2004, Annals of
 * Statistics 32:384): p_i ← wins_i / Σ_j games_ij / (p_i + p_j). A model in no pair has log strength 0.
 */
export function pairStrengths(models: number, pairs: readonly PreferencePair[]): Float64Array {
  const games = new Float64Array(models * models);
  const wins = new Float64Array(models).fill(PSEUDO);
  for (const { better, worse } of pairs) {
    wins[better]! += 1;
    games[better * models + worse]! += 1;
    games[worse * models + better]! += 1;
  }
  const strength = new Float64Array(models).fill(1);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let change = 0;
    for (let i = 0; i < models; i++) {
      let weight = (2 * PSEUDO) / (strength[i]! + 1);
      for (let j = 0; j < models; j++) weight += games[i * models + j]! / (strength[i]! + strength[j]!);
      const next = wins[i]! / weight;
      change = Math.max(change, Math.abs(Math.log(next / strength[i]!)));
      strength[i] = next;
    }
    if (change < TOLERANCE) break;
  }
  return strength.map(Math.log);
}
