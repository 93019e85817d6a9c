// How often ADWIN raises a false alarm, and how soon it finds a planted change. Measures statistics and speed; run by hand:
//   node bench/adwin.mjs [--streams 100] [--length 10000] [--delta 0.002]
// Each stream is drawn from its own seed; the change comes in its middle. A stream without a change is one drawn from the law before it.
// Prints a Markdown table, then the time per number.
import { parseArgs } from 'node:util';
import { createAdwin } from '@routeprofile/numerics';
import { createRandom } from '@routeprofile/schema';

const { values: args } = parseArgs({
  options: {
    streams: { type: 'string', default: '100' },
    length: { type: 'string', default: '10000' },
    delta: { type: 'string', default: '0.002' },
  },
});
const [STREAMS, LENGTH, DELTA] = [Number(args.streams), Number(args.length), Number(args.delta)];

const thumbs = (share) => (random) => (random.float() < share ? 1 : 0);
const scores = (mean) => (random) => Math.min(1, Math.max(0, mean + 0.15 * random.normal()));
const LAWS = [
  ['thumbs .8 → .7', thumbs(0.8), thumbs(0.7)],
  ['scores N(.6, .15) → N(.55, .15)', scores(0.6), scores(0.55)],
];
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

console.log(
  `${STREAMS} streams of ${LENGTH} numbers, δ = ${DELTA}, a look every 32 numbers; change at ${LENGTH / 2}\n`,
);
console.log(
  '| stream | streams without a change in which there is an alarm | changes found | alarms before the change | delay, median (10–90 %) | told once |',
);
console.log('|---|---|---|---|---|---|');
for (const [name, before, after] of LAWS) {
  let [silent, early, once] = [0, 0, 0];
  const delays = [];
  for (let s = 0; s < STREAMS; s++) {
    const random = createRandom(s, 'adwin', name);
    const calm = createAdwin({ delta: DELTA });
    let alarms = 0;
    for (let i = 0; i < LENGTH; i++) if (calm.add(before(random))) alarms++;
    if (alarms === 0) silent++;
    const watch = createAdwin({ delta: DELTA });
    const found = [];
    for (let i = 0; i < LENGTH; i++) if (watch.add((i < LENGTH / 2 ? before : after)(random))) found.push(i);
    if (found.some((i) => i < LENGTH / 2)) early++;
    const real = found.filter((i) => i >= LENGTH / 2);
    if (real.length > 0) delays.push(real[0] - LENGTH / 2);
    if (real.length === 1) once++;
  }
  delays.sort((a, b) => a - b);
  const spread = [0.5, 0.1, 0.9].map((q) => quantile(delays, q));
  console.log(
    `| ${name} | ${STREAMS - silent} of ${STREAMS} | ${delays.length} of ${STREAMS} | ${early} | ${spread[0]} (${spread[1]}–${spread[2]}) | ${once} |`,
  );
}

// A gateway that is started anew begins with empty windows: what that costs, by how much they had seen before the change.
const BEFORE = [100, 250, 500, 1_000, 2_500];
const RESTARTS = [500, 2_000];
console.log(`\n| stream | numbers before the change | changes found within ${LENGTH / 2} numbers | delay, median |`);
console.log('|---|---|---|---|');
for (const [name, before, after] of LAWS)
  for (const seen of BEFORE) {
    const delays = [];
    for (let s = 0; s < STREAMS; s++) {
      const random = createRandom(s, 'young', name);
      const watch = createAdwin({ delta: DELTA });
      for (let i = 0; i < seen; i++) watch.add(before(random));
      for (let i = 0; i < LENGTH / 2; i++)
        if (watch.add(after(random))) {
          delays.push(i);
          break;
        }
    }
    delays.sort((a, b) => a - b);
    console.log(`| ${name} | ${seen} | ${delays.length} of ${STREAMS} | ${quantile(delays, 0.5) ?? '–'} |`);
  }
console.log(
  `\n| stream | begun anew every | streams of ${LENGTH} numbers without a change in which there is an alarm |`,
);
console.log('|---|---|---|');
for (const [name, law] of LAWS)
  for (const every of RESTARTS) {
    let alarmed = 0;
    for (let s = 0; s < STREAMS; s++) {
      const random = createRandom(s, 'restarted', name);
      let watch = createAdwin({ delta: DELTA });
      let alarms = 0;
      for (let i = 0; i < LENGTH; i++) {
        if (i % every === 0) watch = createAdwin({ delta: DELTA });
        if (watch.add(law(random))) alarms++;
      }
      if (alarms > 0) alarmed++;
    }
    console.log(`| ${name} | ${every} numbers | ${alarmed} of ${STREAMS} |`);
  }

const random = createRandom(1, 'speed');
const numbers = Array.from({ length: 200_000 }, () => random.float());
const watch = createAdwin({ delta: DELTA });
for (const x of numbers) watch.add(x);
const began = performance.now();
for (let r = 0; r < 5; r++) for (const x of numbers) watch.add(x);
const micro = ((performance.now() - began) * 1000) / (5 * numbers.length);
const { rows } = watch.save();
const buckets = rows.reduce((sum, { sums }) => sum + sums.length, 0);
console.log(`\n${micro.toFixed(2)} µs per number, window of ${watch.width} numbers in ${buckets} buckets`);
