import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, z } from '@routeprofile/schema';
import { tokensOf, type Answers, type CannedAnswer } from './answers.js';
import type { StandInFault } from './faults.js';

/** A model server on this machine that calls no model. */
export interface StandIn {
  /** Such as `http://127.0.0.1:40123/v1`. */
  baseUrl: string;
  close(): Promise<void>;
}

/** What it does; all of it is decided before it starts. */
export interface StandInParts {
  answers: Answers;
  fault: (model: string) => StandInFault | undefined;
  /** Times as fast as the sample simulates. Default 1. */
  speed?: number;
}

const MOST_BYTES = 20_000_000;

const requestSchema = z.object({
  model: z.string(),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  messages: z.array(z.object({ role: z.string(), content: z.unknown() })),
});
type ChatRequest = z.infer<typeof requestSchema>;

const partsSchema = z.array(z.object({ text: z.string().optional() }));
/** The text of a message, whether it is written as one or in parts. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts = partsSchema.safeParse(content);
  return parts.success ? parts.data.map(({ text }) => text ?? '').join('\n') : '';
}

const lastQuestion = ({ messages }: ChatRequest): string =>
  contentText(messages.findLast(({ role }) => role === 'user')?.content);

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error('the request is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

function sendJson(response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function usageOf({ messages }: ChatRequest, { text, outputTokens }: CannedAnswer) {
  const prompt = messages.reduce((sum, { content }) => sum + tokensOf(contentText(content)), 12);
  const reasoning = Math.max(0, outputTokens - tokensOf(text));
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

/** Part of its time that an answer takes to begin. */
const BEFORE_FIRST = 0.4;

/** Word by word, in the time that the answer takes. */
async function stream(
  request: ChatRequest,
  answer: CannedAnswer,
  milliseconds: number,
  response: ServerResponse,
  signal: AbortSignal,
) {
  const head = { id: 'stand-in', object: 'chat.completion.chunk', created: 0, model: request.model };
  const chunk = (delta: object, finish: string | null) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const event = (data: object) => response.write(`data: ${JSON.stringify(data)}\n\n`);
  const words = answer.text.match(/\S+\s*/g) ?? [answer.text];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  event(chunk({ role: 'assistant', content: '' }, null));
  await wait(BEFORE_FIRST * milliseconds, undefined, { signal });
  for (const word of words) {
    event(chunk({ content: word }, null));
    await wait(((1 - BEFORE_FIRST) * milliseconds) / words.length, undefined, { signal });
  }
  event(chunk({}, 'stop'));
  if (request.stream_options?.include_usage) event({ ...head, choices: [], usage: usageOf(request, answer) });
  response.end('data: [DONE]\n\n');
}

async function whole(
  request: ChatRequest,
  answer: CannedAnswer,
  milliseconds: number,
  response: ServerResponse,
  signal: AbortSignal,
) {
  await wait(milliseconds, undefined, { signal });
  const message = { role: 'assistant', content: answer.text };
  sendJson(response, 200, {
    ...{ id: 'stand-in', object: 'chat.completion', created: 0, model: request.model },
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: usageOf(request, answer),
  });
}

/** Serves `POST /v1/chat/completions` on loopback, on any port that is free. */
export async function openStandIn({ answers, fault, speed = 1 }: StandInParts): Promise<StandIn> {
  const handle = async (incoming: IncomingMessage, response: ServerResponse, signal: AbortSignal) => {
    const parsed = requestSchema.safeParse(JSON.parse(await readBody(incoming)));
    if (incoming.url !== '/v1/chat/completions' || !parsed.success)
      return sendJson(response, 400, { error: { message: 'The stand-in reads chat completions alone.' } });
    const request = parsed.data;
    const wrong = fault(request.model);
    if (wrong) {
      const retry: Record<string, string> =
        wrong.retryAfter === undefined ? {} : { 'retry-after': String(wrong.retryAfter) };
      return sendJson(response, wrong.status, { error: { message: wrong.message } }, retry);
    }
    const answer = answers(request.model, lastQuestion(request));
    const milliseconds = (1_000 * answer.seconds) / speed;
    await (request.stream ? stream : whole)(request, answer, milliseconds, response, signal);
  };
  const server = createServer((incoming, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    handle(incoming, response, gone.signal).catch((error: unknown) => {
      // Whoever has left wants no answer.
      if (gone.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else sendJson(response, 400, { error: { message: messageOf(error) } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
