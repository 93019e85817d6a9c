import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A run of 24 cells. */
export function openRunOfCells({ folder, data, encoder, epochs }) {
  const profiles = 'advantage,emb-gnn,flat,index';
  const routers = `sim,knn,mlp:epochs=${epochs}:hidden=64:output=32`;
  /** Hashes by path, without the file that holds measured times, and what trainings keep to go on from: that stays on workers. */
  const files = (out) => {
    const found = new Map();
    const visit = (path) => {
      if (statSync(path).isDirectory()) return readdirSync(path).forEach((name) => visit(join(path, name)));
      const name = relative(join(folder, out), path);
      if (name !== 'timings.json' && !name.startsWith('store') && !name.endsWith('.tmp'))
        found.set(name, createHash('sha256').update(readFileSync(path)).digest('hex'));
    };
    visit(join(folder, out));
    return found;
  };
  const flags = ['run', '--data', data, '--encoder', encoder, '--cache', join(folder, 'cache')];
  const strategies = ['--profile', profiles, '--router', routers, '--seed', '1,2'];
  return {
    args: (out, more) => [...flags, ...strategies, '--out', join(folder, out), ...more],
    workerArgs: [],
    compare(local, remote) {
      const [a, b] = [files(local), files(remote)];
      const differ = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
      const { rows, failed } = JSON.parse(readFileSync(join(folder, remote, 'report.json'), 'utf8'));
      const problems = differ.length === 0 ? [] : [`${remote}: other than ${local}: ${differ.join(', ')}`];
      return { cells: rows.length, failed: failed.length, files: a.size, differ: differ.length, problems };
    },
    close: () => Promise.resolve(),
  };
}
