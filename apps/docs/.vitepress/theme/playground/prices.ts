/** The slider: what a dollar weighs in chances of being right (λ). Position 0 is 0, then twelve steps a decade up to 100,000. */

const STEPS_A_DECADE = 12;
const DECADES = 5;

/** λ at every position of the slider. */
export const LAMBDAS: readonly number[] = [
  0,
  ...Array.from({ length: STEPS_A_DECADE * DECADES + 1 }, (_, i) => 10 ** (i / STEPS_A_DECADE)),
];

/** Positions side by side at which the choice is the same. */
export interface Stretch {
  model: string;
  from: number;
  to: number;
}

export function stretches(choices: readonly string[]): Stretch[] {
  const out: Stretch[] = [];
  choices.forEach((model, position) => {
    const last = out.at(-1);
    if (last?.model === model) last.to = position;
    else out.push({ model, from: position, to: position });
  });
  return out;
}

const short = (x: number, digits: number) => Number(x.toPrecision(digits)).toLocaleString('en-US');

/** λ in words: what a dearer answer must bring. The amount named is one that a difference of chances can outweigh. */
export function explainLambda(lambda: number): string {
  if (lambda === 0) return 'Cost does not count: the best score wins.';
  const amount = 10 ** -Math.ceil(Math.log10(lambda));
  return `A call that costs $${amount.toLocaleString('en-US', { maximumFractionDigits: 8 })} more must be right at least ${short(100 * lambda * amount, 2)} points more often.`;
}

export const showLambda = (lambda: number): string => short(lambda, 3);
