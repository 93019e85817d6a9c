import { createMatrix, type Matrix } from '@routeprofile/schema';

export function transpose({ rows, cols, data }: Matrix): Matrix {
  const out = createMatrix(cols, rows);
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) out.data[j * rows + i] = data[i * cols + j]!;
  return out;
}
