import { plural, printable, RouteProfileError, type Decision } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Console, type Io } from '../io.js';
import {
  addBlindSpots,
  type BlindSpots,
  blindSpotWarnings,
  lineBatches,
  openBackend,
  openRouter,
  readQuery,
} from '@routeprofile/pipeline';
import { formatColumns } from '../ui/format.js';
import { required } from './flags.js';

export interface RouteFlags extends CommonFlags {
  router?: string;
  plugin?: string;
  task?: string;
  encoder?: string;
  cache?: string;
  backend?: string;
  top?: number;
}

function describe(query: string, decision: Decision, top: number): string {
  const rows = decision.ranked
    .slice(0, top)
    .map(({ model, score }, i) => [i === 0 ? '→' : ' ', printable(model), score.toFixed(4)]);
  const reasons = decision.reasons.map((reason) => `  ${printable(reason.text)}`);
  const shown = query.length > 100 ? `${query.slice(0, 99)}…` : query;
  return [shown.replace(/\s+/g, ' '), formatColumns(rows), ...reasons].join('\n');
}

/** Queries that are decided on together, at most; of standard input fewer when no more have come yet. */
const BATCH = 256;

type Answer = (texts: readonly string[]) => Promise<Decision[]>;

/** Decides on one batch after another as they come, and prints each before the next is read. */
async function routeStream(io: Io, console: Console, json: boolean, top: number, answer: Answer): Promise<void> {
  let [printed, omitted, shortened] = [0, 0, 0];
  for await (const lines of lineBatches(io.stdin, BATCH, io.signal)) {
    const queries = lines.map(({ line, text }) => readQuery(text, `standard input: line ${line}`));
    for (const query of queries) {
      omitted += query.omitted;
      if (query.omitted > 0) shortened++;
    }
    const texts = queries.map(({ text }) => text);
    const decisions = await answer(texts);
    const before = (i: number) => (printed + i === 0 ? '' : json ? ',\n' : '\n');
    const parts = decisions.map((decision, i) =>
      json
        ? `${before(i)}${JSON.stringify(decision, null, 2).replace(/^/gm, '  ')}`
        : `${before(i)}${describe(texts[i]!, decision, top)}`,
    );
    if (json) await console.printJsonPart(`${printed === 0 ? '[\n' : ''}${parts.join('')}`);
    else await console.printPart(parts.join('\n'));
    printed += decisions.length;
    if (!io.stdout.isTTY) console.onProgress({ stage: 'route', done: printed, unit: 'queries' });
  }
  if (printed === 0)
    throw new RouteProfileError('BAD_INPUT', 'standard input held no query', { hint: 'Write one query per line.' });
  if (json) await console.printJsonPart('\n]\n');
  if (omitted > 0)
    console.logger.warn(
      `${plural(omitted, 'part')} of ${plural(shortened, 'query', 'queries')} left out: not text (such as images).`,
    );
}

export async function routeCommand(query: string, flags: RouteFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  if (flags.backend !== undefined) await openBackend(flags.backend);
  const router = await openRouter(required(flags.router, '--router DIR'), {
    ...console.context,
    ...(flags.plugin !== undefined && { plugin: flags.plugin }),
    ...(flags.encoder !== undefined && { encoder: flags.encoder }),
    ...(flags.cache !== undefined && { cache: flags.cache }),
  });
  const { task } = flags;
  let spots: BlindSpots | null = null;
  // Batches of a stream are small: the bar of the whole says more than one of each.
  const quiet = query === '-' && { onProgress: undefined };
  const answer: Answer = async (texts) => {
    spots = addBlindSpots(spots, await router.blindSpots(texts));
    return router.route(texts, { ...quiet, ...(task !== undefined && { tasks: texts.map(() => task) }) });
  };
  const top = flags.top ?? 8;
  try {
    if (query === '-') await routeStream(io, console, flags.json ?? false, top, answer);
    else {
      const { text, omitted } = readQuery(query, 'the query');
      const [decision] = await answer([text]);
      console.settle();
      if (flags.json) console.printJson(decision);
      else console.print(describe(text, decision!, top));
      if (omitted > 0)
        console.logger.warn(`${plural(omitted, 'part')} of the query left out: not text (such as images).`);
    }
    if (spots) for (const warning of blindSpotWarnings(spots)) console.logger.warn(warning);
  } finally {
    await router.dispose();
  }
  return 0;
}
