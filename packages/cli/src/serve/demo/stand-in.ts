import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '@routeprofile/schema';
import { tokensOf, type Answers } from './answers.js';
import type { StandInFault } from './faults.js';
import { chatWire } from './wires/chat.js';
import { messagesWire } from './wires/messages.js';
import { responsesWire } from './wires/responses.js';
import type { Asked, Said, StandInWire } from './wires/wire.js';

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

const WIRES: readonly StandInWire[] = [chatWire, messagesWire, responsesWire];
const MOST_BYTES = 20_000_000;
/** Part of its time that an answer takes to begin. */
const BEFORE_FIRST = 0.4;

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new Error('the request is too long');
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString()) as unknown;
}

function sendJson(response: ServerResponse, status: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, { status, retryAfter, message }: StandInFault): void {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  sendJson(response, status, { error: { message } }, headers);
}

/** An answer on its way. */
interface Answering {
  wire: StandInWire;
  asked: Asked;
  said: Said;
  milliseconds: number;
  response: ServerResponse;
  /** Fires when the client has left. */
  signal: AbortSignal;
}

/** Word by word, in the time that the answer takes. */
async function stream({ wire, asked, said, milliseconds, response, signal }: Answering): Promise<void> {
  let sent = 0;
  const send = (event: object) => {
    const name = wire.named && 'type' in event ? `event: ${String(event.type)}\n` : '';
    // Only Responses asks for the number; the others' clients ignore it.
    response.write(`${name}data: ${JSON.stringify({ ...event, sequence_number: sent++ })}\n\n`);
  };
  const words = said.text.match(/\S+\s*/g) ?? [said.text];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  wire.opening(said).forEach(send);
  await wait(BEFORE_FIRST * milliseconds, undefined, { signal });
  for (const word of words) {
    send(wire.word(word));
    await wait(((1 - BEFORE_FIRST) * milliseconds) / words.length, undefined, { signal });
  }
  wire.closing(said, asked).forEach(send);
  response.end(wire.end);
}

async function whole({ wire, said, milliseconds, response, signal }: Answering): Promise<void> {
  await wait(milliseconds, undefined, { signal });
  sendJson(response, 200, wire.whole(said));
}

/** Serves chat completions, messages and responses on loopback, on any port that is free. */
export async function openStandIn({ answers, fault, speed = 1 }: StandInParts): Promise<StandIn> {
  const handle = async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const wire = WIRES.find(({ path }) => path === pathname);
    const asked = wire?.read(await readJson(request));
    if (wire === undefined || asked === undefined)
      return refuse(response, { status: 400, message: `The stand-in does not read this request to ${pathname}.` });
    const wrong = fault(asked.model);
    if (wrong) return refuse(response, wrong);
    const { text, outputTokens, seconds } = answers(asked.model, asked.question);
    const { model, promptTokens } = asked;
    const said = {
      model,
      text,
      promptTokens,
      outputTokens,
      reasoningTokens: Math.max(0, outputTokens - tokensOf(text)),
    };
    const answering = { wire, asked, said, milliseconds: (1_000 * seconds) / speed, response, signal };
    await (asked.stream ? stream : whole)(answering);
  };
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    handle(request, response, gone.signal).catch((error: unknown) => {
      // Whoever has left wants no answer.
      if (gone.signal.aborted) return;
      if (response.headersSent) response.destroy();
      else refuse(response, { status: 400, message: messageOf(error) });
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
