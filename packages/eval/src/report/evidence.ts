import type { Estimate, Interval, ReportRow, RunReport } from '@routeprofile/schema';
import { dollars, fixed, interval, percent, signed } from './format.js';
import { orderedRows, rowName } from './view.js';

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
        help: 'Mean quality over the range of costs of the constants',
        cell: ({ aiq }) => fixed(aiq?.router),
      },
      {
        title: 'to constants [95 %]',
        help: 'AIQ less that of the hull of constants, with its paired bootstrap interval',
        cell: ({ aiq }) => interval(aiq?.difference),
      },
      {
        title: 'cost to best-single [95 %]',
        help: 'Lowest cost at which it is as good as best-single, as a share of best-single’s cost',
        cell: ({ costToBestSingle: found }) => (found ? costShare(found) : fixed(null)),
      },
      {
        title: 'gets there',
        help: 'Share of the resamples in which it is as good as best-single at some cost',
        wide: true,
        cell: ({ costToBestSingle: found }) => percent(found?.reached),
      },
    ],
    {
      id: 'frontiers',
      title: 'Quality at any cost',
      note: `AIQ (RouterBench) is the mean quality over the range of what the constants cost; the hull of constants has ${fixed(report.constantsFrontier?.aiq)}. Weights of cost are swept without labels.`,
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
        title: `to ${name} [95 %]`,
        help: `Quality less that of ${name}${name === 'best-in-hindsight' ? ', which is chosen on these test rows' : ''}, with its paired bootstrap interval`,
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
  const targets = new Set(report.rows.flatMap(({ frontier: found }) => found?.operatingPoint?.target ?? []));
  return table(
    report,
    (row) => row.frontier?.operatingPoint,
    [
      { title: 'average', help: 'Mean score', cell: ({ quality }) => fixed(quality) },
      ...against('best-single', false),
      ...(hindsight?.model === single?.model ? [] : against('best-in-hindsight', true)),
      { title: '$/1k', help: 'Dollars per 1,000 queries', wide: true, cell: ({ cost }) => dollars(cost) },
      {
        title: 'promised',
        help: 'Quality and cost share out of fold, in the training data that the point was chosen on; – where best-single is free',
        cell: ({ outOfFold }) => `${fixed(outOfFold.quality)}, ${percent(outOfFold.costShare)}`,
      },
      {
        title: 'weight λ',
        help: 'Weight of cost',
        wide: true,
        cell: ({ lambda }) => String(Number(lambda.toPrecision(3))),
      },
    ],
    {
      id: 'operating-points',
      title: 'The point chosen in training',
      note: `Chosen on training data alone: ${[...targets].join('; ')}.`,
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
        help: 'Mean risk over all coverages; lower is better',
        cell: ({ riskCoverage }) => fixed(riskCoverage?.aurc.value),
      },
      {
        title: 'to random [95 %]',
        help: 'Less that of random order: below 0, the router is surer where it is right',
        cell: ({ riskCoverage }) => interval(riskCoverage?.difference),
      },
      {
        title: 'best order',
        help: 'Area of the best order there is',
        wide: true,
        cell: ({ riskCoverage }) => fixed(riskCoverage?.perfect),
      },
      {
        title: 'ECE [95 %]',
        help: 'Expected calibration error, bins of equal mass',
        cell: ({ calibration }) => (calibration ? estimate(calibration.ece) : fixed(null)),
      },
      {
        title: 'by chance',
        help: 'The calibration error that perfect probabilities would show on as many rows',
        cell: ({ calibration }) => fixed(calibration?.eceByChance),
      },
      {
        title: 'Brier',
        help: 'Mean squared distance of probability and score',
        cell: ({ calibration }) => fixed(calibration?.brier.value),
      },
      {
        title: 'probability − score',
        help: 'Mean probability less mean score: above 0, the router is too sure',
        wide: true,
        cell: ({ calibration }) => signed(calibration ? calibration.meanProbability - calibration.meanScore : null),
      },
    ],
    {
      id: 'confidence',
      title: 'Does it know what it knows?',
      note: 'AURC: risk (1 − score) of the rows it is surest of, over all coverages. Few rows show some ECE by chance alone.',
    },
  );

const regret = (report: RunReport) =>
  table(
    report,
    (row) => row.regret,
    [
      {
        title: 'regret [95 %]',
        help: 'Mean of the row’s best score less that of the choice',
        cell: ({ mean }) => estimate(mean),
      },
      { title: 'none on', help: 'Share of the rows without regret', cell: ({ none }) => percent(none) },
      ...[0.5, 0.75, 0.9, 0.95, 0.99].map((at) => ({
        title: `${100 * at} %`,
        help: `${100 * at} % of the rows have no more`,
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
      title: 'Is it the same question?',
      note: `Share of the choices that stay when ${queries.join(' or ')} queries are said otherwise. A constant has 100 %.`,
    },
  );
};

const quantization = (report: RunReport) =>
  table(
    report,
    (row) => row.quantization,
    [
      { title: 'profile', help: 'How it was made smaller', cell: ({ spec }) => spec },
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
        title: 'to unquantized [95 %]',
        help: 'Mean score less that with the profile as it was',
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
