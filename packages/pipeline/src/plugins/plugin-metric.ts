import { RouteProfileError, messageOf, type Metric, type RoutingRun, type RunContext } from '@routeprofile/schema';
import { resolveMetric } from './plugins.js';
import type { TrustedName } from './trust.js';
import { openThread } from './thread.js';

/** Which metric the thread tries, and on what. */
export interface MetricTask {
  name: TrustedName;
  from: string;
  run: RoutingRun;
}

/** It gave a number or null, or what it did instead. */
export type MetricReply = { measured: true } | { error: string };

export interface PluginMetrics {
  metrics: Metric[];
  /** What is wrong with those that are left out, by name. */
  problems: string[];
}

/** Tries a metric on a run in a thread of its own. @throws Error with what it did, as a verb phrase */
async function tryOut(
  name: TrustedName,
  from: string,
  run: RoutingRun,
  silence: number,
  ctx: Pick<RunContext, 'signal'>,
) {
  const task: MetricTask = { name, from, run };
  const thread = openThread<MetricReply>('metric-worker', task);
  try {
    const reply = await thread.ask(undefined, (message) => message, {
      silence,
      ...(ctx.signal && { signal: ctx.signal }),
    });
    if ('error' in reply) throw new Error(reply.error);
  } finally {
    await thread.end();
  }
}

/** Never throws and never gives what is not a figure: a report is not lost over a metric that fails on some rows. */
const forgiving = (metric: Metric, tell: (problem: string) => void): Metric => ({
  ...metric,
  evaluate(run) {
    try {
      const value = metric.evaluate(run);
      if (value === null || Number.isFinite(value)) return value;
      tell(`gave ${value}`);
    } catch (error) {
      tell(`failed: ${messageOf(error)}`);
    }
    return null;
  },
});

/**
 * The metrics of plugins, each tried on a run in a thread of its own first. One that throws, hangs, or gives what is not a figure
 * is reported and left out, or is null on the rows where it does so.
 * @throws RouteProfileError for names that are not metrics, and ABORTED
 */
export async function pluginMetrics(
  names: readonly TrustedName[],
  run: RoutingRun,
  silence: number,
  ctx: Pick<RunContext, 'signal'>,
): Promise<PluginMetrics> {
  const metrics: Metric[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const tell = (problem: string) => {
      const text = `metric ${name} ${problem}`;
      if (!problems.includes(text)) problems.push(text);
    };
    try {
      const metric = await resolveMetric(name);
      await tryOut(name, process.cwd(), run, silence, ctx);
      metrics.push(forgiving(metric, tell));
    } catch (error) {
      if (RouteProfileError.isInstance(error) && error.code !== 'PLUGIN_FAILED') throw error;
      tell(messageOf(error));
    }
  }
  return { metrics, problems };
}
