import { isDeepStrictEqual } from 'node:util';
import type { Gateway, GatewayConfigInput } from '@routeprofile/gateway';
import { createGateway, fileSecrets, listen, openNodeUpstream, traceBy } from '@routeprofile/gateway/node';
import { openRouter, openVerifiers, type OpenRouter } from '@routeprofile/pipeline';
import { messageOf, messageWithHint, plural, RouteProfileError, type Logger } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { servedEncoders } from '../serve/encoders.js';
import { openServeConfig, serveProblems, type FoundConfig, type ServeFlags } from '../serve/config.js';
import { curlLine } from '../serve/curl.js';
import { assertDemoFlags } from '../serve/demo/flags.js';
import { openDemo } from '../serve/demo/open-demo.js';
import { openTelemetry } from '../serve/open-telemetry.js';
import { openState } from '../serve/state.js';
import { watchServed } from '../serve/watch-served.js';
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
      problems.push(`routes.${name}.router: ${messageWithHint(error)}`);
    }
  }
  if (problems.length > 0) throw serveProblems(source, problems);
  return routers;
}

/** What the gateway itself reads of the configuration. */
function gatewayConfigOf({ config }: FoundConfig): GatewayConfigInput {
  const { listen: _listen, state: _state, tracing: _tracing, verify: _verify, routes, ...rest } = config;
  const settings = Object.entries(routes).map(([name, route]) => {
    const { router: _router, plugin: _plugin, encoder: _encoder, ...others } = route;
    return [name, others];
  });
  return { ...rest, routes: Object.fromEntries(settings) as GatewayConfigInput['routes'] };
}

/** Problems of the gateway are those of the file. */
function named<T>({ source }: FoundConfig, opening: () => T): T {
  try {
    return opening();
  } catch (error) {
    if (RouteProfileError.isInstance(error) && error.details.length > 0) throw serveProblems(source, error.details);
    throw error;
  }
}

async function open(found: FoundConfig, logger: Logger, opened: Opened, routers: Opened): Promise<Gateway> {
  const { config, from } = found;
  const routes = await openRouters(found, logger, routers);
  const verifiers = await openVerifiers(config.verify, { folder: from, logger });
  const secrets = fileSecrets({ from });
  const store = await openState(found, secrets, logger);
  opened.add(() => store.close());
  const upstream = openNodeUpstream();
  opened.add(() => upstream.close());
  const tracing = config.tracing ? traceBy(openTelemetry()) : undefined;
  return named(found, () =>
    createGateway(gatewayConfigOf(found), {
      ...{ routes, upstream, store, logger, secrets, verifiers },
      ...(tracing && { tracing }),
    }),
  );
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** A configuration, and the routers that were opened for it. */
interface InUse {
  found: FoundConfig;
  routers: Opened;
}

/** Loads configuration and routers again; what cannot be served leaves everything as it was. @returns what is now in use */
async function reload(
  gateway: Gateway,
  { found: before, routers: old }: InUse,
  flags: ServeFlags,
  logger: Logger,
): Promise<InUse> {
  const routers = new Opened();
  try {
    const found = await openServeConfig(flags);
    const routes = await openRouters(found, logger, routers);
    const { retired } = named(found, () => gateway.reload(gatewayConfigOf(found), routes));
    void retired
      .then(() => old.close())
      .catch((error: unknown) => logger.warn(`the routers of before cannot be closed: ${messageOf(error)}`));
    for (const name of ['listen', 'state', 'tracing', 'verify'] as const)
      if (!isDeepStrictEqual(found.config[name], before.config[name]))
        logger.warn(`${found.source}: \`${name}\` stays as it was until the gateway is started anew`);
    logger.info(
      `${found.source}: configuration and routers are loaded again; requests under way end with those before`,
    );
    return { found, routers };
  } catch (error) {
    await routers.close();
    // A single problem stands in the message already.
    const details = RouteProfileError.isInstance(error) && error.details.length > 1 ? error.details : [];
    const why = [messageOf(error), ...details].join('; ');
    logger.warn(`the changed configuration is not used, and the one before still is: ${why}`);
    return { found: before, routers: old };
  }
}

/** Serves until it is told to stop; requests under way may then end. Configuration and routers are loaded again when they change. */
export async function serveCommand(flags: ServeCommandFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  assertDemoFlags(flags);
  const opened = new Opened();
  let routers = new Opened();
  try {
    const demo = flags.demo ? await openDemo(flags, console.logger, io.signal) : undefined;
    if (demo) opened.add(() => demo.close());
    const found = demo?.found ?? (await openServeConfig(flags));
    const { config } = found;
    const gateway = await open(found, console.logger, opened, routers);
    const listening = await listen(gateway, config.listen);
    if (demo === undefined) {
      let inUse: InUse = { found, routers };
      const unwatch = watchServed(found, async () => {
        inUse = await reload(gateway, inUse, flags, console.logger);
        routers = inUse.routers;
        return inUse.found;
      });
      opened.add(async () => unwatch());
    }
    io.endsWithin?.(GRACE_MS + ENDING_MS);
    const { url } = listening;
    const curl = curlLine(url, config);
    const page = gateway.hasPage ? `${url}/` : null;
    if (flags.json) console.printJson({ url, page, routes: Object.keys(config.routes), curl });
    else {
      const models = new Set(config.endpoints.map(({ candidate }) => candidate));
      const routes = Object.keys(config.routes).join(', ');
      console.print(
        `Serving ${plural(models.size, 'model')} on ${url} (routes: ${routes}). Ctrl-C ends it.${page ? `\n\nSee:\n  ${page}` : ''}\n\nTry:\n  ${curl}`,
      );
    }
    const traffic = demo?.startTraffic(url);
    await stopped(io.signal);
    await traffic?.stop();
    console.logger.info(`closing; requests under way have ${GRACE_MS / 1000} seconds`);
    await listening.close(GRACE_MS);
    return 0;
  } finally {
    await opened.close();
    await routers.close();
  }
}
