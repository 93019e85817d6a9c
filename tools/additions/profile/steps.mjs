// A profile: a folder with the strategy and its test, a line in the list, its export, a section of the docs page.
export const profile = {
  name: 'name-only',
  limit: 4,
  package: 'profiles',
  folder: 'packages/profiles/src/name-only',
  list: {
    file: 'packages/profiles/src/built-in.ts',
    list: 'builtInProfiles',
    value: 'nameOnlyProfile',
    from: './name-only/name-only.js',
  },
  exported: 'packages/profiles/src/index.ts',
  docs: {
    file: 'apps/docs/concepts/profile-strategies.md',
    before: '\n## Published and repaired\n',
    text: '\n`name-only` shows what the name of a model says by itself.\n',
  },
};
