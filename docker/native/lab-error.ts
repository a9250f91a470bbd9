/** An error that a person can fix: shown as two lines, never as a stack. */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly remedy: string;
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}
