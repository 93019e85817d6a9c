import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSample } from '@routeprofile/data';
import { openRouter, run } from '@routeprofile/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChat } from './chat.js';

interface Asked {
  model: string;
  messages: { content: string }[];
}

let folder: string;
let router: string;
let server: Server | undefined;
let baseURL: string;
const asked: Asked[] = [];
/** Models that are out of order. */
const broken = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'routeprofile-chat-'));
  await writeSample(join(folder, 'sample'));
  await run({
    data: join(folder, 'sample'),
    encoder: 'hash:dimensions=64',
    profile: 'advantage',
    router: 'knn',
    limitTrain: 90,
    limitTest: 9,
    out: join(folder, 'run'),
    cache: join(folder, 'cache'),
  });
  const [name] = await readdir(join(folder, 'run', 'routers'));
  router = join(folder, 'run', 'routers', name!);
  // A server that has every model, and streams its name.
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const question = JSON.parse(body) as Asked;
      asked.push(question);
      if (broken.has(question.model)) return void response.writeHead(503).end('{}');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = (choices: object[], more: object = {}) =>
        response.write(
          `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, choices, ...more })}\n\n`,
        );
      for (const content of [`${question.model} `, 'says hello.'])
        chunk([{ index: 0, delta: { role: 'assistant', content } }]);
      chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]);
      chunk([], { usage: { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 } });
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  baseURL = `http://127.0.0.1:${(server!.address() as AddressInfo).port}/v1`;
}, 120_000);
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

it('answers by the model that the router chooses, and by the next one while that is out of order', async () => {
  const question = 'What is 17 * 3?';
  const opened = await openRouter(router);
  const [decision] = await opened.route([question]);
  const [first, second] = decision!.ranked.map(({ model }) => opened.candidates.find(({ id }) => id === model)!);
  await opened.dispose();

  const chat = await openChat({ router, baseURL });
  let said = '';
  const { served, cost } = await chat.say(question, (piece) => (said += piece));
  expect(served).toBe(first!.id);
  expect(said).toBe(`${first!.model} says hello.`);
  expect(cost).toBeGreaterThan(0);

  broken.add(first!.model);
  expect((await chat.say(question, () => {})).served).toBe(second!.id);
  expect(asked.map(({ model }) => model)).toEqual([first!.model, first!.model, second!.model]);
  expect(asked.at(-1)?.messages.map(({ content }) => content)).toEqual([question, said, question]);
  await chat.close();
});
