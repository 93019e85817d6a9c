import { formatStrategyReference, type StrategyReference } from '@routeprofile/schema';

/** `knn+cost`: a router's name with those of its wrappers. */
export const nameOf = ({ name, wrappers = [] }: StrategyReference): string =>
  [name, ...wrappers.map((wrapper) => wrapper.name)].join('+');

/** Names as short as they can be: options are added where a strategy occurs with several. */
export function strategyLabels(references: readonly StrategyReference[]): string[] {
  const names = references.map(nameOf);
  return references.map((reference, i) =>
    names.filter((other) => other === names[i]).length > 1 ? formatStrategyReference(reference) : names[i]!,
  );
}

/** A label that may name a file on every system. */
export const fileLabel = (label: string): string => label.replace(/[^A-Za-z0-9._=+-]+/g, '_').slice(0, 80);
