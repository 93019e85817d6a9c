/** The gateway asks for a key, or refuses the one it was given. */
export class KeyWanted extends Error {}

/** What went wrong, in the words of the gateway. */
async function refusal(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Not the gateway's JSON: a proxy between may answer with a page.
  }
  return `The gateway answered with status ${response.status}.`;
}

/** Asks the gateway that the page came from. */
export interface Api {
  /** Is sent with every request from now on. */
  useKey(key: string): void;
  get<T>(path: string): Promise<T>;
  /** @returns the response, which is a good one */
  post(path: string, body: object): Promise<Response>;
}

/** Its calls throw `KeyWanted`, or an error whose message is for people. */
export function createApi(): Api {
  let key: string | undefined;
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { ...init.headers, ...(key !== undefined && { authorization: `Bearer ${key}` }) };
    const response = await fetch(path, { ...init, headers, cache: 'no-store' }).catch(() => {
      throw new Error('The gateway cannot be reached.');
    });
    if (response.ok) return response;
    const message = await refusal(response);
    throw response.status === 401 ? new KeyWanted(message) : new Error(message);
  };
  return {
    useKey(given) {
      key = given;
    },
    get: async <T>(path: string) => (await send(path, {})).json() as Promise<T>,
    post: (path, body) =>
      send(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  };
}
