// assembly/index.ts → src/kernels/routines.wasm.ts. With --check: fails when the committed bytes are not what the source gives.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = new URL('../src/kernels/routines.wasm.ts', import.meta.url);
const DATA_SECTION = 11;

/** @returns {Promise<Uint8Array>} the compiled module */
async function compile() {
  let binary;
  const options =
    '-O3 --converge --noAssert --runtime stub --importMemory --enable simd --enable bulk-memory -o kernels.wasm';
  const { error, stderr } = await asc.main(['assembly/index.ts', ...options.split(' '), '--baseDir', root], {
    readFile: (name, base) => readFile(`${base}/${name}`, 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`the kernels do not compile: ${error?.message ?? ''}\n${stderr.toString()}`);
  return binary;
}

/** The module lives in somebody else's memory: a data section would overwrite theirs. */
function refuseStaticData(binary) {
  for (let at = 8; at < binary.length;) {
    const section = binary[at++];
    let size = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) size |= ((byte = binary[at++]) & 0x7f) << shift;
    if (section === DATA_SECTION)
      throw new Error('the kernels hold static data, which would overwrite the backend’s memory');
    at += size;
  }
}

const binary = await compile();
refuseStaticData(binary);
const base64 = Buffer.from(binary).toString('base64');
const lines = base64.match(/.{1,100}/g).map((line) => `  '${line}',`);
const text = `// Made from assembly/index.ts by \`npm run build:kernels\`; do not edit.\n// prettier-ignore\nexport const ROUTINES_BASE64 = [\n${lines.join('\n')}\n].join('');\n`;
if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8').catch(() => '')) !== text)
    throw new Error('src/kernels/routines.wasm.ts is not what assembly/index.ts gives: run `npm run build:kernels`');
  console.log(`kernels: ${binary.length} bytes, as committed`);
} else {
  await writeFile(target, text);
  console.log(`kernels: ${binary.length} bytes`);
}
