import { inPool } from '@routeprofile/providers';
import type { RunContext } from '@routeprofile/schema';
import type { Asker, Call, Reply } from './asker.js';

/** Calls that wait for a slot, for each slot: enough that no slot is ever idle while some wait to try again. */
const AHEAD = 3;

/**
 * Makes calls, those of each endpoint in their order and as many at a time as it takes; replies are in the order of the calls.
 * @throws RouteProfileError ABORTED, WRITE_FAILED, once what is under way has ended
 */
export async function askAll(asker: Asker, calls: readonly Call[], ctx: RunContext, stage = 'ask'): Promise<Reply[]> {
  const replies = new Array<Reply>(calls.length);
  const byEndpoint = new Map<string, number[]>();
  calls.forEach(({ model }, at) => {
    const positions = byEndpoint.get(model.endpoint);
    if (positions) positions.push(at);
    else byEndpoint.set(model.endpoint, [at]);
  });
  let done = 0;
  const pools = [...byEndpoint.values()].map((positions) => {
    const slots = Math.min(...positions.map((at) => calls[at]!.model.concurrency));
    return inPool(positions, slots * AHEAD, async (at) => {
      replies[at] = await asker.ask(calls[at]!);
      const note = `$${asker.spent().toFixed(4)} spent`;
      ctx.onProgress?.({ stage, done: ++done, total: calls.length, unit: 'calls', note });
    });
  });
  const failure = (await Promise.allSettled(pools)).find((pool) => pool.status === 'rejected');
  if (failure) throw failure.reason;
  return replies;
}
