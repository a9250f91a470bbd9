/** What can be completed: a name with what is said of it. */
export interface Offer {
  readonly label: string;
  readonly kind: 'step' | 'name' | 'field' | 'type' | 'value' | 'key';
  /** Beside the label. */
  readonly detail?: string;
  readonly documentation?: string;
  /** Default: the label. */
  readonly insert?: string;
  /** How many characters before the word it replaces as well. */
  readonly before?: number;
  /** Offered after the others: it cannot be right here, for this reason. */
  readonly doubt?: string;
}
