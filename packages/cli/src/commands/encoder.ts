import { fitEncoder, loadConfigFile } from '@routeprofile/pipeline';
import { openConsole, type Io } from '../io.js';
import { configOf, required, type ConfigFlags } from './flags.js';

/** Flags of `encoder fit`. */
export type EncoderFitFlags = ConfigFlags & { prompts?: string; out?: string };

/** Teaches the static encoder the texts of a domain. */
export async function encoderFitCommand(flags: EncoderFitFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { prompts, out, ...rest } = flags;
  const file = required(out, '--out FILE');
  const { out: _out, ...config } = { ...(await loadConfigFile(flags.config)), ...configOf(rest) };
  const fitted = await fitEncoder(config, { prompts, out: file }, console.context);
  if (flags.json) {
    console.printJson(fitted);
    return 0;
  }
  const { before, after, heldOut, texts, encoder } = fitted;
  const judged = `cosine to use-lite on ${heldOut} texts held out of ${texts}: ${before.toFixed(3)}`;
  console.print(
    fitted.out === null
      ? `Wrote nothing: \`static\` is as near to use-lite on these texts as it gets (${judged}). Use --encoder static.`
      : `Wrote ${fitted.out}: ${judged} before, ${after.toFixed(3)} now\nUse it: --encoder ${encoder}`,
  );
  return 0;
}
