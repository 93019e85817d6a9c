import { join } from 'node:path';
import { must } from './must.mjs';
import { manifestOf, PACKAGES } from './version.mjs';

/**
 * Packs every package of `root` into `folder`.
 * @returns one entry per package: `{ name, manifest, tarball, size, unpackedSize, files: [{ path, size }] }`
 */
export async function packAll(root, folder) {
  const args = ['pack', ...PACKAGES.map((name) => `./packages/${name}`), '--json', '--pack-destination', folder];
  const { stdout } = await must('npm', args, { cwd: root });
  const packed = JSON.parse(stdout);
  return PACKAGES.map((name) => {
    const manifest = manifestOf(root, name);
    const { filename, size, unpackedSize, files } = packed.find((entry) => entry.name === manifest.name);
    return {
      name,
      folder: join(root, 'packages', name),
      manifest,
      tarball: join(folder, filename),
      size,
      unpackedSize,
      files,
    };
  });
}
