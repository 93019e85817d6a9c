/** What a plugin adds; `define…` of `@routeprofile/schema` makes each. */
export const PLUGIN_KINDS = ['router', 'profile', 'encoder', 'metric'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

/** What a written package holds beside its frame. `__NAME__` stands for the package's name. */
export interface Template {
  /** `src/index.ts`: a small strategy that works. */
  source: string;
  /** `src/index.test.ts`: the contract suite and a test of its own. */
  test: string;
  /** The part of the README on how to use it. */
  usage: string;
}
