import { learn, loadConfigFile, openBackend, rollBack } from '@routeprofile/pipeline';
import { RouteProfileError, type StrategyReference } from '@routeprofile/schema';
import { openConsole, type Io } from '../io.js';
import { describeLearned } from '../ui/traffic.js';
import { configOf, required, type ConfigFlags } from './flags.js';
import { logOptions, type LogFlags } from './replay.js';

/** Flags of `learn`. */
export interface LearnFlags extends Omit<ConfigFlags, 'router'>, LogFlags {
  state?: string;
  router?: string;
  strategy?: StrategyReference[];
  profiles?: string;
  plugin?: string;
  confidence?: number;
  looks?: number;
  judge?: number;
  shadow?: boolean;
  rollBack?: boolean;
}

/** `learn`: a router retrained from traffic, which takes the incumbent's place where it is better beyond doubt. */
export async function learnCommand(flags: LearnFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const {
    state,
    router,
    strategy,
    profiles,
    plugin,
    confidence,
    looks,
    judge,
    shadow,
    rollBack: back,
    ...rest
  } = flags;
  const { route: _route, since: _since, feedback: _feedback, source: _source, minEss, ...config } = rest;
  const out = required(flags.out, '--out DIR');
  if (back) {
    const { from, to } = await rollBack(out);
    if (flags.json) console.printJson({ out, from, to });
    else console.print(`${out}: version ${to} is served again, in place of version ${from}`);
    return 0;
  }
  if (strategy && strategy.length !== 1)
    throw new RouteProfileError('BAD_OPTION', '--strategy names several routers', {
      hint: 'Name one, with its wrappers.',
    });
  const file = flags.data === undefined ? {} : await loadConfigFile(flags.config);
  const given = Object.entries(configOf(config)).filter(([, value]) => value !== undefined);
  if (flags.backend !== undefined) await openBackend(flags.backend);
  const learned = await learn(
    {
      ...{
        log: required(state, '--state DIR'),
        out,
        router,
        plugin,
        profiles,
        confidence,
        looks,
        judge,
        shadow,
        minEss,
      },
      ...{ cache: flags.cache, strategy: strategy?.[0], encoder: { flag: flags.encoder, config: file.encoder } },
      ...logOptions(flags),
      ...(flags.data !== undefined && { data: { ...file, ...Object.fromEntries(given) } }),
    },
    console.context,
  );
  console.settle();
  if (flags.json) console.printJson(learned);
  else console.print(describeLearned(learned));
  return 0;
}
