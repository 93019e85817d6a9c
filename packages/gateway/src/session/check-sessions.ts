import type { Report } from '../config/problems.js';
import type { Route } from '../config/snapshot.js';
import type { Endpoint } from '../contracts/endpoint.js';
import { whyUnpriced } from '../decide/wrappers.js';

/**
 * Reports what conversations of a route cannot have.
 * @param monitors names of those that there are
 */
export function checkSessions(
  routes: ReadonlyMap<string, Route>,
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  monitors: readonly string[],
  report: Report,
): void {
  for (const { name, router, settings, lambda } of routes.values()) {
    const { session, budget } = settings;
    if (session === undefined) continue;
    const path = `routes.${name}.session`;
    for (const one of session.monitors)
      if (!monitors.includes(one))
        report(`${path}.monitors`, `there is no monitor ${one}; there are: ${monitors.join(', ')}`);
    for (const one of session.ladder ?? [])
      if (!router.models.includes(one) || !endpoints.has(one))
        report(`${path}.ladder`, `${one} is not a candidate of the route that has an endpoint`);
    if (session.switch !== 'priced') continue;
    const unpriced = whyUnpriced(router);
    if (unpriced !== null) report(`${path}.switch`, `priced: ${unpriced}. Train it with +cost:within=0.02`);
    else if (lambda === undefined && budget?.pacing === undefined)
      report(
        `${path}.switch`,
        'priced: nothing says what a dollar is worth; put cost:lambda=… among the wrappers, or train the router with +cost',
      );
    const free = router.candidates.filter(({ id, price }) => endpoints.has(id) && price === undefined);
    if (free.length > 0)
      report(`${path}.switch`, `priced: these candidates have no price: ${free.map(({ id }) => id).join(', ')}`);
  }
}
