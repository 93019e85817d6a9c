import { packageBuild } from '../../tools/tsup.js';

// tfjs-core stays a dependency under its own name; only the file that registers its gradients is bundled (see src/runtime/gradients.ts).
export default packageBuild(
  { index: 'src/index.ts' },
  { external: [/^@tensorflow\/tfjs-core$/], noExternal: [/^@tensorflow\/tfjs-core\/dist\//] },
);
