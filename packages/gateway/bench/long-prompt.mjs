// node bench/long-prompt.mjs [--seconds N]: prompts of 60,000 characters beside streams through `routeprofile serve`, with texts read by the hash
// encoder. How late the chunks of the streams come, measured from when the model server sent each: with short prompts beside them, and with long
// ones. Prints JSON.
import { Agent } from 'node:http';
import { parseArgs } from 'node:util';
import { ask } from './lib/client.mjs';
import { quantile } from './lib/processes.mjs';
import { serveBeside } from './lib/served.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const STREAMS = 10;
const GAP_MS = 20;
const LONG = 'How do I sort a list of numbers in place? '.repeat(1_500).slice(0, 60_000);

/** Streams for a while, and one prompt after the other beside them. @returns milliseconds that chunks were late, and prompts answered */
async function beside(served, text, seconds) {
  const agent = new Agent({ keepAlive: true });
  const late = [];
  let [over, prompts, id] = [false, 0, text.length];
  const take = (piece) => {
    const now = Date.now();
    for (const [, sent] of String(piece).matchAll(/"content":"(\d+) "/g)) late.push(now - Number(sent));
  };
  const streaming = async () => {
    while (!over)
      await ask({ port: served.port, agent }, { id: id++, does: 'good', stream: true, gapMs: GAP_MS }, take);
  };
  const asking = async () => {
    while (!over) {
      const { status } = await ask({ port: served.port, agent }, { id: id++, does: 'good', text });
      if (status !== 200) throw new Error(`a prompt was answered with ${status}`);
      prompts++;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  setTimeout(() => (over = true), seconds * 1_000);
  await Promise.all([...Array.from({ length: STREAMS }, streaming), asking()]);
  agent.destroy();
  const at = (share) => quantile(late, share);
  return {
    prompts,
    chunks: late.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    p999Ms: at(0.999),
    mostMs: Math.max(...late),
  };
}

const seconds = Number(values.seconds);
/** The router reads all of the text, not only what it reads by default. */
const all = await serveBeside({ encoder: 'hash', route: { maxChars: 100_000 } });
const cut = await serveBeside({ encoder: 'hash' });
try {
  await beside(cut, 'Hi', 2);
  await beside(all, 'Hi', 2);
  const short = await beside(cut, 'Hi', seconds);
  const long = await beside(cut, LONG, seconds);
  const longRead = await beside(all, LONG, seconds);
  console.log(JSON.stringify({ shortPrompts: short, longPrompts: long, longPromptsReadWhole: longRead }));
} finally {
  await cut.close();
  await all.close();
}
