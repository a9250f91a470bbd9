/** Why an expression cannot be read. */
export type ExpressionFault =
  | { readonly kind: 'empty' }
  /** `what` already is an expression. */
  | { readonly kind: 'marked'; readonly what: string }
  | { readonly kind: 'macros-too-deep'; readonly limit: number }
  | { readonly kind: 'step-not-literal' }
  | { readonly kind: 'field-not-literal'; readonly root: string }
  /** In the words of the parser. */
  | { readonly kind: 'syntax'; readonly summary: string };

export const expressionFault = (fault: ExpressionFault): string => {
  switch (fault.kind) {
    case 'empty':
      return 'it is empty';
    case 'marked':
      return `${fault.what} is already an expression: write it without \${{ }}`;
    case 'macros-too-deep':
      return `map, filter, all, exists and bind can be nested at most ${fault.limit} levels deep`;
    case 'step-not-literal':
      return "write the id of the step as a literal: steps.ID or steps['ID']";
    case 'field-not-literal':
      return `write the name of the field as a literal: ${fault.root}.NAME`;
    case 'syntax':
      return fault.summary;
  }
};
