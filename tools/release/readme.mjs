// The first example of a README, as its reader would run it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { must } from './must.mjs';

/** The first code block: what its info string says, and the code. Throws where there is none, or it is not to be run. */
export function firstExample(file) {
  const [, info, code] = /^```([^\n]*)\n(.*?)^```$/ms.exec(readFileSync(file, 'utf8')) ?? [];
  if (!/^(js|ts|sh) run$/.test(info ?? ''))
    throw new Error(
      `the first code block is "${info ?? 'missing'}", and has to be one of "js run", "ts run", "sh run"`,
    );
  return { language: info.split(' ')[0], code };
}

/** Runs an example in `folder`, and gives what it printed. */
export async function runExample({ language, code }, folder, env) {
  const { stdout } = language === 'sh' ? await shell(code, folder, env) : await script(language, code, folder, env);
  if (stdout.trim() === '') throw new Error('the example prints nothing');
  return stdout.trim();
}

const shell = (code, cwd, env) => must('bash', ['-e', '-c', code], { cwd, env });

function script(language, code, cwd, env) {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  const source = language === 'ts' ? ts.transpileModule(code, { compilerOptions }).outputText : code;
  writeFileSync(join(cwd, 'example.mjs'), source);
  return must(process.execPath, ['example.mjs'], { cwd, env });
}
