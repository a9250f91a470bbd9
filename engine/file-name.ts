/** Ids of steps as names of files. Two ids never have the same name, and an id without brackets is its own. */

/** `ro[db.example]` is `ro@db~example`, `sections[s1]/read-only` is `sections@s1+read-only`: nothing that a shell reads. */
export const idFileName = (id: string): string =>
  id.replaceAll(/\[([^[\]]*)\]/g, (_, key: string) => `@${key.replaceAll('.', '~')}`).replaceAll('/', '+');

export const idOfFileName = (name: string): string =>
  name
    .split('+')
    .map((part) => part.replace(/@(.*)$/, (_, key: string) => `[${key.replaceAll('~', '.')}]`))
    .join('/');

/** `step/do/0` is `step.do.0`. A name that was made by it stays as it is. */
export const actFileName = (act: string): string => {
  const [, step, phase, index] = /^(.+)\/([^/]+)\/(\d+)$/.exec(act) ?? [];
  return step === undefined ? act : `${idFileName(step)}.${phase}.${index}`;
};
