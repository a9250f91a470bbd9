import type { ActContext, Finding } from '../../engine/step.ts';
import { inspectFile } from '../_kits/files/inspect.ts';
import { roomFindings, roomFor } from '../_kits/files/rehearse.ts';
import type { FileWriteInput } from './step.ts';
import type { Wanted } from './wanted.ts';

/** Dry run: what is there, whether it may be replaced, and whether there is room for both. */
export const rehearseFile = async (
  ctx: ActContext,
  input: FileWriteInput,
  wanted: Wanted,
): Promise<readonly Finding[]> => {
  const shell = await ctx.connect('shell');
  const now = await inspectFile(shell, input.path, ctx.signal);
  if (now.kind === 'other')
    return [
      {
        level: 'problem',
        what: `${input.path} on ${shell.place} is ${now.what}`,
        remedy: 'Name the regular file itself',
      },
    ];
  const room = await roomFor(shell, input.path, ctx.signal);
  const size = wanted.bytes.byteLength;
  const held = now.kind === 'file' ? now.bytes : 0;
  const findings = [
    ...roomFindings(room, shell.place, { bytes: size + held, mayMakeFolders: input.mkdir, takesMkdir: true }),
  ];
  if (now.kind === 'file' && room.uid !== 0 && now.uid !== room.uid)
    findings.push({
      level: 'problem',
      what: `${input.path} belongs to user ${now.uid}, the step runs as ${room.uid} and could not keep the owner`,
      remedy: 'Run as its owner, or change the owner before the run',
    });
  const over = now.kind === 'file' ? `over ${held} bytes` : 'as a new file';
  return [...findings, { level: 'simulated', what: `would write ${size} bytes to ${input.path} ${over}` }];
};
