/**
 * Notes what goes wrong while a page is open: errors on its console, uncaught exceptions, requests that fail, and requests that
 * leave where the page came from.
 * @param {import('playwright-core').Page} page
 * @param {string} home what every address has to begin with
 * @returns {string[]} filled as things happen
 */
export function watch(page, home) {
  const problems = [];
  const local = (address) => address.startsWith(home) || /^(data|blob):/.test(address);
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (!local(request.url())) problems.push(`asks ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    // Going to another page ends what the one before has not finished.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') problems.push(`fails: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  return problems;
}
