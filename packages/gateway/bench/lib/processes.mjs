// Processes that benchmarks start, and what the system knows of them (Linux).
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * Starts a Node.js program that says in one JSON document on standard output that it is ready.
 * @returns the process, and what it said
 */
export function startProgram(args, env = {}) {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [out, err] = ['', ''];
  child.stderr.on('data', (bytes) => (err = (err + bytes).slice(-20_000)));
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (bytes) => {
      out += bytes;
      if (out.endsWith('}\n')) resolve({ child, said: JSON.parse(out), complaints: () => err });
    });
    child.on('close', (code) => reject(new Error(`${args[0]} ended with ${code}: ${err}`)));
  });
}

/** Ends a process and waits for it. @returns its exit code, or the signal that ended it */
export function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode);
  return new Promise((resolve) => {
    child.once('close', (code, by) => resolve(code ?? by));
    child.kill(signal);
  });
}

/** Runs a program to its end. @throws with what it complained of */
export const runProgram = (args) => promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });

/** Resident memory of a process in megabytes. */
export function residentMb(pid) {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** Connections at a port of this machine that are open at both ends. */
export function connectionsAt(port) {
  const at = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const lines = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n').slice(1);
  return lines.filter((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === '01' && `${local} `.endsWith(at);
  }).length;
}

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param share from 0 to 1 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
