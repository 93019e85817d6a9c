import type { DatasetLayout } from '@routeprofile/schema';
import { outcomesLayout } from './outcomes/outcomes.js';
import { publishedLayout } from './published/published.js';

/** Every layout of this package. A folder is of the first that says so. */
export const builtInLayouts: readonly DatasetLayout[] = [outcomesLayout, publishedLayout];
