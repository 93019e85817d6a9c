// node bench/leave.mjs [--times N] [--router DIR]: clients that leave `routeprofile serve`, streaming or not, before the answer has begun or within it.
// The call at the model server ends each time, and soon. Prints JSON: for each way, how many of the calls that had come there were ended, and
// after how many milliseconds.
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { ask, many } from './lib/client.mjs';
import { pause, quantile } from './lib/processes.mjs';
import { serveBeside } from './lib/served.mjs';

const { values } = parseArgs({ options: { times: { type: 'string', default: '1000' }, router: { type: 'string' } } });
const times = Number(values.times);
/** Few at a time: what counts is how soon one call ends, not how busy the machine is. */
const AT_ONCE = 4;
/** Within an answer that is not streamed clients have nothing yet; they leave while its beginning has come to the gateway. */
const WAYS = {
  'whole, before the first byte': { does: 'hang', leave: 'before' },
  'whole, within the answer': { does: 'stall', leave: 'before' },
  'stream, before the first byte': { does: 'hang', leave: 'before', stream: true },
  'stream, within the answer': { does: 'stall', leave: 'within', stream: true },
};

const served = await serveBeside({ saved: values.router });
const ways = {};
let problems;
try {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let id = 0;
  await many(20, AT_ONCE, () => ask({ port: served.port, agent }, { id: id++, does: 'good' }));
  for (const [name, way] of Object.entries(WAYS)) {
    const left = [];
    await many(times / Object.keys(WAYS).length, AT_ONCE, async () => {
      const one = { id: id++, ...way, leaveMs: 60 };
      left.push({ id: one.id, ...(await ask({ port: served.port, agent }, one)) });
    });
    await pause(1_000);
    const { fates } = await served.report(left.map((one) => one.id));
    const came = fates.flatMap((fate, i) => (fate.came ? [{ ...fate, ...left[i] }] : []));
    const ended = came.filter(({ brokenAt }) => brokenAt !== undefined);
    const lasted = ended.map(({ brokenAt, leftAt }) => Math.max(0, brokenAt - leftAt));
    ways[name] = {
      ...{ left: left.length, came: came.length, ended: ended.length },
      ...{ p50Ms: quantile(lasted, 0.5), p99Ms: quantile(lasted, 0.99), mostMs: Math.max(...lasted) },
    };
  }
  agent.destroy();
  problems = Object.entries(ways).flatMap(([name, { came, ended }]) =>
    ended < came ? [`${name}: calls went on`] : [],
  );
} finally {
  await served.close();
}
console.log(JSON.stringify({ ...ways, problems }));
