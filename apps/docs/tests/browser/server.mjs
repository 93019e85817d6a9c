import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { fileOf } from '../site.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};
/** What hosts of static sites compress; weights and fonts are dense already. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.wasm']);

/** Added to an address, its page comes in pieces, as over a slow line. */
export const IN_PIECES = '?in-pieces';
/** Small and slow enough that a browser shows the page between any two parts of it. */
const PIECE = { bytes: 1024, milliseconds: 16 };

async function sendInPieces(response, bytes) {
  for (let at = 0; at < bytes.length; at += PIECE.bytes) {
    response.write(bytes.subarray(at, at + PIECE.bytes));
    await setTimeout(PIECE.milliseconds);
  }
  response.end();
}

/**
 * Serves a folder as hosts of static sites do: addresses without `.html`, text gzipped, `404.html` for what is not there.
 * @returns {Promise<{ origin: string, close: () => void }>}
 */
export async function serveSite(folder) {
  const bodies = new Map();
  const bodyOf = (file) => {
    if (!bodies.has(file)) {
      const bytes = readFileSync(join(folder, file));
      bodies.set(file, COMPRESSED.has(extname(file)) ? gzipSync(bytes) : bytes);
    }
    return bodies.get(file);
  };
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url, 'http://localhost');
    const found = fileOf(folder, pathname);
    const file = found ?? '404.html';
    const type = extname(file);
    response.statusCode = found ? 200 : 404;
    response.setHeader('content-type', TYPES[type] ?? 'application/octet-stream');
    // Between the pieces of a compressed page nothing could be read.
    if (search === IN_PIECES) return void sendInPieces(response, readFileSync(join(folder, file)));
    if (COMPRESSED.has(type)) response.setHeader('content-encoding', 'gzip');
    response.end(bodyOf(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
