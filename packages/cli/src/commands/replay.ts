import { openBackend, replay, type GivenRouter, type LogOptions } from '@routeprofile/pipeline';
import { writeJsonFile } from '@routeprofile/data';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { describeReplay } from '../ui/traffic.js';
import { required } from './flags.js';

/** Flags that say which decisions of a log count, and what judges them. */
export interface LogFlags {
  route?: string;
  since?: number;
  feedback?: string[];
  source?: string[];
  minEss?: number;
}

export const logOptions = ({ route, since, feedback, source }: LogFlags): LogOptions => ({
  ...{ route, since, feedback },
  sources: source,
});

/** Flags of `replay`. */
export interface ReplayFlags extends CommonFlags, LogFlags {
  router?: string[];
  encoder?: string;
  plugin?: string;
  cache?: string;
  backend?: string;
  seed?: number[];
  out?: string;
}

/** `replay`: what routers would have got on recorded traffic. */
export async function replayCommand(log: string, flags: ReplayFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { plugin, encoder, cache, minEss, seed, out } = flags;
  const routers = required(flags.router, '--router DIR').map((router): GivenRouter => ({
    router,
    plugin,
    encoder: { flag: encoder },
  }));
  if (flags.backend !== undefined) await openBackend(flags.backend);
  const found = await replay({ log, routers, minEss, cache, seed: seed?.[0], ...logOptions(flags) }, console.context);
  console.settle();
  if (out !== undefined) await writeJsonFile(out, found);
  if (flags.json) console.printJson(found);
  else console.print(describeReplay(found) + (out === undefined ? '' : `\n\nWrote ${out}`));
  return 0;
}
