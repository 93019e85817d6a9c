import { createServer } from 'node:http';

/** A request as the stand-in read it. */
export interface ReceivedRequest<T> {
  path: string | undefined;
  /** Its `Authorization`. */
  key: string | undefined;
  body: T;
}

/** What a handler writes its answer with: a part of Node's `ServerResponse`, named here so that no types of Node are needed. */
export interface ModelResponse {
  writeHead(status: number, headers?: Record<string, string>): unknown;
  write(text: string): unknown;
  end(text?: string): unknown;
  /** Breaks the connection. */
  destroy(): unknown;
}

/** What a handler may look at beside the body. */
export interface ModelRequest {
  url?: string | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>> & { authorization?: string | undefined };
}

/** What the stand-in does with one request; one that does nothing leaves it without an answer. */
export type ModelHandler<T> = (body: T, response: ModelResponse, request: ModelRequest) => Promise<void> | void;

/** A stand-in for a model server, on a free port of this machine. */
export interface ModelServer<T> {
  /** Ends in `/v1`. */
  baseUrl: string;
  /** What it does next, once each. */
  script: ModelHandler<T>[];
  /** What it does when the script is at its end. */
  standard: ModelHandler<T>;
  /** Requests that came, also those that broke off before their body was read. */
  arrived: number;
  /** Requests read whole, in order. */
  requests: ReceivedRequest<T>[];
  /** Forgets what came, and behaves again. */
  reset(): void;
  close(): Promise<void>;
}

/** Answers with JSON, or with a text as it is. */
export function answerJson(
  response: ModelResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/**
 * A stand-in for tests, without a model.
 * @param behave what it does unless told otherwise
 */
export async function openModelServer<T>(behave: ModelHandler<T>): Promise<ModelServer<T>> {
  const server = createServer((request, response) => {
    stand.arrived++;
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as T;
      stand.requests.push({ path: request.url, key: request.headers.authorization, body });
      void (stand.script.shift() ?? stand.standard)(body, response, request);
    });
  });
  const stand: ModelServer<T> = {
    baseUrl: '',
    script: [],
    standard: behave,
    arrived: 0,
    requests: [],
    reset: () => void Object.assign(stand, { script: [], standard: behave, arrived: 0, requests: [] }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  stand.baseUrl = `http://127.0.0.1:${address.port}/v1`;
  return stand;
}
