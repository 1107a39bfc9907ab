/*
 * Changes of lists that hold a handful of things at most and change all the time. Taken away one by one, because a
 * list whose length is set, or that is spliced, calls into the runtime and gives up the place that it will need again.
 */

/** Empties a list. */
export function clear(list: unknown[]): void {
  while (list.length > 0) list.pop()
}

/** Takes out what stands at `index`; what follows moves up. */
export function removeAt(list: unknown[], index: number): void {
  for (let i = index + 1; i < list.length; i += 1) list[i - 1] = list[i]
  list.pop()
}
