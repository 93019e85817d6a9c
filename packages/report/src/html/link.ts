import { html, type Markup } from './markup.js';

/**
 * A link to a file beside the report, which nothing loads until a reader asks for it. What the name holds cannot lead elsewhere.
 * @param folder where the report lies, seen from the page: `.` or a relative path
 */
export const fileLink = (file: string, folder: string, text: string): Markup =>
  html`<a href="${[...folder.split('/'), file].map(encodeURIComponent).join('/')}">${text}</a>`;
