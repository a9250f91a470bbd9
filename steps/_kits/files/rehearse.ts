/** Dry run: may a file be put at this path, and is there room? Reads only. */
import type { ActContext, Finding } from '../../../engine/step.ts';
import { readByScript } from '../../_work/script.ts';
import type { Shell } from '../../_work/shell.ts';
import { inspectFile } from './inspect.ts';
import { writeRemedy } from './write-access.ts';

// The folder is where the file would be made: the nearest one that exists. `-w` also answers for a mount
// that is read-only.
const script = `
p=$1
d=$(dirname -- "$p"); deep=0
while [ ! -e "$d" ] && [ ! -L "$d" ]; do d=$(dirname -- "$d"); deep=1; done
[ -d "$d" ] || die "$d is not a directory"
w=0; if [ -w "$d" ] && [ -x "$d" ]; then w=1; fi
store=$(state "$2") || exit 1
while [ ! -e "$store" ]; do store=$(dirname -- "$store"); done
s=0; if [ -w "$store" ]; then s=1; fi
free=$(df -Pk -- "$d" | awk 'NR == 2 { print $4 }')
echo "$deep $w $s \${free:-0} $(id -u)"; echo "$d"
`;

export interface Room {
  readonly folderExists: boolean;
  readonly writable: boolean;
  /** The run's own folder, where copies of what was there are kept. */
  readonly stateWritable: boolean;
  readonly freeBytes: number;
  readonly uid: number;
  /** The nearest folder that exists. */
  readonly folder: string;
}

export const roomFor = async (shell: Shell, path: string, signal?: AbortSignal): Promise<Room> => {
  const [numbers = '', folder = ''] = await readByScript(
    shell,
    script,
    [path, shell.stateDir ?? ''],
    signal && { signal },
  );
  const [deep, writable, state, free, uid] = numbers.split(' ').map(Number);
  return {
    folderExists: deep === 0,
    writable: writable === 1,
    stateWritable: state === 1,
    freeBytes: (free ?? 0) * 1024,
    uid: uid ?? -1,
    folder,
  };
};

export const roomFindings = (
  room: Room,
  place: string,
  needs: {
    readonly bytes: number;
    readonly mayMakeFolders: boolean;
    /** Whether the step could be told to make them. */
    readonly takesMkdir: boolean;
  },
): readonly Finding[] => {
  const { folder, freeBytes } = room;
  const findings: Finding[] = [];
  const problem = (what: string, remedy: string) => findings.push({ level: 'problem', what, remedy });
  // Rights on a folder that is merely the nearest would be the wrong ones to ask for: it may be `/`.
  if (!room.folderExists && !needs.mayMakeFolders)
    findings.push({
      level: 'problem',
      what: `the folder does not exist on ${place}; the nearest is ${folder}`,
      remedy: needs.takesMkdir ? 'Create it, or say mkdir: true' : 'Create it',
      passing: true,
    });
  else if (!room.writable && room.folderExists)
    problem(`${folder} on ${place} is not writable`, writeRemedy(folder, room.uid));
  else if (!room.writable)
    problem(
      `the folder cannot be made on ${place}: ${folder} is not writable`,
      'Create it beforehand, writable for the user that the step runs as',
    );
  if (!room.stateWritable)
    problem(`no place for copies on ${place}`, 'Make the home folder writable, or set state_dir');
  if (freeBytes < needs.bytes)
    problem(`${freeBytes} bytes free in ${folder} on ${place}, ${needs.bytes} needed`, 'Free some disk');
  if (findings.length === 0)
    findings.push({ level: 'verified', what: `${folder} on ${place} is writable, ${freeBytes} bytes free` });
  return findings;
};

/** Dry run of a step that writes a whole file: what is there, whether it may be replaced, and whether there is room for both. */
export const rehearseTarget = async (
  ctx: ActContext,
  file: {
    readonly path: string;
    readonly mkdir: boolean;
    readonly bytes: number;
    readonly verb: 'write' | 'copy';
  },
): Promise<readonly Finding[]> => {
  const { path, mkdir, bytes, verb } = file;
  const shell = await ctx.connect('shell');
  const now = await inspectFile(shell, path, ctx.signal);
  if (now.kind === 'other')
    return [
      {
        level: 'problem',
        what: `${path} on ${shell.place} is ${now.what}`,
        remedy: 'Name the regular file itself',
      },
    ];
  const room = await roomFor(shell, path, ctx.signal);
  const held = now.kind === 'file' ? now.bytes : 0;
  const findings = [
    ...roomFindings(room, shell.place, { bytes: bytes + held, mayMakeFolders: mkdir, takesMkdir: true }),
  ];
  if (now.kind === 'file' && room.uid !== 0 && now.uid !== room.uid)
    findings.push({
      level: 'problem',
      what: `${path} belongs to user ${now.uid}, the step runs as ${room.uid} and could not keep the owner`,
      remedy: 'Run as its owner, or change the owner before the run',
    });
  const over = now.kind === 'file' ? `over ${held} bytes` : 'as a new file';
  return [...findings, { level: 'simulated', what: `would ${verb} ${bytes} bytes to ${path} ${over}` }];
};
