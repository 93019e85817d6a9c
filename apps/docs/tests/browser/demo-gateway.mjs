import { spawn } from 'node:child_process';
import { CLI } from '../../../../tools/lib/process.mjs';

/** Milliseconds in which the demo has trained its router and listens. */
const PATIENCE = 120_000;

/**
 * `serve --demo` as a process of its own.
 * @param {number} traffic queries per minute
 * @returns {Promise<{ origin: string, curl: string, close: () => Promise<number | null> }>}
 */
export function openDemoGateway(traffic) {
  const child = spawn(process.execPath, [CLI, 'serve', '--demo', '--traffic', `${traffic}`, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const close = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return new Promise((resolve, reject) => {
    let [said, failed] = ['', ''];
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`serve --demo does not listen after ${PATIENCE / 1000} s: ${failed}`));
    }, PATIENCE);
    child.stderr.on('data', (bytes) => (failed += bytes));
    child.stdout.on('data', (bytes) => {
      said += bytes;
      if (!said.endsWith('}\n')) return;
      clearTimeout(late);
      const { url, curl } = JSON.parse(said);
      resolve({ origin: url, curl, close });
    });
    void ended.then((code) => {
      clearTimeout(late);
      reject(new Error(`serve --demo ended with ${code}: ${failed}`));
    });
  });
}
