import { join } from 'node:path';
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

/** The cell's name for people. */
export const cellName = (profile: string, router: string): string => `${profile} × ${router}`;

/** Where a run's router is saved. @param cell its label, as `cellName` gives it, and its seed */
export const routerFolder = (out: string, { label, seed }: { label: string; seed: number }): string =>
  join(out, 'routers', fileLabel(`${label.replace(' × ', '.')}.seed${seed}`));
