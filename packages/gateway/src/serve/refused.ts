import { CLIENT_GONE } from '../decide/record-of.js';
import type { Complaint } from '../wire/format.js';

/** A request that comes to nothing, and what its client is told. Thrown within the gateway only. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly complaint: Complaint;

  /**
   * @param headers of the response
   * @param body the words of the model server, JSON of the client's wire; default: the complaint in the way of the wire
   */
  constructor(
    status: number,
    code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly body?: string,
  ) {
    super(message);
    this.complaint = { status, code, message };
  }
}

export const clientGone = (): Refused => new Refused(CLIENT_GONE, 'client_gone', 'The client left.');
