import {
  assertFinite,
  createMatrix,
  issueText,
  normalizeRows,
  profileFilterSchema,
  RouteProfileError,
  rowOf,
  throwIfAborted,
  type FoundProfiles,
  type IndexArray,
  type Matrix,
  type ProfileFilter,
  type ProfileIndex,
} from '@routeprofile/schema';
import type { NearestRows, SearchLimits } from '@routeprofile/numerics';
import { offerKinds, type Entries } from './offers.js';
import { artifactOf } from './saved.js';

/** Up to this part of what a search looks at, admitted models are gathered first: finding them by lists would mean passing over most others. */
const FEW = 8;

export interface CatalogueParts {
  /** Of the strategy, for messages and files. */
  name: string;
  /** Of the strategy, as files keep them. */
  options: Readonly<Record<string, unknown>> & { metric: ProfileIndex['metric'] };
  encoder: string | null;
  rows: NearestRows;
  /** Default: nothing is held yet. */
  entries?: Entries;
  /** What files keep of the rows. */
  arrays: () => Record<string, IndexArray>;
}

/** An index, and what is done once its catalogue was added. */
export interface Catalogue {
  index: ProfileIndex;
  /** Has rows moved: it is given the kind of each one's offer, by place, and says by old place the new one. */
  move: (rows: (kinds: Int32Array) => Int32Array) => void;
}

/** An index of profiles that keeps names and offers itself, and leaves vectors to `rows`. */
export function catalogueIndex({ name, options, encoder, rows, entries, arrays }: CatalogueParts): Catalogue {
  const { metric } = options;
  let names: (string | null)[] = entries ? [...entries.names] : [];
  let kinds = entries ? entries.kinds.slice() : new Int32Array(0);
  const offers = offerKinds(entries?.offers);
  const placeOf = new Map<string, number>();
  const counts: number[] = [];
  const count = (kind: number, change: number) => (counts[kind] = (counts[kind] ?? 0) + change);
  names.forEach((model, place) => {
    if (model === null) return;
    placeOf.set(model, place);
    count(kinds[place]!, 1);
  });
  let order: readonly string[] | undefined;

  const direction = (matrix: Matrix) => (metric === 'cosine' ? normalizeRows(matrix) : matrix);
  const checked = (matrix: Matrix, what: string): Matrix => {
    if (matrix.cols !== rows.width)
      throw new RouteProfileError(
        'SHAPE_MISMATCH',
        `${name}: ${what}: ${matrix.cols} numbers per vector, expected ${rows.width} as in the index`,
        { hint: 'Vectors of models and of queries come from one encoder.' },
      );
    assertFinite(matrix, `${name}: ${what}`);
    return direction(matrix);
  };
  const known = (model: string): number => {
    const place = placeOf.get(model);
    if (place !== undefined) return place;
    throw new RouteProfileError('UNKNOWN_NAME', `${name}: there is no model called '${model}'`, {
      hint: 'Add it first, or look into `models()`.',
    });
  };
  /** Places with an admitted offer, where they are few enough to look at each without searching; otherwise what tells them. */
  const limitsOf = (filter: ProfileFilter): { admitted: number; limits: SearchLimits } => {
    const parsed = profileFilterSchema.safeParse(filter);
    if (!parsed.success)
      throw new RouteProfileError('BAD_OPTION', `${name}: filter: ${parsed.error.issues.map(issueText).join('; ')}`, {
        hint: 'A filter has `requirements`, such as { tools: true }, and `maxPrice`: { input, output } in dollars per million tokens.',
      });
    const admits = offers.admitted(filter);
    const total = admits.reduce((sum, yes, kind) => sum + yes * (counts[kind] ?? 0), 0);
    if (total === rows.size) return { admitted: total, limits: {} };
    if (total > rows.scanned / FEW) return { admitted: total, limits: { admitted: { kinds, admits } } };
    const among = new Int32Array(total);
    for (let place = 0, found = 0; found < total; place++)
      if (admits[kinds[place]!] === 1 && names[place] !== null) among[found++] = place;
    return { admitted: total, limits: { among } };
  };

  const move: Catalogue['move'] = (moveRows) => {
    const to = moveRows(kinds);
    const [namesBefore, kindsBefore] = [names, kinds];
    names = Array.from({ length: namesBefore.length }, () => null);
    kinds = new Int32Array(kindsBefore.length);
    to.forEach((place, before) => {
      const model = (names[place] = namesBefore[before]!);
      kinds[place] = kindsBefore[before]!;
      if (model !== null) placeOf.set(model, place);
    });
  };

  const index: ProfileIndex = {
    get size() {
      return rows.size;
    },
    dimensions: rows.width,
    encoder,
    metric,
    get bytes() {
      return rows.bytes + 4 * names.length;
    },
    models() {
      order ??= [...placeOf.entries()]
        .map(([model, place]) => ({ model, order: rows.order(place) }))
        .sort((a, b) => a.order - b.order)
        .map(({ model }) => model);
      return order;
    },
    has: (model) => placeOf.has(model),
    async add(model, vector, offer = {}) {
      if (model === '')
        throw new RouteProfileError('BAD_INPUT', `${name}: a model has an empty name`, {
          hint: 'Give each model a name of its own.',
        });
      if (placeOf.has(model))
        throw new RouteProfileError('BAD_INPUT', `${name}: the model '${model}' is there already`, {
          hint: 'Give each model a name of its own, or remove the other first.',
        });
      const row = checked(createMatrix(1, vector.length, Float32Array.from(vector)), `the vector of '${model}'`);
      const kind = offers.kindOf(offer);
      const place = rows.add(row.data);
      if (place >= kinds.length) {
        const grown = new Int32Array(Math.max(16, Math.ceil(1.25 * place) + 1));
        grown.set(kinds);
        kinds = grown;
      }
      names[place] = model;
      kinds[place] = kind;
      placeOf.set(model, place);
      count(kind, 1);
      order = undefined;
    },
    async remove(model) {
      const place = known(model);
      rows.remove(place);
      names[place] = null;
      placeOf.delete(model);
      count(kinds[place]!, -1);
      order = undefined;
    },
    async search(queries, wanted, filters = {}, ctx) {
      if (!Number.isSafeInteger(wanted) || wanted < 0)
        throw new RouteProfileError('BAD_OPTION', `${name}: count is ${wanted}, expected a whole number of models`, {
          hint: 'Say how many models each query shall find, such as 100.',
        });
      const asked = checked(queries, 'queries');
      const perQuery = Array.isArray(filters) ? (filters as readonly (ProfileFilter | undefined)[]) : undefined;
      const common = perQuery ? undefined : limitsOf(filters as ProfileFilter);
      return Array.from({ length: asked.rows }, (_, q): FoundProfiles => {
        throwIfAborted(ctx);
        const { admitted, limits } = common ?? limitsOf(perQuery?.[q] ?? {});
        const { places, products, complete } = rows.search(rowOf(asked, q), Math.min(wanted, admitted), limits);
        const profiles = Array.from(places, (place, i) => ({
          model: names[place]!,
          similarity: products[i]!,
          order: rows.order(place),
        }));
        return { profiles, admitted, complete };
      });
    },
    async vectors(models) {
      const out = createMatrix(models.length, rows.width);
      models.forEach((model, m) => rowOf(out, m).set(rows.row(known(model))));
      return out;
    },
    async save() {
      const saved = { strategy: name, options: { ...options }, encoder, dimensions: rows.width, metric };
      return artifactOf(saved, { names, kinds: kinds.slice(0, rows.places), offers: offers.distinct }, arrays());
    },
  };
  return { index, move };
}
