import { RouteProfileError, type Dataset, type RouterStrategy } from '@routeprofile/schema';

/**
 * A router that learns from outcomes alone is refused before anything is encoded or built, when a dataset knows only pairs.
 * @throws RouteProfileError NO_TRAINING_DATA naming every such router
 */
export function assertLearnable(
  { name, train }: Pick<Dataset, 'name' | 'train'>,
  routers: readonly { strategy: Pick<RouterStrategy, 'needs'>; label: string }[],
): void {
  if (train.outcomes !== null) return;
  const unable = [
    ...new Set(routers.filter(({ strategy }) => strategy.needs.includes('outcomes')).map(({ label }) => label)),
  ];
  if (unable.length === 0) return;
  throw new RouteProfileError(
    'NO_TRAINING_DATA',
    `the dataset ${name} has ${train.pairs.length} pairs and no outcomes, but ${unable.join(', ')} cannot learn from pairs`,
    { hint: `Omit ${unable.join(', ')} from --router, or give the dataset scores of every model (outcomes).` },
  );
}
