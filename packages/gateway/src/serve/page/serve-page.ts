// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- programs that follow imports alone, such as the API reference, find it by this line
/// <reference path="./script-text.d.ts" />
import type { GatewayConfig } from '../../config/config.js';
import type { Reply } from '../exchange.js';
import { PAGE } from './html.js';
import script from './client/main.ts?script';
import { STYLE } from './style.js';

/** Whether the gateway has a page: as the configuration says, else while there are no keys, so that operators of the others are not surprised. */
export const showsPage = ({ page, keys }: GatewayConfig): boolean =>
  page === undefined ? keys.length === 0 : page !== false;

/**
 * Nothing but the page's own three files and its own gateway, no code or style within the document, no text that becomes markup, and
 * no other page around it.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const FILES: Readonly<Record<string, { type: string; text: string }>> = {
  '/': { type: 'text/html', text: PAGE },
  '/page.js': { type: 'text/javascript', text: script },
  '/page.css': { type: 'text/css', text: STYLE },
};

/** What answers a path of the page; undefined for any other path. The files are the same for everybody, and hold nothing of the gateway. */
export function pageFile(path: string): Reply | undefined {
  if (!Object.hasOwn(FILES, path)) return undefined;
  const { type, text } = FILES[path]!;
  return {
    status: 200,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      // A gateway of another version may be next at this address.
      'cache-control': 'no-cache',
    },
    body: text,
  };
}
