import type { EndpointHealth } from '../../../health.js';
import type { Overview } from '../../overview/overview.js';
import { element } from './dom.js';
import { ago, counted, duration } from './format.js';

const NAMES: Readonly<Record<EndpointHealth['state'], string>> = {
  up: 'up',
  cooling: 'cooling down',
  trial: 'to be tried again',
  out: 'out',
};

function whyOf({ state, fault, faults, waitMs }: EndpointHealth): string | undefined {
  if (fault === undefined) return undefined;
  const last = `${counted(faults, 'fault')} since its last answer, last: ${fault}`;
  if (state === 'cooling') return `${last}; tried again in ${duration(waitMs ?? 0)}`;
  return state === 'out' ? `${last}; not asked until the configuration is loaded again` : last;
}

/** How each endpoint fares, an item each. */
export const endpointItems = (endpoints: Overview['endpoints']): HTMLElement[] =>
  endpoints.map((endpoint) => {
    const { id, state } = endpoint;
    const why = whyOf(endpoint);
    return element(
      'li',
      {},
      element('span', { className: 'name' }, id),
      element('span', { className: `state ${state}` }, NAMES[state]),
      why === undefined ? undefined : element('span', { className: 'why' }, why),
    );
  });

/** What has changed, an item each; one that says so where nothing has, none where nothing is watched. */
export function driftItems({ drift, at }: Overview): HTMLElement[] {
  if (drift === undefined) return [];
  if (drift.flags.length === 0)
    return [element('li', {}, `No change in ${counted(drift.streams, 'stream')} of rewards, costs, times and faults.`)];
  return drift.flags.map((flag) =>
    element(
      'li',
      {},
      element(
        'span',
        { className: flag.worse === true ? 'tag fell' : 'tag' },
        flag.worse === true ? 'worse' : 'change',
      ),
      ` ${flag.text}, ${ago(flag.at, at)}`,
    ),
  );
}
