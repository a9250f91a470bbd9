/** Reading a file of lines in chunks: one of 100,000 lines would double the memory as one buffer. */
import { readSync } from 'node:fs';

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** From the descriptor's position on. A line's bytes live until the next one is asked for. */
export function* lines(fd: number): Generator<{ bytes: Buffer; terminated: boolean }> {
  const chunk = Buffer.allocUnsafe(CHUNK);
  let rest: Buffer[] = [];
  for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk)) {
    const data = chunk.subarray(0, size);
    let from = 0;
    for (let to = data.indexOf(NEWLINE); to !== -1; to = data.indexOf(NEWLINE, from)) {
      const piece = data.subarray(from, to);
      yield { bytes: rest.length > 0 ? Buffer.concat([...rest, piece]) : piece, terminated: true };
      rest = [];
      from = to + 1;
    }
    if (from < size) rest.push(Buffer.from(data.subarray(from)));
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), terminated: false };
}
