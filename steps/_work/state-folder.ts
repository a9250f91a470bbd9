/** Where the runs keep their files at a place: the one spelling of it, for shells and for this process. */

const below = '.local/state';
const name = 'runbook';

/** In POSIX sh; $1 is the place's own choice, empty for the XDG state folder of its user. Without a fork. */
export const stateExpansion = `\${1:-\${XDG_STATE_HOME:-\${HOME:?has no value}/${below}}/${name}}`;

/** The same, of a process with this XDG_STATE_HOME and home. */
export const stateFolder = (xdg: string | undefined, home: string): string =>
  `${xdg || `${home}/${below}`}/${name}`;
