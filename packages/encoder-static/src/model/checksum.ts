/**
 * 16 hexadecimal digits that tell files apart and show damage: two lanes of MurmurHash3 (32 bits) of different seeds. Quick, and there in every browser,
 * whereas `crypto.subtle` is missing from pages without HTTPS; it does not protect from someone who wants two files to agree.
 */
export function checksumOf(bytes: Uint8Array): string {
  const words = bytes.length >> 2;
  // A view of words needs a start that is a multiple of 4.
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const view = new Int32Array(aligned.buffer, aligned.byteOffset, words);
  let a = 0x9747b28c | 0;
  let b = 0x3c6ef372 | 0;
  for (let i = 0; i < words; i++) {
    const k = Math.imul(view[i]!, 0xcc9e2d51);
    const mixed = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    a ^= mixed;
    a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
    b ^= Math.imul(mixed, 0x85ebca6b) ^ (mixed >>> 16);
    b = (Math.imul((b << 13) | (b >>> 19), 5) + 0x52dce729) | 0;
  }
  for (let i = 4 * words; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b ^ bytes[i]!, 0x01000193) ^ (b >>> 15);
  }
  return [a ^ bytes.length, b ^ bytes.length].map((h) => finish(h).toString(16).padStart(8, '0')).join('');
}

function finish(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
