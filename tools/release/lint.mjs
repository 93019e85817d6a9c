// The two linters of published packages, on the tarballs themselves.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { must } from './must.mjs';

const ATTW = join(
  dirname(createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json')),
  'dist/index.js',
);

/** What `publint --strict` says. */
export async function publintProblems({ tarball, manifest }) {
  const bytes = readFileSync(tarball);
  const { messages } = await publint({
    strict: true,
    pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
  });
  return messages.map((message) => `${message.type}: ${formatMessage(message, manifest, { color: false })}`);
}

/** What `attw` says of every export path under the resolutions node10, node16 from CJS, node16 from ESM, and bundler. */
export async function attwProblems({ tarball, folder, manifest }) {
  // Entries such as weights have no types.
  const data = Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'string' && !target.endsWith('.json'))
    .map(([path]) => path);
  const excluded = data.length > 0 ? ['--exclude-entrypoints', ...data] : [];
  try {
    await must(process.execPath, [ATTW, tarball, '--format', 'ascii', '--no-emoji', '--no-color', ...excluded], {
      cwd: folder,
    });
    return [];
  } catch (error) {
    return [error.message];
  }
}
