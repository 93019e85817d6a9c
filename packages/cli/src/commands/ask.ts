import type { SavedRouter } from '../pipeline/run.js';
import { worksAlone } from '../trust.js';

/** A word of a command line, quoted where a shell would take it apart. */
const word = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `"${text.replace(/["$`]/g, '\\$&')}"`);

/** The command that asks a saved router, with everything that has to be named for it. */
export function askCommand({ folder, plugin, encoder }: SavedRouter): string {
  const parts = ['--router', folder];
  if (plugin !== undefined) parts.push('--plugin', plugin);
  if (encoder !== null && !worksAlone(encoder)) parts.push('--encoder', encoder);
  return `npx @routeprofile/cli route ${parts.map(word).join(' ')} "your question"`;
}
