import { transform } from 'esbuild';
import { packageBuild } from '../../tools/tsup.js';

// tfjs-core stays a dependency under its own name; only the file that registers its gradients is bundled (see src/runtime/gradients.ts).
// That file is somebody else's and never read here, so it alone is minified: 290 kB become 140, once per module format.
export default packageBuild(
  { index: 'src/index.ts' },
  {
    external: [/^@tensorflow\/tfjs-core$/],
    noExternal: [/^@tensorflow\/tfjs-core\/dist\//],
    plugins: [
      {
        name: 'minify-gradients',
        async renderChunk(code, { path }) {
          if (!/\/gradients-[^/]*\.c?js$/.test(path)) return undefined;
          return transform(code, { minify: true, target: 'node20', legalComments: 'inline' });
        },
      },
    ],
  },
);
