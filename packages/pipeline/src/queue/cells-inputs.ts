import { deserialize, serialize } from 'node:v8';
import { runConfigSchema, z, type Dataset, type RunConfig, type RunContext } from '@routeprofile/schema';
import type { GivenInputs } from '../cells/cell-thread.js';
import type { LoadFailures } from '../cells/plan.js';
import type { Workspace } from '../cells/workspace.js';

/** What a worker needs to compute the cells of a run: all that was read and encoded, so that it reads and encodes nothing again. */
export interface CellsInputs {
  config: RunConfig;
  /** Plugins that could not be loaded. */
  failures: LoadFailures;
  given: GivenInputs;
}

const inputsSchema = z.object({
  config: runConfigSchema,
  failures: z.map(z.string(), z.string()),
  given: z.object({
    // Of a dataset that was loaded and checked; its hash has shown that these are the same bytes.
    dataset: z.custom<Dataset>((value) => typeof value === 'object' && value !== null),
    texts: z.array(z.string()),
    vectors: z.object({ rows: z.number(), cols: z.number(), data: z.instanceof(Float32Array) }),
    encoder: z.string(),
  }),
});

/** A workspace's dataset, and the vectors of every text of it that a cell may ask for. */
export async function packInputs(
  { plan, dataset, encoder, graphs, rephrased }: Workspace,
  ctx: RunContext,
): Promise<Uint8Array> {
  const queries = [...dataset.train.queries, ...dataset.test.queries, ...dataset.cards].map(({ text }) => text);
  const nodes = [...graphs.values()].flatMap((graph) => graph.nodes.flatMap((set) => set.texts));
  const texts = [...new Set([...queries, ...nodes, ...rephrased.flatMap(({ batch }) => batch.texts)])];
  // What the workspace has encoded before, it gives again.
  const vectors = await encoder.encode(texts, ctx);
  const { config, failures } = plan;
  const inputs: CellsInputs = {
    config,
    failures: new Map(failures),
    given: { dataset, texts, vectors, encoder: encoder.id },
  };
  return serialize(inputs);
}

/** @param bytes of `packInputs`, made by the same major version of Node.js */
export function unpackInputs(bytes: Uint8Array): CellsInputs {
  const { given, ...plan } = inputsSchema.parse(deserialize(bytes));
  // A deserialised array is a view into the whole message.
  const vectors = { ...given.vectors, data: new Float32Array(given.vectors.data) };
  return { ...plan, given: { ...given, vectors } };
}
