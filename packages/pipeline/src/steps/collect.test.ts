import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { settingsOf } from './collect.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('what is wrong with the section collect', () => {
  const small = { baseUrl: 'http://localhost:1/v1' };
  it.each([
    ['a name of its own', { graders: 'metric' }, "collect: unknown name 'graders'", "Did you mean 'grader'"],
    [
      'a name below a model',
      { models: { small: { ...small, price: { inputs: 0.1, output: 0.4 } } } },
      "collect.models.small.price.input: missing; it must be a number; collect.models.small.price: unknown name 'inputs'",
      "Did you mean 'input' rather than 'inputs'? Prompts",
    ],
    [
      'a word that is none of those there are',
      { models: { small: { ...small, wire: 'chatt' } } },
      "collect.models.small.wire: must be one of 'chat', 'messages'",
      'Prompts and models',
    ],
  ])('%s', async (_, wrong, message, hint) => {
    const config = join(folder.path, 'routeprofile.config.json');
    writeFileSync(config, JSON.stringify({ collect: { prompts: 'p.jsonl', models: { small }, ...wrong } }));
    const refused = await settingsOf({ config }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'BAD_OPTION', message });
    expect((refused as { hint: string }).hint.startsWith(hint)).toBe(true);
  });
});
