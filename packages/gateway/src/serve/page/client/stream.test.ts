import { describe, expect, it } from 'vitest';
import { readStream } from './stream.js';

const streamOf = (pieces: readonly Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`;

describe('a streamed answer', () => {
  it('is read whatever its pieces', async () => {
    const bytes = new TextEncoder().encode(
      `: a comment\n\n${delta('Köln ')}data: {"choices":[]}\n\n${delta('👋')}data: [DONE]\n\n`,
    );
    for (const size of [1, 7, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.slice(i * size, (i + 1) * size),
      );
      let text = '';
      await readStream(streamOf(pieces), (more) => (text += more));
      expect(text).toBe('Köln 👋');
    }
  });

  it('that breaks off says so', async () => {
    const bytes = new TextEncoder().encode(`${delta('Fif')}data: {"error":{"message":"cut"}}\n\n`);
    await expect(readStream(streamOf([bytes]), () => {})).rejects.toThrow('cut');
  });
});
