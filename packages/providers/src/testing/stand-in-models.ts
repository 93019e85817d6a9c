import { createRandom } from '@routeprofile/schema';
import {
  answerJson,
  openModelServer,
  type ModelHandler,
  type ModelResponse,
  type ModelServer,
} from './model-server.js';

/** How a stand-in may fail a request. Only `empty`, `cut-short` and `not-json` are answers that a provider would charge for. */
export const MISBEHAVIOURS = [
  /** 429 with `Retry-After`. */
  'busy',
  /** 500. */
  'broken',
  /** Answers after `slowness`. */
  'slow',
  /** Half of an answer's JSON. */
  'cut-short',
  /** An answer without a text. */
  'empty',
  /** A page of HTML with status 200. */
  'not-json',
  /** 401. */
  'refused-key',
  /** The connection breaks. */
  'hangs-up',
] as const;
/** One of `MISBEHAVIOURS`. */
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** What a stand-in is asked. */
export interface StandInRequest {
  model: string;
  /** The texts of all messages, a line break between. */
  prompt: string;
  /** How often the same model was asked the same before. */
  before: number;
}

/** How the stand-ins behave. */
export interface StandInOptions {
  /** What a model says. Default: `MODEL says NUMBER`, the length of the prompt. */
  answer?: (request: StandInRequest) => string;
  /** How a request fails, if it does; decided before it is answered. */
  fails?: (request: StandInRequest) => Misbehaviour | undefined;
  /** Milliseconds before an answer. Default 0. */
  latency?: number;
  /** Milliseconds before a slow answer. Default 200. */
  slowness?: number;
  /** Milliseconds that a busy server asks to wait, sent as seconds. Default 20. */
  retryAfter?: number;
  /** What is said of the tokens of a call, made of what was counted. Default: just that. */
  usage?: (counted: Readonly<Record<string, number>>) => unknown;
  /** More requests per minute than this, over the last second, are answered with 429. */
  requestsPerMinute?: number;
  /** Answers a repeated `Idempotency-Key` with what it answered before, and does not charge for it again. Default false. */
  idempotent?: boolean;
}

/** Stand-ins for models, and what they would have charged for. */
export interface StandInModels extends ModelServer<unknown> {
  /** `MODEL: PROMPT` of every answer of use that left here, charged once each; twice the same is asked twice. */
  paid: string[];
  /** Tokens charged, of answers of no use too: read and written. */
  tokens: { input: number; output: number };
  /** How often each fault was shown. */
  shown: Map<Misbehaviour, number>;
}

/** Fails a share of the requests, each kind as often as the others; by seed, request and how often it came. */
export function misbehaving(
  share: number,
  seed: number,
  kinds: readonly Misbehaviour[] = MISBEHAVIOURS.filter((kind) => kind !== 'refused-key'),
): (request: StandInRequest) => Misbehaviour | undefined {
  return ({ model, prompt, before }) => {
    const random = createRandom(seed, 'misbehaving', model, prompt, String(before));
    return random.float() < share ? kinds[random.int(kinds.length)] : undefined;
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** A promise, and what fulfils it. */
function promised(): { promise: Promise<string>; resolve: (text: string) => void } {
  let resolve: (text: string) => void = () => undefined;
  const promise = new Promise<string>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Any number of models behind one address, on OpenAI's `/chat/completions` and Anthropic's `/messages`. */
export async function openStandInModels(options: StandInOptions = {}): Promise<StandInModels> {
  const { latency = 0, slowness = 200, retryAfter = 20, idempotent = false } = options;
  const { answer = ({ model, prompt }) => `${model} says ${prompt.length}`, fails = () => undefined } = options;
  const { usage = (counted) => counted } = options;
  const asked = new Map<string, number>();
  /** What was answered under a key; an answer under way is waited for. */
  const answered = new Map<string, Promise<string>>();
  const recent: number[] = [];
  const state = { paid: [] as string[], tokens: { input: 0, output: 0 }, shown: new Map<Misbehaviour, number>() };

  const tooMany = (): boolean => {
    if (options.requestsPerMinute === undefined) return false;
    const now = performance.now();
    while (recent.length > 0 && now - recent[0]! > 1000) recent.shift();
    if (recent.length >= Math.max(1, options.requestsPerMinute / 60)) return true;
    recent.push(now);
    return false;
  };
  const busy = (response: ModelResponse) =>
    answerJson(response, 429, { error: { message: 'too many requests' } }, { 'retry-after': `${retryAfter / 1000}` });

  const behave: ModelHandler<unknown> = async (body, response, request) => {
    const model = isFields(body) && typeof body['model'] === 'string' ? body['model'] : '';
    const messages = isFields(body) && Array.isArray(body['messages']) ? body['messages'] : [];
    const system = isFields(body) && body['system'] !== undefined ? [textOf(body['system'])] : [];
    const texts = messages.map((message: unknown) => textOf(isFields(message) ? message['content'] : message));
    const prompt = [...system, ...texts].join('\n');
    const what = `${model}: ${prompt}`;
    const key = request.headers['idempotency-key'];
    const known = idempotent && typeof key === 'string' ? answered.get(key) : undefined;
    if (known !== undefined) {
      return answerJson(response, 200, await known);
    }
    if (tooMany()) return busy(response);
    const before = asked.get(what) ?? 0;
    asked.set(what, before + 1);
    const fault = fails({ model, prompt, before });
    if (fault !== undefined) state.shown.set(fault, (state.shown.get(fault) ?? 0) + 1);
    switch (fault) {
      case 'busy':
        return busy(response);
      case 'broken':
        return answerJson(response, 500, { error: { message: 'out of order' } });
      case 'refused-key':
        return answerJson(response, 401, { error: { message: 'invalid key', code: 'invalid_api_key' } });
      case 'hangs-up':
        return void response.destroy();
      default:
    }
    const use = fault === undefined || fault === 'slow';
    const { promise: ready, resolve: remember } = promised();
    if (use && typeof key === 'string') answered.set(key, ready);
    await pause(fault === 'slow' ? slowness : latency);
    const text = fault === 'empty' ? '' : answer({ model, prompt, before });
    const input = Math.ceil(prompt.length / 4) + 4;
    const output = Math.max(1, Math.ceil(text.length / 4));
    state.tokens.input += input;
    state.tokens.output += output;
    const said = JSON.stringify(
      request.url?.includes('/messages') === true
        ? {
            content: [{ type: 'text', text }],
            stop_reason: 'end_turn',
            usage: usage({ input_tokens: input, output_tokens: output }),
          }
        : {
            choices: [{ message: { content: text }, finish_reason: 'stop' }],
            usage: usage({ prompt_tokens: input, completion_tokens: output }),
          },
    );
    if (fault === 'cut-short') return answerJson(response, 200, said.slice(0, said.length / 2));
    if (fault === 'not-json') return answerJson(response, 200, '<html>Welcome</html>');
    if (use) state.paid.push(what);
    remember(said);
    answerJson(response, 200, said);
  };
  const server = await openModelServer<unknown>(behave);
  return Object.assign(server, state);
}
