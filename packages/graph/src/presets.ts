import { RouteProfileError, issueText, meantNames, unknownName, z } from '@routeprofile/schema';

/** Which nodes and edges a graph has. Models are always in it. */
export const graphSwitchesSchema = z
  .strictObject({
    /** Family nodes, one edge per model that has a family. */
    families: z.boolean().default(true),
    /** Task nodes, an edge with the raw score for every measured task of a model. */
    tasks: z.boolean().default(true),
    /** Domain nodes, an edge to every task of the domain. */
    domains: z.boolean().default(false),
    /** A node for every known query of a measured task. */
    queries: z.boolean().default(false),
    /** Queries hang on their task, or on every model measured on their task. */
    queriesTo: z.enum(['task', 'model']).default('task'),
    /** With `queriesTo: 'model'`: those edges carry the model's score on the task. The published graph leaves it out. */
    queryScores: z.boolean().default(false),
    /** Nodes for names, quantities and identifiers that several queries mention, an edge from each of these queries. */
    entities: z.boolean().default(false),
    /** Name of the graph; by default that of the preset with the same switches, else its node types joined by `+`. */
    name: z.string().min(1).optional(),
  })
  .superRefine((switches, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (switches.domains && !switches.tasks) wrong('domains', 'domains need tasks, which are switched off');
    if (switches.queries && switches.queriesTo === 'task' && !switches.tasks)
      wrong('queriesTo', "queries hang on tasks, which are switched off; say 'model' or switch tasks on");
    if (switches.entities && !switches.queries) wrong('entities', 'entities hang on queries, which are switched off');
    if (switches.queryScores && !(switches.queries && switches.queriesTo === 'model'))
      wrong('queryScores', "only edges from queries to models can carry them: needs queries and queriesTo: 'model'");
  });

/** Switches as a user gives them, all optional. Defaults: families and tasks on, everything else off, which is the preset `task`. */
export type GraphSwitches = z.input<typeof graphSwitchesSchema>;
/** Switches of a graph, all of them given. */
export type CompleteSwitches = Omit<z.output<typeof graphSwitchesSchema>, 'name'>;

const preset = (switches: Partial<CompleteSwitches>): CompleteSwitches => ({
  families: true,
  tasks: true,
  domains: false,
  queries: false,
  queriesTo: 'task',
  queryScores: false,
  entities: false,
  ...switches,
});

/**
 * The five graphs of RouteProfile (arXiv 2605.00180), by the nodes beside families and models that they hold, and `task-only`, which has
 * no families: beside `task` it shows what they add. `query-task-entity` has entities that link queries, after AgentRouter
 * (arXiv 2510.05445).
 */
export const GRAPH_PRESETS = {
  task: preset({}),
  query: preset({ tasks: false, queries: true, queriesTo: 'model' }),
  'query-task': preset({ queries: true }),
  'task-domain': preset({ domains: true }),
  'query-task-domain': preset({ domains: true, queries: true }),
  'task-only': preset({ families: false }),
  'query-task-entity': preset({ queries: true, entities: true }),
} as const satisfies Record<string, CompleteSwitches>;

/** Name of a graph: `task`, `query`, `query-task`, `task-domain`, `query-task-domain`, `task-only` or `query-task-entity`. */
export type GraphPreset = keyof typeof GRAPH_PRESETS;

/** One line for listings: which nodes a graph has beside the models, and what hangs on what. */
export function graphSummary(switches: CompleteSwitches): string {
  const kinds = [
    switches.families && 'families',
    switches.tasks && 'tasks',
    switches.domains && 'domains of tasks',
    switches.queries &&
      (switches.queriesTo === 'task' ? 'queries of each task' : 'queries linked to every model measured on them'),
    switches.entities && 'entities that several queries mention',
  ].filter((kind) => kind !== false);
  return `models, ${kinds.join(', ')}`;
}

/** Whether a string a user gave names a graph. */
const isGraphPreset = (name: string): name is GraphPreset => Object.hasOwn(GRAPH_PRESETS, name);

/** A graph by name, or switches of one's own. */
export type GraphChoice = { preset: string } | GraphSwitches;

/**
 * Switches, complete and with a name.
 * @throws RouteProfileError UNKNOWN_NAME for a preset that does not exist, BAD_OPTION for switches that contradict each other.
 */
export function resolveGraphChoice(choice: GraphChoice): { name: string; switches: CompleteSwitches } {
  if ('preset' in choice) {
    const names = Object.keys(GRAPH_PRESETS);
    if (!isGraphPreset(choice.preset))
      throw unknownName(`there is no graph called '${choice.preset}'`, {
        written: choice.preset,
        names,
        hint: `Graphs: ${names.join(', ')}.`,
      });
    return { name: choice.preset, switches: GRAPH_PRESETS[choice.preset] };
  }
  const parsed = graphSwitchesSchema.safeParse(choice);
  if (!parsed.success)
    throw new RouteProfileError('BAD_OPTION', `graph: ${parsed.error.issues.map(issueText).join('; ')}`, {
      hint: [
        ...meantNames(graphSwitchesSchema, parsed.error.issues),
        `Use a preset (${Object.keys(GRAPH_PRESETS).join(', ')}) or switches that fit together.`,
      ].join(' '),
      details: parsed.error.issues.map((issue) => `graph: ${issueText(issue)}`),
    });
  const { name, ...switches } = parsed.data;
  return { name: name ?? presetOf(switches) ?? describe(switches), switches };
}

function presetOf(switches: CompleteSwitches): string | undefined {
  const keys = Object.keys(switches) as (keyof CompleteSwitches)[];
  return Object.entries(GRAPH_PRESETS).find(([, preset]) => keys.every((key) => preset[key] === switches[key]))?.[0];
}

function describe(switches: CompleteSwitches): string {
  const types = [
    switches.families && 'family',
    'model',
    switches.tasks && 'task',
    switches.domains && 'domain',
    switches.queries && `query-to-${switches.queriesTo}${switches.queryScores ? '-scored' : ''}`,
    switches.entities && 'entity',
  ];
  return types.filter((type) => type !== false).join('+');
}
