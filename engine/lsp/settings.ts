/** What an editor may say about its runbooks: `{ vars: "lab.yaml" }`, or several files. */

export interface Settings {
  /** Files as for --vars, in order; none: vars have no values, and none is missed. */
  readonly vars: readonly string[];
}

export const settingsFrom = (given: unknown): Settings => {
  const { vars } = (given ?? {}) as { vars?: unknown };
  return { vars: [vars].flat().filter((file): file is string => typeof file === 'string' && file !== '') };
};
