import { chooseProbes, loadConfigFile, onboardModel, type PartialConfig } from '@routeprofile/pipeline';
import { plural } from '@routeprofile/schema';
import { openConsole, type Io } from '../io.js';
import { askCommand } from './ask.js';
import { configOf, required, type ConfigFlags } from './flags.js';

/** Flags of the commands by which a new model joins a fitted router through probes. */
export interface OnboardFlags extends Omit<ConfigFlags, 'router'> {
  /** Folder of the fitted router. */
  router?: string;
}

/** Flags over the config file, and the encoder that each names. */
async function settings(flags: OnboardFlags): Promise<{
  config: PartialConfig;
  encoder: { flag: string | undefined; config: string | undefined };
}> {
  const { router: _router, out: _out, ...rest } = flags;
  const file = await loadConfigFile(flags.config);
  const given = Object.entries(configOf(rest)).filter(([, value]) => value !== undefined);
  return { config: { ...file, ...Object.fromEntries(given) }, encoder: { flag: flags.encoder, config: file.encoder } };
}

/** `router probes`: the queries to ask a new model, as JSON lines whose scores are to be filled in. */
export async function probesCommand(
  flags: OnboardFlags & { budget?: number; method?: string },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { budget, method: way, ...rest } = flags;
  const router = required(flags.router, '--router DIR');
  const { config, encoder } = await settings(rest);
  const { out, method, probes } = await chooseProbes(
    config,
    { router, encoder, budget, method: way, out: flags.out },
    console.context,
  );
  if (flags.json) console.printJson({ out, method, probes });
  else
    console.print(
      `Wrote ${out}: ${plural(probes.length, 'query', 'queries')}\nAsk the model, put its scores in place of null, then: npx @routeprofile/cli router onboard MODEL --probes ${out} --router DIR --data DIR`,
    );
  return 0;
}

/** `router onboard`: the router with one more model, placed by its scores on probes. */
export async function onboardCommand(
  model: string,
  flags: OnboardFlags & { probes?: string },
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const { probes: path, ...rest } = flags;
  const probes = required(path, '--probes FILE');
  const router = required(flags.router, '--router DIR');
  const { config, encoder } = await settings(rest);
  const joined = await onboardModel(config, { router, model, probes, encoder, out: flags.out }, console.context);
  const { out, models, before, probes: answered } = joined;
  if (flags.json) console.printJson({ out, model, probes: answered, models });
  else
    console.print(
      `Wrote ${out}: ${model} joined ${plural(before, 'model')}, placed by ${plural(answered, 'probe')}\nAsk it: ${askCommand({ folder: out, encoder: flags.encoder ?? joined.encoder })}`,
    );
  return 0;
}
