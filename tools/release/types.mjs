// TypeScript as the user of a package has it: strict, and nothing installed beside the package, not even @types/node.
import { dirname, join } from 'node:path';
import ts from 'typescript';

const RESOLUTIONS = {
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

// TypeScript's own libraries are the same for every package, and half of the work: each is read once a resolution.
const LIBRARIES = dirname(ts.getDefaultLibFilePath({}));
const read = { node16: new Map(), bundler: new Map() };

function hostFor(folder, options, libraries) {
  const host = ts.createCompilerHost(options);
  const getSourceFile = (name, ...rest) => {
    if (dirname(name) !== LIBRARIES) return host.getSourceFile(name, ...rest);
    if (!libraries.has(name)) libraries.set(name, host.getSourceFile(name, ...rest));
    return libraries.get(name);
  };
  return { ...host, getSourceFile, getCurrentDirectory: () => folder };
}

// skipLibCheck would leave our own declarations unchecked, and its absence fails by others' (@webgpu/types, which comes with
// TensorFlow.js, declares again what TypeScript's DOM declares). So the files of the package are asked one by one. Those of the other
// packages that it brings are asked where these are installed alone: with the least around them that they will ever have.
const belongsTo =
  (name) =>
  ({ fileName }) =>
    !fileName.includes('/node_modules/') || fileName.includes(`/node_modules/${name}/`);

/**
 * What TypeScript says of `files` and of the declarations of the package `name`.
 * @param {'node16' | 'bundler'} resolution
 */
export function typeProblems(name, folder, files, resolution) {
  const options = {
    ...RESOLUTIONS[resolution],
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
  };
  const host = hostFor(folder, options, read[resolution]);
  const program = ts.createProgram(
    files.map((file) => join(folder, file)),
    options,
    host,
  );
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program
      .getSourceFiles()
      .filter(belongsTo(name))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return found.map((diagnostic) => `${resolution}: ${ts.formatDiagnostic(diagnostic, host).trim()}`);
}
