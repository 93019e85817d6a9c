import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readJsonFile, writeFileAtomic } from '@routeprofile/data';
import { openCodeSandbox, rescoreRows, type AuditCounts, type RescoreAudit } from '@routeprofile/collect';
import { RouteProfileError, routingFileSchema, z, type RoutingRow } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { formatColumns } from '../ui/format.js';
import { required } from './flags.js';

/** Flags of `data rescore`. */
export interface RescoreFlags extends CommonFlags {
  /** The new file. */
  out?: string;
  tasks?: string[];
  /** The repaired metrics instead of those the published labels come from. */
  repaired?: boolean;
  allowCodeExecution?: boolean;
  /** Programs at a time. */
  jobs?: number;
}

const ROUTING_FILE = /^routing_.+_data\.json$/;

const kindOf = async (path: string): Promise<'file' | 'folder' | null> => {
  const found = await stat(path).catch(() => null);
  return found === null ? null : found.isDirectory() ? 'folder' : 'file';
};

/** The file itself, or the only routing file of a dataset folder. */
async function routingFile(source: string): Promise<string> {
  const kind = await kindOf(source);
  if (kind === null) throw new RouteProfileError('MISSING_FILE', `${source} does not exist`);
  if (kind === 'file') return source;
  const inside = join(source, 'route_data');
  const folder = (await kindOf(inside)) === 'folder' ? inside : source;
  const [first, ...others] = (await readdir(folder)).filter((name) => ROUTING_FILE.test(name)).sort();
  if (first === undefined)
    throw new RouteProfileError('MISSING_FILE', `${folder} holds no routing_*_data.json`, {
      hint: 'Only datasets of the published layout store responses. Name the file if it is elsewhere.',
    });
  if (others.length > 0)
    throw new RouteProfileError(
      'BAD_OPTION',
      `${folder} holds several files of rows: ${[first, ...others].join(', ')}`,
      {
        hint: 'Name the one to rescore.',
      },
    );
  return join(folder, first);
}

/** Checks a file of rows and hands it on as it is written, fields in their order: a zod object would put the known ones first. */
const rowsAsWritten = z.custom<RoutingRow[]>().superRefine((value, ctx) => {
  const parsed = routingFileSchema.safeParse(value, { reportInput: true });
  for (const issue of parsed.error?.issues ?? []) ctx.addIssue({ ...issue });
});

const share = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
const HEAD = ['labels', 'scored', 'changed', 'up', 'down', 'added', 'before', 'after'];
const cells = (counts: AuditCounts): string[] => [
  ...[counts.labels, counts.scored, counts.changed, counts.up, counts.down, counts.added].map(String),
  share(counts.meanBefore),
  share(counts.meanAfter),
];

/** The audit for people: by task, by model, and what was left alone and why. */
export function auditText(audit: RescoreAudit): string {
  const parts = [
    formatColumns([
      ['task', 'metric', ...HEAD],
      ...audit.perTask.map((row) => [row.task, row.metrics.join(', ') || '-', ...cells(row)]),
      ['all', '', ...cells(audit.total)],
    ]),
    formatColumns([['model', ...HEAD], ...audit.perModel.map((row) => [row.model, ...cells(row)])]),
  ];
  if (audit.kept.length > 0)
    parts.push(
      [
        'Labels kept:',
        ...audit.kept.map(({ labels, tasks, explanation }) => `- ${labels} of ${tasks.join(', ')}: ${explanation}`),
      ].join('\n'),
    );
  if (audit.sandbox !== null) {
    const verdicts = Object.entries(audit.verdicts).map(([verdict, count]) => `${count} ${verdict}`);
    parts.push(`Programs run in ${audit.sandbox}: ${verdicts.join(', ')}.`);
  }
  return parts.join('\n\n');
}

/** Computes the labels of routing rows anew from the stored responses, and writes them to a new file. */
export async function rescoreCommand(source: string, flags: RescoreFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const out = required(flags.out === '' ? undefined : flags.out, '--out');
  if ((await kindOf(out)) !== null)
    throw new RouteProfileError('OUTPUT_UNWRITABLE', `${out} exists already`, {
      hint: 'Labels are written to a new file: choose another name, or move the old file.',
    });
  const path = await routingFile(source);
  const { rows, audit } = await rescoreRows(
    await readJsonFile(path, rowsAsWritten),
    {
      rules: flags.repaired ? 'repaired' : 'published',
      ...(flags.tasks && { tasks: flags.tasks }),
      ...(flags.jobs !== undefined && { jobs: flags.jobs }),
      ...(flags.allowCodeExecution && { openSandbox: () => openCodeSandbox() }),
    },
    console.context,
  );
  await writeFileAtomic(out, `${JSON.stringify(rows)}\n`);
  if (flags.json) console.printJson({ source: path, out, ...audit });
  else {
    console.print(`${auditText(audit)}\n\nWrote ${out}: the rows of ${basename(path)} with these labels.`);
    if (audit.kept.some(({ reason }) => reason === 'code-not-run'))
      console.print('Programs are run in a sandbox with --allow-code-execution.');
  }
  return 0;
}
