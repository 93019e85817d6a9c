import { z, type Candidate, type ModelCard, type OutcomeValues, type QueryRecord } from '@routeprofile/schema';
import type { GraphSource } from '@routeprofile/graph';

const described = z.object({ name: z.string(), text: z.string() });
const price = z.object({ input: z.number(), output: z.number() });
const tokens = z.object({ input: z.number().optional(), output: z.number().optional() });
const values = z.array(z.number().nullable()).transform((list) => Float64Array.from(list, (x) => x ?? NaN));

/** `generated/sample.json`, as `tools/playground.mjs` writes it. */
const sampleSchema = z.object({
  simulated: z.literal(true),
  candidates: z.array(
    z.object({
      id: z.string(),
      model: z.string(),
      price: price.optional(),
      limits: z.object({ contextTokens: z.number().optional() }).optional(),
      latency: z.object({ total: z.number().optional() }).optional(),
      tokensPerTask: z.record(z.string(), tokens).optional(),
    }),
  ),
  cards: z.array(
    z.object({
      name: z.string(),
      text: z.string(),
      family: z.string().nullable(),
      scores: z
        .array(z.tuple([z.string(), z.object({ value: z.number(), count: z.number().optional() })]))
        .transform((entries) => new Map(entries)),
      price: price.nullable(),
      auxiliary: z.boolean(),
    }),
  ),
  families: z.array(described),
  tasks: z.array(described),
  domains: z.array(described.extend({ tasks: z.array(z.string()) })),
  taskQueries: z.array(z.object({ task: z.string(), queries: z.array(z.number().int()) })),
  queries: z.array(z.object({ id: z.string(), text: z.string(), task: z.string().nullable() })),
  outcomes: z.object({ score: values, cost: values, inputTokens: values, outputTokens: values, latency: values }),
});

/** The training part of the sample dataset: all that a profile or router may learn from. */
export interface Sample {
  models: string[];
  candidates: Candidate[];
  cards: ModelCard[];
  graph: GraphSource;
  /** Training queries. */
  queries: QueryRecord[];
  /** [training queries × models] */
  outcomes: OutcomeValues;
}

/** @throws ZodError when the file is not what the generator writes */
export function parseSample(json: unknown): Sample {
  const { candidates, cards, families, tasks, domains, taskQueries, queries, outcomes } = sampleSchema.parse(json);
  const textOf = (q: number) => {
    const query = queries[q];
    if (query === undefined) throw new RangeError(`the sample has no training query ${q}`);
    return query.text;
  };
  return {
    models: candidates.map(({ id }) => id),
    candidates,
    cards,
    graph: {
      cards,
      families,
      tasks,
      domains,
      taskQueries: taskQueries.map(({ task, queries: indices }) => ({ task, queries: indices.map(textOf) })),
    },
    queries,
    outcomes,
  };
}
