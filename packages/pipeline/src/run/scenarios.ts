import { join } from 'node:path';
import type { RunConfig, RunContext } from '@routeprofile/schema';
import { run, type RunResult } from './run.js';

export interface ScenarioResult extends RunResult {
  name: string;
}

/**
 * One run per scenario, each with a report in a folder of its own, over one shared store of cells: what does not depend on
 * the scenario's test labels is computed once.
 */
export async function runScenarios(config: RunConfig, ctx: Omit<RunContext, 'seed'> = {}): Promise<ScenarioResult[]> {
  const { scenarios = [], ...shared } = config;
  const results: ScenarioResult[] = [];
  for (const { name, ...changes } of scenarios) {
    ctx.logger?.info(`Scenario ${name}`);
    const changed = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    results.push({
      name,
      ...(await run({ ...shared, ...changed, out: join(config.out, name) }, ctx, { shared: config.out })),
    });
  }
  return results;
}
