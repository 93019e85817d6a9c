import { access, constants, mkdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { codeSandboxStatus } from '@routeprofile/collect';
import { DEFAULT_ENCODER, exitCodeOf, messageOf } from '@routeprofile/schema';
import {
  BUILT_IN_KINDS,
  defaultCacheFolder,
  installedPlugins,
  namesOf,
  openBackend,
  openEncoder,
} from '@routeprofile/pipeline';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { describeError } from '../ui/errors.js';
import { formatBytes, formatColumns } from '../ui/format.js';
import { installedVersions } from '../own-package.js';

interface Finding {
  what: string;
  ok: boolean;
  detail: string;
}

/** What is installed, which backend and encoder are in use, and why. */
export async function doctorCommand(
  flags: CommonFlags & { backend?: string; encoder?: string },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const findings: Finding[] = [];
  const note = (what: string, ok: boolean, detail: string) => void findings.push({ what, ok, detail });
  let code = 0;

  note(
    'node',
    true,
    `${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${formatBytes(totalmem())}`,
  );
  for (const [name, version] of Object.entries(installedVersions())) note(name, true, version);
  try {
    const runtime = await openBackend(flags.backend);
    for (const { name, ok, reason } of runtime.attempts) note(`backend ${name}`, ok, reason);
    note('backend in use', true, runtime.backend);
  } catch (error) {
    code = exitCodeOf(error);
    note('backend in use', false, describeError(error));
  }
  const cache = defaultCacheFolder();
  try {
    await mkdir(cache, { recursive: true });
    await access(cache, constants.W_OK);
    note('embedding cache', true, cache);
  } catch (error) {
    code ||= 1;
    note('embedding cache', false, `${cache}: ${messageOf(error)}`);
  }
  try {
    const encoder = await openEncoder(flags.encoder ?? DEFAULT_ENCODER, { cache, ...console.context });
    try {
      await encoder.encode(['Is the encoder well?'], { ...console.context, seed: 0 });
      note('encoder in use', true, `${encoder.id}, ${encoder.dimensions} dimensions`);
    } finally {
      await encoder.dispose?.();
    }
  } catch (error) {
    code ||= exitCodeOf(error);
    note('encoder in use', false, describeError(error));
  }
  const sandbox = await codeSandboxStatus();
  note(
    'code sandbox',
    sandbox.ok,
    sandbox.ok ? String(sandbox.how) : `${sandbox.reason} (only \`data rescore --allow-code-execution\` needs it)`,
  );
  for (const kind of BUILT_IN_KINDS) note(`${kind}s`, true, namesOf(kind).join(', '));
  const plugins = await installedPlugins();
  note(
    'plugins',
    true,
    plugins.length === 0 ? 'none installed' : plugins.map((plugin) => `${plugin.package} ${plugin.version}`).join(', '),
  );

  if (flags.json) console.printJson({ healthy: code === 0, findings });
  else console.print(formatColumns(findings.map(({ what, ok, detail }) => [ok ? 'ok' : '--', what, detail])));
  return code;
}
