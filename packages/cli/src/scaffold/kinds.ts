/** What a plugin adds; `define…` of `@routeprofile/schema` makes each. */
export const PLUGIN_KINDS = ['router', 'profile', 'encoder', 'metric'] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];
