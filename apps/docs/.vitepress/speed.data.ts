import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from '@routeprofile/schema';

const FILE = fileURLToPath(new URL('../experiments/speed.json', import.meta.url));

/** A table of the page on speed, and what made it. */
export interface SpeedTable {
  columns: string[];
  rows: string[][];
  command: string;
  /** Machine, Node.js and day. */
  where: string;
}

const bench = <T extends z.ZodType>(document: T) =>
  z.object({
    command: z.string(),
    date: z.string(),
    cpu: z.string(),
    cores: z.number(),
    node: z.string(),
    document,
  });
type Bench = z.infer<ReturnType<typeof bench<z.ZodUnknown>>>;

const fit = z.object({ seconds: z.number(), times: z.number(), megabytes: z.number() });
const spread = z.object({ p50: z.number(), p99: z.number() });
const encoded = z.object({ perCpuSecond: z.number() });
const textLength = z.object({ words: z.number(), asShipped: encoded, oneCore: encoded, hashed: encoded });
const report = z.object({
  models: z.number(),
  evaluationSeconds: z.number(),
  reportSeconds: z.number(),
  reportJsonBytes: z.number(),
  reportHtmlBytes: z.number(),
  constantsBytes: z.number().optional(),
  peakMegabytes: z.number(),
});
const imported = z.object({ fileMegabytes: z.number(), seconds: z.number(), peakMegabytes: z.number() });
const catalogue = z.object({
  lists: z.object({
    recall: z.number(),
    worthOfChosen: z.number(),
    worthOfExact: z.number(),
    bytesPerAdapter: z.number(),
    memoryMegabytes: z.number(),
    buildSeconds: z.number(),
    searchMilliseconds: z.object({ wall: spread }),
    filteredMilliseconds: z.object({ quarter: z.object({ wall: spread }) }),
    addMilliseconds: z.object({ wall: spread }),
  }),
});
/** A job done by another checkout and by this one. */
const compared = <T extends z.ZodType>(figures: T) =>
  bench(
    z.object({
      commits: z.object({ other: z.string(), this: z.string() }),
      arguments: z.record(z.string(), z.coerce.string()),
      other: figures,
      this: figures,
    }),
  );
const command = compared(z.object({ seconds: z.number(), megabytes: z.number(), reportBytes: z.number().optional() }));
const speedSchema = z.object({
  'against-run': command,
  'against-auto': compared(z.object({ seconds: z.number() })),
  'against-encode': compared(
    z.object({
      shortTextsPerSecondOneCore: z.number(),
      shortTextsPerSecondAllCores: z.number(),
      longTextsPerSecondOneCore: z.number(),
      longTextsPerSecondAllCores: z.number(),
    }),
  ),
  'against-report': command,
  'against-log': command,
  encode: bench(z.object({ short: textLength, long: textLength })),
  growth: bench(
    z.object({
      models: z.number(),
      routers: z.record(z.string(), z.record(z.string(), z.union([fit, z.object({ over: z.string() })]))),
    }),
  ),
  'large-log': bench(z.object({ models: z.number(), parquet: z.record(z.string(), imported) })),
  latency: bench(z.object({ results: z.record(z.string(), z.object({ p50: z.number(), p99: z.number() })) })),
  'profile-index': bench(z.object({ sizes: z.record(z.string(), catalogue) })),
  'report-size': bench(z.record(z.string(), report)),
  training: bench(
    z.object({
      run: z.object({ rows: z.number(), models: z.number(), seconds: z.number(), frontierTimes: z.number() }),
      auto: z.object({ rows: z.number(), models: z.number(), seconds: z.number() }),
    }),
  ),
});

const whole = (x: number): string => Math.round(x).toLocaleString('en-US');
const digits = (x: number): string => (x >= 100 ? whole(x) : String(Number(x.toPrecision(2))));
const seconds = (x: number): string => `${digits(x)} s`;
const milliseconds = (x: number): string => `${digits(x)} ms`;
const megabytes = (x: number): string => `${digits(x)} MB`;

const table = ({ command, date, cpu, cores, node }: Bench, columns: string[], rows: string[][]): SpeedTable => ({
  columns,
  rows,
  command,
  where: `${cpu}, ${cores} cores, Node.js ${node.replace('v', '')}, ${date}`,
});

type Speed = z.infer<typeof speedSchema>;

function training(own: Speed['training']): SpeedTable {
  const { run, auto } = own.document;
  return table(
    own,
    ['what', 'training rows × models', 'time'],
    [
      ['`run` with its defaults, vectors cached', `${whole(run.rows)} × ${run.models}`, seconds(run.seconds)],
      ['the same with `--frontier`', `${whole(run.rows)} × ${run.models}`, `${digits(run.frontierTimes)} times that`],
      ['fit of `auto`', `${whole(auto.rows)} × ${auto.models}`, seconds(auto.seconds)],
    ],
  );
}

function against(speed: Speed): SpeedTable {
  const [run, auto, encode, report, log] = [
    speed['against-run'],
    speed['against-auto'],
    speed['against-encode'],
    speed['against-report'],
    speed['against-log'],
  ];
  const row = <T>(
    what: string,
    { document: { other, this: now } }: { document: { other: T; this: T } },
    figure: (of: T) => number,
    show: (x: number) => string,
    moreIsBetter = false,
  ): string[] => {
    const [before, after] = [figure(other), figure(now)];
    const times = moreIsBetter ? after / before : before / after;
    return [what, show(before), show(after), `${digits(times)} times`];
  };
  const perSecond = (x: number) => `${digits(x)} per second`;
  const { commits, arguments: sizes } = run.document;
  const size = (name: string) => whole(Number(sizes[name]));
  const many = `\`run\` on 60 rows of ${size('report-models')} models`;
  const large = `\`profile build\` from ${size('log-megabytes')} MB of outcomes`;
  return table(
    { ...run, command: 'npm run bench -- --against CHECKOUT' },
    ['what', `commit ${commits.other}`, `commit ${commits.this}`, 'better by'],
    [
      row(`\`run\` with its defaults, ${size('rows')} × ${size('models')}`, run, (x) => x.seconds, seconds),
      row(`fit of \`auto\`, ${size('auto-rows')} × ${size('auto-models')}`, auto, (x) => x.seconds, seconds),
      row(many, report, (x) => x.seconds, seconds),
      row(`${many}: memory`, report, (x) => x.megabytes, megabytes),
      row(`${many}: report.json`, report, (x) => (x.reportBytes ?? 0) / 1e6, megabytes),
      row(large, log, (x) => x.seconds, seconds),
      row(`${large}: memory`, log, (x) => x.megabytes, megabytes),
      row('`use-lite`, 15 words, one core', encode, (x) => x.shortTextsPerSecondOneCore, perSecond, true),
      row('`use-lite`, 15 words, all cores', encode, (x) => x.shortTextsPerSecondAllCores, perSecond, true),
      row('`use-lite`, 300 words, one core', encode, (x) => x.longTextsPerSecondOneCore, perSecond, true),
      row('`use-lite`, 300 words, all cores', encode, (x) => x.longTextsPerSecondAllCores, perSecond, true),
    ],
  );
}

function growth(own: Speed['growth']): SpeedTable {
  const routers = Object.entries(own.document.routers);
  const sizes = [...new Set(routers.flatMap(([, found]) => Object.keys(found)))];
  return table(
    own,
    ['router', ...sizes.map((rows) => `${whole(Number(rows))} rows`)],
    routers.map(([name, found]) => [
      `\`${name}\``,
      ...sizes.map((rows) => {
        const one = found[rows];
        if (one === undefined) return 'not tried';
        return 'over' in one ? `over ${one.over}` : `${seconds(one.seconds)}, ${megabytes(one.megabytes)}`;
      }),
    ]),
  );
}

const reports = (own: Speed['report-size']): SpeedTable =>
  table(
    own,
    ['models', 'evaluation', 'report', 'report.json', 'constants.jsonl', 'report.html', 'peak memory'],
    Object.values(own.document).map((one) => [
      whole(one.models),
      seconds(one.evaluationSeconds),
      seconds(one.reportSeconds),
      megabytes(one.reportJsonBytes / 1e6),
      one.constantsBytes === undefined ? '–' : megabytes(one.constantsBytes / 1e6),
      megabytes(one.reportHtmlBytes / 1e6),
      megabytes(one.peakMegabytes),
    ]),
  );

const logs = (own: Speed['large-log']): SpeedTable =>
  table(
    own,
    ['rows', 'outcomes', 'Parquet file', 'time', 'peak memory'],
    Object.entries(own.document.parquet).map(([rows, one]) => [
      whole(Number(rows)),
      whole(Number(rows) * own.document.models),
      megabytes(one.fileMegabytes),
      seconds(one.seconds),
      megabytes(one.peakMegabytes),
    ]),
  );

const catalogues = (own: Speed['profile-index']): SpeedTable =>
  table(
    own,
    [
      'models',
      'recall',
      'worth of the choice',
      'if read exactly',
      'search p50 / p99',
      'with a filter p50 / p99',
      'add p50 / p99',
      'bytes per model',
      'build',
    ],
    Object.entries(own.document.sizes).map(([size, { lists }]) => [
      whole(Number(size)),
      lists.recall.toFixed(3),
      lists.worthOfChosen.toFixed(3),
      lists.worthOfExact.toFixed(3),
      `${digits(lists.searchMilliseconds.wall.p50)} / ${milliseconds(lists.searchMilliseconds.wall.p99)}`,
      `${digits(lists.filteredMilliseconds.quarter.wall.p50)} / ${milliseconds(lists.filteredMilliseconds.quarter.wall.p99)}`,
      `${digits(lists.addMilliseconds.wall.p50)} / ${milliseconds(lists.addMilliseconds.wall.p99)}`,
      whole(lists.bytesPerAdapter),
      seconds(lists.buildSeconds),
    ]),
  );

const decisions = (own: Speed['latency']): SpeedTable =>
  table(
    own,
    ['router', 'p50', 'p99'],
    Object.entries(own.document.results).map(([name, { p50, p99 }]) => [
      `\`${name}\``,
      milliseconds(p50),
      milliseconds(p99),
    ]),
  );

const encoding = (own: Speed['encode']): SpeedTable =>
  table(
    own,
    ['text', 'the graph, run by TensorFlow.js', '`use-lite`', '`use-lite-hash`'],
    [own.document.short, own.document.long].map(({ words, asShipped, oneCore, hashed }) => [
      `${words} words`,
      ...[asShipped, oneCore, hashed].map(({ perCpuSecond }) => `${digits(perCpuSecond)} per second`),
    ]),
  );

export interface SpeedTables {
  against: SpeedTable;
  training: SpeedTable;
  growth: SpeedTable;
  reports: SpeedTable;
  logs: SpeedTable;
  catalogues: SpeedTable;
  decisions: SpeedTable;
  encoding: SpeedTable;
}

export declare const data: SpeedTables;

export default {
  watch: [FILE],
  load(): SpeedTables {
    const speed = speedSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
    return {
      against: against(speed),
      training: training(speed.training),
      growth: growth(speed.growth),
      reports: reports(speed['report-size']),
      logs: logs(speed['large-log']),
      catalogues: catalogues(speed['profile-index']),
      decisions: decisions(speed.latency),
      encoding: encoding(speed.encode),
    };
  },
};
