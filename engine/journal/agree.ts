// Optional members are made required first: a type without one would still be assignable to a type with it.
type Exact<T> = T extends readonly (infer E)[]
  ? readonly Exact<E>[]
  : T extends object
    ? { readonly [K in keyof T]-?: Exact<T[K]> }
    : T;

/** `true` where neither type knows a variant, a member or a value that the other does not. */
export type Agree<A, B> = [Exact<A>] extends [Exact<B>]
  ? [Exact<B>] extends [Exact<A>]
    ? true
    : false
  : false;
