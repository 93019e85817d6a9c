// node bench/large-log.mjs [--rows N,N,…] [--formats parquet,jsonl] [--per-task N] [--seed N] [--folder DIR]: a seeded log of N queries × 8 models × 12 tasks
// (a wide row per query: score and cost of each model), imported as a sample with task scores from all rows; Parquet is read through DuckDB.
// Prints JSON: per format and N the size of the file in megabytes, seconds, peak resident memory of the process in megabytes, and that as a
// ratio to the first N; what is done is also said on standard error. `agree` tells whether both formats gave the same scores and rows. A file is deleted before the next is made: 10 million
// rows are 0.7 GB of Parquet and 4 GB of JSON lines.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MODELS = 8;
const TASKS = 12;
const WORDS =
  'alpha river number train seven market rule light proof garden engine paper square water price letter'.split(' ');
const SELF = fileURLToPath(import.meta.url);

/** Rows as SQL: what is random is a hash of the row's number, of what is drawn and of the seed. Better models score more and cost more. */
function logSql(rows, seed) {
  const share = (what) => `(hash(i, '${what}', ${seed}) % 1000000) / 1e6`;
  const word = (j) =>
    `[${WORDS.map((text) => `'${text}'`).join()}][1 + (hash(i, 'word ${j}', ${seed}) % ${WORDS.length})::INT]`;
  const models = Array.from(
    { length: MODELS },
    (_, m) =>
      `(${share(`score ${m}`)} < ${(0.3 + 0.05 * m).toFixed(2)})::INT AS "model-${m}", round(${(m + 1) / 1e4} * (0.5 + ${share(`cost ${m}`)}), 8) AS "model-${m}.cost"`,
  );
  const text = Array.from({ length: 8 }, (_, j) => word(j)).join(` || ' ' || `);
  return `SELECT 'task-' || (hash(i, 'task', ${seed}) % ${TASKS}) AS task, 'Question ' || i || ': ' || ${text} || '?' AS query, ${models.join(', ')} FROM range(${rows}) t(i)`;
}

async function write(path, rows, seed) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })).connect();
  await connection.run(
    `COPY (${logSql(rows, seed)}) TO '${path}' (FORMAT ${path.endsWith('.parquet') ? 'parquet' : 'json'})`,
  );
  connection.closeSync();
}

async function read(path, out, sample, seed) {
  const { importOutcomes } = await import('../dist/index.js');
  const isParquet = path.endsWith('.parquet');
  const started = performance.now();
  const source = isParquet ? `SELECT * FROM '${path}'` : path;
  const { rows } = await importOutcomes(source, out, { sample, seed, ...(isParquet && { engine: 'duckdb' }) });
  const { sampled } = JSON.parse(readFileSync(join(out, 'meta.json'), 'utf8'));
  const digest = createHash('sha256').update(readFileSync(join(out, 'outcomes.jsonl')));
  digest.update(
    JSON.stringify(
      sampled.rest.map(({ task, models }) => [task, Object.values(models).map(({ scores, sum }) => [scores, sum])]),
    ),
  );
  return {
    seconds: (performance.now() - started) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    sampledQueries: rows,
    digest: digest.digest('hex').slice(0, 16),
  };
}

/** One step in a process of its own: its peak memory is then that of the step. */
const inProcess = (...args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SELF, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(text || 'null')) : reject(new Error(`${args[0]} failed`)),
    );
  });

async function bench() {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '20000,100000' },
      formats: { type: 'string', default: 'parquet,jsonl' },
      'per-task': { type: 'string', default: '200' },
      seed: { type: 'string', default: '42' },
      folder: { type: 'string', default: tmpdir() },
    },
  });
  const { seed, 'per-task': sample } = values;
  const folder = mkdtempSync(join(values.folder, 'routeprofile-large-log-'));
  const result = { models: MODELS, tasks: TASKS, perTask: Number(sample), seed: Number(seed) };
  try {
    for (const format of values.formats.split(',')) {
      result[format] = {};
      let first;
      for (const rows of values.rows.split(',')) {
        const path = join(folder, `log.${format}`);
        await inProcess('--write', path, rows, seed);
        const megabytes = statSync(path).size / 2 ** 20;
        const done = await inProcess('--read', path, join(folder, `${format}-${rows}`), sample, seed);
        rmSync(path);
        first ??= done.peakMegabytes;
        console.error(`${format} ${rows}: ${JSON.stringify(done)}`);
        result[format][rows] = { fileMegabytes: megabytes, ...done, memoryGrowth: done.peakMegabytes / first };
      }
    }
    const [one, other] = values.formats.split(',').map((format) =>
      Object.values(result[format])
        .map(({ digest }) => digest)
        .join(),
    );
    if (other !== undefined) result.agree = one === other;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(JSON.stringify(result, null, 2));
}

const [step, path, ...rest] = process.argv.slice(2);
if (step === '--write') await write(path, Number(rest[0]), Number(rest[1]));
else if (step === '--read') console.log(JSON.stringify(await read(path, rest[0], Number(rest[1]), Number(rest[2]))));
else await bench();
