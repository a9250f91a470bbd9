/** What pg_dump and pg_restore print on stderr, told from the rows and statements that they quote. */
import { isOfShell, type WordOf } from '../../_kits/sql/tool-words.ts';

const ofTool = /^(?:[\w./-]*\/)?(?:pg_dump|pg_restore|psql): (?:(error|fatal|warning|hint|detail): )?/;
/** The server's own message within the tool's, which may quote a value: SQLSTATE class 22, by its words. */
const quoting = /invalid|malformed|out of range|too long|not recognized|COPY failed/i;

export const postgresWord: WordOf = (line) => {
  const found = ofTool.exec(line);
  if (found === null) return isOfShell(line) ? { rank: 1, text: line } : null;
  // The statement that went wrong.
  if (/^detail: (Query|Command) was:/i.test(line.slice(line.indexOf(': ') + 2))) return null;
  const [, level] = found;
  const said = line.indexOf('ERROR: ');
  const text =
    said >= 0 && quoting.test(line) ? line.slice(0, said) + line.slice(said).replace(/".*"/, '"…"') : line;
  return { rank: level === 'error' || level === 'fatal' ? 2 : 1, text };
};
