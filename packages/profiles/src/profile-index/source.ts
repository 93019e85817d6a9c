import {
  createMatrix,
  normalizeRows,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type CatalogueOffer,
  type Matrix,
  type ProfileIndex,
  type ProfileRows,
  type ProfileSet,
  type ProfileSource,
  type RunContext,
} from '@routeprofile/schema';

/**
 * A profile set as a catalogue.
 * @param offers one per model of the set; default: nothing is known of any
 */
export const profileSetSource = (
  { models, vectors, provenance }: Pick<ProfileSet, 'models' | 'vectors' | 'provenance'>,
  offers?: readonly CatalogueOffer[],
): ProfileSource => ({
  models: models.length,
  dimensions: vectors.cols,
  encoder: provenance.encoder,
  rows: () => [{ models, vectors, ...(offers && { offers }) }],
});

/** @throws RouteProfileError SHAPE_MISMATCH, ABORTED */
async function* partsOf(
  name: string,
  source: ProfileSource,
  ctx: Pick<RunContext, 'signal'>,
): AsyncGenerator<ProfileRows> {
  let seen = 0;
  throwIfAborted(ctx);
  for await (const part of source.rows()) {
    throwIfAborted(ctx);
    const { models, vectors, offers } = part;
    if (
      vectors.rows !== models.length ||
      vectors.cols !== source.dimensions ||
      (offers && offers.length !== models.length)
    )
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `${name}: a part of the catalogue has ${models.length} names, ${vectors.rows} × ${vectors.cols} vectors and ${offers?.length ?? 'no'} offers`,
        { hint: `Give as many of each, with ${source.dimensions} numbers per vector.` },
      );
    seen += models.length;
    yield part;
  }
  if (seen !== source.models)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${name}: the catalogue has ${seen} models, ${source.models} were announced`,
      { hint: 'Say how many there are, and give all of them each time.' },
    );
}

/** Evenly spaced vectors, as unit rows where `unit` says so. */
export async function sampleOf(
  name: string,
  source: ProfileSource,
  most: number,
  unit: boolean,
  ctx: RunContext,
): Promise<Matrix> {
  const wanted = Math.min(most, source.models);
  const out = createMatrix(wanted, source.dimensions);
  let [seen, taken] = [0, 0];
  for await (const { vectors } of partsOf(name, source, ctx))
    for (let i = 0; i < vectors.rows; i++, seen++)
      if (taken < wanted && Math.floor((taken * source.models) / wanted) === seen)
        rowOf(out, taken++).set(rowOf(vectors, i));
  return unit ? normalizeRows(out) : out;
}

/** Adds the whole catalogue. */
export async function fill(
  name: string,
  index: ProfileIndex,
  source: ProfileSource,
  ctx: RunContext,
): Promise<ProfileIndex> {
  for await (const { models, vectors, offers } of partsOf(name, source, ctx)) {
    for (const [i, model] of models.entries()) await index.add(model, rowOf(vectors, i), offers?.[i]);
    ctx.onProgress?.({ stage: `index ${name}`, done: index.size, total: source.models, unit: 'models' });
  }
  return index;
}
