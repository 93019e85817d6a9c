// The longest that a search by inverted lists takes: made-up lists about which nothing is certain, so that none ends before `scanned` rows.
//   node bench/inverted-lists.mjs [--rows 1000000] [--width 512] [--lists 1000] [--searches 300] [--scattered] [--kinds 4]
// --scattered: rows lie in the order in which they came (as added one by one), not list by list (as after `settle`).
// --kinds: rows are of as many kinds, by turns, and searches admit one of them; in lists that lie together, so do the rows of a kind. Default 1.
// Milliseconds of the processor, which other programs do not lengthen much, and of the clock. Prints one JSON document.
import { parseArgs } from 'node:util';
import { createMatrix, createRandom, normalizeRows, rowOf } from '@routeprofile/schema';
import { invertedListsOf, quantile, SCANNED } from '@routeprofile/numerics';

const { values: args } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    width: { type: 'string', default: '512' },
    lists: { type: 'string', default: '1000' },
    searches: { type: 'string', default: '300' },
    scattered: { type: 'boolean', default: false },
    kinds: { type: 'string', default: '1' },
  },
});
const [ROWS, WIDTH, LISTS, SEARCHES, KINDS] = [args.rows, args.width, args.lists, args.searches, args.kinds].map(
  Number,
);
const FOUND = 100;
const WARM_UP = 20;
/** So few that no search is certain before it has looked at `scanned` rows. */
const BASES = Math.max(1, Math.floor(29 / KINDS));

const random = createRandom(1, 'inverted lists');
const bases = createMatrix(BASES, WIDTH);
bases.data.forEach((_, k, data) => (data[k] = random.normal()));
const around = (count, far) => {
  const out = createMatrix(count, WIDTH);
  for (let i = 0; i < count; i++) {
    const base = rowOf(bases, i % BASES);
    rowOf(out, i).forEach((_, d, row) => (row[d] = base[d] + far * random.normal()));
  }
  return normalizeRows(out);
};
const centres = around(LISTS, 0.005);
const codes = new Uint8Array(ROWS * 32 * Math.ceil(WIDTH / 32));
const block = Uint8Array.from({ length: 1 << 20 }, () => random.int(255) + 129);
for (let at = 0; at < codes.length; at += block.length)
  codes.set(block.subarray(0, Math.min(block.length, codes.length - at)), at);
const index = invertedListsOf({
  centres: { groups: centres, centres, starts: Int32Array.from({ length: LISTS + 1 }, (_, l) => l) },
  lists: Int32Array.from({ length: ROWS }, (_, i) => (args.scattered ? i % LISTS : Math.floor((i * LISTS) / ROWS))),
  scales: new Float32Array(ROWS).fill(6e-6),
  lengths: new Float32Array(ROWS).fill(1),
  orders: Float64Array.from({ length: ROWS }, (_, i) => i),
  codes,
});

const perList = ROWS / LISTS;
const kinds = Int32Array.from({ length: ROWS }, (_, i) =>
  args.scattered ? Math.floor(i / LISTS) % KINDS : Math.floor(((i % perList) * KINDS) / perList),
);
const limits = KINDS > 1 && {
  admitted: { kinds, admits: Uint8Array.from({ length: KINDS }, (_, k) => Number(k === 1)) },
};
const queries = around(50, 3);
const [cpu, wall] = [[], []];
let certain = 0;
for (let i = -WARM_UP; i < SEARCHES; i++) {
  const query = rowOf(queries, (i + WARM_UP) % queries.rows);
  const [before, began] = [process.cpuUsage(), performance.now()];
  const { complete } = index.search(query, FOUND, limits || {});
  if (i < 0) continue;
  const { user, system } = process.cpuUsage(before);
  cpu.push((user + system) / 1_000);
  wall.push(performance.now() - began);
  certain += Number(complete);
}
const spread = (values) => {
  const sorted = Float64Array.from(values).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
};
console.log(
  JSON.stringify(
    {
      rows: ROWS,
      width: WIDTH,
      lists: LISTS,
      scanned: SCANNED,
      kinds: KINDS,
      layout: args.scattered ? 'as added' : 'list by list',
      bytesPerRow: index.bytes / ROWS,
      certain: certain / SEARCHES,
      processorMilliseconds: spread(cpu),
      clockMilliseconds: spread(wall),
    },
    null,
    2,
  ),
);
