/** The lab's mail catcher, as a test sees it. Files share it: ask for addresses of your own. */
import type { Fault } from '../../docker/mail/faults.ts';
import type { Summary } from '../../docker/mail/mailbox.ts';
import type { LabInfo } from './lab.ts';

export interface Mail {
  readonly Subject: string;
  readonly HTML: string;
  readonly Text: string;
  readonly To: readonly { readonly Address: string }[];
}

export interface Inbox {
  /** Newest first. */
  mailsTo(address: string): Promise<readonly Mail[]>;
  /** The first link of the newest mail to this address. */
  linkTo(address: string): Promise<string>;
  /** What goes wrong with mails to this address from now on. */
  addFault(fault: { to: string } & Record<string, unknown> & Pick<Fault, 'kind'>): Promise<void>;
}

export const openInbox = ({ mail: { inboxUrl } }: Pick<LabInfo, 'mail'>): Inbox => {
  const read = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${inboxUrl}${path}`);
    if (!answer.ok) throw new Error(`The inbox answered ${answer.status} to ${path}`);
    return (await answer.json()) as T;
  };
  const mailsTo = async (address: string): Promise<Mail[]> => {
    const query = encodeURIComponent(`to:${address}`);
    const { messages } = await read<{ messages: Summary[] }>(`/api/v1/search?query=${query}`);
    return Promise.all(messages.map(({ ID }) => read<Mail>(`/api/v1/message/${ID}`)));
  };
  return {
    mailsTo,
    linkTo: async (address) => {
      const link = /href="([^"]+)"/.exec((await mailsTo(address))[0]?.HTML ?? '')?.[1];
      if (link === undefined) throw new Error(`No mail with a link to ${address}`);
      return link.replaceAll('&amp;', '&');
    },
    addFault: async (fault) => {
      const answer = await fetch(`${inboxUrl}/lab/faults`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([fault]),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
  };
};
