/**
 * Why a tool failed, out of what it printed: the lines that say so, not the last one. Tools end with advice, a stack
 * trace, the path of a log or their version. One place for all step types; tests/steps/_work/reason.test.ts has
 * what real tools print.
 */
import { withoutRows } from './without-data.ts';

const mostLines = 3;

/** Colours and cursor movements. Not node:util's: what step types load eagerly loads nothing of Node. */
const escapes = new RegExp(
  `${String.fromCharCode(0x1b)}(\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007]{0,200}\\u0007|[@-Z])`,
  'g',
);

/** Says nothing of the cause, also where there is nothing else. */
const noise: readonly RegExp[] = [
  // npm, pnpm, yarn
  /^npm (warn|notice)\b/i,
  /^npm (error|err!)\s*\w*$/i,
  /^npm (error|err!) (code|syscall|path|errno|command|workspace|location|dest)\b/i,
  /^npm (error|err!) A complete log of this run/i,
  /^npm (error|err!)\s.*[/\\]_logs[/\\]/i,
  /^npm (error|err!) \w* ?This is (related to|probably not)/i,
  // What npm is about to run
  /^> /,
  // Node.js
  /^Node\.js v\d/,
  /^\(node:\d+\) /,
  /^\(Use `node --trace/,
  /^at .*(:\d+(:\d+)?\)?|<anonymous>\)?|\(native\)|\(index \d+\))( \{)?$/,
  /^\.\.\. \d+ lines matching/,
  /^(node:|file:\/\/|\/|\[eval\]).*:\d+$/,
  /^(throw err;|Require stack:|- \/.*)$/,
  /^[\^~\s]+$/,
  /^[{}\][(),;]+$/,
  /^(code|errno|syscall|requireStack|path|address|port): .*,?$/,
  // git
  /^hint:/,
  /^Please (make sure you have the correct access|commit your changes or stash|move or remove them)/,
  /^and the repository exists\.$/,
  /^Aborting$/,
  // tar, rsync
  /^tar: (Exiting with failure status|Error is not recoverable|Child returned status|Removing leading)/,
  /^rsync error: .*\(see previous errors\)/,
  // docker, systemctl
  /^(See|Run) ['"`](docker|systemctl|journalctl)\b/,
  /^For more help on how to use Docker/,
  /^See system logs and /,
  // psql, mysql: the row that was refused is nobody's business here
  /^(psql:\S+ )?(LINE \d+:|HINT:|CONTEXT:|DETAIL:|STATEMENT:)/,
  // A statement that is echoed carries rows of people
  /^(INSERT|REPLACE)\b.*\b(INTO|VALUES?|SET|SELECT)\b/i,
  /^UPDATE\b.*\b(SET|VALUES)\b/i,
  /^COPY\b.*\b(FROM|VALUES)\b/i,
  /^VALUES\b/i,
  /^\((['"\d-]|_binary\b|NULL\b).*\)[,;]?$/,
  /^(\w+: )?\[Warning\]/,
  /^\w+: Deprecated program name/,
  // ssh and others
  /^Pseudo-terminal will not be allocated/,
  /^(\S+: )?warning:/i,
  /^Traceback \(most recent call last\)/,
  // pm2's tables
  /^[\u2500-\u257f\s]+$/,
];

/** Says that something failed which has said so itself; the cause only where nothing else is. */
const echoes: readonly RegExp[] = [
  /^npm (error|err!) /i,
  /^(g?make)(\[\d+\])?: \*\*\* /,
  /^\s*ELIFECYCLE\b/,
  /^error Command failed with exit code/i,
  /^rsync error: /,
  /\b(exited|failed) with (exit )?(code|status) \d+/i,
];

const causes: readonly RegExp[] = [
  // fatal: ..., error TS2322: ..., TypeError: ..., ERROR 1045 (28000): ..., Error response from daemon: ...
  /(?:fatal|error|panic|exception)\b[^:]{0,40}:\s*\S/i,
  /\[(?:\w+\s)?(?:error|fatal|emerg|crit|alert)\]/i,
  /^E: /,
  // Without systemd
  /^System has not been booted with systemd/,
  // pnpm
  /^ERR_[A-Z0-9_]+\b/,
  /^curl: \(\d+\)/,
  /\b(permission|access) denied\b/i,
  /\b(operation not permitted|no such file or directory|no space left on device|read-only file system)\b/i,
  /\b(not found|is not recognized|is a directory|not a directory)\b/i,
  /\b(unknown|unrecognized|invalid|illegal) (shorthand )?(option|flag|command|argument)\b/i,
  /\bunexpected (end of file|eof)\b/i,
  /\bconnection (refused|timed out|reset|closed)\b|\bhost key verification failed\b|\bno route to host\b/i,
  /^(\S+: )?(failed|cannot|can't|could not|couldn't|unable) /i,
  /\b(failed because|cannot (open|stat|access|connect)|could not (resolve|open|connect))\b/i,
];

/** Lines of a log that are no errors, whatever words they have. */
const harmless = [/\b(INFO|DEBUG|TRACE)\b/, /\[info\]/i];

const isCause = (line: string): boolean =>
  !isOne(echoes, line) && !isOne(harmless, line) && isOne(causes, line);

/** `Error: P3009`, or a sentence that ends in a colon: the next line says what it is. */
const unfinished = /(:|^Error: [A-Z]+\d+)$/;

const withNext = (lines: readonly string[], i: number): string => {
  const [line = '', next] = lines.slice(i, i + 2);
  return next !== undefined && unfinished.test(line) && !isCause(next) ? `${line} ${next}` : line;
};

const isOne = (patterns: readonly RegExp[], line: string): boolean => {
  const start = line.slice(0, mostLooked.characters);
  return patterns.some((pattern) => pattern.test(start));
};

/** Of an output without end, both ends are looked at; of a line, its beginning. */
const mostLooked = { lines: 1_000, characters: 1_000 };

const ends = <T>(all: readonly T[]): readonly T[] =>
  all.length <= 2 * mostLooked.lines
    ? all
    : [...all.slice(0, mostLooked.lines), ...all.slice(-mostLooked.lines)];

/** Below a line of a program that is quoted, often one that throws. */
const carets = /^\s*[\^~]+\s*$/;

const fence = /^-{10,}\s*$/;

/** Clients of MySQL echo the statement that failed, with the rows in it, between two such lines. */
const withoutEchoed = (lines: readonly string[]): readonly string[] => {
  const fences = lines.flatMap((line, i) => (fence.test(line) ? [i] : []));
  const kept: string[] = [];
  let from = 0;
  for (let i = 0; i + 1 < fences.length; i += 2) {
    for (const line of lines.slice(from, fences[i])) kept.push(line);
    from = (fences[i + 1] ?? 0) + 1;
  }
  return [...kept, ...lines.slice(from)];
};

const linesOf = (text: string): readonly string[] =>
  ends(withoutEchoed(text.replace(escapes, '').split('\n')))
    .filter((_, i, all) => !carets.test(all[i + 1] ?? ''))
    // A progress bar goes back to the beginning of its line.
    .map((line) => (line.trimEnd().split('\r').at(-1) ?? '').trim())
    .filter((line) => line !== '' && !isOne(noise, line));

const distinct = (lines: readonly string[]): readonly string[] => [...new Set(lines)];

const npmLine = /^npm (error|err!)\s+/i;

/** npm breaks its sentences into lines, and tells how to use it afterwards. */
const npmSentence = (lines: readonly string[]): string =>
  lines
    .slice(0, mostLines)
    .map((line, i) => (i === 0 ? line : line.replace(npmLine, '')))
    .join(' ');

/** Of the mysql client. Whatever else it prints may be a part of the statement: of a long one, only the end is kept. */
const mysqlError = /^ERROR \d+ \(/;
const mysqlMessage = /^(ERROR (\d+) \(\w+\)(?: at line \d+)?(?: in file: '.*?')?: )(.*)$/;
const mysqlReason = (line: string): string => {
  const [, head, errno, message = ''] = mysqlMessage.exec(line) ?? [];
  return head === undefined ? line : `${head}${withoutRows(Number(errno), message)}`;
};

const told = (texts: readonly string[]): readonly string[] => {
  const all = texts.map(linesOf);
  for (const lines of all) {
    const found = lines.filter((line) => mysqlError.test(line)).map(mysqlReason);
    if (found.length > 0) return distinct(found).slice(0, mostLines);
  }
  for (const lines of all) {
    const found = lines.flatMap((line, i) => (isCause(line) ? [withNext(lines, i)] : []));
    if (found.length > 0) return distinct(found).slice(0, mostLines);
  }
  for (const lines of all) {
    const found = distinct(lines.filter((line) => isOne(echoes, line)));
    if (found.length === 0) continue;
    return found[0] !== undefined && npmLine.test(found[0]) ? [npmSentence(found)] : found.slice(0, 1);
  }
  const [said] = all.filter((lines) => lines.length > 0);
  return said === undefined ? [] : said.slice(-1);
};

/**
 * One line, empty where nothing was printed. `texts`: first what is most likely to say it, stderr before stdout; the
 * first one that names a cause counts. `longest`: of each line; secrets must be masked before that.
 */
export const reasonOf = (texts: readonly string[], longest = Number.POSITIVE_INFINITY): string =>
  told(texts)
    .map((line) => (line.length > longest ? `${line.slice(0, longest)}…` : line))
    .join(' | ');
