import { mustNameOf, type SavedRouter } from '@routeprofile/pipeline';

/** A word of a command line, quoted where a shell would take it apart. */
const word = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `"${text.replace(/["$`]/g, '\\$&')}"`);

/** The command that asks a saved router, with everything that has to be named for it. */
export function askCommand(saved: SavedRouter): string {
  const parts = ['--router', saved.folder];
  for (const what of mustNameOf(saved)) parts.push(`--${what}`, saved[what]!);
  return `npx @routeprofile/cli route ${parts.map(word).join(' ')} "your question"`;
}
