// Preloaded into a gateway (`--import`): tells, at the socket that `LIVE_HEAP` names, how many megabytes are in use once all garbage is
// collected. What a process holds of the system's memory is more, as the engine collects late where there is room.
import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

// The command runs in a thread of its own, which has its own heap.
if (!isMainThread && process.env.LIVE_HEAP) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const server = createServer(async (_, response) => {
    // What waits for its last call gets it, and goes with the next round.
    for (let round = 0; round < 4; round++) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { heapUsed, external } = process.memoryUsage();
    response.end(String((heapUsed + external) / 2 ** 20));
  });
  server.listen(process.env.LIVE_HEAP).unref();
}
