/** The two sides as they are now cannot be compared as declared: that is neither equal nor different. */
export class NotComparable extends Error {
  override readonly name = 'NotComparable';
  readonly remedy: string;
  constructor(what: string, remedy: string) {
    super(what);
    this.remedy = remedy;
  }
}
