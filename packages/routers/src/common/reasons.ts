import type { Reason } from '@routeprofile/schema';

/** What a learned score says about the winner: how high, and how far ahead of the next model. */
export function learnedReason(models: readonly string[], scores: Float32Array, winner: number): Reason {
  let second = winner === 0 ? 1 : 0;
  scores.forEach((score, m) => {
    if (m !== winner && score > scores[second]!) second = m;
  });
  const lead = scores[winner]! - scores[second]!;
  const text = `learned score ${scores[winner]!.toFixed(3)}, ${lead.toFixed(3)} ahead of ${models[second]}`;
  return { kind: 'learned', text };
}
