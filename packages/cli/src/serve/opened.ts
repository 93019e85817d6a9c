/** Whatever was opened is closed in the opposite order. */
export class Opened {
  private readonly closing: (() => Promise<void>)[] = [];
  add(close: () => Promise<void>): void {
    this.closing.unshift(close);
  }
  async close(): Promise<void> {
    for (const close of this.closing) await close();
  }
}
