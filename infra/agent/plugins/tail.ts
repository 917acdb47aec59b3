/** The last `bytes` of all that is added; the rest is let go of at once, however much it is. */
export function createTail(bytes: number) {
  let kept = Buffer.alloc(0);
  return {
    add(chunk: Buffer): void {
      // A copy: a part of the larger buffer would hold on to the whole of it.
      kept = Buffer.from(Buffer.concat([kept, chunk]).subarray(-bytes));
    },
    text: (): string => kept.toString('utf8'),
  };
}
