/** Mails in memory, the newest first, bounded. */
import { randomUUID } from 'node:crypto';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';

export interface Address {
  readonly Name: string;
  readonly Address: string;
}

/** A mail in a list, as Mailpit shows it. */
export interface Summary {
  readonly ID: string;
  readonly MessageID: string;
  readonly Read: boolean;
  readonly From: Address | null;
  readonly To: readonly Address[];
  readonly Cc: readonly Address[];
  readonly Bcc: readonly Address[];
  readonly ReplyTo: readonly Address[];
  readonly Subject: string;
  readonly Created: string;
  readonly Username: string;
  readonly Tags: readonly string[];
  readonly Size: number;
  readonly Attachments: number;
  readonly Snippet: string;
}

interface Kept {
  readonly summary: Summary;
  readonly raw: Buffer;
  readonly envelope: Envelope;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
  readonly username: string;
}

const limits = { mails: 20_000, bytes: 128 << 20 };

const addresses = (field: AddressObject | AddressObject[] | undefined): Address[] =>
  [field ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .map(({ name, address }) => ({ Name: name, Address: address ?? '' }));

export class Mailbox {
  /** Oldest first. */
  #mails: Kept[] = [];
  #bytes = 0;
  readonly counts = { accepted: 0, acceptedBytes: 0, rejected: 0, deleted: 0 };

  async keep(raw: Buffer, envelope: Envelope): Promise<string> {
    const parsed = await simpleParser(raw, { skipImageLinks: true });
    const ID = randomUUID();
    this.#mails.push({ summary: summaryOf(ID, parsed, raw, envelope), raw, envelope });
    this.#bytes += raw.length;
    this.counts.accepted += 1;
    this.counts.acceptedBytes += raw.length;
    while (this.#mails.length > limits.mails || this.#bytes > limits.bytes)
      this.#bytes -= this.#mails.shift()?.raw.length ?? 0;
    return ID;
  }

  /** Newest first. */
  list(matches: (mail: Summary) => boolean = () => true): Summary[] {
    return this.#mails
      .map(({ summary }) => summary)
      .filter(matches)
      .reverse();
  }

  /** `latest` is an id too. undefined: there is none. */
  async read(id: string): Promise<Record<string, unknown> | undefined> {
    const mail = this.#find(id);
    if (!mail) return undefined;
    const { html, text, date } = await simpleParser(mail.raw, { skipImageLinks: true });
    const { Read, Created, Attachments, Snippet, ...summary } = mail.summary;
    return {
      ...summary,
      ReturnPath: mail.envelope.from,
      Date: (date ?? new Date(Created)).toISOString(),
      Text: text ?? '',
      HTML: html || '',
      Inline: [],
      Attachments: [],
    };
  }

  raw(id: string): Buffer | undefined {
    return this.#find(id)?.raw;
  }

  /** All of them when no id is given. */
  remove(ids: readonly string[]): void {
    const before = this.#mails.length;
    this.#mails = ids.length === 0 ? [] : this.#mails.filter(({ summary }) => !ids.includes(summary.ID));
    this.#bytes = this.#mails.reduce((sum, { raw }) => sum + raw.length, 0);
    this.counts.deleted += before - this.#mails.length;
  }

  #find(id: string): Kept | undefined {
    return id === 'latest' ? this.#mails.at(-1) : this.#mails.find(({ summary }) => summary.ID === id);
  }
}

const summaryOf = (ID: string, mail: ParsedMail, raw: Buffer, envelope: Envelope): Summary => {
  const [To, Cc] = [addresses(mail.to), addresses(mail.cc)];
  const shown = [...To, ...Cc].map(({ Address }) => Address.toLowerCase());
  const hidden = envelope.to.filter((address) => !shown.includes(address.toLowerCase()));
  return {
    ID,
    MessageID: mail.messageId?.replace(/^<|>$/g, '') ?? '',
    Read: false,
    From: addresses(mail.from)[0] ?? null,
    To,
    Cc,
    Bcc: hidden.map((Address) => ({ Name: '', Address })),
    ReplyTo: addresses(mail.replyTo),
    Subject: mail.subject ?? '',
    Created: new Date().toISOString(),
    Username: envelope.username,
    Tags: [],
    Size: raw.length,
    Attachments: mail.attachments.length,
    Snippet: (mail.text ?? '').replace(/\s+/g, ' ').trim().slice(0, 200),
  };
};
