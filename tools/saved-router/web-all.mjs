// Bundled for places without Node: the decisions of each packed router, with every router there is.
import { builtInRouters } from '@routeprofile/routers';
import { decideWith } from './decide-with.mjs';

export const decide = decideWith(builtInRouters);
