import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProgram } from '@routeprofile/cli';
import { cliReference, nowhere } from '../tools/cli-reference.mjs';

test('every command has its arguments, options, choices and defaults', () => {
  const program = buildProgram(nowhere()).createCommand('tool').description('does things');
  const data = program.command('data').description('data sets');
  data
    .command('check')
    .description('look at <one>')
    .argument('<dir>', 'a folder')
    .addOption(program.createOption('--format <name>', 'layout (default: long)').choices(['long', 'wide']))
    .addOption(program.createOption('--shell <name>').choices(['bash']).default('bash'))
    .option('--json', 'for machines | pipes');
  const page = cliReference(program);
  assert.match(page, /\| \[`data check`\]\(#data-check\) \| look at \\<one> \|/);
  assert.match(page, /```text\ntool data check \[options\] <dir>\n```/);
  assert.match(page, /\| `<dir>` \| a folder \|/);
  assert.match(page, /\| `--format <name>` \| layout: `long`, `wide` \| long \|/);
  assert.match(page, /\| `--shell <name>` \| one of `bash` \| bash \|/);
  assert.match(page, /\| `--json` \| for machines \\\| pipes \| {2}\|/);
  assert.match(page, /\| 2 \| bad usage or bad input \|.*`BAD_INPUT`/);
});
