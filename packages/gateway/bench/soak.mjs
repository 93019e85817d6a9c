// node bench/soak.mjs [--requests N] [--seed N] [--router DIR]: `routeprofile serve` with keys, a budget and a journal under load for as long as it takes: 20 %
// streams, 5 % faults of the model server, 5 % clients that leave. What it holds in memory stays as it is once 10,000 decisions are kept
// (its resident memory too, once the engine's heap has found its size), no connection is left at the end, and no call goes on whose client has
// left. Prints JSON; `problems` is empty when all is well.
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { createRandom } from '@routeprofile/schema';
import { ask, many } from './lib/client.mjs';
import { connectionsAt, pause, quantile, residentMb } from './lib/processes.mjs';
import { serveBeside } from './lib/served.mjs';

const AT_ONCE = 32;
/** A store keeps the last 10,000 decisions: until there are as many, memory grows. */
const FILLED = 10_000;
/** Requests between two looks at the memory. */
const STEP = 500;
const MOST_GROWTH = 0.1;
/** Connections that are kept open for a next request are closed within this time. */
const IDLE_MS = 12_000;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    router: { type: 'string' },
  },
});
const requests = Number(values.requests);
const random = createRandom(Number(values.seed), 'soak');

/** What each request is, drawn beforehand. */
function draw(id) {
  const stream = random.float() < 0.2;
  const fate = random.float();
  const which = random.float();
  const leaveMs = random.float() * 100;
  if (fate < 0.05) {
    const faults = stream ? ['500', 'reset', 'cut', 'error'] : ['500', 'reset', 'cut'];
    return { id, stream, does: faults[Math.floor(which * faults.length)] };
  }
  if (fate >= 0.1) return { id, stream, does: 'good' };
  if (stream && which < 0.5) return { id, stream, does: 'stall', leave: 'within' };
  return { id, stream, does: 'hang', leave: 'before', leaveMs };
}

async function load(served) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const [statuses, memory, live, left, problems] = [{}, [], [], [], []];
  let done = 0;
  await many(requests, AT_ONCE, async (id) => {
    const asked = draw(id);
    try {
      const { status, text, leftAt } = await ask({ port: served.port, agent }, asked);
      if (leftAt !== undefined) left.push({ id, leftAt });
      else {
        statuses[status] = (statuses[status] ?? 0) + 1;
        const ends =
          asked.stream && status === 200 ? /data: (\[DONE\]|\{"error".*)\s+$/.test(text) : text.endsWith('}');
        if (!ends) problems.push(`request ${id} (${asked.does}) has no end`);
      }
    } catch (error) {
      problems.push(`request ${id} (${asked.does}) failed: ${error.message}`);
    }
    if (++done % STEP === 0) memory.push({ done, mb: residentMb(served.pid) });
    if (done % FILLED === FILLED / 5 && done > FILLED) live.push(await served.liveMb());
  });
  agent.destroy();
  live.push(await served.liveMb());
  return { statuses, memory, live, left, problems };
}

/** How long the calls of clients that left went on, in milliseconds. */
async function afterlives(served, left) {
  const lasted = [];
  let [came, goingOn] = [0, 0];
  for (let i = 0; i < left.length; i += 500) {
    const some = left.slice(i, i + 500);
    const { fates } = await served.report(some.map(({ id }) => id));
    fates.forEach((fate, j) => {
      if (!fate.came) return;
      came++;
      if (fate.brokenAt === undefined) goingOn++;
      else lasted.push(Math.max(0, fate.brokenAt - some[j].leftAt));
    });
  }
  return { left: left.length, came, goingOn, p50Ms: quantile(lasted, 0.5), p99Ms: quantile(lasted, 0.99) };
}

const underWay = (metrics) => Number(/^routeprofile_requests_under_way (\d+)$/m.exec(metrics)?.[1]);
const medianMb = (memory, from, to) =>
  quantile(
    memory.flatMap(({ done, mb }) => (done > from && done <= to ? [mb] : [])),
    0.5,
  );

const served = await serveBeside({ saved: values.router });
let result;
try {
  const began = Date.now();
  const { statuses, memory, live, left, problems } = await load(served);
  const seconds = (Date.now() - began) / 1000;
  await pause(500);
  const leaving = await afterlives(served, left);
  const metrics = underWay(await served.metrics());
  await pause(IDLE_MS);
  const { calls } = await served.report();
  const connections = { clients: connectionsAt(served.port), upstream: connectionsAt(served.standInPort) };
  const quarter = requests / 4;
  const median = (from, to) => medianMb(memory, from, to);
  const growth = {
    live: live.at(-1) / live[0] - 1,
    resident: median(requests - quarter, requests) / median(FILLED, FILLED * 2) - 1,
    residentAtLast: median(requests - quarter, requests) / median(requests - 2 * quarter, requests - quarter) - 1,
  };
  if (live.length > 1 && growth.live > MOST_GROWTH)
    problems.push(`what is in use grew from ${live[0]} to ${live.at(-1)} MB`);
  if (requests >= 4 * FILLED && growth.residentAtLast > MOST_GROWTH) problems.push('resident memory still grows');
  if (leaving.goingOn > 0 || calls.forgotten > 0) problems.push('calls went on whose clients had left');
  if (connections.clients > 0) problems.push('connections of clients are open');
  // The one that asks is under way itself.
  if (metrics !== 1) problems.push(`${metrics} requests are under way`);
  const complaints = served.complaints();
  if (/failed within|unhandled|exceed/i.test(complaints)) problems.push(complaints.slice(-2000));
  const every = Math.max(1, Math.floor(memory.length / 20));
  const mb = memory.filter((_, i) => i % every === every - 1).map((one) => Math.round(one.mb));
  result = { requests, seconds, statuses, mb, live, growth, leaving, calls, connections, underWay: metrics, problems };
} finally {
  const ended = await served.close();
  if (ended !== 0) result?.problems.push(`serve ended with ${ended}`);
}
console.log(JSON.stringify(result));
