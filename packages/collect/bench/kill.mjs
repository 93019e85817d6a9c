// Collecting from models that misbehave, killed with SIGKILL at random moments: is an answer lost, is one paid twice, is the budget
// passed, and how near does it come to the endpoint's limit?
//
//   node packages/collect/bench/kill.mjs --prompts 500 --models 5 --faults 0.05 --kills 20 --rpm 3000 --seed 1
//
// Prints one JSON document; ends with 1 when something is wrong. Needs the built packages.
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { collectConfigSchema, collectOutcomes } from '@routeprofile/collect';
import { misbehaving, openStandInModels } from '@routeprofile/providers/testing';
import { createRandom } from '@routeprofile/schema';

const delays = { firstDelay: 20, maximumDelay: 1000 };
if (process.env.COLLECT_CHILD) {
  const { config, folder } = JSON.parse(process.env.COLLECT_CHILD);
  const parts = { folder, delays };
  process.send?.('asking');
  const report = await collectOutcomes(collectConfigSchema.parse(config), parts, { seed: 1 });
  process.send?.({ spent: report.spent, requests: report.requests });
  process.disconnect();
} else await main();

async function main() {
  const { values } = parseArgs({
    options: Object.fromEntries(
      Object.entries({
        prompts: '500',
        models: '5',
        faults: '0.05',
        kills: '20',
        rpm: '3000',
        seed: '1',
        latency: '50',
      }).map(([name, value]) => [name, { type: 'string', default: value }]),
    ),
  });
  const [prompts, models, faults, kills, rpm, seed, latency] = Object.values({
    prompts: values.prompts,
    models: values.models,
    faults: values.faults,
    kills: values.kills,
    rpm: values.rpm,
    seed: values.seed,
    latency: values.latency,
  }).map(Number);
  const folder = mkdtempSync(join(tmpdir(), 'routeprofile-kill-'));
  writeFileSync(
    join(folder, 'prompts.jsonl'),
    Array.from({ length: prompts }, (_, i) => JSON.stringify({ query: `question ${i}`, reference: 'says' })).join('\n'),
  );
  try {
    const throughput = await uninterrupted();
    const known = await killed(true);
    const unknown = await killed(false);
    const wrong = [known, unknown].flatMap(({ problems }) => problems);
    console.log(JSON.stringify({ prompts, models, faults, kills, throughput, known, unknown }, null, 2));
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  function settings(server, out, budget) {
    const model = {
      baseUrl: server.baseUrl,
      price: { input: 1, output: 2 },
      maxOutputTokens: 20,
      timeout: 2,
      concurrency: 16,
      requestsPerMinute: rpm,
    };
    const names = Array.from({ length: models }, (_, i) => [`model-${i}`, model]);
    return { prompts: 'prompts.jsonl', out, budget, models: Object.fromEntries(names), retries: 8 };
  }

  function serve(idempotent) {
    return openStandInModels({ latency, slowness: 400, idempotent, fails: misbehaving(faults, seed) });
  }

  /** Requests per minute, as a share of the limit. */
  async function uninterrupted() {
    const server = await serve(true);
    let begun = 0;
    const result = await run(settings(server, 'fast', 1000), undefined, () => (begun = performance.now()));
    const minutes = (performance.now() - begun) / 60_000;
    const perMinute = server.requests.length / minutes;
    await server.close();
    return { limit: rpm, perMinute, share: perMinute / rpm, requests: result.requests };
  }

  /** One run after the other, each but the last killed. */
  async function killed(idempotent) {
    const server = await serve(idempotent);
    const out = idempotent ? 'known' : 'unknown';
    const budget = (prompts * models * 400) / 1e6;
    const random = createRandom(seed, 'kills');
    const expected = (prompts * models) / (rpm / 60) / (kills + 1);
    let done = 0;
    const problems = [];
    for (; done < kills; done++) {
      const after = Math.max(30, expected * 1000 * (0.2 + 1.4 * random.float()));
      const result = await run(settings(server, out, budget), after);
      check(server, out, budget, problems);
      if (result) break;
    }
    const report = await run(settings(server, out, budget), undefined);
    const lines = check(server, out, budget, problems);
    const answers = lines.filter(({ type }) => type === 'answered');
    const ends = new Set(lines.filter(({ type }) => type !== 'started').map(({ key, attempt }) => `${key} ${attempt}`));
    const lost = lines.filter(({ type, key, attempt }) => type === 'started' && !ends.has(`${key} ${attempt}`));
    const distinct = new Set(answers.map(({ key }) => key)).size;
    const paidTwice = server.paid.length - new Set(server.paid).size;
    if (distinct !== prompts * models) problems.push(`${prompts * models - distinct} answers are missing`);
    if (answers.length !== distinct) problems.push(`${answers.length - distinct} answers were written twice`);
    if (idempotent && paidTwice > 0) problems.push(`${paidTwice} answers were paid twice`);
    // Without idempotency keys, what was in flight at a kill, or timed out, may be paid again; nothing else.
    const uncertain = lost.length + lines.filter(({ type, came }) => type === 'failed' && !came).length;
    if (paidTwice > uncertain) problems.push(`${paidTwice} answers were paid twice, of ${uncertain} that may be`);
    await server.close();
    return {
      kills: done,
      answers: answers.length,
      paidTwice,
      inFlightAtKills: lost.length,
      spent: report.spent,
      charged: cost(server),
      budget,
      faults: Object.fromEntries(server.shown),
      problems,
    };
  }

  function check(server, out, budget, problems) {
    const text = readFileSync(join(folder, out, 'answers.jsonl'), 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const lines = whole
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    if (cost(server) > budget) problems.push(`the servers charged $${cost(server)} of $${budget}`);
    return lines;
  }

  /** Dollars, by the prices of `settings`. */
  function cost({ tokens }) {
    return (tokens.input + 2 * tokens.output) / 1e6;
  }

  /** @returns what the run reports; undefined when it was killed, `killAfter` milliseconds after it began to ask */
  function run(config, killAfter, begins = () => undefined) {
    return new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), [], {
        env: { ...process.env, COLLECT_CHILD: JSON.stringify({ config, folder }) },
      });
      let result;
      let timer;
      child.on('message', (message) => {
        if (message !== 'asking') result = message;
        else if (killAfter === undefined) begins();
        else timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
      });
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        if (signal === 'SIGKILL') resolve(undefined);
        else if (code === 0 && result) resolve(result);
        else reject(new Error(`the run ended with ${code ?? signal}`));
      });
    });
  }
}
