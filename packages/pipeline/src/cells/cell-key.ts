import type { Workspace } from './workspace.js';
import { nameOf } from '../labels.js';
import type { Cell, Plan } from './plan.js';
import { wantsSelection } from './selection.js';

/** Counted up when what is kept of a cell changes, so that older cells are made again rather than misread. */
const FORMAT = 4;

/** Lookups come first in the plan; they are yardsticks, and asked for choices alone. */
export const isLookup = ({ cells, lookups }: Plan, cell: Cell): boolean => cells.indexOf(cell) < lookups;

/** Everything that a cell's profile set depends on. */
function profileParts({ plan, dataset, dataKey, encoder, graphs, versions }: Workspace, cell: Cell) {
  const profile = plan.profiles[cell.profile]!;
  const own = profile.strategy.cacheKey?.(profile.options, process.env);
  return {
    format: FORMAT,
    data: dataKey,
    encoder: encoder.id,
    prefixes: dataset.sharedPrefixes ?? [],
    graph: graphs.get(profile.graph)!.hash,
    profile: { name: profile.reference.name, options: profile.options },
    ...(profile.quantization && { quantization: profile.quantization }),
    ...(profile.plugin !== undefined && { profilePlugin: profile.plugin }),
    ...(own !== undefined && { own }),
    seed: cell.seed,
    versions,
  };
}

/** The key of a cell's profile set: whatever would change its bytes. */
export const profileKey = (workspace: Workspace, cell: Cell): string =>
  workspace.cells.keyOf(profileParts(workspace, cell));

/** The key of a cell: whatever would change its result. */
export function cellKey(workspace: Workspace, cell: Cell): string {
  const { plan, cells } = workspace;
  const router = plan.routers[cell.router]!;
  const { frontier, robustness, selectionFolds, seed } = plan.config;
  const extra = !isLookup(plan, cell) && (frontier || robustness !== undefined) ? { frontier, robustness } : undefined;
  const selection = !isLookup(plan, cell) && wantsSelection(plan) && { folds: selectionFolds, seed: seed[0] };
  return cells.keyOf({
    ...profileParts(workspace, cell),
    ...(extra && { extra }),
    ...(selection && { selection }),
    router: { name: nameOf(router.reference), options: router.options },
    ...(router.plugin !== undefined && { routerPlugin: router.plugin }),
  });
}
