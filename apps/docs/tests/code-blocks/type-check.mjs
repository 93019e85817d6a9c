import { dirname, join } from 'node:path';
import ts from 'typescript';

const STRICT = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  resolveJsonModule: true,
  skipLibCheck: true,
  noEmit: true,
};
/** JavaScript is checked for names, members and arguments that do not exist. */
const LOOSE = { ...STRICT, strict: false, noImplicitAny: false, allowJs: true, checkJs: true };
/** Values of a wider type than wanted (a tensor of any rank for one of two): JavaScript cannot write down that it knows better. */
const NEEDS_A_CAST = new Set([2322, 2345, 2769]);

/**
 * Type-checks the TypeScript of all pages in one program, and their JavaScript in another. Each block is a module of
 * its own; blocks with a file name are that file, so that blocks of the same page can import it.
 * The files exist in memory only, in a folder beside `root`'s node_modules, from where packages resolve as they do for users.
 * @param {string} root
 * @param {{ page: string, blocks: import('./extract.mjs').Block[] }[]} pages
 * @returns {{ page: string, line: number, message: string }[]}
 */
export function typeProblems(root, pages) {
  const base = join(root, '.code-blocks');
  const files = new Map([[join(base, 'package.json'), { text: '{ "type": "module" }' }]]);
  pages.forEach(({ page, blocks }, i) => {
    for (const block of blocks)
      if (['ts', 'js', 'json'].includes(block.language) && (block.language !== 'json' || block.file)) {
        const name = block.file ?? `line-${block.line}.${block.language}`;
        files.set(join(base, String(i), name), { text: block.code, page, line: block.line, language: block.language });
      }
  });
  const host = memoryHost(base, files);
  const check = (language, options, tolerated = new Set()) => {
    const roots = [...files].filter(([, file]) => file.language === language).map(([path]) => path);
    if (roots.length === 0) return [];
    const program = ts.createProgram(roots, options, host);
    return [
      ...program.getConfigFileParsingDiagnostics(),
      ...program.getOptionsDiagnostics(),
      ...roots.flatMap((path) => {
        const source = program.getSourceFile(path);
        return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      }),
    ]
      .filter(({ code }) => !tolerated.has(code))
      .map((diagnostic) => located(diagnostic, files));
  };
  return [...check('ts', STRICT), ...check('js', LOOSE, NEEDS_A_CAST)];
}

function located({ file, start, messageText }, files) {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ');
  const origin = file && files.get(file.fileName);
  if (!origin) throw new Error(`the type checker itself: ${message}`);
  return { page: origin.page, line: origin.line + 1 + file.getLineAndCharacterOfPosition(start).line, message };
}

/** The disk, with some files more. Sources are parsed once for both programs. */
function memoryHost(base, files) {
  const folders = new Set([...files.keys()].flatMap((path) => ancestors(dirname(path), base)));
  const host = ts.createCompilerHost(STRICT);
  const parsed = new Map();
  return {
    ...host,
    getCurrentDirectory: () => dirname(base),
    fileExists: (path) => files.has(path) || host.fileExists(path),
    readFile: (path) => files.get(path)?.text ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || host.directoryExists(path),
    realpath: (path) => (files.has(path) || folders.has(path) ? path : host.realpath(path)),
    getSourceFile: (path, languageOrOptions, ...rest) => {
      if (!parsed.has(path)) {
        const text = files.get(path)?.text;
        parsed.set(
          path,
          text === undefined
            ? host.getSourceFile(path, languageOrOptions, ...rest)
            : ts.createSourceFile(path, text, languageOrOptions),
        );
      }
      return parsed.get(path);
    },
  };
}

const ancestors = (path, base) => (path.length < base.length ? [] : [path, ...ancestors(dirname(path), base)]);
