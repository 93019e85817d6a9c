import {
  askedPerQuery,
  plural,
  type Dataset,
  type FailedCell,
  type Matrix,
  type Metric,
  type ReportRow,
  type RoutingRun,
  type OffPolicy,
  type OutcomeTable,
  type RunReport,
  type TrainingData,
} from '@routeprofile/schema';
import { baselines } from '../baselines/baselines.js';
import { collapseByChoices, collapseOf } from '../collapse.js';
import { evaluateChoices } from '../evaluate.js';
import { builtInMetrics } from '../metrics/index.js';
import type { RunWithoutNew } from '../metrics/new-models.js';
import { describedMetric } from '../metrics/report-metric.js';
import { assertChoices, assertOldChoices, chosenShares, rowsByTask, selectionOf } from '../table.js';
import { assertCell, type EvaluatedCell } from './cell.js';
import { testGround } from './ground.js';
import { LEAST_ROWS } from '../interval.js';
import type { SelectionRows } from '../recommend/contenders.js';
import { intervalsOf, LEAST_ALIKE } from './intervals.js';
import { offPolicySection, openTestLog } from './off-policy.js';
import { MARGIN, verdictOn } from './verdict.js';
import { loggedSections, sectionsOf } from './sections.js';

/** Everything `assembleReport` needs: the data, what each cell chose, and where they come from. */
export interface ReportInput {
  dataset: Dataset;
  /**
   * What routers learned from: `routerTraining` of `@routeprofile/data`, without the labels that it hides. The best single model and
   * the cheapest are chosen on it.
   */
  training: Pick<TrainingData, 'pairs' | 'outcomes'>;
  /** What was evaluated, one a row of the report. */
  cells: readonly EvaluatedCell[];
  /** What was to be evaluated and could not be; the report lists it. */
  failed?: readonly FailedCell[];
  /** Choices of comparison routers on every test row, such as `task-table` and `knn`. */
  lookups?: Readonly<Record<string, Int32Array>>;
  /** Their best ranked models that are not new, by the same names; where there are new models. */
  lookupsWithoutNew?: Readonly<Record<string, Int32Array>>;
  /**
   * Shape [test rows × dimensions]. Where test rows are a log, the chances with which it chose are estimated from them; without
   * vectors from the models' shares.
   */
  testVectors?: Matrix;
  /** Encoder id. */
  encoder: string;
  /** Name of the graph. */
  graph: string;
  /** Versions of the packages that took part. */
  versions: Record<string, string>;
  /** What the test rows are called: a file or a split. */
  testName: string;
  /** Seed of the bootstrap. */
  seed: number;
  /** Default `builtInMetrics`; more can be added, none should be left out. */
  metrics?: readonly Metric[];
  /** The training rows by which the recommended router is chosen. Absent: by the order of the cells, `auto` first. */
  selection?: SelectionRows;
  /** How much lower a mean score still counts as not worse than best-single, on the scale of the scores. Default 0.02. */
  margin?: number;
  /** Of a log: how many answers to suggest that tell most of what it cannot. Default: 20 where it cannot judge some router, else none. */
  suggest?: number;
}

/**
 * Everything a run has to say, as `report.json` holds it: cells in input order, numbers unrounded, nothing that changes from
 * one run to the next. All figures are of the test rows where every candidate has an outcome.
 *
 * @throws RouteProfileError SHAPE_MISMATCH naming a cell whose choices do not fit the test rows.
 */
export function assembleReport(input: ReportInput): RunReport {
  const { dataset, cells, lookups = {}, lookupsWithoutNew = {}, metrics = builtInMetrics } = input;
  const candidates = dataset.candidates.map(({ id }) => id);
  const own = metrics.filter(({ name }) => !builtInMetrics.some((metric) => metric.name === name)).map(describedMetric);
  const ground = testGround(dataset, input.training);
  const { rows, asLog, table, single, hindsight, cheapest } = ground;
  const known = { table: dataset.test, newModels: dataset.newModels };
  for (const cell of cells) assertCell(dataset.test, dataset.newModels, cell);
  for (const [name, choices] of Object.entries(lookups)) assertChoices(dataset.test, choices, name);
  for (const [name, choices] of Object.entries(lookupsWithoutNew)) assertOldChoices(known, choices, name);

  const onRows = (choices: Int32Array) => rows.map((row) => choices[row]!);
  const onRowsByName = (named: Readonly<Record<string, Int32Array>>) =>
    Object.fromEntries(Object.entries(named).map(([name, choices]) => [name, onRows(choices)]));
  const base = { candidates: dataset.candidates, newModels: dataset.newModels, table };
  const runs = cells.map(({ choices, choicesWithoutNew: instead }): RunWithoutNew => ({
    ...base,
    choices: onRows(choices),
    ...(instead && { choicesWithoutNew: onRows(instead) }),
  }));
  const always = (index: number | undefined | null): RoutingRun | null =>
    index == null ? null : { ...base, choices: new Int32Array(rows.length).fill(index) };
  const references = { single: always(single?.index), hindsight: always(hindsight) };
  const intervals = intervalsOf(runs, references, metrics, input.seed);
  const log = asLog ? openTestLog(dataset, input.testVectors, input.seed) : undefined;
  const named = {
    ...(single && { 'best-single': single.index }),
    ...(hindsight !== null && { 'best-in-hindsight': hindsight }),
  };
  const { sections, constants } = log
    ? loggedSections(cells, log, named, input.seed)
    : sectionsOf(cells, { table, rows, candidates: dataset.candidates, named, seed: input.seed });
  const incomplete = dataset.test.queries.length - rows.length;
  const everywhere = (index: number) => new Int32Array(dataset.test.queries.length).fill(index);
  const offPolicy = log
    ? offPolicySection(
        log,
        [
          ...cells.map(({ label, seed, choices }) => ({ name: label, seed, choices })),
          ...(single
            ? [{ name: 'best-single', model: single.model, seed: null, choices: everywhere(single.index) }]
            : []),
          ...(cheapest === null
            ? []
            : [{ name: 'cheapest', model: candidates[cheapest]!, seed: null, choices: everywhere(cheapest) }]),
          ...Object.entries(lookups).map(([name, choices]) => ({ name, seed: null, choices })),
        ],
        single && everywhere(single.index),
        input,
      )
    : undefined;
  const reportRows = cells.map((cell, i): ReportRow => {
    const run = runs[i]!;
    return {
      profile: cell.profile,
      router: cell.router,
      label: cell.label,
      ...(cell.graph !== undefined && { graph: cell.graph }),
      options: cell.options,
      seed: cell.seed,
      ...evaluateChoices(run, metrics),
      intervals: intervals[i]!,
      collapse: collapseOf(table, run.choices, dataset.candidates),
      ...(offPolicy && chosenOnLog(dataset.test, cell.choices)),
      ...(cell.profileDiagnostics && { profileDiagnostics: cell.profileDiagnostics }),
      ...sections[i]!,
    };
  });

  return {
    version: 1,
    dataset: { name: dataset.name, layout: dataset.layout, hash: dataset.hash, test: input.testName },
    simulated: dataset.simulated,
    mode: dataset.mode,
    encoder: input.encoder,
    graph: input.graph,
    candidates,
    newModels: [...dataset.newModels],
    leftOut: dataset.leftOut.map(({ model, coverage }) => ({ model, coverage })),
    rowsUsed: rows.length,
    rowsIncomplete: incomplete,
    overlap: dataset.overlap,
    tasks: Object.fromEntries([...rowsByTask(table)].map(([task, own]) => [task, own.length])),
    warnings: [
      ...dataset.warnings,
      ...(offPolicy
        ? [...offPolicyWarnings(offPolicy, dataset.test), ...frontierWarnings(reportRows)]
        : evaluationWarnings(rows.length, incomplete, single === null)),
      ...trainingWarnings(input.training, candidates.length),
      ...scaleWarnings(table.values.score, input.margin ?? MARGIN),
      ...alikeWarnings(reportRows, rows.length),
    ],
    rows: reportRows,
    failed: [...(input.failed ?? [])],
    baselines: baselines({
      ...base,
      bestSingle: single?.index ?? null,
      cheapest,
      lookups: onRowsByName(lookups),
      lookupsWithoutNew: onRowsByName(lookupsWithoutNew),
      metrics,
    }),
    ...(constants && { constantsFrontier: constants }),
    ...(offPolicy && { offPolicy }),
    ...verdictOn(input, ground, reportRows, offPolicy),
    ...(own.length > 0 && { metrics: own }),
    versions: { ...input.versions },
  };
}

/** What choices on a log tell by themselves: which models they go to, whatever these score. */
function chosenOnLog(
  { models, queries }: OutcomeTable,
  choices: Int32Array,
): Pick<ReportRow, 'selection' | 'collapse'> {
  return {
    selection: selectionOf(models, choices),
    collapse: collapseByChoices(chosenShares(choices).shares, queries.length),
  };
}

function offPolicyWarnings(
  { rows, assumes, clipped, floor, calibrationError }: OffPolicy,
  { values, models }: OutcomeTable,
): string[] {
  const how =
    assumes === 'logged propensities'
      ? 'with the chances that the log states'
      : `with chances estimated from the queries (off by ${(calibrationError ?? 0).toFixed(3)} on average, 0 to 1), on the assumption that nothing that the queries do not show decided which model answered`;
  const measured =
    askedPerQuery(values, models.length) === 2
      ? 'most have the outcomes of two models, of which one, drawn, is counted; it depends on the other if the two were compared'
      : 'most have the outcome of one model';
  return [
    `The ${plural(rows, 'test row')} are a log: ${measured}. What each router would have scored is estimated from the queries that went to the model it chooses, ${how}.`,
    ...(clipped === 0
      ? []
      : [
          `${plural(clipped, 'test row')} went to a model whose chance was estimated below ${floor}: taken for ${floor}`,
        ]),
  ];
}

/** Points of frontiers that a log does not show. */
function frontierWarnings(rows: readonly ReportRow[]): string[] {
  const none = rows.filter(({ frontier }) => frontier === null).map(({ label }) => label);
  const partly = rows.flatMap(({ label, frontier }) =>
    frontier?.unknownPoints === undefined
      ? []
      : [`${label} ${frontier.unknownPoints} of ${frontier.unknownPoints + frontier.points.length}`],
  );
  return [
    ...(none.length === 0
      ? []
      : [`the log cannot tell of any point of a frontier, or does not have the costs: ${none.join(', ')}`]),
    ...(partly.length === 0
      ? []
      : [`points of frontiers that the log cannot tell of are left out (cost weights): ${partly.join(', ')}`]),
  ];
}

function evaluationWarnings(used: number, incomplete: number, noBestSingle: boolean): string[] {
  return [
    ...(used === 0 ? ['no test row has an outcome of every candidate: there is nothing to report'] : []),
    ...(used > 0 && used < LEAST_ROWS
      ? [`${plural(used, 'test row')}: too few for 95 % intervals, which take at least ${LEAST_ROWS}`]
      : []),
    ...(used > 0 && incomplete > 0
      ? [`${plural(incomplete, 'test row lacks', 'test rows lack')} an outcome of some candidate: left out`]
      : []),
    ...(noBestSingle ? ['no single model is best on the training data: there is no best-single to compare with'] : []),
  ];
}

/** What is chosen on a handful of rows is chosen by chance. */
function trainingWarnings({ outcomes, pairs }: ReportInput['training'], models: number): string[] {
  const learned = new Set<number>(pairs.map(({ query }) => query));
  outcomes?.score.forEach((score, k) => {
    if (!Number.isNaN(score)) learned.add(Math.floor(k / models));
  });
  if (learned.size === 0 || learned.size >= LEAST_ROWS) return [];
  return [
    `only ${plural(learned.size, 'training row')}: the best single model and the recommended router are chosen on too little to rely on`,
  ];
}

/** A margin is a number of the scores' own scale, and the default is meant for 0 to 1. */
function scaleWarnings(scores: Float64Array, margin: number): string[] {
  const highest = scores.reduce((most, score) => (score > most ? score : most), 0);
  if (highest <= 1) return [];
  const reach = Number(highest.toPrecision(3));
  return [
    `scores go up to ${reach}, beyond the scale from 0 to 1: the margin of ${margin}, and wrappers' within=, are counted on that scale too (give --margin in the scores' own unit, or divide the scores)`,
  ];
}

/** Rows that score as best-single does everywhere although they choose otherwise: a bootstrap would call that certain. */
function alikeWarnings(rows: readonly ReportRow[], used: number): string[] {
  if (used < LEAST_ROWS) return [];
  const alike = rows.filter(({ intervals }) => intervals['avg_performance'] === null).map(({ label }) => label);
  return alike.length === 0
    ? []
    : [
        `all ${used} test rows show the same difference from best-single, so that there is no 95 % interval (from ${LEAST_ALIKE} such rows on there is one): ${alike.join(', ')}`,
      ];
}
