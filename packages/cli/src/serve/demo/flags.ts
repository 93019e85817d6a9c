import { RouteProfileError } from '@routeprofile/schema';
import type { ServeFlags } from '../config.js';

/** Queries of the sample per minute where nothing else is said. */
export const USUAL_TRAFFIC = 20;

/** What the demo decides by itself, and why nobody else may. */
const DECIDED = {
  config: 'the demo has a configuration of its own',
  router: 'the demo trains its own router',
  endpoint: 'the demo has stand-ins for its model servers',
  key: 'stand-ins ask for no key',
  state: 'simulated decisions are kept in memory, so that nobody takes them for real ones',
  host: 'the demo is for this machine alone',
} as const satisfies Partial<Record<keyof ServeFlags, string>>;

/** @throws RouteProfileError BAD_OPTION that names every flag that contradicts the demo, or needs it */
export function assertDemoFlags(flags: ServeFlags): void {
  if (flags.demo !== true) {
    if (flags.traffic === undefined) return;
    throw new RouteProfileError('BAD_OPTION', '--traffic sends queries of the sample, and is for --demo alone', {
      hint: 'Omit --traffic, or give --demo.',
    });
  }
  const given = Object.entries(DECIDED).filter(([name]) => flags[name as keyof typeof DECIDED] !== undefined);
  if (given.length === 0) return;
  const details = given.map(([name, why]) => `--${name}: ${why}`);
  throw new RouteProfileError(
    'BAD_OPTION',
    `--demo cannot be given with ${given.map(([name]) => `--${name}`).join(', ')}`,
    {
      hint: 'Omit them, or omit --demo to serve what is yours.',
      details,
    },
  );
}
