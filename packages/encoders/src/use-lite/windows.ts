import { createMatrix, rowOf, type Matrix } from '@routeprofile/schema';
import { UNKNOWN } from '@routeprofile/encoder-static';

/** The model reads this many tokens and silently ignores the rest. */
export const WINDOW_TOKENS = 128;

/**
 * What of a text longer than 128 tokens is encoded:
 * - `mean`: all of it, in consecutive windows from the start
 * - `head`: its first 128 tokens, as the model does when left alone
 * - `tail`: its last 128 tokens
 */
export const WINDOW_POLICIES = ['mean', 'head', 'tail'] as const;
/** What of a long text is encoded; see `WINDOW_POLICIES`. */
export type WindowPolicy = (typeof WINDOW_POLICIES)[number];

/** Which of a text's tokens a policy reads: from the first number up to the second. */
export const tokensRead = (tokens: number, policy: WindowPolicy): [from: number, to: number] => [
  policy === 'tail' ? Math.max(0, tokens - WINDOW_TOKENS) : 0,
  policy === 'head' ? Math.min(tokens, WINDOW_TOKENS) : tokens,
];

/**
 * The windows of one text: at least one, each of 1 to 128 tokens. Cuts are at multiples of 128 from the start, so
 * that texts with a common beginning have windows in common. An empty text is read as one unknown token, because
 * the model drops rows without tokens.
 * @param most windows at most, which bounds what a long text costs; of more, evenly spaced ones are kept, the first and the last among them
 */
export function cutWindows(tokens: Int32Array, policy: WindowPolicy, most = Infinity): Int32Array[] {
  if (tokens.length === 0) return [Int32Array.of(UNKNOWN)];
  const [from, to] = tokensRead(tokens.length, policy);
  const windows: Int32Array[] = [];
  for (let start = from; start < to; start += WINDOW_TOKENS)
    windows.push(tokens.subarray(start, Math.min(to, start + WINDOW_TOKENS)));
  return windows.length <= most ? windows : spread(windows, most);
}

/** `count` of the items, at least 2: the first, the last, and evenly spaced ones between them. */
const spread = <T>(items: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);

/** The distinct windows of many texts, in order of first occurrence, and which of them each text is made of. */
export interface WindowPlan {
  distinct: readonly Int32Array[];
  /** Per text: indices into `distinct`, in reading order. */
  ofText: readonly (readonly number[])[];
}

/** A window's identity as a string: token ids fit UTF-16 units, being below 8,002. */
const windowKey = (window: Int32Array): string => String.fromCharCode(...window);

export function planWindows(windowsOfTexts: Iterable<readonly Int32Array[]>): WindowPlan {
  const distinct: Int32Array[] = [];
  const known = new Map<string, number>();
  const ofText: number[][] = [];
  for (const windows of windowsOfTexts)
    ofText.push(
      windows.map((window) => {
        const key = windowKey(window);
        let index = known.get(key);
        if (index === undefined) {
          index = distinct.push(window) - 1;
          known.set(key, index);
        }
        return index;
      }),
    );
  return { distinct, ofText };
}

/**
 * Window vectors → text vectors. A text of one window has that window's vector, bit for bit. A longer one has
 * `v / ‖v‖` with `v = Σ nᵢ wᵢ / Σ nᵢ`, where `wᵢ` is the unit vector of window i and `nᵢ` its number of tokens.
 * Sums are in double precision and in reading order.
 * @param vectors [plan.distinct × dimensions]
 */
export function combineWindows(plan: WindowPlan, vectors: Matrix): Matrix {
  const out = createMatrix(plan.ofText.length, vectors.cols);
  const sum = new Float64Array(vectors.cols);
  plan.ofText.forEach((windows, text) => {
    const target = rowOf(out, text);
    if (windows.length === 1) {
      target.set(rowOf(vectors, windows[0]!));
      return;
    }
    sum.fill(0);
    for (const window of windows) {
      const vector = rowOf(vectors, window);
      const weight = plan.distinct[window]!.length;
      for (let d = 0; d < sum.length; d++) sum[d]! += weight * vector[d]!;
    }
    let square = 0;
    for (const x of sum) square += x * x;
    // Dividing by Σ nᵢ first would change nothing: the norm takes it out again. Opposite windows may cancel to zero.
    const norm = Math.sqrt(square) || 1;
    for (let d = 0; d < sum.length; d++) target[d] = sum[d]! / norm;
  });
  return out;
}
