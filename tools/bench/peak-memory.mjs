// Loaded before a program with `--import`: its peak memory goes to the file PEAK_MEMORY, one line per process, in megabytes.
import { appendFileSync } from 'node:fs';

process.on('exit', () => appendFileSync(process.env.PEAK_MEMORY, `${process.resourceUsage().maxRSS / 1024}\n`));
