import { formatStrategyReference, type StrategyReference } from '@routeprofile/schema';

/** Names as short as they can be: options are added where a strategy occurs with several. */
export function strategyLabels(references: readonly StrategyReference[]): string[] {
  return references.map((reference) =>
    references.filter((other) => other.name === reference.name).length > 1
      ? formatStrategyReference(reference)
      : reference.name,
  );
}

/** A label that may name a file on every system. */
export const fileLabel = (label: string): string => label.replace(/[^A-Za-z0-9._=+-]+/g, '_').slice(0, 80);
