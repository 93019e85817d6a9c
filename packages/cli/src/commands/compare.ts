import { join } from 'node:path';
import { stat } from 'node:fs/promises';
import { readJsonFile } from '@routeprofile/data';
import { compareRuns, type ComparedRun } from '@routeprofile/eval';
import { renderComparison } from '@routeprofile/report';
import { RouteProfileError, rowsFileSchema } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { colorOf } from '../ui/screen.js';

/** `RUN` or `RUN#LABEL`: a run's folder, and one of its rows or baselines. A folder's own name may hold a `#`. */
async function readRun(text: string): Promise<ComparedRun> {
  const isFolder = (path: string) =>
    stat(path).then(
      (entry) => entry.isDirectory(),
      () => false,
    );
  const hash = text.lastIndexOf('#');
  const whole = hash < 0 || (await isFolder(text));
  const name = whole ? text : text.slice(0, hash);
  if (!(await isFolder(name)))
    throw new RouteProfileError('MISSING_FILE', `there is no folder ${name}`, {
      hint: 'Give the output folder of a run, or FOLDER#LABEL for one row of its table.',
    });
  const file = await readJsonFile(join(name, 'rows.json'), rowsFileSchema);
  return { name, file, ...(!whole && { label: text.slice(hash + 1) }) };
}

/** `compare A B`: two runs, or two rows, on the test rows they share. */
export async function compareCommand(
  [first, second]: readonly [string, string],
  flags: CommonFlags & { seed?: number[] },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const [a, b] = [await readRun(first), await readRun(second)];
  const comparison = compareRuns(a, b, { seed: flags.seed?.[0] ?? 42 });
  if (flags.json) console.printJson(comparison);
  else console.paint(renderComparison(comparison, { color: colorOf(io.stdout) }).trimEnd());
  return 0;
}
