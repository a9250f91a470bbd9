/** Why a command could not even begin: the same words for every place. */
import { TargetError } from '../../engine/target.ts';

const withCause = (cause: unknown) => (cause === undefined ? {} : { cause });

/** A target of this machine takes no `path`; what is named by its path is not looked for on it. */
export const binaryRemedy = (place: string, file: string): string =>
  file.includes('/')
    ? `Put ${file} on ${place} and make it executable, or correct its path`
    : `Install ${file} on ${place}, name it by its full path, or add its folder to PATH (\`path\` of an ssh target)`;

export const missingBinary = (place: string, file: string, cause?: unknown): TargetError =>
  new TargetError(
    place,
    'missing-binary',
    `${file} is not there or not executable`,
    `${binaryRemedy(place, file)}.`,
    withCause(cause),
  );

export const missingFolder = (place: string, cwd: string, cause?: unknown): TargetError =>
  new TargetError(
    place,
    'config',
    `the folder ${cwd} does not exist or may not be entered`,
    'Create it, or correct `cwd`.',
    withCause(cause),
  );

export const noProcessGroup = (place: string): TargetError =>
  new TargetError(
    place,
    'config',
    'commands get no process group of their own there, so that they could not be ended',
    `Install setsid (util-linux) on ${place}.`,
  );
