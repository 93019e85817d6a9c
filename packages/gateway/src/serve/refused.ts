import type { Complaint } from '../wire/format.js';

/** A request that comes to nothing, and what its client is told. Thrown within the gateway only. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly complaint: Complaint;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.complaint = { status, code, message };
    this.headers = headers;
  }
}
