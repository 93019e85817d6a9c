import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a replica does: one program, so that tests need no file of their own for it. Each line it is given is answered with one. */
const PROGRAM = `
import { createInterface } from 'node:readline';
import { openPostgres } from '@routeprofile/gateway/postgres';
const store = await openPostgres(JSON.parse(process.env.OPTIONS));
const limit = (amount) => ({ amount, per: 'day' });
const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const does = {
  async reserveMany({ count, amount, of }) {
    const held = await Promise.all(Array.from({ length: count }, () => store.reserve('team', amount, limit(of), 3_600_000)));
    return held.filter(Boolean).length;
  },
  spent: () => store.spent('team', 'day'),
  // Says what each request cost as soon as it is granted, as a model server would charge it, and never ends.
  async spendForever({ amount, actual, of }) {
    for (;;) {
      const held = await store.reserve('team', amount, limit(of), 3_600_000);
      if (held === null) return 'no money';
      await new Promise((written) => process.stdout.write(JSON.stringify({ charged: actual }) + '\\n', written));
      await new Promise((done) => setTimeout(done, 1));
      await store.settle(held.id, actual);
    }
  },
  close: () => store.close(),
};
say('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { does: name, ...what } = JSON.parse(line);
  does[name](what).then((answer) => say({ answer: answer ?? null }), (error) => say({ error: error.message }));
}
`;

/** A process with a store of the built package. */
export interface Replica {
  /** @returns what it answers */
  ask(what: { does: string } & Record<string, unknown>): Promise<unknown>;
  /** Dollars that were charged in it so far, and how often. */
  charged(): { dollars: number; count: number };
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal after which it goes on to live. */
  signal(signal: NodeJS.Signals): void;
}

/** @param options of `openPostgres` */
export async function startReplica(options: Readonly<Record<string, unknown>>): Promise<Replica> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { ...process.env, OPTIONS: JSON.stringify(options) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting: ((said: unknown) => void)[] = [];
  let units = 0;
  let count = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { charged?: number };
    if (said.charged === undefined) return waiting.shift()?.(said);
    units += Math.round(said.charged * 1e9);
    count++;
  });
  const heard = () =>
    Promise.race([
      new Promise<unknown>((resolve) => waiting.push(resolve)),
      gone.then(() => Promise.reject(new Error(`the replica has ended: ${complaints}`))),
    ]);
  await heard();
  return {
    async ask(what) {
      child.stdin.write(`${JSON.stringify(what)}\n`);
      const { answer, error } = (await heard()) as { answer?: unknown; error?: string };
      if (error !== undefined) throw new Error(error);
      return answer;
    },
    charged: () => ({ dollars: units / 1e9, count }),
    async kill(signal) {
      child.kill(signal);
      await gone;
    },
    signal: (signal) => void child.kill(signal),
  };
}
