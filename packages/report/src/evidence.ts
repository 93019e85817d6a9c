import type { Estimate, Interval, ReportRow, RunReport } from '@routeprofile/schema';
import { rowName } from '@routeprofile/eval';
import { dollars, fixed, interval, percent, signed } from '@routeprofile/eval/format';
import { orderedRows } from './view.js';

/** What a report says of rows beyond their metrics, as tables: the same on a terminal and on a page. */
export interface EvidenceTable {
  id: string;
  title: string;
  /** How to read it. */
  note: string;
  columns: EvidenceColumn[];
  lines: { name: string; cells: string[] }[];
}

interface EvidenceColumn {
  title: string;
  /** What the heading means. */
  help: string;
  /** Only where there is room, which a terminal has not. */
  wide?: boolean;
}

interface Column<T> extends EvidenceColumn {
  cell: (found: T, row: ReportRow) => string;
}

export const evidenceTables = (report: RunReport): EvidenceTable[] =>
  [frontier, operatingPoint, confidence, regret, robustness, quantization].flatMap((of) => of(report) ?? []);

/** A line for every row that has the thing; null when none has. */
function table<T>(
  report: RunReport,
  of: (row: ReportRow) => T | null | undefined,
  columns: readonly Column<T>[],
  words: Pick<EvidenceTable, 'id' | 'title' | 'note'>,
): EvidenceTable | null {
  const lines = orderedRows(report).flatMap((row) => {
    const found = of(row);
    return found == null ? [] : [{ name: rowName(report, row), cells: columns.map(({ cell }) => cell(found, row)) }];
  });
  if (lines.length === 0) return null;
  return { ...words, lines, columns: columns.map(({ title, help, wide }) => ({ title, help, ...(wide && { wide }) })) };
}

const estimate = ({ value, low, high }: Estimate): string => `${fixed(value)} [${fixed(low)}, ${fixed(high)}]`;
const shares = ({ value, low, high }: Estimate): string =>
  `${percent(value)} [${percent(low)}, ${percent(high)}]`.replaceAll(/ %(?=[,\]])/g, '');

const frontier = (report: RunReport) =>
  table(
    report,
    (row) => row.frontier,
    [
      {
        title: 'AIQ',
        help: 'Mean score over the range of costs, from the cheapest single model to the dearest',
        cell: ({ aiq }) => fixed(aiq?.router),
      },
      {
        title: 'vs constants [95 %]',
        help: 'AIQ minus what mixing single models at random reaches (their hull), with its paired bootstrap interval',
        cell: ({ aiq }) => interval(aiq?.difference),
      },
      {
        title: 'cost to match [95 %]',
        help: 'Lowest cost at which it is as good as the best single model, as a share of the cost of that model',
        cell: ({ costToBestSingle: found }) => (found ? costShare(found) : fixed(null)),
      },
      {
        title: 'matches',
        help: 'Share of the bootstrap resamples in which it is as good as the best single model at some cost',
        wide: true,
        cell: ({ costToBestSingle: found }) => percent(found?.reached),
      },
    ],
    {
      id: 'frontiers',
      title: 'Quality at each cost',
      note: `AIQ (from RouterBench): mean score over the range of costs, from the cheapest single model to the dearest. The constants, single models mixed at random, reach ${fixed(report.constantsFrontier?.aiq)} (their hull). Cost to match: at which share of its cost the best single model is matched. Cost weights are swept without test labels.${report.offPolicy ? ' All of it is estimated from the log (doubly robust), where that can tell.' : ''}`,
    },
  );

/** `52 % [44, never]` */
function costShare({ share, low, high }: { share: number | null; low: number | null; high: number | null }): string {
  const end = (value: number | null) => (value === null ? 'never' : percent(value).replace(' %', ''));
  return `${share === null ? 'never' : percent(share)} [${end(low)}, ${end(high)}]`;
}

const operatingPoint = (report: RunReport) => {
  const against = (name: string, wide: boolean) => {
    const found = (row: ReportRow) =>
      row.frontier?.operatingPoint?.comparisons.find(({ quality }) => quality.against === name);
    return [
      {
        title: `vs ${name} [95 %]`,
        help: `Mean score minus that of ${name}${name === 'best-in-hindsight' ? ', which is chosen on these test rows' : ''}, with its paired bootstrap interval`,
        wide,
        cell: (_: unknown, row: ReportRow) => interval(found(row)?.quality),
      },
      {
        title: wide ? 'its cost [95 %]' : 'cost share [95 %]',
        help: `Cost as a share of that of ${name}`,
        wide,
        cell: (_: unknown, row: ReportRow) => {
          const share = found(row)?.costShare;
          return share ? shares(share) : fixed(null);
        },
      },
    ];
  };
  // The same model twice tells nothing more.
  const { 'best-single': single, 'best-in-hindsight': hindsight } = report.baselines;
  const costs = report.rows.map((row) => row.frontier?.operatingPoint?.cost);
  const targets = new Set(report.rows.flatMap(({ frontier: found }) => found?.operatingPoint?.target ?? []));
  return table(
    report,
    (row) => row.frontier?.operatingPoint,
    [
      { title: 'average', help: 'Mean score', cell: ({ quality }) => fixed(quality) },
      ...against('best-single', false),
      ...(hindsight?.model === single?.model ? [] : against('best-in-hindsight', true)),
      { title: '$/1k', help: 'Dollars per 1,000 queries', wide: true, cell: ({ cost }) => dollars(cost, costs) },
      {
        title: 'promised',
        help: 'What it reached in cross-validation on the training data it was chosen on: mean score, and cost as a share of that of best-single; – where best-single is free',
        cell: ({ outOfFold }) => `${fixed(outOfFold.quality)}, ${percent(outOfFold.costShare)}`,
      },
      {
        title: 'weight λ',
        help: 'Cost weight: how much quality one dollar must buy',
        wide: true,
        cell: ({ lambda }) => String(Number(lambda.toPrecision(3))),
      },
    ],
    {
      id: 'operating-points',
      title: 'The point chosen in training',
      note: `Chosen on training data alone: ${[...targets].join('; ')}. promised: mean score and cost share that training data gave out of fold, beside what test rows gave.`,
    },
  );
};

const confidence = (report: RunReport) =>
  table(
    report,
    (row) => (row.riskCoverage || row.calibration ? row : null),
    [
      {
        title: 'AURC',
        help: 'Mean risk (1 − score) over all coverages; lower is better',
        cell: ({ riskCoverage }) => fixed(riskCoverage?.aurc.value),
      },
      {
        title: 'vs random [95 %]',
        help: 'AURC minus that of a random order: below 0, the router is surer where it is right',
        cell: ({ riskCoverage }) => interval(riskCoverage?.difference),
      },
      {
        title: 'best order',
        help: 'AURC of the best possible order',
        wide: true,
        cell: ({ riskCoverage }) => fixed(riskCoverage?.perfect),
      },
      {
        title: 'ECE [95 %]',
        help: 'Expected calibration error, from 0 (best) to 1, in bins with equally many rows',
        cell: ({ calibration }) => (calibration ? estimate(calibration.ece) : fixed(null)),
      },
      {
        title: 'by chance',
        help: 'The calibration error that perfect probabilities would show on as many rows',
        cell: ({ calibration }) => fixed(calibration?.eceByChance),
      },
      {
        title: 'Brier',
        help: 'Mean squared difference between probability and score, from 0 (best) to 1',
        cell: ({ calibration }) => fixed(calibration?.brier.value),
      },
      {
        title: 'probability − score',
        help: 'Mean probability minus mean score: above 0, the router is too sure',
        wide: true,
        cell: ({ calibration }) => signed(calibration ? calibration.meanProbability - calibration.meanScore : null),
      },
    ],
    {
      id: 'confidence',
      title: 'Does the router know when it is right?',
      note: 'AURC: mean risk (1 − score) if only the queries it is surest of were answered, over all shares of them; 0 is best. ECE: how far its probabilities are off, 0 to 1; with few rows, some of that is chance.',
    },
  );

const regret = (report: RunReport) =>
  table(
    report,
    (row) => row.regret,
    [
      {
        title: 'regret [95 %]',
        help: 'Mean of the row’s best score minus the score of the choice',
        cell: ({ mean }) => estimate(mean),
      },
      { title: 'none on', help: 'Share of the rows without regret', cell: ({ none }) => percent(none) },
      ...[0.5, 0.75, 0.9, 0.95, 0.99].map((at) => ({
        title: `${100 * at} %`,
        help: `${100 * at} % of the rows have at most this regret`,
        cell: ({ quantiles }: NonNullable<ReportRow['regret']>) =>
          fixed(quantiles.find((quantile) => quantile.at === at)?.regret),
      })),
    ],
    { id: 'regret', title: 'Regret', note: 'How far the choices fall short of the best model of each row.' },
  );

const robustness = (report: RunReport) => {
  const names = [
    ...new Set(report.rows.flatMap((row) => (row.robustness ?? []).map(({ perturbation }) => perturbation))),
  ];
  const queries = [...new Set(report.rows.flatMap((row) => (row.robustness ?? []).map((entry) => entry.queries)))];
  return table(
    report,
    (row) => row.robustness,
    names.map((name) => ({
      title: name,
      help: 'Share of the queries that go to the same model as before',
      cell: (found: NonNullable<ReportRow['robustness']>) =>
        percent(found.find(({ perturbation }) => perturbation === name)?.unchanged),
    })),
    {
      id: 'robustness',
      title: 'Does rephrasing change the choice?',
      note: `Share of the choices that stay the same when ${queries.join(' or ')} test queries are rephrased. A router that always chooses one model has 100 %.`,
    },
  );
};

const quantization = (report: RunReport) =>
  table(
    report,
    (row) => row.quantization,
    [
      { title: 'profile', help: 'How it was compressed', cell: ({ spec }) => spec },
      { title: 'bytes per model', help: 'After', cell: ({ bytesPerModel }) => String(bytesPerModel) },
      {
        title: 'of before',
        help: 'Share of the bytes that are left',
        wide: true,
        cell: ({ bytesPerModel, bytesBefore }) => percent(bytesPerModel / bytesBefore, 1),
      },
      {
        title: 'error',
        help: 'Relative error of the vectors read back',
        cell: ({ reconstructionError }) => fixed(reconstructionError),
      },
      { title: 'average', help: 'Mean score', wide: true, cell: (_, { metrics }) => fixed(metrics['avg_performance']) },
      {
        title: 'vs unquantized [95 %]',
        help: 'Mean score minus that with the uncompressed profile',
        cell: ({ quality }) => interval(quality),
      },
      {
        title: 'lost per KiB',
        help: 'Mean score lost for every 1,024 bytes saved per model',
        cell: ({ quality, bytesBefore, bytesPerModel }) => lostPerKiB(quality, bytesBefore - bytesPerModel),
      },
    ],
    {
      id: 'quantization',
      title: 'Smaller profiles',
      note: 'How much routing quality is lost when profiles take fewer bytes per model.',
    },
  );

const lostPerKiB = (quality: Interval | undefined, saved: number): string =>
  quality && saved > 0 ? signed((-quality.difference * 1024) / saved, 4) : fixed(null);
