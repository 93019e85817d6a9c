/**
 * Cuts text that comes in pieces into lines. A line may run through any number of pieces: each piece is looked at once, so that one
 * line of many megabytes takes no longer than as many short ones.
 */
export class LineCutter {
  private open: string[] = [];
  /** Characters of the line that has begun and has not ended yet. */
  pending = 0;

  /** @returns the lines that end in this piece, without their line breaks */
  push(piece: string): string[] {
    const [first = '', ...others] = piece.split('\n');
    this.open.push(first);
    this.pending += first.length;
    const last = others.pop();
    if (last === undefined) return [];
    const lines = [this.end(), ...others];
    this.open = [last];
    this.pending = last.length;
    return lines;
  }

  /** The text after the last line break, which may be empty; the next piece begins a line. */
  end(): string {
    const line = this.open.join('');
    this.open = [];
    this.pending = 0;
    return line;
  }
}

/** Lines of a text, without their line breaks; a line break at its end begins no further line. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const cutter = new LineCutter();
  for await (const piece of pieces) yield* cutter.push(piece);
  if (cutter.pending > 0) yield cutter.end();
}
