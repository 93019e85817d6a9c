// Checks the subject of each commit after FIRST: at most 72 characters, so that `git log --oneline` and GitHub show it whole.
//
//   node tools/commits.mjs          fails where one is longer
import { execFileSync } from 'node:child_process';

/** The rule holds from here on. */
const FIRST = 'a8f0f0d';
const LONGEST = 72;

const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** What is looked at: all commits after FIRST, or, where a checkout does not reach back so far, those that it has. */
function range() {
  try {
    git('merge-base', '--is-ancestor', FIRST, 'HEAD');
    return [`${FIRST}..HEAD`];
  } catch {
    return ['HEAD', '--since=2026-11-29'];
  }
}

const lines = git('log', '--format=%h %s', ...range())
  .split('\n')
  .filter(Boolean);
const long = lines.filter((line) => line.slice(line.indexOf(' ') + 1).length > LONGEST);
for (const line of long)
  console.error(`${line}\n  the subject has more than ${LONGEST} characters: say less, the body has room for the rest`);
console.log(`${lines.length} commit subjects checked, ${long.length} longer than ${LONGEST} characters`);
process.exit(long.length > 0 ? 1 : 0);
