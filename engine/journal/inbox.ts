/**
 * Commands from other terminals: one file each, in `inbox/`, read by the live engine or the next resume.
 *
 * At least once: a command stays until it is acknowledged, so a crash between its event and the
 * acknowledgement shows it again. Its event carries its id, so it is then answered as before and not carried
 * out twice (`answeredBefore`). `at` tells a command from before the present gate or hold.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from '../decide/decisions.ts';
import { fail } from '../diagnostic.ts';
import type { CommandAnswer } from './command-answer.ts';
import { commandSchema } from './command-schema.ts';
import { syncDir, writeDurably } from './durable.ts';
import { layout } from './layout.ts';
import { isSystemError, reasonOf } from './system-error.ts';

/** A command as it was found; `id` is what `acknowledge` takes. */
export interface PostedCommand {
  readonly id: string;
  readonly command: Command;
}

export interface Rejected {
  readonly file: string;
  readonly why: string;
}

// A command is some hundred bytes; a mistake must not fill the engine's memory.
const MAX_BYTES = 64 * 1024;

/** Durable when it returns. Throws RB450, and then nothing was asked. @returns the command's id */
export const postCommand = (runDir: string, command: Command): string => {
  const checked = commandSchema.parse(command);
  const id = `${String(Math.trunc(checked.at)).padStart(15, '0')}-${randomBytes(4).toString('hex')}`;
  const { inbox } = layout(runDir);
  try {
    writeDurably(join(inbox, `${id}.json`), `${JSON.stringify(checked)}\n`);
  } catch (error) {
    fail('RB450', { path: inbox, why: reasonOf(error) }, { cause: error });
  }
  return id;
};

/**
 * Waiting commands, oldest first. A command is found again until it is acknowledged. Any other file is moved
 * to `inbox/rejected/` and reported once. Throws RB450 where the inbox itself cannot be read.
 */
export const drainInbox = (
  runDir: string,
): { commands: readonly PostedCommand[]; rejected: readonly Rejected[] } => {
  const { inbox, inboxRejected } = layout(runDir);
  const commands: PostedCommand[] = [];
  const rejected: Rejected[] = [];
  for (const file of waiting(runDir)) {
    const read = readCommand(join(inbox, file));
    if ('command' in read) commands.push({ id: file.slice(0, -'.json'.length), command: read.command });
    else {
      rejected.push({ file, why: read.why });
      move(join(inbox, file), join(inboxRejected, `${randomBytes(4).toString('hex')}-${file}`));
    }
  }
  return { commands, rejected };
};

/**
 * Once its effect or its refusal is in the journal. The answer is durable before the command leaves the inbox; a
 * crash between the two shows the command again, and it gets the same answer. Throws RB450.
 */
export const acknowledge = (runDir: string, { id, command }: PostedCommand, answer: CommandAnswer): void => {
  const { inbox, inboxDone } = layout(runDir);
  const path = join(inbox, `${id}.json`);
  try {
    writeDurably(join(inboxDone, `${id}.json`), `${JSON.stringify({ command, answer })}\n`);
    rmSync(path, { force: true });
    syncDir(inbox);
  } catch (error) {
    fail('RB450', { path, why: reasonOf(error) }, { cause: error });
  }
};

/** Names of the files that wait, oldest first; a file still being written begins with a dot. Throws RB450. */
export const waiting = (runDir: string): readonly string[] => {
  const { inbox } = layout(runDir);
  try {
    return readdirSync(inbox)
      .filter((name) => !name.startsWith('.') && name !== 'done' && name !== 'rejected')
      .sort();
  } catch (error) {
    return fail('RB450', { path: inbox, why: reasonOf(error) }, { cause: error });
  }
};

const move = (from: string, to: string): void => {
  try {
    renameSync(from, to);
    // Target first: a power cut between the two leaves the file in both places rather than in none.
    syncDir(dirname(to));
    syncDir(dirname(from));
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return;
    fail('RB450', { path: from, why: reasonOf(error) }, { cause: error });
  }
};

const readCommand = (path: string): { command: Command } | { why: string } => {
  if (!path.endsWith('.json')) return { why: 'its name does not end in .json' };
  const text = readSmallFile(path);
  if (typeof text !== 'string') return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { why: 'it is not JSON' };
  }
  const checked = commandSchema.safeParse(value);
  if (checked.success) return permitted(checked.data);
  const [issue] = checked.error.issues;
  return { why: `${['command', ...(issue?.path ?? [])].join('.')}: ${issue?.message}` };
};

/** Unattended answers come only from the engine's own command line, never from a file. */
const permitted = (command: Command): { command: Command } | { why: string } =>
  command.command === 'approve' && command.unattended
    ? { why: 'a gate is approved unattended by --yes-to-gate only' }
    : { command };

const readSmallFile = (path: string): string | { why: string } => {
  let fd: number;
  try {
    // A link could name any file of the user; a pipe would hang the engine.
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return { why: reasonOf(error) };
  }
  try {
    if (!fstatSync(fd).isFile()) return { why: 'it is not a regular file' };
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    const size = readSync(fd, buffer);
    if (size > MAX_BYTES) return { why: `it is longer than ${MAX_BYTES} bytes` };
    return buffer.toString('utf8', 0, size);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { why: reasonOf(error) };
  } finally {
    closeSync(fd);
  }
};
