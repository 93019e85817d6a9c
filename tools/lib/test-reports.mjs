// What the tests of the packages have written: `.vitest/report.json`, and `.vitest/errors.json` where something failed outside of
// any test (`tools/vitest.ts`).
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Sums the reports of packages.
 * @param {string[]} folders of packages
 * @returns {{ passed: number, failed: number, failures: import('./failures.mjs').Failure[] }} a file that does not load counts as one
 *   failure, as do a report that is missing and an error outside of tests
 */
export function testReports(folders) {
  const reports = folders.map(reportOf);
  return {
    passed: reports.reduce((sum, { passed }) => sum + passed, 0),
    failed: reports.reduce((sum, { failures }) => sum + failures.length, 0),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

function reportOf(folder) {
  const [file, errors] = ['report', 'errors'].map((name) => join(folder, '.vitest', `${name}.json`));
  if (!existsSync(file)) return { passed: 0, failures: [{ name: folder, message: 'no test report was written' }] };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const unhandled = existsSync(errors) ? JSON.parse(readFileSync(errors, 'utf8')) : [];
  return {
    passed: numPassedTests,
    failures: [
      ...testResults.flatMap(failuresOfFile),
      ...unhandled.map((message) => ({ name: `${folder}: outside of any test`, message })),
    ],
  };
}

function failuresOfFile({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length > 0)
    return failed.map((test) => ({ name: `${file}: ${test.fullName}`, message: test.failureMessages.join('\n') }));
  return status === 'failed' ? [{ name: file, message }] : [];
}
