import { rowOf, type Matrix } from '@routeprofile/schema';

/** Mean cosine over pairs of rows: near 1, the models can hardly be told apart. */
export function meanPairwiseCosine(rows: Matrix): number {
  const cosine = (i: number, j: number) => {
    const [a, b] = [rowOf(rows, i), rowOf(rows, j)];
    let [ab, aa, bb] = [0, 0, 0];
    a.forEach((x, d) => {
      ab += x * b[d]!;
      aa += x * x;
      bb += b[d]! ** 2;
    });
    return aa * bb === 0 ? 1 : ab / Math.sqrt(aa * bb);
  };
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < rows.rows; i++)
    for (let j = 0; j < i; j++) {
      sum += cosine(i, j);
      pairs++;
    }
  return sum / pairs;
}
