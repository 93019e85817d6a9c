import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { OpenTelemetryApi } from '@routeprofile/gateway';
import { RouteProfileError } from '@routeprofile/schema';

const PACKAGE = '@opentelemetry/api';

/**
 * The `@opentelemetry/api` of the folder in which the command runs, so that spans go to the exporter that is set up with it.
 * @throws RouteProfileError UNSUPPORTED where it is not installed
 */
export function openTelemetry(folder = process.cwd()): OpenTelemetryApi {
  try {
    return createRequire(join(folder, 'serve.js'))(PACKAGE) as OpenTelemetryApi;
  } catch (cause) {
    throw new RouteProfileError('UNSUPPORTED', `tracing: ${PACKAGE} cannot be loaded from ${folder}`, {
      hint: `Install it there (npm install ${PACKAGE} and an exporter), and set the exporter up with NODE_OPTIONS="--import ./otel.mjs".`,
      cause,
    });
  }
}
