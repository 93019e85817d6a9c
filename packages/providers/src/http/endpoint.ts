import { RouteProfileError } from '@routeprofile/schema';
import { isUsableKey } from './secrets.js';

/** How the settings of an endpoint are called where the user gives them, for messages. */
export interface EndpointNames {
  /** Names the caller, such as `openai`. */
  who: string;
  /** Such as `OPENAI_BASE_URL`. */
  baseUrl: string;
  /** Such as `OPENAI_API_KEY`. */
  apiKey: string;
}

/**
 * The address below which an OpenAI-compatible endpoint answers, ending in a slash.
 * @throws RouteProfileError BAD_OPTION; the message never repeats the address, as it may hold a password.
 */
export function endpointUrl(baseUrl: string, names: EndpointNames): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new RouteProfileError('BAD_OPTION', `${names.who}: the base URL is not an http(s) address`, {
      hint: `${names.baseUrl} looks like https://api.openai.com/v1.`,
    });
  if (url.username !== '' || url.password !== '')
    throw new RouteProfileError('BAD_OPTION', `${names.who}: the base URL holds a user name or password`, {
      hint: `Give the key in ${names.apiKey} instead.`,
    });
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/`;
  return url;
}

/** `path` below an endpoint's address, with the address's own query. */
export function endpointPath(base: URL, path: string): URL {
  const url = new URL(path, base);
  url.search = base.search;
  return url;
}

/**
 * Lets a key pass that an HTTP header may hold, and an absent one.
 * @throws RouteProfileError BAD_OPTION for a key that would break the `Authorization` header.
 */
export function assertUsableKey(key: string | undefined, names: EndpointNames): void {
  if (key !== undefined && !isUsableKey(key))
    throw new RouteProfileError('BAD_OPTION', `${names.who}: the API key has characters that no HTTP header may hold`, {
      hint: `Look for line breaks or blanks in ${names.apiKey}.`,
    });
}
