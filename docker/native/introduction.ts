/** The text about a running lab: where everything is, and how to give the demo runbook its secrets. */
import type { LabInfo } from './info.ts';
import { infoFile } from './place.ts';
import { authTitle } from './supabase.ts';
import { secretPaths, varsFile } from './vars.ts';

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** To be copied into a shell, which reads the values itself: none is shown, and none stays in its history. */
export const exportLine = ({ dir }: LabInfo): string => {
  const file = JSON.stringify(infoFile(dir));
  const values = Object.entries(secretPaths).map(
    ([name, path]) => `${name}="$(node -p ${quote(`require(${file}).${path.join('.')}`)})"`,
  );
  return `export ${values.join(' ')}`;
};

export const introduction = (info: LabInfo): string => {
  const { ssh, mysql, postgres, supabase, mail, web, dir } = info;
  const key = `-i ${ssh.keyFile} -o UserKnownHostsFile=${ssh.knownHosts}`;
  return `The lab is up in ${dir}
  site      ${web.url}
  vps       ssh -p ${ssh.port} ${key} ${ssh.user}@${ssh.host}
  mysql     ${mysql.user}@${mysql.host}:${mysql.port}/${mysql.database}
  postgres  ${postgres.user}@${postgres.host}:${postgres.port}/${postgres.database}
  supabase  ${supabase.url} (${authTitle(info)})
  mails     ${mail.inboxUrl}/api/v1/messages (SMTP on port ${mail.smtpPort})
  vars      ${varsFile(dir)}
  secrets   copy this line; it reads them from lab.json:
${exportLine(info)}
`;
};
