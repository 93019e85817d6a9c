import { dirname, relative, resolve } from 'node:path';
import { build, type Plugin as EsbuildPlugin } from 'esbuild';

const QUERY = '?script';

/** A module and all that it imports, as one script for browsers. @returns its text, and the files it was made of */
async function scriptText(file: string): Promise<{ text: string; files: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    metafile: true,
    absWorkingDir: dirname(file),
  });
  return {
    text: outputFiles[0]!.text,
    files: Object.keys(metafile.inputs).map((path) => resolve(dirname(file), path)),
  };
}

/** For tsup: `import text from './main.ts?script'` gives the script's text. */
export const scriptTextInBuilds: EsbuildPlugin = {
  name: 'script-text',
  setup({ onResolve, onLoad }) {
    // What is built names its modules by their paths: this one by a path from the package, whoever builds it and where.
    onResolve({ filter: /\?script$/ }, ({ path, resolveDir }) => ({
      path: relative(process.cwd(), resolve(resolveDir, path.slice(0, -QUERY.length))),
      namespace: 'script-text',
    }));
    onLoad({ filter: /.*/, namespace: 'script-text' }, async ({ path }) => {
      const { text, files } = await scriptText(resolve(path));
      return { contents: text, loader: 'text', watchFiles: files };
    });
  },
};

/** The same for vitest. */
export const scriptTextInTests = {
  name: 'script-text',
  enforce: 'pre' as const,
  resolveId: (path: string, importer?: string) =>
    path.endsWith(QUERY) && importer ? resolve(dirname(importer), path.slice(0, -QUERY.length)) + QUERY : undefined,
  load: async (id: string) =>
    id.endsWith(QUERY)
      ? `export default ${JSON.stringify((await scriptText(id.slice(0, -QUERY.length))).text)};`
      : undefined,
};
