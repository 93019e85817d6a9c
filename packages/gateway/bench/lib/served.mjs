// `routeprofile serve` as a process, in front of a stand-in as another one.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'node:http';
import { runProgram, startProgram, stop } from './processes.mjs';

const COMMAND = fileURLToPath(new URL('../../../cli/bin/routeprofile.js', import.meta.url));
const HEAP = new URL('./live-heap.mjs', import.meta.url).href;
const STAND_IN = fileURLToPath(new URL('./stand-in.mjs', import.meta.url));
export const KEY = 'team-key-0123456789';

/** Trains a router on a few rows of the sample. @returns its folder */
export async function trainRouter(folder, encoder = 'hash:dimensions=32') {
  const [data, out] = [join(folder, 'data'), join(folder, 'out')];
  const small = ['--encoder', encoder, '--limit-train', '60', '--limit-test', '20'];
  await runProgram([COMMAND, 'sample', data, '--quiet']);
  const parts = ['--profile', 'flat', '--router', 'knn'];
  await runProgram([COMMAND, 'run', '--data', data, ...small, ...parts, '--out', out, '--quiet']);
  return join(out, 'routers', readdirSync(join(out, 'routers'))[0]);
}

/** What is answered to a GET. */
const get = (where) =>
  new Promise((resolve, reject) => {
    let said = '';
    request({ host: '127.0.0.1', agent: false, ...where }, (answer) =>
      answer.on('data', (piece) => (said += piece)).on('end', () => resolve(said)),
    )
      .on('error', reject)
      .end();
  });

/** Ids of the candidates of a saved router. */
export const modelsOf = (router) => JSON.parse(readFileSync(join(router, 'router.json'), 'utf8')).models;

/**
 * A gateway with keys, a budget and a journal, and a stand-in for every model of its router.
 * @param saved folder of a saved router. Default: one is trained, which takes some seconds.
 * @param route settings of the route
 */
export async function serveBeside({ saved, encoder, route = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
  try {
    const router = saved ?? (await trainRouter(folder, encoder));
    const standIn = await startProgram([STAND_IN]);
    const baseUrl = `http://127.0.0.1:${standIn.said.port}/v1`;
    const config = join(folder, 'serve.yaml');
    // JSON is YAML.
    writeFileSync(
      config,
      JSON.stringify({
        listen: { port: 0 },
        keys: [{ id: 'team', key: 'env:TEAM_KEY', budget: { dollars: 1e6, per: 'month' }, operator: true }],
        state: { kind: 'journal', dir: './state' },
        routes: { default: { router, ...route } },
        endpoints: modelsOf(router).map((candidate) => ({ candidate, baseUrl, wires: ['chat'] })),
      }),
    );
    const socketPath = join(folder, 'heap.sock');
    const gateway = await startProgram(['--import', HEAP, COMMAND, 'serve', '--config', config, '--json'], {
      TEAM_KEY: KEY,
      LIVE_HEAP: socketPath,
    });
    const port = Number(new URL(gateway.said.url).port);
    return {
      folder,
      port,
      pid: gateway.child.pid,
      standInPort: standIn.said.port,
      complaints: gateway.complaints,
      report: async (ids = []) =>
        JSON.parse(await get({ port: standIn.said.port, path: `/report?ids=${ids.join(',')}` })),
      metrics: () => get({ port, path: '/metrics', headers: { authorization: `Bearer ${KEY}` } }),
      /** Megabytes in use once all garbage is collected. */
      liveMb: async () => Number(await get({ socketPath })),
      /** @returns how the gateway ended */
      async close() {
        const ended = await stop(gateway.child);
        await stop(standIn.child);
        rmSync(folder, { recursive: true, force: true });
        return ended;
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
