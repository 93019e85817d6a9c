import { createMatrix, createRandom, type Matrix } from '@routeprofile/schema';

/** Rows of independent normal numbers, of rising spread along the columns. */
export const gaussian = (rows: number, cols: number, label: string): Matrix => {
  const random = createRandom(3, label);
  return createMatrix(
    rows,
    cols,
    Float32Array.from({ length: rows * cols }, (_, k) => random.normal() * (1 + (k % cols))),
  );
};
