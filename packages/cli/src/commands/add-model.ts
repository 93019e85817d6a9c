import { addModelToProfiles, addModelToRouter, completeConfig, loadConfigFile } from '@routeprofile/pipeline';
import { plural } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { askCommand } from './ask.js';
import { configOf, required, type ConfigFlags } from './flags.js';

/** Flags of `profile add-model`. */
export interface AddModelFlags extends ConfigFlags {
  /** The profile set to extend. */
  to?: string;
  /** The code file of the plugin that built it. */
  plugin?: string;
}

/** `profile add-model`: the set with profiles of the models in a file of cards. */
export async function addModelCommand(card: string, flags: AddModelFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { to: given, plugin, ...rest } = flags;
  const file = await loadConfigFile(flags.config);
  const config = completeConfig(file, configOf({ out: 'profiles-extended', ...rest }));
  const to = required(given, '--to PROFILES.npz');
  const encoder = { flag: flags.encoder, config: file.encoder };
  const { path, added, models } = await addModelToProfiles(
    config,
    { to, card, plugin, encoder, graph: flags.graph },
    console.context,
  );
  if (flags.json) console.printJson({ path, added, models });
  else
    console.print(
      `Wrote ${path}: ${added.join(', ')} joined ${plural(models.length - added.length, 'model')}\nNow: npx @routeprofile/cli router add-model ${card} --router DIR --profiles ${path}`,
    );
  return 0;
}

/** Flags of `router add-model`. */
export interface RouterAddModelFlags extends CommonFlags {
  router?: string;
  profiles?: string;
  plugin?: string;
  out?: string;
}

/**
 * `router add-model`: a fitted router with the models of an extended profile set that it lacks, without training.
 * @param card the cards of the models that join; only routers that read task scores look at them
 */
export async function routerAddModelCommand(
  card: string | undefined,
  flags: RouterAddModelFlags,
  io: Io,
): Promise<number> {
  const console = openConsole(io, flags);
  const profiles = required(flags.profiles, '--profiles FILE.npz');
  const router = required(flags.router, '--router DIR');
  const { plugin, out } = flags;
  const { saved, added, models } = await addModelToRouter({ router, profiles, card, plugin, out }, console.context);
  if (flags.json) console.printJson({ out: saved.folder, added, models });
  else
    console.print(
      `Wrote ${saved.folder}: ${added.join(', ')} joined ${plural(models.length - added.length, 'model')}\nAsk it: ${askCommand(saved)}`,
    );
  return 0;
}
