// What went wrong, said once more where it is seen: the end of a long output is what is left of it on a page of CI.

/** The line before failures that are said once more. */
const TITLE = 'What failed:';
const LINES = 10;
const WIDTH = 500;
/** Lines of a stack that are not ours. */
const OTHERS = /^\s*at .*(\/node_modules\/|<anonymous>|node:internal)/;
const FAILURES = 30;
/** Where programs with a format of their own begin to say what failed: `node --test`, Vitest, TypeScript, VitePress. */
const BEGINS = /^not ok |✖ failing tests:|⎯ (Failed (Tests|Suites)|Unhandled)|error TS\d+:|^build error/;

/** @typedef {{ name: string, message: string }} Failure */

// eslint-disable-next-line no-control-regex -- the colours of a terminal begin with one
const plain = (output) => output.replaceAll(/\u001b\[[0-9;]*m/g, '');

const isSaid = (line) => line.trim() !== '' && !/^npm (error|warn)/.test(line);

/**
 * The failed checks of a suite, by what it printed: a line `FAIL NAME: MESSAGE` each, and those below that are indented. Where they
 * are said again at its end, only there.
 * @returns {Failure[]}
 */
function printedFailures(output) {
  const failures = [];
  let said;
  for (const line of plain(output).split(`${TITLE}\n`).at(-1).split('\n')) {
    const [, name] = /^FAIL(?:ED)? +(\S.*?):?\s*$/.exec(line) ?? [];
    if (name !== undefined) failures.push({ name, said: (said = []) });
    else if (/^\s/.test(line)) said?.push(line.trim());
    else if (line !== '') said = undefined;
  }
  return failures.map(({ name, said }) => ({ name, message: said.filter(isSaid).join('\n') }));
}

/** What a program says of its end where it prints no such lines: from where it begins to speak of failures, else its last lines. */
export function lastWords(output, count = LINES) {
  const lines = plain(output).split('\n').filter(isSaid);
  const begin = lines.findIndex((line) => BEGINS.test(line));
  return (begin >= 0 ? lines.slice(begin, begin + count) : lines.slice(-count)).join('\n');
}

/**
 * What is to be said of a program that has failed: each of its failed checks, or how it ended.
 * @param {string} name of the program
 * @param {string} output all that it printed
 * @param {string} ended how it ended, such as `ended with 1`
 * @returns {Failure[]} at least one
 */
export function failuresOf(name, output, ended) {
  const printed = printedFailures(output).map((failure) => ({ ...failure, name: `${name}: ${failure.name}` }));
  return printed.length > 0 ? printed : [{ name, message: `${ended}\n${lastWords(output)}` }];
}

/**
 * The tasks of Nx that failed, each with what it said, by the output of `nx run-many --output-style=static`.
 * @returns {Failure[]}
 */
export function failedTasks(output) {
  const text = plain(output);
  const [, list = ''] = /^Failed tasks:\n\n((?:- .*\n)+)/m.exec(text) ?? [];
  const blocks = text.split(/^(?=> nx run |\s*NX {3})/m);
  return list
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const name = line.slice(2).trim();
      // Nx writes a task with colons in quotes.
      const block = blocks.find((part) => part.replaceAll('"', '').startsWith(`> nx run ${name}`)) ?? '';
      return { name, message: lastWords(block.replace(/^> .*$/gm, '')) };
    });
}

/** A message as it stands below its name: indented, and no longer than is read. */
function shortened(message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '' && !OTHERS.test(line));
  const more = lines.length > LINES ? [`… ${lines.length - LINES} more lines, above`] : [];
  return [...lines.slice(0, LINES), ...more].map((line) => `\n     ${line.trim().slice(0, WIDTH)}`).join('');
}

/**
 * All that failed, for the end of an output; nothing where nothing did.
 * @param {Failure[]} failures
 * @returns {string} lines, without a line feed at the end
 */
export function failureSummary(failures) {
  if (failures.length === 0) return '';
  const shown = failures.slice(0, FAILURES);
  const more = failures.length > shown.length ? [`… and ${failures.length - shown.length} more, above`] : [];
  const texts = shown.map(
    ({ name, message }) => `FAIL ${name.slice(0, WIDTH)}${message ? ':' : ''}${shortened(message)}`,
  );
  return [TITLE, ...texts, ...more].join('\n');
}
