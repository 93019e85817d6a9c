import { RouteProfileError } from '@routeprofile/schema';

/** What models answered: outcomes in [0, 1], or which of two models did better. */
export interface Responses {
  queries: number;
  models: number;
  /** [queries × models], fractions allowed; NaN = not measured. Decides where it is given; pairs are then not read. */
  outcomes?: Float64Array | undefined;
  pairs?: readonly { query: number; better: number; worse: number }[] | undefined;
}

/** What a response model learned from: scores of single models, or which of two did better. */
export type ResponseKind = 'outcomes' | 'pairs';

/** Responses in the order of the queries: those of query q are entries starts[q] to starts[q + 1]. */
export interface ResponseList {
  kind: ResponseKind;
  models: number;
  starts: Int32Array;
  /** The model measured, or the better of two. */
  first: Int32Array;
  /** The worse of two; unused for outcomes. */
  second: Int32Array;
  /** The outcome; 1 for pairs. */
  value: Float64Array;
}

/**
 * Responses as a list in the order of the queries, as fits take them; what was not measured is left out.
 * @throws RouteProfileError BAD_INPUT for an outcome outside [0, 1] or a pair that names no query or model, SHAPE_MISMATCH.
 */
export function listResponses({ queries, models, outcomes, pairs }: Responses): ResponseList {
  if (outcomes && outcomes.length !== queries * models)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `item response: ${outcomes.length} outcomes do not make ${queries} queries × ${models} models`,
    );
  return outcomes ? listOutcomes(outcomes, queries, models) : listPairs(pairs ?? [], queries, models);
}

function listOutcomes(outcomes: Float64Array, queries: number, models: number): ResponseList {
  const starts = new Int32Array(queries + 1);
  outcomes.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    if (!(value >= 0 && value <= 1))
      throw new RouteProfileError('BAD_INPUT', `item response: an outcome is ${value}, expected 0 to 1`, {
        hint: 'Bring the outcomes to that range first.',
      });
    starts[Math.floor(k / models) + 1]!++;
  });
  for (let q = 0; q < queries; q++) starts[q + 1]! += starts[q]!;
  const list = blankList('outcomes', models, starts);
  let at = 0;
  outcomes.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    list.first[at] = k % models;
    list.value[at] = value;
    at++;
  });
  return list;
}

function listPairs(pairs: NonNullable<Responses['pairs']>, queries: number, models: number): ResponseList {
  const starts = new Int32Array(queries + 1);
  for (const { query, better, worse } of pairs) {
    const known = query >= 0 && query < queries && [better, worse].every((m) => m >= 0 && m < models);
    if (!known || better === worse)
      throw new RouteProfileError(
        'BAD_INPUT',
        `item response: a pair (${query}, ${better}, ${worse}) names no query or model`,
      );
    starts[query + 1]!++;
  }
  for (let q = 0; q < queries; q++) starts[q + 1]! += starts[q]!;
  const list = blankList('pairs', models, starts);
  const next = starts.slice();
  for (const { query, better, worse } of pairs) {
    const at = next[query]!++;
    list.first[at] = better;
    list.second[at] = worse;
    list.value[at] = 1;
  }
  return list;
}

function blankList(kind: ResponseKind, models: number, starts: Int32Array): ResponseList {
  const total = starts[starts.length - 1]!;
  return {
    kind,
    models,
    starts,
    first: new Int32Array(total),
    second: new Int32Array(total),
    value: new Float64Array(total),
  };
}

/** The responses to some queries, renumbered in the order given. */
export function takeResponses(list: ResponseList, queries: Int32Array): ResponseList {
  const starts = new Int32Array(queries.length + 1);
  queries.forEach((q, i) => (starts[i + 1] = starts[i]! + list.starts[q + 1]! - list.starts[q]!));
  const total = starts[queries.length]!;
  const out = {
    ...list,
    starts,
    first: new Int32Array(total),
    second: new Int32Array(total),
    value: new Float64Array(total),
  };
  queries.forEach((q, i) => {
    for (const name of ['first', 'second', 'value'] as const)
      out[name].set(list[name].subarray(list.starts[q], list.starts[q + 1]), starts[i]);
  });
  return out;
}

/** Models with any response. */
export function respondingModels({ kind, models, first, second }: ResponseList): boolean[] {
  const seen = Array.from({ length: models }, () => false);
  first.forEach((m) => (seen[m] = true));
  if (kind === 'pairs') second.forEach((m) => (seen[m] = true));
  return seen;
}
