/** Why a command could not even begin: the same words for every place. */
import { TargetError } from '../../engine/target.ts';

const withCause = (cause: unknown) => (cause === undefined ? {} : { cause });

export const missingBinary = (place: string, file: string, cause?: unknown): TargetError =>
  new TargetError(
    place,
    'missing-binary',
    `${file} is not there or not executable`,
    `Install ${file} on ${place}, name it by its full path, or add its folder to \`path\` of the target.`,
    withCause(cause),
  );

export const missingFolder = (place: string, cwd: string, cause?: unknown): TargetError =>
  new TargetError(
    place,
    'config',
    `the folder ${cwd} does not exist or may not be entered`,
    'Create it, or mend `cwd`.',
    withCause(cause),
  );

export const noProcessGroup = (place: string): TargetError =>
  new TargetError(
    place,
    'config',
    'commands get no process group of their own there, so that they could not be ended',
    `Install setsid (util-linux) on ${place}.`,
  );
