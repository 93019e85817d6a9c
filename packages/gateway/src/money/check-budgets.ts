import type { Candidate } from '@routeprofile/schema';
import type { GatewayConfig } from '../config/config.js';
import type { Report } from '../config/problems.js';
import type { Route } from '../config/snapshot.js';
import type { Endpoint } from '../contracts/endpoint.js';
import { whyUnpriced } from '../decide/wrappers.js';
import type { BudgetConfig } from './budget-config.js';

/** Reports budgets that cannot be kept, or not be paced. */
export function checkBudgets(
  { keys, routes: settings }: Pick<GatewayConfig, 'keys' | 'routes'>,
  routes: ReadonlyMap<string, Route>,
  candidates: ReadonlyMap<string, Candidate>,
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  report: Report,
): void {
  const freeOf = (ids: Iterable<string>) =>
    [...new Set(ids)].filter((id) => endpoints.has(id) && candidates.get(id)?.price === undefined);
  const check = (path: string, budget: BudgetConfig, over: readonly Route[], ids: Iterable<string>) => {
    const free = freeOf(ids);
    if (free.length > 0) report(path, unkept(free));
    if (budget.pacing === undefined) return;
    for (const { name, router } of over) {
      const unpriced = whyUnpriced(router);
      if (unpriced !== null)
        report(`${path}.pacing`, `cannot move λ of routes.${name}: ${unpriced}. Train it with +cost:within=0.02`);
    }
    const { lambda, rate } = budget.pacing;
    const told = over.some(({ router }) => router.cost?.pacing !== undefined);
    if (!told && (lambda === undefined || rate === undefined))
      report(
        `${path}.pacing`,
        'does not know where λ begins and how fast it moves, as no router was trained with +cost:within or +cost:budget; train one so, or give lambda and rate',
      );
  };
  keys.forEach((key, i) => {
    const over = (key.routes ?? [...routes.keys()]).flatMap((name) => routes.get(name) ?? []);
    // Without a list of routes a key may name every candidate.
    if (key.budget) check(`keys.${i}.budget`, key.budget, over, endpoints.keys());
  });
  for (const [name, { budget, session }] of Object.entries(settings)) {
    const route = routes.get(name);
    if (route === undefined) continue;
    const { models } = route.router;
    if (budget) check(`routes.${name}.budget`, budget, [route], models);
    const free = freeOf(models);
    if (session?.budget !== undefined && free.length > 0) report(`routes.${name}.session.budget`, unkept(free));
  }
}

const unkept = (free: readonly string[]): string =>
  `cannot be kept, as these candidates have no price: ${free.join(', ')}. Give each a price in dollars per million tokens (a router has it from input_price and output_price in models.json when it is trained), or omit the budget`;
