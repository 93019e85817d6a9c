import { join } from 'node:path';
import { writeFileAtomic, writeJsonFile } from '@routeprofile/data';
import type { DesignSpace } from '@routeprofile/eval';
import { renderDesignSpaceText, renderTextTable, tryAnyway } from '@routeprofile/report';
import { plural, type RunConfig, type RunReport } from '@routeprofile/schema';
import { openConsole, type Console, type Io } from '../io.js';
import {
  completeConfig,
  loadConfigFile,
  type QueueOptions,
  run,
  type RunResult,
  runScenarios,
  type SavedRouter,
} from '@routeprofile/pipeline';
import { askCommand } from './ask.js';
import { configOf, type ConfigFlags } from './flags.js';
import { queueOf, type QueueFlags } from './queue.js';
import { colorOf, visible } from '../ui/screen.js';

/** The table, the reading of it, and where the files are. */
export function summaryOf(result: RunResult, io: Io): string {
  const { report, reused, routers, reportPath, htmlPath } = result;
  const table = renderTextTable(report, { color: colorOf(io.stdout) });
  const lines = [
    ...(reused > 0 ? [`Reused from an earlier run: ${reused} of ${plural(report.rows.length, 'cell')}.`] : []),
    `Report: ${htmlPath}`,
    `Data:   ${reportPath}`,
    ...askThem(result),
    ...askIt(report, routers),
  ];
  // The table carries colours of ours and has made its data visible itself.
  return [table, ...lines.map(visible)].join('\n');
}

/** What to do with the answers that are suggested. */
function askThem({ suggestedPath, report }: RunResult): string[] {
  if (suggestedPath === undefined) return [];
  const count = report.offPolicy?.suggestions?.ask.length ?? 0;
  return [
    `Suggested: ${suggestedPath} (${plural(count, 'answer')}). Ask for them: npx @routeprofile/cli collect --prompts ${suggestedPath} --out asked`,
    `Then add them to the dataset: npx @routeprofile/cli data import asked/outcomes.jsonl DATASET --append`,
  ];
}

/** How to ask the recommended router; where a model is recommended, that none is needed, and which to try all the same. */
function askIt(report: RunReport, routers: readonly SavedRouter[]): string[] {
  const row = tryAnyway(report);
  const saved = row && routers[report.rows.indexOf(row)];
  const choice = report.recommendation?.choice;
  if (choice?.kind !== 'model') return saved === undefined ? [] : [`Ask it: ${askCommand(saved)}`];
  return [
    `No router is needed: ask ${choice.model}.`,
    ...(saved === undefined ? [] : [`To try a router anyway: ${askCommand(saved)}`]),
  ];
}

/** Says what failed. @returns the exit code */
export function reportFailures({ report: { failed }, problems }: RunResult, console: Console): number {
  for (const problem of problems) console.error(`error: ${problem}`);
  if (failed.length > 0) {
    console.error(`error: ${plural(failed.length, 'cell')} failed: ${failed.map((cell) => cell.label).join(', ')}`);
  }
  return failed.length + problems.length > 0 ? 1 : 0;
}

export async function runCommand(
  { queue: reference, lease, ...flags }: ConfigFlags & QueueFlags,
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const config = completeConfig(await loadConfigFile(flags.config), configOf(flags));
  const queue = await queueOf({ queue: reference, lease });
  if (config.scenarios) return scenariosCommand(config, flags, queue, io);
  const result = await run(config, console.context, { queue });
  console.settle();
  if (flags.json) console.printJson(result.report);
  else console.paint(summaryOf(result, io));
  return reportFailures(result, console);
}

async function scenariosCommand(
  config: RunConfig,
  flags: ConfigFlags,
  queue: QueueOptions | undefined,
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const results = await runScenarios(config, console.context, { queue });
  console.settle();
  const space: DesignSpace = {
    name: results[0]!.report.dataset.name,
    scenarios: results.map(({ name, report }) => ({ name, report })),
  };
  const dataPath = join(config.out, 'design-space.json');
  const htmlPath = join(config.out, 'design-space.html');
  await writeJsonFile(dataPath, space);
  const { renderDesignSpaceHtml } = await import('@routeprofile/report/html');
  await writeFileAtomic(htmlPath, renderDesignSpaceHtml(space));
  if (flags.json) console.printJson(space);
  else {
    console.paint(renderDesignSpaceText(space, { color: colorOf(io.stdout) }));
    console.print(
      `Report: ${htmlPath}\nData:   ${dataPath}\nOne report per scenario: ${results.map(({ htmlPath: path }) => path).join(', ')}`,
    );
  }
  return Math.max(...results.map((result) => reportFailures(result, console)));
}
