import { messageOf } from '@routeprofile/schema';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { MetricReply, MetricTask } from './plugin-metric.js';
import { resolveMetric } from './plugins.js';

/** The thread in which a metric plugin measures a run for the first time. */
async function measure(port: MessagePort, { name, from, run }: MetricTask): Promise<void> {
  const reply = (message: MetricReply) => port.postMessage(message);
  try {
    const metric = await resolveMetric(name, from);
    const value = metric.evaluate(run);
    metric.perRow?.(run);
    // Foreign code may return anything, whatever its type says.
    reply(value === null || Number.isFinite(value) ? { measured: true } : { error: `gave ${String(value)}` });
  } catch (error) {
    reply({ error: `failed: ${messageOf(error)}` });
  }
}

const port = parentPort;
// The data come from our own main thread.
if (port !== null) void measure(port, workerData as MetricTask);
