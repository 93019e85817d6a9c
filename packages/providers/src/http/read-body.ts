/**
 * The text of an answer's body, read as it comes, so that one without an end takes no more memory than `limit` bytes. What comes
 * behind them is not read, and the connection is closed.
 * @param limit bytes, unpacked
 * @returns `whole`: whether that is all of it
 */
export async function readBody(
  { body }: { body: ReadableStream<Uint8Array> | null },
  limit: number,
): Promise<{ text: string; whole: boolean }> {
  if (body === null) return { text: '', whole: true };
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: [...parts, decoder.decode()].join(''), whole: true };
    if (value.length > limit - bytes) {
      await reader.cancel();
      return { text: [...parts, decoder.decode(value.subarray(0, limit - bytes))].join(''), whole: false };
    }
    bytes += value.length;
    parts.push(decoder.decode(value, { stream: true }));
  }
}
