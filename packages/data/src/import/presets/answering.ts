import type { PresetCall } from './preset.js';

/** Names under which a router chooses the model. */
const ALIAS = /(?:^|[/:_-])auto$|^routeprofile\//i;
/** What stands at the end of a name and makes no other model of it: a date, a revision, a channel. */
const SNAPSHOT = /(?:[-@:](?:\d{3,8}|\d{4}-\d\d-\d\d|v\d+:\d+|latest|preview|exp|stable))+$/;

const ROUTED = 'A router was asked by its name, such as openrouter/auto, and the model that answered counts';
const REPLACED = 'Another model answered than was asked for, and counts';

const baseOf = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(SNAPSHOT, '')
    .replace(/[._\s:@-]+/g, '-');

/** Whether two names may be of one model: the same but for a provider, a date and punctuation. */
function areSame(one: string, other: string): boolean {
  const [a, b] = [baseOf(one), baseOf(other)];
  // `anthropic.claude-3` and `claude-3`: words before a name without a figure are those of a provider.
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short === long || (long.endsWith(`-${short}`) && !/\d/.test(long.slice(0, -short.length)));
}

const textOf = (name: unknown): string | undefined =>
  typeof name === 'string' && name.trim() !== '' ? name : undefined;

/**
 * The model that a call is one of: the one that was asked for, whose name stays the same over dated snapshots; but the one that answered,
 * where a router or a gateway took another.
 */
export function answering(asked: unknown, answered: unknown): Pick<PresetCall, 'model' | 'notes'> {
  const [request, response] = [textOf(asked), textOf(answered)];
  if (request === undefined || response === undefined) return { model: request ?? response };
  if (areSame(request, response)) return { model: request };
  return { model: response, notes: { model: ALIAS.test(request) ? ROUTED : REPLACED } };
}
