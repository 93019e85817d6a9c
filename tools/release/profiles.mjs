// What `@routeprofile/profiles` promises alone: a dataset folder becomes a profile set in ten lines, in ESM and in CJS.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './must.mjs';

const call = `buildProfileSet('sample', { profile: 'emb-gnn:hops=2', encoder: 'hash' })`;
const print = `console.log(JSON.stringify({
  models: profiles.models,
  rows: profiles.vectors.rows,
  cols: profiles.vectors.cols,
  finite: profiles.vectors.data.every(Number.isFinite),
}))`;
const SCRIPTS = {
  'ten-lines.mjs': `import { buildProfileSet } from '@routeprofile/profiles/node';
const profiles = await ${call};
${print};
`,
  'ten-lines.cjs': `const { buildProfileSet } = require('@routeprofile/profiles/node');
${call}.then((profiles) => {
${print};
});
`,
};

/** Runs both scripts on the sample dataset in a project that has the package alone. */
export async function profilesInTenLines(folder, env) {
  // `@routeprofile/data` is there as a dependency; it writes the sample.
  writeFileSync(
    join(folder, 'sample.mjs'),
    `import { writeSample } from '@routeprofile/data';\nawait writeSample('sample');\n`,
  );
  await must(process.execPath, ['sample.mjs'], { cwd: folder, env });
  const said = [];
  for (const [file, source] of Object.entries(SCRIPTS)) {
    if (source.trim().split('\n').length > 10) throw new Error(`${file} has more than ten lines`);
    writeFileSync(join(folder, file), source);
    const { stdout } = await must(process.execPath, [file], { cwd: folder, env });
    const set = JSON.parse(stdout);
    if (!(set.models.length >= 8 && set.rows === set.models.length && set.cols > 0 && set.finite))
      throw new Error(`${file} gives ${stdout}`);
    said.push(stdout);
  }
  if (said[0] !== said[1]) throw new Error(`ESM gives ${said[0]}, CJS gives ${said[1]}`);
}
