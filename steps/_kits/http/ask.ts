import * as http from 'node:http';
import * as https from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { Shell } from '../../_work/shell.ts';
import { dialUntil } from '../network/dial.ts';
import { type Body, receive } from './body.ts';

export interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** host:port to connect to instead of the URL's. */
  readonly resolve: string | undefined;
  readonly ca: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** The connection stands and the request goes out: from here on the server may act on it. */
  readonly onSending?: () => void;
  /** Told as the answer comes, for whoever does not wait for its end. */
  readonly onBegun?: (status: number, bytes: number) => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Body;
  readonly address: string;
  readonly certificateSha256: string | null;
}

const splitAddress = (address: string): { host: string; port: number } => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
};

const destination = ({ url, resolve }: Question): { host: string; port: number } =>
  resolve === undefined
    ? {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80),
      }
    : splitAddress(resolve);

/** A channel through ssh has no address of its own: what was asked of the place is all that is known. */
const addressOf = (stream: Duplex, asked: { host: string; port: number }): string =>
  stream instanceof Socket && stream.remoteAddress !== undefined
    ? `${stream.remoteAddress}:${stream.remotePort}`
    : `${asked.host}:${asked.port}`;

const secured = (stream: Duplex, { url, ca }: Question): tls.TLSSocket => {
  const servername = url.hostname.replace(/^\[|\]$/g, '');
  return tls.connect({
    socket: stream,
    // Compared with the certificate also when it is an IP address, which SNI does not carry.
    host: servername,
    ...(!/^[\d.]+$|:/.test(servername) && { servername }),
    ...(ca && { ca: Buffer.from(ca) }),
    ALPNProtocols: ['http/1.1'],
  });
};

/** One request on a connection of its own, made from the place. Throws what the network or TLS says. */
export const ask = async (shell: Shell, question: Question): Promise<Answer> => {
  const { url, method, headers, body, signal, onSending, onBegun } = question;
  const asked = destination(question);
  const plain = await dialUntil(shell, asked.host, asked.port, signal);
  try {
    const stream = url.protocol === 'https:' ? secured(plain, question) : plain;
    const response = await new Promise<http.IncomingMessage>((answered, failed) => {
      plain.once('error', failed);
      if (stream instanceof tls.TLSSocket) stream.once('secureConnect', () => onSending?.());
      else onSending?.();
      const { request } = url.protocol === 'https:' ? https : http;
      request(
        url,
        {
          method,
          headers: { 'user-agent': 'runbook', accept: '*/*', connection: 'close', ...headers },
          createConnection: () => stream,
          signal,
        },
        answered,
      )
        .once('error', failed)
        .end(body);
    });
    const status = response.statusCode ?? 0;
    onBegun?.(status, 0);
    const received = await receive(response, (bytes) => onBegun?.(status, bytes));
    const certificate = stream instanceof tls.TLSSocket ? stream.getPeerX509Certificate() : undefined;
    return {
      status,
      headers: response.headers,
      body: received,
      address: addressOf(plain, asked),
      certificateSha256: certificate?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null,
    };
  } finally {
    plain.destroy();
  }
};
