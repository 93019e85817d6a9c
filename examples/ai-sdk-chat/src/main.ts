import { createInterface } from 'node:readline/promises';
import { openChat } from './chat.js';

const { ROUTER: router, BASE_URL: baseURL, API_KEY: apiKey } = process.env;
if (router === undefined || baseURL === undefined) {
  console.error('Set ROUTER (the folder of a trained router) and BASE_URL (of a server of chat completions).');
  process.exit(2);
}

const chat = await openChat({ router, baseURL, apiKey });
const terminal = createInterface({ input: process.stdin, output: process.stdout });
process.stdout.write('> ');
for await (const line of terminal) {
  if (line.trim() !== '')
    try {
      const { served, cost, reason } = await chat.say(line, (piece) => process.stdout.write(piece));
      console.log(`\n[${served}, ${cost === undefined ? 'no price' : `$${cost.toFixed(6)}`}: ${reason}]`);
    } catch (error) {
      console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    }
  process.stdout.write('> ');
}
await chat.close();
