/** What one program may use. Whatever exceeds a limit fails or is ended; the machine and the other programs go on. */
export interface CodeLimits {
  /** Whole seconds of processor time of a process. */
  seconds: number;
  /** Seconds on the clock, start of the sandbox included: twice as long, so that a busy machine changes no verdict. */
  wallSeconds: number;
  /** Bytes of address space of each process. */
  memory: number;
  /** Processes and threads at a time, of all in the sandbox. */
  processes: number;
  /** Bytes of one file, and of all files together in the sandbox's own /tmp. */
  fileSize: number;
  /** Open files of a process. */
  openFiles: number;
}

/** 5 s of processor time, 10 s on the clock, 512 MiB per process, 8 processes, 4 MiB per file, 64 open files. */
export const DEFAULT_CODE_LIMITS: Readonly<CodeLimits> = {
  seconds: 5,
  wallSeconds: 10,
  memory: 512 * 2 ** 20,
  processes: 8,
  fileSize: 4 * 2 ** 20,
  openFiles: 64,
};

/** Bytes that the runner may write before it is ended: a verdict is far shorter. */
export const MAX_OUTPUT = 64 * 1024;
