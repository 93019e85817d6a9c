import type { RunReport } from '@routeprofile/schema';
import { cellOf, datasetOf, tableOf } from './test-data.js';
import { assembleReport } from '../report/assemble.js';
import type { EvaluatedCell } from '../report/cell.js';

/** For tests: a report in which rows have every section, around names of one's own. */
export function richReport([first, second, third]: readonly [string, string, string]): RunReport {
  const scores = Array.from({ length: 40 }, (_, q) => [q % 2, (q + 1) % 2, q % 3 === 0 ? 1 : 0]);
  const table = tableOf([first, second, third], scores);
  table.values.cost.forEach((_, k) => (table.values.cost[k] = 0.0001 * (1 + 20 * (k % 3))));
  const alternating = scores.map((_, q) => Number(q % 2 === 0));
  const sure = Float64Array.from(scores, (_, q) => 0.3 + (q % 7) / 10);
  const full = (label: string, more: Partial<EvaluatedCell> = {}) =>
    cellOf(label, alternating, {
      confidence: sure,
      probability: sure,
      frontier: {
        lambdas: [0, 1],
        choices: [Int32Array.from(alternating), new Int32Array(40)],
        operatingPoint: { target: third, lambda: 1, outOfFold: { quality: 0.7, costShare: 0.4 } },
      },
      robustness: [{ perturbation: second, unchanged: 0.85, queries: 40, seed: 1 }],
      ...more,
    });
  const dataset = datasetOf(table, { name: first });
  return assembleReport({
    dataset,
    training: dataset.train,
    cells: [
      full(first),
      full(second, {
        quantization: {
          spec: third,
          bytesPerModel: 512,
          bytesBefore: 2048,
          reconstructionError: 0.004,
          choicesBefore: new Int32Array(40),
        },
      }),
      cellOf(third, alternating),
    ],
    encoder: 'hash',
    graph: 'task',
    versions: {},
    testName: 'test',
    seed: 1,
  });
}
