import { DEPTH_OPTIONS, type SpaceCell } from './cells.js';

type Options = Readonly<Record<string, unknown>>;

const isCompat = (options: Options): boolean => options['compat'] === true;

/** Options but for the depth, which has rows of its own. */
const shape = (options: Options): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([name, value]) => value !== undefined && !(DEPTH_OPTIONS as readonly string[]).includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Names the options that set each apart from the commonest of its strategy: '', `compat`, `norm=right`. */
function variantsOf(all: readonly Options[]): (options: Options) => string {
  const commonest = (compat: boolean) => {
    const counts = new Map<string, { count: number; shape: Record<string, unknown> }>();
    for (const options of all.filter((other) => isCompat(other) === compat)) {
      const own = shape(options);
      const key = JSON.stringify(own);
      counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, shape: own });
    }
    return [...counts.values()].reduce((top, entry) => (entry.count > top.count ? entry : top), {
      count: 0,
      shape: {},
    }).shape;
  };
  const base = { published: commonest(true), repaired: commonest(false) };
  return (options) => {
    const own = shape(options);
    const usual = isCompat(options) ? base.published : base.repaired;
    const names = [...new Set([...Object.keys(usual), ...Object.keys(own)])];
    const different = names.filter((name) => JSON.stringify(own[name]) !== JSON.stringify(usual[name]));
    const text = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unset'));
    return [...(isCompat(options) ? ['compat'] : []), ...different.map((name) => `${name}=${text(own[name])}`)].join(
      ', ',
    );
  };
}

/**
 * What sets a cell apart from the others of its profile and router, in words: '' for the commonest options, `compat` for the
 * published behaviour, else the options that differ, those of the router marked so.
 */
export function variantNames(cells: readonly SpaceCell[]): (cell: SpaceCell) => string {
  const by = (kind: 'profile' | 'router') =>
    new Map(
      [...new Set(cells.map((cell) => cell[kind]))].map((name) => [
        name,
        variantsOf(cells.filter((cell) => cell[kind] === name).map(({ options }) => options[kind])),
      ]),
    );
  const profiles = by('profile');
  const routers = by('router');
  return ({ profile, router, options }) => {
    const own = profiles.get(profile)?.(options.profile) ?? '';
    const theirs = routers.get(router)?.(options.router) ?? '';
    return [...(own === '' ? [] : [own]), ...(theirs === '' ? [] : [`router ${theirs}`])].join(', ');
  };
}
