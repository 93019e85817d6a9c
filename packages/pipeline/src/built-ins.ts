import { builtInEncoders } from '@routeprofile/encoders/node';
import { builtInGraders } from '@routeprofile/collect';
import { builtInMetrics } from '@routeprofile/eval';
import { GRAPH_PRESETS, graphSummary } from '@routeprofile/graph';
import { builtInProfiles } from '@routeprofile/profiles';
import { builtInRouters, builtInWrappers } from '@routeprofile/routers';
import { optionInfos, runConfigSchema, type OptionInfo, type z } from '@routeprofile/schema';

/** What can be named on the command line and comes with the package. */
export const BUILT_IN_KINDS = ['profile', 'router', 'wrapper', 'encoder', 'graph', 'metric', 'grader'] as const;
/** One of `BUILT_IN_KINDS`. */
export type BuiltInKind = (typeof BUILT_IN_KINDS)[number];

/** Something built in, as help, completion, listings and documentation show it. */
export interface BuiltIn {
  kind: BuiltInKind;
  name: string;
  /** How it is written: `npz:FILE`, `+cost` after a router; the name alone for most. */
  usage: string;
  /** One line. */
  summary: string;
  options: OptionInfo[];
}

type Listed = Omit<BuiltIn, 'options'> & { schema?: z.ZodType };

/** From the lists of the packages themselves, kind by kind. */
const listed = (): Listed[] => [
  ...builtInProfiles.map(({ name, summary, options }): Listed => ({
    kind: 'profile',
    name,
    usage: name,
    summary,
    schema: options,
  })),
  ...builtInRouters.map(({ name, summary, options }): Listed => ({
    kind: 'router',
    name,
    usage: name,
    summary,
    schema: options,
  })),
  ...builtInWrappers.map(({ name, summary, options }): Listed => ({
    kind: 'wrapper',
    name,
    usage: `ROUTER+${name}`,
    summary,
    schema: options,
  })),
  ...builtInEncoders.map(({ name, usage, summary, options }): Listed => ({
    kind: 'encoder',
    name,
    usage,
    summary,
    schema: options,
  })),
  ...Object.entries(GRAPH_PRESETS).map(([name, switches]): Listed => ({
    kind: 'graph',
    name,
    usage: name,
    summary: graphSummary(switches),
  })),
  ...builtInMetrics.map(({ name, summary }): Listed => ({ kind: 'metric', name, usage: name, summary })),
  ...builtInGraders.map(({ name, summary, options }): Listed => ({
    kind: 'grader',
    name,
    usage: name,
    summary,
    schema: options,
  })),
];

/** Everything that is built in, with its options. */
export const builtIns = (): BuiltIn[] =>
  listed().map(({ schema, ...item }) => ({ ...item, options: schema ? optionInfos(schema) : [] }));

/** The names of a kind as they are written, in the order of the lists. */
export const namesOf = (kind: BuiltInKind): string[] =>
  listed().flatMap((item) => (item.kind === kind ? [kind === 'wrapper' ? item.name : item.usage] : []));

/** What `run` uses where nothing is named: from the schema that fills the defaults in. */
export function runDefaults(): { profile: string; router: string; encoder: string; graph: string; seed: string } {
  const config = runConfigSchema.parse({ data: '.' });
  const list = (items: readonly { name: string }[]) => items.map(({ name }) => name).join(',');
  return {
    profile: list(config.profile),
    router: list(config.router),
    encoder: config.encoder,
    graph: config.graph,
    seed: config.seed.join(','),
  };
}
