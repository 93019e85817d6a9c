import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openVerifiers } from './open-verifiers.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const open = async (grader: string) => {
  writeFileSync(join(folder.path, 'answer.json'), '{"type":"object","required":["city"]}');
  const [verifier] = await openVerifiers([{ grader, share: 0.5 }], { folder: folder.path });
  return verifier!;
};
const check = async (grader: string, text: string) =>
  (await open(grader)).verify(
    { query: 'Where?', text, truncated: false, record: { id: '1', served: 'a' } },
    { signal: new AbortController().signal, spent: () => {} },
  );

describe('graders that check answers while they are served', () => {
  it('grade by schemas and patterns', async () => {
    expect(await open('json-schema:file=answer.json')).toMatchObject({ name: 'json-schema', share: 0.5 });
    expect(await check('json-schema:file=answer.json', '{"city":"Köln"}')).toEqual({ score: 1 });
    expect(await check('json-schema:file=answer.json', 'Köln')).toEqual({
      ...{ score: 0, comment: 'the answer is not JSON' },
    });
    expect(await check('regex:pattern=^Yes', 'No.')).toMatchObject({ score: 0 });
    expect(await check('regex:pattern=^Yes', ' ')).toBe(null);
  });

  it.each([
    ['metric', 'compares them with right answers'],
    ['code', 'compares them with right answers'],
    ['judge:model=gpt', 'asks the model gpt'],
    ['nobody', 'nobody'],
    ['regex:pattern=(', 'regex'],
  ])('are refused where they cannot: %s', async (grader, message) => {
    await expect(open(grader)).rejects.toThrow(message);
  });
});
