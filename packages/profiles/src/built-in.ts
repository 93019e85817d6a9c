import type { ProfileStrategy } from '@routeprofile/schema';
import { advantageProfile } from './advantage/advantage-profile.js';
import { embGnnProfile } from './emb-gnn/emb-gnn-profile.js';
import { flatProfile } from './flat/flat-profile.js';
import { indexProfile } from './index-profile/index-profile.js';
import { irtProfile } from './irt/irt-profile.js';
import { outcomesProfile } from './outcomes/outcomes-profile.js';
import { trainableGnnProfile } from './trainable-gnn/trainable-gnn-profile.js';
import { textGnnProfile } from './text-gnn/text-gnn-profile.js';

/** Every strategy of this package, simplest first: what a profile's name is looked up in. */
export const builtInProfiles: readonly ProfileStrategy[] = [
  indexProfile,
  flatProfile,
  embGnnProfile,
  trainableGnnProfile,
  textGnnProfile,
  advantageProfile,
  outcomesProfile,
  irtProfile,
];
