/** What mysqldump and mysql print on stderr, told from the statements that they echo. */
import { isOfShell, type WordOf } from '../../_kits/sql/tool-words.ts';
import { withoutRows } from '../../_work/without-data.ts';

const ofServer = /^(ERROR (\d+) \([0-9A-Z]{5}\)(?: at line \d+)?)(?: in file: '.*?')?: (.*)$/;
const ofClient = /^ERROR(?: at line \d+)?: /;
const ofTool = /^(?:[\w./-]*\/)?(?:mysql|mariadb|mysqldump|mariadb-dump)(?:\.exe)?(?::| \[)/;

export const mysqlWord: WordOf = (line) => {
  const [, head, errno, message = ''] = ofServer.exec(line) ?? [];
  if (head !== undefined) return { rank: 2, text: `${head}: ${withoutRows(Number(errno), message)}` };
  // It quotes the query at the end, and single characters before.
  if (ofClient.test(line))
    return { rank: 2, text: line.replace(/ *Query: .*$/, '').replace(/'.{4,}'/, "'…'") };
  return ofTool.test(line) || isOfShell(line) ? { rank: 1, text: line } : null;
};
