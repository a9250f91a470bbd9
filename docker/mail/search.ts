import type { Address, Summary } from './mailbox.ts';

/** One condition of a query: `field:value`, `field:"two words"` or bare words. */
const term = /(?:(\w[\w-]*):)?(?:"([^"]*)"|(\S+))/g;

const text = (addresses: readonly Address[]): string =>
  addresses.map(({ Name, Address }) => `${Name} ${Address}`).join(' ');

const fields: Record<string, (mail: Summary) => string> = {
  to: ({ To }) => text(To),
  cc: ({ Cc }) => text(Cc),
  bcc: ({ Bcc }) => text(Bcc),
  from: ({ From }) => (From ? text([From]) : ''),
  subject: ({ Subject }) => Subject,
  'message-id': ({ MessageID }) => MessageID,
};

const anywhere = (mail: Summary): string =>
  [...Object.values(fields).map((read) => read(mail)), mail.Snippet].join(' ');

/** Mailpit's query language as far as we use it: all conditions hold, in any case, as part of the field. */
export const matcher = (query: string): ((mail: Summary) => boolean) => {
  const conditions = [...query.matchAll(term)].map(([whole, name, quoted, bare]) => {
    const read = fields[name?.toLowerCase() ?? ''];
    const wanted = (read ? (quoted ?? bare ?? '') : whole.replaceAll('"', '')).toLowerCase();
    return (mail: Summary) => (read ?? anywhere)(mail).toLowerCase().includes(wanted);
  });
  return (mail) => conditions.every((holds) => holds(mail));
};
