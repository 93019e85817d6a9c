import { plural, RouteProfileError } from '@routeprofile/schema';

/** Takes down what is wrong, so that everything is said at once. */
export type Report = (path: string, problem: string) => void;

/** @param details `path: what is wrong`, one for each problem */
export const problems = (details: readonly string[]): RouteProfileError =>
  new RouteProfileError(
    'BAD_OPTION',
    `the gateway's configuration has ${plural(details.length, 'problem')}: ${details.join('; ')}`,
    { hint: 'Correct what is named, and start the gateway again.', details },
  );
