/** What to do where a folder may not be written to: never more rights than this step needs, for nobody else. */

/** What the system or its administrators own: it is not opened for a step, its owner writes there. */
const system =
  /^\/($|(etc|usr|bin|sbin|lib\w*|boot|root|dev|proc|sys|run)(\/|$)|(var|opt|srv|home|mnt|tmp)$|var\/(lib|log|spool|run|cache)$)/;

/** `who`: as setfacl takes it, if it is known. */
export const writeRemedy = (folder: string, who?: number): string =>
  system.test(folder)
    ? `Run the step as the user that owns ${folder}, or choose a folder that the step's user owns`
    : `Run the step as the user that owns ${folder}, or give write access to the step's user only${who === undefined || who < 0 ? '' : `: setfacl -m u:${who}:rwx ${folder}`}`;
