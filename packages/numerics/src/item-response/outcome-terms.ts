/** Abilities worked on at a time: what they share is read once for all of them. */
const BLOCK = 4;

/** Some responses to one query, and the parameters that decide them. */
export interface Asked {
  /** Entries `from` to `to` of `first` and `value` are the responses. */
  from: number;
  to: number;
  /** The model of each response, and its outcome. */
  first: Int32Array;
  value: Float64Array;
  /** The query's discrimination along each ability, then its difficulty, from entry `at` on; their slopes lie alike. */
  items: Float64Array;
  at: number;
  dimensions: number;
  /** All parameters; those of the models' abilities, [models × dimensions], from entry `abilitiesAt` on. */
  parameters: Float64Array;
  abilitiesAt: number;
}

/**
 * Adds −log P(outcome) of every response to a query. Adds its slopes along the query's items to `slopes`, and those along
 * the abilities to `gradient`. One quantity after the other, over all responses: short loops take a third of the time of a long one.
 * @param loss what it is added to
 * @param logits scratch, at least as long as there are responses
 * @returns the sum
 */
export function addOutcomeTerms(
  loss: number,
  asked: Asked,
  slopes: Float64Array,
  gradient: Float64Array,
  logits: Float64Array,
): number {
  const { from, to, items, at, dimensions: D } = asked;
  logits.fill(-items[at + D]!, 0, to - from);
  let d = 0;
  for (; d + BLOCK <= D; d += BLOCK) addBlock(asked, d, logits);
  for (; d < D; d++) addOne(asked, d, logits);
  const sum = addResiduals(loss, asked, logits, slopes);
  for (d = 0; d + BLOCK <= D; d += BLOCK) gatherBlock(asked, d, logits, slopes, gradient);
  for (; d < D; d++) gatherOne(asked, d, logits, slopes, gradient);
  return sum;
}

/** logits += four abilities · their discrimination */
function addBlock(
  { from, to, first, items, at, dimensions: D, parameters: p, abilitiesAt }: Asked,
  d: number,
  logits: Float64Array,
): void {
  const [a, b, c, e] = [items[at + d]!, items[at + d + 1]!, items[at + d + 2]!, items[at + d + 3]!];
  const start = abilitiesAt + d;
  for (let k = 0, count = to - from; k < count; k++) {
    const m = start + first[from + k]! * D;
    logits[k] = logits[k]! + a * p[m]! + b * p[m + 1]! + c * p[m + 2]! + e * p[m + 3]!;
  }
}

function addOne(
  { from, to, first, items, at, dimensions: D, parameters: p, abilitiesAt }: Asked,
  d: number,
  logits: Float64Array,
): void {
  const a = items[at + d]!;
  const start = abilitiesAt + d;
  for (let k = 0, count = to - from; k < count; k++) logits[k]! += a * p[start + first[from + k]! * D]!;
}

/** Puts P(right) − outcome in the place of each logit. */
function addResiduals(
  start: number,
  { from, to, value, at, dimensions: D }: Asked,
  logits: Float64Array,
  slopes: Float64Array,
): number {
  let loss = start;
  let slope = slopes[at + D]!;
  let odds = 1;
  for (let k = 0, count = to - from; k < count; k++) {
    const logit = logits[k]!;
    const y = value[from + k]!;
    // One exponential for both the loss and its slope, and one logarithm for many responses.
    const small = Math.exp(-Math.abs(logit));
    odds *= 1 + small;
    if (odds > 1e200) {
      loss += Math.log(odds);
      odds = 1;
    }
    loss += Math.max(logit, 0) - y * logit;
    const residual = (logit >= 0 ? 1 : small) / (1 + small) - y;
    slope -= residual;
    logits[k] = residual;
  }
  slopes[at + D] = slope;
  return loss + Math.log(odds);
}

function gatherBlock(
  { from, to, first, items, at, dimensions: D, parameters: p, abilitiesAt }: Asked,
  d: number,
  residual: Float64Array,
  slopes: Float64Array,
  gradient: Float64Array,
): void {
  const [a, b, c, e] = [items[at + d]!, items[at + d + 1]!, items[at + d + 2]!, items[at + d + 3]!];
  let [sa, sb, sc, se] = [0, 0, 0, 0];
  const start = abilitiesAt + d;
  for (let k = 0, count = to - from; k < count; k++) {
    const m = start + first[from + k]! * D;
    const r = residual[k]!;
    sa += r * p[m]!;
    sb += r * p[m + 1]!;
    sc += r * p[m + 2]!;
    se += r * p[m + 3]!;
    gradient[m]! += r * a;
    gradient[m + 1]! += r * b;
    gradient[m + 2]! += r * c;
    gradient[m + 3]! += r * e;
  }
  slopes[at + d]! += sa;
  slopes[at + d + 1]! += sb;
  slopes[at + d + 2]! += sc;
  slopes[at + d + 3]! += se;
}

function gatherOne(
  { from, to, first, items, at, dimensions: D, parameters: p, abilitiesAt }: Asked,
  d: number,
  residual: Float64Array,
  slopes: Float64Array,
  gradient: Float64Array,
): void {
  const a = items[at + d]!;
  let sum = 0;
  const start = abilitiesAt + d;
  for (let k = 0, count = to - from; k < count; k++) {
    const m = start + first[from + k]! * D;
    sum += residual[k]! * p[m]!;
    gradient[m]! += residual[k]! * a;
  }
  slopes[at + d]! += sum;
}
