import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, TSConfigReader, TypeDocReader } from 'typedoc';

const site = fileURLToPath(new URL('..', import.meta.url));

/**
 * Writes `api/`, one page per entry point, and `api/typedoc-sidebar.json`, as `typedoc.json` says. A link in a comment
 * that leads nowhere is an error.
 */
export async function generateApiReference() {
  const app = await Application.bootstrapWithPlugins({ options: `${site}typedoc.json` }, [
    new TypeDocReader(),
    new TSConfigReader(),
  ]);
  const project = await app.convert();
  if (!project) throw new Error('the API reference: the sources do not compile, see above');
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.validationWarningCount > 0)
    throw new Error('the API reference: comments link to what does not exist, see above');
  const out = app.options.getValue('out');
  rmSync(out, { recursive: true, force: true });
  await app.generateOutputs(project);
  return relative(process.cwd(), out);
}
