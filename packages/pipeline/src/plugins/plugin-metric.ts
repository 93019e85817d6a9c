import {
  RouteProfileError,
  messageOf,
  type Metric,
  type OutcomeTable,
  type RoutingRun,
  type RunContext,
} from '@routeprofile/schema';
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

/** The numbers of each row; null, and reported, where they cannot be paired with those of other choices. */
function forgivingRows(
  perRow: NonNullable<Metric['perRow']>,
  tell: (problem: string) => void,
): NonNullable<Metric['perRow']> {
  const countedOf = new WeakMap<OutcomeTable, string>();
  return (run) => {
    try {
      const values = perRow(run);
      if (values === null) return null;
      const counted = Array.from(values, (value) => (Number.isNaN(value) ? '-' : '+')).join('');
      const first = countedOf.get(run.table) ?? counted;
      countedOf.set(run.table, first);
      const sound = values.length === run.choices.length && values.every((value) => Math.abs(value) !== Infinity);
      if (sound && counted === first) return values;
      tell(sound ? 'counts other rows for other choices' : 'gave other than a finite number for each row');
    } catch (error) {
      tell(`failed: ${messageOf(error)}`);
    }
    return null;
  };
}

/** Never throws and never gives what is not a figure: a report is not lost over a metric that fails on some rows. */
const forgiving = (metric: Metric, tell: (problem: string) => void): Metric => ({
  ...metric,
  ...(metric.perRow && { perRow: forgivingRows(metric.perRow.bind(metric), tell) }),
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
