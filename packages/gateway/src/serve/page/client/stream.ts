/** What one line of a chat stream adds to the answer. */
interface Added {
  text: string;
  /** What the gateway says where the answer broke off. */
  error?: string;
}

/** @param line of a stream of server-sent events, without its end */
function addedBy(line: string): Added {
  const data = /^data: ?(.*)$/.exec(line)?.[1];
  if (data === undefined || data === '' || data === '[DONE]') return { text: '' };
  const event = JSON.parse(data) as {
    choices?: { delta?: { content?: string | null } }[];
    error?: { message?: string };
  };
  if (event.error) return { text: '', error: event.error.message ?? 'The answer broke off.' };
  return { text: event.choices?.[0]?.delta?.content ?? '' };
}

/** Reads a chat stream, and hands on its text as it comes. @throws Error where the answer broke off */
export async function readStream(body: ReadableStream<Uint8Array>, onText: (text: string) => void): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  const read = (line: string) => {
    const { text, error } = addedBy(line);
    if (error !== undefined) throw new Error(error);
    if (text !== '') onText(text);
  };
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ? decoder.decode(value, { stream: true }) : decoder.decode();
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    lines.forEach(read);
    if (!done) continue;
    read(rest);
    return;
  }
}
