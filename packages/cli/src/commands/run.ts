import { renderTextTable } from '@routeprofile/eval';
import type { Io } from '../io.js';
import { openConsole } from '../io.js';
import { completeConfig, loadConfigFile } from '../config-file.js';
import { run, type RunResult } from '../pipeline/run.js';
import { configOf, type ConfigFlags } from './flags.js';
import { colorOf } from '../ui/color.js';

/** The table, the reading of it, and where the files are. */
export function summaryOf({ report, reused, reportPath, htmlPath }: RunResult, io: Io): string {
  const lines = [renderTextTable(report, { color: colorOf(io.stdout) })];
  if (reused > 0) lines.push(`${reused} of ${report.rows.length} cells were finished before and reused.`);
  lines.push(`Report: ${htmlPath}`, `Data:   ${reportPath}`);
  return lines.join('\n');
}

export async function runCommand(flags: ConfigFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const config = completeConfig(await loadConfigFile(flags.config), configOf(flags));
  const result = await run(config, console.context);
  console.settle();
  if (flags.json) console.printJson(result.report);
  else console.print(summaryOf(result, io));
  const { failed } = result.report;
  if (failed.length > 0)
    io.stderr.write(
      `error: ${failed.length} cell${failed.length === 1 ? '' : 's'} failed: ${failed.map((cell) => cell.label).join(', ')}\n`,
    );
  return failed.length > 0 ? 1 : 0;
}
