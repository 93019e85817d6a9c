import { PLUGIN_KEYWORD } from '@routeprofile/schema';
import type { PluginKind, Template } from './template.js';
import { encoderTemplate } from './templates/encoder.js';
import { metricTemplate } from './templates/metric.js';
import { profileTemplate } from './templates/profile.js';
import { routerTemplate } from './templates/router.js';

const TEMPLATES: Record<PluginKind, Template> = {
  router: routerTemplate,
  profile: profileTemplate,
  encoder: encoderTemplate,
  metric: metricTemplate,
};

/** Tools that a written package is built and tested with; these run on Node 20. */
const TOOLS = { typescript: '~6.0.3', vitest: '^4.1.12' };

/** The contracts carry a version of their own, so that a plugin fits every release up to the next major one. */
const fromVersion = (version: string): string => `>=${version} <${Number.parseInt(version, 10) + 1}`;

const packageJson = (kind: PluginKind, name: string, schemaVersion: string) => ({
  name,
  version: '0.1.0',
  description: `A ${kind} plugin for RouteProfile`,
  type: 'module',
  sideEffects: false,
  keywords: [PLUGIN_KEYWORD],
  engines: { node: '>=20.19' },
  exports: {
    '.': { types: './dist/index.d.ts', default: './dist/index.js' },
    './package.json': './package.json',
  },
  files: ['dist', 'README.md'],
  scripts: {
    build: 'tsc -p tsconfig.build.json',
    test: 'vitest run',
    typecheck: 'tsc -p tsconfig.json',
    prepack: 'npm run build',
  },
  peerDependencies: { '@routeprofile/schema': fromVersion(schemaVersion) },
  devDependencies: TOOLS,
});

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    lib: ['ES2023'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    declaration: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src'],
};

const TSCONFIG_BUILD = {
  extends: './tsconfig.json',
  compilerOptions: { noEmit: false, rootDir: 'src', outDir: 'dist' },
  exclude: ['src/**/*.test.ts'],
};

const readme = (kind: PluginKind, { usage }: Template) => `# __NAME__

A ${kind} plugin for RouteProfile. \`src/index.ts\` holds a small method that works: put yours in its place.

\`\`\`sh
npm install
npm test
npm run build
\`\`\`

\`src/index.test.ts\` calls the suite that every ${kind} passes; it comes from \`@routeprofile/schema/testing\`.

## Use it

A dataset to try it on, with simulated outcomes:

\`\`\`sh
npx @routeprofile/cli sample sample
\`\`\`

${usage}
## Publish it

Add an author and a licence to \`package.json\`, then \`npm publish\`. By the keyword \`${PLUGIN_KEYWORD}\` the command
\`npx @routeprofile/cli plugins\` finds it where it is installed.
`;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * A plugin package that installs, passes its tests and builds, as text by path.
 * @param schemaVersion of `@routeprofile/schema` that the package is written for
 */
export function pluginFiles(kind: PluginKind, name: string, schemaVersion: string): Record<string, string> {
  const template = TEMPLATES[kind];
  const files = {
    'package.json': json(packageJson(kind, name, schemaVersion)),
    'tsconfig.json': json(TSCONFIG),
    'tsconfig.build.json': json(TSCONFIG_BUILD),
    '.gitignore': 'node_modules\ndist\n*.tgz\n',
    'README.md': readme(kind, template),
    'src/index.ts': template.source,
    'src/index.test.ts': template.test,
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('__NAME__', name)]));
}
