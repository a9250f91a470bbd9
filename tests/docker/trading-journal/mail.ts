import { expect } from 'vitest';
import { z } from 'zod';
import type { LabInfo } from '../../../docker/native/lab.ts';

const list = z.object({ messages: z.array(z.object({ ID: z.string() })) });
const message = z.object({ Text: z.string(), HTML: z.string() });

const ask = async (url: string): Promise<unknown> => (await fetch(url)).json();

/** Both forms of the last mail to an address, once there is one. */
export const mailTo = async ({ mail }: LabInfo, address: string): Promise<string> => {
  let text = '';
  await expect
    .poll(
      async () => {
        const found = list.parse(await ask(`${mail.inboxUrl}/api/v1/search?query=to:${address}`));
        const id = found.messages[0]?.ID;
        if (!id) return false;
        const { Text, HTML } = message.parse(await ask(`${mail.inboxUrl}/api/v1/message/${id}`));
        text = `${Text}\n${HTML}`;
        return true;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  return text;
};
