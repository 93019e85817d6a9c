import { BACKENDS, createRuntime, type BackendName, type Runtime } from '@routeprofile/tensor';
import { RouteProfileError } from '@routeprofile/schema';

/** The backend asked for by name, or the fastest that is installed. */
export async function openBackend(name: string | undefined): Promise<Runtime> {
  if (name === undefined || name === 'auto') return createRuntime();
  const backend = BACKENDS.find((known): known is BackendName => known === name);
  if (backend === undefined)
    throw new RouteProfileError('BAD_OPTION', `there is no backend called ${name}`, {
      hint: `Backends: auto, ${BACKENDS.join(', ')}.`,
    });
  return createRuntime({ backend });
}
