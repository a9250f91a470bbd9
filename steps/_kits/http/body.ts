/** The body of an answer: decompressed, and in its own characters. */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import zlib from 'node:zlib';

/** Bytes of a decompressed body that are looked at. */
export const keptBytes = 16 * 1024 * 1024;

export interface Body {
  /** As much of it as is kept. */
  readonly text: string;
  /** Of all of it, decompressed. */
  readonly bytes: number;
  /** Why `text` is not the whole body as it was meant; null: it is. */
  readonly partial: string | null;
}

const decoders: { readonly [encoding: string]: () => NodeJS.ReadWriteStream } = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
};

/** In the order they were applied. */
const encodingsOf = ({ headers }: IncomingMessage): readonly string[] =>
  (headers['content-encoding'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');

const charsetOf = ({ headers }: IncomingMessage): string =>
  /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';

/** A byte order mark comes before what the header says, as for a browser. */
const textOf = (bytes: Buffer, charset: string): { readonly text: string; readonly known: boolean } => {
  const mark =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : null;
  const isUtf8 = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  try {
    return { text: new TextDecoder(mark ?? (isUtf8 ? 'utf-8' : charset)).decode(bytes), known: true };
  } catch {
    return { text: bytes.toString('utf8'), known: false };
  }
};

const chained = (response: IncomingMessage, encodings: readonly string[]): Readable =>
  [...encodings].reverse().reduce<Readable>((from, name) => {
    const decoder = decoders[name]?.();
    if (!decoder) return from;
    // What fails is told to the reader of the last one.
    return pipeline(from, decoder, () => undefined) as unknown as Readable;
  }, response);

/** `onBytes`: of the body as it comes, for whoever gives up in the middle. Throws what the network says. */
export const receive = async (response: IncomingMessage, onBytes: (bytes: number) => void): Promise<Body> => {
  const encodings = encodingsOf(response);
  const unknown = encodings.find((name) => !(name in decoders));
  const kept: Buffer[] = [];
  let bytes = 0;
  let partial = unknown === undefined ? null : `it is encoded as ${unknown}, which cannot be decoded`;
  try {
    const stream = chained(response, unknown === undefined ? encodings : []);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (bytes < keptBytes) kept.push(chunk.subarray(0, keptBytes - bytes));
      bytes += chunk.byteLength;
      onBytes(bytes);
    }
  } catch (error) {
    // An empty body has nothing to decompress: the answer to HEAD, 304.
    const isCorrupt = /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_ZSTD|ZSTD_)/.test(
      (error as { code?: string }).code ?? '',
    );
    if (!isCorrupt) throw error;
    if (bytes > 0 || response.headers['content-length'] !== '0')
      partial = `it cannot be decoded as ${encodings.join(', ')}: ${(error as Error).message}`;
  }
  const { text, known } = textOf(Buffer.concat(kept), charsetOf(response));
  if (!known) partial ??= `its characters are ${charsetOf(response)}, which is not known`;
  if (bytes > keptBytes) partial ??= `only its first ${keptBytes / 1024 / 1024} MiB are looked at`;
  return { text, bytes, partial };
};
