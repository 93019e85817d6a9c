/** An answer's JSON, read as tests need it. */
export const json = async <T = Record<string, unknown>>(response: Response): Promise<T> => (await response.json()) as T;

/** What a response says is wrong. */
export const errorOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await json<{ error: Record<string, unknown> }>(response)).error;

/** A request with a body of JSON. */
export const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Request =>
  new Request(`http://gateway.example${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
