// Whoever calls a function has to be able to name what it takes and returns: the types in the signatures of an entry are
// exported by that entry, whichever package of ours declares them.
import { join } from 'node:path';
import ts from 'typescript';

const OPTIONS = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

const isOurs = (file) => !file.includes('/node_modules/') || /\/node_modules\/@routeprofile\/[^/]+\/dist\//.test(file);

const declaredByUs = (symbol) =>
  symbol.declarations?.some((declaration) => isOurs(declaration.getSourceFile().fileName));

/** The symbol itself, where the given one only passes it on. */
const resolved = (checker, symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

const NAMED = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class | ts.SymbolFlags.Enum;

/** Names of types in the declarations of a symbol, as they are written: what a caller would want to write too. */
function namesIn(checker, symbol) {
  const found = new Set();
  const visit = (node) => {
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    const type = name && checker.getSymbolAtLocation(name);
    const target = type && resolved(checker, type);
    if (target && target.flags & NAMED && declaredByUs(target)) found.add(target);
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) visit(declaration);
  return found;
}

/**
 * `ENTRY: FUNCTION names TYPE, which the entry does not export` for every such type.
 * @param {Record<string, string>} entries declaration file by the import path of the entry
 */
export function signatureProblems(entries) {
  const program = ts.createProgram(Object.values(entries), OPTIONS);
  const checker = program.getTypeChecker();
  return Object.entries(entries).flatMap(([entry, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) return [`${entry}: ${file} is not a module`];
    const exported = checker.getExportsOfModule(module).map((symbol) => resolved(checker, symbol));
    const known = new Set(exported);
    const callable = exported.filter(({ flags }) => flags & (ts.SymbolFlags.Value & ~ts.SymbolFlags.Enum));
    const missing = new Map();
    for (const symbol of callable)
      for (const type of namesIn(checker, symbol))
        if (!known.has(type)) missing.set(type.name, [...(missing.get(type.name) ?? []), symbol.name]);
    return [...missing].map(
      ([type, users]) => `${entry} does not export the type ${type}, which ${users.slice(0, 3).join(', ')} names`,
    );
  });
}

/** Declaration files of a package's entries, by import path. @param folder where its package.json lies */
export const entryDeclarations = ({ name, exports }, folder) =>
  Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]) =>
      target?.import?.types ? [[name + path.slice(1), join(folder, target.import.types)]] : [],
    ),
  );
