import { join } from 'node:path';
import type { Decision } from '@routeprofile/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from './program.js';
import { routeprofile, temporaryFolder, trainedRouter } from './testing/harness.js';

const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };

describe('route', () => {
  const folder = temporaryFolder();
  let router = '';
  beforeAll(async () => {
    router = await trainedRouter(folder.path, 'knn:k=5');
  });
  afterAll(() => folder.remove());

  const ask = (query: string, options: { input?: string; signal?: AbortSignal } = {}, ...more: string[]) =>
    routeprofile(['route', query, '--router', router, '--cache', join(folder.path, 'cache'), ...more], options);

  it('reads the question out of whatever holds it', async () => {
    const question = 'What is 2 + 2?';
    const part = { type: 'text', text: question };
    const lines = [
      question,
      JSON.stringify(question),
      JSON.stringify([{ role: 'user', content: question }]),
      JSON.stringify([
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [part, image] },
      ]),
      JSON.stringify({ messages: [{ role: 'user', content: [part] }], model: 'm' }),
    ];
    const { stdout, stderr, code } = await ask('-', { input: `${lines.join('\r\n')}\n\n` }, '--json');
    expect(code).toBe(0);
    const decisions = JSON.parse(stdout) as Decision[];
    expect(decisions).toHaveLength(lines.length);
    for (const decision of decisions) expect(decision).toEqual(decisions[0]);
    expect(stderr).toContain('1 part of 1 query left out');
    for (const line of lines) expect(JSON.parse((await ask(line, {}, '--json')).stdout)).toEqual(decisions[0]);
    expect((await ask(lines[3]!)).stderr).toContain('1 part of the query left out');
  });

  it('takes text that only looks like JSON as text', async () => {
    for (const text of ['[1, 2] sorted backwards?', '{"a": 1} as YAML?', '["one", "two"]', '{"a": 1}'])
      expect((await ask(text)).stdout).toContain(text);
  });

  it('names the line in which a chat has no question', async () => {
    const input = `hello\n${JSON.stringify([{ role: 'user', content: [image] }])}\n`;
    const { code, stderr } = await ask('-', { input });
    expect(code).toBe(2);
    expect(stderr).toContain('standard input: line 2: the messages hold no text of a user');
  });

  it('says that nothing came', async () => {
    const { code, stderr, stdout } = await ask('-', { input: '\n \n' }, '--json');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('held no query');
  });

  it('answers what has come before it reads on, and reads no further than its output is taken', async () => {
    const written: string[] = [];
    const before: number[] = [];
    let [pending, most] = [0, 0];
    async function* stdin(): AsyncGenerator<string> {
      for (let i = 0; i < 5; i++) {
        before.push(written.filter((text) => text.includes('→')).length);
        yield `question ${i}, cut in `;
        yield `two\n`;
      }
    }
    const stdout = {
      write: (text: string, done?: () => void) => {
        written.push(text);
        most = Math.max(most, ++pending);
        setTimeout(() => {
          pending--;
          done?.();
        }, 5);
        return false;
      },
    };
    const io = { stdout, stderr: { write: () => true }, stdin: stdin(), signal: new AbortController().signal };
    expect(await runProgram(['route', '-', '--router', router, '--cache', join(folder.path, 'cache')], io)).toBe(0);
    expect(before).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(1);
  });

  it('prints the same whether queries come at once or one by one', async () => {
    const questions = Array.from({ length: 600 }, (_, i) => `question ${i}`);
    const together = await ask('-', { input: questions.join('\n') }, '--json');
    expect((JSON.parse(together.stdout) as Decision[]).length).toBe(600);
    const three = await ask('-', { input: questions.slice(0, 3).join('\n') }, '--json');
    expect(JSON.parse(three.stdout)).toEqual((JSON.parse(together.stdout) as Decision[]).slice(0, 3));
    expect(three.stdout).toBe(`${JSON.stringify(JSON.parse(three.stdout), null, 2)}\n`);
  });

  it('stops while it waits for input', async () => {
    const controller = new AbortController();
    async function* stdin(): AsyncGenerator<string> {
      setTimeout(() => controller.abort(), 10);
      await new Promise(() => {});
      yield '';
    }
    const sink = { write: () => true };
    const io = { stdout: sink, stderr: sink, stdin: stdin(), signal: controller.signal };
    expect(await runProgram(['route', '-', '--router', router, '--cache', join(folder.path, 'cache')], io)).toBe(130);
  });
});
