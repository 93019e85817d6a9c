import { RouteProfileError } from '@routeprofile/schema';

/** For tests: what an action fails with. Anything but a RouteProfileError is thrown on. */
export async function failureOf(action: () => unknown): Promise<RouteProfileError> {
  try {
    await action();
  } catch (error) {
    if (RouteProfileError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
