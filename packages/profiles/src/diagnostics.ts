import { rowDots } from '@routeprofile/numerics';
import { normalizeRows, rowOf, type Matrix, type ProfileSet } from '@routeprofile/schema';

/** Figures that tell whether a router can tell the models apart. Every number is finite. */
export interface ProfileDiagnostics {
  /** Smallest Euclidean norm of a profile. */
  minNorm: number;
  /** Largest, likewise. */
  maxNorm: number;
  /** Mean cosine, over the pairs of different models; absent when there is one model only. A zero vector has cosine 0 with everything. */
  meanCosine?: number;
  /** Smallest cosine of a pair. Absent above 2,000 models, where every pair would be too many. */
  minCosine?: number;
  /** Largest, likewise. */
  maxCosine?: number;
  /** The two models of the largest cosine. */
  nearest?: [string, string];
}

const PAIRS_LIMIT = 2_000;

/**
 * Distinguishability of a profile set: norms and pairwise cosines of its vectors [models × dimensions]. A mean cosine near 1 says
 * that the models look alike.
 */
export function profileDiagnostics({ models, vectors }: Pick<ProfileSet, 'models' | 'vectors'>): ProfileDiagnostics {
  const norms = Float64Array.from({ length: vectors.rows }, (_, i) =>
    Math.sqrt(rowOf(vectors, i).reduce((sum, x) => sum + x * x, 0)),
  );
  const out: ProfileDiagnostics = { minNorm: Infinity, maxNorm: 0 };
  for (const norm of norms) {
    out.minNorm = Math.min(out.minNorm, norm);
    out.maxNorm = Math.max(out.maxNorm, norm);
  }
  if (vectors.rows < 2) return vectors.rows === 0 ? { minNorm: 0, maxNorm: 0 } : out;
  const unit = normalizeRows(vectors);
  out.meanCosine = meanCosine(unit);
  if (vectors.rows <= PAIRS_LIMIT) Object.assign(out, extremes(models, unit));
  return out;
}

/** mean over i ≠ j of u_i · u_j = (|Σ u_i|² − Σ |u_i|²) / (n (n − 1)) */
function meanCosine(unit: Matrix): number {
  const sum = new Float64Array(unit.cols);
  let squares = 0;
  for (let i = 0; i < unit.rows; i++)
    rowOf(unit, i).forEach((x, d) => {
      sum[d]! += x;
      squares += x * x;
    });
  const whole = sum.reduce((total, x) => total + x * x, 0);
  return clamp((whole - squares) / (unit.rows * (unit.rows - 1)));
}

/** Rounding can lead just beyond a cosine's range. */
const clamp = (cosine: number) => Math.min(1, Math.max(-1, cosine));

function extremes(models: readonly string[], unit: Matrix): Partial<ProfileDiagnostics> {
  let [min, max, nearest] = [Infinity, -Infinity, [0, 0]];
  const cosines = new Float64Array(unit.rows);
  for (let i = 0; i < unit.rows; i++) {
    const others = unit.rows - i - 1;
    rowDots({ rows: others, cols: unit.cols, data: unit.data.subarray((i + 1) * unit.cols) }, rowOf(unit, i), cosines);
    for (let k = 0; k < others; k++) {
      const cosine = clamp(cosines[k]!);
      min = Math.min(min, cosine);
      if (cosine <= max) continue;
      max = cosine;
      nearest = [i, i + 1 + k];
    }
  }
  return { minCosine: min, maxCosine: max, nearest: [models[nearest[0]!]!, models[nearest[1]!]!] };
}
