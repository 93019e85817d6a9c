import type { Gateway } from '@routeprofile/gateway';
import {
  createGateway,
  fileSecrets,
  listen,
  memoryStore,
  openJournal,
  openNodeUpstream,
} from '@routeprofile/gateway/node';
import { openRouter, type OpenRouter } from '@routeprofile/pipeline';
import { plural, RouteProfileError, type Logger } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { servedEncoders } from '../serve/encoders.js';
import { openServeConfig, serveProblems, type FoundConfig, type ServeFlags } from '../serve/config.js';
import { curlLine } from '../serve/curl.js';
import { Opened } from '../serve/opened.js';

export type ServeCommandFlags = ServeFlags & CommonFlags;

/** Milliseconds that requests under way have when the gateway is to close. */
const GRACE_MS = 30_000;
/** Milliseconds more, for what is written at the end. */
const ENDING_MS = 5_000;

async function openRouters({ config, source }: FoundConfig, logger: Logger, opened: Opened) {
  const routers: Record<string, OpenRouter> = {};
  const problems: string[] = [];
  const encoders = servedEncoders(logger, opened);
  for (const [name, { router: folder, plugin, encoder }] of Object.entries(config.routes)) {
    try {
      const router = await openRouter(folder, {
        logger,
        encoder: encoders(folder, encoder),
        ...(plugin && { plugin }),
      });
      opened.add(() => router.dispose());
      routers[name] = router;
    } catch (error) {
      if (!RouteProfileError.isInstance(error)) throw error;
      problems.push([`routes.${name}.router: ${error.message}`, error.hint].filter(Boolean).join('. '));
    }
  }
  if (problems.length > 0) throw serveProblems(source, problems);
  return routers;
}

async function open(found: FoundConfig, logger: Logger, opened: Opened): Promise<Gateway> {
  const { config, source, from } = found;
  const routes = await openRouters(found, logger, opened);
  const { listen: _listen, state, routes: settings, ...rest } = config;
  const store = state.kind === 'journal' ? await openJournal(state.dir, { logger }) : memoryStore();
  opened.add(() => store.close());
  const upstream = openNodeUpstream();
  opened.add(() => upstream.close());
  const gatewayRoutes = Object.fromEntries(
    Object.entries(settings).map(([name, { router: _router, plugin: _plugin, encoder: _encoder, ...route }]) => [
      name,
      route,
    ]),
  );
  try {
    return createGateway(
      { ...rest, routes: gatewayRoutes },
      { routes, upstream, store, logger, secrets: fileSecrets({ from }) },
    );
  } catch (error) {
    if (RouteProfileError.isInstance(error) && error.details.length > 0) throw serveProblems(source, error.details);
    throw error;
  }
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Serves until it is told to stop; requests under way may then end. */
export async function serveCommand(flags: ServeCommandFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const found = await openServeConfig(flags);
  const { config } = found;
  const opened = new Opened();
  try {
    const gateway = await open(found, console.logger, opened);
    const listening = await listen(gateway, config.listen);
    io.endsWithin?.(GRACE_MS + ENDING_MS);
    const { url } = listening;
    const curl = curlLine(url, config);
    if (flags.json) console.printJson({ url, routes: Object.keys(config.routes), curl });
    else {
      const models = new Set(config.endpoints.map(({ candidate }) => candidate));
      const routes = Object.keys(config.routes).join(', ');
      console.print(
        `Serving ${plural(models.size, 'model')} on ${url} (routes: ${routes}). Ctrl-C ends it.\n\nTry:\n  ${curl}`,
      );
    }
    await stopped(io.signal);
    console.logger.info(`closing; requests under way have ${GRACE_MS / 1000} seconds`);
    await listening.close(GRACE_MS);
    return 0;
  } finally {
    await opened.close();
  }
}
