#!/usr/bin/env node
// Committed as it is, so that npm can link it before the first build; the program itself lies in dist.
import { existsSync } from 'node:fs';

let program;
try {
  program = await import('../dist/index.js');
} catch (error) {
  if (existsSync(new URL('../dist/index.js', import.meta.url))) throw error;
  console.error('routeprofile is not built yet: run `npm run build` in the repository first.');
  process.exit(1);
}
process.exitCode = await program.main(process.argv.slice(2));
