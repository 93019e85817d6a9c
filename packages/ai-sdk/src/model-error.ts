import {
  classifyError,
  classifyRefusal,
  classifyThrown,
  Stopped,
  type Classified,
  type Fault,
} from '@routeprofile/gateway/core';
import { messageOf } from '@routeprofile/schema';

/** What a model's error means, and the status of the server, where there is one. */
export interface ModelFault extends Classified {
  status?: number;
}

/** An answer that is of no use, though nothing was thrown. `cause` is what the model said of it. */
export class AnswerFault extends Error {
  override readonly name = 'AnswerFault';
  constructor(
    readonly fault: Fault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What an error part of a stream means. */
export const partFault = (said: unknown, now: number): AnswerFault =>
  new AnswerFault(modelFault(said, true, now).fault, 'the model says that something is wrong', { cause: said });

/** Errors of the AI SDK that need no look at an answer, by name: they may come from any copy of it. */
const BY_NAME: Readonly<Record<string, Fault>> = {
  AI_LoadAPIKeyError: 'auth',
  AI_LoadSettingError: 'auth',
  AI_NoSuchModelError: 'not-found',
  AI_NoContentGeneratedError: 'empty',
  AI_EmptyResponseBodyError: 'empty',
  AI_JSONParseError: 'malformed',
  AI_TypeValidationError: 'malformed',
  AI_InvalidResponseDataError: 'malformed',
  AI_InvalidPromptError: 'bad-request',
  AI_InvalidArgumentError: 'bad-request',
  AI_UnsupportedFunctionalityError: 'bad-request',
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What a server said, as JSON with `error`: its own words, or those of the error. */
const bodyOf = (body: string | undefined, message: string): string =>
  body === undefined || body === '' ? JSON.stringify({ error: { message } }) : body;

/** Whether JSON says that something is wrong. */
function saysError(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) && Boolean(parsed['error']);
  } catch {
    return false;
  }
}

/**
 * What kind of fault it is that a model of the AI SDK threw. Told by the members of its error, not by its class.
 * @param answered whether something of the answer had come
 * @param now milliseconds since 1970
 */
export function modelFault(error: unknown, answered: boolean, now: number): ModelFault {
  if (error instanceof Stopped || error instanceof AnswerFault) return { fault: error.fault };
  if (!(error instanceof Error)) return { fault: classifyError(errorBody(error)) };
  const { statusCode, responseBody, responseHeaders } = error as Error & Readonly<Record<string, unknown>>;
  const named = Object.hasOwn(BY_NAME, error.name) ? BY_NAME[error.name] : undefined;
  if (typeof statusCode !== 'number') return { fault: named ?? classifyThrown(error, answered) };
  const status = statusCode;
  const body = textIn(responseBody);
  // The connection broke while the answer came.
  if (status >= 200 && status < 300 && body === undefined && error.cause instanceof Error)
    return { status, fault: classifyThrown(error.cause, true) };
  if (status >= 200 && status < 300)
    return { status, fault: body !== undefined && saysError(body) ? classifyError(body) : 'malformed' };
  const headers = {
    get: (name: string) => (isObject(responseHeaders) ? (textIn(responseHeaders[name]) ?? null) : null),
  };
  return { status, ...classifyRefusal({ status, headers }, bodyOf(body, messageOf(error)), now) };
}

/** What an error part of a stream says, as JSON with `error`. Providers put there what their servers sent. */
function errorBody(said: unknown): string {
  if (isObject(said) && 'error' in said) return JSON.stringify(said);
  return JSON.stringify({ error: isObject(said) ? said : { message: String(said) } });
}
