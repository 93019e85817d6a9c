import type { Candidate, ConstantsFrontier, OutcomeTable, Quantization, ReportRow } from '@routeprofile/schema';
import { calibrationOf } from '../confidence/calibration.js';
import { regretsOf } from '../confidence/regret.js';
import { riskCoverage } from '../confidence/risk-coverage.js';
import { constantsFrontier, frontierGround, frontierOf, groundOf } from '../frontier/frontier.js';
import { costTable } from '../frontier/policies.js';
import { LEAST_ROWS, pairedInterval } from '../interval.js';
import { factsOf } from '../metrics/table-facts.js';
import type { EvaluatedCell } from './cell.js';
import { estimatedSeries, type TestLog } from './off-policy.js';

type Sections = Pick<ReportRow, 'frontier' | 'riskCoverage' | 'calibration' | 'regret' | 'robustness' | 'quantization'>;

/** The rows that count, and what to compare with on them. */
export interface SectionGround {
  /** Only rows where every candidate has an outcome. */
  table: OutcomeTable;
  /** Which rows of the test table these are. */
  rows: Int32Array;
  candidates: readonly Candidate[];
  /** Indices of constants, by the name of the baseline. */
  named: Readonly<Record<string, number>>;
  seed: number;
}

/**
 * What each cell has to say beyond metrics, in the order of the cells, and the constants behind the frontiers. All of it comes with
 * intervals: nothing with fewer than `LEAST_ROWS` rows.
 */
export function sectionsOf(
  cells: readonly EvaluatedCell[],
  { table, rows, candidates, named, seed }: SectionGround,
): { sections: Sections[]; constants: ConstantsFrontier | null } {
  if (rows.length < LEAST_ROWS) return { sections: cells.map(() => ({})), constants: null };
  const bootstrap = { seed };
  const onRows = (choices: Int32Array) => rows.map((row) => choices[row]!);
  const scoresOf = (choices: Int32Array) =>
    Float64Array.from(onRows(choices), (choice, q) => table.values.score[q * table.models.length + choice]!);
  const numbersOnRows = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);

  const costs = cells.some((cell) => cell.frontier) ? costTable(table, candidates) : null;
  const ground = costs && frontierGround(table, costs, named, bootstrap);
  const frontier = ({ frontier: found }: EvaluatedCell) =>
    found && (ground ? frontierOf({ ...found, choices: found.choices.map(onRows) }, ground) : null);
  const scores = cells.map(({ choices }) => scoresOf(choices));
  const regrets = regretsOf(scores, factsOf(table).best, bootstrap);

  const sections = cells.map((cell, i): Sections => {
    const found = frontier(cell);
    const { confidence, probability, robustness, quantization } = cell;
    const before = quantization && (quantization.choicesBefore ?? unquantized(cell, cells)?.choices);
    return {
      ...(found !== undefined && { frontier: found }),
      ...(confidence && { riskCoverage: riskCoverage(numbersOnRows(confidence), scores[i]!, bootstrap) }),
      ...(probability && { calibration: calibrationOf(numbersOnRows(probability), scores[i]!, bootstrap) }),
      regret: regrets[i]!,
      ...(robustness && { robustness: robustness.map((entry) => ({ ...entry })) }),
      ...(quantization && {
        quantization: quantizationOf(quantization, before && pairedInterval(scores[i]!, scoresOf(before), bootstrap)),
      }),
    };
  });
  return { sections, constants: ground && constantsFrontier(ground) };
}

/** What cells have to say on test rows that are a log: frontiers, all of whose points are estimates, and what needs no outcomes. */
export function loggedSections(
  cells: readonly EvaluatedCell[],
  { evidence, onLog }: TestLog,
  named: SectionGround['named'],
  seed: number,
): { sections: Sections[]; constants: ConstantsFrontier | null } {
  const { models, rows } = evidence;
  const seriesOf = (choices: Int32Array) => estimatedSeries(evidence, choices);
  const ground = cells.some(({ frontier }) => frontier) ? groundOf(seriesOf, models, rows, named, { seed }) : null;
  const sections = cells.map(({ frontier, robustness }): Sections => {
    const choices = frontier?.choices.map((each) => onLog(each).choices);
    return {
      ...(frontier && { frontier: ground && frontierOf({ ...frontier, choices: choices! }, ground) }),
      ...(robustness && { robustness: robustness.map((entry) => ({ ...entry })) }),
    };
  });
  return { sections, constants: ground && constantsFrontier(ground) };
}

function quantizationOf(
  { spec, bytesPerModel, bytesBefore, reconstructionError }: Quantization,
  loss: ReturnType<typeof pairedInterval> | undefined,
): Quantization {
  return {
    spec,
    bytesPerModel,
    bytesBefore,
    reconstructionError,
    ...(loss && { quality: { against: 'unquantized', ...loss } }),
  };
}

/** The cell that differs in nothing but the profile's quantization. */
function unquantized(cell: EvaluatedCell, cells: readonly EvaluatedCell[]): EvaluatedCell | undefined {
  const key = ({ profile, router, graph, seed, options }: EvaluatedCell) => {
    const { quantize: _, ...own } = options.profile;
    return JSON.stringify([profile, router, graph, seed, Object.entries(own).sort(), options.router]);
  };
  return cells.find((other) => !other.quantization && key(other) === key(cell));
}
