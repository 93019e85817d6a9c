import { RouteProfileError, type ErrorCode } from '@routeprofile/schema';

/** How messages name the numbers of an array. */
interface NamedNumbers {
  /** The file that holds them or will hold them. */
  path: string;
  /** The array's name in the file. */
  field: string;
  /** Numbers of one row; default 1. */
  cols?: number;
  /** NaN may stand for what was not measured. */
  missing?: boolean;
  /** Default CORRUPT_FILE, for what was read; NOT_FINITE for what is about to be written. */
  code?: ErrorCode;
}

/**
 * Lets numbers pass that arithmetic can go on with.
 * @throws RouteProfileError `code` naming file, array, row and column of the first that is infinite, or NaN where it may not be.
 */
export function assertNumbers(
  data: Float32Array,
  { path, field, cols = 1, missing = false, code = 'CORRUPT_FILE' }: NamedNumbers,
): void {
  const at = data.findIndex((x) => !Number.isFinite(x) && !(missing && Number.isNaN(x)));
  if (at === -1) return;
  const place = cols > 1 ? `row ${Math.floor(at / cols)}, column ${at % cols}` : `number ${at}`;
  throw new RouteProfileError(
    code,
    `${path}: ${field}: ${place} is ${data[at]}, expected ${missing ? 'a finite number, or NaN for "not measured"' : 'a finite number'}`,
    { hint: 'Make the file again; look for NaN or infinity in what it was made from.' },
  );
}
