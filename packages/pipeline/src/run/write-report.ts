import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { writeFileAtomic, writeJsonFile } from '@routeprofile/data';
import { CONSTANTS_FILE, splitReport } from '@routeprofile/eval';
import { messageOf, type RowsFile, type RunContext, type RunReport } from '@routeprofile/schema';

/** A report as it was written, and where. */
export interface WrittenReport {
  /** What report.json holds. */
  report: RunReport;
  reportPath: string;
  rowsPath: string;
  htmlPath: string;
  /** The constants, one line of JSON per candidate; where there are too many of them for report.json. */
  constantsPath?: string;
}

/**
 * Writes a report with its files into OUT: what grows with the models goes into a file of its own.
 * @param whole the report as `assembleReport` gives it
 */
export async function writeReport(
  out: string,
  { report: whole, rows }: { report: RunReport; rows: RowsFile },
  ctx: Pick<RunContext, 'logger'> = {},
): Promise<WrittenReport> {
  const { report, constants } = splitReport(whole);
  const reportPath = join(out, 'report.json');
  const rowsPath = join(out, 'rows.json');
  const htmlPath = join(out, 'report.html');
  const constantsPath = join(out, CONSTANTS_FILE);
  // Before the report that names it.
  if (constants) await writeFileAtomic(constantsPath, constants.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeJsonFile(reportPath, report);
  // Of an earlier run in the same folder.
  if (!constants) await rm(constantsPath, { force: true });
  await writeJsonFile(rowsPath, rows);
  // What draws is loaded when there is something to draw: it is the larger part of what a program that only routes would wait for.
  const { renderHtmlReport } = await import('@routeprofile/report/html');
  await writeFileAtomic(
    htmlPath,
    renderHtmlReport(report, {
      onFailure: (part, error) =>
        ctx.logger?.warn(`${htmlPath}: the section '${part}' is missing, it failed: ${messageOf(error)}`),
    }),
  );
  return { report, reportPath, rowsPath, htmlPath, ...(constants && { constantsPath }) };
}
