// A client that may leave: Node's own, as others hide when a connection ends.
import { request } from 'node:http';
import { KEY } from './served.mjs';

/**
 * Asks once.
 * @param asked what the stand-in is to do, and `leave`: `before` the answer has begun or `within` it; undefined: it stays
 * @param onPiece is given each piece of the answer
 * @returns `leftAt`, milliseconds since 1970, or status and text
 */
export function ask({ port, agent }, { id, does, gapMs = 0, stream = false, leave, leaveMs = 20, text = '' }, onPiece) {
  const content = `${text}\n${JSON.stringify({ id, does, gapMs })}`;
  const body = JSON.stringify({ model: 'auto', stream, max_tokens: 100, messages: [{ role: 'user', content }] });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
  return new Promise((resolve, reject) => {
    let [said, status] = ['', 0];
    const asking = request({ port, agent, path: '/v1/chat/completions', method: 'POST', headers }, (answer) => {
      status = answer.statusCode;
      answer.on('data', (piece) => {
        said += piece;
        onPiece?.(piece);
        if (leave === 'within') go();
      });
      answer.on('end', () => resolve({ status, text: said }));
      answer.on('error', reject);
    });
    const go = () => {
      const leftAt = Date.now();
      resolve({ status, leftAt });
      asking.destroy();
    };
    asking.on('error', reject);
    asking.end(body, () => leave === 'before' && setTimeout(go, leaveMs));
  });
}

/** Runs tasks, some of them at a time. */
export async function many(count, atOnce, task) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
