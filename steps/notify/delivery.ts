/** How one message ended, whichever way it was to go. */
export type Delivery =
  | { readonly state: 'done'; readonly status: number | null }
  /** Certainly not taken; `passing`: another attempt may fare better. */
  | { readonly state: 'not-done'; readonly passing: boolean; readonly why: string; readonly remedy: string }
  | { readonly state: 'unknown'; readonly why: string };
