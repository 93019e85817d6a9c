import { RouteProfileError, z } from '@routeprofile/schema';

const embeddingsSchema = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int().optional(), embedding: z.array(z.unknown()) })),
});

/**
 * The vectors of one answer of `/embeddings`, in the order of the texts sent. Rows are placed by their `index` where
 * they have one, since servers may answer out of order.
 * @param who names the encoder in errors
 * @param dimensions of earlier answers; undefined for the first one
 * @throws RouteProfileError ENCODER_FAILED.
 */
export function parseEmbeddings(
  body: string,
  rows: number,
  dimensions: number | undefined,
  who: string,
): Float32Array[] {
  const fail = (what: string, hint: string) => new RouteProfileError('ENCODER_FAILED', `${who}: ${what}`, { hint });
  const INCOMPATIBLE = 'Check that this address is an OpenAI-compatible /embeddings endpoint.';
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw fail(`the answer is not valid JSON (${body.length} characters, perhaps cut short)`, INCOMPATIBLE);
  }
  const parsed = embeddingsSchema.safeParse(json);
  if (!parsed.success) throw fail('the answer holds no list `data` of embeddings', INCOMPATIBLE);
  const { data } = parsed.data;
  if (data.length !== rows)
    throw fail(`${data.length} vectors came back for ${rows} texts`, 'Try a smaller batch: `:batch=16`.');

  const out = new Array<Float32Array | undefined>(rows).fill(undefined);
  const indexed = data.some((row) => row.index !== undefined);
  data.forEach((row, position) => {
    const at = indexed ? row.index : position;
    if (at === undefined || at < 0 || at >= rows || out[at])
      throw fail(`the \`index\` of row ${position} is ${at ?? 'missing'}, out of place or twice`, INCOMPATIBLE);
    const bad = row.embedding.findIndex((x) => typeof x !== 'number' || !Number.isFinite(Math.fround(x)));
    if (bad >= 0)
      throw fail(`dimension ${bad} of text ${at} is not a finite number`, 'The server or its model is at fault.');
    out[at] = Float32Array.from(row.embedding, Number);
  });
  const width = dimensions ?? out[0]?.length ?? 0;
  const vectors = out.flatMap((vector) => vector ?? []);
  const odd = vectors.findIndex((vector) => vector.length !== width || width === 0);
  if (odd >= 0)
    throw fail(
      `text ${odd} has ${vectors[odd]!.length} dimensions, others have ${width}`,
      'If the model behind this name has changed, use another --cache folder or delete this one.',
    );
  return vectors;
}
