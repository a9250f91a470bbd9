/** What an SMTP target offers to acts. */

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

/**
 * What became of one message. `refused`: the server said no, by `permanent` for good. `unsent`: the connection broke
 * before the first byte of the message. `unknown`: it broke later, and the server may have taken the message.
 */
export type Delivery =
  | { readonly state: 'sent'; readonly response: string }
  | { readonly state: 'refused'; readonly permanent: boolean; readonly why: string }
  | { readonly state: 'unsent' | 'unknown'; readonly why: string };

/** One connection, logged in. After anything but `sent` and `refused` it is of no use any more. */
export interface SmtpSession {
  /** Never throws; one message at a time. */
  send(envelope: Envelope, message: Uint8Array): Promise<Delivery>;
  close(): void;
}

export interface SmtpClient {
  /** The target's name. */
  readonly target: string;
  /** Sender where a step has none of its own. */
  readonly from: string;
  /** Throws TargetError: nothing was sent then. */
  open(signal: AbortSignal): Promise<SmtpSession>;
}

declare module '../../../engine/step.ts' {
  interface Clients {
    smtp: SmtpClient;
  }
}
