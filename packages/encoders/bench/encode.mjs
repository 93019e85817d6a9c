// Texts per second of use-lite, as one JSON document on standard output. Build first; then: node packages/encoders/bench/encode.mjs [--quick]
// short: 15 words; long: 300 words, of which the first 128 tokens are encoded (window=head). Each case runs in a process
// of its own, best of three rounds after a warm-up, so that other work on the machine disturbs as little as possible;
// asShipped: the same model as TensorFlow.js runs its graph in WebAssembly, windows of equal length together;
// hashed: use-lite-hash on one core, half of whose texts end in words that it hashes.
// perCpuSecond divides by the process's CPU time, which includes the garbage collector's and the compiler's threads.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const WORDS =
  'which router picks the best model for a question about history science mathematics code or language when every answer costs money and the passage of text above it is long'.split(
    ' ',
  );
const LENGTHS = { short: 15, long: 300 };

/** The same texts in every case, from a small congruential generator. */
function makeTexts(count, words, unseen) {
  let state = 42;
  const next = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const letters = () => String.fromCodePoint(...Array.from({ length: 12 }, () => 0x4e00 + next(500)));
  return Array.from({ length: count }, (_, i) => {
    const text = Array.from({ length: words }, () => WORDS[next(WORDS.length)]).join(' ');
    return unseen && i % 2 === 0 ? `${text} ${letters()}` : text;
  });
}

/** What encodes the texts: the encoder of that name, or the graph of use-lite as TensorFlow.js runs it. */
async function open({ threads, encoder, shipped }) {
  if (!shipped) {
    const { createEncoder } = await import('../dist/node.js');
    return createEncoder(`${encoder}:window=head`, { threads });
  }
  const [{ openGraph }, { useLiteFiles, createTokenizer, parseVocabulary }] = await Promise.all([
    import('./graph.mjs'),
    import('../dist/node.js'),
  ]);
  const graph = await openGraph();
  const tokenizer = createTokenizer(parseVocabulary(await useLiteFiles().vocab(), 'vocab.json'));
  return {
    async encode(texts) {
      const windows = texts.map((text) => tokenizer.encode(text).subarray(0, 128));
      for (const batch of graph.batches(windows)) await graph.run(batch.map((i) => windows[i]));
    },
  };
}

async function measure({ kind, threads, count, rounds, encoder: name = 'use-lite', unseen = false, shipped = false }) {
  const texts = makeTexts(count, LENGTHS[kind], unseen);
  const encoder = await open({ threads, encoder: name, shipped });
  const seconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  await encoder.encode(texts);
  let best = { textsPerSecond: 0, perCpuSecond: 0 };
  for (let round = 0; round < rounds; round++) {
    const [wall, cpu] = [performance.now(), seconds()];
    await encoder.encode(texts);
    const textsPerSecond = (1000 * count) / (performance.now() - wall);
    const perCpuSecond = count / (seconds() - cpu);
    best = {
      textsPerSecond: Math.max(best.textsPerSecond, textsPerSecond),
      perCpuSecond: Math.max(best.perCpuSecond, perCpuSecond),
    };
  }
  const peakMegabytes = process.resourceUsage().maxRSS / 1000;
  return { kind, encoder: name, threads, texts: count, ...best, peakMegabytes };
}

function inProcess(job) {
  const out = execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--job', JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out.toString());
}

const rounded = (result) =>
  Object.fromEntries(
    Object.entries(result).map(([key, x]) => [key, typeof x === 'number' ? Math.round(x * 100) / 100 : x]),
  );

const jobAt = process.argv.indexOf('--job');
if (jobAt > 0) {
  console.log(JSON.stringify(await measure(JSON.parse(process.argv[jobAt + 1]))));
} else {
  const quick = process.argv.includes('--quick');
  const cores = availableParallelism();
  const rounds = quick ? 1 : 3;
  const size = (kind, threads) => (kind === 'short' ? 400 : 60) * threads * (quick ? 0.5 : 1);
  const results = {};
  for (const kind of ['short', 'long']) {
    const job = (threads, more = {}) => inProcess({ kind, threads, count: size(kind, threads), rounds, ...more });
    const [shipped, one] = [job(1, { shipped: true }), job(1)];
    const all = cores > 1 ? job(cores) : one;
    const [plain, hashed] = ['use-lite', 'use-lite-hash'].map((encoder) => job(1, { encoder, unseen: true }));
    results[kind] = {
      words: LENGTHS[kind],
      asShipped: rounded(shipped),
      oneCore: rounded(one),
      allCores: rounded(all),
      hashed: rounded(hashed),
      // Of the same texts, by CPU time as below.
      hashedToPlain: Math.round((100 * hashed.perCpuSecond) / plain.perCpuSecond) / 100,
      // By CPU time: what else runs on the machine distorts it less.
      ratioToShipped: Math.round((100 * one.perCpuSecond) / shipped.perCpuSecond) / 100,
    };
  }
  console.log(
    JSON.stringify({ bench: 'encode', node: process.version, cpu: cpus()[0]?.model, cores, ...results }, null, 2),
  );
}
