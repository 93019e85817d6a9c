import {
  RouteProfileError,
  type OutcomeTable,
  type Quantization,
  type Robustness,
  type RouterPromise,
} from '@routeprofile/schema';
import type { FrontierChoices } from '../frontier/frontier.js';
import type { OutOfFold } from '../recommend/contenders.js';
import { assertChoices, assertOldChoices } from '../table.js';

/** How a profile was made smaller. */
export interface CellQuantization extends Omit<Quantization, 'quality'> {
  /**
   * Choices on every test row with the profile as it was. Default: those of the cell with the same profile, graph, router, seed
   * and options, `quantize` aside, if there is one.
   */
  choicesBefore?: Int32Array;
}

/** One router on one set of profiles, and what it chose. Whatever is one a row is of EVERY test row, incomplete ones included. */
export interface EvaluatedCell {
  /** Name of the profile strategy. */
  profile: string;
  /** Name of the router. */
  router: string;
  /** Tells cells apart when a strategy occurs with several options. */
  label: string;
  /** The graph its profile was built on. */
  graph?: string;
  /** As the strategies completed them. */
  options: { profile: Record<string, unknown>; router: Record<string, unknown> };
  seed: number;
  /** Index of the chosen model, one a row: in the order of `dataset.candidates`. */
  choices: Int32Array;
  /** The same, the best ranked model that is not new; where there are new models. */
  choicesWithoutNew?: Int32Array;
  /** `provenance.diagnostics` of the profile set. */
  profileDiagnostics?: Record<string, number>;
  /** How sure the router is of each choice, on any scale: the chance of the chosen model, else its lead over the second. */
  confidence?: Float64Array;
  /** Calibrated chance of the chosen model being right, in [0, 1]. */
  probability?: Float64Array;
  /** Choices for every weight of cost; gives the row a cost–quality frontier with AIQ. */
  frontier?: FrontierChoices;
  /** Shares of unchanged choices under `PERTURBATIONS`. */
  robustness?: Robustness;
  /** How the profile was made smaller, if it was. */
  quantization?: CellQuantization;
  /** Decisions on training queries by fits that had not seen them; by these the recommended router is chosen. */
  outOfFold?: OutOfFold;
  /** What the router promised when it was fitted; see `promisesOf` of the routers. */
  promises?: readonly RouterPromise[];
  /** Where the fitted router was saved, relative to the report. */
  folder?: string;
  /** What has to be named to ask the saved router: a plugin, or an encoder that is not built in. */
  mustName?: ('plugin' | 'encoder')[];
}

/**
 * @throws RouteProfileError SHAPE_MISMATCH naming a cell that does not fit the test rows, BAD_INPUT one with a number that is none
 */
export function assertCell(table: OutcomeTable, newModels: readonly string[], cell: EvaluatedCell): void {
  const { label, choices, choicesWithoutNew, confidence, probability, frontier, quantization } = cell;
  assertChoices(table, choices, label);
  if (choicesWithoutNew) assertOldChoices({ table, newModels }, choicesWithoutNew, label);
  if (confidence) assertNumbers(table, confidence, `${label}, confidence`, (x) => !Number.isNaN(x), 'a number');
  if (probability) assertNumbers(table, probability, `${label}, probability`, (x) => x >= 0 && x <= 1, '0 to 1');
  if (quantization?.choicesBefore) assertChoices(table, quantization.choicesBefore, `${label}, before quantization`);
  if (!frontier) return;
  if (frontier.lambdas.length !== frontier.choices.length || frontier.lambdas.length === 0)
    throw new RouteProfileError(
      'SHAPE_MISMATCH',
      `${label}, frontier: ${frontier.choices.length} lists of choices for ${frontier.lambdas.length} lambdas`,
    );
  frontier.choices.forEach((list, i) => assertChoices(table, list, `${label}, frontier at λ = ${frontier.lambdas[i]}`));
}

function assertNumbers(
  { queries }: OutcomeTable,
  values: Float64Array,
  who: string,
  valid: (value: number) => boolean,
  expected: string,
): void {
  if (values.length !== queries.length)
    throw new RouteProfileError('SHAPE_MISMATCH', `${who}: ${values.length} numbers for ${queries.length} test rows`);
  const row = values.findIndex((value) => !valid(value));
  if (row >= 0) throw new RouteProfileError('BAD_INPUT', `${who}: row ${row} has ${values[row]}, expected ${expected}`);
}
