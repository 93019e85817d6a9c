#!/usr/bin/env node
// Committed as it is, so that npm can link it before the first build; the program itself lies in dist.
let program;
try {
  program = await import('../dist/index.js');
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('dist')) throw error;
  console.error('routeprofile is not built yet: run `npm run build` in the repository first.');
  process.exit(1);
}
process.exitCode = await program.main(process.argv.slice(2));
