import { RouteProfileError } from '@routeprofile/schema';

/** What models answered: outcomes in [0, 1], or which of two models did better. */
export interface Responses {
  queries: number;
  models: number;
  /** [queries × models], fractions allowed; NaN = not measured. Decides where it is given; pairs are then not read. */
  outcomes?: Float64Array | undefined;
  pairs?: readonly { query: number; better: number; worse: number }[] | undefined;
}

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
 * @throws RouteProfileError BAD_INPUT for an outcome outside [0, 1] or a pair that names no query or model, SHAPE_MISMATCH.
 */
export function listResponses({ queries, models, outcomes, pairs }: Responses): ResponseList {
  if (outcomes && outcomes.length !== queries * models)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `item response: ${outcomes.length} outcomes do not make ${queries} queries × ${models} models`,
    );
  const entries: { query: number; first: number; second: number; value: number }[] = [];
  if (outcomes)
    outcomes.forEach((value, k) => {
      if (Number.isNaN(value)) return;
      if (!(value >= 0 && value <= 1))
        throw new RouteProfileError('BAD_INPUT', `item response: an outcome is ${value}, expected 0 to 1`, {
          hint: 'Bring the outcomes to that range first.',
        });
      entries.push({ query: Math.floor(k / models), first: k % models, second: 0, value });
    });
  else
    for (const { query, better, worse } of pairs ?? []) {
      const known = query >= 0 && query < queries && [better, worse].every((m) => m >= 0 && m < models);
      if (!known || better === worse)
        throw new RouteProfileError(
          'BAD_INPUT',
          `item response: a pair (${query}, ${better}, ${worse}) names no query or model`,
        );
      entries.push({ query, first: better, second: worse, value: 1 });
    }
  entries.sort((a, b) => a.query - b.query);
  const starts = new Int32Array(queries + 1);
  for (const { query } of entries) starts[query + 1]!++;
  for (let q = 0; q < queries; q++) starts[q + 1]! += starts[q]!;
  return {
    kind: outcomes ? 'outcomes' : 'pairs',
    models,
    starts,
    first: Int32Array.from(entries, ({ first }) => first),
    second: Int32Array.from(entries, ({ second }) => second),
    value: Float64Array.from(entries, ({ value }) => value),
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
