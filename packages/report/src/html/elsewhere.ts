import { elsewhereOf } from '@routeprofile/eval';
import type { RunReport } from '@routeprofile/schema';
import { fileLink } from './link.js';
import { html, type Markup } from './markup.js';

/** Which constants the report lacks, and a link to the file that has all; nothing where it has all itself. */
export function elsewhereNote(report: RunReport, folder: string): Markup | null {
  const found = elsewhereOf(report);
  return found ? html`<p class="facts">${found.words} ${fileLink(found.file, folder, 'Open the file')}</p>` : null;
}
