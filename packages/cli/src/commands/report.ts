import { dirname, join, relative, resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { readJsonFile, writeFileAtomic } from '@routeprofile/data';
import { renderTextTable } from '@routeprofile/report';
import { renderHtmlReport } from '@routeprofile/report/html';
import { runReportSchema } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { colorOf } from '../ui/screen.js';

/** The HTML report of a finished run, made again from its report.json. */
export async function reportCommand(path: string, flags: CommonFlags & { out?: string }, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => true,
  );
  const source = isFolder ? join(path, 'report.json') : path;
  const report = await readJsonFile(source, runReportSchema);
  const target = flags.out ?? (isFolder ? join(path, 'report.html') : path.replace(/(\.json)?$/, '.html'));
  const folder = relative(dirname(resolve(target)), dirname(resolve(source))).replaceAll('\\', '/') || '.';
  await writeFileAtomic(target, renderHtmlReport(report, { folder }));
  if (flags.json) console.printJson(report);
  else console.paint(`${renderTextTable(report, { color: colorOf(io.stdout) })}\nReport: ${resolve(target)}`);
  return 0;
}
