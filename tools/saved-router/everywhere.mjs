// A saved router decides alike wherever it is opened: the same routers and queries go to `openRouter`, as an ES module imports it and as
// CommonJS requires it, and to `openRouterFrom` in bundles for places without Node.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgeVM } from '@edge-runtime/vm';
import { build } from 'esbuild';
import ts from 'typescript';
import { assert } from '../lib/checks.mjs';
import { runProcess } from '../lib/process.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const PROGRAMS = ['train.mjs', 'decide.mjs', 'decide.cjs', 'decide-with.mjs', 'web.mjs', 'web-all.mjs'];
/** What bundlers for edge workers look for in a package's `exports`, beside `import`. */
const CONDITIONS = ['workerd', 'worker', 'browser'];

async function outputOf(file, args, env) {
  const { code, stdout, stderr } = await runProcess(process.execPath, [file, ...args], { env });
  assert(code === 0, `${file} ended with ${code}: ${stderr.slice(-2000)}`);
  return stdout;
}

/** Equal, numbers up to `tolerance` of the greater one; models, their order and the texts of reasons exactly. */
function alike(a, b, tolerance) {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && alike(a[key], b[key], tolerance));
}

/**
 * @param {string} where what decided, as the error names it
 * @param {number} tolerance of scores and figures, relative; default none
 */
export function assertSame(where, got, expected, tolerance = 0) {
  const names = Object.keys(expected).filter((name) => !alike(got[name], expected[name], tolerance));
  assert(names.length === 0, `${where}, other decisions than in Node, of ${names.join(', ')}`);
}

/**
 * Trains and saves the routers, and has them decide in Node.
 * @param {{ project?: string, work: string, env?: Record<string, string> }} where `project`: a folder with the packages installed, into
 *   which the programs are copied; default this repository. `work`: a folder for what is made
 * @returns {Promise<{ programs: string, cases: object, decisions: object }>} where the programs lie, what they were given, and the decisions
 *   of each router, the same from an ES module and from CommonJS
 */
export async function decideInNode({ project, work, env }) {
  mkdirSync(work, { recursive: true });
  if (project) for (const name of PROGRAMS) copyFileSync(join(HERE, name), join(project, name));
  const programs = project ?? HERE;
  await outputOf(join(programs, 'train.mjs'), [work], env);
  const [esm, cjs] = await Promise.all(
    ['decide.mjs', 'decide.cjs'].map(async (name) => JSON.parse(await outputOf(join(programs, name), [work], env))),
  );
  assertSame('Required from CommonJS', cjs, esm);
  return { programs, cases: JSON.parse(readFileSync(join(work, 'cases.json'), 'utf8')), decisions: esm };
}

/** The cases that `web` can decide: of the routers that it names. */
export function untrained({ queries, routers }) {
  const named = Object.entries(routers).filter(([, { manifest }]) => !/^(mlp|graph)/.test(manifest.strategy));
  return { queries, routers: Object.fromEntries(named) };
}

/** The decisions of those cases alone. */
export const decisionsOf = ({ routers }, decisions) =>
  Object.fromEntries(Object.keys(routers).map((name) => [name, decisions[name]]));

/** Calls of `require` in a program; what only looks like one in a string or a comment is none. */
function requires(text) {
  const source = ts.createSourceFile('bundle.js', text, ts.ScriptTarget.ES2022, false, ts.ScriptKind.JS);
  const found = [];
  const look = (node) => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require')
      found.push(text.slice(node.pos, node.end).trim());
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/**
 * A program as a bundler makes it for browsers and edge workers: a script that leaves `program.decide`. It asks for nothing of Node.
 * `web` moreover holds nothing of TensorFlow.js; in `web-all` it is loaded when a trained router is. Its threaded WebAssembly backend
 * has a worker's source as a string, in which `require("fs")` stands behind a check for Node: text, which nothing here runs.
 * @param {'web' | 'web-all'} name
 */
export async function bundle(programs, name) {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(programs, `${name}.mjs`)],
    bundle: true,
    format: 'iife',
    globalName: 'program',
    platform: 'browser',
    conditions: CONDITIONS,
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const [{ text }] = outputFiles;
  const [{ imports, inputs }] = Object.values(metafile.outputs);
  assert(imports.length === 0, `${name} imports ${imports.map(({ path }) => path).join(', ')} from outside`);
  const required = requires(text);
  assert(required.length === 0, `${name} calls ${required.join(', ')}`);
  if (name === 'web') {
    const tensors = Object.keys(inputs).filter(
      (file) => file.includes('@tensorflow') && inputs[file].bytesInOutput > 0,
    );
    assert(tensors.length === 0, `${name} holds TensorFlow.js: ${tensors.slice(0, 3).join(', ')}`);
    assert(!/\brequire\s*\(|\bnode:/.test(text), `${name} speaks of Node's modules`);
  }
  return text;
}

/**
 * Decides in a runtime like those of edge workers: web standards, nothing of Node, no code from strings.
 * @param {boolean} wasm whether WebAssembly may be compiled from bytes: some of these runtimes refuse it
 */
export async function decideOnEdge(text, cases, { wasm }) {
  const edge = new EdgeVM({ codeGeneration: { strings: false, wasm } });
  const left = ['process', 'require', 'Buffer', 'window'].filter(
    (name) => edge.evaluate(`typeof ${name}`) !== 'undefined',
  );
  assert(left.length === 0, `the runtime has ${left.join(', ')}`);
  edge.evaluate(text);
  // As JSON, since what is made outside has prototypes of its own.
  edge.context.cases = JSON.stringify(cases);
  return JSON.parse(
    await edge.evaluate('program.decide(JSON.parse(cases)).then((decisions) => JSON.stringify(decisions))'),
  );
}
