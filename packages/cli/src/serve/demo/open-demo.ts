import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@routeprofile/pipeline';
import { RouteProfileError, type Logger } from '@routeprofile/schema';
import { checkServeConfig, type FoundConfig, type ServeConfigInput, type ServeFlags } from '../config.js';
import { cannedAnswers } from './answers.js';
import { seededFaults } from './faults.js';
import { USUAL_TRAFFIC } from './flags.js';
import { openSample, type SampleRow } from './sample.js';
import { openStandIn } from './stand-in.js';
import { startTraffic, type Traffic } from './traffic.js';

/** Of the sample, the router, the faults and the order of the traffic. */
const SEED = 42;
/** Quick to train; it weighs what a call costs, and promises to stay within two points of the best quality in training. */
const ROUTER = 'knn+cost:within=0.02';

/** A gateway's configuration with all that it stands on. */
export interface Demo {
  found: FoundConfig;
  /** Sends queries of the sample, as many as the flags say. @param url of the gateway */
  startTraffic(url: string): Traffic;
  close(): Promise<void>;
}

/** A router trained on the sample. @returns its folder, and its model that is chosen most often */
async function trainSampleRouter(folder: string, data: string, logger: Logger, signal: AbortSignal) {
  const quiet: Logger = { info: () => {}, warn: (message) => logger.warn(message) };
  const config = {
    data,
    out: join(folder, 'run'),
    encoder: 'static-hash',
    profile: ['flat'],
    router: [ROUTER],
    seed: [SEED],
  };
  const { report, routers } = await run(config, { logger: quiet, signal });
  const [saved, row] = [routers[0], report.rows[0]];
  if (saved === undefined || row === undefined) throw new RouteProfileError('INTERNAL', 'the sample gave no router');
  const [favourite] = Object.entries(row.selection).sort(([, a], [, b]) => b - a)[0] ?? [''];
  return { router: saved.folder, models: report.candidates, favourite };
}

const noteOf = (perMinute: number): string =>
  [
    'Demo: the models are stand-ins that answer canned text. None is called; costs follow their made-up prices.',
    perMinute > 0
      ? `Sample traffic: up to ${perMinute} queries of the sample dataset per minute. Yours are listed among them.`
      : 'There is no sample traffic.',
  ].join(' ');

const testQueries = (rows: readonly SampleRow[]): string[] =>
  rows.flatMap(({ split, query }) => (split === 'test' ? [query] : []));

/**
 * The sample dataset, a router trained on it, and a stand-in for its models on loopback: without a key, and without a network.
 * @throws RouteProfileError ABORTED; OUTPUT_UNWRITABLE where there is no room for temporary files
 */
export async function openDemo(flags: ServeFlags, logger: Logger, signal: AbortSignal): Promise<Demo> {
  const perMinute = flags.traffic ?? USUAL_TRAFFIC;
  const folder = await mkdtemp(join(tmpdir(), 'routeprofile-serve-demo-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    logger.info(
      'Training a router on the sample dataset (its questions are real, the outcomes of its models simulated).',
    );
    const data = join(folder, 'sample');
    const rows = await openSample(data, SEED);
    const { router, models, favourite } = await trainSampleRouter(folder, data, logger, signal);
    const standIn = await openStandIn({ answers: cannedAnswers(rows), fault: seededFaults(SEED, favourite) });
    const config: ServeConfigInput = {
      ...(flags.port !== undefined && { listen: { port: flags.port } }),
      page: { note: noteOf(perMinute) },
      // Nothing but the sample and what is typed on this machine; it is forgotten with the process.
      log: { text: 'full' },
      routes: { default: { router } },
      endpoints: models.map((candidate) => ({
        id: `${candidate} (stand-in)`,
        candidate,
        baseUrl: standIn.baseUrl,
        wires: ['chat', 'messages', 'responses'],
      })),
    };
    return {
      found: checkServeConfig(config, 'serve --demo', folder),
      startTraffic: (url) => startTraffic({ url, questions: testQueries(rows), perMinute, seed: SEED, logger }),
      async close() {
        await standIn.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
