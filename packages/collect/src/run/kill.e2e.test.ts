import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../bench/kill.mjs', import.meta.url));

// The large figures are in the guide: node packages/collect/bench/kill.mjs
it('loses nothing and pays nothing twice when it is killed, and never passes the budget', async () => {
  const small = ['--prompts', '30', '--models', '2', '--kills', '3', '--rpm', '1500', '--seed', '3'];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...small]);
  const { known, unknown } = JSON.parse(stdout) as Record<'known' | 'unknown', object>;
  expect(known).toMatchObject({ answers: 60, paidTwice: 0, problems: [] });
  expect(unknown).toMatchObject({ answers: 60, problems: [] });
});
