import {
  buildGraph,
  buildProfiles,
  completeConfig,
  evaluate,
  loadConfigFile,
  planProfiles,
  trainRouter,
} from '@routeprofile/pipeline';
import type { RunConfig } from '@routeprofile/schema';
import { openConsole, type Io } from '../io.js';
import { formatColumns } from '../ui/format.js';
import { askCommand } from './ask.js';
import { describePlan } from './dry-run.js';
import { configOf, required, type ConfigFlags } from './flags.js';
import { reportFailures, summaryOf } from './run.js';

/** The single steps of the pipeline: files in, files out. */

async function settings(flags: ConfigFlags): Promise<RunConfig> {
  return completeConfig(await loadConfigFile(flags.config), configOf(flags));
}

/** Flags of `graph build`. */
export type GraphFlags = ConfigFlags & { format?: 'json' | 'graphml' | 'gexf'; features?: boolean };

export async function graphBuildCommand(flags: GraphFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { format, features, ...rest } = flags;
  const config = await settings({ out: 'graph', ...rest });
  const { out, graph, statistics } = await buildGraph(config, { format, features }, console.context);
  if (flags.json) console.printJson({ out, hash: graph.hash, ...statistics });
  else
    console.print(
      formatColumns([
        ...graph.nodes.map((set) => [set.type, String(set.names.length), 'nodes']),
        ...graph.relations.map((relation) => [relation.name, String(relation.sourceIndex.length), 'edges']),
      ]) + `\nWrote ${out}`,
    );
  return 0;
}

/** Flags of `profile build`. */
export type ProfileFlags = ConfigFlags & { from?: string; dryRun?: boolean };

export async function profileBuildCommand(flags: ProfileFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { from, dryRun, ...rest } = flags;
  const config = await settings({ out: 'profiles', ...rest });
  if (dryRun) {
    const plans = await planProfiles(config, { from }, console.context);
    if (flags.json) console.printJson(plans);
    else console.print(plans.map(describePlan).join('\n\n'));
    return 0;
  }
  const built = await buildProfiles(config, { from }, console.context);
  if (flags.json) console.printJson(built);
  else
    for (const { path, models, dimensions } of built) console.print(`Wrote ${path}: ${models} models × ${dimensions}`);
  return 0;
}

/** Flags of `router train`. */
export type TrainFlags = ConfigFlags & { profiles?: string };

export async function routerTrainCommand(flags: TrainFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { profiles, ...rest } = flags;
  const config = await settings({ out: 'router', router: ['mlp'], ...rest });
  const { router, models, saved } = await trainRouter(
    config,
    required(profiles, '--profiles FILE.npz'),
    console.context,
  );
  if (flags.json) console.printJson({ router, out: saved.folder, models });
  else console.print(`Wrote ${saved.folder}\nAsk it: ${askCommand(saved)}`);
  return 0;
}

/** Flags of `evaluate`. */
export type EvaluateFlags = Omit<ConfigFlags, 'router'> & { router?: string; plugin?: string };

export async function evaluateCommand(flags: EvaluateFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { router: dir, plugin, ...rest } = flags;
  const file = await loadConfigFile(flags.config);
  const config = completeConfig(file, configOf({ out: 'evaluation', ...rest }));
  const encoder = { flag: flags.encoder, config: file.encoder };
  const router = required(dir, '--router DIR');
  const result = await evaluate(config, { router, plugin, encoder }, console.context);
  console.settle();
  if (flags.json) console.printJson(result.report);
  else console.paint(summaryOf(result, io));
  return reportFailures(result, console);
}
