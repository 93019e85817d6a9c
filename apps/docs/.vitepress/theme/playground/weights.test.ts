import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fetchedFiles } from './weights';

const FILES: Record<string, string> = {
  '/model.json': '{"a":1}',
  '/vocab.json': '[["x",-1]]',
  '/1': 'abcd',
  '/2': 'efgh',
};
let server: Server;
let base: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    const body = FILES[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  base = `http://127.0.0.1:${address.port}`;
});
afterEach(() => server.close());

const files = (shards: Record<string, string>, signal = new AbortController().signal, seen: number[] = []) =>
  fetchedFiles(
    { model: `${base}/model.json`, vocab: `${base}/vocab.json`, shards },
    { signal, onBytes: (bytes) => seen.push(bytes) },
  );

it('joins shards in the order asked for, and counts bytes over all files', async () => {
  const seen: number[] = [];
  const all = files({ one: `${base}/1`, two: `${base}/2` }, undefined, seen);
  expect(await all.model()).toEqual({ a: 1 });
  expect(new TextDecoder().decode(await all.weights(['two', 'one']))).toBe('efghabcd');
  expect(seen.at(-1)).toBe(7 + 8);
});

it('names a file that is not there', async () => {
  await expect(files({ one: `${base}/9` }).weights(['one'])).rejects.toMatchObject({ code: 'NETWORK' });
  await expect(files({}).weights(['three'])).rejects.toThrow('this site lacks three of use-lite');
});

it('stops when told to', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(files({}, controller.signal).vocab()).rejects.toMatchObject({ name: 'AbortError' });
});
