import { plural } from '@routeprofile/schema';
import type { Snapshot } from './snapshot.js';

/** Names shown at most. */
const SHOWN = 12;

/** One line for each route that has candidates without an endpoint. */
export const withoutEndpoints = ({ routes, endpoints }: Pick<Snapshot, 'routes' | 'endpoints'>): string[] =>
  [...routes.values()].flatMap(({ name, router: { models } }) => {
    const missing = models.filter((model) => !endpoints.has(model));
    if (missing.length === 0) return [];
    const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : '';
    const are = missing.length === 1 ? 'has no endpoint, and is' : 'have no endpoint, and are';
    return [
      `routes.${name}: ${missing.length} of ${plural(models.length, 'candidate')} ${are} never chosen: ${missing.slice(0, SHOWN).join(', ')}${more}`,
    ];
  });
