import { join, resolve } from 'node:path';
import { writeSample } from '@routeprofile/data';
import { openConsole, type Io } from '../io.js';
import { completeConfig, run } from '@routeprofile/pipeline';
import { configOf, type ConfigFlags } from './flags.js';
import { summaryOf } from './run.js';

/** The routers of a run that names none, and one that promises to save money. */
const DEMO_ROUTERS = ['attention', 'auto', 'knn+cost:within=0.02'];

/** The sample dataset, a run over it, and its report: offline, in a minute. */
export async function demoCommand(flags: ConfigFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const { out = 'routeprofile-demo', ...rest } = configOf(flags);
  const data = join(out, 'sample');
  const config = completeConfig({ router: DEMO_ROUTERS }, rest, {
    data,
    out: join(out, 'run'),
  });
  console.logger.info(
    `Writing the sample dataset to ${data} (the questions are real, the outcomes of the models are simulated).`,
  );
  await writeSample(data, { seed: config.seed[0]! });
  const result = await run(config, console.context);
  console.settle();
  if (flags.json) console.printJson(result.report);
  else {
    console.paint(summaryOf({ ...result, htmlPath: resolve(result.htmlPath) }, io));
    console.print(`\nNext: npx @routeprofile/cli run --data YOUR_FOLDER`);
  }
  return result.report.failed.length > 0 ? 1 : 0;
}
