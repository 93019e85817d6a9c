import type { Workspace } from '../cells/workspace.js';
import { profileFile, profilesFolder, routerFile, routersFolder } from '../labels.js';
import { isFailure } from '../cells/run-cell.js';
import type { Cell } from '../cells/plan.js';
import type { CellOutcomes } from '../cells/run-cells.js';

/**
 * Puts the profile sets and routers of a report's rows under readable names into OUT/profiles and OUT/routers, and takes away
 * those of other runs in the same place, which stay in `kept`.
 * @returns the name of each row's router, in the order of the report's rows
 */
export async function publish(
  workspace: Workspace,
  { outcomes, keys }: CellOutcomes,
): Promise<{ cell: Cell; name: string }[]> {
  const { plan, kept } = workspace;
  const { out } = plan.config;
  const profiles = new Map<string, string>();
  const routers = new Map<string, string>();
  const names: { cell: Cell; name: string }[] = [];
  /** Two cells that differ in what their labels do not show share no name. */
  const named = (taken: Map<string, string>, name: string, key: string): string => {
    const free = (taken.get(name) ?? key) === key ? name : `${name}~${key.slice(0, 10)}`;
    taken.set(free, key);
    return free;
  };
  plan.cells.forEach((cell, i) => {
    const outcome = outcomes[i]!;
    if (i < plan.lookups || isFailure(outcome)) return;
    const [profile, router] = [plan.profiles[cell.profile]!.label, plan.routers[cell.router]!.label];
    named(profiles, profileFile(profile, cell.seed), outcome.files.profiles.key);
    names.push({ cell, name: named(routers, routerFile(profile, router, cell.seed), keys[i]!) });
  });
  await kept.publishProfiles(profilesFolder(out), profiles);
  await kept.publishRouters(routersFolder(out), routers);
  return names;
}
