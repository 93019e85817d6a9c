import type { Decision, RankedModel, Reason } from '@routeprofile/schema';

/** Dollars for people: two digits that count. */
export const dollars = (amount: number): string =>
  `$${amount >= 1 ? amount.toFixed(2) : Number(amount.toPrecision(2))}`;

/** Reasons that do nothing but state figures of one entry of the ranking. Null where the entry lacks them. */
const FIGURES = {
  calibrate: ({ model, probability }: RankedModel) =>
    probability === undefined ? null : `${model} is right with chance ${probability.toFixed(2)}`,
  estimate: ({ expectedCost, expectedLatency }: RankedModel) => {
    const parts = [
      ...(expectedCost === undefined ? [] : [dollars(expectedCost)]),
      ...(expectedLatency === undefined ? [] : [`${expectedLatency.toFixed(1)} s`]),
    ];
    return parts.length === 0 ? null : `expected of the call: ${parts.join(', ')}`;
  },
};
type FigureKind = keyof typeof FIGURES;
const isFigureKind = (kind: string): kind is FigureKind => Object.hasOwn(FIGURES, kind);

/** The reason that states figures of a ranked model; none where they are not known. */
export function figureReason(kind: FigureKind, entry: RankedModel): Reason[] {
  const text = FIGURES[kind](entry);
  return text === null ? [] : [{ kind, text }];
}

/**
 * The decision after its models were put in another order, or its figures changed, its reasons true again. What only states figures of the
 * chosen model states those of the new one; every other reason that was there before says which model it speaks of.
 */
export function settled(before: Decision, after: Decision): Decision {
  const [was, is] = [before, after].map(({ ranked, model }) => ranked.find((entry) => entry.model === model));
  if (was === is) return after;
  const moved = after.model !== before.model;
  const reasons = after.reasons.flatMap((reason) => {
    const { kind, text, model } = reason;
    if (model !== undefined || !before.reasons.includes(reason)) return [reason];
    if (was && is && isFigureKind(kind) && FIGURES[kind](was) === text) return figureReason(kind, is);
    return moved ? [{ kind, model: before.model, text: `${before.model} was preferred at first: ${text}` }] : [reason];
  });
  return { ...after, reasons };
}
