import {
  attentionRouter,
  builtInWrappers,
  clusterRouter,
  knnRouter,
  linearRouter,
  simRouter,
  twoStageRouter,
  wrapStrategy,
} from '@routeprofile/routers';
import {
  parseOptions,
  type Router,
  type RouterInput,
  type RouterStrategy,
  type RunContext,
} from '@routeprofile/schema';
import type { RouterName } from './router-names';

const STRATEGIES: Record<RouterName, RouterStrategy> = {
  attention: attentionRouter,
  knn: knnRouter,
  cluster: clusterRouter,
  'two-stage': twoStageRouter,
  linear: linearRouter,
  sim: simRouter,
};

function wrapperCalled(name: string) {
  const wrapper = builtInWrappers.find((known) => known.name === name);
  if (!wrapper) throw new Error(`@routeprofile/routers has no wrapper called ${name}`);
  return { wrapper };
}

/** Fits a router and, around it, the chance of being right and the expected cost of each model: neither changes a choice. */
export function fitRouter(name: RouterName, input: RouterInput, ctx: RunContext): Promise<Router> {
  const strategy = wrapStrategy(STRATEGIES[name], [wrapperCalled('calibrate'), wrapperCalled('estimate')]);
  return strategy.fit(input, parseOptions(strategy, {}), ctx);
}
