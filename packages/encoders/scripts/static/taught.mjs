// What the teacher says of all texts, kept in a work folder, so that a run that was stopped need not ask again.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@routeprofile/schema';
import { DIMENSIONS, openTeacher } from './teacher.mjs';

const WINDOW_TOKENS = 128;
/** Each piece occurs this often in random sequences: what the texts lack is known from them. */
const RANDOM_ROUNDS = 8;
const RESERVED = 6;

/** Windows of 1 to 128 tokens; of which text each is. */
function windowsOf(texts, tokenizer) {
  const windows = [];
  const ofText = [];
  texts.forEach((text, i) => {
    const tokens = tokenizer.encode(text);
    for (let at = 0; at < Math.max(1, tokens.length); at += WINDOW_TOKENS) {
      windows.push(tokens.length === 0 ? Int32Array.of(0) : tokens.slice(at, at + WINDOW_TOKENS));
      ofText.push(i);
    }
  });
  return { windows, ofText };
}

/** All pieces in random order, again and again, cut into sequences of 2 to 60. */
function randomWindows(pieces, seed) {
  const random = createRandom(seed, 'sequences');
  const ids = Array.from({ length: pieces - RESERVED }, (_, i) => i + RESERVED);
  const all = Array.from({ length: RANDOM_ROUNDS }, () => random.shuffle(ids)).flat();
  const windows = [];
  for (let at = 0; at < all.length; at += windows.at(-1).length) {
    const length = Math.round(Math.exp(Math.log(2) + random.float() * Math.log(30)));
    windows.push(Int32Array.from(all.slice(at, at + length)));
  }
  return { windows, ofText: windows.map((_, i) => i) };
}

/**
 * @returns per set of texts `{ windows, ofText, outputs, states, counts }`, and the teacher's last layer
 */
export async function taughtSets(texts, tokenizer, pieces, { seed, work, say }) {
  const teacher = await openTeacher();
  const sets = { random: randomWindows(pieces, seed) };
  for (const name of ['heldOut', 'queries', 'sentences', 'glosses']) sets[name] = windowsOf(texts[name], tokenizer);
  mkdirSync(work, { recursive: true });
  for (const [name, set] of Object.entries(sets)) {
    const tokens = set.windows.reduce((n, window) => n + window.length, 0);
    const file = join(work, `${name}-${seed}-${set.windows.length}-${tokens}.bin`);
    const sizes = [4 * set.windows.length * DIMENSIONS, 8 * pieces * DIMENSIONS, 8 * pieces];
    if (!existsSync(file)) {
      const started = performance.now();
      const { outputs, states, counts } = await teacher.teach(set.windows, pieces, (done, all) => {
        if (done === all || done % 100 < 8) say(`${name}: ${done} of ${all} windows`);
      });
      writeFileSync(file, Buffer.concat([states, counts, outputs].map((x) => Buffer.from(x.buffer))));
      say(
        `${name}: ${set.windows.length} windows, ${tokens} tokens, ${Math.round((performance.now() - started) / 1000)} s`,
      );
    }
    const { buffer, byteOffset } = readFileSync(file);
    const from = (at, bytes) => buffer.slice(byteOffset + at, byteOffset + at + bytes);
    set.states = new Float64Array(from(0, sizes[1]));
    set.counts = new Float64Array(from(sizes[1], sizes[2]));
    set.outputs = new Float32Array(from(sizes[1] + sizes[2], sizes[0]));
  }
  return { sets, project: teacher.project };
}
