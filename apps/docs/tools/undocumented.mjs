// Exports that no comment says anything of, by package.
//
//   node apps/docs/tools/undocumented.mjs [--list]
import { fileURLToPath } from 'node:url';
import { Application, ReflectionKind, TSConfigReader, TypeDocReader } from 'typedoc';

const options = fileURLToPath(new URL('../typedoc.json', import.meta.url));
const app = await Application.bootstrapWithPlugins({ options }, [new TypeDocReader(), new TSConfigReader()]);
const project = await app.convert();
if (!project) process.exit(1);

const documented = (reflection) =>
  reflection.hasComment() || (reflection.signatures ?? []).some((signature) => signature.hasComment());

for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
  const exported = (module.children ?? []).filter(({ kind }) => kind !== ReflectionKind.Reference);
  const missing = exported.filter((reflection) => !documented(reflection)).map(({ name }) => name);
  console.log(`${module.name}: ${missing.length} of ${exported.length}`);
  if (process.argv.includes('--list')) for (const name of missing) console.log(`  ${name}`);
}
