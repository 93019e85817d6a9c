/**
 * What went wrong, as a stable word that programs may compare with.
 * The table below also says who could have prevented it, which decides the exit code of the command line.
 */
export const ERROR_FAULTS = {
  /** A file or a value breaks its format. */
  BAD_INPUT: 'user',
  /** An option is unknown or out of range. */
  BAD_OPTION: 'user',
  /** A strategy, encoder, model or task name that nothing answers to. */
  UNKNOWN_NAME: 'user',
  MISSING_FILE: 'user',
  /** Half-written, truncated or tampered with. */
  CORRUPT_FILE: 'user',
  /** Rows, columns or lengths that do not fit each other. */
  SHAPE_MISMATCH: 'user',
  NO_TRAINING_DATA: 'user',
  /** Larger than a stated limit. */
  LIMIT_EXCEEDED: 'user',
  /** Valid, but not offered here (a browser, a backend, an optional package that is not installed). */
  UNSUPPORTED: 'user',
  /** The output place does not accept files. */
  OUTPUT_UNWRITABLE: 'user',
  /** A NaN or an infinity arose in a computation. */
  NOT_FINITE: 'environment',
  /** The disk is full or broken. */
  WRITE_FAILED: 'environment',
  NETWORK: 'environment',
  ENCODER_FAILED: 'environment',
  /** Code from another package threw, or returned what its contract forbids. */
  PLUGIN_FAILED: 'environment',
  BACKEND_UNAVAILABLE: 'environment',
  ABORTED: 'interrupt',
  /** A broken assumption of ours: please report it. */
  INTERNAL: 'environment',
} as const;

/** A stable word for what went wrong: a key of `ERROR_FAULTS`. */
export type ErrorCode = keyof typeof ERROR_FAULTS;

/** What an error says beyond its message. */
export interface ErrorInfo {
  /** One sentence that says what to do about it. */
  hint?: string;
  /** Every single problem, when there are several: `file: path.to.field: what is wrong, what was expected`. */
  details?: readonly string[];
  /** How many further problems there are that `details` does not list. Default 0. */
  unlisted?: number;
  cause?: unknown;
}

const MARK: unique symbol = Symbol.for('routeprofile.error') as never;

/** The one error class of all packages. Tell it by `RouteProfileError.isInstance`, not `instanceof`: packages may be installed twice. */
export class RouteProfileError extends Error {
  override readonly name = 'RouteProfileError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly string[];
  readonly unlisted: number;
  readonly [MARK] = true;

  constructor(code: ErrorCode, message: string, info: ErrorInfo = {}) {
    super(message, info.cause === undefined ? undefined : { cause: info.cause });
    this.code = code;
    this.hint = info.hint;
    this.details = info.details ?? [];
    this.unlisted = info.unlisted ?? 0;
  }

  /** True for a RouteProfileError of any copy of this package in the process. */
  static isInstance(value: unknown): value is RouteProfileError {
    return typeof value === 'object' && value !== null && (value as { [MARK]?: unknown })[MARK] === true;
  }
}

/** 2 = the user can fix it, 1 = the user could not prevent it, 130 = interrupted. */
export type FailureExitCode = 1 | 2 | 130;

/** The exit code of the command line for an error; whatever is not a RouteProfileError counts as 1. */
export function exitCodeOf(error: unknown): FailureExitCode {
  if (!RouteProfileError.isInstance(error)) return 1;
  const fault = ERROR_FAULTS[error.code];
  return fault === 'user' ? 2 : fault === 'interrupt' ? 130 : 1;
}

/** What a thrown value says; foreign code may throw anything. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** What is wrong and what to do about it, on one line: for places that show no hint of their own. */
export const messageWithHint = ({ message, hint }: RouteProfileError): string =>
  [message, hint].filter(Boolean).join('. ');
