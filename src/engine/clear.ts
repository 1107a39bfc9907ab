/** Empties a list that is mostly empty already: setting a length always costs a call into the runtime, asking does not. */
export function clear(list: unknown[]): void {
  if (list.length > 0) list.length = 0
}
