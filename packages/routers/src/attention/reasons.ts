import type { Reason } from '@routeprofile/schema';

/** The part of a query's attention that falls on the keys of one label. */
export interface Share {
  label: number;
  share: number;
}

const TOP = 3;
/** Shares below this are not worth a person's time. */
const LEAST = 0.05;
const LONGEST_LABEL = 60;

/** The labels attended to most, highest first, the first of equals first. */
export function topShares(attention: Float64Array, labelOf: Float32Array, labels: number): Share[] {
  const sums = new Float64Array(labels);
  let total = 0;
  for (let k = 0; k < attention.length; k++) {
    sums[labelOf[k]!]! += attention[k]!;
    total += attention[k]!;
  }
  const top: Share[] = [];
  for (let label = 0; label < labels; label++) {
    const share = sums[label]! / total;
    if (top.length === TOP && !(share > top[TOP - 1]!.share)) continue;
    let place = top.length;
    while (place > 0 && share > top[place - 1]!.share) place--;
    top.splice(place, 0, { label, share });
    if (top.length > TOP) top.pop();
  }
  return top;
}

/** @param evidence effective number of keys behind the score */
export function attentionReason(
  model: string,
  score: number,
  evidence: number,
  shares: readonly { label: string; share: number }[],
): Reason {
  const told = shares
    .filter(({ share }, i) => i === 0 || share >= LEAST)
    .map(({ label, share }) => `${shortened(label)} (${Math.round(100 * share)} %)`)
    .join(', ');
  const size = evidence < 10 ? evidence.toFixed(1) : evidence.toFixed(0);
  return {
    kind: 'attention',
    text: `most like ${told}; score of ${model} there: ${score.toFixed(3)}, averaged over about ${size} known queries or tasks (keys)`,
  };
}

const shortened = (label: string) => (label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label);
