import { expect, it } from 'vitest';
import { notInstalled } from './not-installed.js';

it('names packages without their versions, and the command that installs them beside the command', () => {
  const cause = new Error('not found');
  const one = notInstalled(['@duckdb/node-api'], 'which reads tables by SQL', cause);
  expect([one.code, one.cause]).toEqual(['UNSUPPORTED', cause]);
  expect(one.message).toBe('the package @duckdb/node-api, which reads tables by SQL, is not installed');
  expect(one.hint).toContain('npm install @routeprofile/cli @duckdb/node-api');
  const two = notInstalled(['pg@8', '@x/pg-boss@10'], 'which --queue needs', cause);
  expect(two.message).toBe('the packages pg and @x/pg-boss, which --queue needs, are not installed');
  expect(two.hint).toContain('npm install pg@8 @x/pg-boss@10.');
});
